// The ledger of ridge regression: a penalty that never fades is approximation error, and what is left is statistical.
#include "support/statistics.hpp"

#include <cmath>
#include <vector>

#include <simulacra/ledger/population_chain.hpp>
#include <simulacra/ledger/risk_ledger.hpp>
#include <simulacra/linear.hpp>
#include <simulacra/recursion/lineage.hpp>
#include <simulacra/recursion/recipes.hpp>

using namespace simulacra;

TEST_CASE("ridge ledger: on risk, the terms are their closed forms") {
  // Inputs of covariance I and a penalty of 1 on the mean: with infinitely many data half of each weight is left.
  const gaussian<> inputs = gaussian<>::standard(2);
  const linear_model<> truth(point<>(Eigen::Vector2d(2, 4)), 1, inputs);
  const ridge learner(inputs, {.size = 1, .power = 1}, {.noise = label_noise::known(1)});
  const experiment what{truth, learner, replace{}};
  risk_ledger books(what);
  std::vector<linear_model<>> models;
  run_lineage(what, {.generations = 3, .samples = 40}, stream(2), books, [&](const auto& g) { models.push_back(g.model); });
  REQUIRE(books.rows().size() == 3);
  for (std::size_t t = 0; t < 3; ++t) {
    const linear_model<>& law = t == 0 ? truth : models[t - 1];  // each generation learns from the one before
    const double lost = law.weights().squaredNorm() / 4;
    const risk_terms& row = books.rows()[t];
    CHECK(std::abs(row.expressivity) < 1e-13);
    CHECK_CLOSE(row.approximation, lost / 2, 1e-12);
    CHECK_CLOSE(row.total, excess_risk(law, models[t]) / 2, 1e-12);
    CHECK_CLOSE(row.statistical, (excess_risk(law, models[t]) - lost) / 2, 1e-11);
  }
}

TEST_CASE("edits: books of risk and infinitely many data follow labels that are made anew") {
  const gaussian<> inputs = gaussian<>::standard(2);
  const linear_model<> truth(point<>(Eigen::Vector2d(2, 4)), 1, inputs);
  const experiment what{truth, least_squares(inputs, {.noise = label_noise::known(1)}),
                        relabelled(relabelled::inputs::fixed)};
  risk_ledger books(what, {.reference = 2000});
  run_lineage(what, {.generations = 3, .samples = 40}, stream(2), books);
  REQUIRE(books.rows().size() == 3);
  CHECK(std::isfinite(books.rows()[2].statistical));
  const auto limit = run_population(what, {.generations = 3, .samples = 40}, stream(1), 100'000);
  CHECK((limit->weights() - truth.weights()).norm() < 4.5 * std::sqrt(3 * 2 / 100'000.0));
}

TEST_CASE("logistic ledger: on risk, the terms are their closed forms") {
  // The truth has an intercept and the family none; its penalty on the mean never fades.
  const gaussian<> inputs(point<>(Eigen::Vector2d(0.5, -1)), square<>(Eigen::Matrix2d{{1, 0.3}, {0.3, 2}}));
  const logistic_model<> truth(Eigen::Vector2d(1, 0.5), inputs, 0.8);
  const logistic_regression learner(inputs, {.penalty = {0.05, 1}});
  risk_ledger books(experiment{truth, learner, replace{}});
  std::vector<logistic_model<>> models;
  run_lineage(experiment{truth, learner, replace{}}, {.generations = 3, .samples = 400}, stream(2), books,
              [&](const auto& g) { models.push_back(g.model); });
  REQUIRE(books.rows().size() == 3);
  for (std::size_t t = 0; t < 3; ++t) {
    const logistic_model<>& law = t == 0 ? truth : models[t - 1];
    const risk_terms& row = books.rows()[t];
    const double best = excess_risk(law, learner.project(law)), limit = excess_risk(law, learner.population_fit(law));
    CHECK(std::abs(row.expressivity - best) < 1e-12);
    CHECK_CLOSE(row.approximation, limit - best, 1e-9);
    CHECK_CLOSE(row.total, excess_risk(law, models[t]), 1e-9);
    CHECK_CLOSE(row.statistical, excess_risk(law, models[t]) - limit, 1e-7);
    CHECK((t == 0) == (row.expressivity > 1e-6));  // models of the family have no intercept
    CHECK(row.approximation > 1e-4);
  }
}
