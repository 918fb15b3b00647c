#pragma once

#include <cmath>
#include <string>

#include <simulacra/theory/regression.hpp>

#include "runs.hpp"

/// Gerstgrasser et al., "Is model collapse inevitable?", arXiv 2404.01413 (2024).
namespace claims::gerstgrasser {

namespace theory = simulacra::theory;
inline constexpr Index d = 10, rows = 50;
inline constexpr double pi = 3.14159265358979323846;
inline const std::string theirs = "Gerstgrasser et al. (2024)";

/// Over the rows of the design itself one fit has the risk d / rows, whatever they are; over fresh inputs d / (rows - d - 1).
inline constexpr double one_fit = static_cast<double>(d) / rows;

inline finding replaced(const budget& b) {
  const auto all = run(regression_chain{d, rows, 10, sim::replace{}}, b, b.runs(16'000));
  return {.says = "replaced labels: the risk of n fits is n times that of one",
          .source = theirs + "; Dohmatob et al. (2024)",
          .regime = "least squares, fresh inputs, d = 10, 50 rows, n = 10",
          .predicted = theory::regression_risk_replace(d, rows, 10),
          .found = mean_of(all, "risk"),
          .wrong = "all data kept",
          .wrong_predicted = theory::regression_risk_accumulate_fresh(d, rows, 10)};
}

inline finding accumulated(const budget& b) {
  double sum = 0;
  for (int i = 1; i <= 10; ++i) sum += 1.0 / (i * i);
  const auto all = run(regression_chain{d, rows, 10, sim::accumulate{}, true}, b, b.runs(32'000));
  const double fresh = theory::regression_risk_accumulate_fresh(d, rows, 10) / theory::regression_risk_replace(d, rows, 1);
  return {.says = "all labels of the same inputs kept: the risk is 1 + 1/4 + ... + 1/n^2 times that of one fit",
          .source = theirs,
          .regime = "least squares, the same inputs, d = 10, 50 rows, n = 10",
          .predicted = one_fit * sum,
          .found = mean_of(all, "risk"),
          .wrong = "the factor of fresh inputs",
          .wrong_predicted = one_fit * fresh};
}

inline finding bounded(const budget& b) {
  const auto all = run(regression_chain{d, rows, 30, sim::accumulate{}, true}, b, b.runs(8000));
  return {.says = "all labels kept: the risk never exceeds pi^2/6 times that of one fit",
          .source = theirs,
          .regime = "least squares, the same inputs, d = 10, 50 rows, n = 30",
          .predicted = one_fit * pi * pi / 6,
          .found = mean_of(all, "risk"),
          .wrong = "the first two terms of the sum, 5/4",
          .wrong_predicted = one_fit * 1.25,
          .is = relation::at_most};
}

inline finding fresh_inputs(const budget& b) {
  const auto all = run(regression_chain{d, rows, 10, sim::accumulate{}}, b, b.runs(32'000));
  return {.says = "all data kept, read for fresh inputs in every generation: the same sum of 1/i^2",
          .source = theirs + ", as often read; same inputs and fresh ones derived here",
          .regime = "least squares, fresh inputs, d = 10, 50 rows, n = 10",
          .predicted = theory::regression_risk_accumulate_fixed(d, rows, 10),
          .found = mean_of(all, "risk"),
          .wrong = "replace",
          .wrong_predicted = theory::regression_risk_replace(d, rows, 10),
          .instead = theory::regression_risk_accumulate_fresh(d, rows, 10)};
}

inline claim_list all() {
  return {{"gerstgrasser/replaced-labels", replaced},
          {"gerstgrasser/accumulated-labels", accumulated},
          {"gerstgrasser/pi-squared-over-six", bounded},
          {"gerstgrasser/fresh-inputs", fresh_inputs}};
}

}  // namespace claims::gerstgrasser
