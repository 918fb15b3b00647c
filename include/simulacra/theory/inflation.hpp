#pragma once

#include <cmath>

#include <boost/math/special_functions/gamma.hpp>

#include <simulacra/theory/detail/policy.hpp>
#include <simulacra/theory/gaussian_chain.hpp>

/// What a decoder does to a Gaussian chain: sampling with the variance inflated, tempered, truncated, or floored.
namespace simulacra::theory {

/// The factor by which each generation's variance must be inflated for its logarithm to stand still on average.
///
/// \f[ \lambda_c = \tfrac D2\,e^{-\psi((M-1)/2)} = e^{-L} \f]
/// Below it the chain collapses almost surely, above it explodes. With `n_minus_1` it exceeds 1 although the variance is
/// unbiased.
/// @param samples M >= 2
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline double critical_inflation(Index samples, divisor by) {
  detail::check_chain("theory::critical_inflation", samples, 0, by);
  return std::exp(-log_variance_rate(samples, by));
}

/// The variance of the n-th population law when each is tempered, \f$p\propto p^{1/\tau}\f$, and not estimated:
/// \f$\sigma^2\tau^n\f$.
///
/// @param temperature tau > 0
/// @param generation n >= 0
/// @param sigma > 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline double tempered_variance(double temperature, Index generation, double sigma = 1) {
  constexpr auto name = "theory::tempered_variance";
  detail::check_positive(name, "temperature", temperature);
  detail::check_generation(name, generation);
  detail::check_positive(name, "sigma", sigma);
  return detail::times_exp(sigma, sigma, detail::real(generation) * std::log(temperature));
}

/// The factor by which truncating a normal law to \f$|x-\mu|<c\sigma\f$ shrinks its variance.
///
/// \f[ 1-\frac{2c\,\varphi(c)}{\mathrm{erf}(c/\sqrt2)} = \frac{P(\chi^2_3<c^2)}{P(\chi^2_1<c^2)} \f]
/// @param cut c > 0 and finite, in standard deviations; the second form is accurate for every c
/// @throw std::invalid_argument if c is not positive and finite. Cost O(1). Source: classical.
inline double truncation_variance_factor(double cut) {
  detail::check_positive("theory::truncation_variance_factor", "cut", cut);
  if (cut < 1e-5) return cut * cut / 3;
  if (cut > 40) return 1;
  const double half = cut * cut / 2;
  return boost::math::gamma_p(1.5, half, detail::policy()) / boost::math::gamma_p(0.5, half, detail::policy());
}

/// The mean variance (divisor n) of a chain whose every fit has `floor` added to its variance.
///
/// \f[ E S_n = r^n\sigma^2 + M f\,(1-r^n),\qquad r=1-1/M \f]
/// It cannot fall below about M times the floor: that is where figures made with a regularised covariance level off.
/// @param floor f >= 0, in the unit of sigma^2
/// @param samples M >= 2
/// @param generation n >= 0
/// @param sigma > 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline double floored_variance(double floor, Index samples, Index generation, double sigma = 1) {
  constexpr auto name = "theory::floored_variance";
  detail::check_not_negative(name, "floor", floor);
  detail::check_samples(name, samples);
  detail::check_generation(name, generation);
  detail::check_positive(name, "sigma", sigma);
  const double m = detail::real(samples), n = detail::real(generation);
  return detail::times_exp(sigma, sigma, n * std::log1p(-1 / m)) - m * floor * detail::power_minus_one(-1 / m, n);
}

}  // namespace simulacra::theory
