#pragma once

#include <cmath>

#include <simulacra/theory/detail/gamma.hpp>

/// A d-dimensional Gaussian, refitted again and again to M of its own samples ("replace"). With M - 1 >= d degrees of
/// freedom the scatter of a fit is Wishart, and by Bartlett's decomposition its determinant is a product of independent
/// chi-squared variables with M - 1, ..., M - d degrees of freedom. With M <= d a single fit is singular: log-determinants
/// are -inf and divergences +inf, and that is what the functions here return. D is M - 1 (`n_minus_1`) or M (`n`).
namespace simulacra::theory {

/// The almost sure exponential rate of the i-th largest eigenvalue of the covariance (its Lyapunov exponent).
///
/// \f[ \lim_n \tfrac1n\log\lambda_i(\Sigma_n) = \psi(\tfrac{M-i}2) + \log\tfrac2D \f]
/// The rates differ: collapse is anisotropic even from an isotropic start.
/// @param i 1 is the slowest; at most the dimension (which the rate does not depend on)
/// @param samples M >= 2; the rate is -inf if M <= i
/// @throw std::invalid_argument if i < 1 or M < 2. Cost O(1), relative error 1e-14 for every M.
/// Source: derived for this library from Bartlett's decomposition.
inline double lyapunov_exponent(Index i, Index samples, divisor by) {
  constexpr auto name = "theory::lyapunov_exponent";
  argument::require(i >= 1, name, "i", i, "be at least 1");
  detail::check_chain(name, samples, 0, by);
  if (samples <= i) return -detail::infinity;
  const double m = detail::real(samples), freedom = detail::real(samples - i);
  const double shrink = by == divisor::n ? std::log1p(-detail::real(i) / m) : std::log1p(-detail::real(i - 1) / (m - 1));
  return detail::digamma_minus_log(freedom / 2) + shrink;  // both negative: nothing cancels
}

/// The rate at which the condition number of the covariance grows, \f$\psi(\tfrac{M-1}2)-\psi(\tfrac{M-d}2)\f$ per
/// generation.
///
/// @param dimension d >= 1
/// @param samples M >= 2; +inf if M <= d
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline double log_condition_rate(Index dimension, Index samples) {
  constexpr auto name = "theory::log_condition_rate";
  detail::check_dimension(name, dimension);
  detail::check_samples(name, samples);
  if (samples <= dimension) return detail::infinity;
  // psi(x) = psi(x + 1) - 1/x: steps of 1 are sums of reciprocals; what is left over is a step of one half at most.
  detail::compensated_sum sum;
  const Index whole = (dimension - 1) / 2;
  for (Index j = 1; j <= whole; ++j) sum.add(2 / (detail::real(samples) - 1 - 2 * detail::real(j)));
  if (dimension % 2 == 0) {
    const double x = detail::real(samples - dimension) / 2;
    // psi(x + 1/2) - psi(x), from the difference of the series; both parts are positive for x >= 1/2.
    sum.add(std::log1p(0.5 / x) + (detail::digamma_minus_log(x + 0.5) - detail::digamma_minus_log(x)));
  }
  return sum.value();
}

/// The almost sure exponential rate of the determinant of the covariance, \f$E\log(|\Sigma_{n+1}|/|\Sigma_n|)\f$.
///
/// \f[ \Lambda = \sum_{i=1}^d \psi(\tfrac{M-i}2) + d\log\tfrac2D \ \approx\ -\tfrac{d(d+1)}{2M}\ (\texttt{n\_minus\_1}),\;
///     -\tfrac{d(d+3)}{2M}\ (\texttt{n}) \f]
/// @param dimension d >= 1
/// @param samples M >= 2; the rate is -inf if M <= d (the first fit is singular)
/// @throw std::invalid_argument if d < 1 or M < 2. Cost O(d).
/// Source: derived for this library from Bartlett's decomposition.
inline double log_det_rate(Index dimension, Index samples, divisor by) {
  constexpr auto name = "theory::log_det_rate";
  detail::check_dimension(name, dimension);
  detail::check_chain(name, samples, 0, by);
  if (samples <= dimension) return -detail::infinity;
  detail::compensated_sum sum;
  for (Index i = 1; i <= dimension; ++i) sum.add(lyapunov_exponent(i, samples, by));
  return sum.value();
}

/// The variance of \f$\log|\Sigma_n|\f$, \f$n\sum_{i=1}^d\psi'(\tfrac{M-i}2)\f$, the same for both divisors.
///
/// @param dimension d >= 1
/// @param samples M >= 2; +inf for n >= 1 if M <= d
/// @throw std::invalid_argument if an argument is out of range. Cost O(d). Source: derived for this library.
inline double log_det_variance(Index dimension, Index samples, Index generation) {
  constexpr auto name = "theory::log_det_variance";
  detail::check_dimension(name, dimension);
  detail::check_samples(name, samples);
  detail::check_generation(name, generation);
  if (generation == 0) return 0;
  if (samples <= dimension) return detail::infinity;
  detail::compensated_sum sum;
  for (Index i = 1; i <= dimension; ++i) sum.add(detail::trigamma(detail::real(samples - i) / 2));
  return detail::real(generation) * sum.value();
}

/// The mean of the determinant, relative to the truth's, \f$E|\Sigma_n|/|\Sigma_0| = \prod_{i\le d}((M-i)/D)^n\f$.
///
/// @param dimension d >= 1
/// @param samples M >= 2; 0 for n >= 1 if M <= d
/// @throw std::invalid_argument if an argument is out of range. Cost O(d). Source: derived for this library.
inline double det_ratio_mean(Index dimension, Index samples, Index generation, divisor by) {
  constexpr auto name = "theory::det_ratio_mean";
  detail::check_dimension(name, dimension);
  detail::check_chain(name, samples, generation, by);
  if (generation == 0) return 1;
  if (samples <= dimension) return 0;
  detail::compensated_sum sum;
  const Index lost = by == divisor::n ? 0 : 1;  // the factors are 1 - (i - lost)/(M - lost)
  for (Index i = 1; i <= dimension; ++i) sum.add(std::log1p(-detail::real(i - lost) / detail::real(samples - lost)));
  return std::exp(detail::real(generation) * sum.value());
}

/// The mean divergence of the model from the truth, \f$E\,KL(p_n\|p_0)\f$: exactly linear in n.
///
/// \f[ -\tfrac n2\Lambda\ (\texttt{n}), \qquad \tfrac{nd}{2M}-\tfrac n2\Lambda\ (\texttt{n\_minus\_1}),
///     \qquad \Lambda = \texttt{log\_det\_rate} \f]
/// @param dimension d >= 1
/// @param samples M >= 2; +inf for n >= 1 if M <= d
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(d). In nats. Source: derived for this library.
inline double kl_to_truth(Index dimension, Index samples, Index generation, divisor by) {
  constexpr auto name = "theory::kl_to_truth";
  detail::check_dimension(name, dimension);
  detail::check_chain(name, samples, generation, by);
  if (generation == 0) return 0;
  const double walk = by == divisor::n ? 0 : detail::real(dimension) / detail::real(samples);
  return detail::real(generation) / 2 * (walk - log_det_rate(dimension, samples, by));
}

/// The mean divergence of the truth from the model, \f$E\,KL(p_0\|p_n)\f$: the expected excess of the test loss.
///
/// \f[ \tfrac12\Bigl[d\,(\kappa^n-1) + \tfrac dM\,\kappa\,\frac{\kappa^n-1}{\kappa-1} + n\Lambda\Bigr],\qquad
///     \kappa = \frac{D}{M-d-2} \f]
/// @param dimension d >= 1
/// @param samples M >= 2; for M <= d + 2 the mean of the inverse covariance does not exist, and +inf is returned (n >= 1)
/// @param generation n >= 0; +inf also where \f$\kappa^n\f$ is past the largest double
/// @throw std::invalid_argument if an argument is out of range. Cost O(d). In nats.
/// Source: derived for this library from the mean of the inverse Wishart law.
inline double kl_from_truth(Index dimension, Index samples, Index generation, divisor by) {
  constexpr auto name = "theory::kl_from_truth";
  detail::check_dimension(name, dimension);
  detail::check_chain(name, samples, generation, by);
  if (generation == 0) return 0;
  if (samples - 2 <= dimension) return detail::infinity;
  const double d = detail::real(dimension), m = detail::real(samples), n = detail::real(generation);
  const double under = detail::real(samples - dimension - 2);
  const double step = (by == divisor::n ? d + 2 : d + 1) / under;  // kappa - 1
  const double growth = detail::power_minus_one(step, n);
  return (d * growth + d / m * (1 + step) * (growth / step) + n * log_det_rate(dimension, samples, by)) / 2;
}

/// The mean cross-entropy \f$E_{x\sim p_n}[-\log p_0(x)]\f$ of the model's samples under the truth, less the truth's own
/// entropy.
///
/// \f[ \tfrac{d\,n}{2M}\ (\texttt{n\_minus\_1}),\qquad 0\ (\texttt{n}) \f]
/// The truth's own entropy is \f$\tfrac d2\log 2\pi e+\tfrac12\log|\Sigma_0|\f$; this is the Gaussian analogue of a
/// perplexity.
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). In nats. Source: derived for this library.
inline double cross_entropy_excess(Index dimension, Index samples, Index generation, divisor by) {
  constexpr auto name = "theory::cross_entropy_excess";
  detail::check_dimension(name, dimension);
  detail::check_chain(name, samples, generation, by);
  if (by == divisor::n) return 0;
  return detail::real(dimension) * detail::real(generation) / (2 * detail::real(samples));
}

/// Means of quadratic functions of the covariance.
struct covariance_moments {
  double trace_of_square;  ///< E tr Sigma_n^2
  double square_of_trace;  ///< E (tr Sigma_n)^2
  double frobenius_error;  ///< E |Sigma_n - Sigma_0|^2, Frobenius norm
};

/// The means of \f$\mathrm{tr}\,\Sigma_n^2\f$, \f$(\mathrm{tr}\,\Sigma_n)^2\f$ and \f$\|\Sigma_n-\Sigma_0\|_F^2\f$.
///
/// With \f$\nu=M-1\f$, \f$u=\mathrm{tr}\,\Sigma^2\f$, \f$w=(\mathrm{tr}\,\Sigma)^2\f$ and `n_minus_1`,
/// \f[ 2u_n+w_n = (2u_0+w_0)(1+2/\nu)^n,\qquad u_n-w_n=(u_0-w_0)(1-1/\nu)^n \f]
/// and `n` multiplies both by \f$(\nu/M)^{2n}\f$.
/// @param trace_of_square u of the truth, >= 0
/// @param square_of_trace w of the truth, >= u
/// @param samples M >= 2
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline covariance_moments covariance_moments_after(double trace_of_square, double square_of_trace, Index samples,
                                                   Index generation, divisor by) {
  constexpr auto name = "theory::covariance_moments_after";
  detail::check_not_negative(name, "trace_of_square", trace_of_square);
  argument::require(square_of_trace >= trace_of_square && square_of_trace < detail::infinity, name, "square_of_trace",
                    square_of_trace, "be finite and at least the trace of the square");
  detail::check_chain(name, samples, generation, by);
  const double u = trace_of_square, w = square_of_trace;
  if (generation == 0 || w == 0) return {u, w, 0};
  const double m = detail::real(samples), freedom = m - 1, n = detail::real(generation);
  // The two rates with the bias of the divisor in them, (1 + 2/nu)(nu/M)^2 = 1 - 1/M^2, and the bias alone.
  const bool biased = by == divisor::n;
  const double bias = n * detail::log_bias(samples, by);
  const double rise = n * (biased ? std::log1p(-1 / (m * m)) : std::log1p(2 / freedom));
  const double up = std::exp(rise), down = std::exp(n * std::log1p(-1 / freedom) + 2 * bias), kept = std::exp(2 * bias);
  // What u gains above its share of the bias: positive terms only, so that nothing cancels for few generations or many.
  const double above = n * std::log1p(2 / freedom);
  const double risen = above < 1 ? kept * std::expm1(above) : up - kept;
  const double fallen = -kept * detail::power_minus_one(-1 / freedom, n);
  const double gain = (2 * u + w) / 3 * risen + (w - u) / 3 * fallen, lost = std::expm1(bias);
  return {kept * u + gain, (2 * u + w) / 3 * up + 2 * (w - u) / 3 * down, gain + u * lost * lost};
}

}  // namespace simulacra::theory
