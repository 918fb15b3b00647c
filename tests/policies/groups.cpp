#include <doctest/doctest.h>

#include <cmath>
#include <set>
#include <vector>

#include <simulacra/categorical.hpp>
#include <simulacra/gaussian.hpp>
#include <simulacra/metrics/groups.hpp>
#include <simulacra/policies/stratified.hpp>
#include <simulacra/policies/with_origin.hpp>
#include <simulacra/recursion.hpp>

#include "support/statistics.hpp"
#include "support/throws.hpp"

using namespace simulacra;
using simulacra_test::throws;

namespace {

const gaussian<double, 1> normal(0.0, 1.0);
const gaussian_estimator<double, 1> likelihood(divisor::n);
const auto side = [](const auto& x) { return x[0] > 0 ? 1 : 0; };

/// Origins of what the last model was trained on, as pairs of generation and count, in order.
template <class Recipe>
std::vector<std::pair<Index, Index>> origins(const Recipe& recipe, Index generations, Index samples) {
  std::vector<std::pair<Index, Index>> runs;
  run_lineage(experiment{with_origin(normal), with_origin(likelihood), recipe},
              plan{.generations = generations, .samples = samples}, stream(3), [&](const auto& g) {
                runs.clear();
                for (const origin& o : g.data.data.origins)
                  if (!runs.empty() && runs.back().first == o.generation)
                    ++runs.back().second;
                  else
                    runs.emplace_back(o.generation, 1);
              });
  return runs;
}
using runs = std::vector<std::pair<Index, Index>>;

}  // namespace

TEST_CASE("origin: observations know where they came from, through what is kept, joined, cut and picked") {
  CHECK(origins(replace{}, 4, 10) == runs{{3, 10}});
  CHECK(origins(accumulate{}, 3, 10) == runs{{0, 10}, {1, 10}, {2, 10}});
  CHECK(origins(preserve(0.3), 4, 10) == runs{{0, 3}, {3, 7}});
  CHECK(origins(window(1), 4, 5) == runs{{2, 5}, {3, 5}});
  CHECK(origins(fresh_real(2), 4, 5) == runs{{0, 2}, {3, 5}});
  // Of 4 x 50 observations in the pool 50 are picked: each generation's share is hypergeometric.
  std::vector<double> picked(4);
  run_lineage(experiment{with_origin(normal), with_origin(likelihood), accumulate_subsample{}},
              plan{.generations = 4, .samples = 50}, stream(3), [&](const auto& g) {
                CHECK(g.data.data.origins.size() == 50);
                if (g.number == 4) picked = origin_shares(g.data.data, 4);
              });
  const double error = std::sqrt(0.25 * 0.75 / 50 * 150 / 199);
  for (const double share : picked) CHECK_Z(share, 0.25, error);
  CHECK(picked[0] + picked[1] + picked[2] + picked[3] == doctest::Approx(1).epsilon(1e-14));
  CHECK(throws(
      [&] {
        (void)origin_shares(traced<samples<double, 1>>{samples<double, 1>::Zero(1, 1), {{3, 0}}}, 3);
      },
      "origin_shares"));
}

TEST_CASE("origin: the numbers are those of data without origins, weighted or not") {
  const auto same = [](const auto& recipe) {
    const plan how{.generations = 6, .samples = 10, .how = draw::stored};
    const auto bare = run_lineage(experiment{normal, likelihood, recipe}, how, stream(4));
    const auto traced = run_lineage(experiment{with_origin(normal), with_origin(likelihood), recipe}, how, stream(4));
    CHECK(traced.model->law.variance() == bare.model->variance());
    CHECK(traced.model->from == origin{6, 0});
  };
  same(any_recipe(accumulate{}));
  same(any_recipe(weighted(5, 0.4)));
  same(any_recipe(accumulate_subsample{}));
}

TEST_CASE("origin: in a population the member is known") {
  std::set<Index> members;
  run_population(population{with_origin(normal), many(member{with_origin(likelihood), pooled(replace{})}, 3)},
                 plan{.generations = 3, .samples = 30}, stream(4), [&](const auto& g) {
                   if (g.number < 3) return;
                   g.for_each([&](const auto& one, Index) {
                     for (const origin& o : one.data.data.origins) {
                       CHECK(o.generation == 2);
                       members.insert(o.member);
                     }
                   });
                 });
  CHECK(members == std::set<Index>{0, 1, 2});
}

TEST_CASE("groups: mass and risk, by hand") {
  samples<double, 1> x(1, 5);
  x << -1, -2, 3, -0.5, 1;
  const std::vector<double> mass = group_mass(x, side, 2);
  CHECK_CLOSE(mass[0], 0.6, 1e-14);
  CHECK_CLOSE(mass[1], 0.4, 1e-14);
  const std::vector<double> risk = group_risk(normal, x, side, 3);
  const double base = 0.5 * std::log(2 * 3.14159265358979323846);
  CHECK_CLOSE(risk[0], base + (1 + 4 + 0.25) / 6, 1e-14);
  CHECK_CLOSE(risk[1], base + (9 + 1) / 4.0, 1e-14);
  CHECK(std::isnan(risk[2]));
  CHECK(throws([&] { (void)group_mass(x, side, 1); }, "group_of"));
  CHECK(throws([&] { (void)group_mass(x, side, 0); }, "groups"));
}

TEST_CASE("stratified: symbols have the exact law, and what has died out ends the chain") {
  const categorical p({0.5, 0.3, 0.15, 0.05});
  const auto late = [](const auto& x) { return x[0] > 1 ? 1 : 0; };
  const std::vector<double> q = stratified(late, {0.5, 0.5})(p).probabilities();
  const double expected[] = {0.3125, 0.1875, 0.375, 0.125};
  for (std::size_t i = 0; i < 4; ++i) CHECK_CLOSE(q[i], expected[i], 1e-14);
  CHECK(stratified(late, {1, 0})(p).probabilities()[3] == 0);
  CHECK_THROWS_AS(stratified(late, {0.5, 0.5})(categorical({0.5, 0.5, 0, 0})), chain_end);
  // With a quota the minority's mass stays where it is, as long as it is drawn at all.
  const experiment what{p, categorical_estimator(4), replace{}, stratified(late, {0.8, 0.2})};
  run_lineage(what, {.generations = 200, .samples = 1000}, stream(2), [](const auto& g) {
    const double minority = g.model.probability(2) + g.model.probability(3);
    CHECK_Z(minority, 0.2, std::sqrt(0.2 * 0.8 / 1000));  // the same in every generation
  });
  const auto lost = run_lineage(experiment{p, categorical_estimator(4), replace{}, stratified(late, {0.99, 0.01})},
                                {.generations = 2000, .samples = 20}, stream(2));
  CHECK(lost.why == ending::failure);
  CHECK(lost.last.reason == "a group that is to be published has died out");
  CHECK(throws([&] { (void)stratified(late, {0.5, 0.4}); }, "sum of quotas"));
  CHECK(throws([&] { (void)stratified(late, {1})(p); }, "group_of"));
}

TEST_CASE("stratified: other laws are drawn from until each group has its share") {
  const auto law = stratified(side, {0.9, 0.1})(normal);
  stream rng(6);
  const Index n = 200'000;
  const samples<double, 1> x = law.sample(n, rng);
  const std::vector<double> mass = group_mass(x, side, 2);
  CHECK_Z(mass[1], 0.1, std::sqrt(0.09 / static_cast<double>(n)));
  // Half-normal on either side: mean (0.1 - 0.9) sqrt(2/pi), second moment 1.
  const double mean = -0.8 * std::sqrt(2 / 3.14159265358979323846);
  CHECK_Z(x.mean(), mean, std::sqrt((1 - mean * mean) / static_cast<double>(n)));
  CHECK_Z(x.array().square().mean(), 1, std::sqrt(2 / static_cast<double>(n)));
  CHECK(std::abs(x.mean()) / std::sqrt(1 / static_cast<double>(n)) > 100);  // planted: the model as it is has mean 0
  // The draws are independent: groups of neighbours are.
  double both = 0;
  for (Index i = 1; i < n; ++i) both += x(0, i) > 0 && x(0, i - 1) > 0 ? 1 : 0;
  CHECK_Z(both / static_cast<double>(n - 1), 0.01, std::sqrt(0.01 * 0.99 * 1.2 / static_cast<double>(n)));
  const auto gone = stratified([](const auto& y) { return y[0] > 50 ? 1 : 0; }, {0.5, 0.5}, 100)(normal);
  CHECK_THROWS_AS((void)gone.sample(10, rng), chain_end);
}
