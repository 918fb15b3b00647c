#pragma once

#include <simulacra/theory/accumulate.hpp>
#include <simulacra/theory/multivariate.hpp>

#include "runs.hpp"

/// Kazdan et al., "Collapse or thrive?", arXiv 2410.16713 (2024).
namespace claims::kazdan {

namespace theory = simulacra::theory;
inline constexpr auto likelihood = sim::divisor::n, unbiased = sim::divisor::n_minus_1;

inline finding all_kept(const budget& b) {
  const auto all = run(gaussian_chain{likelihood, 10, 100, sim::accumulate{}}, b, b.runs(40'000));
  return {.says = "all data kept: the variance tends to sin(x)/x of the truth's, x = pi/sqrt(M)",
          .source = "Kazdan et al. (2024), value at n derived here",
          .regime = "normal, accumulate, divisor n, M = 10, n = 100",
          .predicted = theory::accumulate_variance(10, 100, likelihood),
          .found = mean_of(all, "variance"),
          .wrong = "the unbiased divisor",
          .wrong_predicted = theory::accumulate_variance(10, 100, unbiased)};
}

inline finding all_kept_mean(const budget& b) {
  const auto all = run(gaussian_chain{likelihood, 10, 100, sim::accumulate{}}, b, b.runs(40'000));
  return {.says = "all data kept: the error of the mean stays bounded, and is what the variance has lost",
          .source = "Kazdan et al. (2024), value derived here",
          .regime = "normal, accumulate, divisor n, M = 10, n = 100",
          .predicted = theory::accumulate_mean_error(10, 100, likelihood),
          .found = mean_of(all, "mean_error"),
          .wrong = "replace: (almost) all of the truth's variance",
          .wrong_predicted = 1};
}

inline finding subsampled(const budget& b) {
  const auto all = run(gaussian_chain{likelihood, 10, 20, sim::accumulate_subsample{}}, b, b.runs(20'000));
  return {.says = "all data kept, M of them used: a slow loss that ends, between replace and accumulate",
          .source = "Kazdan et al. (2024), value derived here",
          .regime = "normal, accumulate-subsample, divisor n, M = 10, n = 20",
          .predicted = theory::accumulate_subsample_variance(10, 20),
          .found = mean_of(all, "variance"),
          .wrong = "all data used",
          .wrong_predicted = theory::accumulate_variance(10, 20, likelihood)};
}

inline finding test_loss(const budget& b) {
  const auto all = run(gaussian_chain{likelihood, 50, 10}, b, b.runs(80'000));
  return {.says = "replace: the test loss, KL(truth, model), grows faster and faster",
          .source = "Kazdan et al. (2024), value derived here",
          .regime = "normal, replace, divisor n, M = 50, n = 10",
          .predicted = theory::kl_from_truth(1, 50, 10, likelihood),
          .found = mean_of(all, "kl_from_truth"),
          .wrong = "KL(model, truth), which is linear in n",
          .wrong_predicted = theory::kl_to_truth(1, 50, 10, likelihood)};
}

inline claim_list all() {
  return {{"kazdan/accumulate-variance", all_kept},
          {"kazdan/accumulate-mean-error", all_kept_mean},
          {"kazdan/accumulate-subsample", subsampled},
          {"kazdan/replace-test-loss", test_loss}};
}

}  // namespace claims::kazdan
