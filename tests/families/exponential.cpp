#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <simulacra/one_parameter.hpp>
#include <simulacra/recursion.hpp>

#include "families/one_parameter_support.hpp"

namespace sim = simulacra;
using sim::Index;

static_assert(sim::collapses_to<sim::exponential<>, sim::total> && sim::streams_to<sim::exponential<float>, sim::total>);
static_assert(sim::has_moments<sim::exponential<float>> && sim::has_summary<sim::exponential_estimator<float>>);
static_assert(sim::fits_weighted<sim::exponential_estimator<float>, sim::samples<float, 1>>);

using namespace simulacra_test;

namespace {

/// psi and its derivative at a whole number, as sums.
double digamma(Index m) {
  double sum = -0.57721566490153286061;
  for (Index k = 1; k < m; ++k) sum += 1.0 / static_cast<double>(k);
  return sum;
}
double trigamma(Index m) {
  double sum = 3.14159265358979323846 * 3.14159265358979323846 / 6;
  for (Index k = 1; k < m; ++k) sum -= 1.0 / static_cast<double>(k * k);
  return sum;
}

}  // namespace

TEST_CASE("exponential: closed forms") {
  const sim::exponential p(2.0);
  CHECK(p.dimension() == 1);
  CHECK(p.mean()[0] == 2);
  CHECK(p.covariance()(0, 0) == 4);
  CHECK(p.log_mean() == std::log(2.0));
  CHECK_CLOSE(p.log_density(3.0), -std::log(2.0) - 1.5, 1e-15);
  CHECK(p.log_density(sim::point<double, 1>(0.0)) == -std::log(2.0));
  CHECK(p.log_density(-1.0) == -std::numeric_limits<double>::infinity());
  CHECK(sim::exponential(0.0).log_density(0.0) == std::numeric_limits<double>::infinity());
  CHECK(sim::exponential(0.0).log_density(1.0) == -std::numeric_limits<double>::infinity());
  CHECK_CLOSE(sim::entropy(p), 1 + std::log(2.0), 1e-15);
  CHECK_CLOSE(sim::kl_divergence(p, sim::exponential(1.0)), 1 - std::log(2.0), 1e-14);
  CHECK(sim::kl_divergence(p, p) == 0);
  CHECK(sim::kl_divergence(p, sim::exponential(0.0)) == std::numeric_limits<double>::infinity());
  const double e = 0x1p-30;
  CHECK_CLOSE(sim::kl_divergence(sim::exponential(1 + e), sim::exponential(1.0)), e * e * (0.5 - e / 3), 1e-12);
  for (const double r : {1.049, 1.052, 0.95, 0.952})  // both sides of the switch to the series
    CHECK_CLOSE(sim::kl_divergence(sim::exponential(r), sim::exponential(1.0)), r - 1 - std::log(r), 1e-12);
  const auto deep = sim::exponential<>::from_scaled(sim::scaled_number(1e-200).times(1e-200));
  CHECK(deep.scale() == 0);
  CHECK_CLOSE(deep.log_mean(), -400 * std::log(10.0), 1e-15);
  CHECK_CLOSE(sim::entropy(deep), 1 - 400 * std::log(10.0), 1e-15);
  CHECK_CLOSE(sim::kl_divergence(deep, sim::exponential<>::from_scaled(sim::scaled_number(2e-200).times(1e-200))),
              std::log(2.0) - 0.5, 1e-12);
}

TEST_CASE_TEMPLATE("exponential: stored, streamed and collapsed totals are Gamma", T, float, double) {
  for (const sim::draw how : ways) {
    const auto z = [how](Index n) {  // for n = 3, P(sum > x) = exp(-x) (1 + x + x^2 / 2), in 20 bins of the cube root of x
      std::vector<double> observed(20, 0.0), expected(20, 0.0);
      const double replicates = 20000;
      for (std::uint64_t r = 0; r < static_cast<std::uint64_t>(replicates); ++r) {
        sim::stream rng({32, 0}, {.replicate = r});
        const double x = drawn<sim::total>(sim::exponential<T>(T(0.5)), n, how, rng).sum().value() / 0.5;
        const auto bin = static_cast<std::size_t>((std::cbrt(x) - 0.6) * 13);
        observed[x < 0.216 ? 0 : (bin < 19 ? bin : 19)] += 1;
      }
      double above = 1;
      for (std::size_t k = 0; k < 20; ++k) {
        const double edge = std::pow(0.6 + static_cast<double>(k + 1) / 13, 3);
        const double next = k == 19 ? 0 : std::exp(-edge) * (1 + edge + edge * edge / 2);
        expected[k] = (above - next) * replicates;
        above = next;
      }
      return simulacra_test::chi_square_z(observed, expected);
    };
    CHECK_Z(z(3), 0, 1);
    CHECK(z(4) > simulacra_test::z_limit);
  }
}

TEST_CASE("exponential: the same stream gives the same total stored and streamed, up to rounding, in the same words") {
  for (const Index n : {Index{1}, Index{100}, Index{4097}}) {
    sim::stream a(5), b(5), c(5), d(5);
    CHECK_CLOSE(drawn<sim::total>(sim::exponential(0.3), n, sim::draw::stored, a).sum().value(),
                drawn<sim::total>(sim::exponential(0.3), n, sim::draw::streamed, b).sum().value(), 1e-13);
    CHECK_CLOSE(drawn<sim::total>(sim::exponential(0.3f), n, sim::draw::stored, c).sum().value(),
                drawn<sim::total>(sim::exponential(0.3f), n, sim::draw::streamed, d).sum().value(), 1e-6);
    CHECK(a.position() == b.position());
    CHECK(c.position() == d.position());
  }
}

TEST_CASE("exponential: under replace the mean stays, its variance grows by 1 + 1/M, and its logarithm sinks") {
  const Index m = 20, n = 5;
  const double size = static_cast<double>(m);
  const double variance = std::pow(1 + 1 / size, n) - 1;
  const double drift = static_cast<double>(n) * (digamma(m) - std::log(size));
  const double spread = static_cast<double>(n) * trigamma(m);
  const auto check = [&](const auto& chain) {
    for (const sim::draw how : ways) {
      const auto theta = [](const auto& q) { return static_cast<double>(q.scale()); };
      const auto squared = [](const auto& q) {
        return (static_cast<double>(q.scale()) - 1) * (static_cast<double>(q.scale()) - 1);
      };
      const auto logarithm = [](const auto& q) { return q.log_mean(); };
      const auto log_spread = [drift](const auto& q) { return (q.log_mean() - drift) * (q.log_mean() - drift); };
      CHECK_Z(z_of(ends(31, chain, n, m, how, 6000, theta), 1), 0, 1);
      CHECK_Z(z_of(ends(31, chain, n, m, how, 6000, squared), variance), 0, 1);
      CHECK_Z(z_of(ends(31, chain, n, m, how, 6000, logarithm), drift), 0, 1);
      CHECK_Z(z_of(ends(31, chain, n, m, how, 6000, log_spread), spread), 0, 1);
      CHECK(std::abs(z_of(ends(31, chain, n - 1, m, how, 6000, squared), variance)) > simulacra_test::z_limit);
      CHECK(std::abs(z_of(ends(31, chain, n, m - 4, how, 6000, log_spread), spread)) > simulacra_test::z_limit);
    }
  };
  check(sim::experiment{sim::exponential(1.0), sim::exponential_estimator{}, sim::replace{}});
  check(sim::experiment{sim::exponential(1.0f), sim::exponential_estimator<float>{}, sim::replace{}});
}

TEST_CASE("exponential: a million generations neither freeze nor underflow") {
  const Index m = 10, n = 1000000;
  const double drift = static_cast<double>(n) * (digamma(m) - std::log(10.0));  // -50832.5: THEORY's oracle times n
  CHECK_CLOSE(drift, -0.05083250392732458e6, 1e-9);
  const double error = std::sqrt(static_cast<double>(n) * trigamma(m));
  const auto run = [&](Index draws, sim::draw how) {
    const auto line = sim::run_lineage(sim::experiment{sim::exponential(1.0), sim::exponential_estimator{}, sim::replace{}},
                                       sim::plan{.generations = n, .samples = draws, .how = how}, sim::stream(4));
    CHECK(line.generations == n);
    CHECK(line.events.empty());
    return line.model->log_mean();
  };
  CHECK_Z(run(m, sim::draw::collapsed), drift, error);
  CHECK_Z(run(m, sim::draw::streamed), drift, error);
  CHECK(std::abs(simulacra_test::z_score(run(m - 1, sim::draw::collapsed), drift, error)) > simulacra_test::z_limit);
}

TEST_CASE("exponential: accumulated pools merge at any depth") {
  // With all data kept the mean does not collapse; but a summary that starts at 1e-400 must merge all the same.
  const auto tiny = sim::exponential<>::from_scaled(sim::scaled_number(1e-200).times(1e-200));
  const sim::experiment chain{tiny, sim::exponential_estimator{}, sim::accumulate{}};
  const double apart = -400 * std::log(10.0);
  double variance = 1;
  for (Index s = 1; s <= 6; ++s) variance *= 1 + 1.0 / static_cast<double>(8 * s * s);
  for (const sim::draw how : {sim::draw::streamed, sim::draw::collapsed}) {
    const auto squared = [apart](const auto& q) {
      const double x = std::exp(q.log_mean() - apart) - 1;
      return x * x;
    };
    CHECK_Z(z_of(ends(31, chain, 6, 8, how, 6000, squared), variance - 1), 0, 1);
    CHECK(std::abs(z_of(ends(31, chain, 6, 6, how, 6000, squared), variance - 1)) > simulacra_test::z_limit);
  }
}

TEST_CASE("exponential: every recipe runs in every way that it can") {
  const auto run = [](const auto& recipe, sim::draw how) {
    const auto found = ends(31, sim::experiment{sim::exponential(3.0), sim::exponential_estimator{}, recipe}, 4, 20, how,
                            3000, [](const auto& q) { return q.scale(); });
    CHECK_Z(z_of(found, 3), 0, 1);  // unbiased under all of them
    CHECK(std::abs(z_of(found, 3.3)) > simulacra_test::z_limit);
  };
  for (const sim::draw how : ways) {
    run(sim::preserve(0.2), how);
    run(sim::preserve(0.2, sim::preserve::real::redrawn), how);
    run(sim::fresh_real(5), how);
    run(sim::general_process(0.5, 0.3, 0.2), how);
    run(sim::weighted(10, 0.4), how);
    run(sim::window(2), how);
  }
  run(sim::accumulate_subsample{}, sim::draw::stored);
}

TEST_CASE_TEMPLATE("exponential: stored data that have run out of numbers are an outcome", T, float, double) {
  const sim::exponential_estimator<T> mle;
  const auto line =
      sim::run_lineage(sim::experiment{sim::exponential<T>(T(1)), mle, sim::replace{}},
                       sim::plan{.generations = 100000, .samples = 2, .how = sim::draw::stored}, sim::stream(6));
  CHECK(line.why == sim::ending::outcome);
  CHECK(line.last.what == sim::status::resolution);
  CHECK(line.generations < 5000);
  const auto on = sim::run_lineage(
      sim::experiment{sim::exponential<T>(T(1)), mle, sim::replace{}},
      sim::plan{.generations = 5000, .samples = 2, .how = sim::draw::stored, .stop = {.resolution = false}}, sim::stream(6));
  CHECK(on.last.what == sim::status::degenerate);
  CHECK(on.model->log_mean() == -std::numeric_limits<double>::infinity());
  sim::stream rng(1);
  CHECK(on.model->sample(3, rng).isZero(0));
  CHECK(mle.fit(on.model->sample_summary(3, sim::as<sim::total>{}, rng)).result.what == sim::status::degenerate);
}

TEST_CASE("exponential: stored data whose sum leaves the range have a mean that does not") {
  const sim::exponential_estimator mle;
  sim::stream rng(1);
  sim::samples<double, 1> x(1, 4);
  x << 9e307, 8e307, 7e307, 1.2e308;
  sim::weights<double> w(4);
  w << 1, 1, 1, 1;
  for (const double s : {1e-300, 1.0, 1e300})
    for (const auto& fit : {mle.fit(x, rng), mle.fit(x, sim::weights<double>(s * w), rng)}) {
      CHECK(fit.result.ok());
      CHECK(fit.model.mean()[0] == doctest::Approx(9e307).epsilon(1e-14));
      CHECK(fit.model.log_density(9e307) == doctest::Approx(-1 - std::log(9e307)).epsilon(1e-14));
    }
}

TEST_CASE("exponential_estimator: the mean, and what it refuses") {
  const sim::exponential_estimator mle;
  sim::stream rng(1);
  sim::samples<double, 1> x(1, 3);
  x << 1, 2, 6;
  sim::weights<double> w(3);
  w << 1, 1, 2;
  CHECK(mle.fit(x, rng).model == sim::exponential(3.0));
  CHECK(mle.fit(x, w, rng).model == sim::exponential(3.75));
  CHECK(mle.project(sim::poisson(2)) == sim::exponential(2.0));
  CHECK(mle.project(sim::exponential(2.0)) == sim::exponential(2.0));
  CHECK(mle.ideal().population_fit(sim::exponential(2.0)) == sim::exponential(2.0));
  const auto deep = sim::exponential<>::from_scaled(sim::scaled_number(1e-200).times(1e-200));
  CHECK(mle.population_fit(deep) == deep);

  x[1] = -2;
  CHECK(message_of([&] { (void)mle.fit(x, rng); }).find("-2 at column 1") != std::string::npos);
  x[1] = std::numeric_limits<double>::quiet_NaN();
  CHECK(message_of([&] { (void)mle.fit(x, w, rng); }).find("nan at row 0, column 1") != std::string::npos);
  CHECK(says(message_of([&] { (void)mle.fit(sim::total{}); }), "exponential_estimator::fit", "weight()"));
  CHECK(says(message_of([&] { (void)mle.fit(sim::samples<double, 1>(1, 0), rng); }), "exponential_estimator::fit",
             "x.cols()"));
  for (const double bad : {-0.1, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
    CHECK(says(message_of([&] { (void)sim::exponential(bad); }), "exponential", "mean"));
  const sim::exponential p(1.0);
  CHECK(says(message_of([&] { (void)p.sample(-1, rng); }), "exponential::sample", "n"));
  CHECK(
      says(message_of([&] { (void)p.sample_summary(0, sim::as<sim::total>{}, rng); }), "exponential::sample_summary", "n"));
  CHECK(
      says(message_of([&] { (void)p.stream_summary(0, sim::as<sim::total>{}, rng); }), "exponential::stream_summary", "n"));
}
