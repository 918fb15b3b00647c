#pragma once

#include <algorithm>
#include <cmath>

#include <simulacra/theory/detail/gamma.hpp>

/// A Poisson law, refitted again and again to the mean of M of its own samples. The total count is a Galton-Watson process
/// with Poisson(1) offspring: critical, so that it dies out almost surely, and slowly.
namespace simulacra::theory {

/// The exponent \f$g_n\f$ of `poisson_survival`: \f$g_1=1\f$, \f$g_{k+1}=1-e^{-g_k}\f$, and \f$g_n\sim 2/n\f$.
///
/// @param generation n >= 1
/// @throw std::invalid_argument if n < 1. Cost O(min(n, 1e6)); from there on by the asymptotic expansion of 1/g, to 1e-12.
/// Source: Suresh et al. (2024).
inline double poisson_exponent(Index generation) {
  argument::require(generation >= 1, "theory::poisson_exponent", "generation", generation, "be at least 1");
  constexpr Index last = 1'000'000;
  double g = 1;
  for (Index k = 1; k < (std::min)(generation, last); ++k) g = -std::expm1(-g);
  if (generation <= last) return g;
  // w = 1/g obeys w' = w + 1/2 + 1/(12 w) - ...; the sum of 1/(12 w) along w ~ n/2 is a logarithm.
  const double w = 1 / g, straight = w + detail::real(generation - last) / 2;
  return 1 / (straight + std::log(straight / w) / 6);
}

/// The probability that the fitted rate is not zero yet in generation n: exact.
///
/// \f[ P(\lambda_n\neq0) = 1-e^{-M\lambda g_n} \f]
/// @param lambda true rate, >= 0
/// @param samples M >= 1
/// @param generation n >= 0; at 0 the rate is the truth's own
/// @throw std::invalid_argument if an argument is out of range. Cost as for `poisson_exponent`. Source: Suresh et al.
/// (2024).
inline double poisson_survival(double lambda, Index samples, Index generation) {
  constexpr auto name = "theory::poisson_survival";
  detail::check_not_negative(name, "lambda", lambda);
  detail::check_samples(name, samples, 1);
  detail::check_generation(name, generation);
  if (generation == 0) return lambda > 0 ? 1 : 0;
  return -std::expm1(-detail::real(samples) * lambda * poisson_exponent(generation));
}

/// The variance of the fitted rate, \f$n\lambda/M\f$ (its mean is lambda for ever). Arguments and errors as above. Cost
/// O(1).
inline double poisson_rate_variance(double lambda, Index samples, Index generation) {
  constexpr auto name = "theory::poisson_rate_variance";
  detail::check_not_negative(name, "lambda", lambda);
  detail::check_samples(name, samples, 1);
  detail::check_generation(name, generation);
  return detail::real(generation) * lambda / detail::real(samples);
}

}  // namespace simulacra::theory
