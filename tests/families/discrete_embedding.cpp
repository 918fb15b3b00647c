#include "hilbert/support.hpp"

#include <complex>

#include <simulacra/families/categorical/embedding.hpp>
#include <simulacra/families/one_parameter/embedding.hpp>
#include <simulacra/hilbert/space.hpp>

using namespace simulacra_test::hilbert;

namespace {

template <class Law, class Map>
Eigen::VectorXd embedded(const Law& law, const Map& map) {
  Eigen::VectorXd out(map.features());
  embed_into(law, map, out);
  return out;
}

random_fourier_features fourier() {
  stream rng(71);
  return {gaussian_kernel(1.5), 1, 40, rng};
}

/// The squared distance of the mean over draws from a closed form, in units of what it is on average.
template <class Law, class Map>
double excess(const Law& law, const Map& map, const Eigen::VectorXd& claimed) {
  stream rng(72);
  Eigen::VectorXd seen(map.features());
  const double expected = embed_by_draws(law, map, 40000, seen, rng);
  return (seen - claimed).squaredNorm() / expected;
}

}  // namespace

TEST_CASE("discrete embedding: a categorical law is its probabilities") {
  const categorical law({1, 0, 2, 1});
  CHECK(embedded(law, delta_features(4)) == Eigen::Vector4d(0.25, 0, 0.5, 0.25));
  CHECK(embedded(law, delta_features(6)).tail(2).isZero(0));
  CHECK(embedded(categorical({1, 1, 0, 0}), delta_features(2)) == Eigen::Vector2d(0.5, 0.5));
  const feature_space s(delta_features(4));
  auto u = s.zero(), v = s.zero();
  CHECK(s.embed(law, u) == 0);
  s.embed(categorical::uniform(4), v);
  s.add(u, -1, v);
  CHECK_CLOSE(s.inner(u, u), 0.125, 1e-15);
  CHECK(refuses([&] { return embedded(law, delta_features(3)); }, "embed_into", "law", "3"));
  CHECK(refuses(
      [&] {
        Eigen::VectorXd out(3);
        embed_into(law, delta_features(4), out);
        return 0;
      },
      "out.size()"));
}

TEST_CASE("discrete embedding: Bernoulli Poisson and exponential laws by their characteristic functions") {
  const auto map = fourier();
  const bernoulli coin(0.3);
  const poisson rare(2.5);
  const exponential<double> wait(1.7);
  const std::complex<double> i(0, 1);
  const Eigen::VectorXd c = embedded(coin, map), r = embedded(rare, map), w = embedded(wait, map);
  for (Index j = 0; j < 20; ++j) {
    const double f = map.frequencies()(j, 0), root = std::sqrt(20.0);
    const std::complex<double> of_coin = 0.7 + 0.3 * std::exp(i * f), of_rare = std::exp(2.5 * (std::exp(i * f) - 1.0)),
                               of_wait = 1.0 / (1.0 - i * f * 1.7);
    CHECK(std::abs(std::complex<double>(c[j], c[20 + j]) * root - of_coin) < 1e-14);
    CHECK(std::abs(std::complex<double>(r[j], r[20 + j]) * root - of_rare) < 1e-14);
    CHECK(std::abs(std::complex<double>(w[j], w[20 + j]) * root - of_wait) < 1e-14);
  }
  // Each ratio has mean 1 and, as a sum of squares that is dominated by a few directions, a variance of at most 2.
  CHECK(excess(coin, map, c) < 1 + z_limit * std::sqrt(2.0));
  CHECK(excess(rare, map, r) < 1 + z_limit * std::sqrt(2.0));
  CHECK(excess(wait, map, w) < 1 + z_limit * std::sqrt(2.0));
  CHECK(excess(coin, map, embedded(bernoulli(0.32), map)) > 1 + z_limit * std::sqrt(2.0));
  CHECK(excess(rare, map, embedded(poisson(2.6), map)) > 1 + z_limit * std::sqrt(2.0));
  CHECK(excess(wait, map, embedded(exponential<double>(1.8), map)) > 1 + z_limit * std::sqrt(2.0));
  CHECK(embedded(exponential<double>(0.0), map).head(20).isApprox(Eigen::VectorXd::Constant(20, 1 / std::sqrt(20.0))));
}

TEST_CASE("discrete embedding: the coin in symbols, all of them in moments, the waiting time in a grid") {
  CHECK((embedded(bernoulli(0.3), delta_features(3)) - Eigen::Vector3d(0.7, 0.3, 0)).norm() < 1e-15);
  CHECK((embedded(bernoulli(0.3), moment_features(1)) - Eigen::Vector2d(0.3, 0.3)).norm() < 1e-15);
  CHECK((embedded(poisson(2.5), moment_features(1)) - Eigen::Vector2d(2.5, 8.75)).norm() < 1e-14);
  CHECK((embedded(exponential<float>(2.0F), moment_features(1)) - Eigen::Vector2d(2, 8)).norm() < 1e-6);
  const grid_features map({-1, 3, 8});
  const Eigen::VectorXd v = embedded(exponential<double>(1.7), map);
  for (Index i = 2; i < 8; ++i) {
    const double from = 0.5 * static_cast<double>(i) - 1;
    CHECK_CLOSE(v[i] * std::sqrt(0.5), std::exp(-from / 1.7) - std::exp(-(from + 0.5) / 1.7), 1e-13);
  }
  CHECK(v.head(2).isZero(0));
  CHECK_CLOSE(map.mass_outside(v), std::exp(-3 / 1.7), 1e-13);
  const Eigen::VectorXd certain = embedded(exponential<double>(0.0), map);
  CHECK_CLOSE(certain[2] * std::sqrt(0.5), 1, 1e-15);
  CHECK(certain.sum() == certain[2]);
}

TEST_CASE("discrete embedding: bad arguments are refused by name") {
  stream rng(73);
  const random_fourier_features plane(gaussian_kernel(1.0), 2, 8, rng);
  CHECK(refuses([&] { return embedded(bernoulli(0.5), plane); }, "embed_into", "map.dimension()"));
  CHECK(refuses([&] { return embedded(poisson(0.5), plane); }, "map.dimension()"));
  CHECK(refuses([&] { return embedded(exponential<double>(0.5), plane); }, "map.dimension()"));
  CHECK(refuses([&] { return embedded(exponential<double>(0.5), grid_features({0, 1, 2}, {0, 1, 2})); }, "map.dimension()"));
  CHECK(refuses([&] { return embedded(bernoulli(0.5), delta_features(1)); }, "map.features()"));
  CHECK(refuses(
      [&] {
        Eigen::VectorXd out(3);
        embed_into(bernoulli(0.5), delta_features(2), out);
        return 0;
      },
      "out.size()"));
}
