#pragma once

#include <cmath>
#include <limits>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/numerics/scaled_factor.hpp>

namespace simulacra {

/// The numbers \f$ k^{-\alpha} \f$ for k = 1, ..., d: eigenvalues of inputs whose spectrum is a power law, or coefficients of a truth.
/// @param exponent  alpha, finite, of either sign   @throw std::invalid_argument unless dimension >= 1 and every number is > 0 and finite
[[nodiscard]] inline point<> power_law(Index dimension, double exponent) {
  argument::require(dimension >= 1, "power_law", "dimension", dimension, "be at least 1");
  argument::require_room(dimension, 1, sizeof(double), "power_law", "dimension");
  const double last = std::pow(static_cast<double>(dimension), -exponent);
  argument::require(last >= (std::numeric_limits<double>::min)() && last <= (std::numeric_limits<double>::max)(),
                    "power_law", "exponent", exponent, "be such that dimension^-exponent is in the range of floating point");
  point<> numbers(dimension);
  for (Index k = 0; k < dimension; ++k) numbers[k] = std::pow(static_cast<double>(k + 1), -exponent);
  return numbers;
}

/// Gaussian inputs of mean 0 whose covariance is diagonal, with these numbers on the diagonal: `spectral_inputs(power_law(100, 1.5))`.
/// Least squares, and ridge regression of weights that are turned with them, do not notice in which basis inputs are written.
/// @param variances  each >= 0 and finite, at least one; their roots are held, so that a chain resolves each in units of its own
/// @throw std::invalid_argument otherwise
template <class T = double, int D = dynamic>
[[nodiscard]] gaussian<T, D> spectral_inputs(const point<double, D>& variances) {
  argument::require(variances.size() >= 1, "spectral_inputs", "variances.size()", variances.size(), "be at least 1");
  argument::require_finite(variances, "spectral_inputs", "variances");
  argument::require_room(variances.size(), variances.size(), sizeof(T), "spectral_inputs", "variances.size()");
  square<T, D> root = square<T, D>::Zero(variances.size(), variances.size());
  for (Index k = 0; k < variances.size(); ++k) {
    argument::require(variances[k] >= 0, "spectral_inputs", "variances", variances[k], "not be negative");
    root(k, k) = static_cast<T>(std::sqrt(variances[k]));
  }
  return gaussian<T, D>::from_factor(point<T, D>::Zero(variances.size()), scaled_factor<T, D>::from_lower(root));
}

}  // namespace simulacra
