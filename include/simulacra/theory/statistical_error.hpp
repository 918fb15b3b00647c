#pragma once

#include <cmath>
#include <numbers>

#include <simulacra/theory/detail/log_integral.hpp>

/// The statistical error of one maximum-likelihood (or unbiased) Gaussian fit, in the vector spaces of the error ledger:
/// the mean squared distance of the fit to M samples from the law that they were drawn from.
///
/// The truth is \f$N(\mu,\sigma^2I_d)\f$, the fit \f$N(\bar x,S)\f$ with the full sample covariance, divisor D (M or M - 1).
/// At a frequency w with \f$q=\sigma^2|w|^2\f$ the fit's characteristic function \f$X\f$ has, by the Laplace transform of
/// the Wishart law with \f$\nu=M-1\f$,
/// \f[ E|X|^2=(1+2q/D)^{-\nu/2},\qquad E X=e^{-q/2M}(1+q/D)^{-\nu/2}, \f]
/// and the squared distance is the integral of \f$(E|X|^2-|EX|^2)+(EX-e^{-q/2})^2\f$. It exists for M <= d too, where S is
/// singular, as long as the space does not mind.
namespace simulacra::theory {

namespace detail {

/// \f$\log(E|X|^2-|EX|^2+(EX-e^{-q/2})^2)\f$, every part of it positive and none a difference.
inline double log_fit_error(double q, double samples, divisor by) {
  const double freedom = samples - 1, x = q / (by == divisor::n ? samples : freedom);
  const double square = -freedom / 2 * std::log1p(2 * x);
  const double spread = -q / samples - freedom / 2 * std::log1p(x / (1 + 2 * x) * x);
  // EX over the truth's: with divisor n the mean's own error and the bias of S cancel to first order.
  const double excess = -freedom / 2 * log1p_minus(x) - (by == divisor::n ? 0 : q / (2 * samples));
  const double larger = excess > 0 ? -q / (2 * samples) - freedom / 2 * std::log1p(x) : -q / 2;  // of log EX and the truth's
  return log_sum(square + std::log(-std::expm1(spread)), 2 * (larger + std::log(-std::expm1(-std::abs(excess)))));
}

inline void check_fit_error(std::string_view function, Index dimension, double variance, Index samples, divisor by) {
  check_dimension(function, dimension);
  check_positive(function, "target_variance", variance);
  check_samples(function, samples);
  check_divisor(function, by);
}

}  // namespace detail

/// The mean squared maximum mean discrepancy of a Gaussian fit from its truth, under the kernel
/// \f$e^{-|x-y|^2/(2l^2)}\f$: exact for every M.
///
/// @param dimension d >= 1
/// @param target_variance \f$\sigma^2\f$ of the truth in each coordinate, > 0
/// @param length_scale l > 0, within a factor 1e70 of \f$\sigma\f$
/// @param samples M >= 2
/// @throw std::invalid_argument if an argument is out of range, or the result is out of double's.
/// Cost: a few hundred exponentials. Source: derived for this library.
inline double gaussian_statistical_mmd2(Index dimension, double target_variance, double length_scale, Index samples,
                                        divisor by) {
  constexpr auto name = "theory::gaussian_statistical_mmd2";
  detail::check_fit_error(name, dimension, target_variance, samples, by);
  const double power = detail::real(dimension) / 2, m = detail::real(samples);
  const double scale = 2 * power / detail::squared_ratio(name, "length_scale", length_scale, target_variance);
  return detail::exponential_in_range(name, dimension,
                                      detail::log_gamma_mean(power, [&](const detail::node_block& u, detail::node_block& g) {
                                        for (std::size_t i = 0; i < detail::block_size; ++i)
                                          g[i] = detail::log_fit_error(scale * std::exp(u[i]), m, by);
                                      }));
}

/// The leading term of the above for large M, the same for both divisors, with \f$\lambda=l^2/\sigma^2\f$:
/// \f[ \frac1M\Bigl(\frac{\lambda}{\lambda+2}\Bigr)^{d/2}\Bigl[\frac d{\lambda+2}+\frac{d(d+2)}{2(\lambda+2)^2}\Bigr] \f]
///
/// The first part is the mean's, the second the covariance's. Arguments and errors as above; cost O(1).
/// Source: derived for this library.
inline double gaussian_statistical_mmd2_leading(Index dimension, double target_variance, double length_scale,
                                                Index samples) {
  constexpr auto name = "theory::gaussian_statistical_mmd2_leading";
  detail::check_fit_error(name, dimension, target_variance, samples, divisor::n);
  const double lambda = detail::squared_ratio(name, "length_scale", length_scale, target_variance);
  const double d = detail::real(dimension), wide = lambda + 2;
  const double parts = (d / wide) * (1 + (d + 2) / (2 * wide)) / detail::real(samples);
  return detail::exponential_in_range(name, dimension, -d / 2 * std::log1p(2 / lambda) + std::log(parts));
}

/// The mean integrated squared error of a Gaussian fit's density: exact for every M.
///
/// @return +inf for M <= d + 1, where a fit's density is too often too narrow; in units of a density otherwise
/// Arguments, errors and cost as above. Source: derived for this library.
inline double gaussian_statistical_l2(Index dimension, double target_variance, Index samples, divisor by) {
  constexpr auto name = "theory::gaussian_statistical_l2";
  detail::check_fit_error(name, dimension, target_variance, samples, by);
  if (samples <= dimension + 1) return detail::infinity;
  const double power = detail::real(dimension) / 2, m = detail::real(samples);
  // The measure dw / (2 pi)^d in u = log(q / p): p^p / Gamma(p) times (4 pi sigma^2)^-p e^(p u) du.
  const double integral = detail::log_integral([&](const detail::node_block& u, detail::node_block& g) {
    for (std::size_t i = 0; i < detail::block_size; ++i)
      g[i] = power * u[i] + detail::log_fit_error(power * std::exp(u[i]), m, by);
  });
  const double measure = detail::log_gamma_weight(power) + power - power * std::log(4 * std::numbers::pi * target_variance);
  return detail::exponential_in_range(name, dimension, measure + integral);
}

/// The leading term of the above for large M, \f$\frac1M(4\pi\sigma^2)^{-d/2}\,[\frac d2+\frac{d(d+2)}8]\f$.
///
/// Arguments and errors as above; cost O(1). Source: derived for this library.
inline double gaussian_statistical_l2_leading(Index dimension, double target_variance, Index samples) {
  constexpr auto name = "theory::gaussian_statistical_l2_leading";
  detail::check_fit_error(name, dimension, target_variance, samples, divisor::n);
  const double d = detail::real(dimension), parts = d / 2 * (1 + (d + 2) / 4) / detail::real(samples);
  return detail::exponential_in_range(name, dimension,
                                      std::log(parts) - d / 2 * std::log(4 * std::numbers::pi * target_variance));
}

}  // namespace simulacra::theory
