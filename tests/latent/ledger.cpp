// The ledger of PPCA: a latent space that is too small is expressivity error, a search that stops early is approximation error, and
// what is left is statistical; all three against closed forms.
#include "support.hpp"

#include <cmath>
#include <vector>

#include <simulacra/families/latent/ppca_estimator.hpp>
#include <simulacra/hilbert/moment_features.hpp>
#include <simulacra/hilbert/space.hpp>
#include <simulacra/ledger/functional_ledger.hpp>
#include <simulacra/ledger/functionals.hpp>
#include <simulacra/ledger/ledger.hpp>
#include <simulacra/ledger/risk_ledger.hpp>
#include <simulacra/recursion/any_recipe.hpp>
#include <simulacra/recursion/lineage.hpp>
#include <simulacra/recursion/recipes.hpp>

using namespace simulacra_test;

namespace {

/// Eigenvalues 9, 4, 1, 0.5, 0.3 along the axes: the best PPCA law with two latent dimensions has noise of variance 0.6.
gaussian<> truth() {
  square<> c = square<>::Zero(5, 5);
  c.diagonal() << 9, 4, 1, 0.5, 0.3;
  return {point<>(point<>::Zero(5)), c};
}

const double least_kl = 0.5 * (std::log(0.6 / 1) + std::log(0.6 / 0.5) + std::log(0.6 / 0.3));

ppca_estimator<> fit(ppca_method how, Index steps, divisor by = divisor::n) {
  return ppca_estimator<>(by, {.latent = 2, .method = how, .tolerance = 0, .max_iterations = steps});
}

const plan eight{.generations = 8, .samples = 40};

}  // namespace

TEST_CASE("ppca ledger: on risk, the terms of the first generation are their closed forms") {
  for (const ppca_method how : {ppca_method::closed_form, ppca_method::em, ppca_method::adam}) {
    const auto learner = fit(how, 6);
    const experiment what{truth(), learner, any_recipe(replace{})};
    risk_ledger books(what);
    std::vector<ppca<>> models;
    run_lineage(what, eight, stream(2), books, [&](const auto& g) { models.push_back(g.model); });
    const risk_terms& first = books.rows().front();
    CHECK_CLOSE(first.expressivity, least_kl, 1e-10);
    const auto divergence = [&](const ppca<>& q) {
      return plain_kl(truth().mean(), truth().covariance(), q.mean(), q.covariance());
    };
    const double at_limit = divergence(learner.population_fit(truth()));
    if (how == ppca_method::closed_form) {
      CHECK(first.approximation == 0);
    } else {
      CHECK(first.approximation > 0.01);
      CHECK_CLOSE(first.approximation, at_limit - least_kl, 1e-9);
    }
    CHECK_CLOSE(first.statistical, divergence(models.front()) - at_limit, 1e-9);
    CHECK_CLOSE(first.total, divergence(models.front()), 1e-10);
    // From then on the family holds what it is trained on.
    for (std::size_t t = 1; t < books.rows().size(); ++t) CHECK(books.rows()[t].expressivity == 0);
  }
}

TEST_CASE("ppca ledger: in moment features expressivity is the distance of two covariances, and terms add up") {
  // |S - best|^2 over the discarded directions: (1 - 0.6)^2 + (0.5 - 0.6)^2 + (0.3 - 0.6)^2.
  for (const ppca_method how : {ppca_method::closed_form, ppca_method::em}) {
    const experiment what{truth(), fit(how, 6), any_recipe(preserve(0.25))};
    ledger books(what, feature_space<moment_features>(moment_features(5)));
    run_lineage(what, eight, stream(3), books);
    REQUIRE(books.rows().size() == 8);
    CHECK_CLOSE(books.rows().front().squared_of(term::expressivity), 0.26, 1e-10);
    const double approximation = books.rows().front().squared_of(term::approximation);
    if (how == ppca_method::closed_form) {
      CHECK(approximation == 0);
    } else {
      const ppca<> limit = fit(how, 6).population_fit(truth());
      const ppca<> best = fit(how, 6).project(truth());
      CHECK_CLOSE(approximation, (limit.covariance() - best.covariance()).squaredNorm(), 1e-9);
    }
    for (const ledger_row& row : books.rows()) CHECK(row.residual < 1e-10);
  }
}

TEST_CASE("ppca ledger: of the total variance all that is lost is statistical, at the rate of its closed form") {
  // The closed form keeps the trace of S, whatever q is; so E tr = (1 - 1/n)^t tr for the divisor n, and tr for n - 1.
  const Index samples = 10, replicates = 400;
  const double trace = truth().covariance().trace();
  const auto run = [&](divisor by) {
    const experiment what{truth(), fit(ppca_method::closed_form, 0, by), any_recipe(replace{})};
    std::vector<double> due;
    for (Index r = 0; r < replicates; ++r) {
      functional_ledger books(what, functional_space(variance_functional()));
      run_lineage(what, {.generations = 4, .samples = samples}, stream({7, 0}, {.replicate = static_cast<std::uint64_t>(r)}),
                  books);
      const functional_row& last = books.rows().back();
      CHECK(std::abs(last.due_to(term::expressivity)) < 1e-12 * trace);
      CHECK(std::abs(last.due_to(term::approximation)) < 1e-12 * trace);
      due.push_back(last.due_to(term::statistical));
    }
    return simulacra_test::mean_of(due);
  };
  const double expected = trace * (std::pow(1 - 1.0 / static_cast<double>(samples), 4) - 1);
  const auto biased = run(divisor::n);
  CHECK_Z(biased.mean, expected, biased.standard_error);
  const auto unbiased = run(divisor::n_minus_1);
  CHECK_Z(unbiased.mean, 0, unbiased.standard_error);
  CHECK_FALSE(std::abs(simulacra_test::z_score(unbiased.mean, expected, unbiased.standard_error)) < simulacra_test::z_limit);
}

TEST_CASE("ppca ledger: a warm start makes up for steps that are too few") {
  const auto approximation = [](const auto& estimator) {
    const experiment what{truth(), estimator, any_recipe(fresh_real{400})};
    risk_ledger books(what, {.reference = 100});  // the terms asked for are closed forms
    run_lineage(what, {.generations = 8, .samples = 1}, stream(5), books);
    return books.rows().back().approximation;
  };
  CHECK(approximation(fit(ppca_method::em, 3)) > 0.01);
  CHECK(std::abs(approximation(warm_started(fit(ppca_method::em, 3)))) < 0.002);
}
