// Kernel densities in the ledger: their projection is no kernel density but the law that is smoothed, and it lies in the space all the same.
#include "support.hpp"

#include <simulacra/kernel.hpp>

using namespace simulacra_test;

namespace {

using fixed = kernel_density_estimator<double, 1, fixed_bandwidth>;
const gaussian<double, 1> truth(0, 1);
const fixed fit({.bandwidth = fixed_bandwidth(0.4)});
const std::vector<term> three{term::expressivity, term::approximation, term::statistical};

template <class Estimator, class Recipe>
std::vector<ledger_row> rows_of(const Estimator& estimator, const Recipe& recipe) {
  const experiment what{truth, estimator, recipe};
  ledger books(what, fourier_space());
  run_lineage(what, {.generations = 6, .samples = 30}, stream(3), books);
  return books.rows();
}

}  // namespace

TEST_CASE("kernel density: terms add up under every kind of recipe, and there is no approximation error") {
  const auto check = [](const std::vector<ledger_row>& rows) {
    REQUIRE(rows.size() == 6);
    CHECK(worst_misfit(rows, three) <= 1e-10);
    for (const ledger_row& row : rows) {
      CHECK(row.squared_of(term::approximation) == 0);
      CHECK(row.squared_of(term::expressivity) > 1e-5);
      CHECK(row.squared_of(term::statistical) > 1e-5);
    }
  };
  check(rows_of(fit, replace{}));
  check(rows_of(fit, accumulate{}));
  check(rows_of(fit, preserve(0.2, preserve::real::redrawn)));
  const kernel_density_estimator<double, 1, scott> adaptive({.bandwidth = scott(divisor::n), .nominal_samples = 30});
  check(rows_of(adaptive, replace{}));
  check(rows_of(adaptive, accumulate{}));
}

TEST_CASE("kernel density: expressivity is what smoothing does, in closed form") {
  // Under replace the accounts of expressivity add up: phi(N(0, 1 + h^2)) - phi(N(0, 1)) in the first generation.
  const auto space = fourier_space();
  Eigen::VectorXd wide = space.zero(), narrow = space.zero();
  space.embed(gaussian<double, 1>(0, 1 + 0.16), wide);
  space.embed(truth, narrow);
  const double expected = (wide - narrow).squaredNorm();
  CHECK(rows_of(fit, replace{}).front().squared_of(term::expressivity) == doctest::Approx(expected).epsilon(1e-10));
  // A narrower kernel has less of it and more of the statistical error.
  const fixed narrower({.bandwidth = fixed_bandwidth(0.1)});
  CHECK(rows_of(narrower, replace{}).front().squared_of(term::expressivity) < expected / 50);
  CHECK(rows_of(narrower, replace{}).front().squared_of(term::statistical) >
        rows_of(fit, replace{}).front().squared_of(term::statistical));
}

TEST_CASE("kernel density: with infinitely many data the chain goes on by reference draws") {
  const auto last = run_population(experiment{truth, fit, replace{}}, {.generations = 3, .samples = 10}, stream(1), 4000);
  // each generation adds h^2; the reference draws, 4000 each, leave a standard error of about sqrt(3 * 2 / 4000)
  CHECK_Z(last->covariance()(0, 0), 1 + 3 * 0.16, std::sqrt(3 * 2.0 / 4000) * 1.48);
}

TEST_CASE("kernel density: the projection is that of each generation's own number of observations") {
  // accumulate: generation t has 30 (t + 1) of them, and Scott's bandwidth shrinks. Whatever was called nominal, each step's
  // expressivity is that of n^(-1/5), which the other way of counting is far from.
  const experiment what{truth, kernel_density_estimator<double, 1, scott>({.bandwidth = scott(divisor::n)}), accumulate{}};
  const experiment nominal{
      truth, kernel_density_estimator<double, 1, scott>({.bandwidth = scott(divisor::n), .nominal_samples = 30}),
      accumulate{}};
  ledger books(what, fourier_space()), same(nominal, fourier_space());
  // In Fourier features smoothing by h multiplies what stands at frequency w by exp(-h^2 w^2 / 2), h^2 = var(T) n^(-2/5).
  const auto space = fourier_space();
  const auto frequencies = space.map().frequencies();
  const Index m = frequencies.rows();
  samples<double, 1> pool;
  double model_mean = 0, model_variance = 1;  // of the newest, or of the truth
  const auto check = [&](const auto& g) {
    const double kept = pool.cols() > 0 ? g.law.begin()->share : 0, pool_mean = kept > 0 ? pool.mean() : 0;
    const double mean = kept * pool_mean + (1 - kept) * model_mean;
    const double second = (kept > 0 ? kept * pool.squaredNorm() / static_cast<double>(pool.cols()) : 0) +
                          (1 - kept) * (model_variance + model_mean * model_mean);
    const double h2 = (second - mean * mean) * std::pow(g.data.count(), -0.4);
    const auto& book = books.book();
    const Eigen::VectorXd step = book.model()[term::expressivity] - book.training()[term::expressivity];
    for (Index k = 0; k < 2 * m; ++k)
      CHECK(std::abs(step[k] - book.training().place[k] *
                                   std::expm1(-0.5 * h2 * frequencies(k % m, 0) * frequencies(k % m, 0))) <= 1e-13);
    pool = g.data.data;
    model_mean = g.model.mean()[0];
    model_variance = g.model.covariance()(0, 0);
  };
  run_lineage(what, {.generations = 8, .samples = 30, .how = draw::stored}, stream(3), books, check);
  run_lineage(nominal, {.generations = 3, .samples = 30}, stream(3), same);
  CHECK(worst_misfit(books.rows(), three) <= 1e-10);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(same.rows()[i].squared_of(term::expressivity) == books.rows()[i].squared_of(term::expressivity));
  // The step goes like h^4 = n^(-4/5), and T's spread grows little: with 8 times as many observations it is a fifth.
  CHECK(books.rows().back().step_of(term::expressivity) < 0.5 * books.rows().front().step_of(term::expressivity));
}

TEST_CASE("kernel density: a selector without a closed form is tuned to as many reference draws as there are data") {
  using cross_validated = kernel_density_estimator<double, 1, likelihood_cv>;
  const cross_validated estimator({.bandwidth = likelihood_cv()});
  stream rng(5), unused(6);
  const samples<double, 1> many = truth.sample(400, rng);
  const auto few = estimator.with_samples(40).fit(many, unused).model, all = estimator.fit(many, unused).model;
  CHECK(few.points().cols() == 400);
  double mean = 0;
  for (Index b = 0; b < 8; ++b)
    mean += estimator.fit(samples<double, 1>(many.middleCols(40 * b, 40)), unused).model.bandwidth().lower()(0, 0) / 8;
  CHECK_CLOSE(few.bandwidth().lower()(0, 0), mean, 1e-14);
  CHECK(mean > 1.1 * all.bandwidth().lower()(0, 0));
  CHECK(estimator.with_samples(40).fit(samples<double, 1>(many.leftCols(40)), unused).model.bandwidth().lower()(0, 0) ==
        estimator.fit(samples<double, 1>(many.leftCols(40)), unused).model.bandwidth().lower()(0, 0));
}
