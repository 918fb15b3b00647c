#pragma once

#include <cmath>
#include <numbers>
#include <span>

#include <simulacra/theory/detail/gamma.hpp>

/// One normal distribution, refitted again and again to M of its own samples ("replace"). In generation n the model is
/// \f$N(\mu_n,\sigma_n^2)\f$, with the exact representation
/// \f[ \sigma_n^2 = \sigma^2 \prod_{i\le n} G_i, \qquad \mu_n = \mu + \sum_{i\le n} \sigma_{i-1} Z_i/\sqrt{M},
///     \qquad G_i \sim \chi^2_{M-1}/D \f]
/// where D is M - 1 (`divisor::n_minus_1`) or M (`divisor::n`), and the Z_i are standard normal (Shumailov et al. 2023).
/// Everything below assumes exact independent samples. `generation` 0 is the truth, `sigma` its standard deviation.
namespace simulacra::theory {

/// The mean of the square root of an unbiased variance, in units of the true standard deviation.
///
/// \f[ c_4(M) = \sqrt{\tfrac{2}{M-1}}\,\Gamma(\tfrac M2)\,/\,\Gamma(\tfrac{M-1}2) \f]
/// @param samples M >= 2
/// @throw std::invalid_argument if M < 2. Cost O(1), relative error 1e-15 for every M.
/// Source: classical (Holtzman 1950).
inline double c4(Index samples) {
  detail::check_samples("theory::c4", samples);
  return std::exp(detail::log_moment(1, samples, divisor::n_minus_1));
}

/// A moment of the model's standard deviation, \f$E\,\sigma_n^k\f$.
///
/// \f[ E\,\sigma_n^k = \sigma^k m_k^n, \qquad m_k = (2/D)^{k/2}\,\Gamma(\tfrac{M-1+k}2)/\Gamma(\tfrac{M-1}2) \f]
/// Under `n_minus_1` the moments above the second grow without bound: rare, huge variances. They are +inf past the largest
/// double.
/// @param k any real number; for k <= -(M - 1) and generation >= 1 the moment is infinite, and +inf is returned
/// @param samples M >= 2
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range or not finite. Cost O(1).
/// Source: derived for this library from the moments of chi-squared.
inline double sigma_moment(double k, Index samples, Index generation, divisor by, double sigma = 1) {
  constexpr auto name = "theory::sigma_moment";
  argument::require(std::isfinite(k), name, "k", k, "be finite");
  detail::check_chain(name, samples, generation, by);
  detail::check_positive(name, "sigma", sigma);
  if (generation > 0 && k <= 1 - detail::real(samples)) return detail::infinity;
  const double growth = generation == 0 ? 0 : detail::real(generation) * detail::log_moment(k, samples, by);
  return std::exp(k * std::log(sigma) + growth);
}

/// The mean of the model's variance, \f$E\,\sigma_n^2 = \sigma^2\f$ (`n_minus_1`) or \f$\sigma^2(1-1/M)^n\f$ (`n`).
///
/// @param samples M >= 2
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: Shumailov et al. (2024).
inline double variance_mean(Index samples, Index generation, divisor by, double sigma = 1) {
  constexpr auto name = "theory::variance_mean";
  detail::check_chain(name, samples, generation, by);
  detail::check_positive(name, "sigma", sigma);
  return detail::times_exp(sigma, sigma, detail::real(generation) * detail::log_bias(samples, by));
}

/// The mean squared error of the model's mean, \f$E(\mu_n-\mu_0)^2\f$, for any schedule.
///
/// \f[ \sigma^2 \sum_i 1/M_i \ \ (\texttt{n\_minus\_1}), \qquad \sigma^2\Bigl(1-\prod_i(1-1/M_i)\Bigr)\ \ (\texttt{n}) \f]
/// In d dimensions, replace \f$\sigma^2\f$ by the trace of the covariance.
/// @param schedule the samples of each refit, each >= 2; its length is the generation
/// @throw std::invalid_argument if an argument is out of range. Cost O(n). Source: Shumailov et al. (2024); `n` derived
/// here.
inline double mean_error(std::span<const Index> schedule, divisor by, double sigma = 1) {
  constexpr auto name = "theory::mean_error";
  detail::check_schedule(name, schedule, by);
  detail::check_positive(name, "sigma", sigma);
  detail::compensated_sum sum;
  for (const Index samples : schedule) {
    const double share = 1 / detail::real(samples);
    sum.add(by == divisor::n ? std::log1p(-share) : share);
  }
  return sigma * sigma * (by == divisor::n ? -std::expm1(sum.value()) : sum.value());
}

/// The mean squared error of the model's mean for the same M in every generation: the schedule's formula in O(1).
///
/// @param samples M >= 2
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range. Source: as above.
inline double mean_error(Index samples, Index generation, divisor by, double sigma = 1) {
  constexpr auto name = "theory::mean_error";
  detail::check_chain(name, samples, generation, by);
  detail::check_positive(name, "sigma", sigma);
  const double m = detail::real(samples), n = detail::real(generation);
  return sigma * sigma * (by == divisor::n ? -detail::power_minus_one(-1 / m, n) : n / m);
}

/// The almost sure exponential rate of the variance, \f$\lim_n \tfrac1n\log\sigma_n^2 = E\log G\f$: always negative.
///
/// \f[ L = \psi(\tfrac{M-1}2) - \log\tfrac D2 \ \approx\ -1/M\ (\texttt{n\_minus\_1}),\ -2/M\ (\texttt{n}) \f]
/// @param samples M >= 2
/// @throw std::invalid_argument if an argument is out of range. Cost O(1), relative error 1e-14 for every M.
/// Source: derived for this library from the law of log chi-squared.
inline double log_variance_rate(Index samples, divisor by) {
  detail::check_chain("theory::log_variance_rate", samples, 0, by);
  return detail::digamma_minus_log(detail::shape_of(samples)) + detail::log_bias(samples, by);
}

/// The mean of \f$\log(\sigma_n^2/\sigma^2)\f$, which is n times `log_variance_rate`. Arguments and errors as there. Cost
/// O(1).
inline double log_variance_mean(Index samples, Index generation, divisor by) {
  detail::check_chain("theory::log_variance_mean", samples, generation, by);
  return detail::real(generation) * log_variance_rate(samples, by);
}

/// The variance of \f$\log\sigma_n^2\f$, \f$n\,\psi'(\tfrac{M-1}2)\f$: the same for both divisors.
///
/// @param samples M >= 2
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline double log_variance_variance(Index samples, Index generation) {
  constexpr auto name = "theory::log_variance_variance";
  detail::check_samples(name, samples);
  detail::check_generation(name, generation);
  return detail::real(generation) * detail::trigamma(detail::shape_of(samples));
}

/// The typical (approximately the median) standard deviation of generation n, \f$\sigma e^{nL/2}\f$.
///
/// The geometric mean is exactly this; the median approaches it as n or M grows (relative difference of order 1/M).
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline double sigma_typical(Index samples, Index generation, divisor by, double sigma = 1) {
  constexpr auto name = "theory::sigma_typical";
  detail::check_chain(name, samples, generation, by);
  detail::check_positive(name, "sigma", sigma);
  return detail::times_exp(sigma, 1, detail::real(generation) * log_variance_rate(samples, by) / 2);
}

/// The number of generations after which the typical standard deviation has fallen to epsilon,
/// \f$2\log(\sigma/\epsilon)/|L|\f$.
///
/// @param epsilon in (0, sigma]
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline double typical_generations(double epsilon, Index samples, divisor by, double sigma = 1) {
  constexpr auto name = "theory::typical_generations";
  detail::check_positive(name, "sigma", sigma);
  argument::require(epsilon > 0 && epsilon <= sigma, name, "epsilon", epsilon, "be positive and not exceed sigma");
  detail::check_chain(name, samples, 0, by);
  return 2 * detail::log_quotient(sigma, epsilon) / -log_variance_rate(samples, by);
}

/// A mean and a standard deviation of one estimate.
struct mean_and_deviation {
  double mean, deviation;
};

/// Mean and standard deviation of the fitted standard deviation after one fit to M real samples.
///
/// \f[ \sigma m_1, \qquad \sigma\sqrt{m_2-m_1^2} \f]
/// @param samples M >= 2
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: classical.
inline mean_and_deviation sigma_estimate(Index samples, divisor by, double sigma = 1) {
  constexpr auto name = "theory::sigma_estimate";
  detail::check_chain(name, samples, 0, by);
  detail::check_positive(name, "sigma", sigma);
  const double first = detail::log_moment(1, samples, by), second = detail::log_moment(2, samples, by);
  return {sigma * std::exp(first), sigma * std::sqrt(-std::exp(second) * std::expm1(2 * first - second))};
}

/// Mean and standard deviation of the *absolute* error of the mean of M real samples (half normal).
///
/// \f[ \sigma\sqrt{\tfrac{2}{\pi M}}, \qquad \sigma\sqrt{\tfrac{1-2/\pi}{M}} \f]
/// @param samples M >= 1
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: classical.
inline mean_and_deviation mean_estimate_absolute_error(Index samples, double sigma = 1) {
  constexpr auto name = "theory::mean_estimate_absolute_error";
  detail::check_samples(name, samples, 1);
  detail::check_positive(name, "sigma", sigma);
  const double error = sigma / std::sqrt(detail::real(samples)), two_over_pi = 2 * std::numbers::inv_pi;
  return {error * std::sqrt(two_over_pi), error * std::sqrt(1 - two_over_pi)};
}

}  // namespace simulacra::theory
