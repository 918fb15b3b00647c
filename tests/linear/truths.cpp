// Truths for labelled data: classes, a data set of pairs, inputs with a spectrum.
#include "support/range.hpp"
#include "support/statistics.hpp"
#include "support/throws.hpp"

#include <cmath>
#include <limits>
#include <tuple>
#include <vector>

#include <Eigen/LU>

#include <simulacra/families/linear/class_mixture.hpp>
#include <simulacra/families/linear/estimator.hpp>
#include <simulacra/families/linear/logistic_estimator.hpp>
#include <simulacra/families/linear/spectra.hpp>
#include <simulacra/laws/data_law.hpp>
#include <simulacra/recursion.hpp>

using namespace simulacra;
using namespace simulacra_test;

namespace {

using pairs = labelled_numbers<>;

/// Two classes, of shares 1/4 and 3/4, of one covariance: given the inputs, labels are logistic with weights S^-1 (mu_1 - mu_0).
class_mixture<> two_classes() {
  square<> spread(2, 2);
  spread << 2, 0.5, 0.5, 1;
  return class_mixture<>(
      {1, 3}, {gaussian<>(point<>(Eigen::Vector2d(1, 0)), spread), gaussian<>(point<>(Eigen::Vector2d(0, 1.5)), spread)});
}

}  // namespace

TEST_CASE("a mixture of classes: shares, posterior and moments") {
  const class_mixture<> law = two_classes();
  CHECK(law.classes() == 2);
  CHECK(law.dimension() == 3);
  // By hand: S^-1 (mu_1 - mu_0) = (-1.75, 3.5) / 1.75, and b = log 3 - (mu_1' S^-1 mu_1 - mu_0' S^-1 mu_0) / 2.
  const logistic_model<> same(point<>(Eigen::Vector2d(-1, 2)), gaussian<>::standard(2),
                              std::log(3.0) - (4.5 / 1.75 - 1 / 1.75) / 2);
  for (const double at : {-3.0, 0.0, 0.7, 40.0}) {
    const point<> x = Eigen::Vector2d(at, 1 - at);
    CHECK_CLOSE(law.probabilities(x)[1], same.probability(x), 1e-12);
    CHECK_CLOSE(law.probabilities(x)[0] + law.probabilities(x)[1], 1, 1e-15);
  }
  CHECK_CLOSE(law.mean()[0], 0.25, 1e-15);
  CHECK_CLOSE(law.mean()[1], 1.125, 1e-15);
  CHECK_CLOSE(law.mean()[2], 0.75, 1e-15);
  CHECK_CLOSE(law.covariance()(2, 2), 0.1875, 1e-15);
  CHECK_CLOSE(law.covariance()(0, 2), -0.1875, 1e-14);
  CHECK_CLOSE(law.covariance()(0, 0), 2 + 0.1875, 1e-14);
  CHECK_CLOSE(law.covariance()(0, 1), 0.5 - 0.1875 * 1.5, 1e-14);

  // Drawn, a fit to the pairs finds the posterior; the labels alone are 3/4 ones. Redrawn labels do the same.
  const Index n = 40'000;
  stream rng(1);
  const pairs drawn = law.sample(n, rng);
  CHECK_Z(drawn.y.mean(), 0.75, std::sqrt(0.1875 / static_cast<double>(n)));
  const double first = drawn.y.head(n / 2).mean();  // in random order
  CHECK_Z(first, 0.75, std::sqrt(0.1875 / (static_cast<double>(n) / 2)));
  const logistic_regression<gaussian<>> fit(gaussian<>::standard(2), {.intercept = true});
  for (const pairs& p : {drawn, law.edit(drawn, rng)}) {
    const auto m = fit.fit(p, rng).model;
    square<> information = square<>::Zero(3, 3);
    for (Index i = 0; i < n; ++i) {
      const point<> z = Eigen::Vector3d(p.x(0, i), p.x(1, i), 1);
      const double q = same.probability(p.x.col(i));
      information += q * (1 - q) * z * z.transpose();
    }
    const square<> error = information.inverse();
    CHECK_Z(m.weights()[0], same.weights()[0], std::sqrt(error(0, 0)));
    CHECK_Z(m.weights()[1], same.weights()[1], std::sqrt(error(1, 1)));
    CHECK_Z(m.intercept(), same.intercept(), std::sqrt(error(2, 2)));
    CHECK(std::abs(z_score(m.intercept(), same.intercept() - std::log(3.0), std::sqrt(error(2, 2)))) >
          z_limit);  // equal shares
  }

  // A class without a share is never drawn, and points far from all are still told apart.
  const class_mixture<> one({0, 1}, {gaussian<>::standard(2), gaussian<>::standard(2)});
  CHECK(one.sample(100, rng).y.minCoeff() == 1);
  CHECK(one.probabilities(point<>(Eigen::Vector2d(1e150, 0)))[0] == 0);
  CHECK(law.sample(0, rng).x.cols() == 0);
  CHECK(throws(
      [&] {
        std::ignore = class_mixture<>({1}, {gaussian<>::standard(1), gaussian<>::standard(1)});
      },
      "shares.size()"));
  CHECK(throws(
      [&] {
        std::ignore = class_mixture<>({0, 0}, {gaussian<>::standard(1), gaussian<>::standard(1)});
      },
      "shares"));
  CHECK(throws([&] { std::ignore = class_mixture<>({1, 1}, {gaussian<>::standard(1), gaussian<>::standard(2)}); }, "laws"));
  CHECK(throws([&] { std::ignore = law.law(2); }, "class_mixture::law"));
  CHECK(throws([&] { std::ignore = law.sample(-1, rng); }, "class_mixture::sample"));
  CHECK(throws([&] { std::ignore = law.edit(pairs{samples<>(1, 2), {}}, rng); }, "x.rows()"));
}

TEST_CASE("classes in float and fixed dimension, with classes of mixed kinds of inputs") {
  const class_mixture<gaussian<float, 2>> law(
      {1, 1, 2}, {gaussian<float, 2>::standard(), gaussian<float, 2>::standard(), gaussian<float, 2>::standard()});
  stream rng(2);
  const labelled_numbers<float, 2> drawn = law.edit(law.sample(1000, rng), rng);
  CHECK(drawn.y.maxCoeff() == 2);
  CHECK_CLOSE(law.mean()[2], 1.25, 1e-6);
}

TEST_CASE("labelled data as a truth: a draw of all is all, and the first fit is that of the whole set") {
  pairs all{samples<>(1, 5), samples<double, 1>(1, 5)};
  all.x << 1, 2, 3, 4, 5;
  all.y << 10, 20, 30, 40, 55;
  const data_law truth(all);
  stream rng(3);
  const pairs drawn = truth.sample(5, rng), twice = truth.sample(10, rng);
  CHECK(drawn.x.sum() == 15);
  for (Index i = 0; i < 5; ++i) CHECK(drawn.y[i] == (drawn.x(0, i) == 5 ? 55 : 10 * drawn.x(0, i)));
  CHECK(twice.x.sum() == 30);
  CHECK_CLOSE(truth.mean()[1], 31, 1e-15);
  CHECK_CLOSE(truth.covariance()(0, 0), 2, 1e-14);
  CHECK_CLOSE(truth.covariance()(0, 1), 22, 1e-14);
  const least_squares fit(gaussian<>::standard(1), {.noise = label_noise::estimated(divisor::n), .intercept = true});
  const experiment what{truth, fit, replace{}};
  for (const draw how : {draw::stored, draw::streamed}) {
    const auto line = run_lineage(what, plan{.generations = 1, .samples = 5, .how = how}, stream(4));
    CHECK_CLOSE(line.model->weights()[0], 11, 1e-13);
    CHECK_CLOSE(line.model->intercept(), -2, 1e-12);
  }
  CHECK_CLOSE(fit.project(truth).weights()[0], 11, 1e-13);
  pairs bad = all;
  bad.y[2] = std::numeric_limits<double>::quiet_NaN();
  CHECK(throws([&] { std::ignore = data_law(bad); }, "data_law"));
  bad.y.resize(1, 4);
  CHECK(throws([&] { std::ignore = data_law(bad); }, "one label an input"));
  CHECK(throws([&] { std::ignore = data_law(pairs{}); }, "observations of x"));
}

TEST_CASE("inputs with a power-law spectrum") {
  const point<> spectrum = power_law(4, 1.5);
  CHECK(spectrum[0] == 1);
  CHECK_CLOSE(spectrum[3], 0.125, 1e-15);
  const gaussian<> inputs = spectral_inputs(spectrum);
  CHECK((inputs.covariance() - square<>(spectrum.asDiagonal())).norm() < 1e-15);
  CHECK_CLOSE(excess_risk(linear_model<>(point<>::Zero(4), 1, inputs), linear_model<>(point<>::Ones(4), 1, inputs)),
              spectrum.sum(), 1e-15);
  CHECK(spectral_inputs<float, 2>(point<double, 2>(4, 9)).covariance()(1, 1) == 9);
  CHECK(power_law(3, 0)[2] == 1);
  CHECK(power_law(3, -1)[2] == 3);
  // Far down a steep spectrum nothing is lost to the first direction: regression finds each weight in its own units.
  const gaussian<> steep = spectral_inputs(power_law(6, 20));
  const linear_model<> truth(point<>::Ones(6), 1e-40, steep);
  stream rng(5);
  const auto m = least_squares(steep, {.noise = label_noise::known(0)}).fit(truth.sample(50, rng), rng).model;
  CHECK((m.weights() - point<>::Ones(6)).norm() < 1e-6);
  CHECK(throws([&] { std::ignore = power_law(0, 1); }, "dimension"));
  CHECK(throws([&] { std::ignore = power_law(10, 400); }, "exponent"));
  CHECK(throws([&] { std::ignore = power_law(10, std::nan("")); }, "exponent"));
  CHECK(throws([&] { std::ignore = spectral_inputs<double>(point<>(Eigen::Vector2d(1, -1))); }, "variances"));
}

TEST_CASE("a mixture of classes and a linear model: moments at the ends of the range") {
  const auto inputs = [](double s, double x, double y, double slope) {
    return gaussian<>::from_factor(
        point<>(Eigen::Vector2d(x, y) * s),
        scaled_factor<>::from_lower(square<>((Eigen::Matrix2d() << 1, 0, slope, 0.5).finished() * s)));
  };
  check_range_of_moments([&](double s) {  // the labels have no unit
    return Eigen::MatrixXd(
        class_mixture<>({1, 1}, {inputs(s, 1, -2, -0.5), inputs(s, -3, 1, 2)}).covariance().topLeftCorner(2, 2));
  });
  check_range_of_moments([&](double s) {
    return Eigen::MatrixXd(linear_model<>(point<>(Eigen::Vector2d(1, -2)), 0, inputs(s, 1, -2, -0.5)).covariance());
  });
  const data_law far(pairs{samples<>{{1e200, -1e200, 0}, {1, 2, 4}}, samples<double, 1>{{1, 2, 3}}});
  CHECK(far.covariance()(0, 0) == std::numeric_limits<double>::infinity());
  CHECK_FALSE(far.covariance().hasNaN());
}
