#pragma once

#include <cstddef>
#include <cstdint>

#include <simulacra/numerics/packets.hpp>

namespace simulacra::packets {

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpsabi"
#endif

/// c[0] x^(N-1) + ... + c[N-1], by Horner's rule.
template <class L, std::size_t N>
[[gnu::always_inline]] inline packet<L> polynomial(const double (&c)[N], const packet<L>& x) {
  packet<L> p = all<L>(c[0]);
  repeat<static_cast<int>(N) - 1>([&](auto i) __attribute__((always_inline)) { p = multiply_add(p, x, all<L>(c[i + 1])); });
  return p;
}

/// The smallest exponent whose exponential is a normal number.
inline constexpr double least_exponent = -708;

/// e^x for x <= 0, within 2 units in the last place, and 0 below `least` >= -708: subnormal numbers would make every sum after them many
/// times slower. By the polynomial of degree 11 through e^r at the Chebyshev nodes of |r| <= log(2) / 2, x = n log 2 + r, which
/// is within 2e-17.
template <class L>
[[gnu::always_inline]] inline packet<L> exp_flushed(const packet<L>& x, double least = least_exponent) {
  constexpr double coefficient[] = {0x1.af632a0f7e2cep-26,
                                    0x1.28b4101c77212p-22,
                                    0x1.71ddf56d8deb5p-19,
                                    0x1.a01991a10d9aep-16,
                                    0x1.a01a01b1461c5p-13,
                                    0x1.6c16c1880029fp-10,
                                    0x1.111111110f21ep-7,
                                    0x1.555555554f0bap-5,
                                    0x1.555555555555ap-3,
                                    0x1.0000000000011p-1,
                                    1,
                                    1};
  const split<L> s = by_log_two(larger(x, all<L>(least)));
  return where_less(all<L>(least), x, scale(polynomial<L>(coefficient, s.r), s.t));
}

/// log x for normal numbers x > 0, within a unit in the last place: x = 2^k (1 + f) with 1 + f between the roots of 1/2 and 2, and with
/// s = f / (2 + f) the odd series of log((1 + s) / (1 - s)). Source: fdlibm's e_log.c (Sun Microsystems, 1993), its polynomial.
template <class L>
[[gnu::always_inline]] inline packet<L> log(const packet<L>& x) {
  using bits = detail::bits_of<L>;
  using vector = typename L::vector;
  constexpr std::int64_t one = 0x3FF0000000000000, root_of_half = 0x3FE6A09E667F3BCD, mantissa = 0x000FFFFFFFFFFFFF;
  constexpr double odd[] = {1.479819860511658591e-01, 1.818357216161805012e-01, 2.857142874366239149e-01,
                            6.666666666666735130e-01},
                   even[] = {1.531383769920937332e-01, 2.222219843214978396e-01, 3.999999999940941908e-01};
  const bits moved = reinterpret_cast<bits>(x.v) + (one - root_of_half);
  // The exponent as a double: in the low bits of 2^52 + k.
  const packet<L> k =
      subtract(packet<L>{reinterpret_cast<vector>((moved >> 52) | std::int64_t{0x4330000000000000})}, all<L>(0x1p52 + 1023));
  const packet<L> f = subtract(packet<L>{reinterpret_cast<vector>((moved & mantissa) + root_of_half)}, all<L>(1));
  const packet<L> s = divide(f, add(f, all<L>(2))), z = multiply(s, s), w = multiply(z, z);
  const packet<L> rest = add(multiply(z, polynomial<L>(odd, w)), multiply(w, polynomial<L>(even, w)));
  const packet<L> half = multiply(multiply(all<L>(0.5), f), f);
  const packet<L> low = multiply_add(s, add(half, rest), multiply(k, all<L>(1.90821492927058770002e-10)));
  return add(add(subtract(low, half), f), multiply(k, all<L>(6.93147180369123816490e-01)));
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

}  // namespace simulacra::packets
