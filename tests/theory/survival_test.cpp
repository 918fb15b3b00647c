#include <doctest/doctest.h>

#include <cmath>

#include <boost/math/special_functions/bessel.hpp>

#include <simulacra/theory/density.hpp>
#include <simulacra/theory/survival.hpp>
#include <support/statistics.hpp>

using namespace simulacra;
using namespace simulacra::theory;

namespace {
constexpr auto unbiased = divisor::n_minus_1;
constexpr auto likelihood = divisor::n;
}  // namespace

TEST_CASE("theory/survival: 40-digit references") {
  struct row {
    double epsilon;
    Index samples, generation;
    divisor by;
    double probability;
  };
  // mpmath, 40 digits: Gauss-Legendre panels along the line of integration, loggamma.
  const row table[] = {
      {0.5, 3, 2, unbiased, 0.60190723019723457474},
      {0.5, 3, 2, likelihood, 0.41608170068526572413},
      {2.5, 3, 2, unbiased, 0.020223067227260821042},
      {0.1, 2, 2, unbiased, 0.78217134970251824815},
      {1e-06, 2, 2, likelihood, 0.99998187123989254562},
      {0.3, 2, 5, unbiased, 0.2198493449110288808},
      {20, 4, 3, unbiased, 9.0115378824515215723e-12},
      {0.01, 5, 40, unbiased, 0.38300051182376161801},
      {0.2, 7, 100, likelihood, 3.2825328352290883102e-7},
      {1.2, 50, 3, unbiased, 0.11192544903164213403},
      {0.9, 1000, 50, unbiased, 0.69438197633909170277},
      {0.9995, 1000000000, 1000000, unbiased, 0.50000223386045193047},
      {1.0005, 1000000000, 1000000, likelihood, 0.47326042347888752168},
      {0.8, 1000000000, 1000000, unbiased, 1.0},
      {1.00015, 1000000000, 2, unbiased, 1.0518124036137114754e-6},
      {0.5, 1000000, 1000000, unbiased, 0.60763118352030549697},
      {0.6, 1000000, 1000000, likelihood, 0.24453224749012518706},
      {3, 30, 400, unbiased, 0.0011826164873470232467},
      {1.5, 10, 500, likelihood, 2.3277263859124337283e-25},
      {0.001, 100, 700, unbiased, 0.96215837387457929439},
  };
  for (const row& r : table) {
    CAPTURE(r.epsilon);
    CAPTURE(r.samples);
    CAPTURE(r.generation);
    CHECK_CLOSE(survival(r.epsilon, r.samples, r.generation, r.by), r.probability, 1e-11);
    // Another unit: epsilon / sigma is rounded differently, which is worth 1e-11 at the largest M.
    CHECK_CLOSE(survival(r.epsilon * 1e-3, r.samples, r.generation, r.by, 1e-3), r.probability, 1e-10);
  }
}

TEST_CASE("theory/survival: two exponentials have a Bessel function") {
  // M = 3 is an exponential G: P(G1 G2 > z) = 2 sqrt(z) K_1(2 sqrt(z)), and sqrt(z) is epsilon.
  for (const double epsilon : {1e-8, 1e-3, 0.1, 0.9, 1.0, 1.1, 3.0, 30.0, 100.0, 300.0}) {
    CAPTURE(epsilon);
    const double exact = 2 * epsilon * boost::math::cyl_bessel_k(1, 2 * epsilon);
    CHECK_CLOSE(survival(epsilon, 3, 2, unbiased), exact, 1e-12);
  }
}

TEST_CASE("theory/survival: the inversion agrees with the incomplete gamma function where there is one") {
  for (const Index m : {2, 3, 8, 100, 100000})
    for (const double epsilon : {0.2, 0.9, 0.999, 1.01, 1.5, 3.0})
      for (const divisor by : {unbiased, likelihood}) {
        CAPTURE(m);
        CAPTURE(epsilon);
        const theory::detail::log_variance_law law(m, 1, by);
        const double y = 2 * std::log(epsilon), exact = survival(epsilon, m, 1, by);
        const bool upper = y > law.slope(0);
        const double tail = theory::detail::tail_probability(law, y, upper), by_line = upper ? tail : 1 - tail;
        CHECK_CLOSE(by_line, exact, 1e-11);
      }
  // P(|Z| > epsilon): M = 2.
  CHECK_CLOSE(survival(1.5, 2, 1, unbiased), std::erfc(1.5 / std::sqrt(2.0)), 1e-13);
  CHECK_CLOSE(survival(1.5, 2, 1, likelihood), std::erfc(1.5), 1e-13);
  // P(chi-squared with 2 degrees of freedom): M = 3.
  CHECK_CLOSE(survival(20, 3, 1, unbiased), std::exp(-400.0), 1e-12);
}

TEST_CASE("theory/survival: ends of the range") {
  CHECK(survival(0.5, 10, 0, unbiased) == 1);
  CHECK(survival(1.0, 10, 0, unbiased) == 0);
  CHECK(survival(1e-300, 2, 2, unbiased) == 1);
  CHECK(survival(1e300, 2, 2, unbiased) == 0);
  CHECK(survival(1e300, 2, 1, unbiased) == 0);
  CHECK(survival(0.5, 10, 1000000, unbiased) == 0);
  CHECK(survival(1e-300, 10, 1000000000000, likelihood) == 0);
  CHECK(survival(0.5, 1000000000, 1, unbiased) == 1);
  CHECK(survival(1.5, 1000000000, 1, unbiased) == 0);
  CHECK_CLOSE(survival(1.0, 1000000000, 1, unbiased), 0.5, 1e-4);
}

TEST_CASE("theory/survival: falls with the threshold, and stays under its bounds") {
  for (const Index m : {2, 5, 40})
    for (const Index n : {1, 2, 7, 60}) {
      double last = 1;
      for (double epsilon = 1e-3; epsilon < 8; epsilon *= 1.3) {
        const double now = survival(epsilon, m, n, unbiased);
        CHECK(now <= last * (1 + 1e-12));
        CHECK(now <= survival_bound_chernoff(epsilon, m, n, unbiased) * (1 + 1e-12));
        const double markov = survival_bound_markov(epsilon, m, n, unbiased);
        CHECK(survival_bound_chernoff(epsilon, m, n, unbiased) <= markov * (1 + 1e-12));
        CHECK(markov <= survival_bound_suresh(epsilon, m, n) * (1 + 1e-12));
        CHECK(survival(epsilon, m, n, likelihood) <= now * (1 + 1e-12));
        last = now;
      }
    }
}

TEST_CASE("theory/density: variance-gamma against its Bessel function") {
  for (const Index m : {2, 3, 4, 11, 101})
    for (const double x : {1e-3, 0.01, -0.7, 3.0, 8.0}) {
      CAPTURE(m);
      CAPTURE(x);
      const double nu = static_cast<double>(m) - 1, order = (nu - 1) / 2, distance = std::abs(x);
      const double log_root = 0.5 * std::log(2 * std::acos(-1.0));
      const double front = std::log(2.0) + nu / 2 * std::log(nu / 2) - log_root - std::lgamma(nu / 2);
      const double exact = std::exp(front + order * std::log(distance / std::sqrt(nu))) *
                           boost::math::cyl_bessel_k(order, std::sqrt(nu) * distance);
      CHECK_CLOSE(variance_gamma_density(x, m), exact, 1e-11);
    }
  // Laplace's law, and the normal law with its first correction.
  CHECK_CLOSE(variance_gamma_density(0, 3), 1 / std::sqrt(2.0), 1e-12);
  const double normal = std::exp(-0.5) / std::sqrt(2 * std::acos(-1.0));
  CHECK_CLOSE(variance_gamma_density(1, 1000000000), normal * (1 - 0.5e-9), 1e-12);
  CHECK(std::isinf(variance_gamma_density(0, 2)));
  CHECK(std::isfinite(first_generation_density(0, 2)));
}
