#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <simulacra/laws/empirical_law.hpp>
#include <simulacra/laws/mixed_law.hpp>
#include <simulacra/one_parameter.hpp>
#include <simulacra/recursion.hpp>

#include "families/one_parameter_support.hpp"

namespace sim = simulacra;
using sim::Index;

static_assert(sim::collapses_to<sim::poisson, sim::total> && sim::streams_to<sim::poisson, sim::total>);
static_assert(sim::has_moments<sim::poisson> && sim::has_summary<sim::poisson_estimator>);
static_assert(sim::fits_weighted<sim::poisson_estimator, sim::samples<Index, 1>>);

using namespace simulacra_test;

namespace {

double rate_of(const sim::poisson& q) { return q.rate(); }

}  // namespace

TEST_CASE("poisson: closed forms") {
  const sim::poisson p = sim::poisson(3);
  CHECK(p.dimension() == 1);
  CHECK(p.mean()[0] == 3);
  CHECK(p.covariance()(0, 0) == 3);
  CHECK_CLOSE(p.log_density(2), std::log(4.5) - 3, 1e-14);
  CHECK(p.log_density(sim::point<Index, 1>(0)) == -3);
  CHECK(p.log_density(-1) == -std::numeric_limits<double>::infinity());
  CHECK(sim::poisson(0).log_density(0) == 0);
  CHECK(sim::poisson(0).log_density(1) == -std::numeric_limits<double>::infinity());
  CHECK_CLOSE(sim::poisson(1e16).log_density(10000000000000000), -0.5 * std::log(2 * 3.14159265358979323846 * 1e16), 1e-14);
  CHECK_CLOSE(sim::kl_divergence(p, sim::poisson(2)), 3 * std::log(1.5) - 1, 1e-14);
  CHECK(sim::kl_divergence(p, p) == 0);
  CHECK(sim::kl_divergence(sim::poisson(0), p) == 3);
  CHECK(sim::kl_divergence(p, sim::poisson(0)) == std::numeric_limits<double>::infinity());
  const double e = 0x1p-30;  // e^2 / 2 - e^3 / 3 + ... at rate 1
  CHECK_CLOSE(sim::kl_divergence(sim::poisson(1), sim::poisson(1 + e)), e * e * (0.5 - e / 3), 1e-12);
}

TEST_CASE("poisson: stored, streamed and collapsed totals are Poisson") {
  const Index n = 5;
  const double rate = 1.3;
  for (const sim::draw how : ways) {
    const auto z = [&](double truly) {
      const std::size_t replicates = 40000;
      std::vector<double> observed(16, 0.0), expected(16, 0.0);
      for (std::uint64_t r = 0; r < replicates; ++r) {
        sim::stream rng({22, 0}, {.replicate = r});
        const double sum = drawn<sim::total>(sim::poisson(truly), n, how, rng).sum().value();
        observed[sum < 15 ? static_cast<std::size_t>(sum) : 15] += 1;
      }
      double rest = 1, mass = std::exp(-static_cast<double>(n) * rate);
      for (std::size_t k = 0; k < 15; ++k) {
        expected[k] = mass * static_cast<double>(replicates);
        rest -= mass;
        mass *= static_cast<double>(n) * rate / static_cast<double>(k + 1);
      }
      expected[15] = rest * static_cast<double>(replicates);
      return simulacra_test::chi_square_z(observed, expected);
    };
    CHECK_Z(z(rate), 0, 1);
    CHECK(z(rate * 1.05) > simulacra_test::z_limit);
  }
}

TEST_CASE("poisson: the same stream gives the same total stored and streamed") {
  for (const double rate : {0.0, 1e-12, 0.5, 9.0, 300.0, 1e6}) {
    sim::stream a(5), b(5);
    CHECK(drawn<sim::total>(sim::poisson(rate), 1000, sim::draw::stored, a) ==
          drawn<sim::total>(sim::poisson(rate), 1000, sim::draw::streamed, b));
    CHECK(a.position() == b.position());
  }
}

TEST_CASE("poisson: a huge rate keeps its mean and variance") {
  const double rate = 1e15;
  const Index n = 5000;  // the total has mean 5e18, more than one Poisson draw can be
  for (const sim::draw how : ways) {
    std::vector<double> apart, squared;
    for (std::uint64_t r = 0; r < 2000; ++r) {
      sim::stream rng({23, 0}, {.replicate = r});
      const double mean = static_cast<double>(how == sim::draw::collapsed ? n : 20) * rate;
      const double sum = drawn<sim::total>(sim::poisson(rate), how == sim::draw::collapsed ? n : 20, how, rng).sum().value();
      apart.push_back((sum - mean) / std::sqrt(mean));
      squared.push_back(apart.back() * apart.back());
    }
    CHECK_Z(z_of(apart, 0), 0, 1);
    CHECK_Z(z_of(squared, 1), 0, 1);
    CHECK(std::abs(z_of(squared, 1.25)) > simulacra_test::z_limit);
  }
}

TEST_CASE("poisson: replace survives like a branching process, and its rate spreads by rate / M a generation") {
  const Index m = 10, n = 20;
  double g = 1;
  for (Index t = 1; t < n; ++t) g = -std::expm1(-g);
  const double alive = -std::expm1(-static_cast<double>(m) * 0.4 * g);
  const sim::experiment chain{sim::poisson(0.4), sim::poisson_estimator{}, sim::replace{}};
  for (const sim::draw how : ways) {
    const auto survives = [](const auto& q) { return q.rate() > 0 ? 1.0 : 0.0; };
    CHECK_Z(z_of(ends(21, chain, n, m, how, 6000, survives), alive), 0, 1);
    CHECK_Z(z_of(ends(21, chain, n, m, how, 6000, rate_of), 0.4), 0, 1);
    CHECK_Z(
        z_of(ends(21, chain, 3, m, how, 6000, [](const auto& q) { return (q.rate() - 0.4) * (q.rate() - 0.4); }), 3 * 0.04),
        0, 1);
    CHECK(std::abs(z_of(ends(21, chain, n, m - 2, how, 6000, survives), alive)) >
          simulacra_test::z_limit);  // two draws short
    CHECK(std::abs(z_of(ends(21, chain, 2, m, how, 6000, [](const auto& q) { return (q.rate() - 0.4) * (q.rate() - 0.4); }),
                        3 * 0.04)) > simulacra_test::z_limit);  // one refit short
  }
}

TEST_CASE("poisson: under accumulate the rate's variance is rate sum 1/(M s s)") {
  const Index m = 4, n = 6;
  double variance = 0;
  for (Index s = 1; s <= n; ++s) variance += 2.0 / static_cast<double>(m * s * s);
  for (const sim::draw how : ways) {
    const auto run = [how](const auto& recipe) {
      return ends(21, sim::experiment{sim::poisson(2), sim::poisson_estimator{}, recipe}, 6, 4, how, 5000,
                  [](const auto& q) { return (q.rate() - 2) * (q.rate() - 2); });
    };
    CHECK_Z(z_of(run(sim::accumulate{}), variance), 0, 1);
    CHECK(std::abs(z_of(run(sim::window(1)), variance)) > simulacra_test::z_limit);
  }
}

TEST_CASE("poisson: every recipe runs in every way that it can") {
  const auto run = [](const auto& recipe, sim::draw how) {
    const auto found =
        ends(21, sim::experiment{sim::poisson(0.7), sim::poisson_estimator{}, recipe}, 4, 20, how, 3000, rate_of);
    CHECK_Z(z_of(found, 0.7), 0, 1);  // unbiased under all of them
    CHECK(std::abs(z_of(found, 0.7 * 1.1)) > simulacra_test::z_limit);
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

TEST_CASE("poisson_estimator: the mean, absorbed at 0, refused beyond the largest rate") {
  const sim::poisson_estimator mle;
  sim::stream rng(1);
  sim::samples<Index, 1> x(1, 4);
  x << 0, 1, 4, 1;
  sim::weights<double> w(4);
  w << 1, 1, 2, 0;
  CHECK(mle.fit(x, rng).model == sim::poisson(1.5));
  CHECK(mle.fit(x, w, rng).model == sim::poisson(2.25));
  CHECK(mle.fit(x, rng).result.ok());
  CHECK(mle.project(sim::bernoulli(0.2)) == sim::poisson(0.2));
  CHECK(mle.ideal().population_fit(sim::poisson(7)) == sim::poisson(7));
  CHECK(mle.fit(sim::samples<Index, 1>::Zero(1, 3).eval(), rng).result.what == sim::status::absorbed);

  const Index limit = 1000000000000000000;
  CHECK_THROWS_AS((void)mle.fit(sim::samples<Index, 1>::Constant(1, 3, limit + 1000).eval(), rng), std::domain_error);
  sim::Index failed = 0;  // at the limit, a chain that grows ends as a failure with a reason, and one that shrinks goes on
  for (std::uint64_t r = 0; r < 20; ++r) {
    const auto line = sim::run_lineage(sim::experiment{sim::poisson(1e18), mle, sim::replace{}},
                                       sim::plan{.generations = 3, .samples = 10}, sim::stream({1, 0}, {.replicate = r}));
    if (line.why == sim::ending::failure) ++failed;
    CHECK((line.why == sim::ending::failure || line.model->rate() < 1e18));
  }
  CHECK(failed > 0);
  CHECK(failed < 20);

  x[2] = -4;
  CHECK(message_of([&] { (void)mle.fit(x, rng); }).find("-4 at column 2") != std::string::npos);
  CHECK(says(message_of([&] { (void)mle.fit(sim::total{}); }), "poisson_estimator::fit", "weight()"));
  CHECK(says(message_of([&] { (void)mle.fit(sim::samples<Index, 1>(1, 0), rng); }), "poisson_estimator::fit", "x.cols()"));
  for (const double bad : {-0.1, 1.1e18, std::numeric_limits<double>::quiet_NaN()})
    CHECK(says(message_of([&] { (void)sim::poisson(bad); }), "poisson", "rate"));
  const sim::poisson p = sim::poisson(1);
  CHECK(says(message_of([&] { (void)p.sample(-1, rng); }), "poisson::sample", "n"));
  CHECK(says(message_of([&] { (void)p.sample_summary(0, sim::as<sim::total>{}, rng); }), "poisson::sample_summary", "n"));
  CHECK(says(message_of([&] { (void)p.stream_summary(0, sim::as<sim::total>{}, rng); }), "poisson::stream_summary", "n"));
}

TEST_CASE("poisson: a total beyond the range of counts is drawn at once, with the mean and variance that it should have") {
  sim::stream rng(7);
  const Index n = Index{1} << 40;
  const double mean = static_cast<double>(n) * 1e18, sd = std::sqrt(mean);
  double sum = 0, squares = 0;
  const int times = 400;
  for (int i = 0; i < times; ++i) {
    const auto s = sim::poisson(1e18).sample_summary(n, sim::as<sim::total>{}, rng);
    const double z = (s.sum().value() - mean) / sd;
    sum += z;
    squares += z * z;
  }
  CHECK_Z(sum / times, 0.0, 1 / std::sqrt(times));
  CHECK_Z(squares / times, 1.0, std::sqrt(2.0 / times));
}

TEST_CASE("poisson: moments of whole numbers are no whole numbers, of mixtures, of data and of kept data") {
  using data = sim::samples<Index, 1>;
  const sim::poisson a(0.4), b(2.0);
  sim::mixed_law<data, sim::poisson> mixed;
  mixed.add(0.5, a);
  mixed.add(0.5, b);
  CHECK_CLOSE(mixed.mean()[0], 1.2, 1e-15);
  CHECK_CLOSE(mixed.covariance()(0, 0), 1.2 + 0.8 * 0.8, 1e-15);
  CHECK_CLOSE(sim::poisson_estimator().project(mixed).rate(), 1.2, 1e-15);
  const data x{{0, 1, 1, 2, 4}};  // mean 8 / 5, second moment 22 / 5
  const sim::data_law truth(x);
  CHECK_CLOSE(truth.mean()[0], 1.6, 1e-15);
  CHECK_CLOSE(truth.covariance()(0, 0), 1.84, 1e-14);
  sim::training_set<data, sim::detail::no_summary> kept;
  kept.data = x;
  const sim::empirical_law<data, sim::detail::no_summary> law(kept, true);
  CHECK_CLOSE(law.mean()[0], 1.6, 1e-15);
  CHECK_CLOSE(law.covariance()(0, 0), 1.84, 1e-14);
}
