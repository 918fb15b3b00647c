#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/metrics/detail/line_sample.hpp>
#include <simulacra/metrics/measured.hpp>

/// Distances of distribution functions on the line, and the tests that go with them.
namespace simulacra {

namespace detail {

/// P(K > x) of Kolmogorov's distribution, by whichever of its two series converges at once.
inline double kolmogorov_tail(double x) {
  constexpr double pi = 3.141592653589793238462643383280;
  if (!(x > 0)) return 1;
  double sum = 0;
  if (x < 1) {
    for (int k = 1; k <= 20; ++k) {
      const double odd = (2 * k - 1) * pi / x;
      sum += std::exp(-odd * odd / 8);
    }
    return (std::max)(0.0, 1 - std::sqrt(2 * pi) / x * sum);
  }
  for (int k = 1; k <= 20; ++k) sum += (k % 2 == 1 ? 2 : -2) * std::exp(-2.0 * k * k * x * x);
  return (std::min)(1.0, sum);
}

/// exp(x) K_{1/4}(x), x > 0, by the trapezoidal rule on \f$ \int_0^\infty e^{-x(\cosh t - 1)} \cosh(t/4)\,dt \f$: the integrand falls
/// doubly exponentially, so a step of 1/16 is exact to rounding.
inline double scaled_bessel_k_quarter(double x) {
  constexpr double step = 1.0 / 16;
  double sum = 0.5;
  for (int k = 1; k < 400; ++k) {
    const double t = k * step, term = std::exp(-x * (std::cosh(t) - 1)) * std::cosh(t / 4);
    sum += term;
    if (term < 1e-18 * sum) break;
  }
  return sum * step;
}

/// P(W^2 > x) of the limit law of the Cramer-von Mises statistic.
/// Source: Anderson and Darling (1952), Annals of Mathematical Statistics 23, eq. 4.35.
inline double cramer_von_mises_tail(double x) {
  constexpr double pi = 3.141592653589793238462643383280;
  if (!(x > 0)) return 1;
  double sum = 0, coefficient = 1;  // (-1)^j binomial(-1/2, j) = (1/2)(3/2)...(j - 1/2) / j!
  for (int j = 0; j < 100; ++j) {
    const double root = 4 * j + 1, u = root * root / (16 * x);
    const double term = coefficient * std::sqrt(root) * std::exp(-2 * u) * scaled_bessel_k_quarter(u);
    sum += term;
    if (u > 400 || term < 1e-18 * sum) break;
    coefficient *= (j + 0.5) / (j + 1);
  }
  return std::clamp(1 - sum / (pi * std::sqrt(x)), 0.0, 1.0);
}

}  // namespace detail

/// The largest difference of two samples' distribution functions, \f$ \sup |F - G| \f$, and the asymptotic p value of the test of
/// Kolmogorov and Smirnov (exact as n and m grow; conservative where values are tied, as symbols are).
/// @param x, y  finite, at least one each   @param wx, wy  weights >= 0, or empty. With weights there is no p value: NaN.
/// @throw std::invalid_argument otherwise.  O((n + m) log(n + m)).
template <class T>
[[nodiscard]] test_result kolmogorov_smirnov(const samples<T, 1>& x, const samples<T, 1>& y, const weights<double>& wx = {},
                                             const weights<double>& wy = {}) {
  double largest = 0;
  detail::walk_together(
      detail::sorted_sample(x, wx, "kolmogorov_smirnov", "x", "wx"),
      detail::sorted_sample(y, wy, "kolmogorov_smirnov", "y", "wy"),
      [&](double, double, double apart, double, double) { largest = (std::max)(largest, std::abs(apart)); });
  if (wx.size() > 0 || wy.size() > 0) return {.statistic = largest};
  const auto n = static_cast<double>(x.cols()), m = static_cast<double>(y.cols());
  return {largest, detail::kolmogorov_tail(std::sqrt(n * m / (n + m)) * largest)};
}

/// The largest difference of a sample's distribution function from a given one, and its p value likewise.
/// @param cdf  a continuous distribution function, callable with a `double`
template <class T, std::invocable<double> Cdf>
[[nodiscard]] test_result kolmogorov_smirnov(const samples<T, 1>& x, const Cdf& cdf) {
  const auto s = detail::sorted_sample(x, {}, "kolmogorov_smirnov", "x", "w");
  const auto n = static_cast<double>(x.cols());
  double largest = 0;
  for (std::size_t i = 0; i < s.x.size(); ++i) {
    const double at = static_cast<double>(cdf(s.x[i]));
    argument::require(at >= 0 && at <= 1, "kolmogorov_smirnov", "cdf(x)", at, "be in [0, 1]");
    largest = (std::max)({largest, static_cast<double>(i + 1) / n - at, at - static_cast<double>(i) / n});
  }
  return {largest, detail::kolmogorov_tail(std::sqrt(n) * largest)};
}

/// Cramer's and von Mises' distance of two samples, \f$ \frac{nm}{n+m} \int (F - G)^2 dH \f$, H the distribution function of both
/// together, and its asymptotic p value: the statistic is brought to the mean and variance of the limit law first.
/// Source: Anderson (1962), Annals of Mathematical Statistics 33.
/// @throw std::invalid_argument as above.  O((n + m) log(n + m)).
template <class T>
[[nodiscard]] test_result cramer_von_mises(const samples<T, 1>& x, const samples<T, 1>& y) {
  const auto n = static_cast<double>(x.cols()), m = static_cast<double>(y.cols());
  double sum = 0;
  detail::walk_together(
      detail::sorted_sample(x, {}, "cramer_von_mises", "x", "w"), detail::sorted_sample(y, {}, "cramer_von_mises", "y", "w"),
      [&](double, double, double apart, double of_x, double of_y) { sum += apart * apart * (of_x * n + of_y * m); });
  const double total = n + m, statistic = n * m / (total * total) * sum;
  // Under equal laws, without ties: mean (1 + 1/N) / 6, and the variance of Anderson (1962).
  const double mean = (1 + 1 / total) / 6;
  const double variance =
      (total + 1) / (total * total) * (4 * n * m * total - 3 * (n * n + m * m) - 2 * n * m) / (180 * n * m);
  const double limit = 1.0 / 6 + (statistic - mean) / std::sqrt(45 * variance);
  return {statistic, detail::cramer_von_mises_tail(limit)};
}

/// Cramer's and von Mises' distance of a sample from a law, \f$ n \int (F - G)^2 dG \f$, and its asymptotic p value.
/// @param cdf  a continuous distribution function, callable with a `double`
template <class T, std::invocable<double> Cdf>
[[nodiscard]] test_result cramer_von_mises(const samples<T, 1>& x, const Cdf& cdf) {
  const auto s = detail::sorted_sample(x, {}, "cramer_von_mises", "x", "w");
  const auto n = static_cast<double>(x.cols());
  double sum = 1 / (12 * n);
  for (std::size_t i = 0; i < s.x.size(); ++i) {
    const double at = static_cast<double>(cdf(s.x[i]));
    argument::require(at >= 0 && at <= 1, "cramer_von_mises", "cdf(x)", at, "be in [0, 1]");
    const double off = at - (static_cast<double>(i) + 0.5) / n;
    sum += off * off;
  }
  return {sum, detail::cramer_von_mises_tail(sum)};
}

}  // namespace simulacra
