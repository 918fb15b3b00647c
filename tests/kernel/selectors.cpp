#include "kernel/support.hpp"

#include <simulacra/families/kernel/selectors.hpp>
#include <simulacra/families/kernel/sheather_jones.hpp>
#include <simulacra/random/normal.hpp>

using namespace simulacra_test;

namespace {

constexpr smoothing::gaussian bell{};
const weights<double> none;

template <int D>
samples<double, D> waves_in(Index n) {
  return waves(D, n);
}

/// Equally likely points of two normal laws: the quantiles of N(-10, 1) and of N(10, 1/4).
samples<double, 1> two_modes() {
  samples<double, 1> x(1, 200);
  for (Index i = 0; i < 100; ++i) {
    const double target = (static_cast<double>(i) + 0.5) / 100;
    double low = -10, high = 10;
    for (int step = 0; step < 200; ++step) {
      const double middle = (low + high) / 2;
      (0.5 * std::erfc(-middle / std::sqrt(2.0)) < target ? low : high) = middle;
    }
    x(0, i) = low - 10;
    x(0, 100 + i) = low / 2 + 10;
  }
  return x;
}

}  // namespace

TEST_CASE("selectors: Scott and Silverman agree with SciPy, weighted and not") {
  const samples<double, 2> x = waves_in<2>(20);
  // scipy 1.10.1: gaussian_kde(x.T, weights=w): its covariance is unbiased, and scaled by factor^2.
  const auto h = scott(divisor::n_minus_1)(x, uneven(20), bell);
  CHECK_CLOSE(effective_sample_size(20, uneven(20)), 16.363636363636363, 1e-15);
  const square<double, 2> covariance = h.value.covariance();
  CHECK_CLOSE(covariance(0, 0), 0.7497303189003163, 1e-13);
  CHECK_CLOSE(covariance(1, 0), -0.583479484877622, 1e-13);
  CHECK_CLOSE(covariance(1, 1), 1.1489823994598012, 1e-13);
  CHECK(h.result.ok());
  // Its log densities at three places; in two dimensions Scott's factor and Silverman's are one.
  const samples<double, 2> y = waves(2, 3, 0.4);
  const double plain[] = {-3.080510300125306, -3.1100061678288538, -3.1888555153456704};
  const double heavy[] = {-3.470257904017835, -3.11637886193427, -2.895335159537184};
  const kernel_density<double, 2> p(x, silverman(divisor::n_minus_1)(x, none, bell).value), q(x, uneven(20), h.value);
  for (Index i = 0; i < 3; ++i) {
    CHECK_CLOSE(p.log_density(y.col(i)), plain[i], 1e-13);
    CHECK_CLOSE(q.log_density(y.col(i)), heavy[i], 1e-13);
  }
}

TEST_CASE("selectors: rules that are scaled follow the unit of measurement, and unscaled ones do not") {
  const samples<double, 2> x = waves_in<2>(50), miles = x * 1000;
  for (const auto shape : {bandwidth_shape::full, bandwidth_shape::diagonal, bandwidth_shape::scalar}) {
    const scott rule(divisor::n, shape);
    const square<double, 2> here = rule(x, none, bell).value.lower(), there = rule(miles, none, bell).value.lower();
    CHECK((there - 1000 * here).norm() < 1e-10);
  }
  const auto sd = scott(divisor::n, bandwidth_shape::diagonal)(x, none, bell).value.diagonal();
  const point<double, 2> centre = x.rowwise().mean();
  for (Index k = 0; k < 2; ++k)
    CHECK_CLOSE(sd[k], std::sqrt((x.row(k).array() - centre[k]).square().mean()) * std::pow(50, -1.0 / 6), 1e-13);
  const auto round = scott(divisor::n, bandwidth_shape::scalar, 2.0)(x, none, bell).value;
  CHECK_CLOSE(round.diagonal()[0], 2 * std::sqrt(sd.squaredNorm() / 2), 1e-13);
  // What scikit-learn does: the factor itself.
  const unscaled_rule as_published{unscaled_rule::kind::silverman};
  CHECK_CLOSE(as_published(x, none, bell).value.diagonal()[1], std::pow(50, -1.0 / 6), 1e-14);
  CHECK(as_published(miles, none, bell).value == as_published(x, none, bell).value);
  CHECK_CLOSE((unscaled_rule{}(waves_in<1>(50), none, bell).value.diagonal()[0]), std::pow(50, -0.2), 1e-14);
  CHECK_CLOSE((unscaled_rule{unscaled_rule::kind::silverman}(waves_in<1>(50), none, bell).value.diagonal()[0]),
              std::pow(37.5, -0.2), 1e-14);
}

TEST_CASE("selectors: other kernels are given the bandwidth that smooths as much") {
  // Canonical bandwidths, Marron and Nolan (1988): of Epanechnikov's kernel 15^(1/5), of the Gaussian (4 pi)^(-1/10).
  CHECK_CLOSE(canonical_ratio<smoothing::epanechnikov>(1), std::pow(15.0, 0.2) * std::pow(4 * 3.141592653589793, 0.1),
              1e-14);
  CHECK_CLOSE(canonical_ratio<smoothing::gaussian>(3), 1.0, 1e-15);
  const samples<double, 1> x = waves_in<1>(50);
  const scott rule(divisor::n);
  CHECK_CLOSE(rule(x, none, smoothing::tophat{}).value.diagonal()[0],
              rule(x, none, bell).value.diagonal()[0] * canonical_ratio<smoothing::tophat>(1), 1e-14);
}

TEST_CASE("selectors: the improved Sheather-Jones rule agrees with an independent program in NumPy") {
  const improved_sheather_jones rule;
  const samples<double, 1> x = waves_in<1>(200);
  CHECK_CLOSE(rule(x, none, bell).value.diagonal()[0], 3.735809978106777, 1e-9);
  CHECK_CLOSE(rule(x, none, bell).value.diagonal()[0], 3.7357332886959256,
              1e-4);  // with a histogram of 2^14 bins, as published
  CHECK_CLOSE(rule(x, uneven(200), bell).value.diagonal()[0], 3.8759679514583674, 1e-9);
  CHECK_CLOSE(rule(two_modes(), none, bell).value.diagonal()[0], 0.32495555182045455, 1e-9);
  CHECK(silverman(divisor::n)(two_modes(), none, bell).value.diagonal()[0] > 3.6);  // which smears two modes together
  const auto h = rule(waves_in<2>(300), none, bell);
  CHECK(h.result.ok());
  CHECK_CLOSE(h.value.diagonal()[0], 4.373882717180143, 1e-9);
  CHECK_CLOSE(h.value.diagonal()[1], 4.378259360744719, 1e-9);
  // Units and origin.
  const samples<double, 1> moved = (x.array() * 1e200 - 7e201).matrix();
  CHECK_CLOSE(rule(moved, none, bell).value.diagonal()[0], 3.735809978106777e200, 1e-9);
}

TEST_CASE("selectors: what has no fixed point and what has no spread is said") {
  const improved_sheather_jones rule;
  const samples<double, 1> one = samples<double, 1>::Constant(1, 9, 2.0);
  CHECK(rule(one, none, bell).result.what == status::degenerate);
  CHECK(rule(one, none, bell).value.singular());
  samples<double, 1> two(1, 40);
  for (Index i = 0; i < 40; ++i) two(0, i) = static_cast<double>(i % 2);
  const auto h = rule(two, none, bell);
  CHECK(h.result.what == status::not_converged);
  CHECK_FALSE(h.result.reason.empty());
  CHECK_CLOSE(h.value.diagonal()[0], silverman(divisor::n)(two, none, bell).value.diagonal()[0], 1e-15);
  samples<double, 2> flat = waves_in<2>(30);
  flat.row(0).setConstant(1);
  CHECK(rule(flat, none, bell).result.what == status::degenerate);
  CHECK(throws([&] { static_cast<void>(rule(waves(3, 9), none, bell)); }, "1 or 2"));
  samples<double, 1> bad = waves_in<1>(5);
  bad(0, 1) = std::numeric_limits<double>::infinity();
  CHECK(throws([&] { static_cast<void>(rule(bad, none, bell)); }, "finite"));
}

namespace {

double bandwidth_of(const samples<double, 1>& x, const weights<double>& w = none) {
  const auto h = improved_sheather_jones()(x, w, bell);
  CHECK(h.result.ok());
  return h.value.diagonal()[0];
}

samples<double, 1> log_logistic(double power) {
  samples<double, 1> x(1, 2000);
  for (Index i = 0; i < 2000; ++i) {
    const double u = (static_cast<double>(i) + 0.5) / 2000;
    x(0, i) = std::pow(u / (1 - u), power);
  }
  return x;
}

/// 400 points about -1 and 1, and one far away.
samples<double, 1> bumps_and_one(double outlier) {
  samples<double, 1> x(1, 401);
  for (Index i = 0; i < 200; ++i) {
    const double v = (static_cast<double>(i) + 0.5) / 200, z = 0.2 * std::sqrt(2.0) * std::log(v / (1 - v)) / 1.5;
    x(0, 2 * i) = z - 1;
    x(0, 2 * i + 1) = z + 1;
  }
  x(0, 400) = outlier;
  return x;
}

}  // namespace

// Right values: the fixed point by sums over pairs in NumPy, without any series.
TEST_CASE("selectors: the improved Sheather-Jones rule lives with heavy tails and outliers at any distance") {
  CHECK_CLOSE(bandwidth_of(log_logistic(0.2)), 0.0734560767847, 1e-10);
  CHECK_CLOSE(bandwidth_of(log_logistic(0.4)), 0.112650655879, 1e-10);
  CHECK_CLOSE(bandwidth_of(log_logistic(0.8)), 0.07495245529848, 1e-10);
  CHECK_CLOSE(bandwidth_of(log_logistic(1.2)), 0.0268399363179, 1e-10);
  for (const double outlier : {500.0, 1e6, -1e12, 1e100, 1e300})
    CHECK_CLOSE(bandwidth_of(bumps_and_one(outlier)), 0.133424204516, 1e-10);
  weights<double> w = weights<double>::Ones(401);
  w[400] = 0;  // as if it were not there
  for (const double outlier : {0.5, 1000.0, 1e300})
    for (const double scale : {1e-300, 1.0, 1e300})
      CHECK_CLOSE(bandwidth_of(bumps_and_one(outlier), scale * w), 0.133369084292, 1e-10);
  for (const double unit : {1e-100, 1e100})
    CHECK_CLOSE(bandwidth_of(samples<double, 1>(bumps_and_one(500) * unit)) / unit, 0.133424204516, 1e-10);
  CHECK_CLOSE(bandwidth_of(samples<double, 1>(bumps_and_one(500).reverse())), bandwidth_of(bumps_and_one(500)), 0);
}

TEST_CASE("selectors: the improved Sheather-Jones rule lives with outliers in the plane") {
  samples<double, 2> x(2, 150);
  for (Index i = 0; i < 150; ++i) {
    const double k = static_cast<double>(i);
    x(0, i) = std::sin(k * 1.7) + 0.3 * std::cos(k * k * 0.37);
    x(1, i) = std::cos(k * 2.3) + 0.2 * std::sin(k * k * 0.11);
  }
  x(0, 0) = 300;
  x(1, 0) = 200;
  x(0, 1) = -80;
  const auto h = improved_sheather_jones()(x, none, bell);
  CHECK(h.result.ok());
  CHECK_CLOSE(h.value.diagonal()[0], 0.306222147011247, 1e-10);  // by sums over pairs in NumPy
  CHECK_CLOSE(h.value.diagonal()[1], 0.1687457212154451, 1e-10);
  // Without the two: by leaving them out, or by their weight.
  const auto left_out = improved_sheather_jones()(samples<double, 2>(x.rightCols(148)), none, bell);
  weights<double> w = weights<double>::Ones(150);
  w.head(2).setZero();
  for (const double scale : {1e-300, 1.0, 1e300}) {
    const auto weighed = improved_sheather_jones()(x, scale * w, bell);
    for (const Index k : {0, 1}) CHECK_CLOSE(weighed.value.diagonal()[k], left_out.value.diagonal()[k], 1e-10);
  }
  w.head(2).setConstant(1e-3);  // which is not nothing
  CHECK(std::abs(improved_sheather_jones()(x, w, bell).value.diagonal()[0] / left_out.value.diagonal()[0] - 1) > 1e-5);
}

TEST_CASE("selectors: the improved Sheather-Jones rule reads float as the doubles that they are") {
  const samples<float, 1> x = bumps_and_one(500).cast<float>();
  const auto single = improved_sheather_jones()(x, none, bell);
  CHECK(single.result.ok());
  CHECK_CLOSE(single.value.diagonal()[0], bandwidth_of(x.cast<double>()), 1e-6);
}

TEST_CASE("selectors: small samples of a normal law never give a NaN") {
  const improved_sheather_jones rule;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    stream rng(seed);
    samples<double, 1> x(1, 1 + static_cast<Index>(seed) % 12);
    fill_normal(std::span(x.data(), static_cast<std::size_t>(x.size())), rng);
    const auto h = rule(x, none, bell);
    CHECK(h.value.diagonal().allFinite());
    CHECK(h.result.ok() == h.result.reason.empty());
  }
}
