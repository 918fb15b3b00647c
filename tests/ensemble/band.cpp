#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

#include <simulacra/ensemble/band.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/uniform.hpp>

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

namespace {

sim::band of(std::vector<double> v) { return sim::band_of(v); }

std::vector<double> moved(std::vector<double> v, double scale, double shift) {
  for (double& x : v) x = scale * x + shift;
  return v;
}

constexpr double endless = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("a band of equal numbers is that number, with no spread and nothing against it") {
  const sim::band tenths = of(std::vector<double>(1000, 0.1));
  CHECK(tenths.mean == 0.1);
  CHECK(tenths.sd == 0);
  CHECK(tenths.mcse == 0);
  for (const double v : {1.0 / 49, -3e-310, 1e308, 1.7e308, 5e-324, 1e16 + 2})
    for (const std::size_t n : {2U, 3U, 49U, 1000U}) {
      CHECK(of(std::vector<double>(n, v)).mean == v);
      CHECK(of(std::vector<double>(n, v)).sd == 0);
    }
  CHECK(of({1.7e308, -1.7e308}).mean == 0);
  CHECK_CLOSE(of({1e308, 0}).sd, 1e308 / std::sqrt(2.0), 1e-15);
}

TEST_CASE("a band moves with its numbers: offsets, sizes and order cost no digit") {
  std::vector<double> v;
  for (int i = 0; i < 1000; ++i)
    v.push_back(((i * 7919) % 1000) / 1024.0 - 0.25);  // 0..999 / 1024: exact wherever they are put
  const sim::band b = of(v);
  CHECK_CLOSE(b.mean, 999.0 / 2048 - 0.25, 1e-15);
  CHECK_CLOSE(b.sd, std::sqrt(1000.0 * 1001 / 12) / 1024, 1e-14);
  for (const double shift : {1e6, 1e12, -1e12}) {
    CHECK_CLOSE(of(moved(v, 1, shift)).sd, b.sd, 1e-14);
    CHECK_CLOSE(of(moved(v, 1, shift)).leverage, b.leverage, 1e-13);
    CHECK(of(moved(v, 1, shift)).mean == shift + b.mean);
  }
  for (const double scale : {1e-300, 1e-100, 1e-10, 1e100, 1e300}) {
    CHECK_CLOSE(of(moved(v, scale, 0)).mean, scale * b.mean, 1e-14);
    CHECK_CLOSE(of(moved(v, scale, 0)).sd, scale * b.sd, 1e-14);
    CHECK_CLOSE(of(moved(v, scale, 0)).leverage, b.leverage, 1e-13);
  }
  const std::vector<double> back(v.rbegin(), v.rend());
  CHECK(of(back).mean == b.mean);
  CHECK(of(back).sd == b.sd);
  // What cancels: the mean of 1e16, 1, -1e16, 1 is 1/2, in any order.
  CHECK(of({1e16, 1, -1e16, 1}).mean == 0.5);
  CHECK(of({1, 1, 1e16, -1e16}).mean == 0.5);
}

TEST_CASE("what is missing or infinite is counted, and a standard error is never NaN for it") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const sim::band b = of({1, endless, nan, 3, nan});
  CHECK(b.count == 3);
  CHECK(b.missing == 2);
  CHECK(b.infinite == 1);
  CHECK(b.mean == endless);
  CHECK(b.sd == endless);
  CHECK(b.mcse == endless);
  CHECK(b.carried_by_few());
  CHECK(b.interval().lower == -endless);
  CHECK(of({-endless, 1}).mean == -endless);
  CHECK(std::isnan(of({-endless, endless}).mean));
  CHECK(of({-endless, endless}).mcse == endless);
}

// Quantiles by mpmath 1.3, findroot of betainc(nu/2, 1/2, 0, nu/(nu + t^2), regularized=True) - (1 - c), 30 digits.
TEST_CASE("a band's interval is Student's") {
  struct {
    double confidence, freedom, t;
  } const right[] = {{0.95, 1, 12.7062047361747},         {0.95, 2, 4.302652729749464},    {0.95, 19, 2.09302405440831},
                     {0.95, 99, 1.984216951586417},       {0.5, 4, 0.7406970841126826},    {0.99, 7, 3.499483297350494},
                     {1 - 0x1p-20, 5, 28.75134984090717}, {0.9973, 999, 3.007501653276513}};
  for (const auto& [confidence, freedom, t] : right) {
    INFO("confidence ", confidence, ", freedom ", freedom);
    CHECK_CLOSE(sim::detail::student_quantile(confidence, freedom), t, 1e-12);
  }
  const sim::band b = of({7, 1, 3, 9, 5});  // mean 5, mcse sqrt 2, four degrees of freedom
  CHECK_CLOSE(b.interval(0.5).upper, 5 + 0.7406970841126826 * std::sqrt(2.0), 1e-12);
  CHECK_CLOSE(b.interval(0.5).lower, 5 - 0.7406970841126826 * std::sqrt(2.0), 1e-12);
  CHECK(std::isnan(of({7}).interval().lower));
  CHECK(of(std::vector<double>(5, 0.1)).interval().lower == 0.1);
  CHECK_THROWS_AS(static_cast<void>(b.interval(1)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(b.interval(0)), std::invalid_argument);
}

TEST_CASE("a band's interval covers what it says, where the normal quantile does not") {
  // Five normal numbers: 1.96 standard errors cover P(|T_4| < 1.96) = 0.8784, the t quantile 0.95. Standard error of a share.
  sim::stream rng(9);
  const int repeats = 20000;
  int by_t = 0, by_normal = 0;
  for (int r = 0; r < repeats; ++r) {
    std::vector<double> v(5);
    sim::fill_normal(std::span<double>(v), rng);
    const sim::band b = sim::band_of(v);
    const auto [low, high] = b.interval(0.95);
    by_t += low < 0 && 0 < high;
    by_normal += std::abs(b.mean) < 1.959963984540054 * b.mcse;
  }
  const double error = std::sqrt(0.95 * 0.05 / repeats);
  CHECK_Z(by_t / double{repeats}, 0.95, error);
  CHECK(std::abs(simulacra_test::z_score(by_normal / double{repeats}, 0.95, error)) > simulacra_test::z_limit);
}

TEST_CASE("a band knows when a few values carry its mean") {
  sim::stream rng(10);
  int warned_normal = 0, warned_exponential = 0, alarms = 0, unwarned = 0;
  for (int r = 0; r < 200; ++r)
    for (const std::size_t n : {100U, 1000U}) {
      std::vector<double> normal(n), exponential(n), collapsed(n);
      sim::fill_normal(std::span<double>(normal), rng);
      sim::fill_normal(std::span<double>(collapsed), rng);
      for (double& v : exponential) v = -std::log(1 - sim::uniform(rng));
      // A variance after as many refits as samples and more: log-normal of log sd 4, expectation 1, nearly all replicates below 1e-3.
      for (double& v : collapsed) v = std::exp(4 * v - 8);
      warned_normal += sim::band_of(normal).carried_by_few();
      warned_exponential += n > 100 && sim::band_of(exponential).carried_by_few();
      const sim::band b = sim::band_of(collapsed);
      const bool alarm = std::abs(b.mean - 1) > 5 * b.mcse;
      alarms += alarm;
      unwarned += alarm && !b.carried_by_few();
    }
  CHECK(warned_normal == 0);
  CHECK(warned_exponential == 0);
  CHECK(alarms > 100);  // of 400, all false
  CHECK(unwarned == 0);
  std::vector<double> one(100, 0.0);
  one[50] = 1;
  CHECK_CLOSE(of(one).leverage, (0.99 * 0.99 * 0.99 + 99e-6) / std::pow(0.99 * 0.99 + 99e-4, 1.5), 1e-13);
  CHECK(of(one).carried_by_few());
  CHECK(!of({1, 0}).carried_by_few());
}
