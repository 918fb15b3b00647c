#pragma once

#include <concepts>

#include <simulacra/core/model.hpp>
#include <simulacra/families/gaussian/divergences.hpp>
#include <simulacra/families/gaussian/risk.hpp>
#include <simulacra/families/latent/factor_model.hpp>

/// Entropies and divergences of linear latent-variable laws. They are Gaussians, and what is known of those is asked of them as such:
/// by factors of the covariances, which are never formed. O(d^2 (d + q)).
namespace simulacra {

/// The differential entropy of p, in nats; minus infinity if singular.
template <class T, int D>
[[nodiscard]] double entropy(const factor_model<T, D>& p) {
  return entropy(p.as_gaussian());
}

/// The Kullback-Leibler divergence of q from p, in nats. @throw std::invalid_argument if the dimensions differ
template <class T, int D>
[[nodiscard]] double kl_divergence(const factor_model<T, D>& p, const factor_model<T, D>& q) {
  return kl_divergence(p.as_gaussian(), q.as_gaussian());
}
template <class T, int D>
[[nodiscard]] double kl_divergence(const gaussian<T, D>& p, const factor_model<T, D>& q) {
  return kl_divergence(p, q.as_gaussian());
}

/// The squared 2-Wasserstein distance, in squared units of the data. @throw std::invalid_argument if the dimensions differ
template <class T, int D>
[[nodiscard]] double wasserstein_squared(const factor_model<T, D>& p, const factor_model<T, D>& q) {
  return wasserstein_squared(p.as_gaussian(), q.as_gaussian());
}
template <class T, int D>
[[nodiscard]] double wasserstein_squared(const gaussian<T, D>& p, const factor_model<T, D>& q) {
  return wasserstein_squared(p, q.as_gaussian());
}

/// The cross-entropy of any law with two moments under q, \f$ E_p[-\log q] \f$ in nats: it needs nothing of p but its moments.
/// @throw std::invalid_argument if the dimensions differ
template <has_moments P, class T, int D>
[[nodiscard]] double cross_entropy(const P& p, const factor_model<T, D>& q) {
  if constexpr (std::derived_from<P, factor_model<T, D>>)
    return cross_entropy(p.as_gaussian(), q.as_gaussian());
  else
    return cross_entropy(p, q.as_gaussian());
}

}  // namespace simulacra
