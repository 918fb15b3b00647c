#pragma once

#include <concepts>

#include <Eigen/Core>

#include <simulacra/core/model.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/hilbert/maps.hpp>

/// What a linear latent-variable law knows of its risk and of where it lies in Hilbert spaces. It is a Gaussian, and is asked as such: by
/// factors of the covariance, which is never formed. The header of the law includes this one, and not the other way round, so that
/// whoever has the law has its closed forms.  O(d^2 (d + q)).
namespace simulacra {

template <class T, int D>
class factor_model;

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

/// The cross-entropy of any law with two moments under q, \f$ E_p[-\log q] \f$ in nats: it needs nothing of p but its moments.
/// @throw std::invalid_argument if the dimensions differ
template <has_moments P, class T, int D>
[[nodiscard]] double cross_entropy(const P& p, const factor_model<T, D>& q) {
  if constexpr (std::derived_from<P, factor_model<T, D>>)
    return cross_entropy(p.as_gaussian(), q.as_gaussian());
  else
    return cross_entropy(p, q.as_gaussian());
}

/// Adds coefficient times the law to `out`: `out.append(coefficient, law.as_gaussian())`.
template <class T, int D, takes_components<gaussian<T, D>> Out>
void append_components(const factor_model<T, D>& p, double coefficient, Out& out) {
  out.append(coefficient, p.as_gaussian());
}

/// In Nystrom features of the Gaussian kernel, and in a grid. (In random Fourier features it embeds by its characteristic function.)
template <class T, int D, class U, int E>
void embed_into(const factor_model<T, D>& law, const nystrom_features<gaussian_kernel, U, E>& map,
                Eigen::Ref<Eigen::VectorXd> out) {
  embed_into(law.as_gaussian(), map, out);
}
template <class T, int D, std::same_as<grid_features> Map>
void embed_into(const factor_model<T, D>& law, const Map& map, Eigen::Ref<Eigen::VectorXd> out) {
  embed_into(law.as_gaussian(), map, out);
}

}  // namespace simulacra
