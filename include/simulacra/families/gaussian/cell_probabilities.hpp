#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/numerics/gauss_legendre.hpp>

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
  /// With z given, those of y are differences of the error function; over z they are integrated by Gauss-Legendre, within 9
  /// standard deviations (which leaves 1 part in 10^18). As functions of z they vary where the middle of y, mean_y + b z, is
  /// within a few c of an edge: panels are a deviation wide, or 1.5 of those of y around each edge if that is narrower. Where
  /// y follows from x, a cell is an interval of z.
  /// @param y  a `grid_axis`
  template <class Axis>
  void column_probabilities(double lower, double upper, const Axis& y, Eigen::VectorXd& out) const {
    out.setZero();
    if (a == 0) {
      if (mean_x >= lower && mean_x < upper) add_slice(1, mean_y, std::hypot(b, c), y, out);
      return;
    }
    const double from = (std::max)((lower - mean_x) / a, -reach), to = (std::min)((upper - mean_x) / a, reach);
    if (!(to > from)) return;
    if (c == 0 && b != 0) {
      for (Index j = 0; j < y.cells; ++j) {
        const double p = (y.edge(j) - mean_y) / b, q = (y.edge(j + 1) - mean_y) / b;
        out[j] = standard_interval(std::clamp((std::min)(p, q), from, to), std::clamp((std::max)(p, q), from, to));
      }
      return;
    }
    std::vector<double> ends{from, to};
    const auto cut = [&](double z) {
      if (z > from && z < to) ends.push_back(z);
    };
    for (double z = std::ceil(from); z < to; z += 1) cut(z);
    const double narrow = std::abs(b) > c ? c / std::abs(b) : 1;
    if (narrow < 0.5)
      for (Index j = 0; j <= y.cells; ++j)
        for (double k = -reach; k <= reach; k += 1.5) cut((y.edge(j) - mean_y) / b + k * narrow);
    std::sort(ends.begin(), ends.end());
    using rule = gauss_legendre<12>;
    const rule& r = rule::rule();
    for (std::size_t panel = 0; panel + 1 < ends.size(); ++panel)
      for (std::size_t i = 0; i < r.nodes.size(); ++i) {
        const double width = ends[panel + 1] - ends[panel], z = ends[panel] + r.nodes[i] * width;
        add_slice(r.weights[i] * width * 0.39894228040143267794 * std::exp(-0.5 * z * z), mean_y + b * z, c, y, out);
      }
  }

 private:
  static constexpr double reach = 9;

  /// Adds a mass that is N(middle, deviation^2) along y, to the cells within reach.
  template <class Axis>
  static void add_slice(double mass, double middle, double deviation, const Axis& y, Eigen::VectorXd& out) {
    const auto cell = [&y](double at) {
      return static_cast<Index>(std::clamp((at - y.lower) / y.width(), 0.0, static_cast<double>(y.cells - 1)));
    };
    const Index last = cell(middle + reach * deviation);
    for (Index j = cell(middle - reach * deviation); j <= last; ++j)
      out[j] += mass * interval_probability(middle, deviation, y.edge(j), y.edge(j + 1));
  }
};

}  // namespace simulacra::detail
