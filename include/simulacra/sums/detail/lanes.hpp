#pragma once

#include <cstddef>

#include <simulacra/core/types.hpp>
#include <simulacra/numerics/packets.hpp>

/// The exponential of several packets at a time, for the inner loops of Gaussian sums.
namespace simulacra::detail::gauss {

using simulacra::packets::add;
using simulacra::packets::all;
using simulacra::packets::at_used_level;
using simulacra::packets::integer_offset;
using simulacra::packets::larger;
using simulacra::packets::largest;
using simulacra::packets::load;
using simulacra::packets::multiply;
using simulacra::packets::multiply_add;
using simulacra::packets::packet;
using simulacra::packets::repeat;
using simulacra::packets::scale;
using simulacra::packets::smaller;
using simulacra::packets::store;
using simulacra::packets::subtract;
using simulacra::packets::sum;

/// So many packets as a loop works on at a time.
template <class L, int N>
using packets = packet<L>[static_cast<std::size_t>(N)];

/// n rounded up to whole packets of every level.
inline constexpr Index padded(Index n) {
  constexpr Index whole = simulacra::packets::widest;
  return (n + whole - 1) / whole * whole;
}

/// log2(e), whose rounding happens to be an eighth of half a unit only.
inline constexpr double log2_e = 0x1.71547652b82fep+0;

/// What is less than this, as the natural logarithm of a value, is not told from it by `exponential`.
inline constexpr double least_log = -707;

/// a[u] becomes 2^(a[u] b), |a b| <= 1021, for N packets at a time.
///
/// With n the integer nearest to a b and r = a b - n, which a fused multiply-add rounds once, 2^r = 1 + r g(r) where g
/// interpolates (2^r - 1) / r at 11 Chebyshev nodes of [-1/2, 1/2] (computed with 60 digits): its error is 0.09 units in the
/// last place, and that of the whole 1.2. Machines without that instruction round the product too: up to |a b| more units.
template <class L, int N>
[[gnu::always_inline]] inline void power_of_two(packets<L, N>& a, double b) {
  constexpr double g[] = {0x1.e9d3fe3952179p-32, 0x1.e6063f7217bc6p-28, 0x1.b524fae627834p-24, 0x1.62bfd47773353p-20,
                          0x1.ffcbfc670dcd4p-17, 0x1.430913096fd9fp-13, 0x1.5d87fe78a5276p-10, 0x1.3b2ab6fba1ddap-7,
                          0x1.c6b08d704a0c2p-5,  0x1.ebfbdff82c598p-3,  0x1.62e42fefa39efp-1,  1};
  packets<L, N> t, r, p;
  repeat<N>([&](auto u) __attribute__((always_inline)) {
    t[u] = multiply_add(a[u], all<L>(b), all<L>(integer_offset));
    r[u] = multiply_add(a[u], all<L>(b), subtract(all<L>(integer_offset), t[u]));
    p[u] = all<L>(g[0]);
  });
  repeat<11>([&](auto i) __attribute__((always_inline)) {
    repeat<N>([&](auto u) __attribute__((always_inline)) { p[u] = multiply_add(p[u], r[u], all<L>(g[i + 1])); });
  });
  repeat<N>([&](auto u) __attribute__((always_inline)) { a[u] = scale(p[u], t[u]); });
}

/// q[u] becomes e^(-q[u] / 2), q >= 0; from q = 1414 on it stays at 2e-307.
template <class L, int N>
[[gnu::always_inline]] inline void gaussian(packets<L, N>& q) {
  repeat<N>([&](auto u) __attribute__((always_inline)) { q[u] = smaller(q[u], all<L>(-2 * least_log)); });
  power_of_two<L, N>(q, -0.5 * log2_e);
}

/// a[u] becomes e^a[u], a <= 700; below -707 it stays at 8e-308.
template <class L, int N>
[[gnu::always_inline]] inline void exponential(packets<L, N>& a) {
  repeat<N>([&](auto u) __attribute__((always_inline)) { a[u] = larger(a[u], all<L>(least_log)); });
  power_of_two<L, N>(a, log2_e);
}

}  // namespace simulacra::detail::gauss
