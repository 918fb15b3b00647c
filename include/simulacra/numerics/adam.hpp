#pragma once

#include <cmath>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>

namespace simulacra::detail {

/// The running means that Adam keeps of n slopes and of their squares, and the steps that follow from them.
/// Source: Kingma and Ba (2015), "Adam: a method for stochastic optimization", algorithm 1 with its constants.
template <class T>
class adam {
 public:
  explicit adam(Index n) : mean_(array::Zero(n)), square_(array::Zero(n)) {}

  /// Takes the next gradient, and adds the step uphill to the parameters; downhill where the learning rate is negative. Both are
  /// expressions of Eigen's arrays. Allocates nothing.
  template <class Parameters, class Gradient>
  void add_step(Parameters&& parameters, const Gradient& gradient, double learning_rate) {
    constexpr T first = T(0.9), second = T(0.999);
    first_bias_ *= 0.9;
    second_bias_ *= 0.999;
    // learning rate (m / b1) / (sqrt(v / b2) + 1e-8), its constants taken together
    const double root = std::sqrt(1 - second_bias_);
    const T scale = static_cast<T>(learning_rate * root / (1 - first_bias_)), tiny = static_cast<T>(1e-8 * root);
    mean_ = first * mean_ + (T(1) - first) * gradient;
    square_ = second * square_ + (T(1) - second) * gradient.square();
    parameters += scale * mean_ / (square_.sqrt() + tiny);
  }

 private:
  using array = Eigen::Array<T, Eigen::Dynamic, 1>;
  array mean_, square_;
  double first_bias_ = 1, second_bias_ = 1;
};

}  // namespace simulacra::detail
