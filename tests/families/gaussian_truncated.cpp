#include "support/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <boost/math/special_functions/gamma.hpp>

#include <simulacra/families/gaussian/truncated.hpp>

using namespace simulacra;

namespace {

/// Pearson's z of squared radii against a chi-square with d degrees cut off at c^2.
template <class T>
double radius_z(Index d, double c, double claimed, std::uint64_t seed) {
  constexpr Index n = 20000;
  stream rng(seed);
  const samples<T> x = truncated_gaussian<T, dynamic>(gaussian<T>::standard(d), c).sample(n, rng);
  constexpr std::size_t bins = 40;
  std::vector<double> observed(bins, 0.0), expected(bins, static_cast<double>(n) / bins);
  const double half = static_cast<double>(d) / 2, whole = boost::math::gamma_p(half, claimed * claimed / 2);
  for (Index i = 0; i < n; ++i) {
    const double r2 = x.col(i).template cast<double>().squaredNorm();
    if (r2 > c * c * (1 + 1e-6)) return 1e9;
    const double u = std::min(boost::math::gamma_p(half, r2 / 2) / whole, 1 - 1e-12);
    ++observed[static_cast<std::size_t>(u * bins)];
  }
  return simulacra_test::chi_square_z(observed, expected);
}

}  // namespace

TEST_CASE("truncated_gaussian: radii have the cut chi law for every d and c and the wrong c is seen") {
  std::uint64_t seed = 1;
  for (const Index d : {Index{1}, Index{2}, Index{10}, Index{50}})
    for (const double c : {0.05, 0.5, 1.0, 1.99, 2.0, 2.4, 3.0, 5.0, 6.5, 6.8, 9.0}) {
      CAPTURE(d);
      CAPTURE(c);
      CHECK_Z(radius_z<double>(d, c, c, ++seed), 0, 1);
      // 3 per cent in c is seen wherever the cut cuts at all.
      const double cut = boost::math::gamma_q(static_cast<double>(d) / 2, c * c / 2);
      if (cut > 0.3) CHECK(std::abs(radius_z<double>(d, c, 1.03 * c, seed)) > simulacra_test::z_limit);
    }
  CHECK_Z(radius_z<float>(2, 1.5, 1.5, 77), 0, 1);
  CHECK_Z(radius_z<float>(50, 3, 3, 78), 0, 1);
}

TEST_CASE("truncated_gaussian: directions are uniform and the law is moved and stretched as a whole") {
  stream rng(5);
  const gaussian<double, 2> law({3, -1}, (square<double, 2>() << 4, 1, 1, 2).finished());
  const samples<double, 2> x = law.truncated(1.5).sample(50000, rng);
  std::vector<double> octants(8, 0.0);
  for (Index i = 0; i < x.cols(); ++i) {
    const point<double, 2> y = x.col(i) - law.mean();
    const double z0 = y[0] / 2, z1 = (y[1] - 0.5 * z0) / std::sqrt(1.75);
    CHECK(law.factor().mahalanobis_squared(y) <= 1.5 * 1.5 * (1 + 1e-12));
    ++octants[(z0 > 0 ? 4u : 0u) + (z1 > 0 ? 2u : 0u) + (std::abs(z0) > std::abs(z1) ? 1u : 0u)];
  }
  CHECK_Z(simulacra_test::chi_square_z(octants, std::vector<double>(8, 6250.0)), 0, 1);
}

TEST_CASE("truncated_gaussian: streamed moments are those of the stored sample") {
  const gaussian<double, 2> law({3, -1}, (square<double, 2>() << 4, 1, 1, 2).finished());
  for (const Index n : {Index{1}, Index{3}, Index{9000}}) {
    stream one(8), two(8);
    const auto stored = moments<double, 2>::of(law.truncated(2).sample(n, one));
    const auto streamed = law.truncated(2).stream_summary(n, as<moments<double, 2>>{}, two);
    CHECK(one.position() == two.position());
    CHECK((stored.mean() - streamed.mean()).norm() < 1e-13);
    CHECK((stored.scatter() - streamed.scatter()).norm() <= 1e-13 * static_cast<double>(n));
  }
}
