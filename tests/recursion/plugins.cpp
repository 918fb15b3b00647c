// What a plug-in returns is held against what it was asked for: counts, shapes and numbers, whoever returned them and however.

#include "support.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

using namespace simulacra_test;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN(), endless = std::numeric_limits<double>::infinity();

/// A model that does as it is told: how many observations more than asked for, in which dimension, with what number as the last one.
struct wilful {
  Index surplus = 0, rows = 2, says = 2;
  double last = 0;
  bool transposed = false;

  [[nodiscard]] Index dimension() const { return says; }
  [[nodiscard]] samples<> sample(Index n, stream& rng) const {
    samples<> x(rows, n + surplus);
    for (Index i = 0; i < x.size(); ++i) x.data()[i] = standard_normal(rng);
    if (last != 0 && x.size() > 0) x(x.rows() - 1, x.cols() - 1) = last;
    return transposed ? samples<>(x.transpose()) : x;
  }
};

/// Fits what it is told to, from the generation on that it is told; before that a good model.
struct obeys {
  wilful bad{};
  Index from = 0;
  mutable Index fits = 0;
  wilful fit(const samples<>&, stream&) const { return fits++ >= from ? bad : wilful{}; }
};

/// A decoder that returns what it is told to.
struct decodes {
  wilful bad{};
  wilful operator()(const wilful&) const { return bad; }
};

template <class Recipe = replace, class Decoder = as_is>
std::string complaint(const wilful& truth, const obeys& estimator, Recipe recipe = {}, Decoder decoder = {}) {
  try {
    run_lineage(experiment{truth, estimator, recipe, decoder}, {.generations = 5, .samples = 10}, stream(1));
  } catch (const std::invalid_argument& said) {
    return said.what();
  }
  return "";
}

bool names(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("plug-ins: a sample of another count or shape is refused, with both shapes and who returned it") {
  CHECK(complaint({}, {}).empty());  // the wilful model itself is fine

  const std::string fewer = complaint({}, {.bad = {.surplus = -3}, .from = 1});
  CHECK(names(fewer, "sample(10, rng) of the model of generation 2"));
  CHECK(names(fewer, "2 x 7"));
  CHECK(names(fewer, "2 x 10"));

  CHECK(names(complaint({.surplus = 1}, {}), "of the truth"));
  CHECK(names(complaint({.transposed = true}, {}), "10 x 2"));
  CHECK(names(complaint({}, {.bad = {.transposed = true}}), "10 x 2"));
  CHECK(names(complaint({.rows = 3}, {}), "3 x 10"));                      // not what the truth says of itself
  CHECK(names(complaint({}, {.bad = {.rows = 3, .says = 3}}), "3 x 10"));  // a model of its own opinion
  CHECK(names(complaint({}, {}, replace{}, decodes{{.rows = 1, .says = 1}}), "as it is decoded"));
  CHECK(names(complaint({}, {}, accumulate{}, decodes{{.surplus = -1}}), "2 x 9"));  // also where parts are joined
  CHECK(names(complaint({}, {.bad = {.surplus = -10}}), "2 x 0"));
}

TEST_CASE("plug-ins: numbers that are none end the lineage, with the reason") {
  const auto run = [](const wilful& truth, const obeys& estimator) {
    return run_lineage(experiment{truth, estimator, replace{}}, {.generations = 5, .samples = 10}, stream(1));
  };
  const auto good = run({}, {});
  CHECK(good.why == ending::completed);

  const auto line = run({}, {.bad = {.last = not_a_number}, .from = 2});
  CHECK(line.why == ending::failure);
  CHECK(line.last.what == status::failed);
  CHECK(line.generations == 3);
  CHECK(names(line.failure, "the model of generation 3"));
  CHECK(names(std::string(line.last.reason), "NaN"));
  CHECK(line.events.back().first == 4);

  const auto grown = run({}, {.bad = {.last = -endless}});
  CHECK(grown.why == ending::failure);
  CHECK(names(std::string(grown.last.reason), "left the range"));

  CHECK(run({.last = not_a_number}, {}).generations == 0);  // the truth's too
  CHECK(run({}, {.bad = {.last = not_a_number}, .from = 4}).why ==
        ending::failure);  // the last model, of which nothing is drawn
  CHECK(run({}, {.bad = {.last = not_a_number}, .from = 4}).generations == 4);
}

TEST_CASE("plug-ins: best_of and poisoned look at what they are given") {
  const auto score = [](const auto& x) { return x.sum(); };
  stream rng(1);
  CHECK_THROWS_AS(static_cast<void>(best_of(3, score)(wilful{.surplus = -5}).sample(10, rng)), std::invalid_argument);
  CHECK(best_of(3, score)(wilful{}).sample(10, rng).cols() == 10);
  CHECK_THROWS_WITH_AS(static_cast<void>(best_of(Index{1} << 60, score)(wilful{}).sample(300, rng)),
                       doctest::Contains("selected::sample: argument 'candidates' is 1152921504606846976; it must need"),
                       std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(poisoned(wilful{.surplus = -1}, 0.5)(wilful{}).sample(10, rng)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(poisoned(wilful{}, 0.5)(wilful{.surplus = 2}).sample(10, rng)), std::invalid_argument);
  CHECK(poisoned(wilful{}, 0.5)(wilful{}).sample(10, rng).cols() == 10);
}

TEST_CASE("plug-ins: a summary of another count is refused") {
  struct miscounts {
    gaussian<double, 1> law{0, 1};
    [[nodiscard]] Index dimension() const { return 1; }
    [[nodiscard]] samples<double, 1> sample(Index n, stream& rng) const { return law.sample(n, rng); }
    [[nodiscard]] moments<double, 1> sample_summary(Index n, as<moments<double, 1>> what, stream& rng) const {
      return law.sample_summary(n - 1, what, rng);
    }
  };
  const experiment what{miscounts{}, gaussian_estimator<double, 1>(divisor::n), replace{}};
  CHECK_THROWS_WITH_AS(run_lineage(what, {.generations = 2, .samples = 10}, stream(1)),
                       doctest::Contains("of a summary drawn by the truth"), std::invalid_argument);
}

TEST_CASE("plug-ins: data that models have made too large to fit end a lineage, and a truth's are a mistake") {
  struct picky {  // what it says of large data is what many estimators say
    gaussian<double, 1> fit(const samples<double, 1>& x, stream&) const {
      argument::require(std::isfinite(x.squaredNorm()), "picky::fit", "x", "large", "be small");
      return {x.mean(), 1e308};
    }
  };
  const plan how{.generations = 5, .samples = 10};
  const auto line = run_lineage(experiment{normal, picky{}, replace{}}, how, stream(1));
  CHECK(line.why == ending::failure);
  CHECK(line.generations == 1);
  CHECK_THROWS_AS(run_lineage(experiment{gaussian<double, 1>(0, 1e308), picky{}, replace{}}, how, stream(1)),
                  std::invalid_argument);
}

TEST_CASE("plug-ins: more observations than memory holds are refused before anything is drawn") {
  CHECK_THROWS_WITH_AS(
      run_lineage(chain(replace{}), {.generations = 1, .samples = Index{1} << 40, .how = draw::stored}, stream(1)),
      doctest::Contains("run_lineage: argument 'samples' is 1099511627776; it must need less memory: 8796093022208 bytes"),
      std::invalid_argument);
  // What the plan does not say is the recipe's.
  CHECK_THROWS_WITH_AS(
      run_lineage(chain(fresh_real(Index{1} << 41)), {.generations = 1, .samples = 5, .how = draw::stored}, stream(1)),
      doctest::Contains("run_lineage: argument 'ingredient.count' is 2199023255552; it must need"), std::invalid_argument);
}

TEST_CASE("sizes: counts do not wrap, and what memory cannot hold is refused by function, argument and bytes") {
  const Index half = Index{1} << 62;
  stream rng(1);
  auto m = normal.sample_summary(half, as<moments<double, 1>>{}, rng);
  const auto more = m;
  CHECK(m.count() == half);
  CHECK_THROWS_WITH_AS(m.merge(more), doctest::Contains("moments::merge: argument 'count()' is 4611686018427387904 + 4611"),
                       std::invalid_argument);
  CHECK_THROWS_AS(run_lineage(chain(accumulate{}), {.generations = 3, .samples = half}, stream(1)), std::invalid_argument);
  CHECK_THROWS_WITH_AS(
      static_cast<void>(normal.sample(Index{1} << 40, rng)),
      doctest::Contains("simulacra::gaussian::sample: argument 'n' is 1099511627776; it must need less memory: "
                        "8796093022208 bytes"),
      std::invalid_argument);
}
