#pragma once

#include <cmath>
#include <numbers>

#include <simulacra/theory/detail/gamma.hpp>

/// What is lost when a family cannot hold the truth: the distance of a law from its own projection onto the family, and the
/// limit of a mixture of laws that are smoothed again and again. No sample is involved.
namespace simulacra::theory {

namespace detail {

/// \f$\log\cosh z-z^2/2\f$, of order \f$z^4\f$.
inline double log_cosh_minus(double z) {
  z = std::abs(z);
  if (z > 1) return z + std::log1p(std::exp(-2 * z)) - std::numbers::ln2 - z * z / 2;
  double gap = 0, factor = z * z * z;  // sinh z - z
  for (double j = 3; j < 24; j += 2) gap += factor /= j == 3 ? 6 : (j * (j - 1)) / (z * z);
  const double sinh = z + gap, square = sinh * sinh;
  return (log1p_minus(square) + gap * (sinh + z)) / 2;
}

/// \f$\cos z-e^{-z^2/2}\f$, of order \f$z^4\f$.
inline double cos_minus_bell(double z) {
  const double square = z * z;
  if (square > 2) return std::cos(z) - std::exp(-square / 2);
  double cosine = 1, bell = 1, sum = 0;  // term by term: the first two are the same
  for (double j = 1; j < 20; ++j) {
    cosine *= -square / ((2 * j - 1) * (2 * j));
    bell *= -square / (2 * j);
    if (j > 1) sum += cosine - bell;
  }
  return sum;
}

/// \f$(y-1)e^y+1\f$, of order \f$y^2/2\f$: the divergence's integrand, which is nowhere negative.
inline double divergence_term(double y) {
  if (std::abs(y) > 1) return y * std::exp(y) - std::expm1(y);
  double power = y, sum = 0;  // y^k (k - 1) / k!
  for (double k = 2; k < 22; ++k) {
    power *= y / k;
    sum += power * (k - 1);
  }
  return sum;
}

inline double half_separation(std::string_view function, double half_distance, double sd) {
  check_not_negative(function, "half_distance", half_distance);
  check_positive(function, "sd", sd);
  const double ratio = half_distance / sd;
  argument::require(ratio < 1e150, function, "half_distance", half_distance, "be at most 1e150 standard deviations");
  return ratio;
}

}  // namespace detail

/// The divergence of \f$p=\frac12N(-a,s^2)+\frac12N(a,s^2)\f$ from its Gaussian projection \f$q=N(0,s^2+a^2)\f$: the
/// expressivity error of a Gaussian that is fitted to two clusters.
///
/// \f[ KL(p\|q)=\tfrac12\log(1+a^2/s^2)-E\log\frac{2p}{p_-+p_+}\ \to\ \tfrac12\log(1+a^2/s^2)-\log2 \f]
/// @param half_distance a >= 0; the clusters are 2a apart
/// @param sd s > 0 of each cluster
/// @return a relative error of 1e-13, also where a is small and the divergence of order \f$(a/s)^8\f$
/// @throw std::invalid_argument if an argument is out of range. Cost: a few thousand exponentials.
/// Source: derived for this library.
inline double two_normals_expressivity_kl(double half_distance, double sd) {
  const double m = detail::half_separation("theory::two_normals_expressivity_kl", half_distance, sd);
  if (m == 0) return 0;
  // Beyond, the clusters overlap by less than rounding, and knowing the cluster is worth one bit.
  if (m > 12) return (m > 1e8 ? std::log(m) : std::log1p(m * m) / 2) - std::numbers::ln2;
  // The trapezoidal rule over the line: q (r log r - r + 1), r = p / q, all of it positive and analytic in a strip of half
  // width pi / (2 m) at least.
  const double wide = 1 + m * m, constant = detail::log1p_minus(m * m) / 2;
  const double step = 1.0 / 32, end = 13 * std::sqrt(wide);
  detail::compensated_sum sum;
  for (double x = 0; x < end; x += step) {
    const double log_ratio = constant + detail::log_cosh_minus(m * x) + m * m / wide * (m * m) * (x * x) / 2;
    sum.add((x == 0 ? 1 : 2) * std::exp(-x * x / (2 * wide)) * detail::divergence_term(log_ratio));
  }
  return step * sum.value() / std::sqrt(2 * std::numbers::pi * wide);
}

/// The integrated squared error between the same two, \f$\int(p-q)^2\f$.
///
/// \f[ \frac1{2s\sqrt\pi}\Bigl[\tfrac12(1+e^{-m^2})-2\sqrt{\tfrac2{2+m^2}}\,e^{-m^2/(4+2m^2)}+\frac1{\sqrt{1+m^2}}\Bigr],
///     \qquad m=a/s \f]
/// @return in units of a density; a relative error of 1e-13, also where it is of order \f$m^8\f$
/// Arguments and errors as above. Cost O(1). Source: derived for this library.
inline double two_normals_expressivity_l2(double half_distance, double sd) {
  const double m = detail::half_separation("theory::two_normals_expressivity_l2", half_distance, sd), square = m * m;
  const double front = 1 / (2 * sd * std::sqrt(std::numbers::pi));
  if (m > 2) {
    const double cross = std::sqrt(2 / (2 + square)) * std::exp(-1 / (4 / square + 2));
    return front * ((1 + std::exp(-square)) / 2 - 2 * cross + 1 / std::sqrt(1 + square));
  }
  // By Parseval, the integral of e^(-w^2) (cos mw - e^(-(mw)^2/2))^2 over the line: nothing cancels.
  const double step = 1.0 / 8;
  detail::compensated_sum sum;
  for (double w = step; w < 10; w += step) {
    const double gap = detail::cos_minus_bell(m * w);
    sum.add(std::exp(-w * w) * gap * gap);
  }
  return front * 2 * step * sum.value() / std::sqrt(std::numbers::pi);
}

/// The variance that is added when a Laplace law is fitted (by maximum likelihood, without sampling error) to a normal one:
/// \f$(\frac4\pi-1)\,\sigma^2\f$.
///
/// The fitted scale is \f$E|X|=\sigma\sqrt{2/\pi}\f$, and a Laplace law of scale b has the variance \f$2b^2\f$.
/// @param variance \f$\sigma^2>0\f$ of the normal law
/// @throw std::invalid_argument unless it is positive and finite. Cost O(1). Source: derived for this library.
inline double laplace_variance_expressivity(double variance) {
  detail::check_positive("theory::laplace_variance_expressivity", "variance", variance);
  return (4 / std::numbers::pi - 1) * variance;
}

/// The characteristic function of the n-th population law of the general process, over the truth's, where the fit is a fixed
/// linear smoother (a kernel density estimate from infinitely many samples).
///
/// \f[ \varphi_{s+1}=(\alpha\hat k+\beta)\varphi_s+\gamma\varphi_0:\qquad
///     \varphi_n/\varphi_0=\rho^n+\gamma\,\frac{1-\rho^n}{1-\rho},\quad \rho=\alpha\hat k+\beta \f]
/// @param alpha weight of the new model, beta of the old law, gamma of the truth: each in [0, 1], and 1 together (to 1e-12)
/// @param smoother \f$\hat k\in[0,1]\f$, the smoother's characteristic function at the frequency, as
///   \f$e^{-h^2w^2/2}\f$
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1).
/// Source: the process Shumailov et al. (2024), the formula derived for this library.
inline double mixture_population_cf(double alpha, double beta, double gamma, double smoother, Index generation) {
  constexpr auto name = "theory::mixture_population_cf";
  detail::check_probability(name, "alpha", alpha);
  detail::check_probability(name, "beta", beta);
  detail::check_probability(name, "gamma", gamma);
  argument::require(std::abs(alpha + beta + gamma - 1) <= 1e-12, name, "alpha + beta + gamma", alpha + beta + gamma, "be 1");
  detail::check_probability(name, "smoother", smoother);
  detail::check_generation(name, generation);
  const double lost = gamma + alpha * (1 - smoother), rho = alpha * smoother + beta;  // which add to 1
  if (!(lost > 0) || generation == 0) return 1;
  const double exponent = detail::real(generation) * (lost < 0.5 ? std::log1p(-lost) : std::log(rho));
  return std::exp(exponent) - gamma / lost * std::expm1(exponent);
}

}  // namespace simulacra::theory
