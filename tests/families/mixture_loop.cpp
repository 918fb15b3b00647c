#include "support/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <simulacra/families/mixture/estimator.hpp>
#include <simulacra/families/mixture/labelled.hpp>
#include <simulacra/recursion/lineage.hpp>
#include <simulacra/recursion/recipes.hpp>
#include <simulacra/testing/check_estimator.hpp>

// Mixtures in the loop: EM on stored draws, known labels in all three ways of drawing.

using namespace simulacra;

namespace {

using g1 = gaussian<double, 1>;
using m1 = gaussian_mixture<double, 1>;

const m1 two({0.3, 0.7}, {g1(-10, 1), g1(10, 4)});

}  // namespace

TEST_CASE("mixture loop: EM runs under every recipe and passes the check of plug-ins") {
  const auto warm = mixture_estimator<double, 1>({.components = 2}).starting_from(two);
  const auto found = check_estimator(two, warm, stream(1));
  CHECK_MESSAGE(found.passed(), found.broken());
  const auto line = run_lineage(experiment{two, mixture_estimator<double, 1>({.components = 2}), weighted{100, 0.5}},
                                {.generations = 5, .samples = 200}, stream(2));
  CHECK(line.generations == 5);
  CHECK(line.model->size() == 2);
}

TEST_CASE("mixture loop: with a warm start each fit is the one that starts from the model before, and takes fewer steps") {
  const mixture_estimator<double, 1> cold({.components = 2, .tolerance = 1e-9});
  std::vector<m1> before;
  Index warm_steps = 0, cold_steps = 0;
  run_lineage(experiment{m1(g1(0, 1)), warm_started(cold), replace{}}, {.generations = 8, .samples = 300}, stream(2),
              [&](const auto& g) {
                stream rng = g.root.at(static_cast<std::uint64_t>(g.number - 1), purpose::fit), other = rng;
                if (!before.empty()) {
                  const auto again = cold.starting_from(before.back()).fit_in_detail(g.data.data, rng);
                  CHECK(again.model == g.model);
                  warm_steps += again.iterations;
                  cold_steps += cold.fit_in_detail(g.data.data, other).iterations;
                }
                before.push_back(g.model);
              });
  CHECK(before.size() == 8);
  CHECK(warm_steps > 0);
  CHECK(warm_steps != cold_steps);
}

TEST_CASE("mixture loop: a warm start goes on when a component has died") {
  // Few points, no floor: components are lost on the way, and what is left goes on without a NaN.
  const mixture_estimator<double, 1> cold({.components = 3});
  Index fewest = 3;
  const auto line = run_lineage(experiment{two, warm_started(cold), replace{}}, {.generations = 60, .samples = 12},
                                stream(4), [&](const auto& g) {
                                  fewest = (std::min)(fewest, g.model.size());
                                  CHECK(std::isfinite(g.model.mean()[0]));
                                  CHECK(std::isfinite(g.model.covariance()(0, 0)));
                                });
  CHECK(line.generations >= 10);
  CHECK(fewest < 3);
}

TEST_CASE("mixture loop: a mixture feeds a Gaussian's collapsed draws") {
  const experiment what{two, gaussian_estimator<double, 1>(divisor::n), fresh_real{50}};
  CHECK_NOTHROW(run_lineage(what, {.generations = 3, .samples = 50, .how = draw::collapsed}, stream(1)));
}

namespace {

/// Weight of the first component after so many generations of known labels, over many lineages.
struct weights_seen {
  std::vector<double> mean, square;
};
weights_seen labelled_chain(draw how, Index generations, Index samples, int replicates) {
  const experiment what{labelled_mixture<double, 1>(two), labelled_mixture_estimator<double, 1>(divisor::n), replace{}};
  weights_seen seen;
  for (int r = 0; r < replicates; ++r) {
    const auto line = run_lineage(what, {.generations = generations, .samples = samples, .how = how},
                                  stream(stream_key{8, 0}, {.replicate = static_cast<std::uint64_t>(r)}));
    const double w = line.model->law().weight(0);
    seen.mean.push_back(w);
    seen.square.push_back((w - 0.3) * (w - 0.3));
  }
  return seen;
}

}  // namespace

TEST_CASE("mixture loop: with known labels weights are a Wright-Fisher chain, however they are drawn") {
  // E w = w_0, Var w_t = w_0 (1 - w_0) (1 - (1 - 1/M)^t).
  const Index t = 10, m = 40;
  const double variance = 0.21 * (1 - std::pow(1 - 1.0 / static_cast<double>(m), static_cast<double>(t)));
  for (const draw how : {draw::collapsed, draw::streamed, draw::stored}) {
    const auto seen = labelled_chain(how, t, m, how == draw::collapsed ? 4000 : 1500);
    const auto a = simulacra_test::mean_of(seen.mean), b = simulacra_test::mean_of(seen.square);
    CHECK_Z(a.mean, 0.3, a.standard_error);
    CHECK_Z(b.mean, variance, b.standard_error);
    // a chain that takes one generation fewer is noticed
    const double fewer = 0.21 * (1 - std::pow(1 - 1.0 / static_cast<double>(m), static_cast<double>(t) / 2));
    CHECK(std::abs(simulacra_test::z_score(b.mean, fewer, b.standard_error)) > 4.5);
  }
}

TEST_CASE("mixture loop: EM on well separated modes has the weights of known labels") {
  stream rng(3);
  labelled_samples<double, 1> x = labelled_mixture<double, 1>(two).sample(2000, rng);
  const auto em = mixture_estimator<double, 1>({.components = 2}).starting_from(two).fit(x.x, rng);
  labelled_moments<double, 1> m;
  m.fold(x);
  const auto known = labelled_mixture_estimator<double, 1>(divisor::n).fit(m, rng);
  CHECK(known.result.ok());
  for (Index j = 0; j < 2; ++j) {
    CHECK_CLOSE(em.model.weight(j), known.model.law().weight(j), 1e-5);
    CHECK(std::abs(em.model.component(j).mean()[0] - known.model.law().component(j).mean()[0]) < 1e-4);
    CHECK_CLOSE(em.model.component(j).variance(), known.model.law().component(j).variance(), 1e-3);
  }
}

TEST_CASE("mixture loop: a lost label stays at weight 0 and is reported") {
  stream rng(1);
  const labelled_mixture<double, 1> nearly(m1({1e-9, 1.0}, {g1(0, 1), g1(3, 1)}));
  const auto m = nearly.sample_summary(50, as<labelled_moments<double, 1>>{}, rng);
  CHECK(m.count() == 50);
  CHECK(m.weight() == 50);
  const auto f = labelled_mixture_estimator<double, 1>(divisor::n).fit(m, rng);
  CHECK(f.result.what == status::degenerate);
  CHECK(f.model.law().size() == 2);
  CHECK(f.model.law().weight(0) == 0);
  const auto again = f.model.sample(100, rng);
  for (const Index label : again.label) CHECK(label == 1);
  // Merging, folding and weights agree.
  labelled_samples<double, 1> x = nearly.sample(30, rng);
  labelled_moments<double, 1> once, halves;
  x.label[3] = 0;
  once.fold(x, weights<double>::Constant(30, 2.0));
  using traits = data_traits<labelled_samples<double, 1>>;
  labelled_samples<double, 1> front = traits::front(x, 10), joined = front;
  std::vector<Index> rest;
  for (Index i = 10; i < 30; ++i) rest.push_back(i);
  traits::append(joined, traits::select(x, rest));
  CHECK(joined.x == x.x);
  CHECK(joined.label == x.label);
  halves.fold(front);
  labelled_moments<double, 1> other;
  other.fold(traits::select(x, rest));
  halves.merge(other);
  halves.reweight(2);
  CHECK_CLOSE(halves.of_label()[1].scatter()(0, 0), once.of_label()[1].scatter()(0, 0), 1e-12);
  CHECK(halves.weight() == once.weight());
  CHECK_THROWS_AS(once.fold({x.x, {}}), std::invalid_argument);
  x.label[0] = -1;
  CHECK_THROWS_AS(once.fold(x), std::invalid_argument);
}
