// Logistic regression: values, invariances, separation, and chains against their closed forms.
#include "support/statistics.hpp"
#include "support/throws.hpp"

#include <cmath>
#include <tuple>
#include <vector>

#include <simulacra/families/linear/logistic_estimator.hpp>
#include <simulacra/policies/decoders.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory/logistic.hpp>

using namespace simulacra;
using namespace simulacra_test;

namespace {

using pairs = labelled_numbers<>;
using by = logistic_regression<gaussian<>>;

pairs eight() {
  pairs p{samples<>(2, 8), samples<double, 1>(1, 8)};
  p.x << 1, 2, -1, 4, 0.5, -2, 1, -3, 2, -1, 3, 0, -2, -1, 1, 2;
  p.y << 1, 0, 0, 1, 1, 0, 1, 1;
  return p;
}

gaussian<> standard(Index d) { return gaussian<>::standard(d); }

/// Half N(mu, 1), half N(-mu, 1): the inputs of the closed forms.
struct two_sides {
  double mu;
  [[nodiscard]] Index dimension() const { return 1; }
  [[nodiscard]] samples<> sample(Index n, stream& rng) const {
    samples<> x(1, n);
    for (Index i = 0; i < n; ++i) x(0, i) = (uniform(rng) < 0.5 ? mu : -mu) + standard_normal(rng);
    return x;
  }
};

using sided = logistic_model<two_sides>;

point<> slope(double b) { return point<>::Constant(1, b); }

/// Sandwich variance of a slope: of the scores, over the square of the information and the penalty.
double error_of(const pairs& p, double b, double penalty = 0) {
  double scores = 0, information = penalty;
  for (Index i = 0; i < p.x.cols(); ++i) {
    const double x = p.x(0, i), s = 1 / (1 + std::exp(-b * x));
    scores += x * x * (p.y[i] - s) * (p.y[i] - s);
    information += x * x * s * (1 - s);
  }
  return std::sqrt(scores) / information;
}

}  // namespace

TEST_CASE("logistic regression: values in thirty digits") {
  stream rng(1);
  const auto [m, how] = by(standard(2)).fit(eight(), rng);
  CHECK(how.ok());
  CHECK_CLOSE(m.weights()[0], 0.32267243151982964, 1e-13);
  CHECK_CLOSE(m.weights()[1], 0.26883133836177491, 1e-13);
  CHECK(m.intercept() == 0);
  const auto affine = by(standard(2), {.intercept = true}).fit(eight(), rng).model;
  CHECK_CLOSE(affine.weights()[0], 0.29554950501837639, 1e-13);
  CHECK_CLOSE(affine.weights()[1], 0.20442365785749191, 1e-13);
  CHECK_CLOSE(affine.intercept(), 0.36014128151013294, 1e-13);
  const auto shrunk = by(standard(2), {.penalty = {0.5}, .intercept = true}).fit(eight(), rng).model;
  CHECK_CLOSE(shrunk.weights()[0], 0.26986036275472637, 1e-13);
  CHECK_CLOSE(shrunk.weights()[1], 0.17768697189994021, 1e-13);
  CHECK_CLOSE(shrunk.intercept(), 0.37428411696513604, 1e-13);
  weights<> w(8);
  w << 1, 2, 1, 3, 1, 1, 0.5, 1;
  const auto heavy = by(standard(2), {.penalty = {0.5}}).fit(eight(), w, rng).model;
  CHECK_CLOSE(heavy.weights()[0], 0.34674806100992802, 1e-13);
  CHECK_CLOSE(heavy.weights()[1], 0.32429159119902903, 1e-13);
  double loss = 0;
  for (Index i = 0; i < 8; ++i) {
    const double right = m.probability(eight().x.col(i));
    loss -= std::log(eight().y[i] > 0.5 ? right : 1 - right) / 8;
  }
  CHECK_CLOSE(log_loss(m, eight()), loss, 1e-14);
  CHECK(accuracy(m, eight()) == 0.5);

  // Units and the size of weights change nothing.
  pairs scaled = eight();
  scaled.x.row(0) *= 1e-8;
  scaled.x.row(1) *= 1e8;
  const auto s = by(standard(2), {.intercept = true}).fit(scaled, weights<>::Constant(8, 1e-200), rng).model;
  CHECK_CLOSE(s.weights()[0] * 1e-8, affine.weights()[0], 1e-12);
  CHECK_CLOSE(s.weights()[1] * 1e8, affine.weights()[1], 1e-12);
  CHECK_CLOSE(s.intercept(), affine.intercept(), 1e-12);
  // Weights are repetition.
  weights<> twice = weights<>::Ones(8);
  twice[2] = 2;
  const auto repeated = data_traits<pairs>::select(eight(), std::vector<Index>{0, 1, 2, 2, 3, 4, 5, 6, 7});
  const by penal(standard(2), {.penalty = {.size = 0.1, .power = 1}});
  CHECK((penal.fit(eight(), twice, rng).model.weights() - penal.fit(repeated, rng).model.weights()).norm() < 1e-14);
}

TEST_CASE("logistic regression: separation is an outcome, and finite under a penalty") {
  stream rng(1);
  pairs apart = eight();
  for (Index i = 0; i < 8; ++i) apart.y[i] = apart.x(0, i) + apart.x(1, i) > 0.2 ? 1 : 0;
  const auto complete = by(standard(2)).fit(apart, rng);
  CHECK(complete.result.what == status::degenerate);
  CHECK(accuracy(complete.model, apart) == 1);
  const auto held = by(standard(2), {.penalty = {0.1}}).fit(apart, rng);
  CHECK(held.result.ok());
  CHECK(held.model.weights().norm() < 20);

  pairs one_class = eight();
  one_class.y.setOnes();
  CHECK(by(standard(2), {.intercept = true}).fit(one_class, rng).result.what == status::degenerate);
  CHECK(by(standard(2), {.penalty = {1}, .intercept = true}).fit(one_class, rng).model.weights().allFinite());
  // Separated but for pairs on the border itself: the likelihood grows for ever, and ever slower.
  pairs border{samples<>(1, 6), samples<double, 1>(1, 6)};
  border.x << -2, -1, 0, 0, 1, 2;
  border.y << 0, 0, 0, 1, 1, 1;
  CHECK(by(standard(1), {.intercept = true}).fit(border, rng).result.what == status::degenerate);
  CHECK(by(standard(1)).fit(border, rng).result.what == status::degenerate);
  border.y << 0, 1, 0, 1, 0, 1;
  CHECK(by(standard(1), {.intercept = true}).fit(border, rng).result.ok());

  pairs flat = eight();
  flat.x.row(1) = 2 * flat.x.row(0);
  CHECK(by(standard(2)).fit(flat, rng).result.what == status::degenerate);
  CHECK(by(standard(2), {.penalty = {0.1}}).fit(flat, rng).result.ok());
  CHECK(by(standard(2), {.steps = 1}).fit(eight(), rng).result.what == status::not_converged);

  pairs wrong = eight();
  wrong.y[3] = 2;
  CHECK(throws([&] { std::ignore = by(standard(2)).fit(wrong, rng); }, "be 0 or 1"));
  wrong = eight();
  wrong.x(1, 2) = std::nan("");
  CHECK(throws([&] { std::ignore = by(standard(2)).fit(wrong, rng); }, "row 1, column 2"));
  CHECK(throws([&] { std::ignore = by(standard(3)).fit(eight(), rng); }, "x.rows()"));
}

TEST_CASE("logistic regression: the next slope, with a share of labels that are the model's") {
  const double mu = 1, share = 0.5, model_slope = 1;
  const Index n = 60'000;
  const two_sides inputs{mu};
  const logistic_regression<two_sides> fit(inputs);
  stream rng(11);
  pairs p = sided(slope(2 * mu), inputs).sample(n / 2, rng);
  data_traits<pairs>::append(p, sided(slope(model_slope), inputs).sample(n / 2, rng));
  const double found = fit.fit(p, rng).model.weights()[0], error = error_of(p, found);
  CHECK_Z(found, theory::logistic_next_slope(mu, model_slope, share), error);
  CHECK(std::abs(z_score(found, theory::logistic_next_slope(mu, model_slope, share + 0.1), error)) > z_limit);
  // A penalty on the mean loss.
  const logistic_regression<two_sides> penal(inputs, {.penalty = {.size = 0.1, .power = 1}});
  const double shrunk = penal.fit(p, rng).model.weights()[0];
  CHECK_Z(shrunk, theory::logistic_next_slope(mu, model_slope, share, 1, 0, 0.1),
          error_of(p, shrunk, 0.1 * static_cast<double>(n)));
}

TEST_CASE("a chain of logistic regressions whose labels are cooled") {
  const double mu = 1, tau = 0.8;
  const Index n = 30'000;
  const two_sides inputs{mu};
  const experiment chain{sided(slope(2 * mu), inputs), logistic_regression<two_sides>(inputs), replace{}, tempered(tau)};
  const auto line = run_lineage(chain, plan{.generations = 3, .samples = n}, stream(4));
  REQUIRE(line.generations == 3);
  double expected = 2 * mu, variance = 0;
  for (int t = 0; t < 3; ++t) {
    if (t > 0) expected /= tau, variance /= tau * tau;
    variance += 1 / (theory::logistic_large_sample(mu, expected).information * static_cast<double>(n));
  }
  const double error = std::sqrt(variance);
  CHECK_Z(line.model->weights()[0], expected, error);
  CHECK(std::abs(z_score(line.model->weights()[0], expected * tau, error)) > z_limit);
}
