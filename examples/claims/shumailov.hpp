#pragma once

#include <cmath>
#include <string>
#include <vector>

#include <simulacra/theory/discrete.hpp>
#include <simulacra/theory/gaussian_chain.hpp>
#include <simulacra/theory/general_process.hpp>
#include <simulacra/theory/schedules.hpp>
#include <simulacra/theory/wasserstein.hpp>

#include "runs.hpp"

/// Shumailov et al., "The Curse of Recursion", arXiv 2305.17493 (2023); Nature 631, 755 (2024).
namespace claims::shumailov {

namespace theory = simulacra::theory;
inline constexpr auto unbiased = sim::divisor::n_minus_1, likelihood = sim::divisor::n;
inline const std::string theirs = "Shumailov et al. (2024)", exact = theirs + ", exact form derived here";

inline finding observation_variance(const budget& b) {
  const auto all = run(gaussian_chain{unbiased, 100, 20}, b, b.runs(80'000));
  return {.says = "the variance of one observation grows as 1 + n/M",
          .source = theirs,
          .regime = "normal, replace, unbiased, M = 100, n = 20",
          .predicted = 1 + 20.0 / 100,
          .found = mean_of(all, "second_moment"),
          .wrong = "divisor n: it stays 1",
          .wrong_predicted = 1};
}

inline finding mean_walk(const budget& b) {
  const auto all = run(gaussian_chain{unbiased, 100, 50}, b, b.runs(80'000));
  return {.says = "the mean walks away: its squared error is n/M, without a bound",
          .source = theirs,
          .regime = "normal, replace, unbiased, M = 100, n = 50",
          .predicted = theory::mean_error(100, 50, unbiased),
          .found = mean_of(all, "mean_error"),
          .wrong = "divisor n: 1 - (1 - 1/M)^n, at most 1",
          .wrong_predicted = theory::mean_error(100, 50, likelihood)};
}

inline finding distance_leading(const budget& b) {
  const auto all = run(gaussian_chain{unbiased, 10'000, 10}, b, b.runs(80'000));
  return {.says = "E W2^2 is 3/2 of the sum of 1/M to first order",
          .source = theirs,
          .regime = "normal, replace, unbiased, M = 10000, n = 10",
          .predicted = 1.5 * 10 / 10'000,
          .found = mean_of(all, "w2_sq"),
          .wrong = "the mean's part alone, the sum of 1/M",
          .wrong_predicted = 10.0 / 10'000};
}

inline finding distance_grows(const budget& b) {
  const auto all = run(gaussian_chain{unbiased, 100, 50}, b, b.runs(160'000));
  return {.says = "E W2^2 grows without a bound",
          .source = exact,
          .regime = "normal, replace, unbiased, M = 100, n = 50",
          .predicted = theory::wasserstein_risk_mean(100, 50, unbiased),
          .found = mean_of(all, "w2_sq"),
          .wrong = "divisor n: 2 (1 - c^n), at most 2",
          .wrong_predicted = theory::wasserstein_risk_mean(100, 50, likelihood)};
}

inline finding distance_stays(const budget& b) {
  const auto all = run(gaussian_chain{likelihood, 100, 200}, b, b.runs(40'000));
  return {.says = "E W2^2 grows without a bound, read for divisor n, which the authors' code has",
          .source = exact,
          .regime = "normal, replace, divisor n, M = 100, n = 200",
          .predicted = theory::wasserstein_risk_mean(100, 200, unbiased),
          .found = mean_of(all, "w2_sq"),
          .wrong = "the error of the unbiased mean alone, n/M",
          .wrong_predicted = 2,
          .instead = theory::wasserstein_risk_mean(100, 200, likelihood)};
}

inline finding distance_variance(const budget& b) {
  constexpr Index m = 1000, n = 20;
  const double expected = theory::wasserstein_risk_mean(m, n, unbiased), per = 1.0 / (m * m);
  const auto all = run(gaussian_chain{unbiased, m, n}, b, b.runs(160'000));
  return {.says = "Var W2^2 is (sum of 3/M_i^2 + sum over i != j of 4/(M_i M_j)) / 2",
          .source = theirs + ", as often quoted; not held against its text",
          .regime = "normal, replace, unbiased, M = 1000, n = 20",
          .predicted = (3.0 * n + 4.0 * n * (n - 1)) / 2 * per,
          .found = mean_of(all, "w2_sq", [expected](double w) { return (w - expected) * (w - expected); }),
          .wrong = "3/2 n^2/M^2, what it gives at n = 1, times n^2",
          .wrong_predicted = 1.5 * n * n * per,
          .instead = theory::wasserstein_risk_variance(m, n, unbiased)};
}

inline finding growing_samples(const budget& b) {
  const std::vector<Index> constant(30, 50);
  const auto all = run(gaussian_chain{unbiased, sim::schedule::geometric(50, 2), 30}, b, b.runs(40'000));
  return {.says = "samples that grow faster than linearly keep E W2^2 bounded",
          .source = exact,
          .regime = "normal, replace, unbiased, M = 50, 100, 200, ..., n = 30",
          .predicted = theory::geometric_schedule_limit(50, 2).wasserstein,
          .found = mean_of(all, "w2_sq"),
          .wrong = "M = 50 in every generation",
          .wrong_predicted = theory::wasserstein_risk_mean(constant, unbiased)};
}

inline finding almost_sure_collapse(const budget& b) {
  const auto all = run(gaussian_chain{unbiased, 10, 200}, b, b.runs(20'000));
  return {.says = "sigma tends to 0 almost surely although its mean square stays: log sigma^2 falls by a constant",
          .source = exact,
          .regime = "normal, replace, unbiased, M = 10, n = 200",
          .predicted = theory::log_variance_mean(10, 200, unbiased),
          .found = mean_of(all, "log_variance"),
          .wrong = "divisor n: twice as fast",
          .wrong_predicted = theory::log_variance_mean(10, 200, likelihood)};
}

inline finding general_process(const budget& b) {
  const sim::general_process share(0.6, 0.3, 0.1);
  const auto all = run(gaussian_chain{unbiased, 100, 20, share}, b, b.runs(40'000));
  return {.says = "a mixture of new model, old law and truth keeps the error of the mean finite",
          .source = "process of " + theirs + ", moments derived here",
          .regime = "normal, shares 0.6, 0.3, 0.1, unbiased, M = 100, n = 20",
          .predicted = theory::mixture_gaussian_moments(0.6, 0.3, 0.1, 100, 19, unbiased).fitted_mean_error,
          .found = mean_of(all, "mean_error"),
          .wrong = "replace: n/M",
          .wrong_predicted = theory::mean_error(100, 20, unbiased)};
}

inline finding absorbed_at(const budget& b) {
  const auto all = run(symbol_chain{{0.5, 0.3, 0.2}, 10, 150}, b, b.runs(40'000));
  return {.says = "a discrete model ends in one symbol, and in each with the probability that it began with",
          .source = theirs + "; the probabilities are classical (Wright 1931)",
          .regime = "symbols 0.5, 0.3, 0.2, replace, M = 10, n = 150; the last",
          .predicted = 0.2,
          .found = mean_of(all, "last_won"),
          .wrong = "each symbol equally often",
          .wrong_predicted = 1.0 / 3};
}

inline finding rare_event(const budget& b) {
  const auto all = run(symbol_chain{{0.7, 0.3}, 5, 1}, b, b.runs(40'000));
  return {.says = "an event of probability q is missing from M samples with probability (1 - q)^M",
          .source = theirs,
          .regime = "symbols 0.7, 0.3, M = 5, n = 1",
          .predicted = 1 - std::pow(0.7, 5),
          .found = mean_of(all, "last_left"),
          .wrong = "Poisson's law, exp(-M q)",
          .wrong_predicted = -std::expm1(-1.5)};
}

inline claim_list all() {
  return {{"shumailov/observation-variance", observation_variance},
          {"shumailov/mean-walk", mean_walk},
          {"shumailov/distance-leading-order", distance_leading},
          {"shumailov/distance-grows", distance_grows},
          {"shumailov/distance-grows-divisor-n", distance_stays},
          {"shumailov/distance-variance", distance_variance},
          {"shumailov/superlinear-samples", growing_samples},
          {"shumailov/almost-sure-collapse", almost_sure_collapse},
          {"shumailov/general-process", general_process},
          {"shumailov/absorbing-symbol", absorbed_at},
          {"shumailov/rare-event", rare_event}};
}

}  // namespace claims::shumailov
