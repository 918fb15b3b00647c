#pragma once

#include <cmath>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/families/kernel/density.hpp>
#include <simulacra/hilbert/random_fourier.hpp>

namespace simulacra {

/// A kernel density with the Gaussian smoothing kernel embeds exactly in random Fourier features: the mean features of its points,
/// each times \f$ e^{-|F^T \omega|^2/2} \f$. O(n D d). @throw std::invalid_argument if the dimension is not that of the map
template <class T, int D>
void embed_into(const kernel_density<T, D>& law, const random_fourier_features& map, Eigen::Ref<Eigen::VectorXd> out) {
  argument::require(law.dimension() == map.dimension(), "embed_into", "law.dimension()", law.dimension(),
                    "equal the dimension of the map");
  map.mean_into(law.points(), &law.weights_of_points(), out);
  const square<double, D> f = law.bandwidth().lower();
  const Index pairs = map.features() / 2;
  for (Index i = 0; i < pairs; ++i) {
    const point<double, D> along = f.transpose() * map.frequencies().row(i).transpose();
    const double damped = std::exp(-0.5 * along.squaredNorm());
    out[i] *= damped;
    out[pairs + i] *= damped;
  }
}

}  // namespace simulacra
