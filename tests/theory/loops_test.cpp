#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <vector>

#include <simulacra/theory.hpp>
#include <support/statistics.hpp>

// Laws that hold between functions, recursions against their own limits, and small simulations that share no formula.

using namespace simulacra;
using namespace simulacra::theory;

namespace {
constexpr auto unbiased = divisor::n_minus_1;
constexpr auto likelihood = divisor::n;

struct gaussian {
  double mean, deviation;
};

/// n refits of a standard normal, every sample drawn.
gaussian chain(Index samples, Index generations, divisor by, std::mt19937_64& rng) {
  gaussian model{0, 1};
  std::vector<double> x(static_cast<std::size_t>(samples));
  for (Index n = 0; n < generations; ++n) {
    std::normal_distribution<double> law(model.mean, model.deviation);
    double sum = 0, squares = 0;
    for (double& v : x) sum += v = law(rng);
    const double mean = sum / static_cast<double>(samples);
    for (const double v : x) squares += (v - mean) * (v - mean);
    model = {mean, std::sqrt(squares / static_cast<double>(by == likelihood ? samples : samples - 1))};
  }
  return model;
}
}  // namespace

TEST_CASE("theory/loops: what fits two moments conserves the second moment") {
  for (const Index m : {2, 10, 1000000000})
    for (const Index n : {0, 1, 30, 100000}) {
      CHECK_CLOSE(variance_mean(m, n, likelihood, 2.0) + mean_error(m, n, likelihood, 2.0), 4.0, 1e-14);
      CHECK_CLOSE(accumulate_variance(m, n, likelihood) + accumulate_mean_error(m, n, likelihood), 1.0, 1e-14);
      CHECK_CLOSE(accumulate_subsample_variance(m, n) + accumulate_subsample_mean_error(m, n), 1.0, 1e-14);
      CHECK_CLOSE(kernel_spread(3, m, n, workflow::accumulate) + kernel_distance(3, m, n, workflow::accumulate), 3.0, 1e-14);
    }
  CHECK(kernel_spread(3, 1, 2, workflow::accumulate) == 0);
  CHECK(kernel_distance(3, 1, 2, workflow::replace) == 3);
}

TEST_CASE("theory/loops: MAD recursions run into their limits") {
  for (const double lambda : {0.0, 0.5, 0.95, 1.0, 1.1})
    for (const Index real : {1, 2, 20})
      for (const Index synthetic : {1, 5, 80}) {
        const auto fresh = mad_fresh_limit(real, synthetic, lambda, 1.5);
        const auto fixed = mad_fixed_limit(real, synthetic, lambda, 1.5);
        if (!std::isfinite(fresh.variance)) continue;
        CAPTURE(lambda);
        CAPTURE(real);
        CAPTURE(synthetic);
        const auto f = mad_fresh_step(fresh, real, synthetic, lambda, 1.5);
        const auto g = mad_fixed_step(fixed, real, synthetic, lambda, 1.5);
        CHECK_CLOSE(f.mean_error, fresh.mean_error, 1e-13);
        CHECK_CLOSE(f.variance, fresh.variance, 1e-13);
        CHECK_CLOSE(g.mean_error, fixed.mean_error, 1e-13);
        CHECK_CLOSE(g.variance, fixed.variance, 1e-13);
      }
  mad_limit state{7, 3};
  for (int n = 0; n < 400; ++n) state = mad_fresh_step(state, 20, 80, .95);
  CHECK_CLOSE(state.variance, mad_fresh_limit(20, 80, .95).variance, 1e-12);
  CHECK(std::isinf(mad_fresh_limit(20, 80, 1.3).variance));
  CHECK(std::isinf(mad_fixed_limit(20, 80, 1.3).mean_error));
  const auto alone = mad_fresh_limit(20, 0, 1.3, 2.0);
  CHECK_CLOSE(alone.mean_error, 4.0 / 20, 1e-15);
  CHECK_CLOSE(alone.variance, 4.0, 1e-15);
  // One real sample in a thousand million: the margin is a difference of nearly equal numbers.
  const double n = 1e9 + 1, g = (1 - 1 / n) / ((n - 1) * (2 - 1 / n));
  CHECK_CLOSE(mad_fresh_limit(1, 1000000000, 1).variance, (1 / n) * (1 + g) / (1 / n - (1 - 1 / n) * g), 1e-12);
}

TEST_CASE("theory/loops: golden ratio") {
  for (const double k : {1e-12, 0.01, 0.5, 1.0, 3.0, 1e6, 1e15}) {
    const double w = golden_weight(k);
    CHECK_CLOSE(k * w * w + w, 1.0, 1e-14);
  }
  CHECK(golden_weight(0) == 1);
  const double best = golden_weight(4);
  CHECK_CLOSE(weighted_mean_risk_limit(best, 20, 80, 3.0), best * 9 / 20, 1e-14);
  CHECK(weighted_mean_risk_limit(best + 0.01, 20, 80) > weighted_mean_risk_limit(best, 20, 80));
  CHECK(weighted_mean_risk_limit(best - 0.01, 20, 80) > weighted_mean_risk_limit(best, 20, 80));
  CHECK_CLOSE(weighted_mean_risk(1.0 / 20, best, 20, 80, 1000), weighted_mean_risk_limit(best, 20, 80), 1e-13);
  CHECK_CLOSE(weighted_mean_risk(0.5, 0, 20, 80, 8), 0.6, 1e-14);
  CHECK_CLOSE(weighted_mean_risk(0.5, 1, 20, 80, 8), 0.05, 1e-14);
  CHECK(weighted_mean_risk(0.5, 0.3, 20, 80, 0) == 0.5);
}

TEST_CASE("theory/loops: mixtures, floors, decoders") {
  for (const Index m : {5, 1000000000})
    for (const Index n : {0, 1, 40}) {
      const auto all_new = mixture_gaussian_moments(1, 0, 0, m, n, likelihood, 2.0);
      CHECK_CLOSE(all_new.mean_error, mean_error(m, n, likelihood, 2.0), 1e-12);
      CHECK_CLOSE(all_new.variance, variance_mean(m, n, likelihood, 2.0), 1e-12);
      CHECK_CLOSE(all_new.second_moment, 4.0, 1e-13);
      CHECK_CLOSE(mixture_gaussian_moments(1, 0, 0, m, n, unbiased).mean_error, mean_error(m, n, unbiased), 1e-12);
    }
  double a = 0, q = 1;  // the recursion as it is written in the notes
  for (int n = 0; n < 25; ++n) {
    const double c = q - a, next = .7 * .7 * a + .16 * c / 30;
    q = .4 * (c + c / 30 + a) + .3 * q + .3;
    a = next;
  }
  CHECK_CLOSE(mixture_gaussian_moments(.4, .3, .3, 30, 25, unbiased).mean_error, a, 1e-12);
  CHECK_CLOSE(mixture_gaussian_moments(.4, .3, .3, 30, 25, unbiased).second_moment, q, 1e-13);
  double s = 4;
  for (int n = 0; n < 9; ++n) s = s * (1 - 1.0 / 15) + .02;
  CHECK_CLOSE(floored_variance(.02, 15, 9, 2.0), s, 1e-13);
  const double density = std::exp(-.5) / std::sqrt(2 * std::acos(-1.0));
  CHECK_CLOSE(truncation_variance_factor(1.0), 1 - 2 * density / std::erf(std::sqrt(.5)), 1e-13);
  CHECK_CLOSE(truncation_variance_factor(1e-4), 1e-8 / 3, 1e-8);
  CHECK(truncation_variance_factor(1e3) == 1);
  CHECK_CLOSE(tempered_variance(0.9, 10, 2.0), 4 * std::pow(0.9, 10), 1e-14);
  CHECK_CLOSE(typical_generations(0.1, 10, unbiased), 2 * std::log(10.0) / 0.1152064704167452, 1e-13);
  CHECK_CLOSE(uniform_end_survival(0.5, 1, 1), 0.5, 1e-14);
  CHECK_CLOSE(exponential_mean_variance(10, 3), 0.331, 1e-14);
  CHECK_CLOSE(uniform_corrected_log_rate(1000000000), -0.5e-18, 1e-8);
}

TEST_CASE("theory/loops: discrete laws with real data settle") {
  double purity = 0.4, distance = 0;
  for (int n = 0; n < 400; ++n) {
    purity = purity_fresh_step(purity, 0.2, 20, 80);
    distance = distance_fixed_step(distance, 0.2, 20, 80);
  }
  CHECK_CLOSE(purity_fresh_limit(0.2, 20, 80), purity, 1e-13);
  CHECK_CLOSE(distance_fixed_limit(0.2, 20, 80), distance, 1e-13);
}

TEST_CASE("theory/loops: ridge without a penalty is least squares") {
  const std::vector<double> eigenvalues{0.5, 2, 9}, coefficients{1, -2, 0.3};
  CHECK_CLOSE(regression_risk_ridge(eigenvalues, coefficients, 0, 6, 0.7), 6 * 0.7 * (2 + 0.5 + 1.0 / 9), 1e-14);
  double risk = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const double r = eigenvalues[i] / (eigenvalues[i] + 0.4), noise = eigenvalues[i] / std::pow(eigenvalues[i] + 0.4, 2);
    double kept = 0;
    for (int j = 0; j < 6; ++j) kept += std::pow(r, 2 * j);
    risk += std::pow(1 - std::pow(r, 6), 2) * coefficients[i] * coefficients[i] + 0.7 * noise * kept;
  }
  CHECK_CLOSE(regression_risk_ridge(eigenvalues, coefficients, 0.4, 6, 0.7), risk, 1e-13);
  CHECK(regression_risk_accumulate_fixed(3, 9, 0) == 0);
}

TEST_CASE("theory/loops: a simulated chain") {
  constexpr int replicates = 40000;
  constexpr Index m = 12, n = 4;
  for (const divisor by : {likelihood, unbiased}) {
    std::mt19937_64 rng(20240607);
    std::vector<double> risk, squares, to, from, alive;
    const double expected = wasserstein_risk_mean(m, n, by);
    for (int r = 0; r < replicates; ++r) {
      const gaussian q = chain(m, n, by, rng);
      const double distance = q.mean * q.mean + (q.deviation - 1) * (q.deviation - 1), v = q.deviation * q.deviation;
      risk.push_back(distance);
      squares.push_back((distance - expected) * (distance - expected));
      to.push_back((v + q.mean * q.mean - 1 - std::log(v)) / 2);
      from.push_back(((1 + q.mean * q.mean) / v - 1 + std::log(v)) / 2);
      alive.push_back(q.deviation > 0.8 ? 1 : 0);
    }
    const auto check = [](const std::vector<double>& values, double theory) {
      const auto estimate = simulacra_test::mean_of(values);
      CHECK_Z(estimate.mean, theory, estimate.standard_error);
      return std::abs(estimate.mean - theory) / estimate.standard_error;
    };
    const divisor other = by == likelihood ? unbiased : likelihood;
    check(risk, expected);
    check(squares, wasserstein_risk_variance(m, n, by));
    check(to, kl_to_truth(1, m, n, by));
    check(from, kl_from_truth(1, m, n, by));
    check(alive, survival(0.8, m, n, by));
    // The twin that must fail: the other divisor's theory.
    const auto wrong = simulacra_test::mean_of(alive);
    CHECK(std::abs(wrong.mean - survival(0.8, m, n, other)) > simulacra_test::z_limit * wrong.standard_error);
    const auto excess = simulacra_test::mean_of(from);
    CHECK(std::abs(excess.mean - kl_from_truth(1, m, n, other)) > simulacra_test::z_limit * excess.standard_error);
  }
}
