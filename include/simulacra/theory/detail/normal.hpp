#pragma once

#include <cmath>
#include <numbers>

#include <simulacra/theory/detail/gamma.hpp>

/// The standard normal law, its tail by logarithms so that nothing is too far out.
namespace simulacra::theory::detail {

inline double normal_density(double x) { return std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi); }

/// \f$Q(x)=P(Z>x)\f$.
inline double normal_tail(double x) { return std::erfc(x / std::numbers::sqrt2) / 2; }

/// \f$i/(x+(i+1)/(x+(i+2)/(x+\dots)))\f$, for x >= 5.
inline double hazard_fraction(double x, int first) {
  double value = 0;
  for (int i = 100; i >= first; --i) value = i / (x + value);
  return value;
}

/// The hazard \f$\varphi(x)/Q(x)\f$: by the quotient, and far out by its continued fraction.
inline double normal_hazard(double x) { return x < 5 ? normal_density(x) / normal_tail(x) : x + hazard_fraction(x, 1); }

/// \f$\log Q(x)\f$.
inline double log_normal_tail(double x) {
  if (x < 10) return x < -5 ? std::log1p(-normal_tail(-x)) : std::log(normal_tail(x));
  return -x * x / 2 - 0.5 * std::log(2 * std::numbers::pi) - std::log(normal_hazard(x));
}

/// The x with Q(x) = f, 0 < f < 1: Newton's method on the logarithm of the smaller tail, which is concave.
inline double normal_tail_inverse(double f) {
  if (f > 0.5) return -normal_tail_inverse(1 - f);
  const double target = std::log(f);
  double x = std::sqrt(std::fmax(0, -2 * target - 1.4));
  for (int i = 0; i < 60; ++i) {
    const double step = (log_normal_tail(x) - target) / normal_hazard(x);
    x += step;
    if (std::abs(step) <= 4e-16 * std::fmax(1, std::abs(x))) break;
  }
  return x;
}

}  // namespace simulacra::theory::detail
