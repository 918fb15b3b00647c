#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>

#include <simulacra/theory/accumulate.hpp>
#include <simulacra/theory/gaussian_chain.hpp>
#include <simulacra/theory/multivariate.hpp>
#include <simulacra/theory/wasserstein.hpp>
#include <support/statistics.hpp>

// The definitions, in the most naive form, with 50 digits: 18 digits of cancellation do not matter here.

using namespace simulacra;
using namespace simulacra::theory;
using number = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;

namespace {

constexpr divisor both[] = {divisor::n, divisor::n_minus_1};
constexpr double tight = 1e-12;

number whole(Index i) { return number(static_cast<long long>(i)); }
number degrees(Index m, divisor by) { return by == divisor::n ? whole(m) : whole(m - 1); }

number moment(int k, Index m, divisor by) {
  const number half = whole(m - 1) / 2;
  return pow(number(2) / degrees(m, by), number(k) / 2) * exp(lgamma(number(half + number(k) / 2)) - lgamma(half));
}

number risk_mean(Index m, Index n, divisor by) {
  const number walk = by == divisor::n ? number(1 - pow(1 - 1 / whole(m), whole(n))) : number(whole(n) / whole(m));
  const number second = pow(moment(2, m, by), whole(n));
  return walk + second - 2 * pow(moment(1, m, by), whole(n)) + 1;
}

// Term by term: T = (1/M) sum P_i, B = (sqrt(P_n) - 1)^2, with sums of O(n) terms.
number risk_variance(Index m, Index n, divisor by) {
  const number e1 = moment(1, m, by), e2 = moment(2, m, by), e3 = moment(3, m, by), e4 = moment(4, m, by);
  number later = 0, t_square = 0;  // later: sum of e2^(k - i) over i < k < n
  number t = 0, tb = 0, two = 1, four = 1, three = 1;
  const number n1 = pow(e1, whole(n)), n2 = pow(e2, whole(n)), n3 = pow(e3, whole(n)), n4 = pow(e4, whole(n));
  number one_left = n1, two_left = n2;
  std::vector<number> tail(static_cast<std::size_t>(n));
  for (Index i = n - 1; i >= 0; --i) {
    tail[static_cast<std::size_t>(i)] = later;
    later = e2 * (1 + later);
  }
  for (Index i = 0; i < n; ++i) {
    t += two;
    t_square += four * (1 + 2 * tail[static_cast<std::size_t>(i)]);
    tb += four * two_left + two - 2 * three * one_left;
    two *= e2, three *= e3, four *= e4;
    one_left /= e1, two_left /= e2;
  }
  t /= whole(m), tb /= whole(m), t_square /= whole(m) * whole(m);
  const number b2 = n4 - 4 * n3 + 6 * n2 - 4 * n1 + 1, mean = t + n2 - 2 * n1 + 1;
  return 3 * t_square + 2 * tb + b2 - mean * mean;
}

number log_det(Index d, Index m, divisor by) {
  number sum = 0;
  for (Index i = 1; i <= d; ++i) sum += boost::math::digamma(number(whole(m - i) / 2)) + log(2 / degrees(m, by));
  return sum;
}

}  // namespace

TEST_CASE("theory/multiprecision: moments of the chain") {
  for (const Index m : {2, 3, 4, 7, 19, 20, 21, 22, 63, 80, 1000, 123456, 1000000000}) {
    CAPTURE(m);
    CHECK_CLOSE(c4(m), static_cast<double>(moment(1, m, divisor::n_minus_1)), 1e-15);
    // One minus c4 is what a risk is made of: it keeps its digits too.
    const auto logarithm = static_cast<double>(log(moment(1, m, divisor::n_minus_1)));
    CHECK_CLOSE(theory::detail::log_moment(1, m, divisor::n_minus_1), logarithm, tight);
    const auto precise = theory::detail::c4_double_double(m);
    const number gap = number(precise.high) + number(precise.low) - moment(1, m, divisor::n_minus_1);
    CHECK(std::abs(static_cast<double>(gap)) < 1e-29);
    for (const divisor by : both) {
      for (const Index n : {0, 1, 5, 1000})
        CHECK_CLOSE(sigma_moment(3, m, n, by, 2.0), static_cast<double>(8 * pow(moment(3, m, by), whole(n))), tight);
      const auto estimate = sigma_estimate(m, by);
      CHECK_CLOSE(estimate.deviation, static_cast<double>(sqrt(moment(2, m, by) - pow(moment(1, m, by), 2))), tight);
    }
  }
}

TEST_CASE("theory/multiprecision: mean and variance of the Wasserstein risk") {
  for (const divisor by : both)
    for (const Index m : {2, 3, 10, 257, 100000, 1000000000})
      for (const Index n : {0, 1, 2, 37, 300}) {
        CAPTURE(m);
        CAPTURE(n);
        const std::vector<Index> schedule(static_cast<std::size_t>(n), m);
        const auto mean = static_cast<double>(risk_mean(m, n, by)), variance = static_cast<double>(risk_variance(m, n, by));
        CHECK_CLOSE(wasserstein_risk_mean(m, n, by), mean, tight);
        CHECK_CLOSE(wasserstein_risk_mean(schedule, by, 3.0), 9 * mean, tight);
        CHECK_CLOSE(wasserstein_risk_variance(m, n, by), variance, tight);
        CHECK_CLOSE(wasserstein_risk_variance(schedule, by, 0.5), variance / 16, tight);
      }
}

TEST_CASE("theory/multiprecision: the Wasserstein risk at extreme arguments") {
  for (const divisor by : both) {
    const auto far = static_cast<double>(risk_variance(1000000000, 200000, by));
    CHECK_CLOSE(wasserstein_risk_variance(1000000000, 200000, by), far, tight);
    const auto mean = static_cast<double>(risk_mean(1000000000, 1000000, by));
    CHECK_CLOSE(wasserstein_risk_mean(1000000000, 1000000, by), mean, tight);
  }
  // On either side of where the leading term takes over.
  for (const Index m : {Index{99'999'999'999}, Index{100'000'000'001}, Index{1'000'000'000'000}})
    CHECK_CLOSE(wasserstein_risk_variance(m, 1, divisor::n), static_cast<double>(risk_variance(m, 1, divisor::n)), 2e-11);
  CHECK_CLOSE(wasserstein_risk_variance(2, 1000000, divisor::n), 8.0, tight);
  CHECK(std::isinf(wasserstein_risk_variance(2, 1000000, divisor::n_minus_1)));
  CHECK_CLOSE(wasserstein_risk_mean(2, 1000000, divisor::n), 2.0, tight);
  CHECK_CLOSE(wasserstein_risk_mean(2, 1000000, divisor::n_minus_1), 500002.0, tight);
  // Past any loop.
  CHECK_CLOSE(wasserstein_risk_mean(1000000000, 1000000000000000000, divisor::n), 2.0, tight);
  CHECK(wasserstein_risk_variance(1000000000, 1000000000000000000, divisor::n) > 2.0);
}

TEST_CASE("theory/multiprecision: schedules that change") {
  const std::vector<Index> schedule{2, 3, 3, 50, 1000000000, 7};
  number one = 1, bias = 1, walk = 0;
  for (const Index m : schedule) {
    one *= moment(1, m, divisor::n_minus_1);
    bias *= 1 - 1 / whole(m);
    walk += 1 / whole(m);
  }
  CHECK_CLOSE(wasserstein_risk_mean(schedule, divisor::n_minus_1), static_cast<double>(walk + 2 * (1 - one)), tight);
  CHECK_CLOSE(wasserstein_risk_mean(schedule, divisor::n), static_cast<double>(2 * (1 - one * sqrt(bias))), tight);
  CHECK_CLOSE(mean_error(schedule, divisor::n), static_cast<double>(1 - bias), tight);
  CHECK_CLOSE(mean_error(schedule, divisor::n_minus_1), static_cast<double>(walk), tight);
}

TEST_CASE("theory/multiprecision: logarithmic rates") {
  for (const divisor by : both)
    for (const Index m : {2, 3, 5, 20, 21, 22, 1000, 999999, 1000000000}) {
      CAPTURE(m);
      const number rate = boost::math::digamma(number(whole(m - 1) / 2)) - log(degrees(m, by) / 2);
      CHECK_CLOSE(log_variance_rate(m, by), static_cast<double>(rate), tight);
      for (const Index d : {1, 2, 4, 17}) {
        if (m <= d) {
          CHECK(log_det_rate(d, m, by) == -std::numeric_limits<double>::infinity());
          continue;
        }
        const number all = log_det(d, m, by);
        CHECK_CLOSE(log_det_rate(d, m, by), static_cast<double>(all), tight);
        const number last = all - (d > 1 ? log_det(d - 1, m, by) : number(0));
        CHECK_CLOSE(lyapunov_exponent(d, m, by), static_cast<double>(last), tight);
        const number first = boost::math::digamma(number(whole(m - 1) / 2));
        const number condition = first - boost::math::digamma(number(whole(m - d) / 2));
        CHECK(simulacra_test::close(log_condition_rate(d, m), static_cast<double>(condition), tight, 1e-30));
      }
    }
}

TEST_CASE("theory/multiprecision: divergences") {
  for (const divisor by : both)
    for (const Index d : {1, 2, 10})
      for (const Index m : {13, 14, 50, 1000000, 1000000000})
        for (const Index n : {0, 1, 2, 100, 1000000}) {
          CAPTURE(d);
          CAPTURE(m);
          CAPTURE(n);
          const number rate = log_det(d, m, by), walk = by == divisor::n ? number(0) : number(whole(n * d) / (2 * whole(m)));
          CHECK_CLOSE(kl_to_truth(d, m, n, by), static_cast<double>(walk - whole(n) / 2 * rate), tight);
          const number kappa = degrees(m, by) / whole(m - d - 2), power = pow(kappa, whole(n));
          const number location = whole(d) / whole(m) * kappa * (power - 1) / (kappa - 1);
          const double exact = static_cast<double>(number((whole(d) * power + location - whole(d) + whole(n) * rate) / 2));
          CHECK_CLOSE(kl_from_truth(d, m, n, by), exact, tight);
        }
  CHECK(std::isinf(kl_from_truth(2, 4, 1, divisor::n)));
  CHECK(std::isinf(kl_from_truth(2, 3, 7, divisor::n_minus_1)));
  CHECK(kl_from_truth(2, 4, 0, divisor::n) == 0);
  CHECK(std::isinf(kl_to_truth(3, 3, 1, divisor::n)));
}

TEST_CASE("theory/multiprecision: keeping the data") {
  for (const Index m : {Index{2}, Index{3}, Index{10}, Index{1000}, Index{1000000000}, Index{1000000000000}}) {
    CAPTURE(m);
    number kept = 1, unbiased = 1, pool = 1 - 1 / whole(m), error = 0;
    for (Index t = 1; t <= 5000; ++t) {
      error += unbiased / (whole(m) * whole(t) * whole(t));
      kept *= 1 - 1 / (whole(m) * whole(t) * whole(t));
      if (t > 1) unbiased *= 1 - 1 / (whole(t) * whole(m * t - 1));
      if (t == 1 || t == 2 || t == 999 || t == 1000 || t == 1001 || t == 5000) {
        CAPTURE(t);
        CHECK_CLOSE(accumulate_variance(m, t, divisor::n), static_cast<double>(kept), 1e-14);
        CHECK_CLOSE(accumulate_variance(m, t, divisor::n_minus_1), static_cast<double>(unbiased), 1e-14);
        CHECK_CLOSE(accumulate_mean_error(m, t, divisor::n), static_cast<double>(1 - kept), tight);
        CHECK_CLOSE(accumulate_mean_error(m, t, divisor::n_minus_1), static_cast<double>(error), tight);
        const number fit = pool * whole((m - 1) * t) / whole(m * t - 1);
        CHECK_CLOSE(accumulate_subsample_pool_variance(m, t), static_cast<double>(pool), tight);
        CHECK_CLOSE(accumulate_subsample_variance(m, t), static_cast<double>(fit), tight);
        CHECK_CLOSE(accumulate_subsample_mean_error(m, t), static_cast<double>(1 - fit), tight);
      }
      pool *= 1 - whole(2 * m * t - m - t) / (whole(m) * whole(m * t - 1) * whole(t + 1) * whole(t + 1));
    }
    for (const divisor by : both)
      CHECK_CLOSE(accumulate_variance(m, 1'000'000'000'000, by), accumulate_variance_limit(m, by), 1e-11);
  }
  CHECK(accumulate_variance(1, 3, divisor::n) == 0);
  CHECK(accumulate_variance(1, 0, divisor::n) == 1);
}

TEST_CASE("theory/multiprecision: keeping the data for more generations than are looped over") {
  const Index m = 3, last = 1'200'000;
  number unbiased = 1, pool = 1 - 1 / whole(m), error = 1 / whole(m);
  for (Index t = 2; t <= last; ++t) {
    error += unbiased / (whole(m) * whole(t) * whole(t));
    unbiased *= 1 - 1 / (whole(t) * whole(m * t - 1));
    pool *= 1 - whole(2 * m * (t - 1) - m - (t - 1)) / (whole(m) * whole(m * (t - 1) - 1) * whole(t) * whole(t));
  }
  CHECK_CLOSE(accumulate_mean_error(m, last, divisor::n_minus_1), static_cast<double>(error), tight);
  CHECK_CLOSE(accumulate_subsample_pool_variance(m, last), static_cast<double>(pool), tight);
  CHECK_CLOSE(accumulate_variance(m, last, divisor::n_minus_1), static_cast<double>(unbiased), tight);
}
