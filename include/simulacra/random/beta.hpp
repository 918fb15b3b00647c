#pragma once

#include <cmath>

#include <simulacra/random/gamma.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// One Beta(a, b) number, as the share of one gamma number in the sum of two; by their logarithms, so that tiny a and b do not underflow.
/// The result is 0 or 1 where the true value rounds to it. Any finite a, b > 0 (>= 1e-300).
/// @throw std::invalid_argument unless both are positive and finite
inline double beta_number(double a, double b, stream& rng) {
  const double x = log_standard_gamma(a, rng), y = log_standard_gamma(b, rng);
  return 1 / (1 + std::exp(y - x));
}

}  // namespace simulacra
