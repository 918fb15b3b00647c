#include "goodness.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>

#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>

#include <simulacra/random/gamma.hpp>

using simulacra::gamma_sampler;
using simulacra::stream;
using simulacra_test::equiprobable_z;
using simulacra_test::z_limit;

namespace {

/// Mean of `draw` over n, as a z-score against a mean and a variance.
template <class Draw>
double mean_z(std::size_t n, double mean, double variance, Draw draw) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += draw() - mean;
  return sum / std::sqrt(static_cast<double>(n) * variance);
}

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("gamma: goodness of fit across shapes, and it fails for a scale that is 3 per cent off") {
  stream rng(1);
  // 73 is just over, 72 just under where the squeeze changes; 2.5 and 1 take the logarithm more often than the others.
  for (const double shape : {0.05, 0.5, 0.99, 1.0, 1.01, 2.5, 10.0, 72.0, 72.4, 499.5, 1e4}) {
    CAPTURE(shape);
    const gamma_sampler draw(shape);
    const auto cdf = [shape](double x) { return boost::math::gamma_p(shape, x); };
    CHECK_Z(equiprobable_z(
                100000, 100, [&] { return draw(rng); }, cdf),
            0, 1);
    if (shape >= 0.5)
      CHECK(equiprobable_z(
                200000, 10, [&] { return 1.03 * draw(rng); }, cdf) > z_limit);
  }
}

TEST_CASE("gamma: mean, variance and mean logarithm across shapes up to 1e18") {
  stream rng(2);
  for (const double shape : {0.5, 1.0, 2.5, 100.0, 1e6, 1e12, 1e18}) {
    CAPTURE(shape);
    const gamma_sampler draw(shape);
    constexpr std::size_t n = 400000;
    CHECK_Z(mean_z(n, shape, shape, [&] { return draw(rng); }), 0, 1);
    // E (x - a)^4 = 3 a^2 + 6 a, so the squared deviation has variance 2 a^2 + 6 a.
    const auto squared = [shape](double x) { return (x - shape) * (x - shape); };
    CHECK_Z(mean_z(n, shape, 2 * shape * shape + 6 * shape, [&] { return squared(draw(rng)); }), 0, 1);
    CHECK(std::abs(mean_z(n, shape, 2 * shape * shape + 6 * shape, [&] { return squared(draw(rng)) * 1.02; })) > z_limit);
  }
}

TEST_CASE("gamma: large shapes are normal in the limit, where 1 - v + log v would be all rounding") {
  stream rng(3);
  const gamma_sampler draw(1e18);
  const auto cdf = [](double x) { return 0.5 * std::erfc(-(x - 1e18) / 1e9 / std::sqrt(2.0)); };
  CHECK_Z(equiprobable_z(
              400000, 200, [&] { return draw(rng); }, cdf),
          0, 1);
}

TEST_CASE("gamma: tiny shapes through the logarithm") {
  stream rng(4);
  for (const double shape : {1e-3, 0.01, 0.3, 0.999}) {
    CAPTURE(shape);
    const gamma_sampler draw(shape);
    const double mean = boost::math::digamma(shape), variance = boost::math::trigamma(shape);
    CHECK_Z(mean_z(400000, mean, variance, [&] { return draw.log_draw(rng); }), 0, 1);
    // Planted bug: the boost left out.
    CHECK(std::abs(mean_z(400000, mean, variance, [&] { return simulacra::log_standard_gamma(shape + 1, rng); })) > z_limit);
  }
  // P(log X <= y) by the leading term of the series of the incomplete gamma: x^a / Gamma(a + 1) where x underflows.
  const double shape = 1e-3;
  const auto cdf = [shape](double y) {
    if (y > -50) return boost::math::gamma_p(shape, std::exp(y));
    return std::exp(shape * y - std::lgamma(shape + 1));
  };
  CHECK_Z(equiprobable_z(
              100000, 100, [&] { return simulacra::log_standard_gamma(shape, rng); }, cdf),
          0, 1);
  for (int i = 0; i < 10000; ++i) {
    const double tiny = simulacra::log_standard_gamma(1e-300, rng);
    CHECK(std::isfinite(tiny));
  }
}

TEST_CASE("gamma: the logarithm is that of the number, from the same words") {
  for (const double shape : {0.2, 0.9, 1.0, 5.0, 1e5}) {
    stream a(5), b(5);
    for (int i = 0; i < 1000; ++i) {
      const double x = simulacra::standard_gamma(shape, a), y = simulacra::log_standard_gamma(shape, b);
      CHECK(a.position() == b.position());
      CHECK(std::abs(std::log(x) - y) <= 1e-14 * (1 + std::abs(y)));
    }
  }
}

TEST_CASE("chi_square: goodness of fit, fractional degrees included, and it fails for one degree less") {
  stream rng(6);
  for (const double degrees : {0.5, 1.0, 2.0, 3.0, 99.0, 999.0}) {
    CAPTURE(degrees);
    const simulacra::chi_square_sampler draw(degrees);
    CHECK(draw.degrees() == degrees);
    const auto cdf = [degrees](double x) { return boost::math::gamma_p(degrees / 2, x / 2); };
    CHECK_Z(equiprobable_z(
                100000, 100, [&] { return draw(rng); }, cdf),
            0, 1);
    if (degrees > 1) {
      const simulacra::chi_square_sampler wrong(degrees - 1);
      CHECK(equiprobable_z(
                200000, 10, [&] { return wrong(rng); }, cdf) > z_limit);
    }
  }
  stream a(7), b(7);
  CHECK(simulacra::chi_square(9, a) == 2 * simulacra::standard_gamma(4.5, b));
}

TEST_CASE("gamma and chi_square: reject what is not a positive finite number") {
  stream rng(8);
  for (const double bad : {0.0, -1.0, infinity, not_a_number}) {
    CHECK_THROWS_AS(static_cast<void>(simulacra::standard_gamma(bad, rng)), std::invalid_argument);
    CHECK_THROWS_AS(static_cast<void>(simulacra::log_standard_gamma(bad, rng)), std::invalid_argument);
    CHECK_THROWS_AS(static_cast<void>(simulacra::chi_square(bad, rng)), std::invalid_argument);
    CHECK_THROWS_AS(gamma_sampler{bad}, std::invalid_argument);
    CHECK_THROWS_AS(simulacra::chi_square_sampler{bad}, std::invalid_argument);
  }
  CHECK_THROWS_WITH_AS(static_cast<void>(simulacra::chi_square(-2, rng)),
                       "simulacra::chi_square: argument 'degrees' is -2; it must be positive and finite",
                       std::invalid_argument);
  CHECK(rng.position() == 0);
}
