#include "support.hpp"

#include <vector>

using namespace simulacra_test;

namespace {

/// Sums up what it is shown, part by part.
struct onlooker {
  struct seen {
    Index generation;
    source from;
    Index count;
    double weight;
    bool had_observations;
    moments<double, 1> sum;
  };
  std::vector<seen> all;

  template <class Part, class Observations>
  void gathered(const Part& part, const Observations& observations) {
    seen s{part.generation, part.what.from, part.data.count(), part.data.weight(), false, moments<double, 1>()};
    s.had_observations = observations([&](const auto& block) { s.sum.fold(block); });
    all.push_back(s);
  }
  template <class Generation>
  void operator()(const Generation&) {}
};

/// Compares what it is shown with what the summary says.
struct compare {
  bool expect;
  int agreed = 0, parts = 0;
  template <class Part, class Observations>
  void gathered(const Part& part, const Observations& observations) {
    ++parts;
    moments<double, 1> sum;
    const bool seen = observations([&](const auto& block) { sum.fold(block); });
    CHECK(seen == expect);
    if (!seen) return;
    CHECK(sum.count() == part.data.count());
    if (std::abs(sum.mean()[0] - part.data.summary.mean()[0]) < 1e-14 &&
        std::abs(sum.scatter()(0, 0) / part.data.summary.scatter()(0, 0) - 1) < 1e-12)
      ++agreed;
  }
  template <class Generation>
  void operator()(const Generation&) {}
};

template <class Recipe>
auto watch(const Recipe& recipe, draw how, onlooker& by) {
  const experiment what{gaussian<double, 1>(0, 1), gaussian_estimator<double, 1>(divisor::n), recipe};
  return run_lineage(what, {.generations = 4, .samples = 30, .how = how}, stream(5), by);
}

}  // namespace

TEST_CASE("an observer is shown each part as it is gathered") {
  onlooker by;
  watch(accumulate{}, draw::stored, by);
  REQUIRE(by.all.size() == 7);  // one part, then an old and a new one in each of three generations
  CHECK(by.all[0].from == source{source::kind::model, 0});
  CHECK(by.all[1].from == source{source::kind::data, 0});
  CHECK(by.all[2].from == source{source::kind::model, 1});
  CHECK(by.all[5].generation == 3);
  CHECK(by.all[5].count == 90);
  CHECK(by.all[6].count == 30);
}

TEST_CASE("what is shown of streamed draws are the draws themselves, and of collapsed ones nothing") {
  const gaussian<double, 1> truth(0, 1);
  for (const draw how : {draw::streamed, draw::collapsed}) {
    compare by{how == draw::streamed};
    const experiment what{truth, gaussian_estimator<double, 1>(divisor::n), replace{}};
    run_lineage(what, {.generations = 3, .samples = 1000, .how = how}, stream(8), by);
    CHECK(by.parts == 3);
    CHECK(by.agreed == (how == draw::streamed ? 3 : 0));
  }
}

TEST_CASE("parts have the weights that they count with") {
  onlooker by;
  watch(weighted(10, 0.25), draw::stored, by);
  REQUIRE(by.all.size() == 7);
  CHECK(by.all[1].weight == doctest::Approx(0.25).epsilon(1e-12));
  CHECK(by.all[2].weight == doctest::Approx(0.75).epsilon(1e-12));
}

TEST_CASE("an observer that is shown parts changes no bit") {
  onlooker by;
  const experiment what{gaussian<double, 1>(0, 1), gaussian_estimator<double, 1>(divisor::n), accumulate{}};
  for (const draw how : {draw::stored, draw::streamed, draw::collapsed}) {
    const auto with = run_lineage(what, {.generations = 5, .samples = 20, .how = how}, stream(3), by);
    const auto without = run_lineage(what, {.generations = 5, .samples = 20, .how = how}, stream(3));
    CHECK(*with.model == *without.model);
  }
}
