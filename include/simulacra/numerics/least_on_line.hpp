#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include <simulacra/core/types.hpp>

namespace simulacra::detail {

/// A minimum on a line, and whether it lies at an end of it.
struct least_place {
  double at;
  bool at_end;
};

/// The least of f over [lower, upper], by evenly spaced trials and then a golden section around the best of them: criteria of
/// cross-validation may have several minima. What is not finite counts as infinite.
template <class F>
least_place minimise(F&& f, double lower, double upper, Index trials, double tolerance) {
  const auto safe = [&f](double t) {
    const double v = f(t);
    return std::isnan(v) ? std::numeric_limits<double>::infinity() : v;
  };
  const double step = (upper - lower) / static_cast<double>(trials - 1);
  Index best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (Index i = 0; i < trials; ++i)
    if (const double v = safe(lower + static_cast<double>(i) * step); v < least) {
      least = v;
      best = i;
    }
  constexpr double golden = 0.618033988749894848204586834365638;
  double a = lower + static_cast<double>(std::max<Index>(best - 1, 0)) * step;
  double b = lower + static_cast<double>((std::min)(best + 1, trials - 1)) * step;
  double c = b - golden * (b - a), d = a + golden * (b - a), fc = safe(c), fd = safe(d);
  while (b - a > tolerance && a < c && c < d && d < b) {  // their order ends where numbers do
    if (fc < fd) {
      b = d;
      d = c;
      fd = fc;
      c = b - golden * (b - a);
      fc = safe(c);
    } else {
      a = c;
      c = d;
      fc = fd;
      d = a + golden * (b - a);
      fd = safe(d);
    }
  }
  const double at = 0.5 * (a + b);
  return {at,
          at - lower < 2 * tolerance || upper - at < 2 * tolerance || !(least < std::numeric_limits<double>::infinity())};
}

}  // namespace simulacra::detail
