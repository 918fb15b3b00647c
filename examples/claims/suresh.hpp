#pragma once

#include <cmath>

#include <simulacra/theory/poisson.hpp>
#include <simulacra/theory/survival.hpp>

#include "runs.hpp"

/// Suresh et al., "Rate of model collapse in recursive training", arXiv 2412.17646 (2024).
namespace claims::suresh {

namespace theory = simulacra::theory;

inline finding gaussian_bound(const budget& b) {
  const auto all = run(gaussian_chain{sim::divisor::n_minus_1, 10, 200}, b, b.runs(80'000));
  return {.says = "P(sigma_n > eps) is at most exp(-n/(4M - 1)) / eps",
          .source = "Suresh et al. (2024)",
          .regime = "normal, replace, unbiased, M = 10, n = 200, eps = 0.1",
          .predicted = theory::survival_bound_suresh(0.1, 10, 200),
          .found = mean_of(all, "variance", [](double v) { return v > 0.01 ? 1.0 : 0.0; }),
          .wrong = "the rate n/(2M) of the typical sigma of divisor n",
          .wrong_predicted = 10 * std::exp(-200.0 / 20),
          .is = relation::at_most};
}

inline finding poisson_survival(const budget& b) {
  const auto all = run_poisson(1, 10, 50, b, b.runs(20'000));
  return {.says = "a Poisson rate is above 0 after n fits with probability 1 - exp(-M lambda g_n), g' = 1 - exp(-g)",
          .source = "Suresh et al. (2024)",
          .regime = "Poisson counts, replace, lambda = 1, M = 10, n = 50",
          .predicted = theory::poisson_survival(1, 10, 50),
          .found = mean_of(all, "left"),
          .wrong = "g_n = 1/n",
          .wrong_predicted = -std::expm1(-10.0 / 50)};
}

inline finding poisson_variance(const budget& b) {
  const auto all = run_poisson(5, 10, 10, b, b.runs(20'000));
  return {.says = "the variance of a Poisson rate after n fits is n lambda / M",
          .source = "Suresh et al. (2024)",
          .regime = "Poisson counts, replace, lambda = 5, M = 10, n = 10",
          .predicted = theory::poisson_rate_variance(5, 10, 10),
          .found = mean_of(all, "error"),
          .wrong = "that of one fit, lambda / M",
          .wrong_predicted = 0.5};
}

inline finding bernoulli_bound(const budget& b) {
  const double g = theory::poisson_exponent(50);
  const auto all = run(symbol_chain{{0.99, 0.01}, 100, 50}, b, b.runs(80'000));
  return {.says = "a rare symbol is left after n fits with probability at least 1 - exp(-M p g_n)",
          .source = "Suresh et al. (2024)",
          .regime = "symbols 0.99, 0.01, replace, M = 100, n = 50",
          .predicted = -std::expm1(-100 * 0.01 * g),
          .found = mean_of(all, "last_left"),
          .wrong = "g_n = 3/n, an upper bound of it",
          .wrong_predicted = -std::expm1(-100 * 0.01 * 3.0 / 50),
          .is = relation::at_least};
}

inline claim_list all() {
  return {{"suresh/gaussian-bound", gaussian_bound},
          {"suresh/poisson-survival", poisson_survival},
          {"suresh/poisson-variance", poisson_variance},
          {"suresh/bernoulli-bound", bernoulli_bound}};
}

}  // namespace claims::suresh
