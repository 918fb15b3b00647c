#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/gauss_legendre.hpp>
#include <simulacra/hilbert/grid_features.hpp>

/// The probabilities that a Gaussian has of intervals and of rectangles.
namespace simulacra::detail {

/// P(a <= Z < b) of a standard normal Z, a <= b; in the tails from the side where nothing cancels.
inline double standard_interval(double a, double b) {
  constexpr double root_half = 0.70710678118654752440;
  if (a > 0) return 0.5 * (std::erfc(a * root_half) - std::erfc(b * root_half));
  if (b < 0) return 0.5 * (std::erfc(-b * root_half) - std::erfc(-a * root_half));
  return 0.5 * (std::erf(b * root_half) - std::erf(a * root_half));
}

/// P(lower <= X < upper) of N(mean, deviation^2); of the point itself where the deviation is 0.
inline double interval_probability(double mean, double deviation, double lower, double upper) {
  if (deviation == 0) return mean >= lower && mean < upper ? 1 : 0;
  return standard_interval((lower - mean) / deviation, (upper - mean) / deviation);
}

/// A Gaussian in the plane: x = mean_x + a z, y = mean_y + b z + c z', with a, c >= 0.
struct planar_gaussian {
  double mean_x, mean_y, a, b, c;

  /// The probabilities of the cells of a column, lower <= x < upper.
  ///
  /// With z given, those of y are differences of the error function; over z they are integrated by Gauss-Legendre in panels
  /// no wider than the functions vary, within 9 standard deviations (of 1 part in 10^18). Where y follows from x alone, or to
  /// within a few thousandths, a cell is an interval of z.
  void column_probabilities(double lower, double upper, const grid_axis& y, Eigen::VectorXd& out) const {
    out.setZero();
    if (a == 0) {
      if (!(mean_x >= lower && mean_x < upper)) return;
      const double deviation = std::hypot(b, c);
      for (Index j = 0; j < y.cells; ++j) out[j] = interval_probability(mean_y, deviation, y.edge(j), y.edge(j + 1));
      return;
    }
    const double from = (std::max)((lower - mean_x) / a, -9.0), to = (std::min)((upper - mean_x) / a, 9.0);
    if (!(to > from)) return;
    const double steepness = std::abs(b) / c;  // infinite at c = 0
    const double panels = std::ceil((to - from) * (std::max)(1.0, steepness));
    if (!(panels <= 4096)) {
      for (Index j = 0; j < y.cells; ++j) {
        const double p = (y.edge(j) - mean_y) / b, q = (y.edge(j + 1) - mean_y) / b;
        const double begin = std::clamp((std::min)(p, q), from, to), end = std::clamp((std::max)(p, q), from, to);
        out[j] = standard_interval(begin, end);
      }
      return;
    }
    using rule = gauss_legendre<12>;
    const rule& r = rule::rule();
    const double width = (to - from) / panels;
    for (double panel = 0; panel < panels; panel += 1)
      for (std::size_t i = 0; i < r.nodes.size(); ++i) {
        const double z = from + (panel + r.nodes[i]) * width;
        const double mass = r.weights[i] * width * 0.39894228040143267794 * std::exp(-0.5 * z * z);
        const double middle = mean_y + b * z;
        for (Index j = 0; j < y.cells; ++j) out[j] += mass * interval_probability(middle, c, y.edge(j), y.edge(j + 1));
      }
  }
};

}  // namespace simulacra::detail
