#pragma once

#include <cmath>
#include <limits>
#include <numbers>

namespace simulacra::detail {

/// \f$\Gamma(a+\frac12)/\Gamma(a)\f$ for a > 0: walked up to where its series is good for all digits.
inline double half_step_of_gamma(double a) {
  double walked = 1;
  for (; a < 25; a += 1) walked *= a / (a + 0.5);
  const double b = 1 / a;
  return walked * std::sqrt(a) *
         (1 + b * (-1.0 / 8 + b * (1.0 / 128 +
                                   b * (5.0 / 1024 + b * (-21.0 / 32768 + b * (-399.0 / 262144 + b * (869.0 / 4194304)))))));
}

/// The continued fraction of the incomplete beta function, by Lentz's method; for x < (a + 1) / (a + b + 2).
inline double beta_fraction(double a, double b, double x) {
  constexpr double least = 1e-300;
  double c = 1, d = 1 - (a + b) * x / (a + 1);
  d = 1 / (std::abs(d) < least ? least : d);
  double value = d;
  for (double m = 1; m < 1e6; ++m) {
    double step = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + step * d);
    c = 1 + step / c;
    value *= d * c;
    step = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + step * d);
    c = 1 + step / c;
    value *= d * c;
    if (std::abs(d * c - 1) < 1e-16) break;
  }
  return value;
}

/// P(|T| > t) of Student's law with nu degrees of freedom, t >= 0: right to about 1e-13 of itself, however small.
inline double student_two_tails(double t, double nu) {
  if (!(t > 0)) return 1;
  const double a = nu / 2, ratio = t * t / nu;  // I_x(a, 1/2) with x = 1 / (1 + ratio)
  const double root_pi = std::sqrt(std::numbers::pi);
  const double front = std::exp(-a * std::log1p(ratio)) * half_step_of_gamma(a) / root_pi;  // x^a / B(a, 1/2)
  const double rest = ratio / (1 + ratio);                                                  // 1 - x
  if (1 / (1 + ratio) < (a + 1) / (a + 2.5)) return front * std::sqrt(rest) / a * beta_fraction(a, 0.5, 1 / (1 + ratio));
  return 1 - front * std::sqrt(rest) * 2 * beta_fraction(0.5, a, rest);
}

/// The z with P(|Z| > z) = tail of the normal law. In the tail's logarithm Newton's steps rise to z and do not pass it.
inline double normal_two_tails_quantile(double tail) {
  double z = tail < 1 ? std::sqrt(std::numbers::pi / 2) * (1 - tail) : 0;  // below z
  for (int i = 0; i < 100; ++i) {
    const double now = std::erfc(z / std::numbers::sqrt2);
    const double step = now / (std::sqrt(2 / std::numbers::pi) * std::exp(-z * z / 2)) * std::log(now / tail);
    z += step;
    if (std::abs(step) <= 2 * std::numeric_limits<double>::epsilon() * z) break;
  }
  return z;
}

/// The z with P(|Z| <= z) = confidence, right to rounding also where that is tiny, and its complement is 1.
inline double normal_central_quantile(double confidence) {
  if (confidence > 0.1) return normal_two_tails_quantile(1 - confidence);
  double z = std::sqrt(std::numbers::pi / 2) * confidence;  // below z, where erf is concave
  for (int i = 0; i < 20; ++i) {
    const double step =
        (confidence - std::erf(z / std::numbers::sqrt2)) / (std::sqrt(2 / std::numbers::pi) * std::exp(-z * z / 2));
    z += step;
    if (std::abs(step) <= 2 * std::numeric_limits<double>::epsilon() * z) break;
  }
  return z;
}

/// The t with P(|T| <= t) = confidence, to about 1e-11 of itself. The tail falls in t, so a bracket closes on it, by Newton's steps
/// on the logarithm of the tail where they stay inside; beyond 1e5 degrees of freedom three terms of its expansion are exact.
/// About a microsecond.
/// @param confidence  in (0, 1)   @param nu  degrees of freedom, >= 1
/// Source: Abramowitz and Stegun 26.5.8, 26.7.1 and 26.7.5.
inline double student_quantile(double confidence, double nu) {
  const double tail = 1 - confidence;
  if (nu > 1e5) {
    const double z = normal_two_tails_quantile(tail), s = z * z, v = 1 / nu;
    return z * (1 + v * ((s + 1) / 4 +
                         v * ((5 * s * s + 16 * s + 3) / 96 + v * (3 * s * s * s + 19 * s * s + 17 * s - 15) / 384)));
  }
  double low = 0, high = 1;
  while (student_two_tails(high, nu) > tail && high < 1e300) high *= 2;
  double t = high;
  for (int i = 0; i < 200 && high - low > 4 * std::numeric_limits<double>::epsilon() * high; ++i) {
    const double now = student_two_tails(t, nu);
    (now > tail ? low : high) = t;
    const double density =
        2 * half_step_of_gamma(nu / 2) / std::sqrt(std::numbers::pi * nu) * std::exp(-(nu + 1) / 2 * std::log1p(t * t / nu));
    const double next = t + now / density * std::log(now / tail);  // d log P / dt = -density / P
    const double before = t;
    t = next > low && next < high ? next : (low + high) / 2;
    if (std::abs(t - before) <= 2 * std::numeric_limits<double>::epsilon() * t) break;
  }
  return t;
}

}  // namespace simulacra::detail
