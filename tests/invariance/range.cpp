#include "support/statistics.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <simulacra/families/kernel/density.hpp>
#include <simulacra/laws/data_law.hpp>
#include <simulacra/ledger/empirical_law.hpp>
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
