#pragma once

#include <simulacra/theory/golden.hpp>

#include "runs.hpp"

/// He et al., "Recursive learning without collapse", arXiv 2502.18049 (2025).
namespace claims::he {

namespace theory = simulacra::theory;

/// The mean of a normal law of known variance, from n real and m synthetic points a generation with a weight on the real ones.
inline measured weighted_error(Index real, Index synthetic, double weight, const budget& b, Index runs) {
  const gaussian_chain chain{.by = sim::divisor::n,
                             .samples = synthetic,
                             .generations = 30,
                             .recipe = sim::weighted(real, weight),
                             .known_variance = true};
  return mean_of(run(chain, b, b.runs(runs)), "mean_error");
}

inline finding golden_ratio(const budget& b) {
  const double w = theory::golden_weight(1);
  return {.says = "as many real as synthetic points: the best weight is the golden ratio 0.618, and leaves 0.618/n",
          .source = "He et al. (2025)",
          .regime = "normal mean, 20 fresh real + 20 synthetic, n = 30",
          .predicted = w / 20,
          .found = weighted_error(20, 20, w, b, 160'000),
          .wrong = "pooling, weight 1/2",
          .wrong_predicted = theory::weighted_mean_risk_limit(0.5, 20, 20)};
}

inline finding more_synthetic(const budget& b) {
  const double w = theory::golden_weight(4);
  return {.says = "k synthetic points to a real one: the best weight solves k w^2 + w = 1, and leaves w/n",
          .source = "He et al. (2025)",
          .regime = "normal mean, 20 fresh real + 80 synthetic, n = 30",
          .predicted = w / 20,
          .found = weighted_error(20, 80, w, b, 40'000),
          .wrong = "pooling, weight 1/5",
          .wrong_predicted = theory::weighted_mean_risk_limit(0.2, 20, 80)};
}

inline finding pooling(const budget& b) {
  return {.says = "pooling is not the best: it leaves more",
          .source = "He et al. (2025)",
          .regime = "normal mean, 20 fresh real + 80 synthetic, weight 1/5, n = 30",
          .predicted = theory::weighted_mean_risk_limit(0.2, 20, 80),
          .found = weighted_error(20, 80, 0.2, b, 40'000),
          .wrong = "the best weight's",
          .wrong_predicted = theory::golden_weight(4) / 20};
}

inline claim_list all() {
  return {{"he/golden-ratio", golden_ratio}, {"he/more-synthetic", more_synthetic}, {"he/pooling", pooling}};
}

}  // namespace claims::he
