#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include <simulacra/theory/survival.hpp>

#include "runs.hpp"

/// Bertrand et al., "On the stability of iterative retraining of generative models on their own data", arXiv 2310.00429 (2024).
namespace claims::bertrand {

namespace theory = simulacra::theory;
inline constexpr auto unbiased = sim::divisor::n_minus_1;

inline finding markov_bound(const budget& b) {
  const auto all = run(gaussian_chain{unbiased, 10, 200}, b, b.runs(80'000));
  return {.says = "P(sigma_n > eps) is at most E sigma_n / eps, which vanishes",
          .source = "Bertrand et al. (2024)",
          .regime = "normal, replace, unbiased, M = 10, n = 200, eps = 0.1",
          .predicted = theory::survival_bound_markov(0.1, 10, 200, unbiased),
          .found = mean_of(all, "variance", [](double v) { return v > 0.01 ? 1.0 : 0.0; }),
          .wrong = "the same bound by divisor n",
          .wrong_predicted = theory::survival_bound_markov(0.1, 10, 200, sim::divisor::n),
          .is = relation::at_most};
}

/// Real data kept, lambda synthetic ones for each: the mean is an autoregression about that of the real data, whose rate is in the
/// covariance of successive steps, -(1 - rate)/2 of their variance, whatever the real data are.
inline finding contraction(const budget& b) {
  constexpr double lambda = 0.4;  // 40 synthetic beside 100 real
  const auto all =
      run(gaussian_chain{unbiased, 140, 40, sim::preserve(100.0 / 140, sim::preserve::real::fixed)}, b, b.runs(40'000));
  const std::size_t last = all.generations().size() - 1, mean = all.column("mean");
  const auto x = all.values(last - 2, mean), y = all.values(last - 1, mean), z = all.values(last, mean);
  double squares = 0;
  for (std::size_t r = 0; r < x.size(); ++r) squares += (y[r] - x[r]) * (y[r] - x[r]);
  squares /= static_cast<double>(x.size());
  // The ratio of two means; to first order its error is that of the mean of what is left of the products.
  std::vector<double> rate(x.size());
  double slope = 0;
  for (std::size_t r = 0; r < x.size(); ++r) slope += (z[r] - y[r]) * (y[r] - x[r]);
  slope /= squares * static_cast<double>(x.size());
  for (std::size_t r = 0; r < x.size(); ++r)
    rate[r] = 1 + 2 * (slope + (z[r] - y[r] - slope * (y[r] - x[r])) * (y[r] - x[r]) / squares);
  return {.says = "with a share lambda/(1 + lambda) of synthetic data retraining contracts, here at exactly that rate",
          .source = "Bertrand et al. (2024), rate of the normal mean derived here",
          .regime = "normal, 100 fixed real + 40 synthetic (lambda = 0.4)",
          .predicted = lambda / (1 + lambda),
          .found = mean_of(rate),
          .wrong = "the bound lambda/(1 - lambda), as if it were attained",
          .wrong_predicted = lambda / (1 - lambda)};
}

inline claim_list all() { return {{"bertrand/survival-bound", markov_bound}, {"bertrand/contraction", contraction}}; }

}  // namespace claims::bertrand
