#include "goodness.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <vector>

#include <simulacra/random/binomial.hpp>
#include <simulacra/random/multinomial.hpp>
#include <simulacra/random/poisson.hpp>

using simulacra::binomial_count;
using simulacra::Index;
using simulacra::multinomial;
using simulacra::poisson_count;
using simulacra::stream;
using simulacra_test::chi_square_z;
using simulacra_test::whole_number_z;
using simulacra_test::z_limit;

namespace {

/// Reference probabilities by log-gammas in long double: not the code under test, good for n up to about 1e9.
double binomial_mass(Index trials, double probability, long long k) {
  const auto n = static_cast<long double>(trials), p = static_cast<long double>(probability);
  const auto count = static_cast<long double>(k);
  return static_cast<double>(std::exp(std::lgamma(n + 1) - std::lgamma(count + 1) - std::lgamma(n - count + 1) +
                                      count * std::log(p) + (n - count) * std::log1p(-p)));
}

double poisson_mass(double mean, long long k) {
  const auto m = static_cast<long double>(mean), count = static_cast<long double>(k);
  return static_cast<double>(std::exp(count * std::log(m) - m - std::lgamma(count + 1)));
}

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("binomial: goodness of fit over a grid, around the change of algorithm, and it fails for a p 2 per cent off") {
  stream rng(1);
  constexpr std::size_t draws = 200000;
  for (const Index n : {Index{1}, Index{5}, Index{20}, Index{30}, Index{100}, Index{1000}, Index{100000}})
    for (const double p : {1e-3, 0.01, 0.0999, 0.1001, 0.33, 0.5, 0.51, 0.9, 0.99}) {
      const double size = static_cast<double>(n), mean = size * p, sd = std::sqrt(mean * (1 - p));
      if (mean * static_cast<double>(draws) < 100 || (size - mean) * static_cast<double>(draws) < 100) continue;
      CAPTURE(n);
      CAPTURE(p);
      const auto first = std::max(0LL, static_cast<long long>(mean - 12 * sd - 12));
      const auto last = std::min(static_cast<long long>(n), static_cast<long long>(mean + 12 * sd + 12));
      const auto mass = [&](long long k) { return binomial_mass(n, p, k); };
      CHECK_Z(whole_number_z(
                  draws, first, last, [&] { return binomial_count(n, p, rng); }, mass),
              0, 1);
      if (mean * (1 - p) > 5 && mean < 100) {
        const double wrong = p < 0.5 ? 1.04 * p : 1 - 1.04 * (1 - p);
        CHECK(whole_number_z(
                  draws, first, last, [&] { return binomial_count(n, wrong, rng); }, mass) > z_limit);
      }
    }
}

TEST_CASE("binomial: huge n and tiny p, where it is a Poisson number of the same mean to 1e-13") {
  stream rng(2);
  for (const double mean : {0.5, 6.0, 9.9, 10.1, 20.0, 300.0}) {
    CAPTURE(mean);
    const auto n = static_cast<Index>(1e15);
    const double p = mean / 1e15;
    const auto mass = [mean](long long k) { return poisson_mass(mean, k); };
    const auto last = static_cast<long long>(mean + 15 * std::sqrt(mean) + 15);
    CHECK_Z(whole_number_z(
                1000000, 0, last, [&] { return binomial_count(n, p, rng); }, mass),
            0, 1);
    // The mirror image. 1 - p is the number that is represented, so its mean is taken from it.
    const double q = 1 - p, rest = (1 - q) * 1e15;
    const auto mirrored = [rest](long long k) { return poisson_mass(rest, k); };
    CHECK_Z(whole_number_z(
                300000, 0, last, [&] { return n - binomial_count(n, q, rng); }, mirrored),
            0, 1);
    // Planted bug: p rounded as pow(1 - p, n) rounds it, which makes 5e-16 a multiple of 2^-53.
    if (mean == 0.5) {
      const double rounded = 1 - (1 - p);
      CHECK(whole_number_z(
                1000000, 0, last, [&] { return binomial_count(n, rounded, rng); }, mass) > z_limit);
    }
  }
}

TEST_CASE("binomial: n from 1e9 to 1e18 against the normal limit") {
  stream rng(3);
  for (const double size : {1e9, 1e12, 1e15, 1e18})
    for (const double p : {0.01, 0.5, 0.75}) {
      CAPTURE(size);
      CAPTURE(p);
      const double sd = std::sqrt(size * p * (1 - p));
      // The first term of the Edgeworth series, skewness (1 - 2p) / sd, and the continuity correction.
      const auto cdf = [&](double k) {
        const double z = (k + 0.5 - size * p) / sd;
        return normal_cdf(z) - (1 - 2 * p) / sd / 6 * (z * z - 1) * std::exp(-z * z / 2) / std::sqrt(2 * std::acos(-1.0));
      };
      const auto draw = [&] { return static_cast<double>(binomial_count(static_cast<Index>(size), p, rng)); };
      CHECK_Z(simulacra_test::equiprobable_z(200000, 50, draw, cdf), 0, 1);
      CHECK(simulacra_test::equiprobable_z(
                200000, 10, [&] { return draw() + 0.03 * sd; }, cdf) > z_limit);
    }
}

TEST_CASE("binomial: edges and arguments") {
  stream rng(4);
  CHECK(binomial_count(0, 0.5, rng) == 0);
  CHECK(binomial_count(10, 0, rng) == 0);
  CHECK(binomial_count(10, 1, rng) == 10);
  CHECK(binomial_count(std::numeric_limits<Index>::max(), 1, rng) == std::numeric_limits<Index>::max());
  for (const double p : {5e-324, 1e-300, 1 - 0x1p-53})
    for (const Index n : {Index{1}, Index{1000}})
      CHECK((p < 0.5 ? binomial_count(n, p, rng) : n - binomial_count(n, p, rng)) == 0);
  for (int i = 0; i < 1000; ++i) {
    const Index k = binomial_count(std::numeric_limits<Index>::max(), 0.5, rng);
    CHECK(k > 0);
  }
  CHECK_THROWS_AS(static_cast<void>(binomial_count(-1, 0.5, rng)), std::invalid_argument);
  for (const double p : {-1e-300, 1.0000001, infinity, -infinity, not_a_number})
    CHECK_THROWS_AS(static_cast<void>(binomial_count(5, p, rng)), std::invalid_argument);
  CHECK_THROWS_WITH_AS(static_cast<void>(binomial_count(5, 1.5, rng)),
                       "simulacra::binomial_count: argument 'p' is 1.5; it must be in [0, 1]", std::invalid_argument);
}

TEST_CASE("poisson: goodness of fit from 0.1 to 1e8, and it fails for a mean that is off") {
  stream rng(5);
  for (const double mean : {0.1, 1.0, 3.0, 9.99, 10.0, 12.5, 30.0, 100.0, 1e4}) {
    CAPTURE(mean);
    const auto first = std::max(0LL, static_cast<long long>(mean - 12 * std::sqrt(mean) - 12));
    const auto last = static_cast<long long>(mean + 12 * std::sqrt(mean) + 12);
    const auto mass = [mean](long long k) { return poisson_mass(mean, k); };
    CHECK_Z(whole_number_z(
                400000, first, last, [&] { return poisson_count(mean, rng); }, mass),
            0, 1);
    if (mean < 1000) {
      const double wrong = mean + 0.04 * std::sqrt(mean);
      CHECK(whole_number_z(
                400000, first, last, [&] { return poisson_count(wrong, rng); }, mass) > z_limit);
    }
  }
  for (const double mean : {1e6, 1e8, 1e12, 1e15, 1e18}) {
    CAPTURE(mean);
    const double sd = std::sqrt(mean);
    const auto cdf = [&](double k) {
      const double z = (k + 0.5 - mean) / sd;
      return normal_cdf(z) - 1 / sd / 6 * (z * z - 1) * std::exp(-z * z / 2) / std::sqrt(2 * std::acos(-1.0));
    };
    CHECK_Z(simulacra_test::equiprobable_z(
                200000, 50, [&] { return static_cast<double>(poisson_count(mean, rng)); }, cdf),
            0, 1);
  }
}

TEST_CASE("poisson: edges and arguments") {
  stream rng(6);
  CHECK(poisson_count(0, rng) == 0);
  CHECK(poisson_count(5e-324, rng) == 0);
  for (const double mean : {-1.0, 1.1e18, infinity, not_a_number})
    CHECK_THROWS_AS(static_cast<void>(poisson_count(mean, rng)), std::invalid_argument);
  CHECK_THROWS_WITH_AS(static_cast<void>(poisson_count(-1, rng)),
                       "simulacra::poisson_count: argument 'mean' is -1; it must be in [0, 1e18]", std::invalid_argument);
}

TEST_CASE("multinomial: means, variances, covariances, and they fail for probabilities in the wrong order") {
  const std::vector<double> weights = {3, 0, 1, 10, 0.5, 5.5, 0};
  const double total = 20;
  constexpr Index n = 50;
  constexpr int draws = 200000;
  const auto worst_z = [&](const std::vector<double>& used) {
    stream rng(7);
    std::vector<Index> counts(weights.size());
    std::vector<double> sum(weights.size(), 0.0);
    std::vector<std::vector<double>> cross(weights.size(), sum);
    for (int i = 0; i < draws; ++i) {
      multinomial(n, used, counts, rng);
      Index all = 0;
      for (std::size_t a = 0; a < counts.size(); ++a) {
        all += counts[a];
        const double deviation = static_cast<double>(counts[a]) - n * weights[a] / total;
        sum[a] += deviation;
        for (std::size_t b = 0; b <= a; ++b)
          cross[a][b] += deviation * (static_cast<double>(counts[b]) - n * weights[b] / total);
      }
      REQUIRE(all == n);
    }
    double worst = 0;
    for (std::size_t a = 0; a < counts.size(); ++a) {
      const double p = weights[a] / total;
      if (p == 0) {
        CHECK(sum[a] == 0);
        continue;
      }
      worst = std::fmax(worst, std::abs(sum[a]) / std::sqrt(draws * n * p * (1 - p)));
      for (std::size_t b = 0; b < a; ++b) {
        const double q = weights[b] / total;
        if (q == 0) continue;
        // With one trial's deviations d, e and c = E d e, the product of the counts' deviations has the variance
        // n E d^2 e^2 + n (n - 1) (Var d Var e + 2 c^2) - n^2 c^2.
        const double c = -p * q, vp = p * (1 - p), vq = q * (1 - q);
        const double fourth = p * (1 - p) * (1 - p) * q * q + q * (1 - q) * (1 - q) * p * p + (1 - p - q) * p * p * q * q;
        const double variance = n * fourth + n * (n - 1.0) * (vp * vq + 2 * c * c) - n * n * c * c;
        worst = std::fmax(worst, std::abs(cross[a][b] / draws - n * c) / std::sqrt(variance / draws));
      }
    }
    return worst;
  };
  CHECK(worst_z(weights) <= z_limit);
  CHECK(worst_z({3, 0, 1.02, 9.98, 0.5, 5.5, 0}) > z_limit);
}

TEST_CASE("multinomial: one draw of many categories follows the weights") {
  std::vector<double> weights(1000), expected(1000), observed(1000);
  double total = 0;
  for (std::size_t k = 0; k < weights.size(); ++k) total += weights[k] = 1 / static_cast<double>(k + 1);
  std::vector<Index> counts(1000);
  stream rng(8);
  constexpr Index n = 10000000;
  multinomial(n, weights, counts, rng);
  for (std::size_t k = 0; k < weights.size(); ++k) {
    expected[k] = static_cast<double>(n) * weights[k] / total;
    observed[k] = static_cast<double>(counts[k]);
  }
  CHECK_Z(chi_square_z(observed, expected), 0, 1);
  std::swap(observed[10], observed[11]);
  CHECK(chi_square_z(observed, expected) > z_limit);
}

TEST_CASE("multinomial: a rare category beside a common one keeps its probability, in either order") {
  const auto rare_mean_z = [](std::vector<double> weights, std::size_t rare, double mean) {
    stream rng(9);
    std::vector<Index> counts(weights.size());
    double sum = 0;
    for (int i = 0; i < 20000; ++i) {
      multinomial(static_cast<Index>(1e17), weights, counts, rng);
      sum += static_cast<double>(counts[rare]);
    }
    return (sum - 20000 * mean) / std::sqrt(20000 * mean);
  };
  CHECK_Z(rare_mean_z({1, 2e-17}, 1, 2), 0, 1);
  CHECK_Z(rare_mean_z({2e-17, 1}, 0, 2), 0, 1);
  CHECK_Z(rare_mean_z({1, 2e-17, 3e-17}, 2, 3), 0, 1);
  CHECK_Z(rare_mean_z({1, 2e-17, 0, 3e-17, 0}, 1, 2), 0, 1);
  CHECK_Z(rare_mean_z({0.25, 3e-17, 0.75}, 1, 3), 0, 1);
  CHECK(std::abs(rare_mean_z({1, 0x1p-53}, 1, 2)) > z_limit);  // planted bug: the complement rounded to a double's spacing
}

TEST_CASE("multinomial: edges and arguments") {
  stream rng(10);
  std::vector<Index> counts(3, -1);
  multinomial(0, std::vector<double>{1, 2, 3}, counts, rng);
  CHECK(counts == std::vector<Index>{0, 0, 0});
  multinomial(7, std::vector<double>{0, 5e-324, 0}, counts, rng);
  CHECK(counts == std::vector<Index>{0, 7, 0});
  for (int i = 0; i < 1000; ++i) {
    multinomial(1000, std::vector<double>{0.1, 0.2, 0}, counts, rng);
    REQUIRE(counts[2] == 0);
    REQUIRE(counts[0] + counts[1] == 1000);
  }
  const auto run = [&](Index n, std::vector<double> weights) { multinomial(n, weights, counts, rng); };
  CHECK_THROWS_AS(run(-1, {1, 1, 1}), std::invalid_argument);
  CHECK_THROWS_AS(run(1, {1, 1}), std::invalid_argument);
  CHECK_THROWS_AS(run(1, {0, 0, 0}), std::invalid_argument);
  CHECK_THROWS_AS(run(1, {1, -1e-300, 1}), std::invalid_argument);
  CHECK_THROWS_AS(run(1, {1, not_a_number, 1}), std::invalid_argument);
  CHECK_THROWS_AS(run(1, {1, infinity, 1}), std::invalid_argument);
  CHECK_THROWS_AS(run(1, {1e308, 1e308, 1e308}), std::invalid_argument);
  CHECK_THROWS_WITH_AS(run(1, {1, -2, 1}),
                       "simulacra::multinomial: argument 'probabilities' is -2 at 1; "
                       "it must be finite and at least 0 everywhere",
                       std::invalid_argument);
  counts.clear();
  CHECK_THROWS_AS(run(1, {}), std::invalid_argument);
}
