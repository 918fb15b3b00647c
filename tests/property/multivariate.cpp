#include "property/log_determinant.hpp"

using namespace simulacra_test;

namespace {

double kl_reverse(double d, double m, double n, divisor by) {
  return (by == divisor::n ? 0 : n * d / (2 * m)) - n / 2 * rate(d, m, divided_by(by, m));
}

double kl_forward(double d, double m, double n, divisor by) {
  const double big = divided_by(by, m), k = big / (m - d - 2), kn = std::pow(k, n);
  return 0.5 * (d * kn + d / m * k * (kn - 1) / (k - 1) - d + n * rate(d, m, big));
}

template <int D>
auto check_chain(Index d, Index m, Index n, divisor by, draw how, std::uint64_t seed) {
  const auto p0 = gaussian<double, D>::standard(d);
  const experiment e{p0, gaussian_estimator<double, D>(by), replace{}};
  return replicates(e, {.generations = n, .samples = m, .how = how}, seed, 8000, [&p0](const gaussian<double, D>& q) {
    return std::array<double, 4>{q.log_determinant(), q.mean().squaredNorm(), kl_divergence(q, p0), kl_divergence(p0, q)};
  });
}

}  // namespace

TEST_CASE("replace d-dim: the closed forms agree with oracles 10 to 13") {
  CHECK_CLOSE(rate(5, 50, 49), -0.3178645446156023, 1e-12);
  CHECK_CLOSE(rate(5, 50, 50), -0.4188780812031996, 1e-12);
  CHECK_CLOSE(log_variance(5, 50), 0.2175626912418007, 1e-12);
  CHECK_CLOSE(kl_reverse(2, 50, 20, divisor::n), 1.025496571977866, 1e-12);
  CHECK_CLOSE(kl_reverse(2, 50, 20, divisor::n_minus_1), 1.021442425627477, 1e-12);
  CHECK_CLOSE(kl_forward(2, 50, 20, divisor::n_minus_1), 2.745714724679730, 1e-12);
  CHECK_CLOSE(kl_forward(1, 10, 1, divisor::n), 0.1754307926769999, 1e-11);
}

TEST_CASE("replace d-dim: log det mean error and both KL agree with theory in all three ways of drawing") {
  for (const divisor by : {divisor::n, divisor::n_minus_1})
    for (const draw how : every_way) {
      CAPTURE(by == divisor::n);
      CAPTURE(how == draw::stored);
      CAPTURE(how == draw::collapsed);
      constexpr double d = 3, m = 30, n = 4;
      const auto seen = check_chain<dynamic>(3, 30, 4, by, how, 21);
      const double lambda = n * rate(d, m, divided_by(by, m));
      CHECK_Z(z_of_mean(seen[0], lambda), 0, 1);
      CHECK_Z(z_of_variance(seen[0], lambda, n * log_variance(d, m)), 0, 1);
      CHECK_Z(z_of_mean(seen[1], by == divisor::n ? d * (1 - std::pow(1 - 1 / m, n)) : d * n / m), 0, 1);
      CHECK_Z(z_of_mean(seen[2], kl_reverse(d, m, n, by)), 0, 1);
      CHECK_Z(z_of_mean(seen[3], kl_forward(d, m, n, by)), 0, 1);
      const divisor other = by == divisor::n ? divisor::n_minus_1 : divisor::n;
      CHECK_FALSE(agrees(z_of_mean(seen[0], n * rate(d, m, divided_by(other, m)))));
      CHECK_FALSE(agrees(z_of_mean(seen[3], kl_forward(d, m, n, other))));
      CHECK_FALSE(agrees(z_of_variance(seen[0], lambda, 1.2 * n * log_variance(d, m))));
      CHECK_FALSE(agrees(z_of_mean(seen[0], lambda + n * d * 2 * std::log(1.01))));  // a scale 1 per cent off
    }
}

TEST_CASE("replace d-dim: fixed dimensions have the law of the dynamic one") {
  for (const draw how : every_way) {
    CHECK_Z(z_of_mean(check_chain<2>(2, 12, 3, divisor::n, how, 22)[0], 3 * rate(2, 12, 12)), 0, 1);
    CHECK_Z(z_of_mean(check_chain<dynamic>(7, 10, 2, divisor::n, how, 24)[0], 2 * rate(7, 10, 10)), 0, 1);
  }
}

TEST_CASE("shrinkage: the trace is a martingale and anisotropy decays by the weight") {
  const gaussian<double, 2> truth(point<double, 2>::Zero(), (square<double, 2>() << 1, 0, 0, 4).finished());
  const experiment e{truth, gaussian_estimator<double, 2>(divisor::n_minus_1, {.shrinkage = 0.2}), replace{}};
  for (const draw how : every_way) {
    const auto seen =
        replicates(e, {.generations = 4, .samples = 25, .how = how}, 25, 6000, [](const gaussian<double, 2>& q) {
          const square<double, 2> s = q.covariance();
          return std::array<double, 2>{s.trace(), s(0, 0)};
        });
    CHECK_Z(z_of_mean(seen[0], 5), 0, 1);
    CHECK_Z(z_of_mean(seen[1], 2.5 - 1.5 * std::pow(0.8, 4)), 0, 1);
    CHECK_FALSE(agrees(z_of_mean(seen[1], 1)));
  }
}
