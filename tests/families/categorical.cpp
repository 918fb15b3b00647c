#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <simulacra/categorical.hpp>
#include <simulacra/recursion.hpp>

#include "families/one_parameter_support.hpp"

namespace sim = simulacra;
using sim::Index;

static_assert(sim::collapses_to<sim::categorical, sim::counts> && sim::streams_to<sim::categorical, sim::counts>);
static_assert(sim::has_summary<sim::categorical_estimator> &&
              sim::fits_weighted<sim::categorical_estimator, sim::samples<Index, 1>>);
static_assert(sim::has_probabilities<sim::categorical> && !sim::has_moments<sim::categorical>);

using namespace simulacra_test;

namespace {

#define CHECK_MEAN(values, expected)                       \
  do {                                                     \
    const auto found_ = simulacra_test::mean_of(values);   \
    CHECK_Z(found_.mean, expected, found_.standard_error); \
  } while (false)

const sim::categorical four{0.4, 0.3, 0.2, 0.1};

double heterozygosity(const sim::categorical& p) { return p.heterozygosity(); }

/// The exact chance that a symbol of probability p is extinct after so many refits to m draws: the binomial chain.
double extinction(double p, Index m, Index generations) {
  const auto size = static_cast<std::size_t>(m + 1);
  const auto binomial = [m](double q, std::size_t k) {
    const double x = static_cast<double>(k), n = static_cast<double>(m);
    if (q == 0 || q == 1) return (q == 0) == (k == 0) && (q == 0 || x == n) ? 1.0 : 0.0;
    return std::exp(std::lgamma(n + 1) - std::lgamma(x + 1) - std::lgamma(n - x + 1) + x * std::log(q) +
                    (n - x) * std::log1p(-q));
  };
  std::vector<double> now(size);
  for (std::size_t k = 0; k < size; ++k) now[k] = binomial(p, k);
  for (Index t = 1; t < generations; ++t) {
    std::vector<double> next(size, 0.0);
    for (std::size_t j = 0; j < size; ++j)
      for (std::size_t k = 0; k < size; ++k)
        next[k] += now[j] * binomial(static_cast<double>(j) / static_cast<double>(m), k);
    now = next;
  }
  return now[0];
}

/// How the count vectors of many summaries compare with the multinomial law, as a z-score of Pearson's statistic.
template <class Draw>
double multinomial_z(std::span<const double> p, Index n, std::size_t replicates, Draw&& draw) {
  std::map<std::vector<Index>, double> seen;
  for (std::size_t r = 0; r < replicates; ++r) {
    const sim::counts c = draw(r);
    std::vector<Index> table(p.size(), 0);
    for (const auto& e : c.entries()) table[static_cast<std::size_t>(e.symbol)] = static_cast<Index>(e.weight);
    seen[table] += 1;
  }
  std::vector<double> observed, expected;
  std::vector<Index> table(p.size(), 0);
  double rare_seen = 0, rare_expected = 0;
  const auto visit = [&](auto& self, std::size_t k, Index left, double log_p) -> void {
    if (k + 1 == p.size()) {
      table[k] = left;
      const double last = static_cast<double>(left);
      const double mean = static_cast<double>(replicates) * std::exp(log_p + last * std::log(p[k]) - std::lgamma(last + 1));
      const double found = seen.count(table) != 0 ? seen[table] : 0;
      if (mean >= 10) {
        observed.push_back(found);
        expected.push_back(mean);
      } else {
        rare_seen += found;
        rare_expected += mean;
      }
      return;
    }
    for (Index here = 0; here <= left; ++here) {
      table[k] = here;
      const double x = static_cast<double>(here);
      self(self, k + 1, left - here, log_p + x * std::log(p[k]) - std::lgamma(x + 1));
    }
  };
  visit(visit, 0, n, std::lgamma(static_cast<double>(n) + 1));
  if (rare_expected > 0) {
    observed.push_back(rare_seen);
    expected.push_back(rare_expected);
  }
  return simulacra_test::chi_square_z(observed, expected);
}

}  // namespace

TEST_CASE("categorical: a law is its normalised weights, and remembers only the survivors") {
  const sim::categorical p{2, 0, 1, 1};
  CHECK(p.symbols() == 4);
  CHECK(p.surviving() == 3);
  CHECK(p.dimension() == 1);
  CHECK(p.probabilities() == std::vector<double>{0.5, 0, 0.25, 0.25});
  CHECK(p.support()[1] == 2);
  CHECK(p.probability(1) == 0);
  CHECK(p.probability(2) == 0.25);
  CHECK(p.probability(-1) == 0);
  CHECK(p.probability(4) == 0);
  CHECK(p.log_density(0) == std::log(0.5));
  CHECK(p.log_density(sim::point<Index, 1>(2)) == std::log(0.25));
  CHECK(p.log_density(1) == -std::numeric_limits<double>::infinity());
  CHECK_CLOSE(p.heterozygosity(), 1 - 0.25 - 2 * 0.0625, 1e-15);
  CHECK_CLOSE(sim::entropy(p), 1.5 * std::log(2.0), 1e-15);
  CHECK(sim::categorical(std::vector<double>{2, 0, 1, 1}) == p);
  CHECK(sim::categorical({2, 0, 1, 1}) == p);
  CHECK(sim::categorical::of(sim::counts::of_table(std::array<Index, 3>{2, 0, 2}), 5).symbols() == 5);
  CHECK(sim::entropy(sim::categorical{0, 1}) == 0);

  CHECK(sim::categorical::uniform(8).probability(7) == 0.125);
  const sim::categorical z = sim::categorical::zipf(1000, 1.5);
  CHECK_CLOSE(z.probability(1) / z.probability(0), std::pow(2.0, -1.5), 1e-14);
  const std::vector<double> all = z.probabilities();
  double missing = 0;  // THEORY's oracle: what one sample of 500 leaves out
  for (const double q : all) missing += q * std::pow(1 - q, 500);
  CHECK_CLOSE(missing, 0.09576324167870201, 1e-12);
}

TEST_CASE("categorical: tempered and truncated laws") {
  const sim::categorical p{0.5, 0, 0.3, 0.2};
  const sim::categorical sharp = p.tempered(0.5);
  CHECK(sharp.surviving() == 3);
  CHECK_CLOSE(sharp.probability(0), 0.25 / 0.38, 1e-14);
  CHECK_CLOSE(sharp.probability(3), 0.04 / 0.38, 1e-14);
  CHECK_CLOSE(p.tempered(1).probability(2), 0.3, 1e-14);
  CHECK_CLOSE(p.tempered(1e300).probability(2), 1.0 / 3, 1e-14);
  CHECK(p.tempered(1e-5).surviving() == 1);
  CHECK(sim::categorical{1e-200, 1e-200}.tempered(0.01).probability(0) == 0.5);

  CHECK(p.truncated(1) == p);
  CHECK(p.truncated(0.81).surviving() == 3);
  CHECK(p.truncated(0.8).support()[1] == 2);
  CHECK_CLOSE(p.truncated(0.8).probability(0), 0.625, 1e-14);
  CHECK(p.truncated(1e-20).surviving() == 1);
  CHECK(p.truncated(0.5).surviving() == 1);
  const sim::categorical seven = sim::categorical::uniform(10).truncated(0.7);
  CHECK(seven.surviving() == 7);
  CHECK(seven.probability(6) == doctest::Approx(1.0 / 7));
  CHECK(seven.probability(7) == 0);
  CHECK(seven.symbols() == 10);
}

TEST_CASE("categorical: divergences have their closed forms, and small ones keep their digits") {
  const sim::categorical p{0.5, 0.5, 0}, q{0.25, 0.5, 0.25};
  CHECK_CLOSE(sim::kl_divergence(p, q), 0.5 * std::log(2.0), 1e-14);
  CHECK(sim::kl_divergence(q, p) == std::numeric_limits<double>::infinity());
  CHECK(sim::total_variation(p, q) == 0.25);
  CHECK(sim::l2_squared(p, q) == 0.125);
  CHECK(sim::kl_divergence(q, q) == 0);
  CHECK(sim::total_variation(sim::categorical{1, 0}, sim::categorical{0, 1}) == 1);
  const double e = 0x1p-30;  // exactly: KL = -log(1 - 4 e^2) / 2 of (1/2, 1/2) from (1/2 + e, 1/2 - e)
  CHECK_CLOSE(sim::kl_divergence(sim::categorical{0.5, 0.5}, sim::categorical{0.5 + e, 0.5 - e}),
              -std::log1p(-4 * e * e) / 2, 1e-9);
}

TEST_CASE("categorical: stored, streamed and collapsed draws have the multinomial law") {
  const std::vector<double> few{0.5, 0.3, 0.2};                  // alias table, binomials
  std::vector<double> many{3, 1, 2, 1, 1, 2, 3, 1, 1, 1, 2, 2};  // bisection, ascending uniforms
  for (double& x : many) x /= 20;
  for (const std::vector<double>& p : {few, many}) {
    const Index n = p.size() == 3 ? 4 : 2;
    const auto z_of_way = [&](sim::draw how, const sim::categorical& law, Index drawn) {
      return multinomial_z(p, n, 40000, [&](std::size_t r) {
        sim::stream rng({7, 0}, {.replicate = r});
        if (how == sim::draw::stored) return sim::counts::of(law.sample(drawn, rng));
        return how == sim::draw::streamed ? law.stream_summary(drawn, sim::as<sim::counts>{}, rng)
                                          : law.sample_summary(drawn, sim::as<sim::counts>{}, rng);
      });
    };
    std::vector<double> bent = p;  // the planted bug: one symbol is a tenth too heavy
    bent[0] *= 1.1;
    for (const sim::draw how : ways) {
      CHECK_Z(z_of_way(how, sim::categorical(p), n), 0, 1);
      CHECK(std::abs(z_of_way(how, sim::categorical(bent), n)) > simulacra_test::z_limit);
    }
  }
}

TEST_CASE("categorical: at scale the collapsed draw has the right number of distinct symbols and the right spread") {
  const sim::categorical p = sim::categorical::zipf(2000, 1.1);
  for (const Index n : {Index{300}, Index{5000}}) {  // ascending uniforms, binomials
    double distinct = 0;
    for (const double q : p.support_probabilities()) distinct -= std::expm1(static_cast<double>(n) * std::log1p(-q));
    const double rare = p.probability(1000);
    for (const bool collapsed : {true, false}) {
      std::vector<double> found, first, squared, last;
      for (std::uint64_t r = 0; r < 1500; ++r) {
        sim::stream rng({8, 0}, {.replicate = r});
        const sim::counts c =
            collapsed ? p.sample_summary(n, sim::as<sim::counts>{}, rng) : p.stream_summary(n, sim::as<sim::counts>{}, rng);
        CHECK(c.weight() == static_cast<double>(n));
        found.push_back(static_cast<double>(c.entries().size()));
        const double apart = c.weight_of(0) - static_cast<double>(n) * p.probability(0);
        first.push_back(apart);
        squared.push_back(apart * apart);
        last.push_back(c.weight_of(1000));
      }
      CHECK_MEAN(found, distinct);
      CHECK_MEAN(first, 0.0);
      CHECK_MEAN(squared, static_cast<double>(n) * p.probability(0) * (1 - p.probability(0)));
      CHECK_MEAN(last, static_cast<double>(n) * rare);
    }
  }
}

TEST_CASE("categorical: the same stream gives the same counts stored and streamed, and blocks change nothing") {
  for (const Index k : {Index{1}, Index{2}, Index{7}, Index{300}, Index{5000}})
    for (const Index n : {Index{1}, Index{10}, Index{100}, Index{3000}}) {
      const sim::categorical p = sim::categorical::zipf(k, 0.7);
      sim::stream a(5), b(5), c(5);
      const sim::samples<Index, 1> x = p.sample(n, a);
      const sim::counts streamed = p.stream_summary(n, sim::as<sim::counts>{}, b);
      sim::counts stored(k);
      stored.fold(x.leftCols(n / 2).eval());
      stored.fold(x.rightCols(n - n / 2).eval());
      CHECK(stored == streamed);
      CHECK(a.position() == b.position());
      sim::samples<Index, 1> into(1, n + 2);
      into.setConstant(-1);
      p.sample_into(into.middleCols(1, n), c);
      CHECK(into.middleCols(1, n) == x);
      CHECK(into(0, 0) == -1);
      CHECK(into(0, n + 1) == -1);
    }
  sim::stream rng(1);
  CHECK(four.sample(0, rng).cols() == 0);
  CHECK(four.sample_summary(Index{1} << 60, sim::as<sim::counts>{}, rng).count() == Index{1} << 60);
}

TEST_CASE("categorical: replace loses heterozygosity by 1 - 1/M a generation, and moves away by as much") {
  const Index m = 10, n = 6;
  const double left = four.heterozygosity() * std::pow(1 - 1.0 / m, n);
  const sim::experiment chain{four, sim::categorical_estimator(4), sim::replace{}};
  for (const sim::draw how : ways) {
    CHECK_MEAN(ends(20240724, chain, n, m, how, 6000, heterozygosity), left);
    CHECK_MEAN(ends(20240724, chain, n, m, how, 6000, [](const auto& p) { return sim::l2_squared(p, four); }),
               four.heterozygosity() - left);
    CHECK(std::abs(z_of(ends(20240724, chain, n, m - 1, how, 6000, heterozygosity), left)) >
          simulacra_test::z_limit);  // one draw short
  }
}

TEST_CASE("categorical: a symbol is the last one with its own probability, and extinct by the binomial chain") {
  const sim::categorical p{0.2, 0.3, 0.5};
  const sim::experiment chain{p, sim::categorical_estimator(3), sim::replace{}};
  for (const sim::draw how : ways) {
    std::vector<double> winners(3, 0.0);
    const std::uint64_t replicates = 4000;
    for (std::uint64_t r = 0; r < replicates; ++r) {
      const sim::stream root({3, 0}, {.replicate = r});
      const auto line = sim::run_lineage(
          chain, sim::plan{.generations = 100000, .samples = 8, .how = how, .stop = {.absorbed = true}}, root);
      CHECK(line.why == sim::ending::outcome);
      CHECK(line.last.what == sim::status::absorbed);
      winners[static_cast<std::size_t>(line.model->support()[0])] += 1;
    }
    std::vector<double> expected;
    for (const double q : p.probabilities()) expected.push_back(q * static_cast<double>(replicates));
    CHECK_Z(simulacra_test::chi_square_z(winners, expected), 0, 1);
    expected = {0.25 * replicates, 0.25 * replicates, 0.5 * replicates};  // not by their probabilities
    CHECK(simulacra_test::chi_square_z(winners, expected) > simulacra_test::z_limit);

    const auto missing = [&p](const auto& q) {
      double mass = 0;
      for (Index i = 0; i < 3; ++i) mass += q.probability(i) == 0 ? p.probability(i) : 0;
      return mass;
    };
    double lost = 0, lost_early = 0;
    for (const double q : p.probabilities()) {
      lost += q * extinction(q, 8, 5);
      lost_early += q * extinction(q, 8, 4);
    }
    const std::vector<double> found = ends(20240724, chain, 5, 8, how, 4000, missing);
    CHECK_MEAN(found, lost);
    CHECK(std::abs(z_of(found, lost_early)) > simulacra_test::z_limit);
  }
}

TEST_CASE("categorical: accumulate keeps the product of 1 - 1/(M s s)") {
  const Index m = 5, n = 8;
  double left = four.heterozygosity();
  for (Index s = 1; s <= n; ++s) left *= 1 - 1.0 / static_cast<double>(m * s * s);
  for (const sim::draw how : ways) {
    const auto run = [how](const auto& recipe, Index draws) {
      return ends(20240724, sim::experiment{four, sim::categorical_estimator(4), recipe}, 8, draws, how, 3000,
                  heterozygosity);
    };
    CHECK_MEAN(run(sim::accumulate{}, m), left);
    CHECK_MEAN(run(sim::window(n), m), left);  // a window that reaches back to the start
    CHECK(std::abs(z_of(run(sim::window(n - 5), m), left)) > simulacra_test::z_limit);
    CHECK(std::abs(z_of(run(sim::accumulate{}, m - 1), left)) > simulacra_test::z_limit);
  }
}

TEST_CASE("categorical: real data, fresh, redrawn, mixed in, weighted or fixed, give their exact recursions") {
  const Index real = 4, synthetic = 8, n = 6;
  const double f0 = 1 - four.heterozygosity(), r = real, s = synthetic, rho = r / (r + s);
  const auto pooled = [&](double f, double w) {  // E sum p^2 of w (r real) + (1 - w) (s synthetic)
    return w * w * (f0 + (1 - f0) / r) + (1 - w) * (1 - w) * (f + (1 - f) / s) + 2 * w * (1 - w) * f0;
  };
  double fresh = f0, weighted = f0 + (1 - f0) / r, mixed = f0;
  for (Index t = 0; t < n; ++t) {
    fresh = pooled(fresh, rho);
    if (t > 0) weighted = pooled(weighted, 0.6);
    const double law = t == 0 ? f0 : 0.49 * mixed + 0.51 * f0;  // 0.7 of the model, 0.3 of the truth
    mixed = law + (1 - law) / 12;
  }
  // Fixed points: D = E |p - p_real|^2, while E[p | real] nears p_real by 1 - rho a generation.
  const double h0 = 1 - f0, h_real = h0 * (1 - 1 / r);
  double distance = h0 / r, cross = -h0 / r;
  for (Index t = 0; t < n; ++t) {
    distance = (1 - rho) * (1 - rho) * (distance + (h_real - 2 * cross - distance) / s);
    cross *= 1 - rho;
  }
  const double fixed = h_real - 2 * cross - distance;

  for (const sim::draw how : ways) {
    const auto run = [how](const auto& recipe, Index m) {
      return ends(20240724, sim::experiment{four, sim::categorical_estimator(4), recipe}, 6, m, how, 4000, heterozygosity);
    };
    const auto redrawn = sim::preserve::real::redrawn;
    const auto on_top = sim::preserve::place::on_top;
    CHECK_MEAN(run(sim::fresh_real(real), synthetic), 1 - fresh);
    CHECK_MEAN(run(sim::preserve(1.0 / 3, redrawn), real + synthetic), 1 - fresh);
    CHECK_MEAN(run(sim::preserve(1.0 / 3), real + synthetic), fixed);
    CHECK_MEAN(run(sim::weighted(real, 0.6), synthetic), 1 - weighted);
    CHECK_MEAN(run(sim::general_process(0.7, 0, 0.3), 12), 1 - mixed);
    CHECK(run(sim::general_process(0.4, 0.3, 0.3), 12).size() == 4000);
    CHECK(run(sim::preserve(0.5, redrawn, on_top), synthetic).size() == 4000);
    CHECK(std::abs(z_of(run(sim::fresh_real(real - 2), synthetic), 1 - fresh)) > simulacra_test::z_limit);
    CHECK(std::abs(z_of(run(sim::preserve(1.0 / 3), real + synthetic), 1 - fresh)) > simulacra_test::z_limit);
    CHECK(std::abs(z_of(run(sim::weighted(real, 0.2), synthetic), 1 - weighted)) > simulacra_test::z_limit);
    CHECK(std::abs(z_of(run(sim::general_process(0.9, 0, 0.1), 12), 1 - mixed)) > simulacra_test::z_limit);
  }
}

TEST_CASE("categorical: subsampling the accumulated pool loses 1 - (M-1) t / (Mt-1) of what the pool has") {
  const double m = 6;
  double pool = four.heterozygosity() * (1 - 1 / m);
  for (double t = 1; t < 5; ++t)  // the pool's own product, then one subsample of m out of m t
    pool *= 1 - (2 * m * t - m - t) / (m * (m * t - 1) * (t + 1) * (t + 1));
  const double left = pool * (m - 1) * 5 / (m * 5 - 1);
  const sim::experiment chain{four, sim::categorical_estimator(4), sim::accumulate_subsample{}};
  CHECK_MEAN(ends(20240724, chain, 5, 6, sim::draw::stored, 6000, heterozygosity), left);
  CHECK(std::abs(z_of(ends(20240724, chain, 5, 5, sim::draw::stored, 6000, heterozygosity), left)) >
        simulacra_test::z_limit);
}

TEST_CASE("categorical: decoders reach the law that is sampled") {
  for (const sim::draw how : ways) {
    const auto run = [how](auto decoder) {
      return ends(20240724, sim::experiment{four, sim::categorical_estimator(4), sim::replace{}, decoder}, 2, 20000, how, 60,
                  [](const auto& p) { return p.probability(0); });
    };
    CHECK_MEAN(run(sim::as_is{}), 0.4);
    CHECK_MEAN(run(sim::truncated(0.85)), 4.0 / 9);  // 0.4, 0.3 and 0.2 are left
    // Tempering a fit to 2e4 draws is not linear, which shifts the mean by about 2e-5, a fortieth of the standard error.
    CHECK_MEAN(run(sim::tempered(0.5)), 0.16 / 0.30);
    CHECK(std::abs(z_of(run(sim::tempered(0.52)), 0.16 / 0.30)) > simulacra_test::z_limit);
  }
}

TEST_CASE("categorical_estimator: maximum likelihood, smoothing, and what it reports") {
  const sim::categorical_estimator mle(3), smooth(3, 0.5);
  const sim::counts c = sim::counts::of_table(std::array<Index, 3>{3, 0, 1});
  CHECK(mle.fit(c).model == sim::categorical{3, 0, 1});
  CHECK(mle.fit(c).result.ok());
  CHECK(smooth.fit(c).model == sim::categorical{3.5, 0.5, 1.5});
  CHECK(smooth.fit(c).result.ok());
  CHECK_CLOSE(smooth.fit(c).result.shrinkage, 1.5 / 5.5, 1e-15);
  CHECK(smooth.ideal().smoothing() == 0);

  const sim::counts last = sim::counts::of_table(std::array<Index, 3>{0, 9, 0});
  CHECK(mle.fit(last).result.what == sim::status::absorbed);
  CHECK(mle.fit(last).result.reason == "one symbol is left");
  CHECK(mle.fit(last).model.symbols() == 3);
  CHECK(smooth.fit(last).result.ok());

  sim::stream rng(1);
  sim::samples<Index, 1> x(1, 4);
  x << 2, 0, 2, 2;
  sim::weights<double> w(4);
  w << 0.5, 2, 0.5, 1;
  CHECK(mle.fit(x, rng).model == sim::categorical{1, 0, 3});
  CHECK(mle.fit(x, w, rng).model == sim::categorical{2, 0, 2});
  CHECK(mle.fit(sim::counts::of(x, w), rng).model == sim::categorical{2, 0, 2});
  CHECK(mle.project(sim::categorical{1, 1}) == sim::categorical{1, 1, 0});
  CHECK(smooth.population_fit(sim::categorical{1, 1}) == sim::categorical{1, 1, 0});

  x[1] = 3;
  const std::string beyond = message_of([&] { (void)mle.fit(x, rng); });
  CHECK(says(beyond, "categorical_estimator::fit", "x"));
  CHECK(beyond.find("3 at column 1") != std::string::npos);
  CHECK(
      says(message_of([&] { (void)mle.fit(sim::counts::of(x), rng); }), "categorical_estimator::fit", "the largest symbol"));
  x[1] = -1;
  CHECK(message_of([&] { (void)mle.fit(x, rng); }).find("-1 at column 1") != std::string::npos);
  CHECK(
      says(message_of([&] { (void)mle.fit(sim::samples<Index, 1>(1, 0), rng); }), "categorical_estimator::fit", "x.cols()"));
  CHECK(says(message_of([&] { (void)mle.fit(sim::counts(3)); }), "categorical_estimator::fit", "weight()"));
  sim::counts heavy = sim::counts::of_table(std::array<Index, 3>{3, 0, 1}), light = heavy;
  heavy.reweight(1e200);
  light.reweight(1e-323);
  CHECK(mle.fit(heavy).model == mle.fit(c).model);                                   // only ratios of weights matter
  CHECK(says(message_of([&] { heavy.reweight(1e200); }), "counts::reweight", "c"));  // beyond the range they are lost
  CHECK(says(message_of([&] { light.reweight(0.1); }), "counts::reweight", "c"));
  CHECK(light.entries().size() == 2);
  CHECK(says(message_of([] { (void)sim::categorical_estimator(0); }), "categorical_estimator", "symbols"));
  CHECK(says(message_of([] { (void)sim::categorical_estimator(2, -1); }), "categorical_estimator", "smoothing"));
  CHECK(says(message_of([&] { (void)mle.project(four); }), "categorical_estimator::project", "law.probabilities().size()"));
}

TEST_CASE("categorical: a caller's mistake names function and argument") {
  using sim::categorical;
  sim::stream rng(1);
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  for (const double bad : {nan, inf, -1.0})
    CHECK(says(message_of([&] { (void)categorical{1, bad}; }), "categorical", "weights"));
  CHECK(says(message_of([] { (void)categorical{0, 0}; }), "categorical", "weights"));
  CHECK(says(message_of([] { (void)categorical(std::vector<double>{}); }), "categorical", "weights"));
  CHECK(says(message_of([] { (void)categorical::uniform(0); }), "categorical::uniform", "symbols"));
  CHECK(says(message_of([] { (void)categorical::zipf(0, 1); }), "categorical::zipf", "symbols"));
  CHECK(says(message_of([&] { (void)categorical::zipf(3, nan); }), "categorical::zipf", "exponent"));
  CHECK(says(message_of([] { (void)categorical::of(sim::counts(2)); }), "categorical::of", "c.weight()"));
  CHECK(says(message_of([] {
               (void)categorical::of(sim::counts::of_table(std::array<Index, 2>{1, 1}), 1);
             }),
             "categorical::of", "c"));
  CHECK(says(message_of([&] { (void)four.sample(-1, rng); }), "categorical::sample", "n"));
  CHECK(says(message_of([&] { (void)four.sample_summary(0, sim::as<sim::counts>{}, rng); }), "categorical::sample_summary",
             "n"));
  CHECK(says(message_of([&] { (void)four.stream_summary(0, sim::as<sim::counts>{}, rng); }), "categorical::stream_summary",
             "n"));
  CHECK(says(message_of([] { (void)four.tempered(0); }), "categorical::tempered", "tau"));
  CHECK(says(message_of([&] { (void)four.tempered(inf); }), "categorical::tempered", "tau"));
  CHECK(says(message_of([] { (void)four.truncated(0); }), "categorical::truncated", "c"));
  CHECK(says(message_of([] { (void)four.truncated(1.5); }), "categorical::truncated", "c"));
  CHECK(says(message_of([] { (void)sim::kl_divergence(four, categorical{1}); }), "kl_divergence", "q.symbols()"));
  CHECK(says(message_of([] { (void)sim::l2_squared(four, categorical{1}); }), "l2_squared", "q.symbols()"));
  CHECK(says(message_of([] { (void)sim::total_variation(four, categorical{1}); }), "total_variation", "q.symbols()"));
}
