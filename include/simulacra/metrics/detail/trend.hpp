#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <simulacra/metrics/measured.hpp>
#include <simulacra/numerics/mean_and_spread.hpp>
#include <simulacra/numerics/student_t.hpp>

/// Differences, ratios and slopes of means over replicates, with the errors that replicates, or stated errors alone, give them.
namespace simulacra::detail {

inline double root_of_squares(double a, double b) { return std::hypot(a, b); }

inline measured log_of(const measured& v) { return {std::log(v.value), v.error / v.value}; }

/// a / b, of independent numbers.
inline measured over(const measured& a, const measured& b) {
  const double ratio = a.value / b.value;
  return {ratio, root_of_squares(a.error / b.value, ratio * b.error / b.value)};
}

/// A number of replicates at each generation: values[generation][replicate].
using by_replicate = std::vector<std::vector<double>>;

/// Mean and standard error over replicates.
inline measured mean_with_error(const std::vector<double>& values) {
  const auto s = spread_of(values);
  return {s.mean, s.sd / std::sqrt(static_cast<double>(values.size()))};
}

/// How fast each point of a line pulls at its slope: \f$ w_i (x_i - \bar x) / \sum_j w_j (x_j - \bar x)^2 \f$.
inline std::vector<double> pulls_of(const std::vector<double>& x, const std::vector<double>& weight) {
  double w = 0, wx = 0, xx = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    w += weight[i];
    wx += weight[i] * x[i];
  }
  std::vector<double> pull(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    pull[i] = weight[i] * (x[i] - wx / w);
    xx += pull[i] * (x[i] - wx / w);
  }
  for (double& p : pull) p /= xx;
  return pull;
}

/// The error of \f$\sum_i p_i y_i\f$ from those of the y: the largest that dependence falling off with the distance makes of it,
/// \f$ \max_\phi (\sum_{ij} p_i p_j e_i e_j \phi^{|i-j|})^{1/2} \f$ and the same with \f$|x_i - x_j|\f$ in units of its least; independence is
/// among these. What generations of one lineage have in common is not in their errors, and slopes suffer by it.
inline double worst_error(const std::vector<double>& pull, const std::vector<measured>& y, const std::vector<double>& t) {
  double unit = 0, least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < y.size(); ++i) unit = (std::max)(unit, std::abs(pull[i]) * y[i].error);
  for (std::size_t i = 1; i < t.size(); ++i) least = (std::min)(least, t[i] - t[i - 1]);
  if (!(unit > 0)) return unit;
  double worst = 0;
  for (const double phi : {0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99})
    for (const bool by_index : {true, false}) {
      double sum = 0;
      for (std::size_t i = 0; i < y.size(); ++i)
        for (std::size_t j = 0; j < y.size(); ++j) {
          const double apart = by_index ? static_cast<double>(i > j ? i - j : j - i) : std::abs(t[i] - t[j]) / least;
          const double shared = i == j ? 1 : std::pow(phi, apart);
          sum += (pull[i] * y[i].error / unit) * (pull[j] * y[j].error / unit) * shared;
        }
      worst = (std::max)(worst, sum);
    }
  return unit * std::sqrt(worst);
}

/// A straight line through points of known errors, by weighted least squares; equal weights where one or more are known
/// exactly, and where the points are generations of one chain: errors that were estimated go with the values that they belong to.
/// @param t  where the points lie in time; null: they are independent
inline measured slope_of(const std::vector<double>& x, const std::vector<measured>& y, const std::vector<double>* t) {
  double least = std::numeric_limits<double>::infinity();
  for (const measured& v : y) least = (std::min)(least, v.error);
  std::vector<double> weight(x.size());
  for (std::size_t i = 0; i < x.size(); ++i)  // in units of the largest, so that none overflows
    weight[i] = least > 0 && t == nullptr ? (least / y[i].error) * (least / y[i].error) : 1;
  const std::vector<double> pull = pulls_of(x, weight);
  measured slope{0, 0};
  for (std::size_t i = 0; i < x.size(); ++i) {
    slope.value += pull[i] * (y[i].value - y[0].value);
    slope.error = root_of_squares(slope.error, pull[i] * y[i].error);
  }
  if (t != nullptr) slope.error = worst_error(pull, y, *t);
  return slope;
}

/// The slope of the logarithm of the means over replicates, by least squares. Its error is the jackknife's, from the slope without
/// one replicate after another: whatever generations have in common is in it. (The delta method is too sure of itself where
/// replicates are few and skewed.)
inline measured slope_of_log_means(const std::vector<double>& x, const by_replicate& values, std::size_t first) {
  const std::vector<double> pull = pulls_of(x, std::vector<double>(x.size(), 1.0));
  std::vector<double> single(values.front().size(), 0.0);
  measured slope{0, 0};
  const double start = mean_of(values[first]), others = static_cast<double>(single.size()) - 1;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double mean = mean_of(values[first + i]);
    slope.value += pull[i] * std::log(mean / start);
    for (std::size_t r = 0; r < single.size(); ++r)
      single[r] -= others * pull[i] * std::log1p((1 - values[first + i][r] / mean) / others);
  }
  slope.error = mean_with_error(single).error;
  return slope;
}

/// b - a, and b / a, of the means of paired numbers.
inline measured difference_of_means(const std::vector<double>& b, const std::vector<double>& a) {
  std::vector<double> apart(a.size());
  for (std::size_t r = 0; r < a.size(); ++r) apart[r] = b[r] - a[r];
  return mean_with_error(apart);
}
inline measured ratio_of_paired_means(const std::vector<double>& b, const std::vector<double>& a) {
  const double under = mean_of(a), ratio = mean_of(b) / under;
  std::vector<double> rest(a.size());
  for (std::size_t r = 0; r < a.size(); ++r) rest[r] = b[r] / under - ratio * (a[r] / under);
  return {ratio, mean_with_error(rest).error};
}

/// The z that is as improbable under the normal law as t under Student's with nu degrees of freedom.
inline double as_normal(double t, double nu) {
  if (!(std::abs(t) > 0) || !std::isfinite(t)) return t;
  const double tail = student_two_tails(std::abs(t), nu);
  return tail > 1e-300 ? std::copysign(normal_two_tails_quantile(tail), t) : t;
}

}  // namespace simulacra::detail
