#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/numerics/singular.hpp>

/// What a Gaussian law knows of its risk: entropy, divergence, cross-entropy. The law's header includes this one, and not the other
/// way round, since the ledger asks a law for each of these: whoever has the law has them.
///
/// A singular law has a density with respect to the volume of its support only. So its entropy is minus infinity, its divergence from
/// another law with the same support is what it is there, and from any other infinite.
namespace simulacra {

template <class T, int D>
class gaussian;

namespace detail {

template <class T, int D>
void require_same_dimension(const gaussian<T, D>& p, const gaussian<T, D>& q, const char* function) {
  argument::require(p.dimension() == q.dimension(), function, "q.dimension()", q.dimension(), "equal that of p");
}

/// tr(Sigma_q^-1 Sigma_p) as the squared length of the columns of p's factor in q's units: no inverse is formed. Infinite if p has
/// spread where q has none, by more than the rounding of p's rows.
template <class T, int D>
[[nodiscard]] double trace_in_units_of(const gaussian<T, D>& p, const gaussian<T, D>& q) {
  const auto& f = p.factor();
  double trace = 0;
  for (Index j = 0; j < p.dimension(); ++j) {
    const auto rounding = [&f, j](Index i) {
      double largest = 0;
      for (Index k = 0; k <= i; ++k)
        largest = (std::max)(
            largest,
            std::ldexp(std::abs(static_cast<double>(f.matrix()(i, k))),
                       static_cast<int>(std::clamp<std::int64_t>(f.exponents()[k] - f.exponents()[j], -4000, 4000))));
      return rounding_of_rows<T>(f.dimension()) * largest;
    };
    trace += q.factor().mahalanobis_squared(point<T, D>(f.matrix().col(j)), f.exponents()[j], rounding);
  }
  return trace;
}

/// \f$ (\mu_p - \mu_q)^T \Sigma_q^{-1} (\mu_p - \mu_q) \f$; infinite where p's mean is off q's support.
template <class T, int D>
[[nodiscard]] double offset_in_units_of(const gaussian<T, D>& p, const gaussian<T, D>& q) {
  return q.factor().mahalanobis_squared(point<T, D>(p.mean() - q.mean()), 0, rounding_of_difference<T>(p.mean(), q.mean()));
}

/// log det Sigma_p - log det Sigma_q: of the volumes of their supports, where both have lost the same directions; infinite or NaN
/// where one has lost others.
template <class T, int D>
[[nodiscard]] double log_ratio_of_determinants(const gaussian<T, D>& p, const gaussian<T, D>& q) {
  const double ratio = p.log_determinant() - q.log_determinant();
  if (!std::isnan(ratio)) [[likely]]
    return ratio;
  double sum = 0;  // F_p = F_q C with C lower triangular, whose diagonal is that of F_p over that of F_q
  for (Index j = 0; j < p.dimension(); ++j) {
    const bool lost = p.factor().matrix()(j, j) == T(0);
    if (lost != (q.factor().matrix()(j, j) == T(0))) return ratio;
    if (!lost) sum += p.factor().log_diagonal(j) - q.factor().log_diagonal(j);
  }
  return 2 * sum;
}

/// The cross-entropy of p under q, given p's first two moments as a Gaussian.
template <class T, int D>
[[nodiscard]] double cross_entropy_of_moments(const gaussian<T, D>& p, const gaussian<T, D>& q) {
  constexpr double log_two_pi = 1.837877066409345483560659472811235279, infinity = std::numeric_limits<double>::infinity();
  const double log_det = q.log_determinant(), trace = trace_in_units_of(p, q), offset = offset_in_units_of(p, q);
  if (!(trace + offset < infinity)) return infinity;
  return 0.5 * (static_cast<double>(q.dimension()) * log_two_pi + log_det + trace + offset);
}

}  // namespace detail

/// The differential entropy of p, in nats: \f$ \frac12 (d \log(2 \pi e) + \log\det\Sigma) \f$; minus infinity if singular.
template <class T, int D>
[[nodiscard]] double entropy(const gaussian<T, D>& p) {
  constexpr double log_two_pi_e = 2.837877066409345483560659472811235279;
  return 0.5 * (static_cast<double>(p.dimension()) * log_two_pi_e + p.log_determinant());
}

/// The Kullback-Leibler divergence of q from p, in nats:
/// \f[ KL(p \| q) = \tfrac12 [\mathrm{tr}(\Sigma_q^{-1} \Sigma_p) - d + (\mu_p - \mu_q)^T \Sigma_q^{-1} (\mu_p - \mu_q)
///     + \log\det\Sigma_q - \log\det\Sigma_p] \f]
/// Of singular laws with one support it is the same on that support: with its dimension for d, pseudo-inverses and products of the
/// eigenvalues that are left. Infinite where the supports differ, which is asked to rounding as in `squared_length_on_support`. In
/// one dimension small divergences keep their digits.
/// @throw std::invalid_argument if the dimensions differ.  O(d^3).
template <class T, int D>
[[nodiscard]] double kl_divergence(const gaussian<T, D>& p, const gaussian<T, D>& q) {
  detail::require_same_dimension(p, q, "kl_divergence");
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const double log_ratio = detail::log_ratio_of_determinants(p, q);
  if (!(std::abs(log_ratio) < infinity)) return infinity;
  const double offset = detail::offset_in_units_of(p, q);
  if (p.dimension() == 1) {  // r - 1 - log r without the cancellation near r = 1
    const double excess = std::expm1(log_ratio);
    const double width = std::abs(excess) < 1e-4
                             ? excess * excess * (0.5 - excess * (1.0 / 3 - excess * (0.25 - excess / 5)))
                             : excess - log_ratio;
    return 0.5 * (width + offset);
  }
  const double trace = detail::trace_in_units_of(p, q);
  if (!(trace + offset < infinity)) return infinity;
  return (std::max)(0.0, 0.5 * (trace - static_cast<double>(p.factor().rank()) - log_ratio + offset));
}

/// The cross-entropy of any law with two moments under a Gaussian, in nats:
/// \f[ E_p[-\log q] = \tfrac12 \{ d \log 2\pi + \log\det\Sigma_q + \mathrm{tr}[\Sigma_q^{-1} (\Sigma_p + \delta\delta^T)] \},
///     \quad \delta = \mu_p - \mu_q. \f]
/// It needs nothing of p but its moments: this is why a Gaussian fitted by moments is the best Gaussian, and why
/// KL(p || q) = KL(p || best) + KL(best || q) exactly. Where q is singular, as its density is infinite on its support and 0 off it:
/// minus infinity if p lies on that support, as q's entropy is, and plus infinity if not.
/// @throw std::invalid_argument if the dimensions differ.  O(d^3).
template <has_moments P, class T, int D>
[[nodiscard]] double cross_entropy(const P& p, const gaussian<T, D>& q) {
  argument::require(p.dimension() == q.dimension(), "cross_entropy", "q.dimension()", q.dimension(), "equal that of p");
  return detail::cross_entropy_of_moments(gaussian<T, D>(point<T, D>(p.mean()), square<T, D>(p.covariance())), q);
}

/// The same between two Gaussians: KL(p || q) plus p's entropy, without forming a covariance.
template <class T, int D>
[[nodiscard]] double cross_entropy(const gaussian<T, D>& p, const gaussian<T, D>& q) {
  argument::require(p.dimension() == q.dimension(), "cross_entropy", "q.dimension()", q.dimension(), "equal that of p");
  return detail::cross_entropy_of_moments(p, q);
}

}  // namespace simulacra
