#pragma once

#include <simulacra/core/argument.hpp>
#include <simulacra/core/model.hpp>

namespace simulacra {

/// The model with its covariance multiplied by lambda: the sampling bias of Alemohammad et al. (2024); below 1 it trades
/// diversity for quality. Needs `model.inflated(lambda)`.
struct inflated {
  double lambda;

  /// @throw std::invalid_argument unless lambda >= 0
  explicit inflated(double by) : lambda(by) { argument::require(by >= 0, "inflated", "lambda", by, "be >= 0"); }

  template <model M>
    requires requires(const M& m) { m.inflated(1.0); }
  auto operator()(const M& m) const {
    return m.inflated(lambda);
  }
};

/// The law with density proportional to the tau-th root of the model's. Needs `model.tempered(tau)`.
struct tempered {
  double tau;

  /// @throw std::invalid_argument unless tau > 0
  explicit tempered(double temperature) : tau(temperature) {
    argument::require(temperature > 0, "tempered", "tau", temperature, "be > 0");
  }

  template <model M>
    requires requires(const M& m) { m.tempered(1.0); }
  auto operator()(const M& m) const {
    return m.tempered(tau);
  }
};

/// The model without its tails; what c means is the model's to say. Needs `model.truncated(c)`.
struct truncated {
  double c;

  /// @throw std::invalid_argument unless c > 0
  explicit truncated(double at) : c(at) { argument::require(at > 0, "truncated", "c", at, "be > 0"); }

  template <model M>
    requires requires(const M& m) { m.truncated(1.0); }
  auto operator()(const M& m) const {
    return m.truncated(c);
  }
};

}  // namespace simulacra
