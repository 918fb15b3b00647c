#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <random>
#include <stdexcept>
#include <vector>

#include <boost/math/constants/constants.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>

#include <simulacra/theory/statistical_error.hpp>
#include <support/statistics.hpp>

using namespace simulacra;
using namespace simulacra::theory;
using number = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;

namespace {

constexpr divisor both[] = {divisor::n, divisor::n_minus_1};

/// In one dimension by another route: distances of two normals in closed form, averaged over the chi-squared law of S with
/// 50 digits. Nothing here knows of frequencies. lambda = 0: the densities' squared distance.
double brute_force(double variance, double length_scale, Index samples, divisor by) {
  const number m = static_cast<double>(samples), a = (m - 1) / 2, lambda = number(length_scale) * length_scale, v = variance;
  const number divided = by == divisor::n ? number((m - 1) / m) : number(1);
  const number unit = length_scale == 0 ? number(2 * boost::math::constants::pi<number>()) : number(1 / lambda);
  const auto product = [&](const number& sum) { return 1 / sqrt(unit * (lambda + sum)); };
  const number constant = a * log(a) - lgamma(a);
  number sum = 0;
  const number width = 1 / sqrt(a), step = (width < 1 ? width : number(1)) / 10;
  for (int side : {-1, 1})
    for (int i = side > 0 ? 0 : 1;; ++i) {
      const number y = side * i * step, g = exp(y), s = v * g * divided;
      const number weight = exp(constant + a * (y - g));
      sum += weight * (product(2 * s) - 2 * product(s + v + v / m) + product(2 * v));
      if (weight * (product(2 * s) + 2) < 1e-30) break;
    }
  return static_cast<double>(sum * step);
}

}  // namespace

TEST_CASE("theory/statistical error: one dimension by the law of the variance") {
  for (const divisor by : both)
    for (const Index m : {2, 3, 4, 10, 100, 1000000}) {
      CAPTURE(m);
      for (const double l : {.1, 1.0, 7.0})
        CHECK_CLOSE(gaussian_statistical_mmd2(1, 2.5, l, m, by), brute_force(2.5, l, m, by), 1e-12);
      if (m > 2) CHECK_CLOSE(gaussian_statistical_l2(1, 2.5, m, by), brute_force(2.5, 0, m, by), 1e-12);
    }
}

TEST_CASE("theory/statistical error: the leading term, and what is left is of order 1/M") {
  for (const divisor by : both)
    for (const Index d : {1, 2, 20}) {
      for (const double l : {.7, 3.0}) {
        const double leading = 1e12 * gaussian_statistical_mmd2_leading(d, 2.5, l, 1'000'000'000'000);
        const auto rest = [&](double m) {
          return m * (m * gaussian_statistical_mmd2(d, 2.5, l, static_cast<Index>(m), by) / leading - 1);
        };
        CHECK_CLOSE(gaussian_statistical_mmd2(d, 2.5, l, 1'000'000'000'000, by) * 1e12, leading, 1e-9);
        CHECK_CLOSE(rest(1e4), rest(1e5), 0.05);
      }
      CHECK_CLOSE(gaussian_statistical_l2(d, 2.5, 1'000'000'000'000, by),
                  gaussian_statistical_l2_leading(d, 2.5, 1'000'000'000'000), 1e-9);
    }
}

TEST_CASE("theory/statistical error: limits and units") {
  for (const divisor by : both) {
    CHECK(gaussian_statistical_l2(1, 1, 2, by) == std::numeric_limits<double>::infinity());
    CHECK(gaussian_statistical_l2(3, 1, 4, by) == std::numeric_limits<double>::infinity());
    CHECK(gaussian_statistical_l2(3, 1, 5, by) < 1);
    // A short length scale counts density, a long one the squared error of the mean.
    CHECK_CLOSE(gaussian_statistical_mmd2(1, 1, 1e-9, 20, by) / std::sqrt(2 * std::numbers::pi * 1e-18),
                gaussian_statistical_l2(1, 1, 20, by), 1e-12);
    CHECK_CLOSE(gaussian_statistical_mmd2(3, 1, 1e9, 20, by) * 1e18, 3.0 / 20, 1e-12);
    CHECK_CLOSE(gaussian_statistical_mmd2(7, 4, 2, 5, by), gaussian_statistical_mmd2(7, 1, 1, 5, by), 1e-13);
    CHECK_CLOSE(8 * gaussian_statistical_l2(3, 4, 9, by), gaussian_statistical_l2(3, 1, 9, by), 1e-13);
  }
  CHECK_THROWS_AS(gaussian_statistical_l2(5000, 1e-9, 10000, divisor::n), std::invalid_argument);
}

TEST_CASE("theory/statistical error: simulated fits in two dimensions, a singular one included") {
  std::mt19937_64 rng(20240918);
  std::normal_distribution<double> normal;
  const double l2 = 1.3 * 1.3;
  for (const Index m : {2, 6}) {
    for (const divisor by : both) {
      std::vector<double> seen;
      for (int repeat = 0; repeat < 20000; ++repeat) {
        double x = 0, y = 0, xx = 0, xy = 0, yy = 0;
        const double count = static_cast<double>(m);
        for (Index i = 0; i < m; ++i) {
          const double a = normal(rng), b = normal(rng);
          x += a / count, y += b / count, xx += a * a, xy += a * b, yy += b * b;
        }
        const double degrees = by == divisor::n ? count : count - 1;
        xx = (xx - count * x * x) / degrees, xy = (xy - count * x * y) / degrees, yy = (yy - count * y * y) / degrees;
        const auto determinant = [&](double scale, double added) {
          return (scale * xx + added) * (scale * yy + added) - scale * xy * scale * xy;
        };
        const double wide = l2 + 1, det = determinant(1, wide);
        const double form = ((yy + wide) * x * x - 2 * xy * x * y + (xx + wide) * y * y) / det;
        seen.push_back(l2 / std::sqrt(determinant(2, l2)) - 2 * l2 / std::sqrt(det) * std::exp(-form / 2) + l2 / (l2 + 2));
      }
      const auto average = simulacra_test::mean_of(seen);
      CHECK_Z(average.mean, gaussian_statistical_mmd2(2, 1, 1.3, m, by), average.standard_error);
      // The other divisor is noticed.
      const double other = gaussian_statistical_mmd2(2, 1, 1.3, m, by == divisor::n ? divisor::n_minus_1 : divisor::n);
      CHECK(std::abs(simulacra_test::z_score(average.mean, other, average.standard_error)) > simulacra_test::z_limit);
    }
  }
}
