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
