// Whether intervals hold what they are of as often as they say: against exact coverage, in units of its own standard error, each beside
// a wrong interval that must be noticed.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <simulacra/random/normal.hpp>
#include <simulacra/random/uniform.hpp>
#include <simulacra/study/errors.hpp>
#include <simulacra/study/stopping.hpp>

#include "support/statistics.hpp"

namespace sim = simulacra;
using sim::Index;

namespace {

constexpr double z95 = 1.959963984540054;

/// How often something happened, against how often it should.
struct tally {
  double hits = 0, of = 0;
  void operator()(bool hit) {
    hits += hit ? 1 : 0;
    ++of;
  }
  [[nodiscard]] double share() const { return hits / of; }
  [[nodiscard]] double z(double exact) const {
    return simulacra_test::z_score(share(), exact, std::sqrt(exact * (1 - exact) / of));
  }
};

#define CHECK_COVERS(count, exact) CHECK_Z((count).share(), exact, std::sqrt((exact) * (1 - (exact)) / (count).of))
#define CHECK_FAR(count, exact) CHECK(std::abs((count).z(exact)) > simulacra_test::z_limit)

bool holds(const sim::interval& i, double value) { return i.lower <= value && value <= i.upper; }
bool within(double value, double expected, double reach) { return std::abs(value - expected) <= reach; }

}  // namespace

TEST_CASE("intervals of a mean, and of a paired difference, cover what they say at every count") {
  for (const auto& [count, by_normal] :
       {std::pair<std::size_t, double>{2, 0.6996523724985437}, {5, 0.8784403402128016}, {20, 0.935166522897288}}) {
    tally of_mean, of_band, of_difference, by_z, apart;
    sim::stream rng({.seed = 21}, {.replicate = count});
    std::vector<double> x(count), y(count);
    for (int repetition = 0; repetition < 6000; ++repetition) {
      for (std::size_t i = 0; i < count; ++i) {  // two cells that share their random numbers: correlation .9
        x[i] = sim::standard_normal(rng);
        y[i] = 0.9 * x[i] + std::sqrt(1 - 0.81) * sim::standard_normal(rng) - 3;
      }
      const sim::estimate mean = sim::estimated_mean(x), difference = sim::paired_difference(x, y);
      of_mean(holds(mean.interval(), 0));
      by_z(within(mean.value, 0, z95 * mean.error));
      of_difference(holds(difference.interval(0.9), 3));
      apart(within(difference.value, 3, z95 * sim::paired_error(1, 1, 0, static_cast<Index>(count))));
      std::vector<double> scratch = x;
      of_band(holds(sim::band_of(scratch).interval(0.99), 0));
    }
    CHECK_COVERS(of_mean, 0.95);
    CHECK_COVERS(of_band, 0.99);
    CHECK_COVERS(of_difference, 0.9);
    CHECK_COVERS(by_z, by_normal);  // exact, by Student's law
    CHECK_FAR(by_z, 0.95);          // the twins: the normal quantile, and the error of cells that share nothing
    CHECK_FAR(apart, 0.95);
  }
}

TEST_CASE("errors of a deviation and of a variance cover what the chi-square law says") {
  // s is in s -+ z s c with the probability of (R-1)/(1+zc)^2 <= chi^2 <= (R-1)/(1-zc)^2 (scipy)
  tally deviation, variance, heavy;
  std::vector<double> values(100), deviations;
  sim::stream rng({.seed = 22}, {});
  for (int repetition = 0; repetition < 6000; ++repetition) {
    for (double& v : values) v = sim::standard_normal(rng);
    const double s = sim::estimated_deviation(values).value;
    deviation(within(s, 1, z95 * sim::deviation_error(s, 3, 100)));
    heavy(within(s, 1, z95 * sim::deviation_error(s, 9, 100)));
    variance(within(s * s, 1, z95 * sim::variance_error(s * s, 3, 100)));
    const std::span<const double> ten = std::span(values).first(10);
    deviations.push_back(sim::estimated_deviation(ten).value);
  }
  CHECK_COVERS(deviation, 0.943583486691848);
  CHECK_COVERS(variance, 0.9399383095997704);
  CHECK_COVERS(heavy, 0.9991382022793037);
  CHECK_FAR(heavy, 0.943583486691848);  // the twin: the kurtosis of an exponential law
  const sim::estimate spread = sim::estimated_deviation(deviations);
  CHECK_Z(spread.value, 0.232236811176146, spread.error);  // sqrt(1 - c4(10)^2)
}

TEST_CASE("order intervals of a quantile, and the error from them") {
  struct row {
    Index replicates;
    double p, coverage, error_exponential, error_uniform;
    int repetitions;
  };
  for (const row& r : {row{100, 0.5, 0.964799799782295, 0.108758981638994, 0.0530419930466224, 4000},
                       row{1000, 0.95, 0.958095268222654, 0.145240349159971, 0.00713585254440075, 1500},
                       row{20, 0.99, 0.983140662364348, 0, 0, 4000}}) {
    const sim::order_interval order = sim::quantile_interval(r.replicates, r.p);
    const auto count = static_cast<std::size_t>(r.replicates);
    tally covered, narrow;
    std::vector<double> x(count), u(count), errors_x, errors_u;
    sim::stream rng({.seed = 23}, {.replicate = count});
    for (int repetition = 0; repetition < r.repetitions; ++repetition) {
      for (std::size_t i = 0; i < count; ++i) {
        u[i] = sim::uniform_open(rng);
        x[i] = -std::log1p(-u[i]);
      }
      std::vector<double> sorted = x;
      std::sort(sorted.begin(), sorted.end());
      const auto place = [&](Index k) { return sorted[static_cast<std::size_t>(k - 1)]; };
      const double truth = -std::log1p(-r.p);
      const bool below = order.upper > r.replicates || truth <= place(order.upper);
      covered((order.lower < 1 || place(order.lower) <= truth) && below);
      if (count == 100) narrow(place(43) <= truth && truth <= place(58));
      errors_x.push_back(sim::estimated_quantile(x, r.p).error);
      errors_u.push_back(sim::estimated_quantile(u, r.p).error);
    }
    CHECK_COVERS(covered, r.coverage);
    if (r.replicates == 100) {
      CHECK_COVERS(narrow, 0.8667893807927862);
      CHECK_FAR(narrow, r.coverage);  // the twin: three order statistics less at each end
    }
    if (r.error_exponential > 0) {
      const auto of_x = simulacra_test::mean_of(errors_x), of_u = simulacra_test::mean_of(errors_u);
      CHECK_Z(of_x.mean, r.error_exponential, of_x.standard_error);
      CHECK_Z(of_u.mean, r.error_uniform, of_u.standard_error);
      CHECK(std::abs(of_x.mean - 1.05 * r.error_exponential) > simulacra_test::z_limit * of_x.standard_error);
    }
  }
}

TEST_CASE("Wilson's interval covers what the binomial law says, and the usual one does not") {
  struct row {
    int of;
    double p, wilson, wald;
  };
  for (const row& r :
       {row{100, 0.05, 0.96589117661625, 0.877462836348513}, row{1000, 0.95, 0.950416770304198, 0.941721403186803},
        row{50, 0.001, 0.951205628197031, 0.0487941498210807}}) {
    tally wilson, wald;
    sim::stream rng({.seed = 24}, {.replicate = static_cast<std::uint64_t>(r.of)});
    for (int repetition = 0; repetition < 6000; ++repetition) {
      Index k = 0;
      for (int i = 0; i < r.of; ++i) k += sim::uniform(rng) < r.p ? 1 : 0;
      wilson(holds(sim::wilson_interval(k, r.of), r.p));
      const sim::estimate e = sim::estimated_probability(k, r.of);
      wald(within(e.value, r.p, z95 * e.error));
    }
    CHECK_COVERS(wilson, r.wilson);
    CHECK_COVERS(wald, r.wald);
    if (r.of < 1000) CHECK_FAR(wald, r.wilson);
  }
}

TEST_CASE("errors of a ratio and of a root mean square cover, to what first order leaves") {
  // 1500 repetitions of R = 1000: coverage has an error of .0056 by chance, and .001 or so (O(1/R)) of the formula.
  tally ratio, without_covariance, rms, by_jackknife, of_mean;
  std::vector<double> x(1000), y(1000), e(1000), ratios, biases, roots, tens;
  sim::stream rng({.seed = 25}, {});
  for (int repetition = 0; repetition < 1500; ++repetition) {
    for (std::size_t i = 0; i < x.size(); ++i) {  // means 1 and 3, variances 1 and 4, covariance 1.9
      const double a = sim::standard_normal(rng), b = sim::standard_normal(rng);
      x[i] = 1 + a;
      y[i] = 3 + 1.9 * a + std::sqrt(4 - 1.9 * 1.9) * b;
      e[i] = 1 + b;
    }
    const sim::estimate r = sim::estimated_ratio(x, y), root = sim::estimated_rmse(e);
    ratio(holds(r.interval(), 3));
    without_covariance(within(r.value, 3, z95 * sim::ratio_error(1, 3, 1, 4, 0, 1000)));
    rms(holds(root.interval(), std::sqrt(2.0)));
    by_jackknife(holds(sim::jackknifed_rmse(e).interval(), std::sqrt(2.0)));
    of_mean(within(root.value, std::sqrt(2.0), z95 * sim::estimated_mean(e).error));
    ratios.push_back((r.value - 3) * (r.value - 3));
    biases.push_back(r.value - r.bias - 3);
    roots.push_back(root.value);
    std::vector<double> centred(e.begin(), e.begin() + 10);
    for (double& v : centred) v -= 1;
    tens.push_back(sim::estimated_rmse(centred).value);
  }
  CHECK_COVERS(ratio, 0.95);
  CHECK_COVERS(rms, 0.95);
  CHECK_COVERS(by_jackknife, 0.95);
  CHECK_FAR(without_covariance, 0.95);  // the twins: as if x and y had nothing in common; and the error of a mean
  CHECK_FAR(of_mean, 0.95);
  const auto square = simulacra_test::mean_of(ratios), bias = simulacra_test::mean_of(biases);
  CHECK_Z(square.mean, 0.04 * 0.04, square.standard_error);
  CHECK_Z(bias.mean, 0.0, bias.standard_error);
  const sim::estimate of_roots = sim::estimated_deviation(roots), of_tens = sim::estimated_deviation(tens);
  CHECK_Z(of_roots.value, 0.0273861278752583, of_roots.error);
  CHECK_Z(of_tens.value, 0.220663152820754, of_tens.error);  // the chi law, exactly
}

TEST_CASE("rules that stop at an error of a probability have the count, bias and coverage of theory") {
  struct row {
    double p, eps;
    Index least, every;
    double count, bias, wald, wilson;
    int runs;
  };
  // exact, by dynamic programming
  for (const row& r :
       {row{0.5, 0.0501, 30, 1, 100.006842682, 0, 0.9582703874481, 0.9582703874481, 300},
        row{0.05, 0.0201, 100, 1, 122.0946673348, -0.003541527498889, 0.875936003135, 0.9717874586319, 1000},
        row{0.05, 0.0201, 20, 20, 89.33739562291, -0.01837778463138, 0.5876881081945, 0.982896963931, 3000},
        row{0.01, 0.0101, 10, 1, 22.99252997997, -0.008576308452265, 0.09509310136704, 0.9945830727993, 3000}}) {
    const sim::stopping_rule rule{.metric = "x", .mcse = r.eps, .least = r.least, .every = r.every, .guarded = false};
    tally wald, wilson;
    std::vector<double> counts, values, x;
    for (int run = 0; run < r.runs; ++run) {
      sim::stream rng({.seed = 26}, {.replicate = static_cast<std::uint64_t>(run)});
      x.clear();
      for (Index n = sim::next_look(rule, 0);; n = sim::next_look(rule, n)) {
        while (static_cast<Index>(x.size()) < n) x.push_back(sim::uniform(rng) < r.p ? 1 : 0);
        if (sim::judge(rule, x).stop) break;
      }
      const sim::estimate e = sim::estimated_mean(x);
      counts.push_back(static_cast<double>(e.count));
      values.push_back(e.value);
      wald(within(e.value, r.p, z95 * e.error));
      wilson(holds(sim::wilson_interval(std::lround(e.value * static_cast<double>(e.count)), e.count), r.p));
    }
    const auto n = simulacra_test::mean_of(counts), value = simulacra_test::mean_of(values);
    CHECK_Z(n.mean, r.count, n.standard_error);
    CHECK_Z(value.mean, r.p + r.bias, value.standard_error);
    CHECK_COVERS(wald, r.wald);
    CHECK_COVERS(wilson, r.wilson);
    if (r.p < 0.5) {  // the twins: no bias, and what the interval says
      CHECK(std::abs(value.mean - r.p) > simulacra_test::z_limit * value.standard_error);
      CHECK_FAR(wald, 0.95);
    }
  }
}

TEST_CASE("rules that stop at an error of a normal mean have the count and coverage of theory") {
  struct row {
    double eps;
    Index least;
    double count, at_once, coverage;
  };
  for (const row& r : {row{0.2, 31, 31.75851979397, 0.8286133509977, 0.9724472302984},
                       row{0.5, 3, 4.575299117317, 0.527633447259, 0.9440425346789}}) {
    const sim::stopping_rule rule{.metric = "x", .mcse = r.eps, .least = r.least, .every = 2};
    tally at_once, covered;
    std::vector<double> counts, x(300);
    for (int run = 0; run < 6000; ++run) {
      sim::stream rng({.seed = 27}, {.replicate = static_cast<std::uint64_t>(run)});
      for (double& v : x) v = sim::standard_normal(rng);
      const Index n = sim::stopping_point(rule, x);
      REQUIRE(n > 0);
      counts.push_back(static_cast<double>(n));
      at_once(n == r.least);
      covered(within(sim::estimated_mean(std::span(x).first(static_cast<std::size_t>(n))).value, 0, z95 * r.eps));
    }
    const auto n = simulacra_test::mean_of(counts);
    CHECK_Z(n.mean, r.count, n.standard_error);
    CHECK_COVERS(at_once, r.at_once);
    CHECK_COVERS(covered, r.coverage);
    CHECK(std::abs(n.mean - 1 / (r.eps * r.eps)) > simulacra_test::z_limit * n.standard_error);  // the twin: (sd/eps)^2
  }
  // Far from `least` the count is that for a known deviation, (2/.05)^2 = 1600, but for O(1).
  const sim::stopping_rule far{.metric = "x", .mcse = 0.05, .least = 1000, .every = 1};
  std::vector<double> counts, x(2200);
  for (int run = 0; run < 12; ++run) {
    sim::stream rng({.seed = 28}, {.replicate = static_cast<std::uint64_t>(run)});
    for (double& v : x) v = 2 * sim::standard_normal(rng);
    counts.push_back(static_cast<double>(sim::stopping_point(far, x)));
  }
  CHECK_Z(simulacra_test::mean_of(counts).mean, 1600.0, std::sqrt(2 * 1600.0 / 12));
}
