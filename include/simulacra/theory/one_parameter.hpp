#pragma once

#include <cmath>

#include <boost/math/special_functions/gamma.hpp>

#include <simulacra/theory/detail/gamma.hpp>
#include <simulacra/theory/detail/policy.hpp>

/// Exponential and uniform laws, refitted again and again (maximum likelihood) to M of their own samples. Both are products
/// of independent factors, so that everything is known.
namespace simulacra::theory {

/// The relative variance of the fitted exponential mean, \f$(1+1/M)^n-1\f$ (its mean is the truth's for ever).
///
/// @param samples M >= 1
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline double exponential_mean_variance(Index samples, Index generation) {
  constexpr auto name = "theory::exponential_mean_variance";
  detail::check_samples(name, samples, 1);
  detail::check_generation(name, generation);
  return detail::power_minus_one(1 / detail::real(samples), detail::real(generation));
}

/// The almost sure exponential rate of the fitted exponential mean, \f$\psi(M)-\log M\approx-1/(2M)\f$.
///
/// @param samples M >= 1
/// @throw std::invalid_argument if M < 1. Cost O(1). Source: derived for this library.
inline double exponential_log_rate(Index samples) {
  detail::check_samples("theory::exponential_log_rate", samples, 1);
  return detail::digamma_minus_log(detail::real(samples));
}

/// The mean of the fitted end point of a uniform law on [0, theta], relative to theta, \f$(M/(M+1))^n\f$.
///
/// @param samples M >= 1
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline double uniform_end_mean(Index samples, Index generation) {
  constexpr auto name = "theory::uniform_end_mean";
  detail::check_samples(name, samples, 1);
  detail::check_generation(name, generation);
  return std::exp(-detail::real(generation) * std::log1p(1 / detail::real(samples)));
}

/// The probability that the fitted end point still exceeds a fraction of the true one: exact, since
/// \f$-\log(\theta_n/\theta)\sim\Gamma(n,\text{rate }M)\f$.
///
/// @param fraction in (0, 1]
/// @param samples M >= 1
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline double uniform_end_survival(double fraction, Index samples, Index generation) {
  constexpr auto name = "theory::uniform_end_survival";
  argument::require(fraction > 0 && fraction <= 1, name, "fraction", fraction, "lie in (0, 1]");
  detail::check_samples(name, samples, 1);
  detail::check_generation(name, generation);
  if (generation == 0) return fraction < 1 ? 1 : 0;
  return boost::math::gamma_p(detail::real(generation), -detail::real(samples) * std::log(fraction), detail::policy());
}

/// The almost sure rate of the end point when each fit is bias-corrected by (M+1)/M, \f$\log(1+1/M)-1/M<0\f$: still a
/// collapse.
///
/// @param samples M >= 1
/// @throw std::invalid_argument if M < 1. Cost O(1). Source: derived for this library.
inline double uniform_corrected_log_rate(Index samples) {
  detail::check_samples("theory::uniform_corrected_log_rate", samples, 1);
  return detail::log1p_minus(1 / detail::real(samples));
}

}  // namespace simulacra::theory
