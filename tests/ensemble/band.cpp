#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include <simulacra/ensemble/band.hpp>

#include "support/statistics.hpp"

namespace sim = simulacra;

TEST_CASE("a band of known numbers") {
  std::vector<double> v{7, 1, 3, 9, 5};
  const sim::band b = sim::band_of(v);
  CHECK(b.count == 5);
  CHECK(b.mean == 5);
  CHECK_CLOSE(b.sd, std::sqrt(10.0), 1e-15);
  CHECK_CLOSE(b.mcse, std::sqrt(2.0), 1e-15);
  CHECK_CLOSE(b.q05, 1.4, 1e-14);
  CHECK(b.q25 == 3);
  CHECK(b.q50 == 5);
  CHECK(b.q75 == 7);
  CHECK_CLOSE(b.q95, 8.6, 1e-14);
}

TEST_CASE("quantiles interpolate between order statistics whatever the order and the ties") {
  std::vector<double> v;
  for (int i = 0; i < 1000; ++i) v.push_back((i * 7919) % 1000);  // a permutation of 0..999
  const sim::band b = sim::band_of(v);
  CHECK_CLOSE(b.q05, 0.05 * 999, 1e-13);
  CHECK_CLOSE(b.q25, 0.25 * 999, 1e-13);
  CHECK_CLOSE(b.q95, 0.95 * 999, 1e-13);
  std::vector<double> same(10, 4.0);
  CHECK(sim::band_of(same).q95 == 4);
}

TEST_CASE("what is not there is counted and left out, what is infinite stays") {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  std::vector<double> some{1, nan, 3};
  const sim::band b = sim::band_of(some);
  CHECK(b.count == 2);
  CHECK(b.mean == 2);
  std::vector<double> none{nan, nan};
  CHECK(sim::band_of(none).count == 0);
  CHECK(std::isnan(sim::band_of(none).mean));
  std::vector<double> endless{1, 2, inf};
  CHECK(sim::band_of(endless).mean == inf);
  endless = {1, 2, inf};
  CHECK(sim::band_of(endless).q50 == 2);
  std::vector<double> lost{-inf, 0};  // the quantiles between them are minus infinity, not NaN
  CHECK(sim::band_of(lost).q25 == -inf);
  std::vector<double> alone{2};
  const sim::band one = sim::band_of(alone);
  CHECK(one.mean == 2);
  CHECK(std::isnan(one.mcse));
  CHECK(one.q05 == 2);
}
