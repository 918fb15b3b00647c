#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <simulacra/random/normal.hpp>
#include <simulacra/random/uniform.hpp>
#include <simulacra/study/stopping.hpp>

#include "support/statistics.hpp"
#include "support/throws.hpp"

namespace sim = simulacra;
using sim::Index;

namespace {

struct repetition {
  double at, value;
  bool covered, wilson;
};

/// Runs of a rule on Bernoulli numbers.
std::vector<repetition> bernoulli(double p, const sim::stopping_rule& rule, int runs, std::uint64_t seed) {
  std::vector<repetition> all;
  for (int i = 0; i < runs; ++i) {
    sim::stream rng({.seed = seed}, {.replicate = static_cast<std::uint64_t>(i)});
    std::vector<double> values;
    Index at = 0, looked = 0;
    while (at == 0) {
      looked = sim::next_look(rule, looked);
      while (static_cast<Index>(values.size()) < looked) values.push_back(sim::uniform(rng) < p ? 1 : 0);
      if (sim::judge(rule, values).stop) at = looked;
    }
    const sim::estimate e = sim::estimated_mean(values);
    const auto ones = static_cast<Index>(std::lround(e.value * static_cast<double>(at)));
    const sim::interval w = sim::wilson_interval(ones, at);
    all.push_back({static_cast<double>(at), e.value, std::abs(e.value - p) <= 1.959963984540054 * e.error,
                   w.lower <= p && p <= w.upper});
  }
  return all;
}

simulacra_test::mean_and_error mean(const std::vector<repetition>& all, auto part) {
  std::vector<double> values;
  for (const repetition& r : all) values.push_back(static_cast<double>(part(r)));
  return simulacra_test::mean_of(values);
}

}  // namespace

TEST_CASE("stopping at an error: number of replicates, bias and coverage are those of theory") {
  // Exact by dynamic programming: s_n / sqrt n <= eps looked at from 20 on, each time; p = .05, eps = .0201.
  const sim::stopping_rule naive{.metric = "x", .mcse = 0.0201, .least = 20, .every = 1, .guarded = false};
  const auto runs = bernoulli(0.05, naive, 1000, 11);
  const auto at = mean(runs, [](auto& r) { return r.at; }), value = mean(runs, [](auto& r) { return r.value; });
  const auto covered = mean(runs, [](auto& r) { return r.covered; }), wilson = mean(runs, [](auto& r) { return r.wilson; });
  CHECK_Z(at.mean, 81.10569462167, at.standard_error);
  CHECK_Z(value.mean, 0.05 - 0.01893938893261, value.standard_error);
  CHECK_Z(covered.mean, 0.6363891240541, std::sqrt(0.636 * 0.364 / 1000));
  CHECK_Z(wilson.mean, 0.9807696937289, std::sqrt(0.981 * 0.019 / 1000));
  CHECK(std::abs(value.mean - 0.05) > 4.5 * value.standard_error);  // the twin: it is biased
  // With the guard a rare event is waited for.
  sim::stopping_rule guarded = naive;
  guarded.guarded = true;
  const auto better = mean(bernoulli(0.05, guarded, 400, 12), [](auto& r) { return r.covered; });
  CHECK(better.mean > covered.mean + 4.5 * std::hypot(better.standard_error, covered.standard_error));
}

TEST_CASE("stopping at an error of a normal mean") {
  // Exact (Robbins, Starr): sigma 1, eps .2, least 5, every 2: E N = 22.91225, fixed width +- z eps covers .90756.
  const sim::stopping_rule rule{.metric = "x", .mcse = 0.2, .least = 5, .every = 2};
  std::vector<double> at, value, covered;
  for (int i = 0; i < 1500; ++i) {
    sim::stream rng({.seed = 13}, {.replicate = static_cast<std::uint64_t>(i)});
    std::vector<double> x(400);
    for (double& v : x) v = sim::standard_normal(rng);
    const Index n = sim::stopping_point(rule, x);
    REQUIRE(n > 0);
    x.resize(static_cast<std::size_t>(n));
    at.push_back(static_cast<double>(n));
    value.push_back(sim::estimated_mean(x).value);
    covered.push_back(std::abs(value.back()) <= 1.959963984540054 * 0.2 ? 1 : 0);
  }
  const auto n = simulacra_test::mean_of(at), v = simulacra_test::mean_of(value), c = simulacra_test::mean_of(covered);
  CHECK_Z(n.mean, 22.91225358547, n.standard_error);
  CHECK_Z(v.mean, 0.0, v.standard_error);
  CHECK_Z(c.mean, 0.9075627706244, c.standard_error);
  CHECK(std::abs(c.mean - 0.95) > 4.5 * c.standard_error);  // the twin: it is not what the width says
}

TEST_CASE("a rule looks where it says, and ends with a sentence where no number of replicates helps") {
  sim::stopping_rule rule{.metric = "x", .mcse = 0.1, .least = 100, .most = 1000};
  CHECK(sim::next_look(rule, 0) == 100);
  CHECK(sim::next_look(rule, 100) == 125);
  CHECK(sim::next_look(rule, 990) == 1000);
  rule.every = 50;
  CHECK(sim::next_look(rule, 100) == 150);
  const std::vector<double> equal(100, 2.5), zeros(100, 0.0);
  CHECK(sim::judge(rule, equal).stop);
  CHECK(sim::judge(rule, equal).reason == "x is 2.5 in all of 100 replicates");
  std::vector<double> endless = zeros;
  endless[3] = std::numeric_limits<double>::infinity();
  CHECK(sim::judge(rule, endless).reason.find("infinite in 1 of 100") != std::string::npos);
  CHECK(sim::judge(rule, std::vector<double>(3, std::nan(""))).reason.find("no replicate") == 0);
  rule.mcse = 0.001;
  CHECK_FALSE(sim::judge(rule, zeros).stop);  // 0 of 100 may be a rare event: its error is not 0
  rule.guarded = false;
  CHECK(sim::judge(rule, zeros).stop);
  rule.of = sim::statistic::probability;
  CHECK_FALSE(sim::judge(rule, zeros).stop);
  CHECK(simulacra_test::throws([&] { static_cast<void>(sim::judge(rule, equal)); }, "judge", "0 or 1"));
  std::vector<double> many;
  sim::stream rng({.seed = 1}, {});
  for (int i = 0; i < 1000; ++i) many.push_back(sim::standard_normal(rng));
  for (const auto of : {sim::statistic::mean, sim::statistic::quantile, sim::statistic::deviation}) {
    rule.of = of;
    const sim::judgement j = sim::judge(rule, many);
    CHECK(j.stop);
    CHECK(j.reason.find("most replicates were run") != std::string::npos);
    rule.mcse = j.error;
    CHECK(sim::judge(rule, many).reason.empty());
    rule.mcse = 0.001;
  }
  std::vector<double> over = many;
  for (double& v : over) v += 10;
  rule.of = sim::statistic::ratio;
  CHECK(simulacra_test::throws([&] { static_cast<void>(sim::judge(rule, many, over)); }, "over"));
  rule.over = "y";
  CHECK_CLOSE(sim::judge(rule, many, over).error, sim::estimated_ratio(over, many).error, 1e-15);
}
