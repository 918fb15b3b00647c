// What a hostile reader found, each with a test of its own.
#include "support.hpp"

#include <memory>

using namespace simulacra_test;

namespace {

const gaussian<double, 1> normal(0, 1);
const gaussian_estimator<double, 1> mle(divisor::n);

/// Projects some laws only, and names no ideal learner for the others.
struct picky {
  [[nodiscard]] gaussian<double, 1> fit(const samples<double, 1>& x, stream& rng) const {
    return gaussian_estimator<double, 1>(divisor::n).fit(x, rng).model;
  }
  template <class Law>
  [[nodiscard]] bool holds(const Law&) const {
    return false;
  }
  template <has_moments Law>
  [[nodiscard]] gaussian<double, 1> project(const Law& law) const {
    return gaussian_estimator<double, 1>(divisor::n).project(law);
  }
};

/// Refuses its first data set if it is told to.
struct refuses_once {
  std::shared_ptr<bool> refuse = std::make_shared<bool>(true);
  [[nodiscard]] gaussian<double, 1> fit(const samples<double, 1>& x, stream& rng) const {
    if (*refuse) {
      *refuse = false;
      throw std::domain_error("not today");
    }
    return mle.fit(x, rng).model;
  }
  [[nodiscard]] gaussian_estimator<double, 1> ideal() const { return mle; }
};

/// Eats moments; its ideal learner eats observations, with their weights.
struct eats_moments {
  using summary = moments<double, 1>;
  struct plain {
    [[nodiscard]] gaussian<double, 1> fit(const samples<double, 1>& x, stream& rng) const { return mle.fit(x, rng).model; }
    [[nodiscard]] gaussian<double, 1> fit(const samples<double, 1>& x, const weights<double>& w, stream& rng) const {
      return mle.fit(x, w, rng).model;
    }
  };
  [[nodiscard]] gaussian<double, 1> fit(const summary& m, stream&) const { return mle.fit(m).model; }
  [[nodiscard]] plain ideal() const { return {}; }
};

/// A recipe given as a function, with what it keeps.
template <class F>
struct by_hand {
  F list;
  retention what{};
  ingredients operator()(Index t, Index m) const { return list(t, m); }
  [[nodiscard]] retention keeps() const { return what; }
};

template <class Experiment>
std::vector<ledger_row> rows_of(const Experiment& what, const ledger_options& options = {}) {
  ledger books(what, fourier_space(64), options);
  run_lineage(what, {.generations = 6, .samples = 40, .how = draw::stored}, stream(3), books);
  return books.rows();
}

}  // namespace

TEST_CASE("a training law that is a kept law outlives its shelf") {
  const auto rows = rows_of(experiment{two_normals{}, mle, general_process(0, 1, 0)});
  CHECK(worst_misfit(rows, {term::expressivity, term::approximation, term::statistical}) <= 1e-10);
}

TEST_CASE("an estimator that projects some laws only, without an ideal learner, cannot tell two terms apart") {
  const auto rows = rows_of(experiment{normal, picky{}, replace{}}, {.reference = 1000});
  CHECK(worst_misfit(rows, {term::unsplit, term::statistical}) <= 1e-10);
  CHECK(std::isnan(rows[0].squared_of(term::expressivity)));
}

TEST_CASE("a ledger is used again after a fit that was refused") {
  const refuses_once shy;
  const experiment what{normal, shy, accumulate{}};
  ledger books(what, fourier_space(64), {.reference = 1000});
  const plan how{.generations = 3, .samples = 30, .how = draw::stored};
  CHECK(run_lineage(what, how, stream(1), books).why == ending::failure);
  run_lineage(what, how, stream(1), books);
  ledger fresh(what, fourier_space(64), {.reference = 1000});
  run_lineage(what, how, stream(1), fresh);
  REQUIRE(books.rows().size() == 3);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(books.rows()[i].squared_of(term::statistical) == fresh.rows()[i].squared_of(term::statistical));
}

TEST_CASE("a ledger of another recipe says so") {
  const experiment forgets{normal, mle, any_recipe(replace{})}, keeps{normal, mle, any_recipe(accumulate{})};
  ledger books(forgets, fourier_space(64));
  CHECK(throws([&] { run_lineage(keeps, {.generations = 3, .samples = 20, .how = draw::stored}, stream(1), books); },
               "ledger", "keeps()"));
}

TEST_CASE("a recipe that names no model to keep has the newest one all the same") {
  const auto newest = [](Index t, Index m) { return ingredients{from_model(t, m)}; };
  const auto rows = rows_of(experiment{normal, mle, by_hand<decltype(newest)>{newest, {.models = 0}}});
  CHECK(rows.back().squared_of(term::statistical) ==
        rows_of(experiment{normal, mle, replace{}}).back().squared_of(term::statistical));
}

TEST_CASE("the ideal learner is given the weights too") {
  for (const ledger_row& row :
       rows_of(experiment{normal, eats_moments{}, weighted(20, 0.9)}, {.reference = 1000, .order = path::bottou_bousquet}))
    CHECK(row.step_of(term::approximation) <= 1e-25);
}

TEST_CASE("risks by draws pair T and the model over the same draws, and state their error") {
  struct fixed {  // always the same wrong model, so that the risk is one number
    [[nodiscard]] laplace fit(const samples<double, 1>&, stream&) const { return {0, 1}; }
    [[nodiscard]] fixed ideal() const { return *this; }
  };
  const experiment what{normal, fixed{}, replace{}};
  risk_ledger books(what, {.reference = 1000});
  // KL(N(0, 1) || Laplace(0, 1)) = log 2 + E|x| - (1 + log 2 pi) / 2
  const double exact = std::log(2.0) + std::sqrt(2 / 3.141592653589793) - 1.418938533204672741780329736406;
  std::vector<double> totals, excess;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    run_lineage(what, {.generations = 1, .samples = 10}, stream(seed), books);
    const risk_terms& r = books.rows()[0];
    totals.push_back(r.total);
    excess.push_back((r.total - exact) * (r.total - exact) - r.error * r.error);
    CHECK(r.expressivity == r.total);
  }
  const auto total = mean_of(totals), gap = mean_of(excess);
  CHECK_Z(total.mean, exact, total.standard_error);
  CHECK_Z(gap.mean, 0, gap.standard_error);
}

TEST_CASE("of two exact procedures a distance says 0 between them, half by half") {
  const experiment what{normal, laplace_mle<knows::ideal>{}, replace{}};
  distance_ledger books(what, "scale", [](const laplace& p, const laplace& q) { return std::abs(p.scale - q.scale); },
                        {.reference = 1000});
  run_lineage(what, {.generations = 3, .samples = 30}, stream(1), books);
  for (const triangle_bound& b : books.rows()) CHECK(b.approximation == 0);
}

TEST_CASE("two ledgers side by side, and two functionals of one kind") {
  const experiment what{normal, mle, replace{}};
  const records all =
      run_ensemble(what, {.generations = 2, .samples = 20}, {.replicates = 3}, serial_executor{},
                   ledger(what, fourier_space(32), {}, "narrow_"), ledger(what, fourier_space(32, 4), {}, "wide_"),
                   functional_ledger(what, functional_space(quantile_functional(0.1), quantile_functional(0.9))));
  CHECK(all.at(0, all.column("narrow_distance_sq")).mean > all.at(0, all.column("wide_distance_sq")).mean);
  CHECK(all.column("quantile_0.1_change") != all.column("quantile_0.9_change"));
}

TEST_CASE("the entropy has a ledger where T has a density, and says NaN where it has none") {
  const auto entropy_rows = [](const auto& recipe) {
    const experiment what{two_normals{}, mle, recipe};
    functional_ledger books(what, functional_space(entropy_functional()), {.reference = 1000});
    run_lineage(what, {.generations = 3, .samples = 40, .how = draw::stored}, stream(1), books);
    return books.rows();
  };
  for (const functional_row& row : entropy_rows(preserve(0.5, preserve::real::redrawn))) CHECK(row.residual <= 1e-12);
  CHECK(std::isnan(entropy_rows(accumulate{}).back().due_to(term::statistical)));
}

TEST_CASE("infinitely many data in the loop's units, and a caller's mistakes") {
  // Generation 0 has weights, generation 1 mixes its pool with twice as many draws: the pool counts its observations.
  const auto list = [](Index t, Index m) -> ingredients {
    ingredient a = from_truth(m), b = from_truth(m);
    a.weight = b.weight = 0.5;
    if (t == 0) return {a, b};
    return {from_data(0), from_model(t, 2 * m)};
  };
  const experiment what{normal, gaussian_estimator<double, 1>(divisor::n, {.shrinkage = 0, .floor = 1}),
                        by_hand<decltype(list)>{list, {.data = 1}}};
  const auto last = run_population(what, {.generations = 2, .samples = 10}, stream(1), 1000);
  CHECK_CLOSE(last->variance(), 0.5 * 1 + 0.5 * 2 + 1, 1e-14);

  const auto run = [](auto f) {
    const experiment bad{normal, mle, by_hand<decltype(f)>{f, {}}};
    return throws([&] { (void)run_population(bad, {.generations = 2, .samples = 10}, stream(1), 1000); }, "run_population");
  };
  CHECK(run([](Index, Index) { return ingredients{}; }));
  CHECK(run([](Index t, Index m) { return ingredients{from_model(t + 1, m)}; }));
  CHECK(run([](Index, Index) { return ingredients{from_truth(-3)}; }));
}

TEST_CASE("entropy by quadrature on the line") {
  CHECK_CLOSE(line_entropy(gaussian<double, 1>(3, 4)), entropy(gaussian<double, 1>(3, 4)), 1e-13);
  CHECK(std::isnan(line_entropy(laplace{})));  // a kink: not settled to 1e-13
  CHECK(std::isnan(line_entropy(gaussian<double, 1>(3, 0))));
}

TEST_CASE("the noise of reference draws adds up over generations as it is booked") {
  // The same lineages with corners by draws and in closed form: the difference of the accounts is the error, and its mean square what
  // the rows state.
  const experiment by_draws{laplace{}, laplace_mle<knows::ideal>{}, replace{}};
  const experiment exactly{laplace{}, laplace_mle<knows::projection>{}, replace{}};
  const auto space = fourier_space(32);
  std::vector<double> excess, planted;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    ledger estimated(by_draws, space, {.reference = 2000});
    ledger closed(exactly, space);
    run_lineage(by_draws, {.generations = 3, .samples = 30}, stream(seed), estimated);
    run_lineage(exactly, {.generations = 3, .samples = 30}, stream(seed), closed);
    const Eigen::VectorXd error = estimated.book().model()[term::statistical] - closed.book().model()[term::statistical];
    const double stated = estimated.rows().back().error_squared[index_of(term::statistical)];
    excess.push_back(error.squaredNorm() - stated);
    planted.push_back(error.squaredNorm() -
                      estimated.rows().back().error_squared[index_of(term::statistical)] / 3);  // of one generation
  }
  const auto gap = mean_of(excess), wrong = mean_of(planted);
  CHECK_Z(gap.mean, 0, gap.standard_error);
  CHECK(std::abs(z_score(wrong.mean, 0, wrong.standard_error)) > z_limit);
}
