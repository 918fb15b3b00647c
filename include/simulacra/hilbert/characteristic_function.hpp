#pragma once

#include <complex>
#include <concepts>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/maps.hpp>

namespace simulacra {

/// A law with the member `std::complex<double> characteristic_function(w)`, \f$ E \exp(i w^T X) \f$, on `point<double, D>` or
/// `Eigen::VectorXd`. (Its factor \f$ \exp(i w^T \mu) \f$ is `turn(w, mean)`, which is right far from the origin, too.)
template <class Law>
concept has_characteristic_function = requires(const Law& law, const Eigen::VectorXd& w) {
                                        { law.characteristic_function(w) } -> std::convertible_to<std::complex<double>>;
                                      };

/// A law that knows its characteristic function embeds exactly.
template <has_characteristic_function Law, std::same_as<random_fourier_features> Map>
void embed_into(const Law& law, const Map& map, Eigen::Ref<Eigen::VectorXd> out) {
  argument::require(law.dimension() == map.dimension(), "embed_into", "law.dimension()", static_cast<Index>(law.dimension()),
                    "equal the dimension of the map");
  Eigen::VectorXd w(map.dimension());
  map.embed_characteristic(
      [&](Index i) {
        w = map.frequencies().row(i).transpose();
        return law.characteristic_function(w);
      },
      out);
}

}  // namespace simulacra
