#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <simulacra/theory/mixed_labels.hpp>
#include <simulacra/theory/regression.hpp>
#include <simulacra/theory/scaling.hpp>

#include "runs.hpp"

/// Dohmatob et al., "A tale of tails", arXiv 2402.07043 (2024), and "Strong model collapse" (2024).
namespace claims::dohmatob {

namespace theory = simulacra::theory;

/// Zipf's law on so many symbols.
inline std::vector<double> zipf(Index symbols, double exponent) {
  std::vector<double> p(static_cast<std::size_t>(symbols));
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) sum += p[i] = std::pow(static_cast<double>(i + 1), -exponent);
  std::transform(p.begin(), p.end(), p.begin(), [sum](double q) { return q / sum; });
  return p;
}

inline finding tail_lost(const budget& b) {
  return {.says = "one fit to T samples loses the tail: under Zipf's law a mass of sum p (1 - p)^T",
          .source = "Dohmatob et al. (2024), the sum is classical (Good 1953)",
          .regime = "1000 symbols, exponent 1.5, T = 500",
          .predicted = theory::zipf_exact_missing_mass(1000, 1.5, 500),
          .found = mean_of(unseen(zipf(1000, 1.5), 500, b, b.runs(8000))),
          .wrong = "its asymptote C T^(-1/3), which needs endlessly many symbols",
          .wrong_predicted = 0.9415595058265285 * std::pow(500.0, -1.0 / 3)};
}

inline finding tail_slope(const budget& b) {
  const std::vector<double> p = zipf(100'000, 1.1);
  const Index runs = b.runs(8000);
  const measured few = mean_of(unseen(p, 100, b, runs)), many = mean_of(unseen(p, 1000, b, runs));
  // The two share random numbers, which makes this error too large, if anything: both fall and rise together.
  const double error = std::hypot(few.mcse / few.value, many.mcse / many.value) / std::log(10);
  return {.says = "the mass lost falls as T^-(1 - 1/b), read at the sizes one can reach",
          .source = "Dohmatob et al. (2024), as often read; asymptote and exact slope derived here",
          .regime = "100000 symbols, exponent 1.1, from T = 100 to 1000",
          .predicted = 1 - 1 / 1.1,
          .found = {std::log10(few.value / many.value), error, few.carried_by_few || many.carried_by_few},
          .wrong = "the slope of exponent 1.5",
          .wrong_predicted = theory::zipf_loss_slope(100'000, 1.5, 100, 1000),
          .instead = theory::zipf_loss_slope(100'000, 1.1, 100, 1000)};
}

inline finding fixed_generator(const budget& b) {
  const auto one = theory::strong_collapse_once(10, 600, 400, 1, 0.25);
  return {.says = "labels of one fixed generator, a share p/N of them: its error stays in the fit, times (p/N)^2",
          .source = "Dohmatob et al. (2024), exact form derived here",
          .regime = "least squares, d = 10, 600 rows, 400 of them labelled by weights 1 away",
          .predicted = one.bias_squared + one.variance,
          .found = mean_of(misled_fits(10, 600, 400, 1, 0.25, b, b.runs(16'000))),
          .wrong = "p/N, not squared",
          .wrong_predicted = 2.0 / 3 + one.variance};
}

inline finding no_floor(const budget& b) {
  const sim::preserve third(1.0 / 3, sim::preserve::real::redrawn);
  // The floor that the first model of the same recursion at a tenth of the rows would be, for ever.
  const double floor = 4.0 / 9 * theory::regression_risk_replace(10, 60, 1);
  const auto all = run(regression_chain{10, 600, 12, third}, b, b.runs(16'000));
  return {
      .says = "a floor stays that more data do not remove, read for models that learn from their predecessors",
      .source = "Dohmatob et al. (2024), as often read; fixed generator and recursion derived here",
      .regime = "least squares, d = 10, 600 rows, 400 labelled by the last model, n = 12; floor of the first fit to 60 rows",
      .predicted = floor,
      .found = mean_of(all, "risk"),
      .wrong = "the error at 60 rows, a tenth of the data",
      .wrong_predicted = theory::regression_risk_mixed(10, 60, 40, 12),
      .instead = theory::regression_risk_mixed(10, 600, 400, 12)};
}

inline claim_list all() {
  return {{"dohmatob/tail-lost", tail_lost},
          {"dohmatob/tail-slope", tail_slope},
          {"dohmatob/fixed-generator", fixed_generator},
          {"dohmatob/floor-in-recursion", no_floor}};
}

}  // namespace claims::dohmatob
