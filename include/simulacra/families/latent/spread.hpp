#pragma once

#include <cmath>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>

namespace simulacra {

/// The mean squared deviation of observations from their mean, averaged over coordinates: for images, the pixel variance. Squared
/// units of the data. @throw std::invalid_argument unless there is an observation
template <class T, int D>
[[nodiscard]] double mean_variance(const samples<T, D>& x) {
  argument::require(x.cols() >= 1 && x.rows() >= 1, "mean_variance", "x.cols()", x.cols(),
                    "be at least 1, and so must the rows");
  const point<T, D> mean = x.rowwise().mean();
  double sum = 0;
  for (Index i = 0; i < x.cols(); ++i) sum += static_cast<double>((x.col(i) - mean).squaredNorm());
  return sum / static_cast<double>(x.size());
}

/// How far apart a model's encoder sees observations: the root mean square distance of their codes from the mean code,
/// \f$ (\frac1n \sum_i |e(x_i) - \bar e|^2)^{1/2} \f$. With the encoder of the first generation and draws of a later one it says what
/// the chain has left of what the first model told apart.
/// @param encoder  a model with `encode(x)`   @throw std::invalid_argument unless there is an observation
template <class Encoder, class T, int D>
[[nodiscard]] double encoded_spread(const Encoder& encoder, const samples<T, D>& x) {
  const auto codes = encoder.encode(x);
  return std::sqrt(mean_variance(codes) * static_cast<double>(codes.rows()));
}

}  // namespace simulacra
