#pragma once

#include <cmath>

#include <simulacra/theory/discrete.hpp>

#include "runs.hpp"

/// Seddik et al., "How bad is training on synthetic data?", arXiv 2404.05090 (2024).
namespace claims::seddik {

namespace theory = simulacra::theory;

inline measured still_two(const budget& b) {
  const auto all = run(symbol_chain{{0.8, 0.2}, 10, 30}, b, b.runs(40'000));
  return mean_of(all, "one_left", [](double one) { return 1 - one; });
}

inline finding diversity(const budget& b) {
  const auto all = run(symbol_chain{{0.6, 0.4}, 20, 20}, b, b.runs(20'000));
  return {.says = "diversity, 1 - sum p^2, falls by a factor 1 - 1/M a generation",
          .source = "Seddik et al. (2024); classical (Wright 1931)",
          .regime = "symbols 0.6, 0.4, replace, M = 20, n = 20",
          .predicted = theory::heterozygosity(0.48, 20, 20),
          .found = mean_of(all, "diversity"),
          .wrong = "1 - 1/(2M), that of diploid populations",
          .wrong_predicted = 0.48 * std::pow(1 - 1.0 / 40, 20)};
}

inline finding lower_bound(const budget& b) {
  return {.says = "two symbols are both left with probability at least 4 p (1 - p)(1 - 1/M)^n",
          .source = "Seddik et al. (2024)",
          .regime = "symbols 0.8, 0.2, replace, M = 10, n = 30",
          .predicted = 0.64 * std::pow(0.9, 30),
          .found = still_two(b),
          .wrong = "the rate 1 - 1/(2M)",
          .wrong_predicted = 0.64 * std::pow(0.95, 30),
          .is = relation::at_least};
}

inline finding upper_bound(const budget& b) {
  return {.says = "and at most 2 M p (1 - p)(1 - 1/M)^n",
          .source = "Seddik et al. (2024)",
          .regime = "symbols 0.8, 0.2, replace, M = 10, n = 30",
          .predicted = 3.2 * std::pow(0.9, 30),
          .found = still_two(b),
          .wrong = "the rate 1 - 2/M",
          .wrong_predicted = 3.2 * std::pow(0.8, 30),
          .is = relation::at_most};
}

inline claim_list all() {
  return {{"seddik/diversity", diversity}, {"seddik/lower-bound", lower_bound}, {"seddik/upper-bound", upper_bound}};
}

}  // namespace claims::seddik
