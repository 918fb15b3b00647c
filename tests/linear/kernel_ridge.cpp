// Kernel ridge regression, random features, and penalties that data or a schedule choose.
#include "support/statistics.hpp"
#include "support/throws.hpp"

#include <cmath>
#include <tuple>
#include <vector>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/QR>

#include <simulacra/families/linear/features.hpp>
#include <simulacra/hilbert/random_fourier.hpp>
#include <simulacra/policies/scheduled.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory/ridge.hpp>

using namespace simulacra;
using namespace simulacra_test;

namespace {

using pairs = labelled_numbers<>;
using map_type = nystrom_features<gaussian_kernel>;

const regression_options known{.noise = label_noise::known(0.25)};

pairs eight() {
  pairs p{samples<>(1, 8), samples<double, 1>(1, 8)};
  p.x << -2, -1.25, -0.5, 0, 0.4, 1, 1.75, 2.5;
  p.y << 1, -0.5, 2, 0, 1, -1, 0.25, 3;
  return p;
}

struct seen {
  double sum = 0, squares = 0;
  Index n = 0;
  void add(double v) { sum += v, squares += v * v, ++n; }
  [[nodiscard]] double z(double expected) const {
    const auto count = static_cast<double>(n);
    const double mean = sum / count;
    return (mean - expected) / std::sqrt((squares / count - mean * mean) / count);
  }
};

}  // namespace

TEST_CASE("kernel ridge regression: predictions of the dual form") {
  // f(x) = k(x)' (K + lambda)^-1 y, worked out in fifty digits.
  const pairs p = eight();
  stream rng(1);
  const fixed_inputs<> design(p.x);
  const auto m = kernel_ridge(gaussian_kernel(0.8), design, {.size = 0.3}, known).fit(p, rng);
  CHECK(m.result.ok());
  const double places[] = {-3, -0.7, 0.2, 2},
               expected[] = {0.53666561694652705, 0.77060518006733825, 0.58184936226297985, 1.1373481000561672};
  for (int i = 0; i < 4; ++i) CHECK_CLOSE(m.model.predict(point<>::Constant(1, places[i])), expected[i], 1e-11);
  // On features that are given, the same; and with as many landmarks as inputs. With fewer, something near.
  const auto same = feature_ridge(map_type(gaussian_kernel(0.8), p.x), design, {.size = 0.3}, known).fit(p, rng).model;
  const auto few = kernel_ridge(gaussian_kernel(0.8), design, {.size = 0.3}, known, 7).fit(p, rng).model;
  CHECK(std::abs(same.predict(point<>::Constant(1, 0.2)) - m.model.predict(point<>::Constant(1, 0.2))) < 1e-13);
  CHECK(few.map().landmarks().cols() == 7);
  CHECK(excess_risk(m.model, few) > 0);
  CHECK(excess_risk(m.model, few) < 0.2);
  // A weight of 2 is a pair that is there twice, and a penalty of 0 goes through all points.
  weights<> w = weights<>::Ones(8);
  w[3] = 2;
  const pairs twice = data_traits<pairs>::select(p, std::vector<Index>{0, 1, 2, 3, 3, 4, 5, 6, 7});
  const kernel_ridge by(gaussian_kernel(0.8), design, {.size = 0.3}, known);
  CHECK_CLOSE(by.fit(p, w, rng).model.predict(point<>::Constant(1, 0.1)),
              by.fit(twice, rng).model.predict(point<>::Constant(1, 0.1)), 1e-11);
  CHECK(std::abs(by.ideal().fit(p, rng).model.predict(point<>::Constant(1, 1)) + 1) < 1e-8);

  pairs bad = p;
  bad.y[0] = std::nan("");
  CHECK(throws([&] { std::ignore = by.fit(bad, rng); }, ""));
  CHECK(throws([&] { std::ignore = by.fit(pairs{}, rng); }, "kernel_ridge::fit"));
  CHECK(throws([&] { std::ignore = kernel_ridge(gaussian_kernel(1), design, {.size = -1}, known); }, "penalty.size"));
  CHECK(throws([&] { std::ignore = kernel_ridge(gaussian_kernel(1), design, {.size = 1}, known, -1); }, "landmarks"));
}

TEST_CASE("a chain of kernel ridge regressions over one design: R11, replaced and accumulated, and what is approximation") {
  const pairs p = eight();
  const fixed_inputs<> design(p.x);
  const auto map = std::make_shared<const map_type>(gaussian_kernel(0.8), p.x);
  point<> weights = point<>::Zero(map->features());
  weights.head(3) << 2, -1, 0.5;
  const feature_model<map_type, fixed_inputs<>> truth(map, weights, 0.25, design);
  // The kernel's matrix and the truth's coordinates along its eigenvectors.
  square<> k(8, 8);
  for (Index i = 0; i < 8; ++i)
    for (Index j = 0; j < 8; ++j) k(i, j) = gaussian_kernel(0.8)(p.x.col(i), p.x.col(j));
  const Eigen::SelfAdjointEigenSolver<square<>> eigen(k);
  const point<> c = eigen.eigenvectors().transpose() * truth.predict_all(p.x), values = eigen.eigenvalues().cwiseMax(0);
  const auto expected = [&](Index n, theory::workflow kept, double penalty = 0.3) {
    return theory::kernel_ridge_risk({values.data(), 8}, {c.data(), 8}, penalty, 0.25, n, kept) / 8;
  };
  const auto risk = [&](const auto& recipe, Index n) {
    seen all;
    const experiment chain{truth, feature_ridge(map, design, {.size = 0.3}, known), recipe};
    for (std::uint64_t r = 0; r < 500; ++r) {
      const auto line = run_lineage(chain, plan{.generations = n, .samples = 8}, stream({7, 0}, {.replicate = r}));
      all.add(excess_risk(truth, *line.model));
    }
    return all;
  };
  const seen replaced = risk(replace{}, 5), kept = risk(accumulate{}, 5);
  CHECK_Z(replaced.z(expected(5, theory::workflow::replace)), 0, 1);
  CHECK_Z(kept.z(expected(5, theory::workflow::accumulate)), 0, 1);
  CHECK(std::abs(replaced.z(expected(4, theory::workflow::replace))) > z_limit);  // planted: one fit too few
  CHECK(std::abs(kept.z(expected(5, theory::workflow::replace))) > z_limit);
  // With infinitely many labels a penalty on the mean of 0.3 / 8 is what one of 0.3 is without noise: the bias alone.
  const feature_ridge on_mean(map, design, {.size = 0.3 / 8, .power = 1}, known);
  CHECK_CLOSE(excess_risk(truth, on_mean.population_fit(truth)),
              theory::kernel_ridge_risk({values.data(), 8}, {c.data(), 8}, 0.3, 0, 1, theory::workflow::replace) / 8, 1e-10);
  CHECK(excess_risk(truth, on_mean.project(truth)) < 1e-18);
  CHECK(excess_risk(truth, feature_ridge(map, design, {.size = 0.3}, known).population_fit(truth)) < 1e-18);
}

TEST_CASE("random features: too few are expressivity, in closed form over a design") {
  // What is left of the truth outside the span of the features, by a least squares of its own.
  stream rng(9);
  const fixed_inputs<> design(gaussian<>::standard(2).sample(30, rng));
  const linear_model<fixed_inputs<>> truth(point<>(Eigen::Vector2d(1, -2)), 0.5, design, 0.25);
  const random_fourier_features map(gaussian_kernel(1.5), 2, 6, rng);
  Eigen::MatrixXd phi(30, 6);
  Eigen::VectorXd f(30), one(6);
  for (Index i = 0; i < 30; ++i) {
    map.features_into(design.data().col(i), one);
    phi.row(i) = one.transpose();
    f[i] = truth.predict(design.data().col(i));
  }
  const Eigen::VectorXd left = f - phi * phi.colPivHouseholderQr().solve(f);
  const feature_ridge fit(map, design, {.size = 0.1, .power = 1}, {.noise = label_noise::estimated(divisor::n)});
  const auto best = fit.project(truth);
  CHECK_CLOSE(excess_risk(truth, best), left.squaredNorm() / 30, 1e-9);
  CHECK_CLOSE(best.noise(), 0.5 + left.squaredNorm() / 30, 1e-9);  // what it misses is noise to it
  // The penalty on the mean that never fades is approximation: what is left beyond that.
  const Eigen::MatrixXd shrunk = phi.transpose() * phi + 3 * Eigen::MatrixXd::Identity(6, 6);
  const Eigen::VectorXd away = f - phi * shrunk.ldlt().solve(phi.transpose() * f);
  CHECK_CLOSE(excess_risk(truth, fit.population_fit(truth)), away.squaredNorm() / 30, 1e-9);
  CHECK(excess_risk(truth, fit.ideal().population_fit(truth)) == excess_risk(truth, best));
  CHECK(away.squaredNorm() > 1.01 * left.squaredNorm());
}

TEST_CASE("random features: a width is what the model can say") {
  stream rng(3);
  const gaussian<> inputs = gaussian<>::standard(2);
  const linear_model<> truth(point<>(Eigen::Vector2d(1, -1)), 0.01, inputs);
  const pairs p = truth.sample(400, rng), fresh = truth.sample(400, rng);
  double before = 1e9;
  for (const Index width : {2, 6, 64}) {
    const random_fourier_features map(gaussian_kernel(2), 2, width, rng);
    const auto m = feature_ridge(map, inputs, {.size = 1e-3}, known).fit(p, rng).model;
    const double missed = (m.predict_all(fresh.x).transpose() - fresh.y).squaredNorm() / 400;
    CHECK(missed < before);
    before = missed;
  }
  CHECK(before < 0.05);
  CHECK(throws(
      [&] { std::ignore = feature_ridge(random_fourier_features(gaussian_kernel(2), 3, 4, rng), inputs, {1}, known); },
      "inputs.dimension()"));
}

TEST_CASE("ridge regression: a penalty by generalised cross-validation, and by a schedule") {
  // Least of n |y - Hy|^2 / (n - tr H)^2, found by a search of its own.
  pairs p{samples<>(2, 8), samples<double, 1>(1, 8)};
  p.x << 1, 2, -1, 4, 0.5, -2, 1, -3, 2, -1, 3, 0, -2, -1, 1, 2;
  p.y << 1, 1.5, -2, 1, 1, -1, 2, -1;
  using sum = cross_moments<>;
  const auto inputs = gaussian<>::standard(2);
  const ridge plain(inputs, ridge_penalty::cross_validated(), known);
  const ridge affine(inputs, ridge_penalty::cross_validated(), {.noise = label_noise::known(1), .intercept = true});
  CHECK_CLOSE(plain.penalty_for(sum::of(p)), 14.046725741338689, 1e-6);
  CHECK_CLOSE(affine.penalty_for(sum::of(p)), 16.24001876040668, 1e-6);
  stream rng(1);
  const auto given = ridge(inputs, {.size = plain.penalty_for(sum::of(p))}, known).fit(p, rng).model;
  CHECK((plain.fit(p, rng).model.weights() - given.weights()).norm() < 1e-14);
  // It follows the units of the labels not at all, and those of the inputs by their square.
  pairs scaled = p;
  scaled.x *= 0x1p300;
  scaled.y *= 0x1p-100;
  CHECK_CLOSE(plain.penalty_for(sum::of(scaled)) * 0x1p-600, plain.penalty_for(sum::of(p)), 1e-6);
  // Labels without noise want next to no penalty, and infinitely many pairs none.
  pairs exact = p;
  exact.y = p.x.row(0) + p.x.row(1);
  CHECK(plain.penalty_for(sum::of(exact)) < 1e-10);
  CHECK(plain.population_fit(linear_model<>(point<>::Ones(2), 1, inputs)).weights() == point<>::Ones(2));

  // R9: penalties 4, 2, 1 in one dimension over five fresh rows.
  const experiment chain{linear_model<>(point<>::Ones(1), 1, gaussian<>::standard(1)),
                         scheduled(ridge(gaussian<>::standard(1), {.size = 1}, {.noise = label_noise::known(1)}),
                                   [](const auto& r, const auto& at) {
                                     return r.with_penalty({.size = std::ldexp(8.0, -static_cast<int>(at.generation))});
                                   }),
                         replace{}};
  seen all;
  for (std::uint64_t r = 0; r < 4000; ++r) {
    const auto line = run_lineage(chain, plan{.generations = 3, .samples = 5}, stream({8, 0}, {.replicate = r}));
    all.add(excess_risk(chain.truth, *line.model));
  }
  CHECK_Z(all.z(.7962558458171), 0, 1);
  CHECK(std::abs(all.z(.7962558458171 * 1.2)) > z_limit);
}

TEST_CASE("feature_ridge: streamed draws give what stored ones do, kernel_ridge says why not") {
  stream rng(21);
  using ridge_on = feature_ridge<random_fourier_features, gaussian<>>;
  const gaussian<> inputs = gaussian<>::standard(2);
  const linear_model<> truth(point<>(Eigen::Vector2d(1, -2)), 0.25, inputs, 0.5);
  const ridge_on fit(random_fourier_features(gaussian_kernel(1.5), 2, 10, rng), inputs, {.size = 0.1}, known);
  const pairs p = truth.sample(3000, rng);
  weights<> w = weights<>::Ones(3000);
  w.head(1500).setConstant(0.5);
  const auto part = [&](Index first, Index size) { return pairs{p.x.middleCols(first, size), p.y.middleCols(first, size)}; };
  ridge_on::summary known_to = fit.empty_summary(), unknown, other = unknown;
  known_to.fold(part(0, 700), w.head(700));
  unknown.fold(part(700, 800));
  unknown.reweight(0.5);
  other.fold(part(1500, 1500));
  const auto apart = [](const auto& a, const auto& b) { return (a.weights() - b.weights()).norm(); };
  const auto whole = fit.fit(p, w, rng).model;
  CHECK(unknown.count() == 800);
  CHECK(unknown.weight() == 400);
  CHECK(apart(fit.fit(other, rng).model, fit.fit(part(1500, 1500), rng).model) < 1e-10);
  ridge_on::summary all = unknown;
  all.merge(other);
  all.merge(known_to);
  CHECK(all.count() == 3000);
  CHECK_CLOSE(all.weight(), 2250, 1e-14);
  CHECK(apart(fit.fit(all, rng).model, whole) < 1e-10);
  CHECK(apart(fit.fit(all, rng).model, fit.fit(p, rng).model) > 1e-6);  // planted: weights do count
  const ridge_on another(random_fourier_features(gaussian_kernel(1.5), 2, 10, rng), inputs, {.size = 0.1}, known);
  CHECK(throws([&] { std::ignore = another.fit(all, rng); }, "map"));

  // A chain of many data, block by block, and one over a design that is longer than a block: its inputs are not the first ones again.
  const experiment chain{truth, fit, accumulate{}};
  const auto line = run_lineage(chain, {.generations = 3, .samples = 3000, .how = draw::streamed}, stream(5));
  REQUIRE(line.generations == 3);
  const auto kept = run_lineage(chain, {.generations = 3, .samples = 3000, .how = draw::stored}, stream(5));
  const auto far = [&](const auto& m) {
    double sum = 0;
    for (Index i = 0; i < 500; ++i) sum += std::pow(m.predict(p.x.col(i)) - whole.predict(p.x.col(i)), 2) / 500;
    return sum;
  };
  CHECK(far(*line.model) < 6 * 0.25 * 20 / 3000);  // variance of 20 weights in three generations, and the first sample's own
  CHECK(far(*kept.model) < 6 * 0.25 * 20 / 3000);
  const fixed_inputs<> design(p.x);
  const linear_model<fixed_inputs<>> labels(truth.weights(), 0.25, design);
  const feature_ridge on_design(fit.map(), design, {.size = 0.1}, known);
  const auto streamed = run_lineage(experiment{labels, on_design, replace{}},
                                    {.generations = 2, .samples = 3000, .how = draw::streamed}, stream(6));
  const auto stored = run_lineage(experiment{labels, on_design, replace{}},
                                  {.generations = 2, .samples = 3000, .how = draw::stored}, stream(6));
  CHECK(apart(*streamed.model, *stored.model) < 1e-9);
  const kernel_ridge exact(gaussian_kernel(1), inputs, {.size = 1}, known);
  CHECK(throws(
      [&] {
        run_lineage(experiment{truth, exact, replace{}}, {.generations = 1, .samples = 10, .how = draw::streamed},
                    stream(1));
      },
      "draw::stored"));
}
