#include "hilbert/support.hpp"

#include <simulacra/families/gaussian/embedding.hpp>
#include <simulacra/hilbert/space.hpp>

using namespace simulacra_test::hilbert;

namespace {

gaussian<double, 2> plane(double x, double y, double a, double b, double c) {
  return {point<double, 2>(x, y), (square<double, 2>() << a, b, b, c).finished()};
}

const auto a = plane(0.4, -0.3, 2, 0.3, 1);

template <class Law, class Map>
Eigen::VectorXd embedded(const Law& law, const Map& map) {
  Eigen::VectorXd out(map.features());
  embed_into(law, map, out);
  return out;
}

/// The largest |z| of a closed form among the features, against the mean over draws and the spread among them.
template <class Law, class Map>
double worst_z(const Law& law, const Map& map, const Eigen::VectorXd& claimed, Index n = 20000) {
  stream rng(41);
  const auto x = law.sample(n, rng);
  Eigen::VectorXd phi(map.features()), sum = Eigen::VectorXd::Zero(map.features()), squares = sum;
  for (Index i = 0; i < n; ++i) {
    map.features_into(x.col(i), phi);
    sum += phi;
    squares += phi.cwiseAbs2();
  }
  double worst = 0;
  for (Index j = 0; j < phi.size(); ++j) {
    const double m = sum[j] / static_cast<double>(n), variance = squares[j] / static_cast<double>(n) - m * m;
    worst = (std::max)(worst, std::abs(z_score(m, claimed[j], std::sqrt(variance / static_cast<double>(n)))));
  }
  return worst;
}

}  // namespace

TEST_CASE("gaussian embedding: Nystrom features") {
  stream rng(45);
  const nystrom_features<gaussian_kernel, double, 2> map(gaussian_kernel(1.1), 1.5 * normals<2>(2, 12, rng));
  CHECK(worst_z(a, map, embedded(a, map)) <= z_limit);
  CHECK(worst_z(a, map, embedded(plane(0.4, -0.3, 2, 0.3, 1.1), map)) > z_limit);
  const nystrom_features<gaussian_kernel> loose(gaussian_kernel(1.1), map.landmarks());
  const gaussian<> same(a.mean(), a.covariance());
  CHECK((embedded(same, loose) - embedded(a, map)).cwiseAbs().maxCoeff() < 1e-9);
}

TEST_CASE("gaussian embedding: moment features") {
  const moment_features map(2);
  const Eigen::VectorXd v = embedded(a, map);
  const square<double, 2> second = a.covariance() + a.mean() * a.mean().transpose();
  CHECK((v - (Eigen::VectorXd(5) << 0.4, -0.3, second(0, 0), std::sqrt(2.0) * second(0, 1), second(1, 1)).finished()).norm() < 1e-14);
  CHECK(worst_z(a, map, v) <= z_limit);
}
