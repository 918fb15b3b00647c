#pragma once

#include <cmath>
#include <cstddef>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/numerics/packets.hpp>

/// Sine and cosine of many numbers at once. Eigen 3.4 has neither for double, and a library call for each feature of each
/// observation would be all that a run does. This is written in packets, and without fused products: the same bits come out of every
/// level of vector instructions.
namespace simulacra::detail {

/// How many numbers one call of `sincos` turns into sines and cosines.
inline constexpr int sincos_width = 32;

/// As many numbers as that.
using sincos_pack = Eigen::Array<double, sincos_width, 1>;

/// Beyond this size the reduction below loses digits, and the standard library takes over.
inline constexpr double sincos_range = 1e5;

/// s = sin(x), c = cos(x), entry by entry, |x| <= `sincos_range`, to 2.5 units in the last place.
///
/// With q the integer nearest to 2x/pi, x - q pi/2 is taken in three steps: the first two parts of pi/2 have 34 bits, so that
/// their products with q < 2^17 are exact (Cody and Waite, 1980). The two polynomials in the rest, |r| <= pi/4, interpolate
/// (sin r - r) / r^3 and (cos r - 1 + r^2 / 2) / r^4 in r^2 at Chebyshev's nodes, computed with 60 digits; their errors are
/// 0.16 and 0.01 units. The quadrant enters as cos(q pi/2) and sin(q pi/2), which are 0, 1 or -1, by multiplication alone.
template <class L>
[[gnu::always_inline]] inline void sincos(const packets::packet<L>& x, packets::packet<L>& s, packets::packet<L>& c) {
  using packets::add, packets::all, packets::multiply, packets::subtract;
  using packet = packets::packet<L>;
  constexpr double per_quarter = 0x1.45f306dc9c883p-1;  // 2 / pi
  constexpr double high = 0x1.921fb544p+0, middle = 0x1.0b4611a6p-34, low = 0x1.3198a2e037073p-69;
  const packet one = all<L>(1), half = all<L>(0.5);
  const auto nearest = [](const packet& v) __attribute__((always_inline)) {
    return subtract(add(v, all<L>(packets::integer_offset)), all<L>(packets::integer_offset));
  };
  const auto less = [](const packet& a, const packet& q, double part) __attribute__((always_inline)) {
    return subtract(a, multiply(q, all<L>(part)));
  };
  const packet q = nearest(multiply(x, all<L>(per_quarter)));
  const packet r = less(less(less(x, q, high), q, middle), q, low), z = multiply(r, r);
  const packet turn = less(q, nearest(multiply(q, all<L>(0.25))), 4);  // -2 ... 2
  const packet along = subtract(one, packets::larger(turn, subtract(all<L>(0), turn))),
               across = multiply(turn, add(one, along));
  // c[0] + z (c[1] + z (...)), each product rounded: so every level has the same bits.
  const auto series = [&z]<std::size_t N>(const double(&a)[N]) __attribute__((always_inline)) {
    packet p = all<L>(a[N - 1]);
    packets::repeat<static_cast<int>(N) - 1>([&](auto i) __attribute__((always_inline)) {
      p = add(all<L>(a[N - 2 - i]), multiply(z, p));
    });
    return p;
  };
  constexpr double of_sine[] = {-0x1.5555555555555p-3, 0x1.1111111110bb1p-7,   -0x1.a01a019e8357dp-13,
                                0x1.71de37961e4c6p-19, -0x1.ae600a926c89ap-26, 0x1.5e0af186af739p-33};
  constexpr double of_cosine[] = {0x1.5555555555555p-5,   -0x1.6c16c16c16966p-10, 0x1.a01a019f4e867p-16,
                                  -0x1.27e4fa17a41b4p-22, 0x1.1eeb68b109173p-29,  -0x1.907d7aebd5e3dp-37};
  const packet sine = add(r, multiply(multiply(r, z), series(of_sine)));
  const packet cosine = add(subtract(one, multiply(half, z)), multiply(multiply(z, z), series(of_cosine)));
  s = add(multiply(along, sine), multiply(across, cosine));
  c = subtract(multiply(along, cosine), multiply(across, sine));
}

/// The same of many numbers of any size.
template <int Width>
[[gnu::noinline]] void sincos(const Eigen::Array<double, Width, 1>& x, Eigen::Array<double, Width, 1>& s,
                              Eigen::Array<double, Width, 1>& c) {
  if (!(x.abs().maxCoeff() <= sincos_range)) [[unlikely]] {
    for (int i = 0; i < Width; ++i) {
      s[i] = std::sin(x[i]);
      c[i] = std::cos(x[i]);
    }
    return;
  }
  static_assert(Width % packets::widest == 0);
  packets::at_used_level([&]<class L>(L) __attribute__((always_inline)) {
    for (int i = 0; i < Width; i += L::width) {
      packets::packet<L> sine, cosine;
      sincos(packets::load<L>(x.data() + i), sine, cosine);
      packets::store(s.data() + i, sine);
      packets::store(c.data() + i, cosine);
    }
  });
}

}  // namespace simulacra::detail
