#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/metrics/detail/line_sample.hpp>
#include <simulacra/metrics/measured.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

namespace detail {

/// \f$ (\sum w\,|d|^p / \sum w)^{1/p} \f$ whatever the sizes: differences are taken in units of the largest so far, and what the sum
/// loses in rounding is carried along.
class distance_power_sum {
 public:
  explicit distance_power_sum(double p) : p_(p) {}

  void add(double weight, double difference) {
    const double d = std::abs(difference);
    if (d > unit_) {
      const double shrink = unit_ > 0 && !std::isinf(d) ? power(unit_ / d) : 0;
      sum_ *= shrink;
      lost_ *= shrink;
      unit_ = d;
    }
    if (!(unit_ > 0)) return;
    const double term = weight * (std::isinf(unit_) ? 1 : power(d / unit_)), sum = sum_ + term;
    lost_ += sum_ >= term ? (sum_ - sum) + term : (term - sum) + sum_;  // Neumaier
    sum_ = sum;
  }

  /// The p-th root of the mean. @param total  the sum of the weights
  [[nodiscard]] double root(double total) const { return unit_ > 0 ? unit_ * std::pow((sum_ + lost_) / total, 1 / p_) : 0; }

 private:
  [[nodiscard]] double power(double v) const {
    return p_ == 1 ? v : p_ == 2 ? v * v : p_ == 3 ? v * v * v : p_ == 4 ? (v * v) * (v * v) : std::pow(v, p_);
  }

  double p_, unit_ = 0, sum_ = 0, lost_ = 0;
};

/// W_p of two sorted samples: mass is carried in order, from quantile to quantile.
inline double wasserstein_sorted(const line_sample& a, const line_sample& b, double p) {
  distance_power_sum cost(p);
  // A difference of numbers near the ends of the range is beyond it, though the mean of many may not be.
  const double reach =
      (std::max)({std::abs(a.x.front()), std::abs(a.x.back()), std::abs(b.x.front()), std::abs(b.x.back())});
  const double unit = reach > 0.25 * (std::numeric_limits<double>::max)() ? 0.25 : 1;
  const double total = carry_in_order(
      a, b, [&](std::size_t i, std::size_t j, double mass) { cost.add(mass, unit * a.x[i] - unit * b.x[j]); });
  return cost.root(total) / unit;
}

inline void require_order(double p, std::string_view function) {
  argument::require(p >= 1 && p <= (std::numeric_limits<double>::max)(), function, "p", p, "be >= 1 and finite");
}

}  // namespace detail

/// The Wasserstein distance of order p between two samples of the line,
/// \f[ W_p = \Bigl( \int_0^1 |F^{-1}(u) - G^{-1}(u)|^p\,du \Bigr)^{1/p}, \f]
/// exactly: between empirical laws, on the line, mass is carried in order. Where no weights are given it is carried in whole units, so that
/// equal laws are at distance 0 whatever p and however often each point is repeated; weights matter by their ratios alone.
/// @param x, y    1 x n and 1 x m, finite, at least one each; their numbers may differ
/// @param p       the order, >= 1   @param wx, wy  a weight >= 0 for each observation, or empty: all equal
/// @throw std::invalid_argument otherwise.  O((n + m) log(n + m)), of which nearly all is sorting copies.
template <class T>
[[nodiscard]] double wasserstein(const samples<T, 1>& x, const samples<T, 1>& y, double p, const weights<double>& wx = {},
                                 const weights<double>& wy = {}) {
  detail::require_order(p, "wasserstein");
  return detail::wasserstein_sorted(detail::sorted_sample(x, wx, "wasserstein", "x", "wx"),
                                    detail::sorted_sample(y, wy, "wasserstein", "y", "wy"), p);
}

/// The Wasserstein distance of order p of a sample of the line from a law that is known by its quantile function Q,
/// \f[ W_p = \Bigl( \sum_i \int_{U_{i-1}}^{U_i} |x_{(i)} - Q(u)|^p\,du \Bigr)^{1/p}, \f]
/// U the accumulated weights: each integral in two parts, split where Q passes the observation, by the tanh-sinh rule, which bears the
/// infinite ends of Q.
/// @param x         1 x n, finite, at least one   @param quantile  called with u in (0, 1); increasing
/// @param p         the order, >= 1; the law must have a p-th moment, which is not checked   @param w  weights >= 0, or empty
/// @return to about 1e-10 relative for laws whose tails fall like a normal law's or faster. Of heavier ones what lies within 1e-16 of
///         either end is missing, since no double stands for it at 1
/// @throw std::invalid_argument otherwise, or where a quantile is not a number.  O(n log n), and about 160 n quantiles.
template <class T, std::invocable<double> Quantile>
[[nodiscard]] double wasserstein(const samples<T, 1>& x, const Quantile& quantile, double p, const weights<double>& w = {}) {
  constexpr auto name = "wasserstein";
  detail::require_order(p, name);
  const auto s = detail::sorted_sample(x, w, name, "x", "w");
  const auto at = [&](double u) {
    const double q = static_cast<double>(quantile(u));
    argument::require(!std::isnan(q), name, "quantile(u)", q, "be a number");
    return q;
  };
  detail::distance_power_sum cost(p);
  constexpr double step = 1.0 / 8, quarter_turn = 1.5707963267948966;
  double from = 0;
  for (std::size_t i = 0; i < s.x.size(); ++i) {
    const double to = s.end_of(i).below;
    double low = from, high = to;
    while (high - low > 1e-16 * (to + 1e-300) && low + 0.5 * (high - low) > low && low + 0.5 * (high - low) < high) {
      const double middle = low + 0.5 * (high - low);
      (at(middle) < s.x[i] ? low : high) = middle;
    }
    for (const auto& [a, b] : {std::pair{from, low}, std::pair{low, to}}) {
      if (!(b > a)) continue;
      for (int k = -24; k <= 24; ++k) {
        const double t = step * k, inner = quarter_turn * std::sinh(t), c = std::cosh(inner);
        // The nearer end is what u is measured from, so that it keeps its digits there.
        const double u = inner < 0 ? a + (b - a) / (1 + std::exp(-2 * inner)) : b - (b - a) / (1 + std::exp(2 * inner));
        if (u > 0 && u < 1) cost.add((b - a) * step * quarter_turn * std::cosh(t) / (2 * c * c), s.x[i] - at(u));
      }
    }
    from = to;
  }
  return cost.root(1);
}

/// The sliced Wasserstein distance of order p: the p-th mean, over directions that are uniform on the sphere, of the distances of the two
/// samples' projections, \f$ (E_\theta W_p^p(\theta^T x, \theta^T y))^{1/p} \f$. It is exact to the digits of the data's differences, however
/// far from the origin they lie.
/// Source: Rabin, Peyre, Delon and Bernot (2012); Bonneel, Rabin, Peyre and Pfister (2015), J. Math. Imaging and Vision 51.
/// @param x, y  d x n and d x m   @param directions  >= 2, drawn from `rng`
/// @return the distance, and its standard error over the directions: of the draw of these, not of the observations
/// @throw std::invalid_argument as above, or if the dimensions differ.  O(directions (n + m) (d + log(n + m))).
template <class T, int D>
[[nodiscard]] measured sliced_wasserstein(const samples<T, D>& x, const samples<T, D>& y, double p, Index directions,
                                          stream& rng) {
  constexpr auto name = "sliced_wasserstein";
  detail::require_order(p, name);
  argument::require(directions >= 2, name, "directions", directions, "be at least 2");
  argument::require(y.rows() == x.rows(), name, "y.rows()", y.rows(), "be the dimension of x");
  const Index d = x.rows();
  argument::require(d >= 1, name, "x.rows()", d, "be at least 1");
  argument::require(x.cols() >= 1, name, "x.cols()", x.cols(), "be at least 1");
  argument::require(y.cols() >= 1, name, "y.cols()", y.cols(), "be at least 1");
  argument::require_finite(x, name, "x");
  argument::require_finite(y, name, "y");
  // Seen from the point of the data's box that is nearest to 0, which costs no observation a digit and takes away what all have in common;
  // and in a power of two of about the size of what is left, in which nothing leaves the range.
  point<double, D> origin(d);
  double reach = 0;
  for (Index k = 0; k < d; ++k) {
    const double low = static_cast<double>((std::min)(x.row(k).minCoeff(), y.row(k).minCoeff())),
                 high = static_cast<double>((std::max)(x.row(k).maxCoeff(), y.row(k).maxCoeff()));
    origin[k] = std::clamp(0.0, low, high);
    reach = (std::max)({reach, high - origin[k], origin[k] - low});
  }
  const double unit = reach > 0 ? std::ldexp(1.0, std::clamp(-std::ilogb(reach), -1022, 1022)) : 1.0;
  std::vector<double> direction(static_cast<std::size_t>(d));
  const auto project = [&](const samples<T, D>& z) {
    samples<double, 1> line(1, z.cols());
    for (Index i = 0; i < z.cols(); ++i) {
      double sum = 0;
      for (Index k = 0; k < d; ++k)
        sum += direction[static_cast<std::size_t>(k)] * ((static_cast<double>(z(k, i)) - origin[k]) * unit);
      line[i] = sum;
    }
    return detail::sorted_sample(line, {}, name, "x or y", "w");
  };
  std::vector<double> distance;
  double largest = 0;
  for (Index s = 0; s < directions; ++s) {
    double length = 0;
    do {
      length = 0;
      for (double& v : direction) {
        v = standard_normal(rng);
        length += v * v;
      }
    } while (!(length > 0));
    for (double& v : direction) v /= std::sqrt(length);
    distance.push_back(detail::wasserstein_sorted(project(x), project(y), p));
    largest = (std::max)(largest, distance.back());
  }
  if (!(largest > 0)) return {0, 0};
  double mean = 0, square = 0;
  const auto n = static_cast<double>(directions);
  for (double& v : distance) {
    v = std::pow(v / largest, p);
    mean += v / n;
  }
  for (const double v : distance) square += (v - mean) * (v - mean) / (n - 1);
  const double value = largest * std::pow(mean, 1 / p) / unit;
  return {value, value / (p * mean) * std::sqrt(square / n)};  // the error of a power, to first order
}

}  // namespace simulacra
