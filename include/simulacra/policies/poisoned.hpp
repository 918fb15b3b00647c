#pragma once

#include <memory>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/laws/contaminated.hpp>

namespace simulacra {

/// A decoder that poisons what every generation publishes: `poisoned(law, 0.05)` puts a draw of `law` in place of each of the model's with
/// probability 0.05, anew in each generation. Under `replace` the effects add up: the mean of a chain goes to the contaminant's like
/// \f$ (1 - \epsilon)^t \f$, however small the share.
template <model Law>
class poisoned {
 public:
  /// @throw std::invalid_argument unless 0 <= share <= 1
  poisoned(Law by, double share) : by_(std::make_shared<const Law>(std::move(by))), share_(share) {
    argument::require(share >= 0 && share <= 1, "poisoned", "share", share, "be in [0, 1]");
  }

  [[nodiscard]] double share() const noexcept { return share_; }

  template <model M>
  [[nodiscard]] contaminated<M, Law> operator()(const M& m) const {
    return {m, by_, share_};
  }

 private:
  std::shared_ptr<const Law> by_;
  double share_;
};

/// A decoder that moves what is published towards the truth: `corrected(truth, gamma)` publishes \f$ (p + \gamma p_0) / (1 + \gamma) \f$, so
/// gamma = 0 changes nothing, and an infinite one publishes the truth. Under `replace` an error of the law shrinks by
/// \f$ 1 / (1 + \gamma) \f$ in each generation.
/// Source: the correction of strength gamma of Gillman et al. (2024), "Self-correcting self-consuming loops for generative model training".
/// @param truth  what the corrector knows of it: a law of the model's kind of samples
/// @throw std::invalid_argument unless gamma >= 0
template <model Law>
[[nodiscard]] poisoned<Law> corrected(Law truth, double gamma) {
  argument::require(gamma >= 0, "corrected", "gamma", gamma, "be >= 0");
  return {std::move(truth), gamma < 1 ? gamma / (1 + gamma) : 1 / (1 / gamma + 1)};
}

}  // namespace simulacra
