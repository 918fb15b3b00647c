// Level sets, modes, and the collapse profile.
#include "support.hpp"

#include <string>
#include <vector>

#include <simulacra/metrics.hpp>
#include <simulacra/random/uniform.hpp>

using namespace simulacra_test;

namespace {

struct normal_truth {
  [[nodiscard]] Index dimension() const { return 1; }
  [[nodiscard]] samples<double, 1> sample(Index n, stream& rng) const { return normal_sample<1>(1, n, 0, 1, rng); }
  template <class Column>
  [[nodiscard]] double log_density(const Column& x) const {
    return -0.5 * x[0] * x[0];
  }
};

std::vector<measured> series(std::initializer_list<double> values, double error) {
  std::vector<measured> all;
  for (const double v : values) all.push_back({v, error * std::abs(v)});
  return all;
}

std::string verdicts(const std::array<profile_row, 8>& rows) {
  std::string all;
  for (const profile_row& row : rows) all += row.says == verdict::yes ? 'y' : row.says == verdict::no ? 'n' : '-';
  return all;
}

}  // namespace

TEST_CASE("level sets: of a normal law they are intervals of known ends, and models fill them as they should") {
  stream rng(3);
  const auto sets = level_sets_of(normal_truth{}, 0.1, 0.01, 200'000, rng);
  // |x| = 1.645 and 2.576; the error of a quantile at probability p is sqrt(p (1 - p) / n) over the density of |x| there
  CHECK_Z(std::sqrt(-2 * sets.tail_level), 1.6448536269514722, std::sqrt(0.09 / 200'000) / (2 * 0.10313564037537139));
  CHECK_Z(std::sqrt(-2 * sets.outside_level), 2.5758293035489004, std::sqrt(0.0099 / 200'000) / (2 * 0.014459743129634353));
  const auto real = masses_in(sets, normal_truth{}, normal_sample<1>(1, 50'000, 0, 1, rng));
  const double error = std::sqrt(1.0 / 50'000 + 1.0 / 200'000);
  CHECK_Z(real.core.value, 0.9, 0.3 * error);
  CHECK_Z(real.tail.value, 0.09, std::sqrt(0.09 * 0.91) * error);
  CHECK_Z(real.outside.value, 0.01, std::sqrt(0.0099) * error);
  CHECK(sets.outside_error == doctest::Approx(std::sqrt(0.0099 / 200'000)).epsilon(1e-14));
  // sqrt(p (1 - p) / n) at an estimated p: the standard error of p times the slope, (1 - 2 p) / (2 n sqrt(p (1 - p) / n))
  const double binomial = std::sqrt(0.09 * 0.91 / 50'000);
  CHECK_Z(real.tail.error, binomial, std::sqrt(0.09 * 0.91) * error * 0.82 / (2 * 50'000 * binomial));
  // A narrower law has lost its tails, a shifted one makes things up.
  CHECK(masses_in(sets, normal_truth{}, normal_sample<1>(1, 10'000, 0, 0.5, rng)).tail.value < 0.005);
  CHECK(masses_in(sets, normal_truth{}, normal_sample<1>(1, 10'000, 3, 0.5, rng)).outside.value > 0.7);
}

TEST_CASE("level sets: a law without tails has none, and its own draws do not lack them") {
  struct uniform_truth {
    [[nodiscard]] Index dimension() const { return 1; }
    [[nodiscard]] samples<double, 1> sample(Index n, stream& rng) const {
      samples<double, 1> x(1, n);
      for (Index i = 0; i < n; ++i) x[i] = uniform(rng);
      return x;
    }
    [[nodiscard]] double log_density(const point<double, 1>& x) const {
      return x[0] >= 0 && x[0] < 1 ? 0 : -std::numeric_limits<double>::infinity();
    }
  };
  stream rng(4);
  const auto sets = level_sets_of(uniform_truth{}, 0.05, 0.01, 2000, rng);
  CHECK(sets.tail == 0);
  CHECK(sets.outside == 0);
  const auto own = masses_in(sets, uniform_truth{}, uniform_truth{}.sample(500, rng));
  CHECK(own.core.value == 1);
  const collapse_series s{.generations = {1, 2},
                          .tail = {own.tail, own.tail},
                          .outside = {own.outside, own.outside},
                          .real_tail = sets.tail - sets.outside,
                          .real_outside = sets.outside};
  CHECK(verdicts(collapse_profile(s)) == "-------n");
}

TEST_CASE("level sets: that few draws of the truth show no tail is no certainty that it has none") {
  stream rng(5);
  const auto sets = level_sets_of(normal_truth{}, 0.05, 0.001, 100'000, rng);
  int none = 0, cried = 0;
  for (int r = 0; r < 200; ++r) {
    const auto own = masses_in(sets, normal_truth{}, normal_sample<1>(1, 10, 0, 1, rng));
    none += own.tail.value == 0;
    CHECK(own.tail.error > 0);
    const collapse_series s{.generations = {1, 2},
                            .tail = {own.tail, own.tail},
                            .real_tail = sets.tail - sets.outside,
                            .real_tail_error = sets.tail_error};
    cried += collapse_profile(s)[5].says == verdict::yes;
  }
  CHECK_Z(none / 200.0, std::pow(1 - 0.049, 10), std::sqrt(0.605 * 0.395 / 200));
  CHECK(cried == 0);
}

TEST_CASE("modes: who is covered, who is near none") {
  samples<double, 2> centres(2, 3);
  centres << 0, 10, 0, 0, 0, 10;
  samples<double, 2> x(2, 4);
  x << 0.1, -0.2, 10, 5, 0, 0.3, 0.5, 5;
  const auto found = coverage_of_modes(centres, 1, x);
  CHECK(found.covered.value == doctest::Approx(2.0 / 3));
  CHECK(found.unassigned.value == 0.25);
  CHECK(found.unassigned.error == doctest::Approx(std::sqrt(0.25 * 0.75 / 4)));
  REQUIRE(found.mass.size() == 3);
  CHECK(found.mass[0].value == 0.5);
  CHECK(found.mass[1].value == 0.25);
  CHECK(found.mass[2].value == 0);
  CHECK(coverage_of_modes(centres, 1, x, 2).covered.value == doctest::Approx(1.0 / 3));
  // Four draws miss a mode of share 1/2 with probability 1/16, one of share 1/4 with 81/256.
  const double variance = 15.0 / 256 + 81.0 * 175 / 65536;
  CHECK(found.covered.error == doctest::Approx(std::sqrt(variance) / 3).epsilon(1e-13));
  const std::vector<Index> labels{0, 0, 1, -1};
  const auto labelled = coverage_of_modes(labels, 3);
  CHECK(labelled.covered.value == found.covered.value);
  CHECK(labelled.covered.error == found.covered.error);
  CHECK(labelled.unassigned.value == 0.25);
}

TEST_CASE("modes: the stated error of the coverage is that of independent modes, and no less than its spread") {
  // Ten modes of equal shares, 30 draws, three wanted.
  using simulacra::detail::at_least;
  constexpr int replicates = 2000;
  std::vector<double> covered, variances;
  for (std::uint64_t r = 0; r < replicates; ++r) {
    stream rng = stream_of(21, r);
    std::vector<Index> labels(30);
    for (Index& label : labels) label = uniform_index(10, rng);
    const auto found = coverage_of_modes(labels, 10, 3);
    covered.push_back(found.covered.value);
    variances.push_back(found.covered.error * found.covered.error);
  }
  // Each mode's count c is binomial; from it the variance is stated as q (1 - q) / 100 with q = P(3 or more of 30 | c / 30).
  double expected = 0;
  for (Index c = 0; c <= 30; ++c) {
    const double q = at_least(3, 30, static_cast<double>(c) / 30),
                 probability = at_least(c, 30, 0.1) - at_least(c + 1, 30, 0.1);
    expected += 10 * probability * q * (1 - q) / 100;
  }
  const auto stated = mean_of(variances);
  CHECK_Z(stated.mean, expected, stated.standard_error);
  // Draws that one mode has are none of another's: the true spread is smaller. (A variance's relative error is sqrt(2 / R) or so.)
  const double spread = mean_of(covered).standard_error * mean_of(covered).standard_error * replicates;
  CHECK(z_score(stated.mean, spread, std::hypot(stated.standard_error, spread * std::sqrt(2.0 / replicates))) > -z_limit);
  CHECK(at_least(3, 30, 0.1) == doctest::Approx(0.5886487604404943).epsilon(1e-12));  // scipy.stats.binom.sf(2, 30, 0.1)
  CHECK(at_least(1, 4, 0) == 0);
  CHECK(at_least(5, 4, 0.5) == 0);
  CHECK(at_least(2, 1'000'000, 0.5) == 1);
}

TEST_CASE("collapse profile: a chain that collapses in every sense, and one in none") {
  collapse_series s{.generations = {1, 2, 4, 8, 16, 32}};
  CHECK(verdicts(collapse_profile(s)) == "--------");
  s.risk = series({0.01, 0.02, 0.04, 0.08, 0.16, 0.32}, 0.05);
  s.variance = series({1, 0.95, 0.9, 0.8, 0.6, 0.3}, 0.02);
  s.tail = series({0.09, 0.08, 0.07, 0.05, 0.03, 0.01}, 0.05);
  s.modes = series({1, 1, 1, 0.9, 0.8, 0.5}, 0.05);
  s.outside = series({0.01, 0.01, 0.02, 0.04, 0.08, 0.1}, 0.1);
  s.real_tail = 0.09;
  s.real_outside = 0.01;
  s.sizes = {100, 1000, 10'000};
  s.first_risk = series({0.1, 0.01, 0.001}, 0.05);
  s.last_risk = series({0.3, 0.1, 0.03}, 0.05);
  const auto rows = collapse_profile(s);
  CHECK(verdicts(rows) == "yyyyyyyy");
  CHECK(rows[0].strength.value == doctest::Approx(32));
  CHECK(rows[0].strength.error == doctest::Approx(32 * 0.05 * std::sqrt(2.0)));
  CHECK(rows[0].z == doctest::Approx(22 / (32 * 0.05 * std::sqrt(2.0))));
  CHECK(rows[2].strength.value == doctest::Approx(1));  // risk proportional to t
  CHECK(rows[4].strength.value == doctest::Approx(0.5).epsilon(1e-3));
  CHECK(rows[5].strength.value == doctest::Approx(1.0 / 9));
  CHECK(rows[5].strength.error == doctest::Approx(0.05 / 9));
  CHECK(rows[7].strength.error == doctest::Approx(0.01));
  // What the truth's own masses are known to counts, too.
  s.real_tail_error = 0.009;
  s.real_outside_error = 0.02;
  const auto unsure = collapse_profile(s);
  CHECK(unsure[5].strength.error == doctest::Approx(std::hypot(0.05, 0.1) / 9));
  CHECK(unsure[7].strength.error == doctest::Approx(std::hypot(0.01, 0.02)));
  s.real_tail_error = s.real_outside_error = 0;

  s.risk = series({0.01, 0.0101, 0.0099, 0.01, 0.01, 0.0101}, 0.05);
  s.variance = series({1, 1, 1, 0.99, 1.01, 1}, 0.02);
  s.tail = series({0.09, 0.09, 0.09, 0.09, 0.09, 0.088}, 0.05);
  s.modes = series({1, 1, 1, 1, 1, 1}, 0.01);
  s.outside = series({0.01, 0.01, 0.01, 0.01, 0.01, 0.011}, 0.1);
  s.last_risk = series({0.11, 0.011, 0.0011}, 0.05);
  CHECK(verdicts(collapse_profile(s)) == "nnnnnnnn");
}

TEST_CASE("collapse profile: definitions disagree about a risk that grows and levels off") {
  collapse_series s{.generations = {1, 2, 3, 10, 20, 30, 40, 50}};
  s.risk = series({0.01, 0.02, 0.03, 0.05, 0.0501, 0.05, 0.0499, 0.05}, 0.02);
  const auto rows = collapse_profile(s);
  CHECK(verdicts(rows) == "nyn-----");
  CHECK(verdicts(collapse_profile(s, {.catastrophe = 3})) == "yyn-----");
}

TEST_CASE("collapse profile: one value without an error makes no slope certain") {
  // Exponents by least squares with equal weights: slope sum (x - mean) y / sum (x - mean)^2 in x = log t, and its error likewise.
  collapse_series s{.generations = {1, 2, 3, 6}};
  s.risk = {{1, 0.1}, {1, 0.1}, {1, 0.3}, {1.02, 0}};
  const auto row = collapse_profile(s)[2];
  CHECK_CLOSE(row.strength.value, std::log(1.02) / std::log(2.0), 1e-13);
  CHECK_CLOSE(row.strength.error, 0.3 / std::log(2.0), 1e-13);
  CHECK(row.says == verdict::no);
  // Known exactly, any growth is growth, and what falls is beyond the limit by minus infinity.
  s.risk = series({1, 1, 1, 1.0001}, 0);
  CHECK(collapse_profile(s)[2].says == verdict::yes);
  s.risk = series({1, 1, 1, 0.9999}, 0);
  CHECK(collapse_profile(s)[2].z == -std::numeric_limits<double>::infinity());
  // Errors whose squares underflow are errors, too.
  s.variance = series({1, 0.9, 0.8, 0.7}, 1e-200);
  CHECK(collapse_profile(s)[3].says == verdict::yes);
}

TEST_CASE("collapse profile: an error rate as promised") {
  // Of a chain without change, a definition at z = 2 cries collapse in 2.3 % of cases, and on either side (scaling law) in 4.6 %.
  int any = 0, scaling = 0;
  constexpr int trials = 4000;
  for (std::uint64_t r = 0; r < trials; ++r) {
    stream rng = stream_of(8, r);
    const auto noisy = [&rng](double v) { return measured{v * (1 + 0.02 * standard_normal(rng)), 0.02 * v}; };
    collapse_series s{.generations = {1, 2}};
    s.risk = {noisy(1), noisy(1)};
    s.sizes = {10, 100};
    s.first_risk = {noisy(1), noisy(0.1)};
    s.last_risk = {noisy(2), noisy(0.2)};
    const auto rows = collapse_profile(s, {.z = 2});
    any += rows[1].says == verdict::yes;
    scaling += rows[4].says == verdict::yes;
  }
  CHECK_Z(static_cast<double>(any) / trials, 0.02275, std::sqrt(0.02275 * 0.97725 / trials));
  CHECK_Z(static_cast<double>(scaling) / trials, 0.0455, std::sqrt(0.0455 * 0.9545 / trials));
}

TEST_CASE("level sets, modes and profile: mistakes") {
  stream rng(1);
  CHECK(throws([&] { static_cast<void>(level_sets_of(normal_truth{}, 0.1, 0.2, 1000, rng)); }, "level_sets_of", "outside"));
  CHECK(throws([&] { static_cast<void>(level_sets_of(normal_truth{}, 0.1, 0.01, 999, rng)); }, "level_sets_of", "draws"));
  CHECK(throws([&] { static_cast<void>(masses_in({}, normal_truth{}, samples<double, 1>(1, 0))); }, "masses_in"));
  CHECK(throws([&] { static_cast<void>(coverage_of_modes(line({1}), 0, line({1}))); }, "coverage_of_modes", "radius"));
  CHECK(throws(
      [&] {
        static_cast<void>(coverage_of_modes(std::vector<Index>{0, 3}, 3));
      },
      "coverage_of_modes", "labels", "3"));
  CHECK(
      throws([&] { static_cast<void>(coverage_of_modes(std::vector<Index>{}, 3)); }, "coverage_of_modes", "labels.size()"));
  CHECK(throws([&] { static_cast<void>(collapse_profile({.generations = {1}})); }, "collapse_profile", "generations"));
  CHECK(throws([&] { static_cast<void>(collapse_profile({.generations = {2, 1}})); }, "collapse_profile", "increase"));
  CHECK(throws(
      [&] {
        static_cast<void>(collapse_profile({.generations = {1, 2}, .risk = series({1, 2, 3}, 0.1)}));
      },
      "risk", "3"));
  CHECK(throws(
      [&] {
        static_cast<void>(collapse_profile({.generations = {1, 2}, .risk = series({1, 0}, 0.1)}));
      },
      "risk", "0"));
  CHECK(throws(
      [&] {
        static_cast<void>(collapse_profile({.generations = {1, 2}, .tail = {{1, not_a_number}, {1, 1}}}));
      },
      "tail", "error"));
  CHECK(throws(
      [&] {
        static_cast<void>(collapse_profile({.generations = {1, 2}, .real_tail_error = -1}));
      },
      "real_tail_error"));
}

TEST_CASE(
    "collapse profile: a chain that stands still is called diverging as often as z says, whatever its generations share") {
  // The squares of AR(1) chains of correlation 0.7, 20 generations, 20 replicates: skewed, and dependent. At z = 2 the rate is 0.02275.
  constexpr int trials = 3000, generations = 20, replicates = 20;
  constexpr double phi = 0.7, nominal = 0.022750131948179;
  const double error = std::sqrt(nominal * (1 - nominal) / trials);
  int by_replicate = 0, by_means = 0, as_independent = 0;
  stream rng = stream_of(30, 0);
  for (int k = 0; k < trials; ++k) {
    collapse_series s, means{.replicates = replicates};
    std::vector<double> x(replicates), log_t;
    std::vector<measured> later;
    for (double& v : x) v = standard_normal(rng);
    for (Index t = 1; t <= generations; ++t) {
      std::vector<double> risk(replicates);
      for (std::size_t r = 0; r < risk.size(); ++r) {
        x[r] = phi * x[r] + std::sqrt(1 - phi * phi) * standard_normal(rng);
        risk[r] = x[r] * x[r];
      }
      s.generations.push_back(t);
      means.generations.push_back(t);
      means.risk.push_back(simulacra::detail::mean_with_error(risk));
      s.risk_by_replicate.push_back(std::move(risk));
      if (t <= generations / 2) continue;
      log_t.push_back(std::log(static_cast<double>(t)));
      later.push_back(simulacra::detail::log_of(means.risk.back()));
    }
    by_replicate += collapse_profile(s, {.z = 2})[2].says == verdict::yes;
    by_means += collapse_profile(means, {.z = 2})[2].says == verdict::yes;
    const measured plain = simulacra::detail::slope_of(log_t, later, nullptr);
    as_independent += plain.value > 2 * plain.error;
  }
  CHECK_Z(static_cast<double>(by_replicate) / trials, nominal, error);
  CHECK(static_cast<double>(by_means) / trials < nominal + z_limit * error);
  CHECK(z_score(static_cast<double>(as_independent) / trials, nominal, error) > z_limit);  // as it was
}

TEST_CASE("collapse profile: from the numbers of single replicates") {
  const collapse_series s{.generations = {1, 2}, .risk_by_replicate = {{1, 2, 3}, {2, 4, 9}}};
  const auto rows = collapse_profile(s);
  CHECK_CLOSE(rows[0].strength.value, 2.5, 1e-14);                      // means 2 and 5
  CHECK_CLOSE(rows[0].strength.error, std::sqrt(7.0 / 12) / 2, 1e-13);  // of b - 2.5 a: -0.5, -1, 1.5, over 2
  CHECK_CLOSE(rows[1].strength.value, 3, 1e-14);                        // differences 1, 2, 6
  CHECK_CLOSE(rows[1].strength.error, std::sqrt(7.0 / 3), 1e-14);
  CHECK_CLOSE(rows[2].strength.value, std::log(2.5) / std::log(2.0), 1e-13);
  // t = 3 / sqrt(7/3) = 1.9640 of two degrees of freedom is as improbable as z = 1.3150 (scipy.stats: norm.isf(t.sf(1.96396101, 2))).
  CHECK_CLOSE(rows[1].z, 1.3150374135876257, 1e-9);
  CHECK_THROWS_AS(static_cast<void>(collapse_profile({.generations = {1, 2}, .risk_by_replicate = {{1, 2}}})),
                  std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(collapse_profile({.generations = {1, 2}, .risk_by_replicate = {{1, 2}, {1}}})),
                  std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(collapse_profile({.generations = {1, 2}, .risk_by_replicate = {{1, 2}, {1, HUGE_VAL}}})),
                  std::invalid_argument);
}
