#pragma once

#include <cmath>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>

namespace simulacra::detail::latent {

/// Adam on a flat list of parameters.
template <class T>
class adam {
 public:
  adam(Index n, double rate, double decay) : mean_(array::Zero(n)), square_(array::Zero(n)), rate_(rate), decay_(decay) {}

  void step(point<T>& parameters, const point<T>& gradient) {
    constexpr T first = T(0.9), second = T(0.999);
    first_bias_ *= 0.9;
    second_bias_ *= 0.999;
    // rate (m / b1) / (sqrt(v / b2) + 1e-8), its constants taken together
    const double root = std::sqrt(1 - second_bias_);
    const T rate = static_cast<T>(rate_ * root / (1 - first_bias_)), tiny = static_cast<T>(1e-8 * root);
    mean_ = first * mean_ + (T(1) - first) * gradient.array();
    square_ = second * square_ + (T(1) - second) * gradient.array().square();
    if (decay_ > 0) parameters *= static_cast<T>(1 - rate_ * decay_);
    parameters.array() -= rate * mean_ / (square_.sqrt() + tiny);
  }

 private:
  using array = Eigen::Array<T, Eigen::Dynamic, 1>;
  array mean_, square_;
  double rate_, decay_, first_bias_ = 1, second_bias_ = 1;
};

}  // namespace simulacra::detail::latent
