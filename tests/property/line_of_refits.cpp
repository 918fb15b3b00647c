#include "property/replicates.hpp"

#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>

using namespace simulacra_test;

namespace {

const gaussian<double, 1> normal(0.0, 1.0);

auto line(divisor by) { return experiment{normal, gaussian_estimator<double, 1>(by), replace{}}; }

using five = std::array<double, 5>;

/// S, sigma, squared error of the mean, log S, squared Wasserstein distance.
five look(const gaussian<double, 1>& q) {
  const double s = q.variance(), sigma = std::sqrt(s), mean = q.mean()[0];
  return {s, sigma, mean * mean, q.log_determinant(), mean * mean + (sigma - 1) * (sigma - 1)};
}

struct expected {
  five mean;
  double log_variance;
};

/// THEORY 1.4, written out again.
expected theory(divisor by, double m, double n) {
  const double nu = m - 1, d = by == divisor::n ? m : nu;
  const double c = std::sqrt(2 / d) * boost::math::tgamma_ratio(m / 2, nu / 2), r = 1 - 1 / m;
  const double rate = boost::math::digamma(nu / 2) - std::log(d / 2);
  if (by == divisor::n)
    return {{std::pow(r, n), std::pow(c, n), 1 - std::pow(r, n), n * rate, 2 * (1 - std::pow(c, n))},
            n * boost::math::trigamma(nu / 2)};
  return {{1, std::pow(c, n), n / m, n * rate, n / m + 2 * (1 - std::pow(c, n))}, n * boost::math::trigamma(nu / 2)};
}

}  // namespace

TEST_CASE("replace 1-D: the closed forms agree with the printed oracles") {
  CHECK_CLOSE(theory(divisor::n_minus_1, 100, 50).mean[4], 0.7372295316707831, 1e-13);
  CHECK_CLOSE(theory(divisor::n, 100, 1000).mean[4], 1.998948176899905, 1e-12);
  CHECK_CLOSE(theory(divisor::n, 100, 1000).mean[2], 0.9999568287525893, 1e-13);
  CHECK_CLOSE(theory(divisor::n_minus_1, 10, 1).mean[3], -0.1152064704167452, 1e-13);
  CHECK_CLOSE(theory(divisor::n, 100, 1).mean[3], -0.02018535470177428, 1e-12);
}

TEST_CASE("replace 1-D: S sigma mean error log S and W2 agree with theory in all three ways of drawing") {
  for (const divisor by : {divisor::n, divisor::n_minus_1})
    for (const draw how : every_way) {
      CAPTURE(by == divisor::n);
      CAPTURE(how == draw::stored);
      CAPTURE(how == draw::collapsed);
      const auto seen = replicates(line(by), {.generations = 5, .samples = 10, .how = how}, 11, 20000, look);
      const expected e = theory(by, 10, 5);
      for (std::size_t i = 0; i < 5; ++i) {
        CAPTURE(i);
        CHECK_Z(z_of_mean(seen[i], e.mean[i]), 0, 1);
      }
      CHECK_Z(z_of_variance(seen[3], e.mean[3], e.log_variance), 0, 1);
    }
}

TEST_CASE("replace 1-D: planted bugs are seen: the other divisor and a scale 1 per cent off") {
  for (const draw how : every_way) {
    const plan p{.generations = 5, .samples = 10, .how = how};
    const auto unbiased = replicates(line(divisor::n_minus_1), p, 12, 20000, look);
    const expected wrong = theory(divisor::n, 10, 5), right = theory(divisor::n_minus_1, 10, 5);
    for (const std::size_t i : {0u, 1u, 2u, 3u}) CHECK_FALSE(agrees(z_of_mean(unbiased[i], wrong.mean[i])));
    const auto scaled =
        replicates(experiment{normal, gaussian_estimator<double, 1>(divisor::n_minus_1), replace{}, inflated(1.0201)}, p, 13,
                   20000, look);
    CHECK_FALSE(agrees(z_of_mean(scaled[3], right.mean[3])));
    CHECK_FALSE(agrees(z_of_variance(unbiased[3], right.mean[3], 1.1 * right.log_variance)));
  }
}

TEST_CASE("replace 1-D: a geometric schedule keeps the variance of oracle 7") {
  for (const draw how : every_way) {
    const plan p{.generations = 5, .samples = schedule::geometric(100, 2), .how = how};
    const auto seen = replicates(line(divisor::n_minus_1), p, 14, how == draw::collapsed ? 20000u : 1500u, look);
    std::vector<double> variance;
    for (std::size_t i = 0; i < seen[0].size(); ++i) variance.push_back(seen[0][i] + seen[2][i]);
    CHECK_Z(z_of_mean(variance, 1.019375), 0, 1);
    CHECK_Z(z_of_mean(seen[4], 0.02910583108231821), 0, 1);
    CHECK_FALSE(agrees(z_of_mean(seen[4], theory(divisor::n_minus_1, 100, 5).mean[4])));  // as if M had stayed 100
  }
}

TEST_CASE("decoders 1-D: temperature truncation and variance inflation multiply the variance as theory says") {
  const double c = 1.5, density = std::exp(-c * c / 2) / std::sqrt(2 * 3.14159265358979323846);
  const double cut = 1 - 2 * c * density / std::erf(c / std::sqrt(2.0));
  const gaussian_estimator<double, 1> fit(divisor::n_minus_1);
  for (const draw how : {draw::stored, draw::streamed, draw::cheapest}) {
    const plan p{.generations = 4, .samples = 20, .how = how};
    // The first refit sees the truth, which is never decoded.
    const auto cold = replicates(experiment{normal, fit, replace{}, tempered(0.8)}, p, 15, 10000, look);
    CHECK_Z(z_of_mean(cold[0], std::pow(0.8, 3)), 0, 1);
    CHECK_FALSE(agrees(z_of_mean(cold[0], std::pow(0.8, 4))));
    const auto truncation = replicates(experiment{normal, fit, replace{}, truncated(c)}, p, 16, 10000, look);
    CHECK_Z(z_of_mean(truncation[0], std::pow(cut, 3)), 0, 1);
    CHECK_FALSE(agrees(z_of_mean(truncation[0], std::pow(1.03 * cut, 3))));
  }
}

TEST_CASE("decoders 1-D: at the critical inflation the logarithm of the variance stands still") {
  const double lambda = 1.122105095162526;  // oracle 44
  const auto e = experiment{normal, gaussian_estimator<double, 1>(divisor::n_minus_1), replace{}, inflated(lambda)};
  for (const draw how : every_way) {
    const auto seen = replicates(e, {.generations = 6, .samples = 10, .how = how}, 17, 20000, look);
    CHECK_Z(z_of_mean(seen[3], -std::log(lambda)), 0, 1);
    CHECK_FALSE(agrees(z_of_mean(seen[3], 0)));
  }
}

TEST_CASE("covariance floor 1-D: oracle 45 and the mean of S stays at M r") {
  const auto e = experiment{normal, gaussian_estimator<double, 1>(divisor::n, {.floor = 0.05}), replace{}};
  const auto without = experiment{normal, gaussian_estimator<double, 1>(divisor::n), replace{}};
  for (const draw how : every_way) {
    const plan p{.generations = 8, .samples = 20, .how = how};
    CHECK_Z(z_of_mean(replicates(e, p, 18, 10000, look)[0], 1), 0, 1);
    CHECK_FALSE(agrees(z_of_mean(replicates(without, p, 18, 10000, look)[0], 1)));
  }
}
