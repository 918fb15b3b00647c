#pragma once

#include <cmath>

#include <simulacra/theory/detail/arguments.hpp>

/// "Model autophagy disorder" (Alemohammad et al. 2023): a one-dimensional Gaussian refitted (`divisor::n_minus_1`) to a
/// pool of `real` real and `synthetic` synthetic samples, the synthetic ones drawn with the variance inflated (lambda > 1)
/// or deflated (lambda < 1: quality at the price of diversity). The real ones are drawn anew in every generation ("fresh
/// data"), or are the same for ever ("fixed", "synthetic augmentation"). Both recursions are derived for this library.
///
/// Notation: \f$N=n_r+n_s\f$, \f$\rho=n_r/N\f$, a the mean squared error of the mean *about the truth*, v the mean variance.
namespace simulacra::theory {

/// Where such a loop stands: the same two quantities for fresh and for fixed real data.
struct mad_limit {
  double mean_error;  ///< E (mu - mu_0)^2, about the truth; with fixed data it contains sigma^2 / real
  double variance;    ///< E of the fitted variance
};

namespace detail {

struct mad_pool {
  double real_share, synthetic_share, size;
  /// What a unit of variance of the model adds to the next variance through the error of the mean.
  double feedback() const { return synthetic_share / ((size - 1) * (1 + synthetic_share)); }
};

inline mad_pool check_mad(const char* name, Index real_samples, Index synthetic, double lambda, double sigma) {
  argument::require(real_samples >= 1, name, "real", real_samples, "be at least 1");
  argument::require(synthetic >= 0, name, "synthetic", synthetic, "not be negative");
  argument::require(real_samples >= 2 || synthetic >= 1, name, "real", real_samples,
                    "make a pool of at least 2 with 'synthetic'");
  check_not_negative(name, "lambda", lambda);
  check_positive(name, "sigma", sigma);
  const double r = detail::real(real_samples), s = detail::real(synthetic);
  return {r / (r + s), s / (r + s), r + s};
}

/// \f$1-(1-\rho)\lambda(1+g)\f$: the loop is stable if and only if this is positive.
inline double mad_margin(const mad_pool& pool, double lambda) {
  return pool.real_share + pool.synthetic_share * ((1 - lambda) - lambda * pool.feedback());
}

}  // namespace detail

/// One generation of the loop with fresh real data.
///
/// \f[ a' = (1-\rho)^2 a + \frac{\rho\sigma^2+(1-\rho)\lambda v}{N},\qquad
///     v' = \rho\sigma^2+(1-\rho)\lambda v+\rho(1-\rho)\frac{N}{N-1}a \f]
/// @param state where the loop stands
/// @param real n_r >= 1
/// @param synthetic n_s >= 0, with n_r + n_s >= 2
/// @param lambda factor of the sampled variance, >= 0
/// @param sigma standard deviation of the truth, > 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline mad_limit mad_fresh_step(mad_limit state, Index real, Index synthetic, double lambda, double sigma = 1) {
  constexpr auto name = "theory::mad_fresh_step";
  const auto pool = detail::check_mad(name, real, synthetic, lambda, sigma);
  detail::check_not_negative(name, "state.mean_error", state.mean_error);
  detail::check_not_negative(name, "state.variance", state.variance);
  const double within = pool.real_share * sigma * sigma + pool.synthetic_share * lambda * state.variance;
  const double between = pool.real_share * pool.synthetic_share * pool.size / (pool.size - 1) * state.mean_error;
  return {pool.synthetic_share * pool.synthetic_share * state.mean_error + within / pool.size, within + between};
}

/// One generation of the loop with fixed real data.
///
/// With \f$b = a-\sigma^2/n_r\f$, the error about the mean of the real data,
/// \f[ b' = (1-\rho)^2 b+\frac{(1-\rho)\lambda v}{N},\qquad
///     v' = \frac{n_r-1}{N-1}\sigma^2+(1-\rho)\lambda v+\frac{n_r n_s}{N(N-1)}b \f]
/// @param state where the loop stands; its mean_error (about the truth) must be at least sigma^2 / real
/// Other arguments, errors and cost as for `mad_fresh_step`. Source: derived for this library.
inline mad_limit mad_fixed_step(mad_limit state, Index real, Index synthetic, double lambda, double sigma = 1) {
  constexpr auto name = "theory::mad_fixed_step";
  const auto pool = detail::check_mad(name, real, synthetic, lambda, sigma);
  const double own = sigma * sigma / detail::real(real);
  argument::require(state.mean_error >= own * (1 - 1e-12) && state.mean_error < detail::infinity, name, "state.mean_error",
                    state.mean_error, "be finite and at least sigma^2 / real, the error of the real data's own mean");
  detail::check_not_negative(name, "state.variance", state.variance);
  const double about_real = state.mean_error - own, synthetic_part = pool.synthetic_share * lambda * state.variance;
  const double gain = pool.real_share * pool.synthetic_share * pool.size / (pool.size - 1);
  return {pool.synthetic_share * pool.synthetic_share * about_real + synthetic_part / pool.size + own,
          (detail::real(real) - 1) / (pool.size - 1) * sigma * sigma + synthetic_part + gain * about_real};
}

/// Where the loop with fresh real data settles, whatever it started from.
///
/// The fixed point of `mad_fresh_step`: with \f$g=(1-\rho)/((N-1)(2-\rho))\f$,
/// \f[ v=\frac{\rho\sigma^2(1+g)}{1-(1-\rho)\lambda(1+g)},\qquad a=\frac{\rho\sigma^2+(1-\rho)\lambda v}{N\rho(2-\rho)} \f]
/// Both are +inf if the denominator is not positive: then the variance grows without bound.
/// Arguments, errors and cost as for `mad_fresh_step`. Source: derived for this library.
inline mad_limit mad_fresh_limit(Index real, Index synthetic, double lambda, double sigma = 1) {
  const auto pool = detail::check_mad("theory::mad_fresh_limit", real, synthetic, lambda, sigma);
  const double margin = detail::mad_margin(pool, lambda);
  if (!(margin > 0)) return {detail::infinity, detail::infinity};
  const double data = pool.real_share * sigma * sigma;
  const double variance = data * (1 + pool.feedback()) / margin;
  const double contraction = pool.size * pool.real_share * (1 + pool.synthetic_share);
  return {(data + pool.synthetic_share * lambda * variance) / contraction, variance};
}

/// Where the loop with fixed real data settles, whatever it started from.
///
/// The fixed point of `mad_fixed_step`:
/// \f[ v=\frac{\frac{n_r-1}{N-1}\sigma^2}{1-(1-\rho)\lambda(1+g)},\qquad
///     E(\mu-\mu_0)^2=\frac{\sigma^2}{n_r}+\frac{(1-\rho)\lambda v}{N\rho(2-\rho)} \f]
/// The mean error is about the *truth*, as in `mad_fresh_limit`, and so contains the error of the real data's own mean.
/// Both are +inf if the denominator is not positive.
/// Arguments, errors and cost as for `mad_fresh_step`. Source: derived for this library.
inline mad_limit mad_fixed_limit(Index real, Index synthetic, double lambda, double sigma = 1) {
  const auto pool = detail::check_mad("theory::mad_fixed_limit", real, synthetic, lambda, sigma);
  const double margin = detail::mad_margin(pool, lambda);
  if (!(margin > 0)) return {detail::infinity, detail::infinity};
  const double variance = (detail::real(real) - 1) / (pool.size - 1) * sigma * sigma / margin;
  const double contraction = pool.size * pool.real_share * (1 + pool.synthetic_share);
  return {sigma * sigma / detail::real(real) + pool.synthetic_share * lambda * variance / contraction, variance};
}

}  // namespace simulacra::theory
