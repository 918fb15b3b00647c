#pragma once

#include <simulacra/families/gaussian/divergences.hpp>
#include <simulacra/families/latent/factor_model.hpp>

/// More divergences of linear latent-variable laws; entropies and the divergence that risks differ by come with the law.
namespace simulacra {

/// The squared 2-Wasserstein distance, in squared units of the data. @throw std::invalid_argument if the dimensions differ
template <class T, int D>
[[nodiscard]] double wasserstein_squared(const factor_model<T, D>& p, const factor_model<T, D>& q) {
  return wasserstein_squared(p.as_gaussian(), q.as_gaussian());
}
template <class T, int D>
[[nodiscard]] double wasserstein_squared(const gaussian<T, D>& p, const factor_model<T, D>& q) {
  return wasserstein_squared(p, q.as_gaussian());
}

}  // namespace simulacra
