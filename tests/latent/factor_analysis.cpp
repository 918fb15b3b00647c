// Fitting factor analysis by EM.
#include "support.hpp"

#include <cmath>
#include <limits>

#include <simulacra/families/latent/factor_analysis.hpp>

using namespace simulacra_test;

namespace {

factor_model<> uneven() {
  return {point<>(normals(5, 1, 3)), normals(5, 2, 4), (point<>(5) << 0.5, 1, 0.3, 2, 0.7).finished()};
}

/// A Gaussian that no model with one factor is, with so much noise that none of it goes to 0.
gaussian<> rich() { return factor_model<>(uneven().mean(), uneven().loadings(), 2 * uneven().noise()).as_gaussian(); }

}  // namespace

TEST_CASE("factor analysis: EM finds a law of the family from its covariance") {
  const factor_model<> law = uneven();
  const factor_estimator<> fit(divisor::n, {.latent = 2});
  CHECK(fit.project(law) == law);
  const factor_model<> found = fit.project(law.as_gaussian());
  CHECK(kl_divergence(law, found) < 1e-9);
  CHECK((found.covariance() - law.covariance()).norm() < 1e-3);
  CHECK(kl_divergence(law, fit.population_fit(law)) > kl_divergence(law, found));
}

TEST_CASE("factor analysis: at the best law the gradient is 0 and no law nearby is better") {
  const gaussian<> law = rich();
  const factor_model<> best = factor_estimator<>(divisor::n, {.latent = 1}).project(law);
  const double at_best = cross_entropy(law, best);
  CHECK(kl_divergence(law, best) > 0.01);
  // diag(C^-1 (C - S) C^-1) = 0 and (C - S) C^-1 W = 0: Lawley's likelihood equations (1940).
  const Eigen::MatrixXd c = best.covariance();
  const Eigen::LLT<Eigen::MatrixXd> root(c);
  const Eigen::MatrixXd rest = root.solve(Eigen::MatrixXd(c - law.covariance()));
  CHECK((rest * Eigen::MatrixXd(root.solve(Eigen::MatrixXd(best.loadings())))).norm() < 1e-4);
  CHECK(root.solve(Eigen::MatrixXd(rest.transpose())).diagonal().norm() < 1e-4);
  for (std::uint64_t i = 0; i < 20; ++i) {
    const factor_model<> other(best.mean(), best.loadings() + 0.02 * normals(5, 1, 40 + i),
                               best.noise().cwiseProduct((1 + 0.02 * normals(5, 1, 80 + i).array()).matrix()));
    CHECK(cross_entropy(law, other) > at_best);
  }
}

TEST_CASE("factor analysis: each step of EM is as likely as the one before, or more, and units do not matter") {
  const gaussian<> law = rich();
  stream rng(1);
  const auto m = moments<>::of(law.sample(60, rng));
  double before = -1e300;
  for (Index steps = 0; steps < 40; ++steps) {
    const auto f = factor_estimator<>(divisor::n, {.latent = 2, .tolerance = 0, .max_iterations = steps}).fit_in_detail(m);
    CHECK(f.log_likelihood >= before - 1e-12);
    CHECK(f.iterations == steps);
    CHECK(f.result.what == status::not_converged);
    before = f.log_likelihood;
  }
  // The likelihood is that of its definition, up to the units of the coordinates.
  const auto f = factor_estimator<>(divisor::n, {.latent = 2}).fit_in_detail(m);
  const Eigen::MatrixXd s = m.scatter() / 60;
  const double own = -cross_entropy(gaussian<>(m.mean(), s), f.model) + 0.5 * s.diagonal().array().log().sum();
  const auto once_more =
      factor_estimator<>(divisor::n, {.latent = 2, .tolerance = 0, .max_iterations = 0}).starting_from(f.model);
  CHECK_CLOSE(once_more.fit_in_detail(m).log_likelihood, own, 1e-11);
  // A coordinate in other units has other loadings, and nothing else changes.
  const point<> unit = (point<>(5) << 1, 1000, 1e-6, 1, 7).finished();
  const factor_model<> a = factor_estimator<>(divisor::n, {.latent = 2}).population_fit(law);
  const gaussian<> stretched(unit.cwiseProduct(law.mean()),
                             square<>(unit.asDiagonal() * law.covariance() * unit.asDiagonal()));
  const factor_model<> b = factor_estimator<>(divisor::n, {.latent = 2}).population_fit(stretched);
  CHECK((b.noise().cwiseQuotient(unit) - a.noise()).norm() < 1e-8);
}

TEST_CASE("factor analysis: ppca is a special case, and a warm start goes on") {
  const ppca<> law = five();
  CHECK(kl_divergence(law, factor_estimator<>(divisor::n, {.latent = 2}).ideal().population_fit(law)) < 1e-9);
  const auto steps = [](Index n) {
    return factor_estimator<>(divisor::n, {.latent = 2, .tolerance = 0, .max_iterations = n});
  };
  const factor_model<> first = steps(4).population_fit(rich());
  CHECK(kl_divergence(steps(3).starting_from(first).population_fit(rich()), steps(7).population_fit(rich())) < 1e-11);
}

TEST_CASE("factor analysis: degenerate data are an outcome, bad arguments are named") {
  stream rng(2);
  const factor_estimator<> fit(divisor::n, {.latent = 1});
  const auto few = fit.fit(rich().sample(2, rng), rng);  // two points: every coordinate is the factor
  CHECK(few.result.what == status::degenerate);
  CHECK(few.model.noise().allFinite());
  samples<> flat = rich().sample(50, rng);
  flat.row(2).setConstant(3);
  const auto lost = fit.fit(flat, rng);
  CHECK(lost.result.what == status::degenerate);
  CHECK(lost.model.noise()[2] == 0);
  CHECK(lost.model.loadings().allFinite());
  CHECK(throws([] { factor_estimator<>(divisor::n, {}); }, "factor_estimator", "latent"));
  CHECK(throws([&] { static_cast<void>(factor_estimator<>(divisor::n, {.latent = 5}).fit(flat, rng)); }, "less than"));
  CHECK(throws([] { factor_estimator<>(divisor::n, {.latent = 1, .restarts = 0}); }, "restarts"));
  flat(1, 1) = std::numeric_limits<double>::infinity();
  CHECK(throws([&] { static_cast<void>(fit.fit(flat, rng)); }, "inf at row 1, column 1"));
}
