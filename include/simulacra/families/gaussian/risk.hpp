#pragma once

#include <cmath>
#include <limits>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/law.hpp>

namespace simulacra {

/// The cross-entropy of any law with two moments under a Gaussian, in nats:
/// \f[ E_p[-\log q] = \tfrac12 \{ d \log 2\pi + \log\det\Sigma_q + \mathrm{tr}[\Sigma_q^{-1} (\Sigma_p + \delta\delta^T)] \},
///     \quad \delta = \mu_p - \mu_q. \f]
/// It needs nothing of p but its moments: this is why a Gaussian fitted by moments is the best Gaussian, and why
/// KL(p || q) = KL(p || best) + KL(best || q) exactly. Infinite where q is singular.
/// @throw std::invalid_argument if the dimensions differ.  O(d^3).
template <has_moments P, class T, int D>
[[nodiscard]] double cross_entropy(const P& p, const gaussian<T, D>& q) {
  argument::require(p.dimension() == q.dimension(), "cross_entropy", "q.dimension()", q.dimension(), "equal that of p");
  constexpr double log_two_pi = 1.837877066409345483560659472811235279;
  const double log_det = q.log_determinant();
  if (!(std::abs(log_det) < std::numeric_limits<double>::infinity())) return std::numeric_limits<double>::infinity();
  // tr(S^-1 C) = the squared length of the columns of C's factor in q's units; no inverse is formed.
  const gaussian<T, D> shape(point<T, D>(p.mean()), square<T, D>(p.covariance()));
  double trace = 0;
  for (Index j = 0; j < q.dimension(); ++j)
    trace += q.factor().mahalanobis_squared(point<T, D>(shape.factor().matrix().col(j)), shape.factor().exponents()[j]);
  const double offset = q.factor().mahalanobis_squared(point<T, D>(shape.mean() - q.mean()));
  return 0.5 * (static_cast<double>(q.dimension()) * log_two_pi + log_det + trace + offset);
}

/// The same between two Gaussians: KL(p || q) plus p's entropy, without forming a covariance.
template <class T, int D>
[[nodiscard]] double cross_entropy(const gaussian<T, D>& p, const gaussian<T, D>& q) {
  argument::require(p.dimension() == q.dimension(), "cross_entropy", "q.dimension()", q.dimension(), "equal that of p");
  constexpr double log_two_pi = 1.837877066409345483560659472811235279;
  const double log_det = q.log_determinant();
  if (!(std::abs(log_det) < std::numeric_limits<double>::infinity())) return std::numeric_limits<double>::infinity();
  double trace = 0;
  for (Index j = 0; j < q.dimension(); ++j)
    trace += q.factor().mahalanobis_squared(point<T, D>(p.factor().matrix().col(j)), p.factor().exponents()[j]);
  const double offset = q.factor().mahalanobis_squared(point<T, D>(p.mean() - q.mean()));
  return 0.5 * (static_cast<double>(q.dimension()) * log_two_pi + log_det + trace + offset);
}

}  // namespace simulacra
