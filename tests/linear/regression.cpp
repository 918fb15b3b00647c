// Labelled data, cross moments and the estimators of linear models: values, invariances and what becomes of bad data.
#include "support/statistics.hpp"
#include "support/throws.hpp"

#include <cmath>
#include <tuple>
#include <vector>

#include <simulacra/core/labelled.hpp>
#include <simulacra/families/linear/estimator.hpp>
#include <simulacra/laws/mixed_law.hpp>
#include <simulacra/summary/cross_moments.hpp>

using namespace simulacra;
using namespace simulacra_test;

namespace {

using pairs = labelled_numbers<>;
using sum = cross_moments<>;
using fits_by = least_squares<gaussian<>>;

const regression_options plain{.noise = label_noise::estimated(divisor::n)};
const regression_options with_intercept{.noise = label_noise::estimated(divisor::n_minus_1), .intercept = true};

pairs five() {
  pairs p{samples<>(2, 5), samples<double, 1>(1, 5)};
  p.x << 1, 2, -1, 4, 0.5, 2, -1, 3, 0, -2;
  p.y << 1, 3, -2, 5, 2;
  return p;
}

gaussian<> standard(Index d) { return gaussian<>::standard(d); }

}  // namespace

TEST_CASE("labelled data: pairs stay pairs") {
  using traits = data_traits<pairs>;
  pairs p = five();
  CHECK(traits::count(p) == 5);
  CHECK(traits::dimension(p) == 3);
  CHECK(traits::whole(p));
  CHECK(traits::finite(p));
  traits::append(p, five());
  CHECK(traits::count(p) == 10);
  CHECK(p.y(0, 7) == -2);
  const std::vector<Index> chosen{3, 0};
  const pairs two = traits::select(p, chosen);
  CHECK(two.x(0, 0) == 4);
  CHECK(two.y(0, 0) == 5);
  CHECK(two.y(0, 1) == 1);
  CHECK(traits::front(p, 3).y.cols() == 3);
  const auto one = traits::observation(p, 1);
  CHECK(one.x == point<>(Eigen::Vector2d(2, -1)));
  CHECK(one.y[0] == 3);
  traits::resize(p, 4, 7);
  CHECK(p.x.rows() == 3);
  CHECK(p.x.cols() == 7);
  CHECK(p.y.cols() == 7);

  pairs wrong{samples<>::Ones(3, 1), samples<double, 1>::Ones(1, 1)}, right = five();
  CHECK(throws([&] { traits::append(right, wrong); }, "append"));
  CHECK(traits::whole(right));
  CHECK(traits::count(right) == 5);
  right.y(0, 2) = std::nan("");
  CHECK_FALSE(traits::finite(right));
  right.y.resize(1, 4);
  CHECK_FALSE(traits::whole(right));
}

TEST_CASE("linear regression: values by rational arithmetic") {
  const fits_by ols(standard(2), plain);
  stream rng(1);
  const auto [m, how] = ols.fit(five(), rng);
  CHECK(how.ok());
  CHECK_CLOSE(m.weights()[0], 1.2899869960988296, 1e-14);
  CHECK_CLOSE(m.weights()[1], -0.32444733420026008, 1e-13);
  CHECK_CLOSE(m.noise(), 0.73146944083224967 / 5, 1e-13);
  CHECK(m.intercept() == 0);

  const auto affine = fits_by(standard(2), with_intercept).fit(five(), rng).model;
  CHECK_CLOSE(affine.weights()[0], 1.1269349845201238, 1e-14);
  CHECK_CLOSE(affine.weights()[1], -0.41640866873065015, 1e-13);
  CHECK_CLOSE(affine.intercept(), 0.50154798761609907, 1e-13);
  CHECK_CLOSE(affine.noise(), 0.097523219814241486 / 2, 1e-13);

  const auto shrunk = ridge(standard(2), {.size = 0.5}, plain).fit(five(), rng).model;
  CHECK_CLOSE(shrunk.weights()[0], 1.2621179376350726, 1e-14);
  CHECK_CLOSE(shrunk.weights()[1], -0.32170422970052485, 1e-13);
  CHECK_CLOSE(shrunk.noise(), 0.74949769428834154 / 5, 1e-13);
  // The same penalty, as one that grows with n and as one that falls.
  CHECK_CLOSE(ridge(standard(2), {.size = 0.1, .power = 1}, plain).fit(five(), rng).model.weights()[0], 1.2621179376350726,
              1e-14);
  CHECK_CLOSE(ridge(standard(2), {.size = 2.5, .power = -1}, plain).fit(five(), rng).model.weights()[0], 1.2621179376350726,
              1e-14);

  weights<> w(5);
  w << 1, 2, 3, 1, 0.5;
  const auto heavy = fits_by(standard(2), plain).fit(five(), w, rng).model;
  CHECK_CLOSE(heavy.weights()[0], 1.2985184098577087, 1e-14);
  CHECK_CLOSE(heavy.weights()[1], -0.25905823676103858, 1e-13);
  CHECK_CLOSE(heavy.noise(), 0.49112512835558163 / 7.5, 1e-13);
  const auto both = ridge(standard(2), {.size = 0.5}, with_intercept).fit(five(), w, rng).model;
  CHECK_CLOSE(both.weights()[0], 1.1154175766455644, 1e-14);
  CHECK_CLOSE(both.weights()[1], -0.41544798606695602, 1e-13);
  CHECK_CLOSE(both.intercept(), 0.44696320460011611, 1e-13);
}

TEST_CASE("linear regression: the minimum norm is that of the pseudo-inverse") {
  pairs few{samples<>(3, 2), samples<double, 1>(1, 2)};
  few.x << 1, 2, 2, -1, 0, 3;
  few.y << 1, 4;
  stream rng(1);
  const regression_options known{.noise = label_noise::known(2)};
  const auto [m, how] = minimum_norm(standard(3), known).fit(few, rng);
  CHECK(how.ok());
  CHECK(m.noise() == 2);
  CHECK_CLOSE(m.weights()[0], 27.0 / 35, 1e-14);
  CHECK_CLOSE(m.weights()[1], 4.0 / 35, 1e-13);
  CHECK_CLOSE(m.weights()[2], 6.0 / 7, 1e-14);
  const auto same = fits_by(standard(3), known).fit(few, rng);
  CHECK(same.result.what == status::degenerate);
  CHECK((same.model.weights() - m.weights()).norm() == 0);
  // A penalty that goes to 0 comes to it.
  const auto nearly = ridge(standard(3), {.size = 1e-9}, known).fit(few, rng);
  CHECK(nearly.result.ok());
  CHECK((nearly.model.weights() - m.weights()).norm() < 1e-8);
}

TEST_CASE("linear regression: weights are repetition, and parts merge to the whole") {
  const pairs p = five();
  stream rng(1);
  weights<> w(5);
  w << 2, 1, 1, 3, 1;
  pairs repeated = data_traits<pairs>::select(p, std::vector<Index>{0, 0, 1, 2, 3, 3, 3, 4});
  const ridge by(standard(2), {.size = 0.7}, with_intercept);
  const auto one = by.fit(p, w, rng).model, other = by.fit(repeated, rng).model;
  CHECK((one.weights() - other.weights()).norm() <= 1e-14);
  CHECK_CLOSE(one.intercept(), other.intercept(), 1e-13);

  const sum parts =
      merge(sum::of(data_traits<pairs>::front(p, 2)), sum::of(data_traits<pairs>::select(p, std::vector<Index>{2, 3, 4})));
  CHECK(parts.count() == 5);
  CHECK((by.fit(parts).model.weights() - by.fit(p, rng).model.weights()).norm() <= 1e-14);
  // Of least squares only the ratios of weights matter.
  const fits_by ols(standard(2), with_intercept);
  sum light = sum::of(p);
  light.reweight(1e-200);
  CHECK((ols.fit(light).model.weights() - ols.fit(p, rng).model.weights()).norm() <= 1e-14);
  CHECK_CLOSE(ols.fit(light).model.noise(), ols.fit(p, rng).model.noise(), 1e-13);
}

TEST_CASE("linear regression: no digit is lost to the units of the inputs, nor to an offset") {
  stream rng(3);
  const linear_model<> truth(point<>(Eigen::Vector3d(1, -2, 0.5)), 0.01, standard(3));
  const pairs p = truth.sample(50, rng);
  for (const bool offset : {false, true}) {
    const fits_by ols(standard(3), {.noise = label_noise::estimated(divisor::n), .intercept = offset});
    const auto m = ols.fit(p, rng).model;
    pairs scaled = p;
    const double units[] = {1e-8, 1e8, 1e150};
    for (Index k = 0; k < 3; ++k) scaled.x.row(k) *= units[k];
    if (offset) scaled.x.row(1).array() += 1e11;  // a thousand times the spread
    scaled.y *= 1e-5;
    const auto [s, how] = ols.fit(scaled, rng);
    CHECK(how.ok());
    for (Index k = 0; k < 3; ++k) CHECK_CLOSE(s.weights()[k] * units[k] * 1e5, m.weights()[k], offset ? 1e-10 : 1e-13);
    CHECK_CLOSE(s.noise() * 1e10, m.noise(), offset ? 1e-9 : 1e-12);
  }
}

TEST_CASE("linear regression: what bad data are") {
  stream rng(1);
  const fits_by ols(standard(2), plain);
  pairs p = five();
  p.x.row(1) = 3 * p.x.row(0);  // collinear
  const auto same_line = ols.fit(p, rng);
  CHECK(same_line.result.what == status::degenerate);
  CHECK_CLOSE(same_line.model.weights()[1], 3 * same_line.model.weights()[0], 1e-12);
  p.x.row(1).setZero();
  CHECK(ols.fit(p, rng).model.weights()[1] == 0);
  CHECK(ols.fit(p, rng).result.what == status::degenerate);

  p = five();
  p.y.setConstant(3);
  const auto constant = fits_by(standard(2), with_intercept).fit(p, rng);
  CHECK(constant.result.what == status::degenerate);
  CHECK(constant.model.intercept() == 3);
  CHECK(constant.model.weights().norm() == 0);
  CHECK(constant.model.noise() == 0);
  p.y = 2 * p.x.row(0) - p.x.row(1);  // no noise at all
  CHECK(ols.fit(p, rng).result.what == status::resolution);
  const fits_by known(standard(2), {.noise = label_noise::known(0)});
  CHECK(known.fit(p, rng).result.ok());
  CHECK(ols.fit(data_traits<pairs>::front(five(), 2), rng).result.what == status::degenerate);  // no more rows than weights
  CHECK(ols.fit(data_traits<pairs>::front(five(), 1), rng).result.what == status::degenerate);
  CHECK(known.fit(data_traits<pairs>::front(five(), 1), rng).result.what == status::degenerate);

  p = five();
  p.y(0, 3) = std::nan("");
  CHECK(throws([&] { std::ignore = ols.fit(p, rng); }, "row 2, column 3"));
  p.y.resize(1, 4);
  CHECK(throws([&] { std::ignore = ols.fit(p, rng); }, "y.cols()"));
  CHECK(throws([&] { std::ignore = ols.fit(sum()); }, "weight()"));
  CHECK(throws([&] { std::ignore = fits_by(standard(3), plain).fit(five(), rng); }, "dimension()"));
  CHECK(throws([&] { ridge(standard(2), {.size = -1}, plain); }, "penalty.size"));
  CHECK(throws([&] { label_noise::known(-1); }, "variance"));
  CHECK(throws([&] { linear_model<>(point<>::Ones(3), 1, standard(2)); }, "weights.size()"));
  CHECK(throws([&] { std::ignore = fixed_inputs<>(samples<>::Ones(2, 4)).sample(5, rng); }, "fixed_inputs::sample"));
}

TEST_CASE("linear model: what is known of the law") {
  square<> spread(2, 2);
  spread << 2, 0.5, 0.5, 1;
  const gaussian<> inputs(point<>(Eigen::Vector2d(1, -1)), spread);
  const linear_model<> truth(point<>(Eigen::Vector2d(2, 3)), 0.25, inputs, 0.5);
  CHECK(truth.dimension() == 3);
  CHECK(truth.mean()[2] == -0.5);
  CHECK_CLOSE(truth.covariance()(2, 2), 4 * 2 + 9 * 1 + 2 * 6 * 0.5 + 0.25, 1e-14);
  CHECK_CLOSE(truth.covariance()(0, 2), 2 * 2 + 3 * 0.5, 1e-14);
  CHECK_CLOSE(truth.log_density({point<>(Eigen::Vector2d(1, -1)), point<double, 1>(0.5)}),
              gaussian<>(truth.mean(), truth.covariance()).log_density(point<>(Eigen::Vector3d(1, -1, 0.5))), 1e-13);
  const linear_model<> off(point<>(Eigen::Vector2d(2.5, 3)), 0.25, inputs, 1.5);
  CHECK_CLOSE(excess_risk(truth, off), 0.25 * 2 + 1.5 * 1.5, 1e-14);
  CHECK(excess_risk(truth, truth) == 0);

  // Without noise own draws lie on the line, though to the last bit not all of them do; others do not.
  for (const double unit : {1e-100, 1.0, 1e100}) {
    const linear_model<> line(point<>(Eigen::VectorXd::LinSpaced(9, -0.7, 1.1) * unit), 0, gaussian<>::standard(9),
                              0.1 * unit);
    stream own(4);
    const pairs drawn = line.sample(1000, own);
    Index exact = 0;
    for (Index i = 0; i < 1000; ++i) {
      const point<> x = drawn.x.col(i);
      const point<double, 1> y = drawn.y.col(i);
      CHECK(line.log_density({x, y}) == std::numeric_limits<double>::infinity());
      CHECK(line.log_density({x, point<double, 1>(y * (1 + 1e-9))}) == -std::numeric_limits<double>::infinity());
      exact += y[0] == line.predict(x);
    }
    CHECK(exact < 1000);
  }

  // Over Gaussian inputs a pair is Gaussian: risks are known.
  CHECK((truth.as_gaussian().covariance() - truth.covariance()).norm() < 1e-14);
  CHECK_CLOSE(entropy(truth), entropy(gaussian<>(truth.mean(), truth.covariance())), 1e-13);
  const linear_model<> noisier(off.weights(), 1, inputs, 1.5);
  CHECK_CLOSE(kl_divergence(truth, noisier), 0.5 * (std::log(4.0) + 0.25 + excess_risk(truth, noisier) - 1), 1e-13);
  CHECK_CLOSE(cross_entropy(truth, noisier), entropy(truth) + kl_divergence(truth, noisier), 1e-13);
  mixed_law<pairs, linear_model<>> mixed;
  mixed.add(0.3, truth);
  mixed.add(0.7, noisier);
  CHECK_CLOSE(cross_entropy(mixed, noisier), 0.3 * cross_entropy(truth, noisier) + 0.7 * entropy(noisier), 1e-12);

  stream rng(5);
  const pairs drawn = truth.sample(3, rng);
  stream again(6);
  const pairs edited = off.edit(drawn, again);
  CHECK(edited.x == drawn.x);
  CHECK((edited.y - drawn.y).norm() > 0);
  const fixed_inputs<> design(drawn.x);
  CHECK(linear_model<fixed_inputs<>>(truth.weights(), 0, design).sample(2, rng).x == drawn.x.leftCols(2));
  CHECK(excess_risk(linear_model<fixed_inputs<>>(truth.weights(), 0, design),
                    linear_model<fixed_inputs<>>(off.weights(), 0, design)) ==
        doctest::Approx(0.25 * drawn.x.row(0).squaredNorm() / 3));

  // Procedures at infinitely many data.
  const fits_by ols(inputs, plain);
  CHECK(fits_by(inputs, with_intercept).project(truth) == truth);
  mixed_law<pairs, linear_model<>> both;
  both.add(0.5, truth);
  const linear_model<> other(point<>(Eigen::Vector2d(0, 3)), 0.75, inputs, 0.5);
  both.add(0.5, other);
  const auto middle = fits_by(inputs, with_intercept).project(both);
  CHECK((middle.weights() - Eigen::Vector2d(1, 3)).norm() < 1e-13);
  CHECK_CLOSE(middle.intercept(), 0.5, 1e-13);
  CHECK_CLOSE(middle.noise(), 0.5 + 1.0 * (2 + 1), 1e-13);  // E (w - w_i)'x squared, besides
  const auto penal = ridge(standard(2), {.size = 1, .power = 1}, plain);
  const linear_model<> simple(point<>(Eigen::Vector2d(2, 4)), 1, standard(2));
  CHECK((penal.population_fit(simple).weights() - Eigen::Vector2d(1, 2)).norm() < 1e-14);
  CHECK_CLOSE(penal.population_fit(simple).noise(), 1 + 5, 1e-14);
  CHECK(ridge(standard(2), {.size = 1}, plain).population_fit(simple) == simple);
  CHECK(ridge(standard(2), {.size = 1, .power = 2}, plain).population_fit(simple).weights().norm() < 1e-100);
  CHECK(penal.ideal().project(simple) == simple);
}
