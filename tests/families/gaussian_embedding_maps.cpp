#include "families/gaussian_embedding_support.hpp"

#include <simulacra/hilbert/space.hpp>

using namespace simulacra_test::hilbert;

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
  CHECK(
      (v - (Eigen::VectorXd(5) << 0.4, -0.3, second(0, 0), std::sqrt(2.0) * second(0, 1), second(1, 1)).finished()).norm() <
      1e-14);
  CHECK(worst_z(a, map, v) <= z_limit);
}
