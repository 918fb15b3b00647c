#pragma once

#include <algorithm>
#include <cmath>
#include <complex>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/one_parameter/bernoulli.hpp>
#include <simulacra/families/one_parameter/exponential.hpp>
#include <simulacra/families/one_parameter/poisson.hpp>
#include <simulacra/hilbert/delta_features.hpp>
#include <simulacra/hilbert/embedding.hpp>
#include <simulacra/hilbert/grid_features.hpp>
#include <simulacra/hilbert/moment_features.hpp>  // these laws embed there as every law with a mean and a covariance does
#include <simulacra/hilbert/random_fourier.hpp>

/// The closed-form embeddings of the families with one parameter.
namespace simulacra {

namespace detail {

inline void require_line(const random_fourier_features& map) {
  argument::require(map.dimension() == 1, "embed_into", "map.dimension()", map.dimension(), "be 1, as the law's");
}

}  // namespace detail

/// In the features of the delta kernel: (1 - p, p). @throw std::invalid_argument unless the map has at least two symbols
inline void embed_into(const bernoulli& law, const delta_features& map, Eigen::Ref<Eigen::VectorXd> out) {
  argument::require(map.features() >= 2, "embed_into", "map.features()", map.features(),
                    "be at least 2: the symbols 0 and 1");
  argument::require(out.size() == map.features(), "embed_into", "out.size()", out.size(), "equal the number of symbols");
  out.setZero();
  out[0] = 1 - law.probability();
  out[1] = law.probability();
}

/// In random Fourier features, by the characteristic function \f$ 1 - p + p e^{iw} \f$.
inline void embed_into(const bernoulli& law, const random_fourier_features& map, Eigen::Ref<Eigen::VectorXd> out) {
  detail::require_line(map);
  const double p = law.probability();
  map.embed_characteristic([&](Index i) { return 1 - p + p * std::polar(1.0, map.frequencies()(i, 0)); }, out);
}

/// In random Fourier features, by the characteristic function \f$ \exp(\lambda (e^{iw} - 1)) \f$.
inline void embed_into(const poisson& law, const random_fourier_features& map, Eigen::Ref<Eigen::VectorXd> out) {
  detail::require_line(map);
  map.embed_characteristic(
      [&](Index i) {
        const double w = map.frequencies()(i, 0), half = std::sin(0.5 * w);  // cos w - 1 = -2 sin^2(w/2), digits and all
        return std::polar(std::exp(-2 * law.rate() * half * half), law.rate() * std::sin(w));
      },
      out);
}

/// In random Fourier features, by the characteristic function \f$ 1 / (1 - i w \theta) \f$.
template <class T>
void embed_into(const exponential<T>& law, const random_fourier_features& map, Eigen::Ref<Eigen::VectorXd> out) {
  detail::require_line(map);
  const double theta = law.scaled_mean().value();
  map.embed_characteristic(
      [&](Index i) {
        const double turn = map.frequencies()(i, 0) * theta, squared = 1 + turn * turn;
        return std::complex<double>(1 / squared, turn / squared);
      },
      out);
}

/// In a grid, by the probabilities of the cells, \f$ e^{-a/\theta} (1 - e^{-(b-a)/\theta}) \f$.
template <class T>
void embed_into(const exponential<T>& law, const grid_features& map, Eigen::Ref<Eigen::VectorXd> out) {
  argument::require(map.dimension() == 1, "embed_into", "map.dimension()", map.dimension(), "be 1, as the law's");
  const double theta = law.scaled_mean().value();
  map.embed_probabilities(
      [&](Index i) {
        const double a = (std::max)(0.0, map.axis(0).edge(i)), b = (std::max)(0.0, map.axis(0).edge(i + 1));
        if (theta == 0) return map.axis(0).edge(i) <= 0 && map.axis(0).edge(i + 1) > 0 ? 1.0 : 0.0;
        return a < b ? -std::exp(-a / theta) * std::expm1((a - b) / theta) : 0.0;
      },
      out);
}

}  // namespace simulacra
