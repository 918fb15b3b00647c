// Policies that change from one generation to the next: the loop, the ledger and the knock-outs ask them in the same place.
#include "support/statistics.hpp"
#include "support/throws.hpp"

#include <cmath>
#include <cstdint>
#include <vector>

#include <simulacra/families/gaussian/signed.hpp>
#include <simulacra/gaussian.hpp>
#include <simulacra/ledger/ledger.hpp>
#include <simulacra/ledger/population_chain.hpp>
#include <simulacra/ledger/risk_ledger.hpp>
#include <simulacra/recursion.hpp>

using namespace simulacra;
using simulacra_test::close;
using simulacra_test::mean_of;
using simulacra_test::throws;
using simulacra_test::z_limit;
using simulacra_test::z_score;

namespace {

const gaussian<double, 1> normal(0.0, 1.0);
const gaussian_estimator<double, 1> likelihood(divisor::n);

double lambda_of(Index n) { return 1 + 0.5 / static_cast<double>(n); }
const annealed widening([](double lambda) { return inflated(lambda); }, lambda_of);

/// The divisor n in odd generations, n - 1 in even ones.
const scheduled in_turn(likelihood, [](const auto&, const auto& at) {
  return gaussian_estimator<double, 1>(at.generation % 2 == 1 ? divisor::n : divisor::n_minus_1);
});

/// One that counts how often it was told where to begin.
struct starting : gaussian_estimator<double, 1> {
  using gaussian_estimator<double, 1>::gaussian_estimator;
  Index* told = nullptr;
  [[nodiscard]] starting starting_from(const gaussian<double, 1>&) const {
    ++*told;
    return *this;
  }
};

/// Mean and error of the last variance over lineages.
template <class Estimator, class Decoder>
simulacra_test::mean_and_error last_variance(const Estimator& estimator, const Decoder& decoder, const plan& how) {
  std::vector<double> v;
  for (std::uint64_t r = 0; r < 4000; ++r)
    v.push_back(
        run_lineage(experiment{normal, estimator, replace{}, decoder}, how, stream(stream_key{3, 0}, {.replicate = r}))
            .model->variance());
  return mean_of(v);
}

}  // namespace

TEST_CASE("place: an annealed decoder and a scheduled estimator are asked with the number of the model") {
  // A generation multiplies E v by (1 - 1/M) under divisor n, and the publication of model i by lambda_i; model 5 is not published.
  const plan how{.generations = 5, .samples = 20};
  double expected = std::pow(0.95, 5.0);
  for (Index i = 1; i < 5; ++i) expected *= lambda_of(i);
  const auto wide = last_variance(likelihood, widening, how);
  CHECK_Z(wide.mean, expected, wide.standard_error);
  // asked with the number of the generation that draws, one too many, it would be noticed
  CHECK(std::abs(z_score(wide.mean, expected * lambda_of(5) / lambda_of(1), wide.standard_error)) > z_limit);
  const auto turns = last_variance(in_turn, as_is{}, how);
  CHECK_Z(turns.mean, std::pow(0.95, 3.0), turns.standard_error);
  CHECK(std::abs(z_score(turns.mean, std::pow(0.95, 2.0), turns.standard_error)) > z_limit);
}

TEST_CASE("place: constant policies have the bits of those that know no place") {
  const plan how{.generations = 7, .samples = 10};
  const annealed same([](double lambda) { return inflated(lambda); }, [](Index) { return 1.2; });
  const scheduled always(likelihood, [](const auto& e, const auto&) { return e; });
  const auto plain = run_lineage(experiment{normal, likelihood, accumulate{}, inflated(1.2)}, how, stream(4));
  CHECK(*run_lineage(experiment{normal, likelihood, accumulate{}, same}, how, stream(4)).model == *plain.model);
  CHECK(*run_lineage(experiment{normal, always, accumulate{}, inflated(1.2)}, how, stream(4)).model == *plain.model);
  Index told = 0;
  starting begins(divisor::n);
  begins.told = &told;
  const auto warm = warm_started(scheduled(begins, [](const auto& e, const auto&) { return e; }));
  CHECK(*run_lineage(experiment{normal, warm, accumulate{}, same}, how, stream(4)).model == *plain.model);
  CHECK(told == 6);
}

TEST_CASE("place: a policy sees the truth, and has streams of its own") {
  // Published is the truth's mean, moved by a number that is drawn once a lineage: all generations are moved alike.
  const auto decode = [](const gaussian<double, 1>&, const auto& at) {
    stream own = at.root.at(0, purpose::decode);
    return gaussian<double, 1>(at.truth.mean()[0] + 10 * uniform(own), 1e-300);
  };
  const auto twice = [&](Index generations) {
    return run_lineage(experiment{normal, likelihood, replace{}, decode}, {.generations = generations, .samples = 4},
                       stream(8))
        .model->mean()[0];
  };
  stream own = stream(8).at(0, purpose::decode);
  const double moved = 10 * uniform(own);
  CHECK(close(twice(2), moved, 1e-12));
  CHECK(close(twice(5), moved, 1e-12));
  const annealed cold([](double tau) { return tempered(tau); }, [](Index n) { return 2 - static_cast<double>(n); });
  CHECK(throws(
      [&] {
        run_lineage(experiment{normal, likelihood, replace{}, cold}, {.generations = 5, .samples = 4}, stream(1));
      },
      "tempered", "tau", "0"));
}

TEST_CASE("place: with infinitely many data the chain is the product of what is published") {
  double expected = 1;
  for (Index i = 1; i < 6; ++i) expected *= lambda_of(i);
  const auto limit =
      run_population(experiment{normal, likelihood, replace{}, widening}, {.generations = 6, .samples = 10}, stream(1), 4);
  CHECK(close(limit->variance(), expected, 1e-14));
}

TEST_CASE("place: the ledgers book decoding and fits where they were asked") {
  const experiment what{normal, in_turn, replace{}, widening};
  const gaussian_rkhs<double, 1> space(1.0);
  std::vector<gaussian<double, 1>> models, laws{normal};
  ledger books(what, space);
  risk_ledger risks(what);
  run_lineage(what, {.generations = 4, .samples = 12}, stream(2), books, risks, [&](const auto& g) {
    models.push_back(g.model);
    laws.push_back(g.model.inflated(lambda_of(g.number)));
  });
  REQUIRE(books.rows().size() == 4);
  REQUIRE(risks.rows().size() == 4);
  const auto squared = [&](const gaussian<double, 1>& a, const gaussian<double, 1>& b) {
    auto x = space.zero(), y = space.zero();
    space.embed(a, x);
    space.embed(b, y);
    space.add(x, -1, y);
    return space.inner(x, x);
  };
  const auto divergence = [](const gaussian<double, 1>& p, const gaussian<double, 1>& q) {
    const double ratio = p.variance() / q.variance(), away = p.mean()[0] - q.mean()[0];
    return (ratio - 1 - std::log(ratio) + away * away / q.variance()) / 2;
  };
  for (std::size_t i = 0; i < 4; ++i) {
    INFO("generation ", i + 1);
    const ledger_row& row = books.rows()[i];
    CHECK(row.residual <= 1e-10);
    CHECK(close(row.distance_sq, squared(models[i], normal), 1e-9));
    CHECK(
        close(row.step_of(term::statistical), squared(models[i], laws[i]), 1e-9));  // of this fit, from the law of its data
    CHECK(close(risks.rows()[i].total, divergence(laws[i], models[i]), 1e-9));
  }
  // decoded in another place it would not be: the yardstick can tell
  CHECK_FALSE(close(books.rows()[2].step_of(term::statistical), squared(models[2], models[1].inflated(lambda_of(3))), 1e-3));
}

TEST_CASE("place: the ideal learner of a scheduled estimator is the one of each place") {
  // A floor of variance that falls: the ideal has none, and with infinitely many data it finds the truth in every generation.
  const gaussian_estimator<double, 1> floored(divisor::n, {.shrinkage = 0, .floor = 1});
  const scheduled thawing(floored, [](const auto&, const auto& at) {
    return gaussian_estimator<double, 1>(divisor::n, {.shrinkage = 0, .floor = 1 / static_cast<double>(at.generation)});
  });
  const plan how{.generations = 3, .samples = 10};
  CHECK(close(run_population(experiment{normal, thawing, replace{}}, how, stream(1), 4)->variance(), 1 + 1 + 0.5 + 1.0 / 3,
              1e-14));
  CHECK(
      close(run_population(experiment{normal, thawing.ideal(), replace{}}, how, stream(1), 4, true)->variance(), 1, 1e-14));
}

TEST_CASE("place: a truth that moves is asked by the loop, by books and with infinitely many data") {
  // Its mean is n beside the fit of model n; half of the data are fresh, half the last model's, all of variance 1 about their means.
  const moving truth(normal, [](const auto& law, const auto& at) {
    return gaussian<double, 1>(law.mean()[0] + static_cast<double>(at.generation), 1);
  });
  const experiment what{truth, likelihood, fresh_real{200'000}};
  const plan how{.generations = 4, .samples = 200'000};
  const gaussian_rkhs<double, 1> space(1.0);
  ledger books(what, space);
  risk_ledger risks(what);
  std::vector<double> seen, means;
  run_lineage(what, how, stream(2), books, risks, [&](const auto& g) {
    seen.push_back(g.truth.mean()[0]);
    means.push_back(g.model.mean()[0]);
  });
  CHECK(seen == std::vector<double>{1, 2, 3, 4});
  double mean = 1, variance = 1;  // the first fit is to fresh data twice over
  for (int n = 2; n <= 4; ++n) {
    variance = (1 + variance) / 2 + (mean - n) * (mean - n) / 4;
    mean = (mean + n) / 2;
    CHECK(std::abs(means[static_cast<std::size_t>(n - 1)] - mean) < 0.05);
  }
  const auto limit = run_population(what, how, stream(1), 100);
  CHECK(close(limit->mean()[0], mean, 1e-14));
  CHECK(close(limit->variance(), variance, 1e-14));
  for (const ledger_row& row : books.rows()) CHECK(row.residual <= 1e-10);
  const ledger_row& last = books.rows().back();
  CHECK(books.rows().front().squared_of(term::drift) == 0);
  CHECK(last.share(term::drift) > 0.5);
  // measured from where the truth is: the distance of N(mean, variance) from N(4, 1)
  auto x = space.zero(), y = space.zero();
  space.embed(*limit, x);
  space.embed(gaussian<double, 1>(4, 1), y);
  space.add(x, -1, y);
  CHECK(std::abs(last.distance_sq - space.inner(x, x)) < 0.02);
  for (const risk_terms& row : risks.rows()) CHECK(std::isfinite(row.statistical));
  // one that stands still has the bits of a truth
  const moving still(normal, [](const auto& law, const auto&) { return law; });
  CHECK(run_lineage(experiment{still, likelihood, fresh_real{9}}, {.generations = 5, .samples = 9}, stream(1))
            .model->variance() ==
        run_lineage(experiment{normal, likelihood, fresh_real{9}}, {.generations = 5, .samples = 9}, stream(1))
            .model->variance());
}
