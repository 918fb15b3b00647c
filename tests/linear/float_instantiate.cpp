// Linear models in float and in fixed dimension: what is never instantiated is never compiled.
#include "support/statistics.hpp"

#include <cmath>

#include <simulacra/linear.hpp>

using namespace simulacra;

namespace {

/// A regression of 40 rows, drawn in double and rounded, and the same in dynamic dimension and double.
template <class T, int D>
void same_as_in_double(double tolerance) {
  stream rng(1), fit(2);
  const linear_model<> truth(point<>::Ones(D), 0.01, gaussian<>::standard(D), 0.5);
  const labelled_numbers<> pairs = truth.sample(40, rng);
  const labelled_numbers<T, D> rounded{pairs.x.template cast<T>(), pairs.y.template cast<T>()};
  const regression_options options{.noise = label_noise::estimated(divisor::n), .intercept = true};
  const auto inputs = gaussian<T, D>::standard(D);
  const auto here = ridge(inputs, {.size = 0.5}, options).fit(rounded, fit).model;
  const auto there = ridge(gaussian<>::standard(D), {.size = 0.5}, options).fit(pairs, fit).model;
  CHECK((here.weights().template cast<double>() - there.weights()).norm() <= tolerance);
  CHECK(std::abs(static_cast<double>(here.intercept()) - there.intercept()) <= tolerance);
  CHECK(simulacra_test::close(here.noise(), there.noise(), 100 * tolerance));
  CHECK(excess_risk(here, here) == 0);

  // Drawn by its own law in each way, it is finite, and of the right size.
  using summary = cross_moments<T, D>;
  const auto sum = here.sample_summary(30, as<summary>{}, rng);
  CHECK(sum.count() == 30);
  CHECK(sum.dimension() == D + 1);
  const auto again = least_squares(inputs, options).fit(sum);
  CHECK(again.result.ok());
}

}  // namespace

TEST_CASE("linear models in float and two dimensions") { same_as_in_double<float, 2>(1e-5); }

TEST_CASE("linear models of a fixed design in one dimension") {
  const fixed_inputs<double, 1> design(samples<double, 1>::LinSpaced(40, -1, 3));
  const linear_model<fixed_inputs<double, 1>> same(point<double, 1>(2), 1, design);
  const least_squares fit(design, {.noise = label_noise::estimated(divisor::n)});
  using summary = cross_moments<double, 1>;
  stream rng(3);
  CHECK(fit.fit(same.stream_summary(20, as<summary>{}, rng)).result.ok());
  const auto m = fit.fit(same.sample_summary(40, as<summary>{}, rng)).model;
  const double information = design.data().squaredNorm();
  CHECK_Z(m.weights()[0], 2, 1 / std::sqrt(information));
  CHECK_CLOSE(excess_risk(same, m), (m.weights()[0] - 2) * (m.weights()[0] - 2) * information / 40, 1e-12);
}

TEST_CASE("logistic models in float and two dimensions") {
  stream rng(4), fit(5);
  const logistic_model<gaussian<double, 2>> truth(point<double, 2>(1, -2), gaussian<double, 2>::standard(), 0.25);
  const labelled_numbers<double, 2> pairs = truth.sample(600, rng);
  labelled_numbers<float, 2> rounded{pairs.x.cast<float>(), pairs.y.cast<float>()};
  const labelled_numbers<> plain{rounded.x.cast<double>(), pairs.y};
  const logistic_options options{.penalty = {0.5}, .intercept = true};
  const logistic_regression<gaussian<float, 2>> by(gaussian<float, 2>::standard(), options);
  const auto there = logistic_regression<gaussian<>>(gaussian<>::standard(2), options).fit(plain, fit).model;
  // What is given in float is computed in double, and rounded at the end.
  const auto here = by.fit(rounded, fit);
  CHECK(here.result.ok());
  CHECK((here.model.weights() - there.weights().cast<float>()).norm() <= 2e-7f);
  CHECK(std::abs(here.model.intercept() - static_cast<float>(there.intercept())) <= 1e-7f);
  CHECK(simulacra_test::close(log_loss(here.model, rounded), log_loss(there, plain), 1e-6));
  CHECK(accuracy(here.model, rounded) == accuracy(there, plain));
  // Columns in units of 1e-8 and 1e8, which is as far as float goes here, and labels of one class.
  labelled_numbers<float, 2> scaled = rounded;
  scaled.x.row(0) *= 0x1p-26f;
  scaled.x.row(1) *= 0x1p26f;
  const auto unpenal = logistic_regression<gaussian<float, 2>>(gaussian<float, 2>::standard(), {.intercept = true});
  const auto one = unpenal.fit(rounded, fit).model, other = unpenal.fit(scaled, fit).model;
  CHECK(std::abs(other.weights()[0] * 0x1p-26f - one.weights()[0]) <= 1e-6f);
  CHECK(std::abs(other.weights()[1] * 0x1p26f - one.weights()[1]) <= 1e-6f);
  CHECK(std::abs(other.intercept() - one.intercept()) <= 1e-6f);
  scaled.y.setOnes();
  CHECK(unpenal.fit(scaled, fit).result.what == status::degenerate);
  const auto calm = by.fit(scaled, fit);
  CHECK(calm.result.what == status::degenerate);  // the intercept is never penalised
  const labelled_numbers<float, 2> again = here.model.edit(rounded, rng);
  CHECK(again.x == rounded.x);
  CHECK(here.model.tempered(2).weights() == 0.5f * here.model.weights());
}
