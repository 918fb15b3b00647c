// Chains of regressions against their closed forms, in every way of drawing.
#include "property/replicates.hpp"
#include "support/throws.hpp"

#include <vector>

#include <simulacra/core/labelled.hpp>
#include <simulacra/families/linear/estimator.hpp>
#include <simulacra/theory/averaged_fits.hpp>
#include <simulacra/theory/mixed_labels.hpp>
#include <simulacra/theory/regression.hpp>
#include <simulacra/theory/ridge.hpp>

using namespace simulacra_test;

namespace {

using normal_inputs = gaussian<>;
using model_type = linear_model<normal_inputs>;
using one = std::array<double, 1>;

/// A recipe given as a function, with what it keeps.
template <class F>
struct by_hand {
  F list;
  retention what;
  ingredients operator()(Index t, Index m) const { return list(t, m); }
  [[nodiscard]] retention keeps() const { return what; }
};
template <class F>
by_hand(F, retention) -> by_hand<F>;

const regression_options unit_noise{.noise = label_noise::known(1)};

model_type truth_of(Index d) { return model_type(point<>::Unit(d, 0), 1, normal_inputs::standard(d)); }

/// |w - w*|^2 of the last models of a chain whose truth has its one weight along the first axis.
template <class Chain>
std::vector<double> risks(const Chain& chain, Index generations, Index samples, draw how, std::uint64_t count) {
  const plan p{.generations = generations, .samples = samples, .how = how};
  return replicates(chain, p, 61, count, [&](const auto& q) { return one{excess_risk(chain.truth, q)}; })[0];
}

}  // namespace

TEST_CASE("least squares, replaced: risk and its variance in all three ways of drawing") {
  const Index d = 4, rows = 16;
  const experiment chain{truth_of(d), least_squares(normal_inputs::standard(d), unit_noise), replace{}};
  for (const Index n : {1, 4}) {
    const double expected = theory::regression_risk_replace(d, rows, n),
                 planted = theory::regression_risk_replace(d, rows - 1, n);
    const double variance = theory::regression_risk_variance(d, rows, n);
    for (const draw how : every_way) {
      CAPTURE(how == draw::stored);
      CAPTURE(how == draw::collapsed);
      const std::uint64_t count = how == draw::collapsed ? 8000 : 4000;
      const auto seen = risks(chain, n, rows, how, count);
      const double error = std::sqrt(variance / static_cast<double>(count));
      CHECK_Z(mean_of(seen).mean, expected, error);
      CHECK_Z(z_of_variance(seen, expected, variance), 0, 1);
      if (how == draw::collapsed) CHECK_FALSE(agrees(z_score(mean_of(seen).mean, planted, error)));
    }
  }
}

TEST_CASE("least squares, accumulated over fresh inputs") {
  const Index d = 3, rows = 12, n = 6;
  const experiment chain{truth_of(d), least_squares(normal_inputs::standard(d), unit_noise), accumulate{}};
  const double expected = theory::regression_risk_accumulate_fresh(d, rows, n);
  for (const draw how : every_way) {
    CAPTURE(how == draw::collapsed);
    const auto seen = risks(chain, n, rows, how, how == draw::collapsed ? 6000 : 1500);
    CHECK_Z(z_of_mean(seen, expected), 0, 1);
    if (how == draw::collapsed) CHECK_FALSE(agrees(z_of_mean(seen, theory::regression_risk_replace(d, rows, n))));
    if (how == draw::collapsed) CHECK_FALSE(agrees(z_of_mean(seen, theory::regression_risk_replace(d, rows, 1))));
  }
}

TEST_CASE("least squares beside real rows is the recursion of strong collapse, and weighted that of one weighted fit") {
  const Index d = 4, rows = 20, synthetic = 12;
  const experiment mixed{truth_of(d), least_squares(normal_inputs::standard(d), unit_noise), fresh_real(rows - synthetic)};
  for (const draw how : {draw::stored, draw::collapsed}) {
    const auto seen = risks(mixed, 5, synthetic, how, how == draw::collapsed ? 6000 : 1500);
    CHECK_Z(z_of_mean(seen, theory::regression_risk_mixed(d, rows, synthetic, 5)), 0, 1);
    if (how == draw::collapsed)
      CHECK_FALSE(agrees(z_of_mean(seen, theory::regression_risk_mixed(d, rows, synthetic + 4, 5))));
  }
  const experiment golden{truth_of(1), least_squares(normal_inputs::standard(1), unit_noise), weighted(10, 0.4)};
  const auto step = theory::weighted_fit_step(10, 15, 0.4);
  double expected = 1.0 / 8;  // the first fit is to ten real rows
  for (int t = 0; t < 3; ++t) expected = step.factor * expected + step.noise;
  for (const draw how : {draw::stored, draw::collapsed}) {
    const auto seen = risks(golden, 4, 15, how, how == draw::collapsed ? 8000 : 2000);
    CHECK_Z(z_of_mean(seen, expected), 0, 1);
  }
}

TEST_CASE("edits: labels of a model on fresh inputs are the recursion of strong collapse, on the same inputs its end") {
  using inputs = relabelled::inputs;
  const Index d = 4, rows = 20, synthetic = 12;
  const least_squares fit(normal_inputs::standard(d), unit_noise);
  const experiment mixed{truth_of(d), fit, relabelled(inputs::fresh, 0.6)};
  for (const draw how : {draw::stored, draw::streamed}) {
    const auto seen = risks(mixed, 5, rows, how, 3000);
    CHECK_Z(z_of_mean(seen, theory::regression_risk_mixed(d, rows, synthetic, 5)), 0, 1);
    CHECK_FALSE(agrees(z_of_mean(seen, theory::regression_risk_mixed(d, rows, synthetic + 4, 5))));
  }
  // With all labels the model's it is no matter whether inputs are fresh: c = 1.
  const experiment fixed{truth_of(d), fit, relabelled(inputs::fixed)};
  const auto seen = risks(fixed, 5, rows, draw::cheapest, 3000);
  CHECK_Z(z_of_mean(seen, theory::regression_risk_mixed(d, rows, rows, 5)), 0, 1);
  CHECK_FALSE(agrees(z_of_mean(seen, theory::regression_risk_mixed(d, rows, rows - 4, 5))));
  // inputs of the first data, labels of the newest model: nothing else of either
  std::vector<labelled_numbers<>> sets;
  std::vector<model_type> models;
  run_lineage(fixed, plan{.generations = 3, .samples = rows}, stream(3), [&](const auto& g) {
    sets.push_back(g.data.data);
    models.push_back(g.model);
    CHECK(g.law.size() == 1);
    CHECK(g.law[0].share == 1);
  });
  for (std::size_t t = 1; t < 3; ++t) {
    CHECK(sets[t].x == sets[0].x);
    CHECK(sets[t].y != sets[t - 1].y);
    const samples<double, 1> noise = sets[t].y - models[t - 1].weights().transpose() * sets[t].x;
    CHECK_Z(noise.squaredNorm(), rows, std::sqrt(2.0 * rows));
  }
  // first points, and a model that is not the newest; the truth labels as a model 0
  const auto run = [&](auto list, retention keeps) {
    return run_lineage(experiment{truth_of(d), fit, by_hand{list, keeps}}, plan{.generations = 4, .samples = rows},
                       stream(1));
  };
  const retention all{.models = everything, .data = everything, .batches = everything, .first_data = true, .stored = true};
  const auto line = run(
      [](Index t, Index m) -> ingredients {
        if (t == 0) return {from_truth(m)};
        return {from_edit(t - 1, from_batch(t - 1)), from_edit(t, from_data(0, m / 2)), from_edit(0, 0, m / 4)};
      },
      all);
  CHECK(line.generations == 4);
  CHECK(throws(
      [&] { run([](Index t, Index m) -> ingredients { return {t == 0 ? from_truth(m) : from_edit(t, 0)}; }, {.data = 1}); },
      "keeps()"));
  CHECK(throws(
      [&] {
        run([](Index t, Index m) -> ingredients { return {t == 0 ? from_truth(m) : from_edit(t, 0)}; },
            {.first_data = true});
      },
      "be draw::stored where kept data are edited"));
  CHECK(throws(
      [&] {
        run([](Index t, Index m) -> ingredients { return {t == 0 ? from_truth(m) : from_edit(t, from_model(t, 4))}; }, all);
      },
      "be from_truth, from_data or from_batch"));
  CHECK(throws(
      [&] { run([](Index t, Index m) -> ingredients { return {t == 0 ? from_truth(m) : from_edit(t, 0, m + 1)}; }, all); },
      "number of observations that are kept there"));
}

TEST_CASE("minimum norm with fewer rows than inputs, and ridge regression in one dimension") {
  const Index d = 12, rows = 5;
  const experiment few{truth_of(d), minimum_norm(normal_inputs::standard(d), unit_noise), replace{}};
  const experiment short_of{truth_of(1), ridge(normal_inputs::standard(1), {.size = 2}, unit_noise), replace{}};
  const std::vector<theory::ridge_moments> moments(3, theory::ridge_moments_one(6, 2));
  for (const draw how : {draw::stored, draw::collapsed}) {
    CAPTURE(how == draw::collapsed);
    const auto seen = risks(few, 3, rows, how, 1500);
    CHECK_Z(z_of_mean(seen, theory::minimum_norm_risk(d, rows, rows, 3, 1, 1)), 0, 1);
    CHECK_FALSE(agrees(z_of_mean(seen, theory::minimum_norm_risk(d, rows + 1, rows, 3, 1, 1))));
    const auto shrunk = risks(short_of, 3, 6, how, 6000);
    CHECK_Z(z_of_mean(shrunk, theory::ridge_fresh_risk(moments, 1, 1, 1)), 0, 1);
  }
}

TEST_CASE("one design for all generations: replaced and accumulated, given the inputs") {
  const Index d = 3, rows = 9, n = 5;
  stream rng(7);
  const fixed_inputs<> design(normal_inputs::standard(d).sample(rows, rng));
  const linear_model<fixed_inputs<>> truth(point<>::Ones(d), 1, design);
  // Of one fit the risk over the design's own rows is d / rows, whatever they are.
  const double once = static_cast<double>(d) / static_cast<double>(rows);
  const double growth =
      theory::regression_risk_accumulate_fixed(d, rows, n) / theory::regression_risk_accumulate_fixed(d, rows, 1);
  const least_squares fit(design, unit_noise);
  for (const draw how : every_way) {
    CAPTURE(how == draw::collapsed);
    const auto kept = risks(experiment{truth, fit, accumulate{}}, n, rows, how, 3000);
    CHECK_Z(z_of_mean(kept, once * growth), 0, 1);
    CHECK_FALSE(agrees(z_of_mean(kept, once * theory::regression_risk_accumulate_fresh(d, rows, n) /
                                           theory::regression_risk_accumulate_fresh(d, rows, 1))));
    if (how != draw::streamed)
      CHECK_Z(z_of_mean(risks(experiment{truth, fit, replace{}}, n, rows, how, 3000), once * static_cast<double>(n)), 0, 1);
  }
}

TEST_CASE("a chain of regressions lives for a hundred thousand generations, and loses estimated noise") {
  const least_squares fit(normal_inputs::standard(2), unit_noise);
  const experiment forever{truth_of(2), fit, replace{}};
  const auto line = run_lineage(forever, plan{.generations = 100'000, .samples = 20}, stream(1));
  CHECK(line.generations == 100'000);
  CHECK(line.last.ok());
  CHECK(line.events.empty());
  // By maximum likelihood noise is a product of chi-squares over n: E log is known, and the chain ends where labels resolve no more.
  const least_squares greedy(normal_inputs::standard(2), {.noise = label_noise::estimated(divisor::n)});
  const auto shrinking =
      run_lineage(experiment{truth_of(2), greedy, replace{}}, plan{.generations = 100'000, .samples = 20}, stream(1));
  CHECK(shrinking.why == ending::outcome);
  CHECK(shrinking.last.what == status::resolution);
  const auto three = replicates(experiment{truth_of(2), greedy, replace{}}, plan{.generations = 3, .samples = 20}, 62, 6000,
                                [](const auto& q) { return one{q.noise()}; })[0];
  CHECK_Z(z_of_mean(three, std::pow(18.0 / 20, 3)), 0, 1);
  CHECK_FALSE(agrees(z_of_mean(three, std::pow(19.0 / 20, 3))));
}

TEST_CASE("recipes that pick pairs find them whole") {
  const model_type steep(100 * point<>::Unit(2, 0), 1, normal_inputs::standard(2));
  const experiment chain{steep, least_squares(normal_inputs::standard(2), unit_noise), accumulate_subsample{}};
  Index looked = 0;
  run_lineage(chain, plan{.generations = 4, .samples = 30}, stream(2), [&](const auto& g) {
    CHECK(g.data.data.x.cols() == 30);
    CHECK(g.data.data.y.cols() == 30);
    CHECK((g.data.data.y - g.model.weights().transpose() * g.data.data.x).squaredNorm() <
          300);  // a label of another pair is a hundred off
    ++looked;
  });
  CHECK(looked == 4);
}
