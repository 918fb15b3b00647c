#include "kernel/support.hpp"

#include <cstdint>

#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/families/kernel/estimator.hpp>

using namespace simulacra_test;

TEST_CASE("kernel density estimator: the projection is the mean of the fits, exactly") {
  // A Gaussian law under the Gaussian kernel.
  const gaussian<double, 2> law(point<double, 2>(1, 2), square<double, 2>{{2.0, 0.5}, {0.5, 1.0}});
  const kernel_density_estimator<double, 2, fixed_bandwidth> fit({.bandwidth = fixed_bandwidth(0.5)});
  const gaussian<double, 2> best = fit.project(law);
  CHECK((best.covariance() - law.covariance() - 0.25 * square<double, 2>::Identity()).norm() < 1e-14);
  CHECK(best.mean() == law.mean());
  CHECK(fit.population_fit(law) == best);
  // E p_hat(x) = (K_h * T)(x), in one place.
  const point<double, 2> x(0.3, 1.1);
  std::vector<double> values;
  for (std::uint64_t r = 0; r < 4000; ++r) {
    stream rng(stream_key{5, r});
    values.push_back(std::exp(fit.fit(law.sample(10, rng), rng).model.log_density(x)));
  }
  const mean_and_error e = mean_of(values);
  CHECK_Z(e.mean, std::exp(best.log_density(x)), e.standard_error);
  CHECK(std::abs(z_score(e.mean, std::exp(law.log_density(x)), e.standard_error)) > z_limit);
}

TEST_CASE("kernel density estimator: the projection of a law of any kind is that law smoothed") {
  const kernel_density<double, 1> law(samples<double, 1>(waves(1, 7)), uneven(7), 0.4);
  const kernel_density_estimator<double, 1, fixed_bandwidth> fit({.bandwidth = fixed_bandwidth(0.3)});
  const auto best = fit.project(law);
  CHECK_CLOSE(best.covariance()(0, 0), law.covariance()(0, 0) + 0.09, 1e-14);
  CHECK_CLOSE(best.mean()[0], law.mean()[0], 1e-14);
  // Smoothing a density by Gaussian noise is a density with more noise: the two ways of saying so agree.
  const kernel_density<double, 1> wide(law.points(), law.weights_of_points(), 0.5);
  const point<double, 1> w(1.3);
  CHECK(std::abs(best.characteristic_function(w) - wide.characteristic_function(w)) < 1e-15);
  stream rng(8);
  const samples<double, 1> draws = best.sample(100000, rng);
  std::vector<double> squares, cosines;
  for (Index i = 0; i < draws.cols(); ++i) {
    squares.push_back(std::pow(draws(0, i) - best.mean()[0], 2));
    cosines.push_back(std::cos(w[0] * draws(0, i)));
  }
  CHECK_Z(mean_of(squares).mean, best.covariance()(0, 0), mean_of(squares).standard_error);
  CHECK(std::abs(z_score(mean_of(squares).mean, law.covariance()(0, 0), mean_of(squares).standard_error)) > z_limit);
  CHECK_Z(mean_of(cosines).mean, best.characteristic_function(w).real(), mean_of(cosines).standard_error);
}

TEST_CASE("kernel density estimator: a shrunk projection has the moments of the law, in closed form and in draws") {
  const kernel_density<double, 2> law(samples<double, 2>(waves(2, 7)), 0.4);
  const kernel_density_estimator<double, 2, silverman, smoothing::epanechnikov> fit(
      {.bandwidth = silverman(divisor::n, bandwidth_shape::diagonal), .shrink = true, .nominal_samples = 30});
  const auto best = fit.project(law);
  CHECK((best.covariance() - law.covariance()).norm() < 1e-12);
  CHECK((best.mean() - law.mean()).norm() < 1e-14);
  stream rng(9);
  const samples<double, 2> draws = best.sample(100000, rng);
  std::vector<double> products;
  for (Index i = 0; i < draws.cols(); ++i)
    products.push_back((draws(0, i) - best.mean()[0]) * (draws(1, i) - best.mean()[1]));
  CHECK_Z(mean_of(products).mean, law.covariance()(0, 1), mean_of(products).standard_error);
}

TEST_CASE("kernel density estimator: a projection under an adaptive bandwidth needs the number of observations") {
  const gaussian<double, 1> law(0.0, 4.0);
  const kernel_density_estimator<double, 1, scott> unsaid({.bandwidth = scott(divisor::n)});
  CHECK(throws([&] { static_cast<void>(unsaid.project(law)); }, "nominal_samples"));
  const kernel_density_estimator<double, 1, scott> said({.bandwidth = scott(divisor::n), .nominal_samples = 32});
  CHECK_CLOSE(said.project(law).variance(), 4 * 1.25, 1e-14);
  CHECK(throws([] { kernel_density_estimator<double, 1, scott>({.bandwidth = scott(divisor::n), .nominal_samples = -1}); },
               "nominal_samples"));
}

TEST_CASE("kernel density estimator: data without spread are an outcome and not a NaN") {
  stream rng(1);
  const kernel_density_estimator<double, 2, scott> fit({.bandwidth = scott(divisor::n_minus_1)});
  const samples<double, 2> same = samples<double, 2>::Constant(2, 5, 3.0), one = samples<double, 2>::Constant(2, 1, -1.0);
  samples<double, 2> flat = waves(2, 9);
  flat.row(1).setConstant(7);
  for (const samples<double, 2>& x : {same, one, flat}) {
    const auto f = fit.fit(x, rng);
    CHECK(f.result.what == status::degenerate);
    CHECK_FALSE(f.result.reason.empty());
    CHECK(f.model.sample(10, rng).allFinite());
    CHECK(f.model.covariance().allFinite());
    CHECK_FALSE(std::isnan(f.model.log_density(x.col(0))));
  }
  const kernel_density_estimator<double, 2, scott> shrunk({.bandwidth = scott(divisor::n), .shrink = true});
  for (const samples<double, 2>& x : {same, one, flat}) CHECK(shrunk.fit(x, rng).model.points().allFinite());
  const kernel_density_estimator<double, 2, fixed_bandwidth> tiny({.bandwidth = fixed_bandwidth(1e-17)});
  CHECK(tiny.fit(same, rng).result.what == status::resolution);
  samples<double, 2> tilted = waves(2, 9);  // wide in both coordinates, rounding in between
  tilted.row(0).array() += 1e3;
  tilted.row(1) = tilted.row(0) + 1e-13 * tilted.row(1);
  CHECK(fit.fit(tilted, rng).result.what == status::degenerate);
  for (const double unit : {1e-300, 1e300}) {
    const auto f = fit.fit(samples<double, 2>(waves(2, 9) * unit), rng);
    CHECK(f.result.ok());
    CHECK(f.model.bandwidth().diagonal().minCoeff() > 0);
    CHECK(std::isfinite(f.model.log_density(point<double, 2>(unit, unit))));
  }
}

TEST_CASE("kernel density estimator: bad arguments are named") {
  stream rng(1);
  const kernel_density_estimator<double, 1, scott> fit({.bandwidth = scott(divisor::n)});
  samples<double, 1> x = waves(1, 4);
  CHECK(throws([&] { static_cast<void>(fit.fit(samples<double, 1>(1, 0), rng)); }, "x.cols()"));
  CHECK(throws([&] { static_cast<void>(fit.fit(x, weights<double>::Zero(4), rng)); }, "sum"));
  CHECK(throws([&] { static_cast<void>(fit.fit(x, weights<double>::Ones(3), rng)); }, "w.size()"));
  x(0, 2) = std::nan("");
  CHECK(throws([&] { static_cast<void>(fit.fit(x, rng)); }, "finite"));
  CHECK(throws([] { fixed_bandwidth(0.0); }, "0"));
  CHECK(throws([] { scott(divisor::n, bandwidth_shape::full, 0.0); }, "times"));
  const kernel_density_estimator<double, 1, fixed_bandwidth> planar(
      {.bandwidth = fixed_bandwidth(bandwidth_matrix<2>::scalar(1.0))});
  CHECK(throws([&] { static_cast<void>(planar.fit(samples<double, 1>(waves(1, 4)), rng)); }, "dimension of the bandwidth"));
}
