#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include <simulacra/theory/kernel_density.hpp>
#include <support/statistics.hpp>

using namespace simulacra;
using namespace simulacra::theory;

namespace {

constexpr auto replace = workflow::replace;
constexpr auto accumulate = workflow::accumulate;
constexpr double tight = 2e-14;

}  // namespace

TEST_CASE("theory/kernel density: values of the theory notes") {
  CHECK_CLOSE(kde_mise(1, 1, .4, 100, 1, replace), 0.005554736070446734, tight);
  CHECK_CLOSE(kde_mise(1, 1, .4, 100, 1, accumulate), 0.005554736070446734, tight);
  CHECK_CLOSE(kde_mise(1, 1, .3, 50, 5, replace), 0.04297783333879958, tight);
  CHECK_CLOSE(kde_mise(2, 1, .3, 50, 5, replace), 0.03869653724251280, tight);
  CHECK_CLOSE(kde_mise(1, 1, .3, 50, 100, replace), 0.2542099895683788, tight);
  CHECK_CLOSE(kde_mise(1, 1, .3, 50, 5, accumulate), 0.01429819817758662, tight);
  CHECK_CLOSE(kde_mmd2(1, 1, .3, 50, 5, 1, replace), 0.03673732141032631, tight);
  CHECK_CLOSE(kde_mmd2(1, 1, 0, 50, 5, 1, replace), 0.04060784936895525, tight);
  CHECK_CLOSE(kde_mmd2(1, 1, 0, 50, 5, 1, accumulate), 0.01228238242373629, tight);
  CHECK_CLOSE(kde_second_moment(1, 1, .3, 50, 5, accumulate), 1.2055, tight);
  CHECK_CLOSE(kde_spread(1, 1, .3, 50, 20, replace), 2.163372098857169, tight);
  CHECK_CLOSE(kde_second_moment(1, .3, 50, 5, accumulate), 1.2055, tight);
  CHECK_CLOSE(kde_spread(1, .3, 50, 20, replace), 2.163372098857169, tight);
}

TEST_CASE("theory/kernel density: generation 0 is the truth and one generation is the same in both workflows") {
  for (const Index d : {1, 2, 7})
    for (const workflow kept : {replace, accumulate}) {
      CHECK(kde_mise(d, 2, .3, 50, 0, kept) == 0);
      CHECK(kde_mmd2(d, 2, .3, 50, 0, 1, kept) == 0);
      CHECK(kde_mmd2(d, 2, 0, 50, 0, 1, kept) == 0);
      CHECK_CLOSE(kde_spread(d, 2, .3, 50, 0, kept), 2 * static_cast<double>(d), 1e-15);
      CHECK_CLOSE(kde_second_moment(d, 2, .3, 50, 0, kept), 2 * static_cast<double>(d), 1e-15);
      CHECK_CLOSE(kde_spread(d, 2, .3, 50, 1, kept), static_cast<double>(d) * (2 * 0.98 + .09), 1e-15);
    }
  // The shortcut of one generation against the spectral integral that it stands for.
  for (const double shift : {0.0, 1.0, 1e4}) {
    const theory::detail::gaussian_product psi{1.5, shift, 1};
    for (const double eta : {1e-6, 0.1, 40.0})
      CHECK_CLOSE(theory::detail::log_accumulate_distance(psi, eta, 9, 1),
                  theory::detail::log_replace_distance(psi, eta, 9, 1), 1e-13);
  }
}

TEST_CASE("theory/kernel density: units, and limits in the bandwidth and the length scale") {
  for (const workflow kept : {replace, accumulate}) {
    for (const Index d : {1, 3, 100}) {
      const double c = std::pow(1.9, static_cast<double>(d));
      CHECK_CLOSE(kde_mise(d, 1.9 * 1.9, 1.9 * .3, 50, 7, kept) * c, kde_mise(d, 1, .3, 50, 7, kept), 2e-13);
      CHECK_CLOSE(kde_mmd2(d, 1.9 * 1.9, 1.9 * .3, 50, 7, 1.9, kept), kde_mmd2(d, 1, .3, 50, 7, 1, kept), 2e-13);
    }
    // A vanishing bandwidth is the empirical measure, and the law of every kernel.
    CHECK_CLOSE(kde_mmd2(3, 1, 1e-8, 50, 40, 1, kept), kde_mmd2(3, 1, 0, 50, 40, 1, kept), 1e-12);
    CHECK_CLOSE(kde_mmd2(1, 2, 0, 50, 40, 1.5, kept), kernel_distance(1 - std::sqrt(2.25 / (2.25 + 4)), 50, 40, kept),
                1e-14);
    // A short length scale counts density, (2 pi l^2)^(d/2) of it.
    const double area = 2 * std::numbers::pi * 1e-18;
    CHECK_CLOSE(kde_mmd2(2, 1, .3, 50, 6, 1e-9, kept) / area, kde_mise(2, 1, .3, 50, 6, kept), 1e-12);
    // A long one measures the mean: 2 (1 - E exp(-D^2/(2 l^2))) / 2 ~ E D^2 / l^2 of the distance D of the means.
    const double wander = kde_second_moment(2, 1, .3, 50, 6, kept) - kde_spread(2, 1, .3, 50, 6, kept);
    CHECK_CLOSE(kde_mmd2(2, 1, .3, 50, 6, 1e7, kept) * 1e14, wander, 1e-11);
    // A wide bandwidth is a flat density, and all of the truth is lost.
    CHECK_CLOSE(kde_mise(1, 1, 1e20, 50, 6, kept), 1 / (2 * std::sqrt(std::numbers::pi)), 1e-14);
    // M only matters through the variance.
    CHECK_CLOSE(kde_mise(1, 1, .3, 9'000'000'000'000'000'000, 6, kept), kde_mise(1, 1, .3, 900'000'000'000'000'000, 6, kept),
                1e-14);
  }
  // Where sums give way to integrals, against the sums.
  const Index many = theory::detail::direct_terms;
  for (const Index n : {many - 1, many, many + 1, 10 * many}) {
    const theory::detail::gaussian_product psi{0.5, 1, 1};
    theory::detail::compensated_sum sum;
    const double m = 3e5, eta = 1e-4, last = std::exp(psi.logarithm(2 + 2 * static_cast<double>(n) * eta));
    for (Index j = 0; j < n; ++j) {
      const double t = static_cast<double>(j);
      sum.add(std::exp(t * std::log1p(-1 / m)) * (std::exp(psi.logarithm(2 * (t + 1) * eta)) - last) / m);
    }
    const double unit = std::exp(psi.logarithm(2 * eta));
    CHECK_CLOSE(theory::detail::replace_spectral_variance(psi, eta, 300'000, n) * unit, sum.value(), 1e-13);
  }
}

TEST_CASE("theory/kernel density: spread and second moment") {
  // Spread by the textbook recursions, where the wandering of the mean is what is missing from the second moment.
  for (const Index m : {1, 2, 50, 1000000000}) {
    double pool = 1, wander = 0, kept = 1;  // second moment and mean error of the pool; spread of the chain without memory
    for (Index n = 1; n <= 300; ++n) {
      const double s = static_cast<double>(n), spread = n == 1 ? 1 : pool - wander + .09;
      kept = (1 - 1 / static_cast<double>(m)) * kept + .09;
      wander += spread / (static_cast<double>(m) * s * s);
      if (n > 1) pool += .09 / s;
      CHECK_CLOSE(kde_spread(1, 1, .3, m, n, accumulate), pool - wander + .09, 1e-12);
      CHECK_CLOSE(kde_second_moment(1, 1, .3, m, n, accumulate), pool + .09, 1e-13);
      CHECK_CLOSE(kde_spread(1, 1, .3, m, n, replace), kept, 1e-12);
    }
  }
  CHECK_CLOSE(kde_spread(1, 1, .3, 50, 1'000'000'000, replace), 50 * .09, 1e-14);
  CHECK_CLOSE(kde_spread(3, 1, 0, 50, 1000, accumulate), 3 * accumulate_variance(50, 1000, divisor::n), 1e-13);
  CHECK_CLOSE(kde_second_moment(2, 1, .3, 50, 1001, accumulate) - kde_second_moment(2, 1, .3, 50, 1000, accumulate),
              2 * .09 / 1001, 1e-9);
  // Beyond a million generations: against the recursion itself.
  long double spread = 1;
  for (Index s = 1; s <= 3'000'000; ++s) {
    const long double t = static_cast<long double>(s);
    spread += .09L / t - spread / (5 * t * t);
  }
  CHECK_CLOSE(kde_spread(1, 1, .3, 5, 3'000'000, accumulate), static_cast<double>(spread), 1e-13);
}

namespace {

struct walk_averages {
  std::vector<double> mise, mmd2, spread, second_moment;
};

double normal_density(double x, double variance) {
  return std::exp(-x * x / (2 * variance)) / std::sqrt(2 * std::numbers::pi * variance);
}

/// Chains of kernel density estimates of N(0, 1), every sample drawn, and the distances of the realised densities.
walk_averages walk(Index samples, Index generations, double bandwidth, workflow kept, std::size_t chains) {
  std::mt19937_64 rng(20240917);
  std::normal_distribution<double> normal;
  walk_averages result;
  const double h2 = bandwidth * bandwidth;
  for (std::size_t chain = 0; chain < chains; ++chain) {
    std::vector<double> x, next;
    for (Index n = 0; n < generations; ++n) {
      next.clear();
      for (Index i = 0; i < samples; ++i) {
        if (n == 0) {
          next.push_back(normal(rng));
        } else {
          std::uniform_int_distribution<std::size_t> pick(0, x.size() - 1);
          next.push_back(x[pick(rng)] + bandwidth * normal(rng));
        }
      }
      if (kept == replace) x.clear();
      x.insert(x.end(), next.begin(), next.end());
    }
    const auto size = static_cast<double>(x.size());
    double density = normal_density(0, 2), embedding = std::sqrt(1.0 / 3), mean = 0, square = 0;  // l = 1
    for (const double a : x) {
      mean += a / size, square += a * a / size;
      density -= 2 * normal_density(a, h2 + 1) / size;
      embedding -= 2 * std::exp(-a * a / (2 * (2 + h2))) / std::sqrt(2 + h2) / size;
      for (const double b : x) {
        density += normal_density(a - b, 2 * h2) / (size * size);
        embedding += std::exp(-(a - b) * (a - b) / (2 * (1 + 2 * h2))) / std::sqrt(1 + 2 * h2) / (size * size);
      }
    }
    result.mise.push_back(density);
    result.mmd2.push_back(embedding);
    result.spread.push_back(square - mean * mean + h2);
    result.second_moment.push_back(square + h2);
  }
  return result;
}

double z_of(const std::vector<double>& values, double expected) {
  const auto average = simulacra_test::mean_of(values);
  return simulacra_test::z_score(average.mean, expected, average.standard_error);
}

}  // namespace

TEST_CASE("theory/kernel density: simulated chains") {
  for (const workflow kept : {replace, accumulate}) {
    CAPTURE(static_cast<int>(kept));
    const auto seen = walk(10, 4, .4, kept, 6000);
    const auto check = [](const std::vector<double>& values, double expected) {
      const auto average = simulacra_test::mean_of(values);
      CHECK_Z(average.mean, expected, average.standard_error);
    };
    check(seen.mise, kde_mise(1, 1, .4, 10, 4, kept));
    check(seen.mmd2, kde_mmd2(1, 1, .4, 10, 4, 1, kept));
    check(seen.spread, kde_spread(1, 1, .4, 10, 4, kept));
    check(seen.second_moment, kde_second_moment(1, 1, .4, 10, 4, kept));
    // One sample fewer in ten, or one generation more, is noticed.
    CHECK(std::abs(z_of(seen.mise, kde_mise(1, 1, .4, 9, 4, kept))) > simulacra_test::z_limit);
    CHECK(std::abs(z_of(seen.mmd2, kde_mmd2(1, 1, .4, 9, 4, 1, kept))) > simulacra_test::z_limit);
    CHECK(std::abs(z_of(seen.spread, kde_spread(1, 1, .4, 10, 6, kept))) > simulacra_test::z_limit);
    CHECK(std::abs(z_of(seen.second_moment, kde_second_moment(1, 1, .4, 10, 6, kept))) > simulacra_test::z_limit);
  }
}

TEST_CASE("theory/kernel density: a small bias whose square is not a double") {
  // A long length scale sees the mean alone, and with so small a bandwidth the mean wanders as a Gaussian fit's.
  CHECK_CLOSE(kde_mmd2(39, 1, 1e-60, 1000, 3, 1e60, accumulate) * 1e120, 39 * accumulate_mean_error(1000, 3, divisor::n),
              1e-12);
}
