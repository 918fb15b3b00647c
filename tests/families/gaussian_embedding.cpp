#include "families/gaussian_embedding_support.hpp"

#include <complex>

#include <simulacra/hilbert/space.hpp>

using namespace simulacra_test::hilbert;

TEST_CASE("gaussian embedding: random Fourier features are the characteristic function") {
  stream rng(42);
  const random_fourier_features map(laplace_kernel(1.0), 2, 2 * 45, rng);
  const Eigen::VectorXd v = embedded(a, map);
  for (Index i = 0; i < 45; ++i) {
    const Eigen::Vector2d w = map.frequencies().row(i).transpose();
    const std::complex<double> there =
        std::polar(std::exp(-0.5 * w.dot(a.covariance() * w)), w.dot(a.mean())) / std::sqrt(45.0);
    CHECK(std::abs(v[i] - there.real()) < 1e-14);
    CHECK(std::abs(v[45 + i] - there.imag()) < 1e-14);
  }
  CHECK(worst_z(a, map, v) <= z_limit);
  CHECK(worst_z(a, map, embedded(plane(0.4, -0.3, 2, 0.3, 1.1), map)) > z_limit);
}

TEST_CASE("gaussian embedding: random Fourier features are right wherever the law is") {
  stream rng(43);
  const random_fourier_features map(gaussian_kernel(1.0), 2, 64, rng);
  const auto apart = [&map](double o) {
    return (embedded(plane(o, o, 1, 0.3, 1.1), map) - embedded(plane(o + 1, o - 2, 2, -0.2, 0.5), map)).norm();
  };
  const double near = apart(0);
  CHECK(near > 0.1);
  for (const double o : {1e3, 1e6, 1e12, 1e15}) CHECK(std::abs(apart(o) - near) < 1e-14);
  // At 2^996, 6.7e299, the next number is 2^944 further: in that unit the laws are those at 0.
  const double unit = 0x1p944;
  const random_fourier_features wide(gaussian_kernel(unit), 1, 64, rng);
  const auto line = [&wide](double mean, int log_spread) {
    return embedded(gaussian<double, 1>::from_factor(point<double, 1>(mean),
                                                     gaussian<double, 1>::standard().factor().shifted(log_spread)),
                    wide);
  };
  CHECK(std::abs((line(0x1p996, 944) - line(0x1p996 + 3 * unit, 945)).norm() - (line(0, 944) - line(3 * unit, 945)).norm()) <
        1e-14);
}

TEST_CASE("gaussian embedding: singular and deeply collapsed laws are the points that they are") {
  stream rng(44);
  const random_fourier_features map(gaussian_kernel(1.0), 2, 64, rng);
  Eigen::VectorXd at(64);
  map.features_into(a.mean(), at);
  const auto collapsed = gaussian<double, 2>::from_factor(a.mean(), a.factor().shifted(-5000));
  CHECK((embedded(collapsed, map) - at).cwiseAbs().maxCoeff() < 1e-15);
  CHECK((embedded(gaussian<double, 2>::from_factor(a.mean(), scaled_factor<double, 2>()), map) - at).cwiseAbs().maxCoeff() <
        1e-15);
  const auto vast = gaussian<double, 2>::from_factor(a.mean(), a.factor().shifted(5000));
  CHECK(embedded(vast, map).norm() < 1e-300);
  // Equal numbers, one of them held with an exponent.
  const auto scaled = gaussian<double, 2>::from_factor(a.mean(), a.factor().scaled(0x1p-270));
  CHECK((embedded(scaled, map) - at).cwiseAbs().maxCoeff() < 1e-15);
  const nystrom_features<gaussian_kernel, double, 2> landmarks(gaussian_kernel(1.0), normals<2>(2, 8, rng));
  Eigen::VectorXd point_of(landmarks.features());
  landmarks.features_into(a.mean(), point_of);
  CHECK((embedded(collapsed, landmarks) - point_of).cwiseAbs().maxCoeff() < 1e-9);
}

TEST_CASE("gaussian embedding: bad arguments are refused by name") {
  stream rng(46);
  const random_fourier_features map(gaussian_kernel(1.0), 3, 8, rng);
  CHECK(refuses([&] { return embedded(a, map); }, "embed_into", "law.dimension()", "2"));
  const nystrom_features<gaussian_kernel> landmarks(gaussian_kernel(1.0), samples<>::Identity(3, 3));
  CHECK(refuses([&] { return embedded(a, landmarks); }, "embed_into", "law.dimension()"));
  CHECK(refuses([&] { return embedded(a, grid_features({0, 1, 2})); }, "embed_into", "law.dimension()"));
  CHECK(refuses([&] { return embedded(a, moment_features(3)); }, "mean.size()"));
  const random_fourier_features right(gaussian_kernel(1.0), 2, 8, rng);
  CHECK(refuses(
      [&] {
        Eigen::VectorXd out(6);
        embed_into(a, right, out);
        return 0;
      },
      "out.size()"));
}
