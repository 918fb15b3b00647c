#include "rkhs/support.hpp"

#include <simulacra/families/rkhs/score_matching.hpp>

using namespace simulacra_test::rkhs;

namespace {

/// A member of the family in two dimensions: a Gaussian times three bumps.
kernel_exponential_family<> bumps(stream& rng) {
  const samples<> z = (samples<>(2, 3) << -1.5, 1.5, 0, 0, 0.5, -1.5).finished();
  square<> covariance(2, 2);
  covariance << 2, 0.5, 0.5, 1.5;
  const gaussian<> base(point<>(Eigen::Vector2d(0.2, -0.1)), covariance);
  return {score_basis<>::of_landmarks(z, 0.8, 0), base, Eigen::Vector3d(1.5, 1.0, -2.0), 1000, rng};
}

}  // namespace

TEST_CASE("exponential family in the plane: quadrature, importance sampling and MALA agree") {
  stream rng(34);
  const auto p = bumps(rng);
  const auto sum = [&](auto f) {
    double total = 0;
    for (double v = -9; v < 9; v += 0.06)
      for (double u = -11; u < 11; u += 0.06) {
        const point<> x = Eigen::Vector2d(u, v);
        total += 0.0036 * std::exp(p.log_density(x)) * f(x);
      }
    return total;
  };
  CHECK_CLOSE(sum([](const auto&) { return 1.0; }), 1.0, 1e-9);
  CHECK(p.normalisation().relative_error < 1e-4);
  CHECK_CLOSE(p.covariance()(0, 1), sum([&](const auto& x) { return (x[0] - p.mean()[0]) * (x[1] - p.mean()[1]); }), 1e-6);
  // By importance sampling, as above two dimensions.
  const square<> root = gaussian<>(p.base()).factor().dense();
  const auto bounded = [&](const point<>& x) { return p.basis().bounded_part(p.coefficients(), x, nullptr); };
  const auto drawn = detail::integrate_by_importance<dynamic>(p.base().mean(), root, bounded, 40'000, rng);
  CHECK_Z(std::expm1(drawn.log_value - p.normalisation().log_value), 0.0, drawn.relative_error);
  CHECK(drawn.effective_draws > 5'000);
  CHECK(drawn.effective_draws < 40'000);
  // Chains are independent, so the spread of their means is a standard error.
  const auto z = [&](const mala_draws<>& made, auto f) {
    std::vector<double> means(static_cast<std::size_t>(made.chains), 0.0);
    for (Index i = 0; i < made.x.cols(); ++i)
      means[static_cast<std::size_t>(i % made.chains)] +=
          f(point<>(made.x.col(i))) * static_cast<double>(made.chains) / static_cast<double>(made.x.cols());
    const auto m = mean_of(means);
    return z_score(m.mean, sum(f), m.standard_error);
  };
  const auto first = [](const point<>& x) { return x[0]; };
  const auto mixed = [](const point<>& x) { return x[0] * x[1]; };
  const auto near = [](const point<>& x) { return x.squaredNorm() < 1 ? 1.0 : 0.0; };
  const auto made = p.sample_chains(12'800, {.chains = 64, .burn_in = 200, .thin = 5}, rng);
  CHECK(std::abs(z(made, first)) <= z_limit);
  CHECK(std::abs(z(made, mixed)) <= z_limit);
  CHECK(std::abs(z(made, [&](const point<>& x) { return near(x); })) <= z_limit + 0.5);  // a step, on a grid of 0.06
  CHECK(made.r_hat < 1.05);
  CHECK(made.r_hat > 0.99);
  CHECK(std::abs(made.acceptance - 0.574) < 0.1);
  CHECK(made.effective > 2'000);
  CHECK(made.effective < 20'000);
  // The unadjusted walk of the envelope alone is noticed.
  mala_draws<> envelope = made;
  envelope.x = p.base().sample(12'800, rng);
  CHECK(std::abs(z(envelope, near)) > z_limit);
}

TEST_CASE("mala: chains that do not agree show in their diagnostics") {
  mala_draws<double, 1> made;
  made.chains = 4;
  stream rng(35);
  made.x = normals<1>(1, 400, rng);
  detail::diagnose(made);
  CHECK(made.r_hat < 1.05);
  CHECK(made.effective > 200);
  for (Index i = 0; i < 400; i += 4) made.x[i] += 3;
  detail::diagnose(made);
  CHECK(made.r_hat > 1.3);
  CHECK(made.effective < 40);
  made.x = normals<1>(1, 8, rng);
  detail::diagnose(made);
  CHECK(std::isnan(made.r_hat));
}

TEST_CASE("exponential family in three dimensions: fit, normaliser with its error, chains") {
  stream rng(36);
  const samples<> x = normals<dynamic>(3, 2000, rng);
  const score_matching_estimator<> e(score_basis<>::of_landmarks(samples<>(2 * normals<dynamic>(3, 10, rng)), 1.5, 2),
                                     {.ridge = 1e-2, .normaliser_draws = 20'000});
  const auto made = e.fit(x, rng);
  CHECK(made.result.ok());
  CHECK(made.model.normalisation().relative_error > 0);
  CHECK(made.model.normalisation().relative_error < 0.01);
  CHECK(std::abs(made.model.log_density(point<>::Zero(3)) + 1.5 * std::log(2 * 3.14159265358979323846)) < 0.3);
  CHECK(made.model.sample(50, rng).allFinite());
}

TEST_CASE("score matching in the plane: data on a line are an outcome, and bad arguments are refused by name") {
  stream rng(38);
  samples<> flat = samples<>::Zero(2, 20);
  flat.row(0) = normals<1>(1, 20, rng);
  const score_matching_estimator<> e(score_basis<>::of_landmarks(normals<dynamic>(2, 4, rng), 1, 0), {.ridge = 1e-2});
  CHECK(e.fit(flat, rng).result.what == status::degenerate);
  const auto p = bumps(rng);
  CHECK(refuses([&] { return p.sample(-1, rng); }, "n"));
  CHECK(refuses([&] { return p.sample_chains(5, {.chains = 1}, rng).x; }, "chains"));
  CHECK(refuses([&] { return p.sample_chains(5, {.thin = 0}, rng).x; }, "thin"));
}
