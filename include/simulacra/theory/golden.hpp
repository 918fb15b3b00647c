#pragma once

#include <cmath>

#include <simulacra/theory/detail/arguments.hpp>

/// How much weight real data should have (He et al. 2025): in every generation n fresh real and m synthetic samples, the
/// estimate being w times the real one plus 1 - w times the synthetic one.
namespace simulacra::theory {

/// The weight of the real mean that minimises the limiting risk, for k = m/n synthetic samples per real one.
///
/// \f[ w^* = \frac{\sqrt{1+4k}-1}{2k} = \frac{2}{1+\sqrt{1+4k}},\qquad k w^2+w=1 \f]
/// At k = 1 it is the reciprocal of the golden ratio. At the optimum the risk is exactly \f$w^*\sigma^2/n\f$.
/// @param k >= 0 and finite; 0 (no synthetic data) gives 1
/// @throw std::invalid_argument if k is negative, infinite or NaN. Cost O(1). Source: He et al. (2025).
inline double golden_weight(double k) {
  detail::check_not_negative("theory::golden_weight", "k", k);
  return 2 / (1 + std::sqrt(1 + 4 * k));
}

namespace detail {

inline void check_weighted(const char* name, double weight, Index real_samples, Index synthetic, Index least) {
  check_probability(name, "weight", weight);
  argument::require(real_samples >= least, name, "real", real_samples, "be at least " + argument::text(least));
  argument::require(synthetic >= least, name, "synthetic", synthetic, "be at least " + argument::text(least));
}

/// The n-th iterate of x -> (1 + rate) x + constant, rate >= -1: a gain that is nearly 1 has lost the digits of its rate.
inline double affine_iterate(double start, double rate, double constant, Index steps) {
  const double n = real(steps);
  if (rate == 0 || steps == 0) return start + n * constant;
  const double exponent = n * std::log1p(rate), power = std::exp(exponent);
  return (start == 0 ? 0 : power * start) + (constant == 0 ? 0 : constant * (std::expm1(exponent) / rate));
}

}  // namespace detail

/// The limit of the mean squared error of the weighted mean (known variance).
///
/// \f[ V_\infty=\sigma^2\,\frac{w^2/n+(1-w)^2/m}{1-(1-w)^2} \f]
/// @param weight w in [0, 1]; at 0 there is no limit and +inf is returned
/// @param real n >= 1 fresh real samples a generation
/// @param synthetic m >= 1 synthetic samples a generation
/// @param sigma standard deviation of the truth, > 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: He et al. (2025).
inline double weighted_mean_risk_limit(double weight, Index real, Index synthetic, double sigma = 1) {
  constexpr auto name = "theory::weighted_mean_risk_limit";
  detail::check_weighted(name, weight, real, synthetic, 1);
  detail::check_positive(name, "sigma", sigma);
  if (weight == 0) return detail::infinity;
  const double rest = 1 - weight;
  const double noise = weight * weight / detail::real(real) + rest * rest / detail::real(synthetic);
  return sigma * sigma * noise / (weight * (1 + rest));
}

/// The mean squared error of the weighted mean after `steps` more generations.
///
/// \f[ V' = \frac{w^2\sigma^2}{n}+(1-w)^2\Bigl(V+\frac{\sigma^2}{m}\Bigr) \f]
/// @param start V before them, >= 0; a model fitted to the first real data alone has \f$\sigma^2/n\f$
/// @param steps >= 0
/// Other arguments and errors as for the limit. Cost O(1). Source: He et al. (2025).
inline double weighted_mean_risk(double start, double weight, Index real, Index synthetic, Index steps, double sigma = 1) {
  constexpr auto name = "theory::weighted_mean_risk";
  detail::check_not_negative(name, "start", start);
  detail::check_weighted(name, weight, real, synthetic, 1);
  argument::require(steps >= 0, name, "steps", steps, "not be negative");
  detail::check_positive(name, "sigma", sigma);
  const double rest = 1 - weight, square = sigma * sigma;
  const double noise = weight * weight * square / detail::real(real) + rest * rest * square / detail::real(synthetic);
  return detail::affine_iterate(start, -weight * (1 + rest), noise, steps);
}

/// The relative mean squared error \f$E(S/\sigma^2-1)^2\f$ of the weighted (unbiased) variance after `steps` more
/// generations.
///
/// \f[ V' = \frac{2w^2}{n-1}+(1-w)^2\Bigl[V\Bigl(1+\frac2{m-1}\Bigr)+\frac2{m-1}\Bigr] \f]
/// @param start V before them, >= 0; a model fitted to the first real data alone has \f$2/(n-1)\f$
/// @param real n >= 2
/// @param synthetic m >= 2
/// @param steps >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline double weighted_variance_risk(double start, double weight, Index real, Index synthetic, Index steps) {
  constexpr auto name = "theory::weighted_variance_risk";
  detail::check_not_negative(name, "start", start);
  detail::check_weighted(name, weight, real, synthetic, 2);
  argument::require(steps >= 0, name, "steps", steps, "not be negative");
  const double rest = 1 - weight, own = 2 / (detail::real(real) - 1), next = 2 / (detail::real(synthetic) - 1);
  return detail::affine_iterate(start, rest * rest * next - weight * (1 + rest), weight * weight * own + rest * rest * next,
                                steps);
}

}  // namespace simulacra::theory
