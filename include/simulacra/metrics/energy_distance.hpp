#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/relative_weights.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/gram.hpp>
#include <simulacra/hilbert/kernels.hpp>
#include <simulacra/metrics/detail/line_sample.hpp>

namespace simulacra {

/// The energy distance \f$ 2 E|X-Y| - E|X-X'| - E|Y-Y'| \f$ between the empirical laws of two samples of the line, exactly:
/// there it is \f$ 2 \int (F - G)^2 \f$, in which nothing cancels. It is twice the MMD^2 of the `energy_kernel`.
/// Source: Szekely and Rizzo (2013), J. Statist. Planning and Inference 143.
/// @param x, y  finite, at least one each   @param wx, wy  weights >= 0, or empty
/// @throw std::invalid_argument otherwise.  O((n + m) log(n + m)).
template <class T>
[[nodiscard]] double energy_distance(const samples<T, 1>& x, const samples<T, 1>& y, const weights<double>& wx = {},
                                     const weights<double>& wy = {}) {
  double sum = 0;
  detail::walk_together(detail::sorted_sample(x, wx, "energy_distance", "x", "wx"),
                        detail::sorted_sample(y, wy, "energy_distance", "y", "wy"),
                        [&](double at, double next, double apart, double, double) {
                          sum += (0.5 * next - 0.5 * at) * (apart * apart);  // halves, since the whole gap may overflow
                        });
  return 4 * sum;
}

/// MMD^2, with the Laplace kernel \f$ \exp(-|x-y|/l) \f$, of the empirical laws of two samples of the line. What lies to the left of a
/// point acts on it through one number, which decays from point to point; so it takes sorting and one walk.
/// @return the V statistic, >= 0: a squared distance of two laws; see `mmd_squared` for the unbiased one
/// @throw std::invalid_argument as above.  O((n + m) log(n + m)).
template <class T>
[[nodiscard]] double mmd_squared_on_the_line(const laplace_kernel& k, const samples<T, 1>& x, const samples<T, 1>& y,
                                             const weights<double>& wx = {}, const weights<double>& wy = {}) {
  double total = 0, left = 0;  // left: sum of signed mass to the left (and here), discounted by its distance
  detail::walk_together(detail::sorted_sample(x, wx, "mmd_squared_on_the_line", "x", "wx"),
                        detail::sorted_sample(y, wy, "mmd_squared_on_the_line", "y", "wy"),
                        [&](double at, double next, double, double of_x, double of_y) {
                          const double here = of_x - of_y;
                          total += here * (2 * left + here);
                          left = (left + here) * std::exp((at - next) / k.length_scale());
                        });
  return total > 0 ? total : 0;
}

/// The unbiased U statistic of the same, without each observation's kernel with itself; negative where the laws are nearly equal.
/// @param x, y  at least two each
/// What throws and what it costs: as above.
template <class T>
[[nodiscard]] double mmd_squared_unbiased_on_the_line(const laplace_kernel& k, const samples<T, 1>& x,
                                                      const samples<T, 1>& y) {
  constexpr auto name = "mmd_squared_unbiased_on_the_line";
  argument::require(x.cols() >= 2, name, "x.cols()", x.cols(), "be at least 2");
  argument::require(y.cols() >= 2, name, "y.cols()", y.cols(), "be at least 2");
  const auto n = static_cast<double>(x.cols()), m = static_cast<double>(y.cols());
  double xx = 0, yy = 0, xy = 0, left_x = 0, left_y = 0;  // sums over pairs of masses, in either order
  detail::walk_together(detail::sorted_sample(x, {}, name, "x", "wx"), detail::sorted_sample(y, {}, name, "y", "wy"),
                        [&](double at, double next, double, double of_x, double of_y) {
                          xx += of_x * (2 * left_x + of_x);
                          yy += of_y * (2 * left_y + of_y);
                          xy += of_x * left_y + of_y * left_x + of_x * of_y;
                          const double decay = std::exp((at - next) / k.length_scale());
                          left_x = (left_x + of_x) * decay;
                          left_y = (left_y + of_y) * decay;
                        });
  return (n * xx - 1) / (n - 1) + (m * yy - 1) / (m - 1) - 2 * xy;
}

/// The energy distance in any dimension, of Euclidean distances.  O((n^2 + n m + m^2) d) time, O((n + m) d) memory.
/// @param x, y  d x n and d x m, finite, at least one each   @param wx, wy  weights >= 0, or empty
/// @throw std::invalid_argument otherwise
template <class T, int D>
  requires(D != 1)
[[nodiscard]] double energy_distance(const samples<T, D>& x, const samples<T, D>& y, const weights<double>& wx = {},
                                     const weights<double>& wy = {}) {
  constexpr auto name = "energy_distance";
  argument::require(x.rows() >= 1, name, "x.rows()", x.rows(), "be at least 1");
  argument::require(x.cols() >= 1, name, "x.cols()", x.cols(), "be at least 1");
  argument::require(y.cols() >= 1, name, "y.cols()", y.cols(), "be at least 1");
  argument::require(y.rows() == x.rows(), name, "y.rows()", y.rows(), "be the dimension of x");
  argument::require_finite(x, name, "x");
  argument::require_finite(y, name, "y");
  using column = Eigen::Array<double, Eigen::Dynamic, 1>;
  using array = Eigen::Array<double, Eigen::Dynamic, Eigen::Dynamic>;
  const auto shares = [](const weights<double>& w, Index n, const char* of) -> column {
    return detail::shares_of(w, n, name, of).array();
  };
  const column of_x = shares(wx, x.cols(), "wx"), of_y = shares(wy, y.cols(), "wy");
  // Coordinates side by side, so that the sum over sources runs in vector instructions; times a power of two by which no square leaves the
  // range. It rounds nothing, so that differences are exact however far from the origin the data are.
  double range = 0, reach = 0;
  for (Index k = 0; k < x.rows(); ++k) {
    const double low = static_cast<double>((std::min)(x.row(k).minCoeff(), y.row(k).minCoeff())),
                 high = static_cast<double>((std::max)(x.row(k).maxCoeff(), y.row(k).maxCoeff()));
    range = (std::max)(range, 0.5 * high - 0.5 * low);
    reach = (std::max)({reach, std::abs(low), std::abs(high)});
  }
  if (!(range > 0)) return 0;
  const int exponent = std::clamp((std::min)(-std::ilogb(range), 1000 - std::ilogb(reach)), -1022, 1022);
  const auto rows_of = [exponent](const samples<T, D>& z) {
    return array(z.transpose().template cast<double>().array() * std::ldexp(1.0, exponent));
  };
  const array a = rows_of(x), b = rows_of(y);
  column square;
  const auto sum_to = [&square](const array& sources, const column& w, const array& points, const column& v,
                                bool later_only) {
    double sum = 0;
    for (Index j = 0; j < points.rows(); ++j) {
      const Index first = later_only ? j + 1 : 0, size = sources.rows() - first;
      if (size == 0) continue;
      square = (sources.col(0).segment(first, size) - points(j, 0)).square();
      for (Index k = 1; k < sources.cols(); ++k) square += (sources.col(k).segment(first, size) - points(j, k)).square();
      sum += v[j] * (square.sqrt() * w.segment(first, size)).sum();
    }
    return sum;
  };
  const double value =
      2 * (sum_to(a, of_x, b, of_y, false) - sum_to(a, of_x, a, of_x, true) - sum_to(b, of_y, b, of_y, true));
  return value > 0 ? std::ldexp(value, -exponent) : 0;
}

}  // namespace simulacra
