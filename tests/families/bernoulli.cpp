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

static_assert(sim::collapses_to<sim::bernoulli, sim::total> && sim::streams_to<sim::bernoulli, sim::total>);
static_assert(sim::has_moments<sim::bernoulli> && sim::has_summary<sim::bernoulli_estimator>);
static_assert(sim::fits_weighted<sim::bernoulli_estimator, sim::samples<Index, 1>>);

using namespace simulacra_test;

namespace {

double log_binomial_mass(Index n, Index k, double p) {
  const double a = static_cast<double>(n), x = static_cast<double>(k);
  return std::lgamma(a + 1) - std::lgamma(x + 1) - std::lgamma(a - x + 1) + (k > 0 ? x * std::log(p) : 0) +
         (k < n ? (a - x) * std::log1p(-p) : 0);
}

/// The exact law of the number of ones after so many refits to m draws: row vector times the binomial matrix.
std::vector<double> exact_chain(double p, Index m, Index generations) {
  const auto size = static_cast<std::size_t>(m + 1);
  const auto mass = [m](double q, std::size_t k) {
    if (q <= 0 || q >= 1) return k == (q <= 0 ? 0 : static_cast<std::size_t>(m)) ? 1.0 : 0.0;
    return std::exp(log_binomial_mass(m, static_cast<Index>(k), q));
  };
  std::vector<double> now(size);
  for (std::size_t k = 0; k < size; ++k) now[k] = mass(p, k);
  for (Index t = 1; t < generations; ++t) {
    std::vector<double> next(size, 0.0);
    for (std::size_t j = 0; j < size; ++j)
      for (std::size_t k = 0; k < size; ++k) next[k] += now[j] * mass(static_cast<double>(j) / static_cast<double>(m), k);
    now = next;
  }
  return now;
}

}  // namespace

TEST_CASE("bernoulli: closed forms") {
  const sim::bernoulli p(0.25), q(0.5);
  CHECK(p.dimension() == 1);
  CHECK(p.mean()[0] == 0.25);
  CHECK(p.covariance()(0, 0) == 0.1875);
  CHECK(p.log_density(1) == std::log(0.25));
  CHECK(p.log_density(sim::point<Index, 1>(0)) == std::log(0.75));
  CHECK(p.log_density(2) == -std::numeric_limits<double>::infinity());
  CHECK(sim::bernoulli(0).log_density(1) == -std::numeric_limits<double>::infinity());
  CHECK_CLOSE(sim::entropy(q), std::log(2.0), 1e-15);
  CHECK(sim::entropy(sim::bernoulli(1)) == 0);
  CHECK_CLOSE(sim::kl_divergence(p, q), 0.25 * std::log(0.5) + 0.75 * std::log(1.5), 1e-14);
  CHECK(sim::kl_divergence(p, p) == 0);
  CHECK(sim::kl_divergence(p, sim::bernoulli(0)) == std::numeric_limits<double>::infinity());
  CHECK_CLOSE(sim::kl_divergence(sim::bernoulli(0), p), -std::log(0.75), 1e-14);
  const double e = 0x1p-30;
  CHECK_CLOSE(sim::kl_divergence(q, sim::bernoulli(0.5 + e)), -std::log1p(-4 * e * e) / 2, 1e-9);
}

TEST_CASE("bernoulli: stored, streamed and collapsed totals are binomial") {
  const Index n = 12;
  for (const double p : {0.3, 0.008, 0.85, 0.995})
    for (const sim::draw how : ways) {
      const auto z = [&](double truly) {
        std::vector<double> seen(static_cast<std::size_t>(n + 1), 0.0), observed, expected;
        const std::size_t replicates = 40000;
        for (std::uint64_t r = 0; r < replicates; ++r) {
          sim::stream rng({12, 0}, {.replicate = r});
          seen[static_cast<std::size_t>(drawn<sim::total>(sim::bernoulli(truly), n, how, rng).sum().value())] += 1;
        }
        double rare_seen = 0, rare = 0;
        for (Index k = 0; k <= n; ++k) {
          const double mean = static_cast<double>(replicates) * std::exp(log_binomial_mass(n, k, p));
          const double found = seen[static_cast<std::size_t>(k)];
          if (mean >= 10) {
            observed.push_back(found);
            expected.push_back(mean);
          } else {
            rare_seen += found;
            rare += mean;
          }
        }
        observed.push_back(rare_seen);
        expected.push_back(rare);
        return simulacra_test::chi_square_z(observed, expected);
      };
      CHECK_Z(z(p), 0, 1);
      CHECK(z(p < 0.5 ? p * 1.25 : 1 - (1 - p) * 1.25) > simulacra_test::z_limit);
    }
}

TEST_CASE("bernoulli: places of successes are independent of each other, rare or not") {
  for (const double p : {0.01, 0.4}) {
    std::vector<double> first, both;
    for (std::uint64_t r = 0; r < 60000; ++r) {
      sim::stream rng({13, 0}, {.replicate = r});
      const auto x = sim::bernoulli(p).sample(300, rng);
      first.push_back(static_cast<double>(x.head(3).sum() + x.tail(3).sum()));
      both.push_back(static_cast<double>(x[7] * x[8] + x[255] * x[256] + x[0] * x[299]));
    }
    CHECK_Z(z_of(first, 6 * p), 0, 1);
    CHECK_Z(z_of(both, 3 * p * p), 0, 1);
    CHECK(std::abs(z_of(both, 3 * p * p * 2.5)) > simulacra_test::z_limit);
  }
}

TEST_CASE("bernoulli: the same stream gives the same total stored and streamed") {
  for (const double p : {0.0, 1e-300, 1e-3, 0.2, 0.5, 0.7, 0.999, 1.0})
    for (const Index n : {Index{1}, Index{255}, Index{256}, Index{1000}}) {
      sim::stream a(5), b(5);
      CHECK(drawn<sim::total>(sim::bernoulli(p), n, sim::draw::stored, a) ==
            drawn<sim::total>(sim::bernoulli(p), n, sim::draw::streamed, b));
      CHECK(a.position() == b.position());
    }
  sim::stream rng(1);
  CHECK(sim::bernoulli(1).sample(50, rng).minCoeff() == 1);
  CHECK(sim::bernoulli(0).sample(50, rng).maxCoeff() == 0);
}

TEST_CASE("bernoulli: a tiny probability is the one that is asked for") {
  std::vector<double> collapsed, streamed;
  for (std::uint64_t r = 0; r < 20000; ++r) {
    sim::stream rng({14, 0}, {.replicate = r});
    collapsed.push_back(drawn<sim::total>(sim::bernoulli(1e-15), 2000000000000000, sim::draw::collapsed, rng).sum().value());
    streamed.push_back(drawn<sim::total>(sim::bernoulli(1e-15), 2000000000000000, sim::draw::streamed, rng).sum().value());
  }
  CHECK_Z(z_of(collapsed, 2), 0, 1);
  CHECK_Z(z_of(streamed, 2), 0, 1);
  CHECK(std::abs(z_of(streamed, 2.2)) > simulacra_test::z_limit);
}

TEST_CASE("bernoulli: replace goes extinct by the exact binomial chain, and between Suresh's bounds") {
  const Index m = 20, n = 8;
  const double p = 0.1;
  const std::vector<double> law = exact_chain(p, m, n);
  double g = 1;
  for (Index t = 1; t < n; ++t) g = -std::expm1(-g);
  CHECK(1 - law[0] >= -std::expm1(-static_cast<double>(m) * p * g));  // Suresh et al., the lower bound
  const sim::experiment chain{sim::bernoulli(p), sim::bernoulli_estimator{}, sim::replace{}};
  for (const sim::draw how : ways) {
    const auto extinct = [](const auto& q) { return q.probability() == 0 ? 1.0 : 0.0; };
    const auto fixed_or_lost = [](const auto& q) { return q.covariance()(0, 0); };
    CHECK_Z(z_of(ends(41, chain, n, m, how, 8000, extinct), law[0]), 0, 1);
    CHECK_Z(z_of(ends(41, chain, n, m, how, 8000, fixed_or_lost), p * (1 - p) * std::pow(1 - 1.0 / m, n)), 0, 1);
    CHECK_Z(z_of(ends(41, chain, n, m, how, 8000, [](const auto& q) { return q.probability(); }), p), 0, 1);
    CHECK(std::abs(z_of(ends(41, chain, n, m - 5, how, 8000, extinct), law[0])) >
          simulacra_test::z_limit);  // five draws short
    CHECK(std::abs(z_of(ends(41, chain, n - 1, m, how, 8000, extinct), law[0])) >
          simulacra_test::z_limit);  // one refit short
  }
  CHECK_CLOSE(1 - exact_chain(0.01, 100, 50)[0], 0.0411, 2e-3);  // THEORY 2 has three digits of it
}

TEST_CASE("bernoulli: every recipe runs in every way that it can") {
  const sim::bernoulli p(0.3);
  const auto run = [&](const auto& recipe, sim::draw how) {
    const auto found = ends(41, sim::experiment{p, sim::bernoulli_estimator{}, recipe}, 4, 20, how, 3000,
                            [](const auto& q) { return q.probability(); });
    CHECK_Z(z_of(found, 0.3), 0, 1);  // unbiased under all of them
    CHECK(std::abs(z_of(found, 0.3 * 1.15)) > simulacra_test::z_limit);
  };
  for (const sim::draw how : ways) {
    run(sim::accumulate{}, how);
    run(sim::preserve(0.2), how);
    run(sim::preserve(0.2, sim::preserve::real::redrawn, sim::preserve::place::on_top), how);
    run(sim::fresh_real(5), how);
    run(sim::general_process(0.5, 0.3, 0.2), how);
    run(sim::weighted(10, 0.4), how);
    run(sim::window(2), how);
  }
  run(sim::accumulate_subsample{}, sim::draw::stored);
}

TEST_CASE("bernoulli_estimator: the share of ones, absorbed at both ends") {
  const sim::bernoulli_estimator mle;
  sim::stream rng(1);
  sim::samples<Index, 1> x(1, 4);
  x << 0, 1, 1, 1;
  sim::weights<double> w(4);
  w << 3, 1, 1, 1;
  CHECK(mle.fit(x, rng).model.probability() == 0.75);
  CHECK(mle.fit(x, rng).result.ok());
  CHECK(mle.fit(x, w, rng).model.probability() == 0.5);
  CHECK(mle.project(sim::bernoulli(0.2)) == sim::bernoulli(0.2));
  CHECK(mle.ideal().population_fit(sim::bernoulli(0.2)) == sim::bernoulli(0.2));
  x.setZero();
  CHECK(mle.fit(x, rng).result.what == sim::status::absorbed);
  CHECK(mle.fit(x, rng).result.reason == "no observation is 1");
  x.setOnes();
  w << 0.1, 0.2, 0.3, 1e-3;  // a sum of weights that rounds
  sim::total t = sim::total::of(x, w);
  t.reweight(1 / 3.0);
  t.merge(sim::total::of(x, w));
  CHECK(mle.fit(t).result.what == sim::status::absorbed);
  CHECK(mle.fit(t).model.probability() == 1);

  x[2] = 2;
  CHECK(message_of([&] { (void)mle.fit(x, rng); }).find("'x' is 2 at column 2") != std::string::npos);
  CHECK(message_of([&] { (void)mle.fit(x, w, rng); }).find("'x' is 2 at column 2") != std::string::npos);
  CHECK(says(message_of([&] { (void)mle.fit(sim::total::of(x)); }), "bernoulli_estimator::fit", "sum() / weight()"));
  CHECK(says(message_of([&] { (void)mle.fit(sim::total{}); }), "bernoulli_estimator::fit", "weight()"));
  CHECK(says(message_of([&] { (void)mle.fit(sim::samples<Index, 1>(1, 0), rng); }), "bernoulli_estimator::fit", "x.cols()"));
  for (const double bad : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()})
    CHECK(says(message_of([&] { (void)sim::bernoulli(bad); }), "bernoulli", "p"));
  const sim::bernoulli p(0.5);
  CHECK(says(message_of([&] { (void)p.sample(-1, rng); }), "bernoulli::sample", "n"));
  CHECK(says(message_of([&] { (void)p.sample_summary(0, sim::as<sim::total>{}, rng); }), "bernoulli::sample_summary", "n"));
  CHECK(says(message_of([&] { (void)p.stream_summary(0, sim::as<sim::total>{}, rng); }), "bernoulli::stream_summary", "n"));
}
