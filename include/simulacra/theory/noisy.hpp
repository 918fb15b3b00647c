#pragma once

#include <cmath>
#include <span>

#include <simulacra/theory/detail/gamma.hpp>

/// The noisy approximation model: in every generation the fit is missed by noise of its own, as an optimiser stopped early or the
/// last steps of stochastic gradients leave it (the functional approximation error of Shumailov et al. 2024). The mean gets
/// \f$\mu_i+e_i\f$ with \f$E[e_i]=0\f$ and \f$E|e_i|^2=\tau_i^2\f$ given the past; the variance \f$S_i\,e^{\eta_i\xi_i-\eta_i^2/2}\f$
/// with \f$\xi_i\f$ standard normal, which leaves its mean.
namespace simulacra::theory {

namespace detail {

inline void check_noise(const char* name, const char* what, std::span<const double> noise, std::size_t refits) {
  argument::require(noise.size() == refits, name, what, noise.size(), "have an entry for each entry of the schedule");
  for (const double amount : noise) check_not_negative(name, what, amount);
}

}  // namespace detail

/// The mean squared error of the mean under noise, where the covariance is unbiased (`divisor::n_minus_1`): exact.
///
/// \f[ E\|\mu_n-\mu_0\|^2 = \mathrm{tr}\,\Sigma_0\sum_i\frac1{M_i}+\sum_i\tau_i^2 \f]
/// The increments are orthogonal. It is also a lower bound of the squared Wasserstein distance, in any dimension.
/// @param schedule samples of each refit, each >= 2; its length is the generation
/// @param mean_noise \f$\tau_i^2=E|e_i|^2\f$ of each refit, >= 0, summed over coordinates; as many as refits
/// @param trace of the truth's covariance, >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(n).
/// Source: the model Shumailov et al. (2024); the formula derived for this library.
inline double noisy_mean_error(std::span<const Index> schedule, std::span<const double> mean_noise, double trace = 1) {
  constexpr auto name = "theory::noisy_mean_error";
  detail::check_schedule(name, schedule, divisor::n_minus_1);
  detail::check_noise(name, "mean_noise", mean_noise, schedule.size());
  detail::check_not_negative(name, "trace", trace);
  detail::compensated_sum sum;
  for (const Index samples : schedule) sum.add(trace / detail::real(samples));
  for (const double noise : mean_noise) sum.add(noise);
  return sum.value();
}

/// The mean of the squared 2-Wasserstein distance from N(mu, 1) after a noisy refit for each entry of the schedule: exact.
///
/// \f[ \sum_i\Bigl(\frac1{M_i}+\tau_i^2\Bigr)+2\Bigl(1-\prod_i c_4(M_i)\,e^{-\eta_i^2/8}\Bigr)\ (\texttt{n\_minus\_1}),\qquad
///     \sum_i\tau_i^2+2\Bigl(1-\prod_i c_4(M_i)\sqrt{1-1/M_i}\;e^{-\eta_i^2/8}\Bigr)\ (\texttt{n}) \f]
/// @param schedule samples of each refit, each >= 2
/// @param mean_noise \f$\tau_i^2\f$ of each refit in units of the truth's variance, >= 0; as many as refits
/// @param log_noise \f$\eta_i\f$ of each refit, the standard deviation of the noise on the log variance, >= 0; as many as refits
/// @throw std::invalid_argument if an argument is out of range. Cost O(n). Source: derived for this library.
inline double noisy_wasserstein_risk_mean(std::span<const Index> schedule, std::span<const double> mean_noise,
                                          std::span<const double> log_noise, divisor by) {
  constexpr auto name = "theory::noisy_wasserstein_risk_mean";
  detail::check_schedule(name, schedule, by);
  detail::check_noise(name, "mean_noise", mean_noise, schedule.size());
  detail::check_noise(name, "log_noise", log_noise, schedule.size());
  detail::compensated_sum walk, logarithms;
  Index known = 0;
  double logarithm = 0;
  for (std::size_t i = 0; i < schedule.size(); ++i) {
    if (schedule[i] != known) logarithm = detail::log_moment(1, known = schedule[i], by);
    logarithms.add(logarithm);
    logarithms.add(-log_noise[i] * log_noise[i] / 8);
    if (by == divisor::n_minus_1) walk.add(1 / detail::real(schedule[i]));
    walk.add(mean_noise[i]);
  }
  return walk.value() - 2 * std::expm1(logarithms.value());
}

/// The almost sure exponential rate of the variance under noise on its logarithm, \f$L-\eta^2/2\f$ with L = `log_variance_rate`.
///
/// Noise that leaves every mean variance alone hastens the collapse all the same.
/// @param samples M >= 2
/// @param log_noise \f$\eta\ge0\f$, the standard deviation of the noise on the log variance
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline double noisy_log_variance_rate(Index samples, double log_noise, divisor by) {
  constexpr auto name = "theory::noisy_log_variance_rate";
  detail::check_chain(name, samples, 0, by);
  detail::check_not_negative(name, "log_noise", log_noise);
  return detail::digamma_minus_log(detail::shape_of(samples)) + detail::log_bias(samples, by) - log_noise * log_noise / 2;
}

}  // namespace simulacra::theory
