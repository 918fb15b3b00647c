#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/cell_probabilities.hpp>
#include <simulacra/hilbert/maps.hpp>
#include <simulacra/numerics/scaled_factor.hpp>

/// The closed-form embeddings of a Gaussian law, which the header of the law brings. The factor of its covariance is used as it is,
/// and nothing is squared that could have collapsed: a law of zero covariance is embedded as the point that it is. (In moment features
/// it embeds as every law with a mean and a covariance does.)
namespace simulacra {

template <class T, int D>
class gaussian;

/// In random Fourier features: the characteristic function \f$ \exp(i w^T \mu - |F^T w|^2 / 2) \f$ at every frequency, in
/// vector instructions and without allocation. O(D d^2). @throw std::invalid_argument if the dimensions differ
template <class T, int D, std::same_as<random_fourier_features> Map>
void embed_into(const gaussian<T, D>& law, const Map& map, Eigen::Ref<Eigen::VectorXd> out) {
  argument::require(law.dimension() == map.dimension(), "embed_into", "law.dimension()", law.dimension(),
                    "equal the dimension of the map");
  using pack = typename Map::pack;
  const auto& factor = law.factor();
  const Index d = law.dimension();
  map.embed_at(
      law.mean(),
      [&](Index first, pack& exponent) {
        exponent.setZero();
        for (Index j = 0; j < d; ++j) {
          pack along = map.column(first, j) * static_cast<double>(factor.matrix()(j, j));
          for (Index k = j + 1; k < d; ++k) along += map.column(first, k) * static_cast<double>(factor.matrix()(k, j));
          // A column's power of two, short of where its square leaves the range: beyond that, 0 is 0 and infinity is e^-700.
          if (const std::int64_t e = factor.exponents()[j]; e != 0)
            along *= std::ldexp(1.0, static_cast<int>(std::clamp<std::int64_t>(e, -1000, 700)));
          exponent -= 0.5 * along * along;
        }
      },
      out);
}

/// In Nystrom features of the Gaussian kernel, from \f$ E\,k(z, X) = \det(I + \Sigma/l^2)^{-1/2}
/// \exp(-\frac12 (z-\mu)^T (\Sigma + l^2 I)^{-1} (z-\mu)) \f$. O(d^3 + m d^2 + m features).
template <class T, int D, class U, int E>
void embed_into(const gaussian<T, D>& law, const nystrom_features<gaussian_kernel, U, E>& map,
                Eigen::Ref<Eigen::VectorXd> out) {
  argument::require(law.dimension() == map.dimension(), "embed_into", "law.dimension()", law.dimension(),
                    "equal the dimension of the map");
  const Index d = law.dimension();
  const double l = map.kernel().length_scale();
  const square<T, D> smoothing = square<T, D>::Identity(d, d) * static_cast<T>(l);
  const auto widened = law.factor().plus(scaled_factor<T, D>(d), smoothing);
  const double log_height = static_cast<double>(d) * std::log(l) - 0.5 * widened.log_determinant();
  map.embed_values(
      [&](Index j) {
        const point<T, D> apart = map.landmarks().col(j).template cast<T>() - law.mean();
        return std::exp(log_height - 0.5 * widened.mahalanobis_squared(apart));
      },
      out);
}

/// In a grid: the probabilities of the cells. In one dimension by differences of the error function; in two by those given the
/// first coordinate, integrated over it. @throw std::invalid_argument if the dimensions differ
template <class T, int D, std::same_as<grid_features> Map>
void embed_into(const gaussian<T, D>& law, const Map& map, Eigen::Ref<Eigen::VectorXd> out) {
  argument::require(law.dimension() == map.dimension(), "embed_into", "law.dimension()", law.dimension(),
                    "equal the dimension of the grid");
  const auto &x = map.axis(0), &y = map.axis(1);
  const auto f = law.factor().dense();
  const double mean = static_cast<double>(law.mean()[0]), deviation = std::abs(static_cast<double>(f(0, 0)));
  if (law.dimension() == 1) {
    map.embed_probabilities([&](Index i) { return detail::interval_probability(mean, deviation, x.edge(i), x.edge(i + 1)); },
                            out);
    return;
  }
  const Index last = law.dimension() - 1;  // 1, which a fixed dimension of 1 must not be asked for
  const detail::planar_gaussian plane{mean, static_cast<double>(law.mean()[last]), deviation,
                                      std::copysign(1.0, static_cast<double>(f(0, 0))) * static_cast<double>(f(last, 0)),
                                      std::abs(static_cast<double>(f(last, last)))};
  Eigen::VectorXd column(y.cells), all(map.features());
  for (Index i = 0; i < x.cells; ++i) {
    plane.column_probabilities(x.edge(i), x.edge(i + 1), y, column);
    for (Index j = 0; j < y.cells; ++j) all[i + x.cells * j] = column[j];
  }
  map.embed_probabilities([&](Index cell) { return all[cell]; }, out);
}

}  // namespace simulacra
