#include "support.hpp"

#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>

#include <simulacra/recursion/any_recipe.hpp>
#include <simulacra/recursion/recipe_named.hpp>

using namespace simulacra_test;
using kind = source::kind;

namespace {

struct row {
  kind what;
  Index generation, count;
  double weight = -1;
};

bool same(const ingredients& list, const std::vector<row>& rows) {
  if (list.size() != rows.size()) return false;
  std::size_t i = 0;
  for (const ingredient& part : list) {
    const row& r = rows[i++];
    if (part.from != source{r.what, r.generation} || part.count != r.count || !close(part.weight, r.weight, 1e-15))
      return false;
  }
  return true;
}

}  // namespace

TEST_CASE("recipes: each one's list at generation 0 and later") {
  CHECK(same(replace{}(0, 10), {{kind::model, 0, 10}}));
  CHECK(same(replace{}(7, 10), {{kind::model, 7, 10}}));
  CHECK(same(accumulate{}(0, 10), {{kind::model, 0, 10}}));
  CHECK(same(accumulate{}(3, 10), {{kind::data, 2, everything}, {kind::model, 3, 10}}));
  CHECK(same(accumulate_subsample{}(3, 10), {{kind::data, 2, everything}, {kind::model, 3, 10}}));
  CHECK(accumulate_subsample{}(0, 10).subsample == 10);
  CHECK(accumulate_subsample{}.keeps().stored);
  using real = preserve::real;
  using place = preserve::place;
  CHECK(same(preserve(0.1)(0, 50), {{kind::truth, 0, 5}, {kind::truth, 0, 45}}));
  CHECK(same(preserve(0.1)(4, 50), {{kind::data, 0, 5}, {kind::model, 4, 45}}));
  CHECK(same(preserve(0.1, real::redrawn)(4, 50), {{kind::truth, 0, 5}, {kind::model, 4, 45}}));
  CHECK(same(preserve(0.1, real::fixed, place::on_top)(4, 50), {{kind::data, 0, 5}, {kind::model, 4, 50}}));
  CHECK(same(preserve(0.1, real::redrawn, place::on_top)(4, 50), {{kind::truth, 0, 5}, {kind::model, 4, 50}}));
  CHECK(same(preserve(0)(4, 50), {{kind::model, 4, 50}}));
  CHECK(same(preserve(1)(4, 50), {{kind::data, 0, 50}}));
  CHECK(same(fresh_real(20)(0, 80), {{kind::truth, 0, 20}, {kind::model, 0, 80}}));
  CHECK(same(fresh_real(0)(2, 80), {{kind::model, 2, 80}}));
  CHECK(same(general_process(0.6, 0.3, 0.1)(0, 9), {{kind::truth, 0, 9}}));
  const ingredients mixed = general_process(0.6, 0.3, 0.1)(5, 9);
  CHECK(same(mixed, {{kind::model, 5, 9, 0.6}, {kind::law, 4, 9, 0.3}, {kind::truth, 0, 9, 0.1}}));
  CHECK(mixed.independent_draws == 9);
  CHECK(same(general_process(1, 0, 0)(5, 9), {{kind::model, 5, 9, 1}}));
  CHECK(same(weighted(20, 0.3)(0, 80), {{kind::truth, 0, 20}}));
  CHECK(same(weighted(20, 0.3)(2, 80), {{kind::truth, 0, 20, 0.3}, {kind::model, 2, 80, 0.7}}));
  CHECK(same(window(2)(0, 10), {{kind::model, 0, 10}}));
  CHECK(same(window(2)(1, 10), {{kind::batch, 0, everything}, {kind::model, 1, 10}}));
  CHECK(same(window(2)(5, 10), {{kind::batch, 3, everything}, {kind::batch, 4, everything}, {kind::model, 5, 10}}));
  CHECK(same(window(0)(5, 10), {{kind::model, 5, 10}}));
  const any_recipe held(accumulate{});
  CHECK(same(held(3, 10), {{kind::data, 2, everything}, {kind::model, 3, 10}}));
  CHECK(held.keeps().data == 1);
}

TEST_CASE("recipes: by their names") {
  CHECK(same(recipe_named("replace")(3, 10), {{kind::model, 3, 10}}));
  CHECK(same(recipe_named("accumulate")(3, 10), {{kind::data, 2, everything}, {kind::model, 3, 10}}));
  CHECK(recipe_named("accumulate")(3, 10).subsample != 10);
  CHECK(recipe_named("accumulate_subsample")(3, 10).subsample == 10);
  CHECK(recipe_named("accumulate_subsample").keeps().stored);
  CHECK_THROWS_AS(static_cast<void>(recipe_named("Replace")), std::invalid_argument);
}

TEST_CASE("recipes: sizes of the training sets in every way of drawing") {
  for (const draw how : {draw::stored, draw::streamed, draw::collapsed}) {
    const plan p{.generations = 5, .samples = 10, .how = how};
    using list = std::vector<Index>;
    CHECK(counts(chain(replace{}), p) == list{10, 10, 10, 10, 10});
    CHECK(counts(chain(accumulate{}), p) == list{10, 20, 30, 40, 50});
    CHECK(counts(chain(preserve(0.3)), p) == list{10, 10, 10, 10, 10});
    CHECK(counts(chain(preserve(0.3, preserve::real::fixed, preserve::place::on_top)), p) == list{10, 13, 13, 13, 13});
    CHECK(counts(chain(fresh_real(4)), p) == list{14, 14, 14, 14, 14});
    CHECK(counts(chain(general_process(0.6, 0.3, 0.1)), p) == list{10, 10, 10, 10, 10});
    CHECK(counts(chain(weighted(4, 0.3)), p) == list{4, 14, 14, 14, 14});
    CHECK(counts(chain(window(2)), p) == list{10, 20, 30, 30, 30});
    CHECK(counts(experiment{normal, gaussian_estimator<double, 1>(divisor::n), replace{}, truncated(2.0)},
                 {.generations = 4, .samples = 700, .how = how == draw::collapsed ? draw::cheapest : how}) ==
          list{700, 700, 700, 700});
  }
  CHECK(counts(chain(accumulate_subsample{}), {.generations = 4, .samples = 10}) == std::vector<Index>{10, 10, 10, 10});
  CHECK(counts(chain(replace{}), {.generations = 4, .samples = schedule::linear(10, 5)}) ==
        std::vector<Index>{10, 15, 20, 25});
}

TEST_CASE("recipes: the law of the training data is reported with shares that add to 1") {
  run_lineage(chain(preserve(0.3)), plan{.generations = 3, .samples = 10}, stream(1), [](const auto& g) {
    double sum = 0;
    for (const law_part& part : g.law) sum += part.share;
    CHECK_CLOSE(sum, 1, 1e-15);
    REQUIRE(g.law.size() == 2);
    CHECK_CLOSE(g.law[0].share, 0.3, 1e-15);
    CHECK(g.law[0].from.what == (g.number == 1 ? kind::truth : kind::data));
  });
  run_lineage(chain(accumulate{}), plan{.generations = 4, .samples = 10}, stream(1), [](const auto& g) {
    if (g.number == 4) CHECK_CLOSE(g.law[0].share, 0.75, 1e-15);
  });
}

TEST_CASE("recipes: bad arguments name function argument and value") {
  CHECK(throws([] { preserve(1.5); }, "preserve", "fraction", "1.5"));
  CHECK(throws([] { preserve(-0.1); }, "preserve", "fraction", "-0.1"));
  CHECK(throws([] { preserve(std::nan("")); }, "preserve", "fraction", "nan"));
  CHECK(throws([] { fresh_real(-1); }, "fresh_real", "real", "-1"));
  CHECK(throws([] { general_process(0.5, 0.3, 0.1); }, "general_process", "alpha + beta + gamma"));
  CHECK(throws([] { general_process(-0.5, 1.4, 0.1); }, "general_process", "alpha", "-0.5"));
  CHECK(throws([] { weighted(0, 0.3); }, "weighted", "real", "0"));
  CHECK(throws([] { weighted(3, 2); }, "weighted", "weight", "2"));
  CHECK(throws([] { window(-2); }, "window", "width", "-2"));
  CHECK(throws([] { schedule(0); }, "schedule", "samples", "0"));
  CHECK(throws([] { static_cast<void>(schedule([](Index t) { return 1 - t; })(1)); }, "schedule", "f(t)", "0"));
  CHECK(throws([] { schedule(std::function<Index(Index)>{}); }, "schedule", "f", "empty"));
  CHECK(throws([] { schedule::linear(0, 1); }, "schedule::linear", "first"));
  CHECK(throws([] { schedule::linear(1, -1); }, "schedule::linear", "step"));
  CHECK(throws([] { schedule::geometric(0, 2); }, "schedule::geometric", "first"));
  CHECK(throws([] { schedule::geometric(1, 0.5); }, "schedule::geometric", "ratio"));
  CHECK(throws([] { schedule::geometric(1, std::nan("")); }, "schedule::geometric", "ratio", "nan"));
  CHECK(schedule::geometric(100, 2)(5) == 3200);
  CHECK(schedule::geometric(100, 2)(2000) == Index{1} << 53);
  // Numbers of a schedule do not wrap, and do not fall.
  constexpr Index most = std::numeric_limits<Index>::max(), half = Index{1} << 62;
  CHECK(schedule::linear(1, half)(1) == half + 1);
  for (const Index t : {Index{2}, Index{3}, Index{4}, most}) CHECK(schedule::linear(1, half)(t) == most);
  CHECK(schedule::linear(7, 1)(most - 7) == most);
  CHECK(schedule::linear(7, 1)(most - 6) == most);
  CHECK(schedule::linear(most, 0)(most) == most);
  CHECK(schedule::linear(most, 1)(1) == most);
  CHECK(schedule::geometric(half + 1, 1)(9) == half + 1);
  CHECK(schedule::geometric(half + 1, 2)(1) == half + 1);
  for (const Index m : {most, most - 1, half + 1})  // a share of m is no more than m
    for (const double f : {1.0, 1 - 1e-16, 0.5}) {
      const ingredients list = preserve(f, preserve::real::redrawn)(1, m);
      Index sum = 0;
      for (const ingredient& part : list) sum += part.count;
      CHECK((sum == m && list.begin()->count >= 1));
    }
  CHECK(throws([] { inflated(-1.0); }, "inflated", "lambda", "-1"));
  CHECK(throws([] { tempered(0.0); }, "tempered", "tau", "0"));
  CHECK(throws([] { truncated(std::nan("")); }, "truncated", "c", "nan"));
}
