#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/compensated_sum.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/ensemble/band.hpp>
#include <simulacra/numerics/mean_and_spread.hpp>
#include <simulacra/numerics/student_t.hpp>
#include <simulacra/study/intervals.hpp>

/// The Monte Carlo error of every statistic of replicates, not of the mean alone: what a simulation study should print beside each
/// number. NaNs are left out of single samples, as bands leave them out; what is infinite makes a statistic and its error infinite or NaN.
/// Source of the words: Morris, White and Crowther (2019), "Using simulation studies to evaluate statistical methods".
namespace simulacra {

/// A statistic of replicates with its Monte Carlo standard error.
struct estimate {
  double value = std::numeric_limits<double>::quiet_NaN();
  double error = std::numeric_limits<double>::quiet_NaN();
  Index count = 0;  ///< replicates behind it
  double bias = 0;  ///< of `value`, where a formula knows it to first order (`estimated_ratio`); it is not taken off

  /// value -+ t error, t the quantile of Student's law with count - 1 degrees of freedom (right for means of normal numbers at every
  /// count, and for the others as R grows). NaN below two replicates.   @param confidence  in (0, 1)   @throw std::invalid_argument otherwise
  [[nodiscard]] simulacra::interval interval(double confidence = 0.95) const {
    argument::require(confidence > 0 && confidence < 1, "estimate::interval", "confidence", confidence, "lie in (0, 1)");
    if (count < 2 || !(error >= 0)) return {};
    const double reach = error > 0 ? detail::student_quantile(confidence, static_cast<double>(count - 1)) * error : 0;
    return {value - reach, value + reach};
  }
};

namespace detail {

inline std::vector<double> without_missing(std::span<const double> values) {
  std::vector<double> all;
  all.reserve(values.size());
  for (const double v : values)
    if (!std::isnan(v)) all.push_back(v);
  return all;
}

/// The pairs of which both numbers are there.
struct pairs {
  std::vector<double> x, y;
};
inline pairs both_there(std::span<const double> x, std::span<const double> y, std::string_view function) {
  argument::require(x.size() == y.size(), function, "y.size()", y.size(), "equal x.size(): the same replicates in both");
  pairs all;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (!std::isnan(x[i]) && !std::isnan(y[i])) {
      all.x.push_back(x[i]);
      all.y.push_back(y[i]);
    }
  return all;
}

inline double covariance_of(std::span<const double> x, std::span<const double> y, double mean_x, double mean_y) {
  compensated_sum sum, rest_x, rest_y;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum.add((x[i] - mean_x) * (y[i] - mean_y));
    rest_x.add(x[i] - mean_x);
    rest_y.add(y[i] - mean_y);
  }
  const auto n = static_cast<double>(x.size());
  return (sum.value() - rest_x.value() * rest_y.value() / n) / (n - 1);
}

}  // namespace detail

/// The mean, and its error sd / sqrt(R).
[[nodiscard]] inline estimate estimated_mean(std::span<const double> values) {
  const std::vector<double> there = detail::without_missing(values);
  const auto [mean, sd, ratio] = detail::spread_of(there);
  return {mean, sd / std::sqrt(static_cast<double>(there.size())), static_cast<Index>(there.size())};
}

/// The error of a standard deviation s over R replicates whose law has kurtosis \f$\kappa=\mu_4/\sigma^4\f$ (3: normal), by the delta method:
/// \f$ s\sqrt{(\kappa-1)/(4R)} \f$.   @throw std::invalid_argument unless sd >= 0, kurtosis >= 1 and replicates >= 1
/// Source: Cramer (1946), section 27.4.
[[nodiscard]] inline double deviation_error(double sd, double kurtosis, Index replicates) {
  argument::require(sd >= 0, "deviation_error", "sd", sd, "not be negative");
  argument::require(kurtosis >= 1, "deviation_error", "kurtosis", kurtosis, "be at least 1, as that of every law");
  argument::require(replicates >= 1, "deviation_error", "replicates", replicates, "be at least 1");
  return sd * std::sqrt((kurtosis - 1) / (4 * static_cast<double>(replicates)));
}

/// The error of an unbiased variance \f$s^2\f$: the square root of \f$ \sigma^4(\kappa-(R-3)/(R-1))/R \f$, exactly.
/// @throw std::invalid_argument unless variance >= 0, kurtosis >= 1 and replicates >= 2.   Source: Cramer (1946), 27.4.1
[[nodiscard]] inline double variance_error(double variance, double kurtosis, Index replicates) {
  argument::require(variance >= 0, "variance_error", "variance", variance, "not be negative");
  argument::require(kurtosis >= 1, "variance_error", "kurtosis", kurtosis, "be at least 1, as that of every law");
  argument::require(replicates >= 2, "variance_error", "replicates", replicates, "be at least 2");
  const auto r = static_cast<double>(replicates);
  return variance * std::sqrt((kurtosis - 1 + 2 / (r - 1)) / r);
}

/// The standard deviation (divisor R - 1) with its error, the kurtosis taken from the values. NaN below two replicates.
[[nodiscard]] inline estimate estimated_deviation(std::span<const double> values) {
  const std::vector<double> there = detail::without_missing(values);
  const auto [mean, sd, ratio] = detail::spread_of(there);
  const auto n = static_cast<Index>(there.size());
  if (!(sd > 0) || !std::isfinite(sd)) return {sd, sd, n};
  detail::compensated_sum fourth, second;
  for (const double v : there) {
    const double square = (v - mean) / sd * ((v - mean) / sd);
    second.add(square);
    fourth.add(square * square);
  }
  const double kurtosis = fourth.value() * static_cast<double>(n) / (second.value() * second.value());
  return {sd, deviation_error(sd, std::fmax(kurtosis, 1.0), n), n};
}

/// The quantile (type 7, as bands have it) with an error that assumes no density: the width of its `quantile_interval` at 95 % over
/// 2 z. It is a few percent high (2 to 10 at R = 100 to 10,000); infinite where there are too few replicates for an end.
/// @param probability  in (0, 1)   @throw std::invalid_argument otherwise
[[nodiscard]] inline estimate estimated_quantile(std::span<const double> values, double probability) {
  argument::require(probability > 0 && probability < 1, "estimated_quantile", "probability", probability, "lie in (0, 1)");
  std::vector<double> there = detail::without_missing(values);
  const auto n = static_cast<Index>(there.size());
  if (n == 0) return {};
  std::sort(there.begin(), there.end());
  const order_interval order = quantile_interval(n, probability);
  std::size_t from = 0;
  double error = std::numeric_limits<double>::infinity();
  if (order.lower >= 1 && order.upper <= n) {
    const double low = there[static_cast<std::size_t>(order.lower - 1)],
                 high = there[static_cast<std::size_t>(order.upper - 1)];
    if (low == high)
      error = 0;
    else
      error = (high - low) / (2 * detail::normal_two_tails_quantile(1 - 0.95));
  }
  return {detail::next_quantile(there, probability, from), error, n};
}

/// A probability with the error \f$\sqrt{\hat p\hat q/R}\f$. For an interval see `wilson_interval`: this error is 0 where all are equal.
/// @throw std::invalid_argument unless of >= 1 and 0 <= successes <= of
[[nodiscard]] inline estimate estimated_probability(Index successes, Index of) {
  argument::require(of >= 1, "estimated_probability", "of", of, "be at least 1");
  argument::require(successes >= 0 && successes <= of, "estimated_probability", "successes", successes,
                    "be between 0 and `of`");
  const double n = static_cast<double>(of), p = static_cast<double>(successes) / n;
  return {p, std::sqrt(p * (static_cast<double>(of - successes) / n) / n), of};
}

/// The error of the ratio r = y/x of two means over the same R replicates, by the delta method:
/// \f[ \frac1{|\bar x|}\sqrt{\frac{s_y^2 - 2 r s_{xy} + r^2 s_x^2}{R}}. \f]
/// @param mean_x, mean_y  the means; where mean_x is 0 the error is infinite
/// @param var_x, var_y, covariance  of one replicate   @param replicates  R >= 1
/// @throw std::invalid_argument if a mean is no number, a variance is negative, \f$ s_{xy}^2 > s_x^2 s_y^2 \f$ beyond rounding, or R < 1
[[nodiscard]] inline double ratio_error(double mean_x, double mean_y, double var_x, double var_y, double covariance,
                                        Index replicates) {
  constexpr auto function = "ratio_error";
  argument::require(!std::isnan(mean_x), function, "mean_x", mean_x, "be a number");
  argument::require(!std::isnan(mean_y), function, "mean_y", mean_y, "be a number");
  argument::require(var_x >= 0, function, "var_x", var_x, "not be negative");
  argument::require(var_y >= 0, function, "var_y", var_y, "not be negative");
  argument::require(replicates >= 1, function, "replicates", replicates, "be at least 1");
  const double sx = std::sqrt(var_x), sy = std::sqrt(var_y);
  argument::require(std::abs(covariance) <= sx * sy * (1 + 1e-9), function, "covariance", covariance,
                    "be at most the root of var_x var_y in size");
  if (mean_x == 0) return std::numeric_limits<double>::infinity();
  // (s_y - rho r s_x)^2 + (1 - rho^2) r^2 s_x^2: no difference of squares, and none that leaves the range
  const double correlation = sx > 0 && sy > 0 ? std::clamp(covariance / sx / sy, -1.0, 1.0) : 0;
  const double through_x = mean_y / mean_x * sx;
  const double off = std::sqrt((1 - correlation) * (1 + correlation)) * through_x;
  return std::hypot(sy - correlation * through_x, off) / std::abs(mean_x) / std::sqrt(static_cast<double>(replicates));
}

/// The ratio of the means of y and x, with its error and its bias to first order, \f$ (r s_x^2 - s_{xy})/(R\bar x^2) \f$.
/// @param x, y  the same replicates in both; where one number is missing the pair is left out
/// @throw std::invalid_argument if they differ in length
[[nodiscard]] inline estimate estimated_ratio(std::span<const double> x, std::span<const double> y) {
  const detail::pairs there = detail::both_there(x, y, "estimated_ratio");
  const auto n = static_cast<Index>(there.x.size());
  const auto mx = detail::spread_of(there.x), my = detail::spread_of(there.y);
  estimate result{my.mean / mx.mean, std::numeric_limits<double>::quiet_NaN(), n};
  if (n < 2 || !std::isfinite(mx.sd) || !std::isfinite(my.sd)) return result;
  double both = detail::covariance_of(there.x, there.y, mx.mean, my.mean);
  both = std::clamp(both, -mx.sd * my.sd, mx.sd * my.sd);  // rounding
  result.error = ratio_error(mx.mean, my.mean, mx.sd * mx.sd, my.sd * my.sd, both, n);
  result.bias = (result.value * mx.sd * mx.sd - both) / (static_cast<double>(n) * mx.mean * mx.mean);
  return result;
}

/// The root mean squared error \f$\sqrt{\overline{e^2}}\f$ of errors e, with its error by the delta method, sd(e^2) / (2 RMSE sqrt R).
[[nodiscard]] inline estimate estimated_rmse(std::span<const double> errors) {
  std::vector<double> squares = detail::without_missing(errors);
  double unit = 0;  // squares of numbers near the ends of the range
  for (const double e : squares) unit = std::fmax(unit, std::abs(e));
  const auto n = static_cast<Index>(squares.size());
  if (n > 0 && (unit == 0 || std::isinf(unit))) return {unit, unit, n};
  for (double& e : squares) e = (e / unit) * (e / unit);
  const auto [mean, sd, ratio] = detail::spread_of(squares);
  const double root = std::sqrt(mean);
  return {unit * root, unit * (sd / (2 * root * std::sqrt(static_cast<double>(n)))), n};
}

/// The same by the jackknife, \f$ \sqrt{\frac{R-1}{R}\sum_i (t_{-i}-\bar t)^2} \f$, which is wider where few errors carry the sum.
[[nodiscard]] inline estimate jackknifed_rmse(std::span<const double> errors) {
  const std::vector<double> there = detail::without_missing(errors);
  estimate result = estimated_rmse(there);
  if (result.count < 2 || !(result.value > 0) || std::isinf(result.value)) return result;
  const auto n = static_cast<double>(there.size());
  std::vector<double> without;
  for (const double e : there) {
    const double relative = e / result.value;
    without.push_back(std::sqrt(std::fmax(0.0, (n - relative * relative) / (n - 1))));
  }
  result.error = result.value * detail::spread_of(without).sd * (n - 1) / std::sqrt(n);
  return result;
}

/// The mean of x - y over replicates that share their random numbers, with the error of that: the noise that both have is gone.
/// @param x, y  the same replicates in both   @throw std::invalid_argument if they differ in length
[[nodiscard]] inline estimate paired_difference(std::span<const double> x, std::span<const double> y) {
  detail::pairs there = detail::both_there(x, y, "paired_difference");
  for (std::size_t i = 0; i < there.x.size(); ++i) there.x[i] -= there.y[i];
  return estimated_mean(there.x);
}

/// The error of a difference of two means over R replicates with correlation rho: \f$ \sqrt{(s_1^2+s_2^2-2\rho s_1 s_2)/R} \f$.
/// @throw std::invalid_argument unless both sd >= 0, rho is in [-1, 1] and R >= 1
[[nodiscard]] inline double paired_error(double sd_x, double sd_y, double correlation, Index replicates) {
  argument::require(sd_x >= 0, "paired_error", "sd_x", sd_x, "not be negative");
  argument::require(sd_y >= 0, "paired_error", "sd_y", sd_y, "not be negative");
  argument::require(correlation >= -1 && correlation <= 1, "paired_error", "correlation", correlation, "lie in [-1, 1]");
  argument::require(replicates >= 1, "paired_error", "replicates", replicates, "be at least 1");
  const double off = 2 * (1 - correlation) * sd_x * sd_y;
  return std::sqrt(((sd_x - sd_y) * (sd_x - sd_y) + off) / static_cast<double>(replicates));
}

}  // namespace simulacra
