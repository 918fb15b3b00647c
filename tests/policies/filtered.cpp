// Ingredients of which so many are tried, and a random number is given: what is given is what counts.
#include "support/statistics.hpp"
#include "support/throws.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include <simulacra/categorical.hpp>
#include <simulacra/ensemble.hpp>
#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>

using namespace simulacra;
using simulacra_test::mean_of;
using simulacra_test::throws;
using simulacra_test::z_limit;
using simulacra_test::z_score;

namespace {

const gaussian<double, 1> normal(0.0, 1.0);
const auto positive = [](const auto& x) { return x[0] > 0; };

/// Half real, half of what a model is tried for.
struct half_filtered {
  double weight = -1;
  ingredients operator()(Index t, Index m) const {
    if (t == 0) return {from_truth(m)};
    ingredient real = from_truth(m / 2), model = from_model(t, m / 2).filtered();
    if (weight >= 0) real.weight = 1 - weight, model.weight = weight;
    return {real, model};
  }
  [[nodiscard]] retention keeps() const { return {}; }
};

/// All of it is tried.
struct all_filtered {
  ingredients operator()(Index t, Index m) const { return {t == 0 ? from_truth(m) : from_model(t, m).filtered()}; }
  [[nodiscard]] retention keeps() const { return {}; }
};

}  // namespace

TEST_CASE("filtered: a random number is kept, and the law knows how many") {
  const experiment what{normal, gaussian_estimator<double, 1>(divisor::n), half_filtered{},
                        verified(positive, {.keep = 0.8, .pass = 0.1})};
  // E x 1(passes) and P(passes) of N(m, v)
  const auto passed = [](const gaussian<double, 1>& q) {
    const double m = q.mean()[0], s = std::sqrt(q.variance());
    const double above = std::erfc(-m / s / std::sqrt(2.0)) / 2,
                 peak = std::exp(-m * m / q.variance() / 2) / std::sqrt(2 * 3.141592653589793);
    return std::array{0.8 * (m * above + s * peak) + 0.1 * (m * (1 - above) - s * peak), 0.8 * above + 0.1 * (1 - above)};
  };
  for (const draw how : {draw::stored, draw::streamed, draw::cheapest}) {
    std::vector<double> kept, misfit, planted;
    for (std::uint64_t r = 0; r < 400; ++r) {
      std::optional<gaussian<double, 1>> before;
      run_lineage(what, {.generations = 2, .samples = 100, .how = how}, stream(stream_key{5, 0}, {.replicate = r}),
                  [&](const auto& g) {
                    if (!before) {
                      before = g.model;
                      return;
                    }
                    const double given = static_cast<double>(g.data.count()) - 50;
                    REQUIRE(g.law.size() == 2);
                    CHECK(g.law[0].share == 50 / (50 + given));
                    CHECK(g.law[1].share == given / (50 + given));
                    const auto [sum, rate] = passed(*before);
                    kept.push_back(given - 50 * rate);
                    // A fit's mean is that of its data. Given how many there are, it is on average that of T; with shares of what was asked
                    // for, 1/2 each, it would not be.
                    misfit.push_back(g.model.mean()[0] - g.law[1].share * sum / rate);
                    planted.push_back(g.model.mean()[0] - 0.5 * sum / rate);
                  });
    }
    CHECK_Z(mean_of(kept).mean, 0, mean_of(kept).standard_error);
    CHECK_Z(mean_of(misfit).mean, 0, mean_of(misfit).standard_error);
    CHECK_FALSE(std::abs(z_score(mean_of(planted).mean, 0, mean_of(planted).standard_error)) <= z_limit);
    // given | model ~ Bin(50, rate), of variance about 50 x .45 x .55
    CHECK(std::abs(mean_of(kept).standard_error - std::sqrt(50 * 0.45 * 0.55 / 400)) < 0.03);
  }
}

TEST_CASE("filtered: weights are of what is given, and nothing at all weighs nothing") {
  const experiment what{normal, gaussian_estimator<double, 1>(divisor::n), half_filtered{.weight = 0.25},
                        verified(positive, {.keep = 0.2})};
  bool none = false, some = false;
  for (std::uint64_t r = 0; r < 60; ++r)
    run_lineage(what, {.generations = 2, .samples = 20, .how = draw::stored}, stream(stream_key{2, 0}, {.replicate = r}),
                [&](const auto& g) {
                  if (g.number != 2) return;
                  const Index given = g.data.count() - 10;
                  CHECK(g.law[1].share == (given > 0 ? 0.25 : 0));
                  (given > 0 ? some : none) = true;
                  if (given > 0) CHECK(g.data.w.tail(given).sum() / g.data.w.sum() == doctest::Approx(0.25));
                });
  CHECK(none);
  CHECK(some);
}

TEST_CASE("filtered: where nothing is given the lineage ends, with a reason") {
  const experiment what{normal, gaussian_estimator<double, 1>(divisor::n), all_filtered{},
                        verified([](const auto& x) { return x[0] > 100; })};
  const auto line = run_lineage(what, {.generations = 3, .samples = 20}, stream(1));
  CHECK(line.generations == 1);
  CHECK(line.why == ending::failure);
  CHECK(line.last.reason == "too little passes the filters");
}

TEST_CASE("filtered: a plug-in may return fewer where it is said, and nowhere else, and never more") {
  struct lossy {
    gaussian<double, 1> of;
    Index change;
    [[nodiscard]] Index dimension() const { return 1; }
    [[nodiscard]] samples<double, 1> sample(Index n, stream& rng) const { return of.sample(n + change, rng); }
  };
  const auto run = [](auto recipe, Index change) {
    const auto decode = [change](const auto& m) { return lossy{m, change}; };
    return run_lineage(experiment{normal, gaussian_estimator<double, 1>(divisor::n), recipe, decode},
                       {.generations = 3, .samples = 20}, stream(1));
  };
  CHECK(run(all_filtered{}, -5).generations == 3);
  CHECK(throws([&] { run(replace{}, -5); }, "be 1 x 20"));
  CHECK(throws([&] { run(all_filtered{}, 1); }, "1 x 21"));
  struct kept_and_filtered {
    ingredients operator()(Index t, Index m) const { return {t == 0 ? from_truth(m) : from_data(t - 1).filtered()}; }
    [[nodiscard]] retention keeps() const { return {.data = 1}; }
  };
  CHECK(throws([&] { run(kept_and_filtered{}, 0); }, "ingredient.filtered()"));
}

TEST_CASE("acceptance: tries, what is kept, and their ratio are columns, with the same bits on any number of threads") {
  const categorical truth{0.5, 0.5};
  const verification noisy{.keep = 0.9, .pass = 0.3};
  const auto right = [](const auto& x) { return x[0] == 1; };
  const experiment filtered{truth, categorical_estimator(2), all_filtered{}, verified(right, noisy)};
  const replication many{.replicates = 300, .seed = 4};
  const auto records =
      run_ensemble(filtered, {.generations = 3, .samples = 40}, many, serial_executor{}, acceptance_probe());
  const auto last = [&](const char* name) { return records.at_generation(3, name); };
  const auto second = [&](const char* name) { return records.at_generation(2, name); };
  // model 1 is right with X / 40, of mean 1/2, so that 0.6 pass on average; generation 2 of the data is the second fit's
  CHECK(second("tried").mean == 40);
  CHECK_Z(second("kept").mean, 24, second("kept").mcse);
  CHECK_Z(second("acceptance").mean, 0.6, second("acceptance").mcse);
  CHECK(last("acceptance").mean > second("acceptance").mean);
  CHECK(records.at_generation(1, "tried").mean == 0);
  for (const int threads : {2, 7}) {
    const auto same = run_ensemble(filtered, {.generations = 3, .samples = 40}, many, thread_executor{.threads = threads},
                                   acceptance_probe());
    CHECK(same.values_at_generation(3, "kept") == records.values_at_generation(3, "kept"));
  }
  // rejection counts its tries, too: a window of one standard deviation lets .68 pass
  const experiment window{normal, gaussian_estimator<double, 1>(divisor::n), replace{},
                          verified([](const auto& x) { return std::abs(x[0]) < 1; })};
  for (const draw how : {draw::stored, draw::streamed}) {
    const auto tries = run_ensemble(window, {.generations = 2, .samples = 2000, .how = how}, {.replicates = 100, .seed = 1},
                                    serial_executor{}, acceptance_probe());
    const auto rate = tries.at_generation(2, "acceptance");
    CHECK(tries.at_generation(2, "kept").mean == 2000);
    // P(|x| < 1) under N(m, v) with v = 1 - 1/2000 +- 1/sqrt(1000) on average: 0.6827, to second order in v - 1 within 3e-4
    CHECK(std::abs(rate.mean - 0.68269) < 4.5 * rate.mcse + 3e-4);
  }
}
