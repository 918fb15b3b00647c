#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include <simulacra/theory.hpp>
#include <support/statistics.hpp>

using namespace simulacra;
using namespace simulacra::theory;

namespace {

using real_vector = std::vector<long double>;

// Binomial probabilities from Pascal's rule for the next trial: slow, and nothing but sums of positive terms.
real_vector binomial_row(Index m, long double p) {
  real_vector row(static_cast<std::size_t>(m) + 1, 0.0L);
  row[0] = 1;
  for (Index trial = 1; trial <= m; ++trial)
    for (auto k = static_cast<std::size_t>(trial);; --k) {
      row[k] = row[k] * (1 - p) + (k > 0 ? row[k - 1] * p : 0.0L);
      if (k == 0) break;
    }
  return row;
}

// The law of the count after n fits: forward in time, the whole matrix.
real_vector count_law(long double p, Index m, Index n) {
  std::vector<real_vector> rows;
  for (Index j = 0; j <= m; ++j) rows.push_back(binomial_row(m, static_cast<long double>(j) / static_cast<long double>(m)));
  real_vector law = binomial_row(m, p);
  for (Index fit = 1; fit < n; ++fit) {
    real_vector next(law.size(), 0.0L);
    for (std::size_t j = 0; j < law.size(); ++j)
      for (std::size_t k = 0; k < law.size(); ++k) next[k] += law[j] * rows[j][k];
    law = next;
  }
  return law;
}

}  // namespace

TEST_CASE("theory/discrete: extinction against the whole transition matrix") {
  for (const Index m : {1, 2, 3, 7, 60, 150})
    for (const Index n : {1, 2, 3, 25})
      for (const double p : {0.001, 0.05, 0.37, 0.5, 0.9, 0.999}) {
        CAPTURE(m);
        CAPTURE(n);
        CAPTURE(p);
        const auto exact = static_cast<double>(count_law(static_cast<long double>(p), m, n).front());
        CHECK_CLOSE(extinction_probability(p, m, n), exact, 1e-12);
      }
  CHECK_CLOSE(extinction_probability(0.25, 40, 1000), static_cast<double>(count_law(0.25L, 40, 1000).front()), 1e-12);
}

TEST_CASE("theory/discrete: extinction at the ends of its range") {
  CHECK(extinction_probability(0.2, 50, 0) == 0);
  CHECK(extinction_probability(0, 50, 0) == 1);
  CHECK(extinction_probability(0, 50, 7) == 1);
  CHECK(extinction_probability(1, 50, 7) == 0);
  CHECK(extinction_probability(1, 50, 1) == 0);
  CHECK_CLOSE(extinction_probability(0.3, 1, 5), 0.7, 1e-15);
  CHECK_CLOSE(extinction_probability(1e-9, 1000000000, 1), std::exp(1e9 * std::log1p(-1e-9)), 1e-14);
  CHECK_CLOSE(extinction_probability(0.3, 1000, 1000000000000), 0.7, 1e-15);
  // Where the limit takes over from the recursion, the two agree.
  const Index m = 12, switch_over = static_cast<Index>(12 * (std::log(24.0) + 40)) + 2;
  CHECK_CLOSE(extinction_probability(0.3, m, switch_over), 0.7, 1e-12);
  CHECK_THROWS_AS(extinction_probability(0.3, 1000000, 1000), std::invalid_argument);
  // With p = 1/2 and two large samples the answer is tiny, and still right: P = E (1 - X/M)^M.
  const Index big = 400;
  const auto tiny = static_cast<double>(count_law(0.5L, big, 2).front());
  CHECK(tiny < 1e-60);
  CHECK_CLOSE(extinction_probability(0.5, big, 2), tiny, 1e-11);
}

TEST_CASE("theory/discrete: symbols are lost, mass is lost, and the two sum up") {
  const std::vector<double> p{0.5, 0.25, 0.125, 0.0625, 0.0625};
  double mass = 0, kept = 0;
  for (const double q : p) {
    const double gone = extinction_probability(q, 25, 6);
    mass += q * gone;
    kept += 1 - gone;
  }
  CHECK_CLOSE(lost_mass(p, 25, 6), mass, 1e-13);
  CHECK_CLOSE(distinct_symbols(p, 25, 6), kept, 1e-13);
  CHECK_CLOSE(distinct_symbols(p, 25, 0), 5.0, 1e-15);
  CHECK_CLOSE(distinct_symbols(p, 25, 1e9), 1.0, 1e-14);
  CHECK_CLOSE(heterozygosity(0.5, 20, 6), 0.5 * std::pow(0.95, 6), 1e-14);
  CHECK_CLOSE(squared_drift(0.5, 1000000000, 1), 0.5e-9, 1e-14);
  CHECK(heterozygosity(0.5, 1, 1) == 0);
  CHECK(heterozygosity(0.5, 1, 0) == 0.5);
  // The asymptotic law is close to the exact sum over very many symbols; the tail beyond K adds 2 / (zeta(1.5) sqrt(K)).
  const double cut = 2 / 2.612375348685488 / std::sqrt(1e6);
  CHECK_CLOSE(zipf_missing_mass(1.5, 1000, 1), missing_mass(zipf_law(1000000, 1.5), 1000) * (1 - cut) + cut, 1e-3);
}

TEST_CASE("theory/discrete: time to fixation") {
  CHECK_CLOSE(mean_fixation_time(0.5, 2), 2.0, 1e-14);  // 1 + 4 p q
  CHECK_CLOSE(mean_fixation_time(0.1, 2), 1.36, 1e-14);
  CHECK(mean_fixation_time(0.3, 1) == 1);
  CHECK(mean_fixation_time(0, 7) == 0);
  for (const Index m : {3, 4, 9}) {  // a mean is the sum of the survival function
    double sum = 0;
    for (Index n = 0; n < 60 * m; ++n) sum += 1 - extinction_probability(0.3, m, n) - extinction_probability(0.7, m, n);
    CHECK_CLOSE(mean_fixation_time(0.3, m), sum, 1e-11);
  }
  CHECK_CLOSE(mean_fixation_time(0.5, 1000), mean_fixation_time_diffusion(0.5, 1000), 3e-3);
  CHECK_THROWS_AS(mean_fixation_time(0.5, 4097), std::invalid_argument);
}

TEST_CASE("theory/poisson: the exponent far out") {
  long double g = 1;
  for (Index k = 1; k < 3'000'000; ++k) {
    if (k == 1'000'000 || k == 1'000'001 || k == 50'000) CHECK_CLOSE(poisson_exponent(k), static_cast<double>(g), 1e-12);
    g = -std::expm1(-g);
  }
  CHECK_CLOSE(poisson_exponent(3'000'000), static_cast<double>(g), 1e-12);
  CHECK_CLOSE(poisson_exponent(1'000'000'000'000'000), 2e-15, 1e-12);
  CHECK(poisson_survival(0, 10, 0) == 0);
  CHECK(poisson_survival(2, 10, 0) == 1);
  CHECK(poisson_survival(0, 10, 3) == 0);
  CHECK_CLOSE(poisson_survival(0.3, 10, 1), 1 - std::exp(-3.0), 1e-14);
  CHECK_CLOSE(poisson_rate_variance(2, 10, 5), 1.0, 1e-15);
}
