#pragma once

#include <cmath>
#include <span>
#include <string_view>

#include <simulacra/core/argument.hpp>

namespace simulacra::detail {

/// Throws `std::invalid_argument` unless the weights are finite, none negative, with a positive finite sum: returns the sum.
inline double require_weights(std::span<const double> weights, std::string_view function, std::string_view name) {
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!(weights[i] >= 0 && std::isfinite(weights[i]))) [[unlikely]]
      argument::reject(function, name, argument::text(weights[i]) + " at " + argument::text(i),
                       "be finite and at least 0 everywhere");
    sum += weights[i];
  }
  if (!(sum > 0 && std::isfinite(sum))) [[unlikely]]
    argument::reject(function, name, "of sum " + argument::text(sum), "have a positive and finite sum");
  return sum;
}

}  // namespace simulacra::detail
