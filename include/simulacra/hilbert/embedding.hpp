#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <type_traits>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/sampled.hpp>
#include <simulacra/core/turn.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/detail/point_of_law.hpp>
#include <simulacra/hilbert/random_fourier.hpp>
#include <simulacra/random/stream.hpp>

/// Embeddings of laws, \f$ E\,\phi(X) \f$ for X from the law: vectors that can be added, whose differences are errors.
///
/// A family that knows one in closed form says so in the header of its law, by a function that is found by its arguments:
/// ```
/// void embed_into(const my_law&, const random_fourier_features&, Eigen::Ref<Eigen::VectorXd> out);
/// ```
/// In that header and no other: a closed form that one part of a program knows and another does not is two programs in one.
/// Without any such function: a law with `characteristic_function(w)` embeds exactly in random Fourier features, one with
/// `log_density(x)` in a grid by quadrature, one with `mean()` and `covariance()` in moment features; all others by draws.
namespace simulacra {

/// A law with a closed form (or quadrature) in this feature map.
template <class Law, class Map>
concept embeds_in = requires(const Law& law, const Map& map, Eigen::VectorXd& out) { embed_into(law, map, out); };

template <class Law, class Map>
inline constexpr bool embeds_exactly = embeds_in<Law, Map>;

/// A map that can take the mean of its features over data of this type.
template <class Map, class Data>
concept averages =
    requires(const Map& map, const Data& x, const weights<double>* w, Eigen::VectorXd& out) { map.mean_into(x, w, out); };

/// A feature map: what a `feature_space` is made of.
template <class M>
concept feature_map = std::move_constructible<M> && requires(const M& m) {
                                                      { m.dimension() } -> std::convertible_to<Index>;
                                                      { m.features() } -> std::convertible_to<Index>;
                                                    };

namespace detail {

template <class Map, class Data>
double mean_squared_norm(const Map& map, const Data& x) {
  if constexpr (requires { map.mean_squared_norm(x); }) {
    return map.mean_squared_norm(x);
  } else {
    Eigen::VectorXd phi(static_cast<Index>(map.features()));
    double sum = 0;
    for (Index i = 0; i < x.cols(); ++i) {
      map.features_into(x.col(i), phi);
      sum += phi.squaredNorm();
    }
    return sum / static_cast<double>(x.cols());
  }
}

}  // namespace detail

/// The embedding of a law as the mean of phi over draws from it.
/// @param draws  N >= 2   @param out  as many numbers as the map has features
/// @return the estimated mean squared error of all of `out`, \f$ E|err|^2 \approx (\overline{|\phi|^2} - |\bar\phi|^2) / (N - 1) \f$,
///         which is unbiased
/// @throw std::invalid_argument if draws < 2, or the law's dimension is not the map's
template <model Law, feature_map Map>
  requires averages<Map, data_of<Law>>
double embed_by_draws(const Law& law, const Map& map, Index draws, Eigen::Ref<Eigen::VectorXd> out, stream& rng) {
  argument::require(draws >= 2, "embed_by_draws", "draws", draws, "be at least 2");
  const data_of<Law> x = detail::sampled(law, draws, rng, {"embed_by_draws"});
  map.mean_into(x, nullptr, out);
  const double spread = detail::mean_squared_norm(map, x) - out.squaredNorm();
  return (std::max)(0.0, spread) / static_cast<double>(draws - 1);
}

}  // namespace simulacra
