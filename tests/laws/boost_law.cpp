#include "support/statistics.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/cauchy.hpp>
#include <boost/math/distributions/exponential.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/laplace.hpp>
#include <boost/math/distributions/logistic.hpp>
#include <boost/math/distributions/lognormal.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/pareto.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/distributions/weibull.hpp>
#include <boost/random/exponential_distribution.hpp>
#include <boost/random/gamma_distribution.hpp>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/student_t_distribution.hpp>

#include <simulacra/boost_law.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/families/gaussian/estimator.hpp>
#include <simulacra/ledger/corners.hpp>

namespace sim = simulacra;
namespace math = boost::math;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Draws of a law in cells whose probabilities the cdf of another tells: Pearson's statistic as a z-score. The cells are those of the
/// other's twentieths; cells of no probability, as discrete laws have them, are left out.
template <class Law, class Other>
double goodness(const Law& law, const Other& other, std::uint64_t seed) {
  sim::stream rng(seed);
  const sim::Index n = 40'000;
  const auto x = law.sample(n, rng);
  std::vector<double> ends, expected, observed;
  for (int i = 1; i < 20; ++i) {
    const double at = other.quantile(i / 20.0);
    if (ends.empty() || at > ends.back()) ends.push_back(at);
  }
  double below = 0;
  for (const double end : ends) {
    const double here = other.cdf(end);
    expected.push_back(static_cast<double>(n) * (here - below));
    below = here;
  }
  expected.push_back(static_cast<double>(n) * (1 - below));
  observed.assign(expected.size(), 0.0);
  for (sim::Index i = 0; i < n; ++i) {
    std::size_t cell = 0;
    while (cell < ends.size() && x(0, i) > ends[cell]) ++cell;
    observed[cell] += 1;
  }
  if (expected.back() < 5) {  // the last twentieth of a discrete law may be its last value
    expected[expected.size() - 2] += expected.back(), observed[observed.size() - 2] += observed.back();
    expected.pop_back(), observed.pop_back();
  }
  return simulacra_test::chi_square_z(observed, expected);
}

template <class Distribution>
void check_law(const Distribution& distribution, const Distribution& planted) {
  const sim::boost_law law(distribution);
  static_assert(sim::model<decltype(law)>);
  CHECK(std::abs(goodness(law, law, 7)) < 4.5);
  CHECK(std::abs(goodness(law, sim::boost_law(planted), 7)) > 4.5);
  for (const double p : {1e-9, 0.2, 0.5, 0.77, 1 - 1e-9}) {
    const double x = law.quantile(p);
    if (law.is_discrete()) {
      CHECK(law.cdf(x) >= p);
      CHECK(law.cdf(x - 1) < p);
    } else {
      CHECK_CLOSE(law.cdf(x), p, 1e-6);  // a Pareto law begins at 1, whose own digits are coarser
    }
  }
  sim::stream a(3), b(3);
  sim::samples<double, 1> into(1, 9);
  law.sample_into(into, a);
  CHECK((into.array() == law.sample(9, b).array()).all());
}

}  // namespace

TEST_CASE("laws/boost_law: draws by quantile have the law, and a law nearby they have not") {
  check_law(math::students_t(3), math::students_t(4));
  check_law(math::lognormal(0, 1), math::lognormal(0.06, 1));
  check_law(math::laplace(1, 2), math::laplace(1, 2.2));
  check_law(math::beta_distribution<>(2, 0.5), math::beta_distribution<>(2.2, 0.5));
  check_law(math::weibull(0.7, 2), math::weibull(0.75, 2));
  check_law(math::normal(-1, 3), math::normal(-0.8, 3));
  check_law(math::gamma_distribution<>(0.3, 2), math::gamma_distribution<>(0.33, 2));
  check_law(math::exponential(2), math::exponential(2.15));
  check_law(math::logistic(0, 1), math::logistic(0.1, 1));
  check_law(math::pareto(1, 1.5), math::pareto(1, 1.6));
  check_law(math::cauchy(0, 1), math::cauchy(0.1, 1));
  check_law(math::poisson(3.5), math::poisson(3.7));
  check_law(math::binomial(10, 0.3), math::binomial(10, 0.32));
}

TEST_CASE("laws/boost_law: generators of Boost.Random and of <random> have the same laws") {
  const sim::boost_law t(math::students_t(3));
  const sim::boost_law gamma(math::gamma_distribution<>(0.3, 2));
  const sim::boost_law normal(math::normal(0, 1));
  CHECK(std::abs(goodness(sim::boost_law(math::students_t(3), boost::random::student_t_distribution<>(3)), t, 11)) < 4.5);
  CHECK(std::abs(goodness(sim::boost_law(boost::random::student_t_distribution<>(4)), t, 11)) > 4.5);
  CHECK(std::abs(goodness(sim::boost_law(boost::random::gamma_distribution<>(0.3, 2)), gamma, 12)) < 4.5);
  CHECK(std::abs(goodness(sim::boost_law(boost::random::normal_distribution<>(0, 1)), normal, 13)) < 4.5);
  CHECK(std::abs(goodness(sim::boost_law(std::student_t_distribution<>(3)), t, 14)) < 4.5);
  CHECK(std::abs(goodness(sim::boost_law(std::normal_distribution<>(0, 1)), normal, 15)) < 4.5);
  // A law without a density is a model and no more; and no draw is kept from one call to the next.
  const sim::boost_law bare(boost::random::normal_distribution<>(0, 1));
  static_assert(sim::model<decltype(bare)> && !sim::has_moments<decltype(bare)>);
  sim::stream a(5), b(5);
  static_cast<void>(bare.sample(3, a));
  b.seek(a.position());
  CHECK(bare.sample(4, a) == sim::boost_law(boost::random::normal_distribution<>(0, 1)).sample(4, b));
}

TEST_CASE("laws/boost_law: moments that do not exist are answers") {
  CHECK(*sim::boost_law(math::students_t(3)).expectation() == 0);
  CHECK_CLOSE(sim::boost_law(math::students_t(3)).variance(), 3.0, 1e-15);
  CHECK(*sim::boost_law(math::students_t(1.5)).expectation() == 0);
  CHECK(sim::boost_law(math::students_t(1.5)).variance() == infinity);
  CHECK(sim::boost_law(math::students_t(2)).variance() == infinity);
  CHECK_THROWS_AS(static_cast<void>(sim::boost_law(math::students_t(2)).covariance()), std::domain_error);
  CHECK_CLOSE(sim::boost_law(math::students_t(3)).covariance()(0, 0), 3.0, 1e-15);
  CHECK_FALSE(sim::boost_law(math::students_t(1)).expectation().has_value());
  CHECK_FALSE(sim::boost_law(math::cauchy(0, 1)).expectation().has_value());
  CHECK(sim::boost_law(math::cauchy(0, 1)).variance() == infinity);
  CHECK_THROWS_AS(static_cast<void>(sim::boost_law(math::cauchy(0, 1)).mean()), std::domain_error);
  CHECK_THROWS_AS(static_cast<void>(sim::boost_law(math::pareto(1, 0.9)).mean()), std::domain_error);
  CHECK(*sim::boost_law(math::pareto(1, 0.9)).expectation() == infinity);
  CHECK(sim::boost_law(math::pareto(1, 0.9)).variance() == infinity);
  CHECK_CLOSE(*sim::boost_law(math::pareto(1, 1.5)).expectation(), 3.0, 1e-15);
  CHECK(sim::boost_law(math::pareto(1, 1.5)).variance() == infinity);
  CHECK_CLOSE(sim::boost_law(math::lognormal(0, 1)).mean()[0], std::exp(0.5), 1e-15);
  // Past the largest number a draw is infinite, and no exception.
  sim::stream rng(1);
  CHECK(sim::boost_law(math::pareto(1, 1e-3)).sample(100, rng).maxCoeff() == infinity);
}

TEST_CASE("laws/boost_law: where moments are infinite a projection by moments is not identified") {
  const sim::gaussian_estimator<double, 1> fit(sim::divisor::n);
  const auto corner = [&](const auto& law) {
    return sim::projection_corner<sim::samples<double, 1>>(fit, law, sim::gaussian<double, 1>(0, 1), 64, sim::stream(1), 0);
  };
  const auto known = corner(sim::boost_law(math::students_t(3)));
  CHECK(known.origin == sim::corner_origin::closed_form);
  CHECK_CLOSE(known.law->covariance()(0, 0), 3.0, 1e-15);
  CHECK_FALSE(corner(sim::boost_law(math::students_t(1.5))).identified());
  CHECK_FALSE(corner(sim::boost_law(math::cauchy(0, 1))).identified());
}

TEST_CASE("laws/boost_law: densities, outside of the support too, and characteristic functions") {
  const sim::boost_law beta(math::beta_distribution<>(2, 0.5));
  const sim::boost_law normal(math::normal(1, 2));
  const sim::boost_law poisson(math::poisson(3.5));
  CHECK(beta.log_density(-1) == -infinity);
  CHECK(beta.log_density(2) == -infinity);
  CHECK(beta.log_density(1) == infinity);
  CHECK(beta.cdf(-3) == 0);
  CHECK(beta.cdf(3) == 1);
  CHECK(normal.log_density(infinity) == -infinity);
  CHECK_CLOSE(normal.log_density(2), -0.125 - std::log(2 * std::sqrt(2 * std::acos(-1.0))), 1e-14);
  CHECK(poisson.log_density(2.5) == -infinity);
  CHECK_CLOSE(poisson.log_density(2), 2 * std::log(3.5) - 3.5 - std::log(2.0), 1e-13);
  CHECK_THROWS_AS(static_cast<void>(normal.log_density(std::nan(""))), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(normal.quantile(1)), std::invalid_argument);
  sim::stream rng(1);
  CHECK_THROWS_AS(static_cast<void>(normal.sample(-1, rng)), std::invalid_argument);

  // Each against the mean over equidistant quantiles (continuous) or over the probabilities (discrete).
  const auto check = [](const auto& law, double tolerance) {
    for (const double w : {0.0, 0.4, -1.3}) {
      std::complex<double> sum = 0;
      if (law.is_discrete()) {
        for (int k = 0; k < 400; ++k) sum += std::exp(law.log_density(k)) * std::polar(1.0, w * k);
      } else {
        const int n = 20'000;
        for (int i = 0; i < n; ++i) sum += std::polar(1.0, w * law.quantile((i + 0.5) / n)) / static_cast<double>(n);
      }
      const auto value = law.characteristic_function(std::vector{w});
      CHECK(std::abs(value - sum) < tolerance);
    }
  };
  check(normal, 1e-3);
  check(sim::boost_law(math::gamma_distribution<>(0.7, 2)), 1e-3);
  check(sim::boost_law(math::exponential(0.5)), 1e-3);
  check(sim::boost_law(math::laplace(-1, 0.6)), 1e-3);
  check(sim::boost_law(math::cauchy(1, 0.5)), 1e-3);
  check(sim::boost_law(math::logistic(1, 0.5)), 1e-3);
  check(poisson, 1e-12);
  check(sim::boost_law(math::binomial(10, 0.3)), 1e-12);
}

TEST_CASE("laws/boost_law: single precision") {
  const sim::boost_law law(math::normal_distribution<float>(0, 1));
  sim::stream rng(1);
  static_assert(std::is_same_v<decltype(law.sample(3, rng)), sim::samples<float, 1>>);
  CHECK(law.sample(1000, rng).allFinite());
}
