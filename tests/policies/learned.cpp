// Verifiers that have learned from real points, and pools whose origin is only guessed.
#include "support/statistics.hpp"
#include "support/throws.hpp"

#include <cmath>
#include <cstdint>
#include <vector>

#include <simulacra/categorical.hpp>
#include <simulacra/gaussian.hpp>
#include <simulacra/policies/augmented.hpp>
#include <simulacra/policies/scheduled.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory/verifier.hpp>

using namespace simulacra;
using simulacra_test::close;
using simulacra_test::mean_of;
using simulacra_test::throws;
using simulacra_test::z_limit;
using simulacra_test::z_score;

namespace {

const gaussian<double, 1> normal(0.0, 1.0);
const gaussian_estimator<double, 1> likelihood(divisor::n);

const gaussian_mean_estimator<double, 1> mean_only(1);

const verified_by about_mean(25, mean_only, [](const auto& v, const auto& x) { return std::abs(x[0] - v.mean()[0]) < 1; });

/// One that asks what the verifier of a lineage has learned.
struct centre_of {
  double* centre;
  template <class M, class Truth>
  [[nodiscard]] auto operator()(const M& m, const place<Truth>& at) const {
    *centre = about_mean.learned(at).mean()[0];
    return about_mean(m, at);
  }
};

}  // namespace

TEST_CASE("verified_by: one verifier a lineage, as good as its points, and a chain that goes where it points") {
  std::vector<double> centres, squares, off, off_from_truth;
  for (std::uint64_t r = 0; r < 150; ++r) {
    double centre = 0;
    std::vector<double> seen;
    const stream root(stream_key{8, 0}, {.replicate = r});
    const auto line = run_lineage(experiment{normal, mean_only, replace{}, centre_of{&centre}},
                                  {.generations = 4, .samples = 2000}, root, [&](const auto&) { seen.push_back(centre); });
    CHECK(seen[1] == seen[3]);  // model 1 is first decoded for the second fit
    centres.push_back(centre);
    squares.push_back(centre * centre * 25);
    // of infinitely many draws: where three passes through a window about it lead. By symmetry the mean of the difference is 0
    const double expected = theory::verified_window(0, centre, 1, 3).mean;
    off.push_back((line.model->mean()[0] - expected) * (centre > 0 ? 1 : -1));
    off_from_truth.push_back(line.model->mean()[0] * (centre > 0 ? 1 : -1));
  }
  CHECK_Z(mean_of(centres).mean, 0, mean_of(centres).standard_error);
  CHECK_Z(mean_of(squares).mean, 1, std::sqrt(2.0 / 150));
  CHECK_Z(mean_of(off).mean, 0, mean_of(off).standard_error);
  CHECK_FALSE(std::abs(z_score(mean_of(off_from_truth).mean, 0, mean_of(off_from_truth).standard_error)) <= z_limit);
}

TEST_CASE("verified_by: symbols, filters, and mistakes") {
  // A verifier that has seen both of two symbols lets both pass; one that has seen one only the other never.
  const verified_by known(2, categorical_estimator(2), [](const auto& v, const auto& x) { return v.probability(x[0]) > 0; });
  const experiment what{categorical{0.5, 0.5}, categorical_estimator(2), replace{}, known};
  Index pure = 0;
  for (std::uint64_t r = 0; r < 400; ++r) {
    const auto line = run_lineage(what, {.generations = 2, .samples = 100}, stream(stream_key{3, 0}, {.replicate = r}));
    const double p = line.model->probability(0);
    pure += p == 0 || p == 1 ? 1 : 0;
  }
  CHECK_Z(static_cast<double>(pure), 200, std::sqrt(100.0));
  struct tried {
    ingredients operator()(Index t, Index m) const { return {t == 0 ? from_truth(m) : from_model(t, m).filtered()}; }
    [[nodiscard]] retention keeps() const { return {}; }
  };
  const auto some =
      run_lineage(experiment{normal, mean_only, tried{}, about_mean}, {.generations = 3, .samples = 100}, stream(1));
  CHECK(some.generations == 3);
  CHECK(throws([] { verified_by(0, mean_only, [](const auto&, const auto&) { return true; }); }, "verified_by", "points",
               "0"));
  CHECK(throws([] { verified_by(1, mean_only, [](const auto&, const auto&) { return true; }, {.keep = 2}); }, "keep", "2"));
}

TEST_CASE("importance_resampled: what is fitted has the law that the odds restore") {
  // Half of the pool is N(0, 1), half N(2, 1); of x the odds that it is of the first are e^(2 - 2x).
  const auto real = [](const auto& x) { return 1 / (1 + std::exp(2 * x[0] - 2)); };
  const importance_resampled fit(likelihood, real);
  std::vector<double> means, plain;
  for (std::uint64_t r = 0; r < 200; ++r) {
    stream rng(stream_key{4, 0}, {.replicate = r});
    samples<double, 1> pool(1, 4000);
    pool.leftCols(2000) = normal.sample(2000, rng);
    pool.rightCols(2000) = gaussian<double, 1>(2, 1).sample(2000, rng);
    means.push_back(fit.fit(pool, rng).model.mean()[0]);
    plain.push_back(likelihood.fit(pool, rng).model.mean()[0]);
  }
  // a ratio of means: its bias is below 4 / n
  CHECK_Z(mean_of(means).mean, 0, std::hypot(mean_of(means).standard_error, 4.0 / 4000));
  CHECK_FALSE(std::abs(z_score(mean_of(plain).mean, 0, mean_of(plain).standard_error)) <= z_limit);
  // weights of a recipe count, and weight 0 is absence
  const samples<double, 1> three = samples<double, 1>::LinSpaced(3, 1, 3);
  stream rng(1);
  const importance_resampled second(
      likelihood, [](const auto& x) { return x[0] < 3 ? 1.0 : 0.0; }, 50);
  const auto model = second.fit(three, weights<double>(Eigen::Array3d(0, 1, 1)), rng).model;
  CHECK(model.mean()[0] == 2);
  CHECK(second.fit(three, rng).model.mean()[0] < 2);
  CHECK(
      throws([&] { static_cast<void>(importance_resampled(likelihood, [](const auto&) { return -1.0; }).fit(three, rng)); },
             "weight(x)", "-1"));
  CHECK(throws([&] { importance_resampled(likelihood, real, -1); }, "count", "-1"));
  const auto none =
      run_lineage(experiment{normal, importance_resampled(likelihood, [](const auto&) { return 0.0; }), replace{}},
                  {.generations = 2, .samples = 5}, stream(1));
  CHECK(none.why == ending::failure);
  CHECK(none.last.reason == "nothing of the pool is trusted");
}

TEST_CASE("importance_resampled and augmented: what they hand data to is the estimator of the place") {
  // A floor is added to the variance, of model 3 only; without it the variance is about 1.
  const scheduled last_is_wide(likelihood, [](const auto&, const auto& at) {
    return gaussian_estimator<double, 1>(divisor::n, {.floor = at.generation == 3 ? 300.0 : 0.0});
  });
  const auto is_wide = [](const auto& estimator) {
    const double v = run_lineage(experiment{normal, estimator, replace{}}, {.generations = 3, .samples = 1000}, stream(1))
                         .model->variance();
    return v > 300 && v < 302;
  };
  CHECK(is_wide(last_is_wide));
  CHECK(is_wide(importance_resampled(last_is_wide, [](const auto&) { return 1.0; })));
  CHECK(is_wide(augmented(last_is_wide, {.bootstrap = true})));
  CHECK_FALSE(is_wide(augmented(likelihood, {.bootstrap = true})));
}
