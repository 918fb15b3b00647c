#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>

/// As many doubles as one instruction takes, by Eigen's packets: what is written with these has the machine's vectors at
/// every level of optimisation, and plain doubles where Eigen has been told to use none.
namespace simulacra::detail::kernel_lanes {

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wignored-attributes"  // of vector types as template arguments: nothing here depends on them
#endif

using packet = Eigen::internal::packet_traits<double>::type;
inline constexpr int width = static_cast<int>(Eigen::internal::unpacket_traits<packet>::size);

/// How many packets a loop may keep of each of two things in registers at a time.
inline constexpr int wide = EIGEN_ARCH_DEFAULT_NUMBER_OF_REGISTERS >= 32 ? 4 : 2;
inline constexpr int tile = wide * width;

[[gnu::always_inline]] inline packet load(const double* from) { return Eigen::internal::ploadu<packet>(from); }
[[gnu::always_inline]] inline void store(double* to, packet a) { Eigen::internal::pstoreu<double>(to, a); }
[[gnu::always_inline]] inline packet all(double a) { return Eigen::internal::pset1<packet>(a); }
[[gnu::always_inline]] inline packet add(packet a, packet b) { return Eigen::internal::padd<packet>(a, b); }
[[gnu::always_inline]] inline packet subtract(packet a, packet b) { return Eigen::internal::psub<packet>(a, b); }
[[gnu::always_inline]] inline packet multiply(packet a, packet b) { return Eigen::internal::pmul<packet>(a, b); }
[[gnu::always_inline]] inline packet multiply_add(packet a, packet b, packet c) {
  return Eigen::internal::pmadd<packet>(a, b, c);
}
[[gnu::always_inline]] inline packet larger(packet a, packet b) { return Eigen::internal::pmax<packet>(a, b); }
[[gnu::always_inline]] inline packet smaller(packet a, packet b) { return Eigen::internal::pmin<packet>(a, b); }
[[gnu::always_inline]] inline packet root(packet a) { return Eigen::internal::psqrt<packet>(a); }
[[gnu::always_inline]] inline double sum(packet a) { return Eigen::internal::predux<packet>(a); }
[[gnu::always_inline]] inline double largest(packet a) { return Eigen::internal::predux_max<packet>(a); }

/// a where x < y, else 0.
[[gnu::always_inline]] inline packet where_less(packet x, packet y, packet a) {
  return Eigen::internal::pand<packet>(a, Eigen::internal::pcmp_lt<packet>(x, y));
}

/// 2^n of an integer n, |n| <= 1022, that comes as t = n + 1.5 * 2^52: n stands in the low bits of t, and is moved to where
/// an exponent stands.
[[gnu::always_inline]] inline packet power_of_two(packet t) {
#if defined(__GNUC__)
  typedef std::uint64_t integers __attribute__((vector_size(sizeof(packet))));
  integers bits;
  std::memcpy(&bits, &t, sizeof t);
  bits = (bits << 52) + 0x3FF0000000000000u;
  std::memcpy(&t, &bits, sizeof t);
  return t;
#else
  return Eigen::internal::pldexp<packet>(all(1), subtract(t, all(0x1.8p52)));
#endif
}

/// The smallest exponent whose exponential is a normal number; below it `exp_flushed` is 0.
inline constexpr double least_exponent = -708;

/// e^x for x <= 0, within 2 units in the last place, and 0 below -708: subnormal numbers would make every sum after them many
/// times slower. By the polynomial of degree 11 through e^r at the Chebyshev nodes of |r| <= log(2) / 2, x = n log 2 + r, which
/// is within 2e-17.
[[gnu::always_inline]] inline packet exp_flushed(packet x) {
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
  const packet clamped = larger(x, all(least_exponent));
  const packet t = multiply_add(clamped, all(1.44269504088896340736), all(0x1.8p52)), n = subtract(t, all(0x1.8p52));
  packet r = multiply_add(n, all(-0.693145751953125), clamped);  // the product is exact: few bits by few bits
  r = multiply_add(n, all(-1.42860682030941723212e-6), r);
  packet p = all(coefficient[0]);
  for (std::size_t i = 1; i < 12; ++i) p = multiply_add(p, r, all(coefficient[i]));
  return where_less(all(least_exponent), x, multiply(p, power_of_two(t)));
}

/// sin(pi s / 2) for s in [0, 1], by its series to s^21.
[[gnu::always_inline]] inline packet sine_of_quarter_turns(packet s) {
  constexpr double coefficient[] = {2.571422892860474e-16,  -4.377065467313742e-14, 6.0669357311061955e-12,
                                    -6.688035109811468e-10, 5.692172921967927e-08,  -3.598843235212085e-06,
                                    0.00016044118478735983, -0.004681754135318688,  0.07969262624616705,
                                    -0.6459640975062463,    1.5707963267948966};
  const packet square = multiply(s, s);
  packet p = all(coefficient[0]);
  for (std::size_t i = 1; i < 11; ++i) p = multiply_add(p, square, all(coefficient[i]));
  return multiply(p, s);
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

/// f(0), f(1), ..., f(N - 1), each with its number as a constant: a loop without a loop, whose arrays live in registers.
template <int N, class F>
[[gnu::always_inline]] inline void repeat(F&& f) {
  const auto each = [&]<int... k>(std::integer_sequence<int, k...>) __attribute__((always_inline)) {
    (f(std::integral_constant<int, k>{}), ...);
  };
  each(std::make_integer_sequence<int, N>{});
}

}  // namespace simulacra::detail::kernel_lanes
