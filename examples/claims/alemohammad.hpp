#pragma once

#include <cmath>
#include <string>

#include <simulacra/theory/mad.hpp>

#include "runs.hpp"

/// Alemohammad et al., "Self-consuming generative models go MAD", arXiv 2307.01850 (2024).
namespace claims::alemohammad {

namespace theory = simulacra::theory;
inline constexpr auto unbiased = sim::divisor::n_minus_1;
inline const std::string exact = "loop of Alemohammad et al. (2024), value derived here";

/// 20 real and 80 synthetic points a generation, sampled with a bias: long enough to forget the beginning.
inline gaussian_chain pooled(const sim::any_recipe& recipe, Index samples) { return {unbiased, samples, 60, recipe, 0.95}; }

inline finding fully_synthetic(const budget& b) {
  const auto all = run(gaussian_chain{unbiased, 50, 10, sim::replace{}, 0.9}, b, b.runs(20'000));
  return {.says = "a sampling bias lambda in a fully synthetic loop multiplies the variance by lambda a generation",
          .source = "Alemohammad et al. (2024)",
          .regime = "normal, replace, unbiased, lambda = 0.9, M = 50, n = 10",
          .predicted = std::pow(0.9, 9),
          .found = mean_of(all, "variance"),
          .wrong = "lambda in the standard deviation",
          .wrong_predicted = std::pow(0.9, 18)};
}

inline finding fresh_data(const budget& b) {
  const auto all = run(pooled(sim::fresh_real(20), 80), b, b.runs(40'000));
  return {.says = "with fresh real data the loop settles: the variance",
          .source = exact,
          .regime = "normal, 20 fresh real + 80 synthetic, unbiased, lambda = 0.95, n = 60",
          .predicted = theory::mad_fresh_limit(20, 80, 0.95).variance,
          .found = mean_of(all, "variance"),
          .wrong = "the same real data in every generation",
          .wrong_predicted = theory::mad_fixed_limit(20, 80, 0.95).variance};
}

inline finding augmentation(const budget& b) {
  const auto all = run(pooled(sim::preserve(0.2, sim::preserve::real::fixed), 100), b, b.runs(40'000));
  return {.says = "with the same real data for ever (synthetic augmentation) the loop settles elsewhere: the variance",
          .source = exact,
          .regime = "normal, 20 fixed real + 80 synthetic, unbiased, lambda = 0.95, n = 60",
          .predicted = theory::mad_fixed_limit(20, 80, 0.95).variance,
          .found = mean_of(all, "variance"),
          .wrong = "fresh real data",
          .wrong_predicted = theory::mad_fresh_limit(20, 80, 0.95).variance};
}

inline finding augmentation_error(const budget& b) {
  const auto all = run(pooled(sim::preserve(0.2, sim::preserve::real::fixed), 100), b, b.runs(40'000));
  return {.says = "and its mean never gets better than that of the real data kept",
          .source = exact,
          .regime = "normal, 20 fixed real + 80 synthetic, unbiased, lambda = 0.95, n = 60",
          .predicted = theory::mad_fixed_limit(20, 80, 0.95).mean_error,
          .found = mean_of(all, "mean_error"),
          .wrong = "fresh real data",
          .wrong_predicted = theory::mad_fresh_limit(20, 80, 0.95).mean_error};
}

inline claim_list all() {
  return {{"alemohammad/fully-synthetic-bias", fully_synthetic},
          {"alemohammad/fresh-data-variance", fresh_data},
          {"alemohammad/augmentation-variance", augmentation},
          {"alemohammad/augmentation-mean-error", augmentation_error}};
}

}  // namespace claims::alemohammad
