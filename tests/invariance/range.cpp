#include "support/range.hpp"
#include "support/statistics.hpp"

#include <cmath>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/families/kernel/density.hpp>
#include <simulacra/families/mixture/law.hpp>
#include <simulacra/laws/contaminated.hpp>
#include <simulacra/laws/data_law.hpp>
#include <simulacra/laws/empirical_law.hpp>
#include <simulacra/laws/mixed_law.hpp>
#include <simulacra/policies/augmented.hpp>

/// Covariances and spreads of data at the ends of the range: right where they are numbers, infinite with their sign where they are too
/// large for one, and never NaN.
using namespace simulacra;

namespace {

const samples<double, 2> plain{{1, 2, 3, 4, 10}, {2, 1, 0, -1, 0.5}};

struct row {
  std::string what;
  square<double, 2> (*covariance)(const samples<double, 2>&);
};

const std::vector<row> laws{
    {"data_law", [](const samples<double, 2>& x) { return data_law<samples<double, 2>>(x).covariance(); }},
    {"kernel_density", [](const samples<double, 2>& x) {
       return kernel_density<double, 2>(x, std::ldexp(1.0, std::ilogb(x(0, 0)))).covariance();
     }}};

}  // namespace

TEST_CASE("range: covariances of data at 1e-150 to 1e300 are right or infinite with their sign") {
  for (const row& law : laws) {
    CAPTURE(law.what);
    const square<double, 2> one = law.covariance(plain);
    CHECK(one(0, 1) < 0);
    for (const int e : {-450, -100, 100, 500, 510}) {
      CAPTURE(e);
      const square<double, 2> c = law.covariance(plain * std::ldexp(1.0, e));
      for (Index k = 0; k < 4; ++k)
        CHECK(std::ldexp(std::ldexp(c(k / 2, k % 2), -e), -e) == doctest::Approx(one(k / 2, k % 2)).epsilon(1e-13));
    }
    for (const int e : {600, 1000}) {
      const square<double, 2> c = law.covariance(plain * std::ldexp(1.0, e));
      CHECK_FALSE(c.hasNaN());
      if (law.what == "data_law") CHECK(c(0, 1) == -std::numeric_limits<double>::infinity());
    }
  }
  // A sum may be too large where the mean is not.
  const data_law<samples<double, 1>> far(samples<double, 1>{{1.5e308, 1.7e308, 1.6e308}});
  CHECK(far.mean()[0] == doctest::Approx(1.6e308).epsilon(1e-14));
}

TEST_CASE("range: jitter has the spread of the data in every unit") {
  const std::vector<double> one = detail::coordinate_spreads(plain, nullptr);
  CHECK(one[0] == doctest::Approx(std::sqrt(10.0)).epsilon(1e-14));
  for (const int e : {-1000, -600, 100, 600, 1000}) {
    const std::vector<double> s = detail::coordinate_spreads(samples<double, 2>(plain * std::ldexp(1.0, e)), nullptr);
    for (std::size_t k = 0; k < 2; ++k) CHECK(std::ldexp(s[k], -e) == one[k]);
  }
  CHECK(detail::coordinate_spreads(samples<double, 2>(2, 3).setConstant(1e300), nullptr)[1] == 0);
}

namespace {

using g2 = gaussian<double, 2>;

/// Three normal laws whose covariances have both signs, in units of s.
std::vector<g2> normals(double s) {
  const auto law = [s](double x, double y, double a, double b, double c) {
    return g2::from_factor(point<double, 2>(x * s, y * s),
                           scaled_factor<double, 2>::from_lower((square<double, 2>() << a, 0, b, c).finished() * s));
  };
  return {law(1, -2, 1, -0.5, 0.5), law(-3, 1, 2, 1, 0.5), law(0, 0, 1, 0, 1)};
}

/// The first two moments of a law of laws in the plane, in units of s; as numbers where the law says what they are.
struct two_moments {
  std::string what;
  square<double, 2> (*covariance)(double s);
};

const std::vector<two_moments> blends{
    {"gaussian_mixture",
     [](double s) {
       return gaussian_mixture<double, 2>({0.5, 0.3, 0.2}, normals(s)).covariance();
     }},
    {"mixed_law",
     [](double s) {
       const auto all = normals(s);
       const gaussian_mixture<double, 2> alone({1}, {all[2]});
       mixed_law<samples<double, 2>, g2, gaussian_mixture<double, 2>> law;
       law.add(0.5, all[0]);
       law.add(0.3, all[1]);
       law.add(0.2, alone);
       return law.covariance();
     }},
    {"contaminated", [](double s) {
       const auto all = normals(s);
       return contaminated<g2, g2>(all[0], std::make_shared<g2>(all[1]), 0.25).covariance();
     }}};

}  // namespace

TEST_CASE("range: moments of laws of laws are right or infinite with their sign, where their parts have both") {
  for (const two_moments& law : blends) {
    CAPTURE(law.what);
    simulacra_test::check_range_of_moments(law.covariance);
  }
  // by hand: .5 (1 -.5; -.5 .5) + .3 (4 2; 2 1.25) + .2 I, and the means' spread about (-.4, -.7)
  const square<double, 2> c = blends[1].covariance(1);
  CHECK_CLOSE(c(0, 0), 4.94, 1e-14);
  CHECK_CLOSE(c(0, 1), -1.83, 1e-14);
  CHECK_CLOSE(c(1, 1), 2.635, 1e-14);
}

namespace {

/// A law whose moments are what they are said to be.
struct endless {
  double mean_, xx, xy;
  [[nodiscard]] Index dimension() const { return 2; }
  [[nodiscard]] samples<double, 2> sample(Index n, stream&) const { return samples<double, 2>::Zero(2, n); }
  [[nodiscard]] point<double, 2> mean() const { return {mean_, 0}; }
  [[nodiscard]] square<double, 2> covariance() const { return (square<double, 2>() << xx, xy, xy, xx).finished(); }
};

}  // namespace

TEST_CASE("range: moments that do not exist are refused with a word, and no part without a share has a say") {
  const double infinity = std::numeric_limits<double>::infinity();
  const auto mixed = [](const endless& a, const endless& b) {
    mixed_law<samples<double, 2>, endless> law;
    law.add(0.5, a);
    law.add(0.5, b);
    return std::pair(law.mean(), law.covariance());
  };
  const endless plus{0, infinity, infinity}, minus{0, infinity, -infinity}, up{infinity, infinity, 0},
      down{-infinity, infinity, 0}, fine{1, 2, 1};
  CHECK(mixed(plus, fine).second == square<double, 2>::Constant(infinity));
  CHECK(mixed(fine, fine).second == fine.covariance());
  CHECK_THROWS_WITH_AS(
      mixed(plus, minus),
      "simulacra::mixed_law::covariance: does not exist as a number: parts of it are infinite with both signs",
      std::domain_error);
  CHECK_THROWS_WITH_AS(mixed(up, down),
                       "simulacra::mixed_law::mean: does not exist as a number: parts of it are infinite with both signs",
                       std::domain_error);
  CHECK_THROWS_AS(mixed(up, fine), std::domain_error);  // no covariance about an infinite mean
  using dirty = contaminated<endless, endless>;
  CHECK(dirty(fine, std::make_shared<endless>(up), 0).covariance() == fine.covariance());
  CHECK(dirty(up, std::make_shared<endless>(fine), 1).mean() == fine.mean());
  CHECK_THROWS_AS(static_cast<void>(dirty(plus, std::make_shared<endless>(minus), 0.5).covariance()), std::domain_error);
  CHECK_THROWS_AS(static_cast<void>(dirty(up, std::make_shared<endless>(down), 0.5).mean()), std::domain_error);
  // A singular law has infinite densities on its support: with the whole share, the contaminant's, and with none, the model's.
  const g2 flat = g2::from_factor(point<double, 2>(0, 0),
                                  scaled_factor<double, 2>::from_lower((square<double, 2>() << 1, 0, 1, 0).finished()));
  const g2 round = g2::standard(2);
  const point<double, 2> at(1, 1);
  CHECK(contaminated<g2, g2>(flat, std::make_shared<g2>(round), 1).log_density(at) == round.log_density(at));
  CHECK(contaminated<g2, g2>(round, std::make_shared<g2>(flat), 0).log_density(at) == round.log_density(at));
  CHECK(contaminated<g2, g2>(round, std::make_shared<g2>(flat), 0.5).log_density(at) == infinity);
}
