#include "support.hpp"

#include <cmath>
#include <functional>
#include <limits>
#include <memory>

using namespace simulacra_test;

namespace {

/// A law that counts its living copies.
struct counted {
  gaussian<double, 1> law;
  std::shared_ptr<int> alive = tally();

  static std::shared_ptr<int> tally() {
    static const auto one = std::make_shared<int>();
    return one;
  }
  [[nodiscard]] Index dimension() const { return 1; }
  [[nodiscard]] samples<double, 1> sample(Index n, stream& rng) const { return law.sample(n, rng); }
  [[nodiscard]] moments<double, 1> sample_summary(Index n, as<moments<double, 1>> what, stream& rng) const {
    return law.sample_summary(n, what, rng);
  }
};

struct counted_estimator {
  using summary = moments<double, 1>;
  counted fit(const summary& m, stream&) const { return {gaussian_estimator<double, 1>(divisor::n).fit(m).model}; }
};

/// The most models that were alive after any generation.
template <class Recipe>
long most_alive(Recipe r, Index generations) {
  long most = 0;
  const experiment e{counted{normal}, counted_estimator{}, std::move(r)};
  run_lineage(e, plan{.generations = generations, .samples = 50}, stream(1),
              [&most](const auto&) { most = std::max(most, counted::tally().use_count()); });
  return most;
}

using recipe_function = std::function<ingredients(Index, Index)>;

auto run(recipe_function list, retention what = {}, draw how = draw::cheapest) {
  return run_lineage(chain(by_hand<recipe_function>{std::move(list), what}),
                     plan{.generations = 4, .samples = 10, .how = how}, stream(1));
}

}  // namespace

TEST_CASE("retention: memory stays bounded and a recipe without keeps has everything kept") {
  CHECK(most_alive(replace{}, 500) <= 8);
  CHECK(most_alive(accumulate{}, 500) <= 8);
  CHECK(most_alive(window(5), 500) <= 8);
  CHECK(most_alive(preserve(0.5), 500) <= 8);
  CHECK(most_alive(general_process(0.6, 0.3, 0.1), 500) <=
        150);  // 0.3^k falls under 1e-30 at k = 58; twice that between clean-ups
  const auto keepless = [](Index t, Index m) { return ingredients{from_model(t, m)}; };
  CHECK(most_alive(keepless, 500) >= 500);
}

TEST_CASE("retention: what was not kept is an error that says so") {
  const auto old_model = [](Index t, Index m) { return ingredients{from_model(t > 2 ? t - 2 : t, m)}; };
  CHECK(throws([&] { run(old_model); }, "run_lineage", "ingredient.from.generation", "is 1", "models"));
  CHECK_NOTHROW(run(old_model, {.models = 3}));
  CHECK_NOTHROW(run(old_model, {.models = everything}));
  CHECK(throws([&] { run([](Index t, Index m) { return ingredients{from_model(t + 1, m)}; }); },
               "ingredient.from.generation", "is 1"));
  const auto old_data = [](Index t, Index m) {
    return t < 2 ? ingredients{from_model(t, m)} : ingredients{from_data(t - 2), from_model(t, m)};
  };
  CHECK(throws([&] { run(old_data, {.data = 1}); }, "ingredient.from.generation", "data were kept"));
  CHECK_NOTHROW(run(old_data, {.data = 2}));
  const auto own_data = [](Index t, Index) { return ingredients{from_data(t)}; };
  CHECK(throws([&] { run(own_data, {.data = everything}); }, "ingredient.from.generation", "is 0"));
  const auto law = [](Index t, Index m) {
    ingredients list = t == 0 ? ingredients{from_truth(m)} : ingredients{from_law(t - 1, m)};
    list.independent_draws = t == 0 ? 0 : m;
    return list;
  };
  CHECK(throws([&] { run(law); }, "ingredient.from.generation", "law was kept"));
  CHECK_NOTHROW(run(law, {.laws = 1}));
}

TEST_CASE("gather: the caller's mistakes in a recipe are named") {
  CHECK(throws([] { run([](Index, Index) { return ingredients{}; }); }, "run_lineage", "recipe(t, m).size()", "is 0"));
  CHECK(throws([] { run([](Index t, Index) { return ingredients{from_model(t, 0)}; }); }, "recipe(t, m).size()", "is 0"));
  CHECK(throws([] { run([](Index t, Index) { return ingredients{from_model(t, -3)}; }); }, "run_lineage", "is -3"));
  CHECK(
      throws([] { run([](Index t, Index m) { return ingredients{from_law(t, m)}; }); }, "run_lineage", "independent_draws"));
  const auto half_weighted = [](Index t, Index m) {
    ingredient truth = from_truth(m);
    truth.weight = 0.5;
    return ingredients{truth, from_model(t, m)};
  };
  CHECK(throws([&] { run(half_weighted); }, "run_lineage", "ingredient.weight",
               "for every ingredient of a generation or for none"));
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()})
    CHECK(throws(
        [bad] {
          run([bad](Index, Index m) {
            ingredient truth = from_truth(m);
            truth.weight = bad;
            return ingredients{truth};
          });
        },
        "run_lineage", "ingredient.weight", "finite"));
  const auto weightless = [](Index, Index m) {
    ingredient truth = from_truth(m);
    truth.weight = 0;
    return ingredients{truth};
  };
  CHECK(throws([&] { run(weightless); }, "run_lineage", "total weight", "is 0"));
  const auto greedy = [](Index, Index m) {
    ingredients list{from_truth(m)};
    list.subsample = m + 1;
    return list;
  };
  CHECK(throws([&] { run(greedy, {.stored = true}); }, "run_lineage", "ingredients.subsample", "is 11"));
  CHECK(throws([&] { run(greedy); }, "run_lineage", "plan.how", "draw::stored"));
  const auto backwards = [](Index, Index m) {
    ingredients list{from_truth(m)};
    list.subsample = -1;
    return list;
  };
  CHECK(throws([&] { run(backwards, {.stored = true}); }, "ingredients.subsample", "is -1"));
  const auto too_many = [](Index t, Index m) {
    return t == 0 ? ingredients{from_truth(m)} : ingredients{from_data(t - 1, m + 1)};
  };
  CHECK(throws([&] { run(too_many, {.data = 1}, draw::stored); }, "ingredient.count", "is 11"));
  const auto cut = [](Index t, Index m) {
    return t == 0 ? ingredients{from_truth(m)} : ingredients{from_data(t - 1, m - 1)};
  };
  CHECK(throws([&] { run(cut, {.data = 1}, draw::collapsed); }, "plan.how", "draw::collapsed", "draw::stored"));
  CHECK_NOTHROW(
      run([](Index t, Index m) { return t == 0 ? ingredients{from_truth(m)} : ingredients{from_data(t - 1, m - t)}; },
          {.data = 1}, draw::stored));
  const auto not_independent = [](Index t, Index m) {
    ingredients list = t == 0 ? ingredients{from_truth(m)} : ingredients{from_data(t - 1), from_truth(m)};
    list.independent_draws = t == 0 ? 0 : m;
    return list;
  };
  CHECK(throws([&] { run(not_independent, {.data = 1}); }, "independent_draws", "kept data"));
}

TEST_CASE("gather: a way of drawing that cannot be had is refused with the reason") {
  const plan collapsed{.generations = 2, .samples = 10, .how = draw::collapsed};
  const plan streamed{.generations = 2, .samples = 10, .how = draw::streamed};
  CHECK(throws([&] { run_lineage(chain(accumulate_subsample{}), collapsed, stream(1)); }, "run_lineage", "plan.how",
               "draw::collapsed"));
  CHECK(throws([&] { run_lineage(chain(accumulate_subsample{}), streamed, stream(1)); }, "run_lineage", "plan.how",
               "draw::streamed"));
  const experiment cut{normal, gaussian_estimator<double, 1>(divisor::n), replace{}, truncated(2.0)};
  CHECK(throws([&] { run_lineage(cut, collapsed, stream(1)); }, "run_lineage", "plan.how", "sample_summary"));
  CHECK_NOTHROW(run_lineage(cut, streamed, stream(1)));
}

TEST_CASE("gather: weights of one generation do not leak into the next") {
  const auto alternating = [](Index t, Index m) {
    ingredient a = from_truth(m + t), b = from_model(t, m);
    if (t % 2 == 1) {
      a.weight = 0.9;
      b.weight = 0.1;
      return ingredients{a, b};
    }
    return ingredients{a};
  };
  for (const draw how : {draw::stored, draw::streamed, draw::collapsed})
    run_lineage(chain(by_hand{alternating}), plan{.generations = 6, .samples = 10, .how = how}, stream(1),
                [](const auto& g) {
                  CHECK_CLOSE(g.data.weight(), static_cast<double>(g.data.count()), 1e-12);
                  CHECK(g.data.w.size() == (g.data.stored() && g.number % 2 == 0 ? g.data.count() : 0));
                });
}

TEST_CASE("gather: an estimator that cannot weigh is told so and one that can is given the weights") {
  struct mean_only {
    gaussian<double, 1> fit(const samples<double, 1>& x, stream&) const { return {x.mean(), 1.0}; }
  };
  const plan p{.generations = 3, .samples = 10};
  CHECK(throws(
      [&] {
        run_lineage(experiment{normal, mean_only{}, weighted(5, 0.5)}, p, stream(1));
      },
      "run_lineage", "estimator", "weights"));
  CHECK_NOTHROW(run_lineage(experiment{normal, mean_only{}, accumulate{}}, p, stream(1)));
  const experiment single{gaussian<float, 2>::standard(), gaussian_estimator<float, 2>(divisor::n), weighted(5, 0.5)};
  for (const draw how : {draw::stored, draw::streamed, draw::collapsed})
    CHECK_NOTHROW(run_lineage(single, plan{.generations = 3, .samples = 10, .how = how}, stream(1)));
}

TEST_CASE("weights: kept data weigh the same whether they are kept as the first or as the last") {
  // Generation 0 weighs its two halves; generation 1 pools those data with as many unweighted draws: half and half.
  const recipe_function list = [](Index t, Index m) -> ingredients {
    if (t == 0) return {{{source::kind::truth, 0}, 5, 0.5}, {{source::kind::truth, 0}, 5, 0.5}};
    return {from_data(t - 1), from_model(t, m)};
  };
  for (const draw how : {draw::stored, draw::collapsed})
    for (const retention& keeps : {retention{.data = 1}, retention{.data = 1, .first_data = true}}) {
      double share = 0, weight = 0;
      run_lineage(chain(by_hand<recipe_function>{list, keeps}), plan{.generations = 2, .samples = 10, .how = how}, stream(1),
                  [&](const auto& g) {
                    share = g.law[0].share;
                    weight = g.data.weight();
                  });
      CHECK(share == doctest::Approx(0.5).epsilon(1e-12));
      CHECK(weight == doctest::Approx(20.0).epsilon(1e-12));
    }
}

TEST_CASE("weights: a negative one is a mistake, not a missing one") {
  CHECK_THROWS_AS(run([](Index, Index) -> ingredients {
                    return {{{source::kind::truth, 0}, 5, -0.5}};
                  }),
                  std::invalid_argument);
}

TEST_CASE("a training set says how it was drawn and not how it was asked for") {
  const auto ways = [](auto recipe) {
    std::vector<draw> seen;
    const experiment e{gaussian<double, 1>(0, 1), gaussian_estimator<double, 1>(divisor::n), recipe, truncated(3)};
    run_lineage(e, plan{.generations = 3, .samples = 20}, stream(4), [&seen](const auto& g) { seen.push_back(g.data.how); });
    return seen;
  };
  // The truth collapses; a model that is cut off has no summary of its own and is streamed.
  CHECK(ways(replace{}) == std::vector{draw::collapsed, draw::streamed, draw::streamed});
  CHECK(ways(accumulate{}) == std::vector{draw::collapsed, draw::streamed, draw::streamed});
  CHECK(ways(preserve(1, preserve::real::redrawn)) == std::vector{draw::collapsed, draw::collapsed, draw::collapsed});
}

TEST_CASE("a lineage has nobody else to read") {
  for (const Index who : {Index{0}, Index{3}, everyone})
    for (const auto& part : {from_truth(5, who), from_model(0, 5, who)}) {
      CHECK_THROWS_AS(run([part](Index, Index) -> ingredients { return {part}; }), std::invalid_argument);
      CHECK_THROWS_AS(run([part](Index, Index) -> ingredients { return {from_truth(2), part}; }), std::invalid_argument);
    }
  CHECK_THROWS_AS((void)from_truth(5, -3), std::invalid_argument);
  CHECK_THROWS_AS((void)from_model(1, 5, source::most_members), std::invalid_argument);
}
