#pragma once

#include <cmath>

#include <simulacra/random/gamma.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

namespace detail {

/// The share of one gamma number in the sum of two; by their logarithms, so that tiny shapes do not underflow.
inline double beta_number(const gamma_sampler& a, const gamma_sampler& b, stream& rng) {
  const double x = a.log_draw(rng), y = b.log_draw(rng);
  return 1 / (1 + std::exp(y - x));
}

}  // namespace detail

/// One Beta(a, b) number, as the share of one gamma number in the sum of two, also for tiny a and b. The result is 0 or 1 where the true value rounds to it. Any finite a, b > 0 (>= 1e-300).
/// @throw std::invalid_argument unless both are positive and finite
inline double beta_number(double a, double b, stream& rng) {
  return detail::beta_number(gamma_sampler(a), gamma_sampler(b), rng);
}

}  // namespace simulacra
