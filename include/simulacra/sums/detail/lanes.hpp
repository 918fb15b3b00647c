#pragma once

#include <cstddef>

#include <simulacra/core/types.hpp>
#include <simulacra/numerics/packets.hpp>

/// The exponential of several packets at a time, for the inner loops of Gaussian sums.
namespace simulacra::detail::gauss {

using simulacra::packets::add;
using simulacra::packets::all;
using simulacra::packets::at_most;
using simulacra::packets::divide;
using simulacra::packets::integer_offset;
using simulacra::packets::larger;
using simulacra::packets::largest;
using simulacra::packets::load;
using simulacra::packets::log;
using simulacra::packets::many_registers;
using simulacra::packets::multiply;
using simulacra::packets::multiply_add;
using simulacra::packets::packet;
using simulacra::packets::repeat;
using simulacra::packets::scale;
using simulacra::packets::smaller;
using simulacra::packets::store;
using simulacra::packets::subtract;
using simulacra::packets::sum;
using simulacra::packets::width;

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wignored-attributes"  // of vector types as template arguments: nothing here depends on them
#endif

/// How many packets a loop works on at a time: enough to hide how long an instruction takes, few enough for the registers.
inline constexpr int wide = many_registers ? 4 : 2;

template <int N>
using packets = packet[static_cast<std::size_t>(N)];

/// n rounded up to whole packets.
inline constexpr Index padded(Index n) { return (n + width - 1) / width * width; }

/// log2(e), whose rounding happens to be an eighth of half a unit only.
inline constexpr double log2_e = 0x1.71547652b82fep+0;

/// What is less than this, as the natural logarithm of a value, is not told from it by `exponential`.
inline constexpr double least_log = -707;

/// a[u] becomes 2^(a[u] b), |a b| <= 1021, for N packets at a time.
///
/// With n the integer nearest to a b and r = a b - n, which a fused multiply-add rounds once, 2^r = 1 + r g(r) where g
/// interpolates (2^r - 1) / r at 11 Chebyshev nodes of [-1/2, 1/2] (computed with 60 digits): its error is 0.09 units in the
/// last place, and that of the whole 1.2. Machines without that instruction round the product too: up to |a b| more units.
template <int N>
[[gnu::always_inline]] inline void power_of_two(packets<N>& a, packet b) {
  constexpr double g[] = {0x1.e9d3fe3952179p-32, 0x1.e6063f7217bc6p-28, 0x1.b524fae627834p-24, 0x1.62bfd47773353p-20,
                          0x1.ffcbfc670dcd4p-17, 0x1.430913096fd9fp-13, 0x1.5d87fe78a5276p-10, 0x1.3b2ab6fba1ddap-7,
                          0x1.c6b08d704a0c2p-5,  0x1.ebfbdff82c598p-3,  0x1.62e42fefa39efp-1,  1};
  packets<N> t, r, p;
  repeat<N>([&](auto u) __attribute__((always_inline)) {
    t[u] = multiply_add(a[u], b, all(integer_offset));
    r[u] = multiply_add(a[u], b, subtract(all(integer_offset), t[u]));
    p[u] = all(g[0]);
  });
  repeat<11>([&](auto i) __attribute__((always_inline)) {
    repeat<N>([&](auto u) __attribute__((always_inline)) { p[u] = multiply_add(p[u], r[u], all(g[i + 1])); });
  });
  repeat<N>([&](auto u) __attribute__((always_inline)) { a[u] = scale(p[u], t[u]); });
}

/// q[u] becomes e^(-q[u] / 2), q >= 0; from q = 1414 on it stays at 2e-307.
template <int N>
[[gnu::always_inline]] inline void gaussian(packets<N>& q) {
  repeat<N>([&](auto u) __attribute__((always_inline)) { q[u] = smaller(q[u], all(-2 * least_log)); });
  power_of_two<N>(q, all(-0.5 * log2_e));
}

/// a[u] becomes e^a[u], a <= 700; below -707 it stays at 8e-308.
template <int N>
[[gnu::always_inline]] inline void exponential(packets<N>& a) {
  repeat<N>([&](auto u) __attribute__((always_inline)) { a[u] = larger(a[u], all(least_log)); });
  power_of_two<N>(a, all(log2_e));
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

}  // namespace simulacra::detail::gauss
