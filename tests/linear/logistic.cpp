// Logistic regression: values, invariances, separation, and chains against their closed forms.
#include "support/statistics.hpp"
#include "support/throws.hpp"

#include <cmath>
#include <tuple>
#include <vector>

#include <simulacra/families/linear/fixed_inputs.hpp>
#include <simulacra/families/linear/logistic_estimator.hpp>
#include <simulacra/families/linear/logistic_population.hpp>
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

namespace {

/// What is left of the gradient at a fit, in units of the square root of the information along each axis: 0 at the maximum.
double slope_left(const logistic_model<gaussian<>>& m, const pairs& p, const weights<>& w, double lambda, bool intercept) {
  const Index d = p.x.rows();
  point<> g = point<>::Zero(d + 1), h = point<>::Zero(d + 1);
  g.head(d) = -lambda * m.weights(), h.head(d).setConstant(lambda);
  for (Index i = 0; i < p.x.cols(); ++i) {
    const double s = m.probability(p.x.col(i));
    point<> x(d + 1);
    x << p.x.col(i), (intercept ? 1.0 : 0.0);
    g += w[i] * (p.y[i] - s) * x;
    h += w[i] * s * (1 - s) * x.cwiseAbs2();
  }
  return (g.array() / h.array().max(1e-300).sqrt()).abs().maxCoeff();
}

/// Many pairs, whose maximum is looked for without the information first. @param spread  each input's share of the one before it
pairs many(Index d, Index n, double spread, std::uint64_t seed) {
  stream rng(seed);
  pairs p = logistic_model<>(point<>::Constant(d, 1 / std::sqrt(static_cast<double>(d))), standard(d), 0.3).sample(n, rng);
  for (Index k = 1; k < d; ++k) p.x.row(k) = spread * p.x.row(k) + (1 - spread) * p.x.row(k - 1);
  return p;
}

}  // namespace

TEST_CASE("logistic regression of many pairs: at the maximum whichever way led there") {
  stream rng(1);
  const Index d = 11, n = 4100;  // neither a whole number of packets nor of blocks
  weights<> ones = weights<>::Ones(n), some = ones;
  for (Index i = 0; i < n; ++i) some[i] = static_cast<double>(i % 4) / 2;
  for (const double spread : {1.0, 0.3, 1e-3}) {
    const pairs p = many(d, n, spread, 7);
    for (const bool intercept : {false, true})
      for (const double lambda : {0.0, 3.0}) {
        const by fit(standard(d), {.penalty = {lambda}, .intercept = intercept});
        const auto plain = fit.fit(p, rng), heavy = fit.fit(p, some, rng);
        CHECK(plain.result.ok());
        CHECK(heavy.result.ok());
        CHECK(slope_left(plain.model, p, ones, lambda, intercept) < 1e-10);
        CHECK(slope_left(heavy.model, p, some, lambda, intercept) < 1e-10);
        // Less exact where less is asked for: a millionth of a nat.
        const auto loose = by(standard(d), {.penalty = {lambda}, .intercept = intercept, .tolerance = 1e-4}).fit(p, rng);
        const auto loss = [&](const auto& m) {
          return static_cast<double>(n) * log_loss(m, p) + lambda / 2 * m.weights().squaredNorm();
        };
        CHECK(loss(loose.model) - loss(plain.model) < 2e-6);
        CHECK(loss(loose.model) - loss(plain.model) > -1e-9);
      }
  }
  // Units, and an input more that is always 1.
  const pairs p = many(d, n, 0.3, 8);
  pairs scaled = p, wider = p;
  scaled.x.row(0) *= 1e-8, scaled.x.row(1) *= 1e8, scaled.x.row(2) *= 1e-150;
  point<> as_is = by(standard(d)).fit(p, rng).model.weights(), in_units = by(standard(d)).fit(scaled, rng).model.weights();
  in_units[0] *= 1e-8, in_units[1] *= 1e8, in_units[2] *= 1e-150;
  CHECK((as_is - in_units).norm() < 1e-11);
  wider.x.conservativeResize(d + 1, n);
  wider.x.row(d).setOnes();
  const auto affine = by(standard(d), {.intercept = true}).fit(p, rng).model;
  const auto inside = by(standard(d + 1)).fit(wider, rng).model;
  CHECK((affine.weights() - inside.weights().head(d)).norm() < 1e-11);
  CHECK_CLOSE(affine.intercept(), inside.weights()[d], 1e-10);
}

TEST_CASE("logistic regression of many pairs: separation and what spans nothing are told") {
  stream rng(1);
  const Index d = 11, n = 4100;
  pairs p = many(d, n, 0.3, 9);
  const auto said = [&](const pairs& x, bool intercept) {
    return by(standard(d), {.intercept = intercept}).fit(x, rng).result.what;
  };
  pairs apart = p;
  for (Index i = 0; i < n; ++i) apart.y[i] = p.x.col(i).sum() > 0 ? 1 : 0;
  CHECK(said(apart, false) == status::degenerate);
  CHECK(said(apart, true) == status::degenerate);
  CHECK(by(standard(d), {.penalty = {1}}).fit(apart, rng).result.ok());
  // Along one direction only: whoever has that input has label 1, all others are as before.
  pairs partly = p;
  for (Index i = 0; i < n; ++i) partly.x(4, i) = i % 10 == 0 ? 1 : 0, partly.y[i] = i % 10 == 0 ? 1 : p.y[i];
  CHECK(said(partly, true) == status::degenerate);
  CHECK(said(partly, false) == status::degenerate);
  partly.y[10] = 0;
  CHECK(said(partly, true) == status::ok);
  pairs flat = p;
  flat.x.row(3) = flat.x.row(2) - 2 * flat.x.row(5);
  const auto of_flat = by(standard(d)).fit(flat, rng);
  CHECK(of_flat.result.what == status::degenerate);
  CHECK(slope_left(of_flat.model, flat, weights<>::Ones(n), 0, false) < 1e-8);
  CHECK(by(standard(d), {.penalty = {1}}).fit(flat, rng).result.ok());
  p.y.setZero();
  CHECK(by(standard(d), {.penalty = {1}, .intercept = true}).fit(p, rng).result.what == status::degenerate);
  p.x(3, n - 1) = std::nan("");
  CHECK(throws([&] { std::ignore = by(standard(d)).fit(p, rng); }, "row 3, column 4099"));
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

TEST_CASE("logistic regression: the best of the family and infinitely many pairs, by quadrature in the plane") {
  const gaussian<> inputs = gaussian<>::from_factor(Eigen::Vector2d(0.5, -1),
                                                    scaled_factor<double>::from_lower(Eigen::Matrix2d{{1, 0}, {0.5, 0.8}}));
  const logistic_model<> truth(Eigen::Vector2d(1.5, -0.7), inputs, 0.8);
  const auto close = [](const auto& m, double first, double second, double intercept) {
    CHECK_CLOSE(m.weights()[0], first, 1e-12);
    CHECK_CLOSE(m.weights()[1], second, 1e-12);
    CHECK(std::abs(m.intercept() - intercept) < 1e-12);
  };
  // A trapezoidal rule of 145 x 145 inputs, and Newton's method on it.
  const by none(inputs), penal(inputs, {.penalty = {0.1, 1}}), affine(inputs, {.penalty = {0.1, 1}, .intercept = true});
  close(none.project(truth), 1.842186759633849, -1.2258006893620441, 0);
  close(none.population_fit(truth), 1.842186759633849, -1.2258006893620441, 0);
  close(penal.project(truth), 1.842186759633849, -1.2258006893620441, 0);
  close(penal.population_fit(truth), 0.8725368395919327, -0.7091955179973818, 0);
  close(affine.population_fit(truth), 0.5668012405665185, -0.10177895044873723, 1.4681023942297673);
  CHECK(affine.project(truth) == truth);
  CHECK(by(inputs, {.penalty = {7}, .intercept = true}).population_fit(truth) == truth);
  const auto best = none.project(truth);
  CHECK_CLOSE(cross_entropy(truth, best) - entropy(inputs), 0.353191433987113, 1e-12);
  CHECK_CLOSE(entropy(truth) - entropy(inputs), 0.34058358152192353, 1e-12);
  CHECK_CLOSE(excess_risk(truth, best), 0.012607852465189473, 1e-11);
  CHECK_CLOSE(kl_divergence(truth, best), 0.012607852465189473, 1e-11);
  // A penalty beyond all others leaves the share of label 1.
  const auto alone = by(inputs, {.penalty = {1, 2}, .intercept = true}).population_fit(truth);
  CHECK(alone.weights().norm() == 0);
  // Odds that are spread so widely that only a sliver of inputs is in doubt: the integral of a coin's entropy over its log odds is pi^2 / 3.
  const gaussian<> line = standard(1);
  const logistic_model<> steep(slope(1e5), line), steeper(slope(2e5), line);
  const double pi = std::acos(-1.0), sliver = pi * pi / 3 / (1e5 * std::sqrt(2 * pi));
  CHECK(std::abs(entropy(steep) - entropy(line) - sliver) < 1e-15 * 1e5 * 4);
  CHECK(excess_risk(steep, steeper) > 0);
  // Either rule where they meet: odds of spread 20.
  const auto below = entropy(logistic_model<>(slope(19.999999999), line, 3)),
             above = entropy(logistic_model<>(slope(20.000000001), line, 3));
  CHECK_CLOSE(below, above, 1e-10);
  // Over a design: each input with either label, in proportion; a fit to many draws comes near, and one to too few does not.
  const fixed_inputs<> design(eight().x);
  const logistic_model<fixed_inputs<>> on_design(Eigen::Vector2d(0.7, -0.3), design, 0.4);
  const logistic_regression<fixed_inputs<>> through_origin(design);
  const auto found = through_origin.project(on_design).weights();
  point<> left = point<>::Zero(2);
  for (Index i = 0; i < 8; ++i) {
    const point<> x = design.data().col(i);
    left += x * (on_design.probability(x) - 1 / (1 + std::exp(-x.dot(found))));
  }
  CHECK(left.norm() < 1e-12);
}

TEST_CASE("logistic regression: inputs that all but depend on each other are neither separated nor endless") {
  // Each input is what all before it add up to and something of its own, which is small beside them: a product of triangles.
  int other = 0;
  for (std::uint64_t r = 0; r < 12; ++r) {
    stream rng(100 + r);
    const Index d = 20, n = 800;
    square<> mix = square<>::Zero(d, d);
    for (Index i = 0; i < d; ++i)
      for (Index j = 0; j <= i; ++j) mix(i, j) = standard_normal(rng) * (i == j ? 1 : 0.9);
    pairs p = logistic_model<>(point<>::Zero(d), standard(d)).sample(n, rng);
    p.x = mix * p.x;  // labels are a coin's, so nothing separates them
    if (!by(standard(d)).fit(p, rng).result.ok()) ++other;
  }
  CHECK(other == 0);
}
