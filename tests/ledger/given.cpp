// Data that are selected, filtered and edited: the accounts add up, and infinitely many data are given what passes.
#include "support/statistics.hpp"
#include "support/throws.hpp"

#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

#include <simulacra/categorical.hpp>
#include <simulacra/ensemble/ensemble.hpp>
#include <simulacra/ensemble/executor.hpp>
#include <simulacra/gaussian.hpp>
#include <simulacra/hilbert/random_fourier.hpp>
#include <simulacra/hilbert/space.hpp>
#include <simulacra/ledger/law_book.hpp>
#include <simulacra/ledger/ledger.hpp>
#include <simulacra/ledger/population_chain.hpp>
#include <simulacra/recursion.hpp>

using namespace simulacra;
using simulacra_test::close;
using simulacra_test::throws;

namespace {

const gaussian<double, 1> normal(0.0, 1.0);

/// A Gaussian that edits: a part of each number is what it was, the rest a draw.
struct editor : gaussian<double, 1> {
  editor(const gaussian<double, 1>& q, double part) : gaussian<double, 1>(q), old(part) {}
  double old;
  [[nodiscard]] samples<double, 1> edit(const samples<double, 1>& x, stream& rng) const {
    return old * x + (1 - old) * sample(x.cols(), rng);
  }
};
struct editors {
  double old = 0.5;
  [[nodiscard]] editor fit(const samples<double, 1>& x, stream& rng) const {
    return {gaussian_estimator<double, 1>(divisor::n).fit(x, rng).model, old};
  }
  [[nodiscard]] editors ideal() const { return *this; }
};
struct widened {
  double lambda = 1;
  [[nodiscard]] editor operator()(const editor& m) const { return {m.inflated(lambda), m.old}; }
};

/// A recipe given as a function, with what it keeps.
template <class F>
struct by_hand {
  F list;
  retention what{};
  ingredients operator()(Index t, Index m) const { return list(t, m); }
  [[nodiscard]] retention keeps() const { return what; }
};
template <class F>
by_hand(F, retention) -> by_hand<F>;

/// Any recipe, which may edit: of one type, so that books are compiled once.
struct editing : any_recipe {
  static constexpr bool edits = true;
  using any_recipe::any_recipe;
};

const editor truth(normal, 0.5);
using chain = experiment<editor, editors, editing, widened>;

const by_hand edited(
    [](Index t, Index m) -> ingredients {
      if (t == 0) return {from_truth(m)};
      ingredients list{from_edit(t, 0, m / 2), from_edit(t, from_truth(m / 4)), from_data(t - 1, m / 4)};
      if (t == 1) list.add(from_edit(1, from_batch(0)));
      if (t == 2) list.add(from_edit(0, from_batch(1)));
      return list;
    },
    {.data = 1, .batches = 1, .first_data = true, .stored = true});
/// What models make of the same data; negative: of those of the generation before.
by_hand<std::function<ingredients(Index, Index)>> edits_of(Index data) {
  return {
      [data](Index t, Index m) -> ingredients { return {t == 0 ? from_truth(m) : from_edit(t, data < 0 ? t - 1 : data)}; },
      {.data = 1, .first_data = true, .stored = true}};
}

const by_hand filtered(
    [](Index t, Index m) -> ingredients {
      if (t == 0) return {from_truth(m)};
      return {from_data(0), from_model(t, m / 2).filtered()};
    },
    {.first_data = true});
const by_hand weighted_and_filtered(
    [](Index t, Index m) -> ingredients {
      if (t == 0) return {from_truth(m)};
      ingredient real = from_batch(t - 1), model = from_model(t, m).filtered();
      real.weight = 0.25;
      model.weight = 0.75;
      return {real, model};
    },
    {.batches = 1});

feature_space<random_fourier_features> features(Index draws) {
  stream rng(1);
  return feature_space<random_fourier_features>(random_fourier_features(gaussian_kernel(1), 1, 32, rng),
                                                {.draws = draws, .seed = 2});
}

/// How far the terms are from adding up, and their shares from 1.
template <class Experiment>
double worst(const Experiment& what) {
  ledger books(what, features(500), {.reference = 400});
  run_lineage(what, {.generations = 5, .samples = 40, .how = draw::stored}, stream(3), books);
  double most = books.rows().size() == 5 ? 0 : 1;
  for (const ledger_row& row : books.rows()) {
    most = (std::max)(most, row.residual);
    double shares = 0;
    for (const term t : all_terms)
      if (!std::isnan(row.part_of(t))) shares += row.share(t);
    most = (std::max)(most, std::abs(shares - 1));
  }
  return most;
}

/// Shows a book the parts of a lineage.
struct watcher {
  detail::law_book<experiment<editor, editors, any_recipe>> book;
  template <class Part, class Observations>
  void gathered(const Part& part, const Observations&) {
    book.gathered(part);
  }
  template <class Generation>
  void operator()(const Generation&) const {}
};

}  // namespace

TEST_CASE("the ledger's identity holds under selection, filters and edits") {
  const gaussian_estimator<double, 1> fit(divisor::n);
  for (const double lambda : {1.0, 0.8}) CHECK(worst(chain{truth, {}, editing(edited), {lambda}}) <= 1e-10);
  const auto verify = verified([](const auto& x) { return x[0] > -0.5; }, {.keep = 0.9, .pass = 0.2});
  for (const any_recipe& recipe : {any_recipe(filtered), any_recipe(weighted_and_filtered), any_recipe(accumulate{})})
    CHECK(worst(experiment{normal, fit, recipe, verify}) <= 1e-10);
  CHECK(worst(experiment{normal, fit, any_recipe(fresh_real{10}), tilted(quadratic_reward(0.2))}) <= 1e-10);
}

TEST_CASE("edits: a model that makes what it would publish has the account of its draws") {
  // An editor that keeps nothing of what it is given publishes Q: nothing is due to its being asked there.
  const chain what{truth, {0}, editing(edits_of(0)), {}};
  ledger books(what, features(20'000), {.reference = 400});
  run_lineage(what, {.generations = 3, .samples = 40}, stream(3), books);
  const ledger_row& row = books.rows().back();
  // two generations' draws of 20000 points each, whose kernel is at most 1
  CHECK(row.squared_of(term::decoding) < 10 * 2 / 20'000.0);
  CHECK(row.squared_of(term::statistical) > 20 * row.squared_of(term::decoding));
  CHECK(row.error_squared[index_of(term::decoding)] > 0);
}

TEST_CASE("edits: a book of a recipe that does not say that it edits, says so") {
  const experiment silent{truth, editors{}, any_recipe(edits_of(0))};
  watcher watch{detail::law_book(silent)};
  CHECK(throws([&] { run_lineage(silent, {.generations = 2, .samples = 9}, stream(1), watch); },
               "static constexpr bool edits = true"));
}

TEST_CASE("with infinitely many data, filters give what passes, and edits of edits are what they are") {
  // Right answers with share p: half real, half a verifier's of what was tried, 0.9 p + 0.3 (1 - p) of it.
  const by_hand half(
      [](Index t, Index m) -> ingredients {
        if (t == 0) return {from_truth(m)};
        return {from_truth(m / 2), from_model(t, m / 2).filtered()};
      },
      retention{});
  const experiment what{categorical{0.5, 0.5}, categorical_estimator(2), half,
                        verified([](const auto& x) { return x[0] == 0; }, {.keep = 0.9, .pass = 0.3})};
  const auto limit = run_population(what, {.generations = 4, .samples = 1000}, stream(1), 100);
  double p = 0.5, by_what_was_asked = 0.5;
  for (int t = 1; t < 4; ++t) {
    const double rate = 0.9 * p + 0.3 * (1 - p), q = 0.9 * by_what_was_asked + 0.3 * (1 - by_what_was_asked);
    p = (0.5 + 0.9 * p) / (1 + rate);
    by_what_was_asked = 0.25 + 0.5 * 0.9 * by_what_was_asked / q;
  }
  CHECK(close(limit->probability(0), p, 1e-14));
  // and a long chain beside it: three fits to 3e6 or more
  const auto line = run_lineage(what, {.generations = 4, .samples = 4'000'000}, stream(2));
  const double error = 4.5 * 3 * 0.5 / std::sqrt(3e6);
  CHECK(std::abs(line.model->probability(0) - p) < error);
  CHECK(std::abs(line.model->probability(0) - by_what_was_asked) > error);

  // Edits halve what there was and add half a draw. All laws have mean 0: on the first data v' = 1/4 + v/4, on those of the last
  // generation, which v describes as well, v' = v/4 + v/4.
  const Index reference = 400'000;
  const auto variance = [&](Index data) {
    return run_population(chain{truth, {}, editing(edits_of(data)), {}}, {.generations = 3, .samples = 100}, stream(1),
                          reference)
        ->variance();
  };
  const double three_fits = 4.5 * 3 * std::sqrt(2.0 / static_cast<double>(reference));
  CHECK(std::abs(variance(0) - (0.25 + 0.5 / 4)) < three_fits);
  CHECK(std::abs(variance(-1) - 0.25) < three_fits);
}

TEST_CASE("bits: filters and edits are the same on any number of threads") {
  const chain what{truth, {}, editing(edited), {0.9}};
  const auto run = [&](Index threads) {
    return run_ensemble(what, {.generations = 4, .samples = 40}, {.replicates = 9, .seed = 3},
                        thread_executor{.threads = static_cast<int>(threads)},
                        metric{"variance", [](const auto& g) { return g.model.variance(); }}, acceptance_probe());
  };
  const auto one = run(1);
  for (const Index threads : {2, 7}) {
    const auto many = run(threads);
    for (const char* name : {"variance", "kept"})
      CHECK(many.values_at_generation(4, name) == one.values_at_generation(4, name));
  }
}
