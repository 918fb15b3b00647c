#include "hilbert/features_support.hpp"

#include <simulacra/hilbert/delta_features.hpp>
#include <simulacra/hilbert/grid_features.hpp>
#include <simulacra/numerics/gauss_legendre.hpp>

using namespace simulacra_test::hilbert;

TEST_CASE("features: symbols are unit vectors and data their frequencies") {
  const delta_features map(4);
  const samples<Index, 1> x = (samples<Index, 1>(1, 5) << 3, 0, 3, 1, 3).finished();
  CHECK(mean(map, x) == Eigen::Vector4d(0.2, 0.2, 0, 0.6));
  const weights<double> w = (weights<double>(5) << 1, 2, 0, 5, 2).finished();
  CHECK(mean(map, x, w) == Eigen::Vector4d(0.2, 0.5, 0, 0.3));
  Eigen::VectorXd out(4);
  map.summary_mean_into(counts::of(x, w), out);
  CHECK((out - mean(map, x, w)).cwiseAbs().maxCoeff() < 1e-15);
  map.features_into(Index{2}, out);
  CHECK(out == Eigen::Vector4d(0, 0, 1, 0));
  CHECK(map.mean_squared_norm(x) == 1);
  CHECK(unfolded(map, x, (weights<double>(5) << 1, 2, 1, 5, 2).finished()) < 1e-15);

  CHECK(refuses([] { return delta_features(0); }, "delta_features", "symbols"));
  CHECK(refuses([&] { return mean(map, samples<Index, 1>(samples<Index, 1>::Constant(1, 2, 4))); }, "symbol", "4"));
  CHECK(refuses([&] { return mean(map, samples<Index, 1>(samples<Index, 1>::Constant(1, 2, -1))); }, "symbol", "-1"));
  CHECK(refuses([&] { return mean(map, samples<Index, 1>(1, 0)); }, "x.cols()"));
  CHECK(refuses([&] { return mean(map, x, weights<double>::Ones(4)); }, "'w'"));
  const auto of_counts = [&](const counts& c, Index size) {
    Eigen::VectorXd to(size);
    map.summary_mean_into(c, to);
    return 0;
  };
  CHECK(refuses([&] { return of_counts(counts(4), 4); }, "weight()"));
  CHECK(refuses([&] { return of_counts(counts::of(samples<Index, 1>(samples<Index, 1>::Constant(1, 1, 9))), 4); }, "symbol",
                "9"));
  CHECK(refuses([&] { return of_counts(counts::of(x), 3); }, "out.size()"));
}

TEST_CASE("features: Gauss-Legendre is exact for polynomials of its degree and not beyond") {
  const auto power = [](int p) { return [p](double x) { return std::pow(x, p); }; };
  CHECK_CLOSE(gauss_legendre<8>::integrate(0, 2, power(15)), std::pow(2.0, 16) / 16, 1e-13);
  CHECK_CLOSE(gauss_legendre<12>::integrate(-1, 3, power(22)), (std::pow(3.0, 23) + 1) / 23, 1e-13);
  CHECK_CLOSE(gauss_legendre<1>::integrate(1, 3, power(1)), 4, 1e-15);
  CHECK(std::abs(gauss_legendre<3>::integrate(0, 1, power(6)) - 1.0 / 7) > 1e-5);
}

TEST_CASE("features: a grid counts what falls into its cells and says what does not") {
  const grid_features line({-1, 2, 6}), plane({0, 1, 2}, {-2, 4, 3});
  CHECK(line.cell_volume() == 0.5);
  CHECK(plane.cell_volume() == 1);
  CHECK(plane.features() == 6);
  const samples<double, 1> x = (samples<double, 1>(1, 8) << -1, -0.5, 1.999, 2, 0.75, -1.01, 0.8, 7).finished();
  const Eigen::VectorXd seen = mean(line, x);
  CHECK((seen * 8 * std::sqrt(0.5) - (Eigen::VectorXd(6) << 1, 1, 0, 2, 0, 1).finished()).cwiseAbs().maxCoeff() < 1e-15);
  CHECK_CLOSE(line.mass_outside(seen), 3.0 / 8, 1e-14);
  CHECK_CLOSE(line.mean_squared_norm(x), 5.0 / 8 / 0.5, 1e-15);
  const samples<double, 2> y = (samples<double, 2>(2, 3) << 0.2, 0.7, 0.7, -1, 3, 4).finished();
  CHECK(plane.cell_of(y.col(0)) == 0);
  CHECK(plane.cell_of(y.col(1)) == 5);
  CHECK(plane.cell_of(y.col(2)) == -1);
  const weights<double> w = Eigen::Vector3d(1, 2, 5);
  CHECK((mean(plane, y, w) - (Eigen::VectorXd(6) << 0.125, 0, 0, 0, 0, 0.25).finished()).cwiseAbs().maxCoeff() < 1e-15);
  CHECK(unfolded(plane, y, w) < 1e-15);
  // A width that is no binary fraction must not let the last point of the box through.
  const grid_features thirds({0, 0.3, 3});
  CHECK(thirds.cell_of(point<double, 1>(std::nextafter(0.3, 0.0))) == 2);
  CHECK(thirds.axis(0).edge(3) == 0.3);

  CHECK(refuses([] { return grid_features({1, 1, 4}); }, "grid_features", "upper"));
  CHECK(refuses([] { return grid_features({not_a_number, 1, 4}); }, "lower"));
  CHECK(refuses([] { return grid_features({0, std::numeric_limits<double>::infinity(), 4}); }, "upper"));
  CHECK(refuses([] { return grid_features({0, 1, 4}, {0, 1, 0}); }, "cells"));
  CHECK(refuses([&] { return mean(line, y); }, "x.rows()"));
  CHECK(refuses([&] { return mean(line, samples<double, 1>(1, 0)); }, "x.cols()"));
  CHECK(refuses([&] { return mean(line, samples<double, 1>(samples<double, 1>::Constant(1, 1, not_a_number))); }, "nan"));
  CHECK(refuses([&] { return mean(line, x, weights<double>::Zero(8)); }, "'w'", "positive"));
  CHECK(refuses([&] { return line.mass_outside(Eigen::VectorXd::Zero(5)); }, "mass_outside"));
}
