#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include <boost/math/constants/constants.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>

#include <simulacra/theory/expressivity.hpp>
#include <support/statistics.hpp>

using namespace simulacra;
using namespace simulacra::theory;
using number = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;

namespace {

number normal(const number& x, const number& variance) {
  return exp(-x * x / (2 * variance)) / sqrt(2 * boost::math::constants::pi<number>() * variance);
}

/// The definition, p log(p / q) over the line, in 50 digits.
double divergence(double a) {
  const number m = a, wide = 1 + m * m, step = number(1) / 24;
  number sum = 0;
  for (number x = -m - 16; x <= m + 16; x += step) {
    const number p = (normal(x - m, 1) + normal(x + m, 1)) / 2;
    sum += p * log(p / normal(x, wide));
  }
  return static_cast<double>(sum * step);
}

double squared_distance(double a) {
  const number m = a, wide = 1 + m * m;
  return static_cast<double>((normal(0, 2) + normal(2 * m, 2)) / 2 - 2 * normal(m, 1 + wide) + normal(0, 2 * wide));
}

}  // namespace

TEST_CASE("theory/expressivity: two normals and their Gaussian projection") {
  CHECK_CLOSE(two_normals_expressivity_kl(2, 1), 0.1719987624801832, 1e-14);
  CHECK_CLOSE(two_normals_expressivity_l2(2, 1), 0.0363880630215788, 1e-14);
  for (const double a : {1e-4, .01, .1, .5, .99, 1.7, 1.999, 2.001, 5.0, 9.0, 11.99, 12.01, 20.0}) {
    CAPTURE(a);
    CHECK_CLOSE(two_normals_expressivity_kl(a, 1), divergence(a), 1e-12);
    CHECK_CLOSE(two_normals_expressivity_l2(a, 1), squared_distance(a), 1e-12);
    CHECK_CLOSE(two_normals_expressivity_kl(3 * a, 3), two_normals_expressivity_kl(a, 1), 1e-13);
    CHECK_CLOSE(3 * two_normals_expressivity_l2(3 * a, 3), two_normals_expressivity_l2(a, 1), 1e-13);
  }
  CHECK(two_normals_expressivity_kl(0, 1) == 0);
  CHECK(two_normals_expressivity_l2(0, 1) == 0);
  CHECK_CLOSE(two_normals_expressivity_kl(1e-20, 1), 1e-160 / 12, 1e-12);  // fourth cumulant -2 a^4: its square over 48
  CHECK_CLOSE(two_normals_expressivity_kl(1e140, 1), 140 * std::log(10.0) - std::log(2.0), 1e-14);
  CHECK_CLOSE(two_normals_expressivity_l2(1e140, 1), 1 / (4 * std::sqrt(std::numbers::pi)), 1e-14);
}

TEST_CASE("theory/expressivity: a Laplace law fitted to a normal one") {
  CHECK_CLOSE(laplace_variance_expressivity(1), 0.2732395447351628, 1e-15);
  // The fit: location 0, scale E|X|; by the trapezoidal rule.
  double scale = 0;
  for (double u = -40; u < 4; u += 1.0 / 64) scale += std::exp(2 * u - std::exp(2 * u) / 2) / 64;
  scale *= 2 / std::sqrt(2 * std::numbers::pi);
  CHECK_CLOSE(laplace_variance_expressivity(2.5), 2.5 * (2 * scale * scale - 1), 1e-12);
}

TEST_CASE("theory/expressivity: a population that is smoothed and mixed") {
  for (const double k : {0.0, .3, .999, 1.0}) {
    double cf = 1;
    for (Index n = 0; n < 60; ++n) {
      CHECK_CLOSE(mixture_population_cf(.6, .3, .1, k, n), cf, 1e-14);
      cf = (.6 * k + .3) * cf + .1;
    }
    CHECK_CLOSE(mixture_population_cf(.6, .3, .1, k, 1'000'000'000), .1 / (1 - .6 * k - .3), 1e-13);
    CHECK_CLOSE(mixture_population_cf(1, 0, 0, k, 5), std::pow(k, 5), 1e-13);
  }
  CHECK(mixture_population_cf(0, 0, 1, .5, 3) == 1);
  CHECK(mixture_population_cf(1, 0, 0, 0, 0) == 1);
  CHECK(mixture_population_cf(1, 0, 0, 0, 1) == 0);
}
