// PPCA by stochastic gradient: the same search as the full-batch one where a batch is everything, and what it loses is known.
#include "support.hpp"

#include <cmath>
#include <vector>

#include <simulacra/families/latent/ppca_sgd_estimator.hpp>
#include <simulacra/ledger/risk_ledger.hpp>
#include <simulacra/recursion/lineage.hpp>
#include <simulacra/recursion/recipes.hpp>

using namespace simulacra_test;

namespace {

/// Eigenvalues 9, 4, 1, 0.5, 0.3 along the axes.
gaussian<> truth() {
  square<> c = square<>::Zero(5, 5);
  c.diagonal() << 9, 4, 1, 0.5, 0.3;
  return {point<>(normals(5, 1, 12)), c};
}

samples<> data(Index n, std::uint64_t seed) {
  stream rng(seed);
  return truth().sample(n, rng);
}

ppca_sgd_estimator<> search(Index steps, Index batch, double rate = 0.05, double decay = 0) {
  return ppca_sgd_estimator<>({.latent = 2, .steps = steps, .batch = batch, .learning_rate = rate, .decay = decay});
}

ppca<> full_batch(const samples<>& x, Index steps, double rate) {
  return ppca_estimator<>(
             divisor::n,
             {.latent = 2, .method = ppca_method::gradient, .tolerance = 0, .max_iterations = steps, .learning_rate = rate})
      .fit(moments<>::of(x))
      .model;
}

bool same_law(const ppca<>& a, const ppca<>& b) {
  return (a.loadings() - b.loadings()).norm() < 1e-11 && std::abs(a.noise_deviation() - b.noise_deviation()) < 1e-11;
}

}  // namespace

TEST_CASE("ppca sgd: with all data in a batch it is gradient ascent") {
  const samples<> x = data(50, 3);
  stream rng(4);
  for (const Index steps : {1, 7, 100}) CHECK(same_law(search(steps, 50).fit(x, rng).model, full_batch(x, steps, 0.05)));
  CHECK(same_law(search(7, 1000).fit(x, rng).model, full_batch(x, 7, 0.05)));
  CHECK_FALSE(same_law(search(7, 25).fit(x, rng).model, full_batch(x, 7, 0.05)));  // it does tell them apart
}

TEST_CASE("ppca sgd: a step over a batch moves, on average over batches, as a step over everything") {
  // From one start, the first step's displacement is linear in the batch's covariance: the mean over the batches of a pass is exact.
  const samples<> x = data(60, 5);
  const ppca<> start = five();
  const auto step = [&](Index batch, std::uint64_t seed) {
    stream rng(seed);
    return Eigen::MatrixXd(search(1, batch).starting_from(start).fit(x, rng).model.loadings());
  };
  const Eigen::MatrixXd whole = step(60, 1);
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(5, 2);
  Eigen::ArrayXXd squares = Eigen::ArrayXXd::Zero(5, 2);
  const int times = 400;
  for (int r = 0; r < times; ++r) {
    const Eigen::MatrixXd w = step(12, static_cast<std::uint64_t>(100 + r)) - whole;
    sum += w;
    squares += w.array().square();
  }
  for (Index i = 0; i < 10; ++i) {
    const double mean = sum.data()[i] / times, error = std::sqrt(squares.data()[i] / times / times);
    CHECK_Z(mean, 0.0, error);
    CHECK_FALSE(std::abs(mean + 0.1 * std::sqrt(squares.data()[i])) < 4.5 * error);  // a bias would be seen
  }
}

TEST_CASE("ppca sgd: with a falling rate it comes to the closed form, and says how far it still is") {
  const samples<> x = data(400, 6);
  stream rng(7);
  const auto far = search(20, 20).fit_in_detail(x, rng);
  const auto near = search(6000, 20, 0.1, 0.02).fit_in_detail(x, rng);
  CHECK(far.result.what == status::not_converged);
  CHECK(near.result.ok());
  CHECK(near.shortfall < 1e-3);
  CHECK(near.shortfall >= 0);
  // What falls short, by other means: the difference of two mean log densities.
  const ppca<> best = search(1, 1).ideal().fit(x, rng).model;
  for (const auto& fit : {far, near}) {
    double gap = 0;
    for (Index i = 0; i < x.cols(); ++i) gap += best.log_density(x.col(i)) - fit.model.log_density(x.col(i));
    CHECK(std::abs(gap / 400 - fit.shortfall) < 1e-10 * (1 + fit.shortfall));
  }
  // A constant rate leaves a cloud, the wider the higher the rate.
  const auto cloud = [&](double rate) { return search(6000, 20, rate).fit_in_detail(x, rng).shortfall; };
  CHECK(cloud(0.05) > 4 * near.shortfall);
  CHECK(cloud(0.2) > cloud(0.02));
}

TEST_CASE("ppca sgd: an observation with weight two is two observations") {
  const samples<> x = data(20, 8);
  samples<> twice(5, 25);
  twice << x, x.leftCols(5);
  weights<double> w = weights<double>::Ones(20);
  w.head(5).setConstant(2);
  stream rng(9);
  CHECK(same_law(search(9, 20).fit(x, w, rng).model, search(9, 25).fit(twice, rng).model));
  CHECK(same_law(search(9, 20).fit(x, weights<double>(w * 1e-3), rng).model, search(9, 25).fit(twice, rng).model));
}

TEST_CASE("ppca sgd: units do not matter, a warm start is where it goes on") {
  const samples<> x = data(40, 10);
  stream rng(11);
  const ppca<> a = search(9, 40).fit(x, rng).model, wide = search(9, 40).fit(x * 0x1p300, rng).model;
  CHECK_CLOSE(wide.noise_deviation() / 0x1p300, a.noise_deviation(), 1e-12);
  CHECK((wide.loadings() / 0x1p300 - a.loadings()).norm() < 1e-11);
  CHECK(same_law(search(4, 40).starting_from(search(5, 40).fit(x, rng).model).fit(x, rng).model, a));
}

TEST_CASE("ppca sgd: what diverges, has no noise or no spread is an outcome") {
  stream rng(12);
  const auto wild = search(500, 8, 1e4).fit(data(64, 13), rng);
  CHECK(wild.result.what == status::not_converged);
  CHECK(wild.model.loadings().allFinite());
  const auto few = search(200, 8).fit_in_detail(data(3, 14), rng);  // the closed form leaves no noise
  CHECK(few.result.what == status::not_converged);
  CHECK(std::isinf(few.shortfall));
  const auto none = search(200, 8).fit(point<>(normals(5, 1, 30)).replicate(1, 10), rng);
  CHECK(none.result.what == status::degenerate);
}

TEST_CASE("ppca sgd: a caller's mistakes are named") {
  stream rng(15);
  CHECK(throws([] { ppca_sgd_estimator<>({}); }, "ppca_sgd_estimator", "latent", "-1"));
  CHECK(throws([] { ppca_sgd_estimator<>({.latent = 1, .batch = 0}); }, "batch", "0"));
  CHECK(throws([] { ppca_sgd_estimator<>({.latent = 1, .learning_rate = 0}); }, "learning_rate"));
  CHECK(throws([] { ppca_sgd_estimator<>({.latent = 1, .decay = -1}); }, "decay"));
  CHECK(throws([&] { (void)search(1, 1).fit(samples<>(5, 0), rng); }, "x.cols()"));
  CHECK(throws([&] { (void)search(1, 1).fit(samples<>::Ones(2, 9), rng); }, "latent", "dimension"));
  CHECK(throws([&] { (void)search(1, 1).fit(data(4, 1), weights<double>::Zero(4), rng); }, "w.sum()"));
}

TEST_CASE("ppca sgd: stopped early, the ledger of risk finds it in the approximation error") {
  const double least = 0.5 * (std::log(0.6 / 1) + std::log(0.6 / 0.5) + std::log(0.6 / 0.3));
  const auto terms = [&](Index steps, double rate, double decay) {
    const experiment what{truth(), search(steps, 32, rate, decay), replace{}};
    risk_ledger books(what, {.reference = 4000});
    run_lineage(what, {.generations = 2, .samples = 400}, stream(16), books);
    return books.rows();
  };
  const auto early = terms(15, 0.05, 0), late = terms(3000, 0.1, 0.02);
  for (const auto& rows : {early, late}) {
    CHECK_CLOSE(rows[0].expressivity, least, 1e-10);
    CHECK(rows[1].expressivity == 0);
    for (const risk_terms& r : rows) CHECK_CLOSE(r.expressivity + r.approximation + r.statistical, r.total, 1e-12);
  }
  CHECK(early[0].approximation > 0.3);
  CHECK(late[0].approximation < 0.01);
  CHECK(late[0].statistical > 0);
}
