#pragma once

#include <vector>

#include <simulacra/theory/contamination.hpp>

#include "runs.hpp"

/// Bakshi and Chakraborty (2026): discrete laws, each draw of a generation real with probability alpha.
namespace claims::bakshi {

namespace theory = simulacra::theory;

inline symbol_chain contaminated(const sim::schedule& samples) {
  return {{0.5, 0.3, 0.2}, samples, 10, sim::general_process(0.8, 0, 0.2)};
}

inline finding constant_samples(const budget& b) {
  const std::vector<Index> schedule(10, 50);
  return {.says = "a share alpha of real draws bounds the error: R' = H/M + (1 - 1/M)(1 - alpha)^2 R",
          .source = "Bakshi and Chakraborty (2026)",
          .regime = "symbols 0.5, 0.3, 0.2, alpha = 0.2, M = 50, n = 10",
          .predicted = theory::contaminated_risk(schedule, 0.2, 0.62),
          .found = mean_of(run(contaminated(50), b, b.runs(40'000)), "distance"),
          .wrong = "no real draws",
          .wrong_predicted = theory::contaminated_risk(schedule, 0, 0.62)};
}

inline finding growing_samples(const budget& b) {
  const std::vector<Index> constant(10, 50);
  std::vector<Index> schedule;
  for (Index t = 0; t < 10; ++t) schedule.push_back(50 + 25 * t);
  return {.says = "and with growing samples it vanishes",
          .source = "Bakshi and Chakraborty (2026)",
          .regime = "symbols 0.5, 0.3, 0.2, alpha = 0.2, M = 50, 75, 100, ..., n = 10",
          .predicted = theory::contaminated_risk(schedule, 0.2, 0.62),
          .found = mean_of(run(contaminated(sim::schedule::linear(50, 25)), b, b.runs(40'000)), "distance"),
          .wrong = "M = 50 in every generation",
          .wrong_predicted = theory::contaminated_risk(constant, 0.2, 0.62)};
}

inline claim_list all() {
  return {{"bakshi/constant-samples", constant_samples}, {"bakshi/growing-samples", growing_samples}};
}

}  // namespace claims::bakshi
