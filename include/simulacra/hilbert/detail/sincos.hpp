#pragma once

#include <cmath>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>

/// Sine and cosine of many numbers at once. Eigen 3.4 has neither for double, and a library call for each feature of each
/// observation would be all that a run does. This is written in operations of Eigen's fixed-size arrays, so it becomes vector
/// instructions whatever a user's flags are, and the same numbers come out of every width of them.
namespace simulacra::detail {

/// How many numbers one call of `sincos` turns into sines and cosines.
inline constexpr int sincos_width = 32;

/// As many numbers as that.
using sincos_pack = Eigen::Array<double, sincos_width, 1>;

/// Beyond this size the reduction below loses digits, and the standard library takes over.
inline constexpr double sincos_range = 1e5;

/// s = sin(x), c = cos(x), entry by entry, to 2.5 units in the last place; NaN where x is not finite.
///
/// With q the integer nearest to 2x/pi, x - q pi/2 is taken in three steps: the first two parts of pi/2 have 34 bits, so that
/// their products with q < 2^17 are exact (Cody and Waite, 1980). The two polynomials in the rest, |r| <= pi/4, interpolate
/// (sin r - r) / r^3 and (cos r - 1 + r^2 / 2) / r^4 in r^2 at Chebyshev's nodes, computed with 60 digits; their errors are
/// 0.16 and 0.01 units. The quadrant enters as cos(q pi/2) and sin(q pi/2), which are 0, 1 or -1, by multiplication alone.
template <int Width>
[[gnu::noinline]] void sincos(const Eigen::Array<double, Width, 1>& x, Eigen::Array<double, Width, 1>& s,
                              Eigen::Array<double, Width, 1>& c) {
  constexpr double per_quarter = 0x1.45f306dc9c883p-1;  // 2 / pi
  constexpr double high = 0x1.921fb544p+0, middle = 0x1.0b4611a6p-34, low = 0x1.3198a2e037073p-69;
  if (!(x.abs().maxCoeff() <= sincos_range)) [[unlikely]] {
    for (int i = 0; i < Width; ++i) {
      s[i] = std::sin(x[i]);
      c[i] = std::cos(x[i]);
    }
    return;
  }
  constexpr int part = 8;  // what stays in registers, whatever their width
  static_assert(Width % part == 0);
  using pack = Eigen::Array<double, part, 1>;
  for (int first = 0; first < Width; first += part) {
    const pack v = x.template segment<part>(first);
    const pack q = (v * per_quarter).rint();
    const pack r = ((v - q * high) - q * middle) - q * low;
    const pack z = r * r;
    const pack turn = q - 4 * (q * 0.25).rint();  // -2 ... 2
    const pack along = 1 - turn.abs(), across = turn * (1 + along);
    pack sine = 0x1.71de37961e4c6p-19 + z * (-0x1.ae600a926c89ap-26 + z * 0x1.5e0af186af739p-33);
    sine = r + (r * z) * (-0x1.5555555555555p-3 + z * (0x1.1111111110bb1p-7 + z * (-0x1.a01a019e8357dp-13 + z * sine)));
    pack cosine = -0x1.27e4fa17a41b4p-22 + z * (0x1.1eeb68b109173p-29 + z * -0x1.907d7aebd5e3dp-37);
    cosine = 0x1.5555555555555p-5 + z * (-0x1.6c16c16c16966p-10 + z * (0x1.a01a019f4e867p-16 + z * cosine));
    cosine = (1 - 0.5 * z) + (z * z) * cosine;
    s.template segment<part>(first) = along * sine + across * cosine;
    c.template segment<part>(first) = along * cosine - across * sine;
  }
}

}  // namespace simulacra::detail
