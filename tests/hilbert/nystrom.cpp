#include "hilbert/features_support.hpp"

#include <simulacra/hilbert/nystrom_features.hpp>

using namespace simulacra_test::hilbert;

TEST_CASE("nystrom: it is the kernel on its landmarks and a projection elsewhere") {
  stream rng(22);
  const samples<double, 2> z = 2 * normals<2>(2, 70, rng), x = 2 * normals<2>(2, 90, rng);
  const auto check = [&](const auto& k) {
    const nystrom_features<std::decay_t<decltype(k)>, double, 2> map(k, z);
    double most = 0;
    Eigen::VectorXd a(map.features()), b(map.features());
    for (Index i = 0; i < z.cols(); i += 5)
      for (Index j = 0; j < z.cols(); j += 3) {
        map.features_into(z.col(i), a);
        map.features_into(z.col(j), b);
        most = (std::max)(most, std::abs(a.dot(b) - k(z.col(i), z.col(j))));
      }
    for (Index i = 0; i < x.cols(); ++i) {
      map.features_into(x.col(i), a);
      most = (std::max)(most, a.squaredNorm() - k(x.col(i), x.col(i)));  // a projection is never longer
    }
    const weights<double> w = some_weights(90);
    Eigen::VectorXd sum = Eigen::VectorXd::Zero(map.features());
    double squares = 0;
    for (Index i = 0; i < x.cols(); ++i) {
      map.features_into(x.col(i), a);
      sum += w[i] / w.sum() * a;
      squares += w[i] / w.sum() * a.squaredNorm();
    }
    CHECK((sum - mean(map, x, w)).cwiseAbs().maxCoeff() < 1e-7);
    CHECK_CLOSE(map.mean_squared_norm(x, &w), squares, 1e-12);
    CHECK(unfolded(map, x, w) < 1e-7);
    return most;
  };
  CHECK(check(laplace_kernel(1.5)) < 1e-12);
  CHECK(check(matern52_kernel(0.5)) < 1e-10);
  CHECK(check(gaussian_kernel(0.5)) < 1e-6);  // its Gram matrix has a condition of 1e12
  CHECK(check(polynomial_kernel(2, 1.0)) < 1e-9);
}

TEST_CASE("nystrom: it leaves out directions that the landmarks do not have") {
  const samples<double, 1> twice = (samples<double, 1>(1, 4) << 0, 1, 0, 1).finished();
  const nystrom_features<gaussian_kernel, double, 1> map(gaussian_kernel(1.0), twice);
  CHECK(map.features() == 2);
  stream rng(23);
  const nystrom_features<polynomial_kernel> parabola(polynomial_kernel(2, 1.0), normals<dynamic>(1, 9, rng));
  CHECK(parabola.features() == 3);
  Eigen::VectorXd a(3), b(3);
  parabola.features_into(point<double, 1>(0.5), a);
  parabola.features_into(point<double, 1>(-3), b);
  CHECK_CLOSE(a.dot(b), 0.25, 1e-9);  // (1 - 1.5)^2: the space has three dimensions, and all of them are there
  const nystrom_features<delta_kernel, Index, 1> symbols(delta_kernel{}, (samples<Index, 1>(1, 3) << 0, 1, 2).finished());
  CHECK(symbols.features() == 3);
}

TEST_CASE("nystrom: the residual of m landmarks is at least oracle 42's") {
  // N(0, 1), Gaussian kernel l = 0.8, m = 5: no subspace of five dimensions leaves less than B^5.
  constexpr double least = 0.02023476331151997;
  const auto residual = [](const samples<double, 1>& z) {
    const nystrom_features<gaussian_kernel, double, 1> map(gaussian_kernel(0.8), z);
    Eigen::VectorXd phi(map.features());
    double sum = 0;
    for (double x = -9; x <= 9; x += 0.02) {
      map.features_into(point<double, 1>(x), phi);
      sum += 0.02 * std::exp(-0.5 * x * x) / 2.5066282746310002 * (1 - phi.squaredNorm());
    }
    return sum;
  };
  stream rng(24);
  double best = 1;
  for (int i = 0; i < 20; ++i) best = (std::min)(best, residual(normals<1>(1, 5, rng)));
  CHECK(best > least);
  const samples<double, 1> spread = (samples<double, 1>(1, 5) << -1.7, -0.8, 0, 0.8, 1.7).finished();
  CHECK(residual(spread) > least);
  CHECK(residual(spread) < 1.3 * least);  // and well placed they come near
  CHECK(residual((samples<double, 1>(1, 6) << -2.4, -1.4, -0.5, 0.5, 1.4, 2.4).finished()) < least);  // six may leave less
}

TEST_CASE("nystrom: bad arguments are refused by name") {
  using map = nystrom_features<gaussian_kernel>;
  const gaussian_kernel k(1.0);
  CHECK(refuses([&] { return map(k, samples<>(2, 0)); }, "nystrom_features", "landmarks.cols()"));
  CHECK(refuses([&] { return map(k, samples<>(0, 2)); }, "landmarks.rows()"));
  CHECK(refuses([&] { return map(k, samples<>::Constant(2, 2, not_a_number)); }, "landmarks", "nan"));
  CHECK(refuses([&] { return map(k, samples<>::Ones(2, 2), 1.0); }, "cutoff"));
  CHECK(refuses([&] { return map(k, samples<>::Ones(2, 2), -0.1); }, "cutoff"));
  CHECK(refuses([&] { return nystrom_features<linear_kernel>(linear_kernel{}, samples<>::Zero(2, 2)); }, "landmarks",
                "not 0"));
  const map good(k, samples<>::Identity(2, 2));
  CHECK(refuses([&] { return mean(good, samples<>(samples<>::Zero(3, 1))); }, "x.rows()"));
  CHECK(refuses([&] { return mean(good, samples<>(2, 0)); }, "x.cols()"));
  CHECK(refuses([&] { return mean(good, samples<>(samples<>::Constant(2, 1, not_a_number))); }, "nan"));
  CHECK(refuses([&] { return mean(good, samples<>(samples<>::Ones(2, 2)), weights<double>::Ones(1)); }, "'w'"));
  const auto into = [&](Index size) {
    Eigen::VectorXd out(size);
    good.features_into(Eigen::Vector2d(0, 0), out);
    return 0;
  };
  CHECK(refuses([&] { return into(3); }, "out.size()"));
}
