// Fitting PPCA: the closed form, and the searches that come near it.
#include "support.hpp"

#include <cmath>
#include <limits>
#include <tuple>

#include <simulacra/families/latent/ppca_estimator.hpp>

using namespace simulacra_test;

namespace {

/// The covariance whose eigenvalues are 9, 4, 1, 0.5, 0.3, in a basis that is turned.
gaussian<> turned() {
  Eigen::MatrixXd q = normals(5, 5, 11);
  for (Index j = 0; j < 5; ++j) {
    for (Index i = 0; i < j; ++i) q.col(j) -= q.col(i).dot(q.col(j)) * q.col(i);
    q.col(j) /= q.col(j).norm();
  }
  const Eigen::MatrixXd c = q * (Eigen::VectorXd(5) << 9, 4, 1, 0.5, 0.3).finished().asDiagonal() * q.transpose();
  return {point<>(normals(5, 1, 12)), square<>((c + c.transpose()) / 2)};
}

double best_kl(double noise) {
  // KL(T || best) = (1/2) sum over the discarded of log(noise / l): Tipping and Bishop (1999), section 3.
  return 0.5 * (std::log(noise / 1) + std::log(noise / 0.5) + std::log(noise / 0.3));
}

ppca_estimator<> by(ppca_method how, double tolerance, Index iterations, double rate = 0.02) {
  return ppca_estimator<>(
      divisor::n, {.latent = 2, .method = how, .tolerance = tolerance, .max_iterations = iterations, .learning_rate = rate});
}

}  // namespace

TEST_CASE("ppca fit: the closed form is the eigenvalues' own") {
  const gaussian<> law = turned();
  const ppca<> best = ppca_estimator<>(divisor::n, {.latent = 2}).project(law);
  CHECK_CLOSE(best.noise_deviation() * best.noise_deviation(), 0.6, 1e-12);  // the mean of 1, 0.5, 0.3
  const Eigen::MatrixXd inner = best.loadings().transpose() * best.loadings();
  CHECK_CLOSE(inner(0, 0), 9 - 0.6, 1e-12);
  CHECK_CLOSE(inner(1, 1), 4 - 0.6, 1e-12);
  CHECK(std::abs(inner(0, 1)) < 1e-12);
  CHECK_CLOSE(kl_divergence(law, best), best_kl(0.6), 1e-10);
  CHECK((best.mean() - law.mean()).norm() == 0);
  // A law of the family is its own projection, to the bit, and a fit finds it again from its covariance.
  const ppca<> member = five();
  const ppca_estimator<> fit(divisor::n, {.latent = 2});
  CHECK(fit.project(member) == member);
  CHECK(fit.population_fit(member) == member);
  CHECK(kl_divergence(fit.project(member.as_gaussian()), member) < 1e-13);
  CHECK(fit.project(ppca<>(point<>(point<>::Zero(5)), normals(5, 3, 1), 1.0)).latent_dimension() == 2);
}

TEST_CASE("ppca fit: closed form of data, of their summary, and of their weights is one fit") {
  stream rng(3);
  const samples<> x = turned().sample(40, rng);
  const ppca_estimator<> fit(divisor::n, {.latent = 2});
  const auto a = fit.fit(x, rng);
  const auto b = fit.fit(moments<>::of(x));
  CHECK(a.result.ok());
  CHECK(a.model == b.model);
  weights<double> ones = weights<double>::Ones(40);
  CHECK(kl_divergence(fit.fit(x, ones, rng).model, a.model) < 1e-13);
  // The likelihood of the fit is the largest: every other law of the family that is near is less likely.
  const auto mean_log = [&](const ppca<>& law) {
    double sum = 0;
    for (Index i = 0; i < x.cols(); ++i) sum += law.log_density(x.col(i));
    return sum / 40;
  };
  const double top = mean_log(a.model);
  for (std::uint64_t i = 0; i < 20; ++i) {
    const ppca<>::loadings_type w = a.model.loadings() + 0.05 * normals(5, 2, 100 + i);
    const double noise = a.model.noise_deviation() * (1 + 0.05 * normals(1, 1, 200 + i)(0, 0));
    CHECK(mean_log(ppca<>(a.model.mean(), w, noise)) < top);
  }
  // The divisor is a factor on the covariance.
  const auto unbiased = ppca_estimator<>(divisor::n_minus_1, {.latent = 2}).fit(x, rng);
  CHECK((unbiased.model.covariance() - a.model.covariance() * (40.0 / 39)).norm() < 1e-12);
}

TEST_CASE("ppca fit: EM and both gradient methods converge to the closed form") {
  const gaussian<> law = turned();
  const ppca<> best = by(ppca_method::closed_form, 0, 0).project(law);
  const auto excess = [&](const ppca_estimator<>& fit) {
    return kl_divergence(law, fit.population_fit(law)) - best_kl(0.6);
  };
  CHECK(std::abs(excess(by(ppca_method::em, 1e-15, 5000))) < 1e-9);
  CHECK(std::abs(excess(by(ppca_method::gradient, 1e-7, 20000, 0.1))) < 1e-9);
  CHECK(std::abs(excess(by(ppca_method::adam, 1e-7, 20000))) < 1e-9);
  // Stopped early, all are worse, and EM is worse the earlier it is stopped.
  double before = 1e300;
  for (const Index steps : {1, 3, 10, 30}) {
    const double now = excess(by(ppca_method::em, 0, steps));
    CHECK(now < before);
    CHECK(now > 1e-9);
    before = now;
  }
  CHECK(excess(by(ppca_method::adam, 0, 50)) > 1e-3);
  CHECK(excess(by(ppca_method::gradient, 0, 50)) > 1e-3);
}

TEST_CASE("ppca fit: the gradient is that of finite differences") {
  const gaussian<> law = turned();
  const Eigen::MatrixXd s = law.covariance();
  detail::latent::ppca_parameters at{normals(5, 2, 21), 0.7};
  const auto value = [&](const detail::latent::ppca_parameters& p) {
    return detail::latent::ppca_look(s, p).log_likelihood();
  };
  // The likelihood itself: minus the cross-entropy of a law with this covariance.
  CHECK_CLOSE(value(at), -cross_entropy(law, ppca<>(law.mean(), at.w, std::sqrt(at.v))), 1e-12);
  const auto g = detail::latent::ppca_look(s, at).gradient();
  constexpr double h = 1e-5;
  for (Index i = 0; i < at.w.size(); ++i) {
    auto up = at, down = at;
    up.w.data()[i] += h;
    down.w.data()[i] -= h;
    CHECK(std::abs((value(up) - value(down)) / (2 * h) - g.w.data()[i]) < 1e-8);
  }
  auto up = at, down = at;
  up.v *= std::exp(2 * h);
  down.v *= std::exp(-2 * h);
  CHECK(std::abs((value(up) - value(down)) / (2 * h) - g.v) < 1e-8);
}

TEST_CASE("ppca fit: each step of EM is as likely as the one before, or more") {
  const Eigen::MatrixXd s = turned().covariance();
  detail::latent::ppca_parameters at{normals(5, 2, 22), 3};
  double before = -1e300;
  for (int step = 0; step < 200; ++step) {
    const detail::latent::ppca_look look(s, at);
    const double now = look.log_likelihood();
    CHECK(now >= before - 1e-12);
    before = now;
    at = detail::latent::ppca_parameters(look.em_step());
  }
  // One step against the formulas as they are written in the paper.
  const Eigen::MatrixXd w = normals(5, 2, 23);
  const double v = 0.8;
  const Eigen::MatrixXd one = Eigen::MatrixXd::Identity(2, 2), m = w.transpose() * w + v * one;
  const Eigen::MatrixXd minv = Eigen::LLT<Eigen::MatrixXd>(m).solve(one);
  const Eigen::MatrixXd k = v * one + minv * w.transpose() * s * w;
  const double det = k(0, 0) * k(1, 1) - k(0, 1) * k(1, 0);
  const Eigen::MatrixXd kinv = (Eigen::MatrixXd(2, 2) << k(1, 1), -k(0, 1), -k(1, 0), k(0, 0)).finished() / det;
  const Eigen::MatrixXd next = s * w * kinv;
  const detail::latent::ppca_parameters p{w, v};
  const auto made = detail::latent::ppca_look(s, p).em_step();
  CHECK((made.w - next).norm() < 1e-12);
  CHECK_CLOSE(made.v, (s - s * w * minv * next.transpose()).trace() / 5, 1e-12);
}

TEST_CASE("ppca fit: a warm start begins where it is told, and does not depend on units") {
  const gaussian<> law = turned();
  const ppca<> first = by(ppca_method::em, 0, 5).population_fit(law);
  const ppca<> on = by(ppca_method::em, 0, 7).starting_from(first).population_fit(law);
  CHECK(kl_divergence(on, by(ppca_method::em, 0, 12).population_fit(law)) < 1e-13);
  const auto whole = by(ppca_method::em, 1e-10, 5000).starting_from(by(ppca_method::closed_form, 0, 0).project(law));
  stream rng(4);
  CHECK(by(ppca_method::em, 1e-10, 5000).fit_in_detail(moments<>::of(law.sample(50, rng))).iterations > 20);
  CHECK(kl_divergence(law, whole.population_fit(law)) - best_kl(0.6) < 1e-12);
  // Units: a law 1e200 times as wide has a fit 1e200 times as wide.
  const double wide = 0x1p600;
  const auto far = gaussian<>::from_factor(law.mean(), law.factor().scaled(wide));
  for (const ppca_method how : {ppca_method::closed_form, ppca_method::em, ppca_method::adam}) {
    const ppca<> a = by(how, 0, 20).population_fit(law), b = by(how, 0, 20).population_fit(far);
    CHECK_CLOSE(b.noise_deviation() / wide, a.noise_deviation(), 1e-12);
    CHECK((b.loadings() / wide - a.loadings()).norm() < 1e-11);
  }
}

TEST_CASE("ppca fit: noise of 1e-9 keeps its digits") {
  // Along the axes the answer is known; the factor is turned so that squares would have lost it.
  const gaussian<> law = turned();
  Eigen::MatrixXd root = Eigen::MatrixXd::Zero(3, 3);
  root << 1, 0, 0, 2, 1e-9, 0, -1, 3e-9, 2e-9;
  const auto thin = gaussian<>::from_factor(point<>(point<>::Zero(3)), scaled_factor<>::from_lower(root));
  // One direction of its own: the rest of the trace is |F|^2 - s_1^2, by the determinant and the two minors to 1e-12:
  // s_1^2 (s_2^2 + s_3^2) = sum of squared 2 x 2 minors, up to (s_2 s_3)^2.
  double minors = 0;
  for (Index r = 0; r < 3; ++r)
    for (Index s = r + 1; s < 3; ++s)
      for (Index a = 0; a < 3; ++a)
        for (Index b = a + 1; b < 3; ++b) {
          const double minor = root(r, a) * root(s, b) - root(r, b) * root(s, a);
          minors += minor * minor;
        }
  const ppca<> best = ppca_estimator<>(divisor::n, {.latent = 1}).project(thin);
  CHECK_CLOSE(2 * best.noise_deviation() * best.noise_deviation(), minors / 6, 1e-9);
}

TEST_CASE("ppca fit: degenerate data are an outcome") {
  stream rng(5);
  const samples<> x = turned().sample(3, rng);
  const auto few = by(ppca_method::closed_form, 0, 0).fit(x, rng);
  CHECK(few.result.what == status::degenerate);
  CHECK(few.model.noise_deviation() < 1e-12);
  const samples<> same = point<>(normals(5, 1, 30)).replicate(1, 10);
  for (const ppca_method how : {ppca_method::closed_form, ppca_method::em, ppca_method::gradient, ppca_method::adam}) {
    const auto none = by(how, 1e-6, 100).fit(same, rng);
    CHECK(none.result.what == status::degenerate);
    CHECK(none.model.covariance().isZero());
    const auto three = by(how, 1e-6, 100).fit(x, rng);
    CHECK(three.model.loadings().allFinite());
    CHECK_FALSE(three.result.ok());
  }
  // Spread at the rounding of a far mean.
  samples<> far = 1e-7 * turned().sample(100, rng);
  far.array() += 1e8;
  CHECK(by(ppca_method::closed_form, 0, 0).fit(far, rng).result.what == status::resolution);
  // Noise at the rounding of a far mean, and a spread that is not: what is drawn from a law without noise, and stored, has none.
  for (const double away : {0.0, 1e3, 1e9}) {
    samples<> plane = few.model.sample(40, rng);
    plane.array() += away;
    const auto again = by(ppca_method::closed_form, 0, 0).fit(plane, rng);
    CHECK(again.result.what == status::degenerate);
    CHECK(again.model.noise_deviation() <= 1e-12);
  }
  CHECK(by(ppca_method::em, 0, 5).fit(turned().sample(100, rng), rng).result.what == status::not_converged);
  const auto floored = ppca_estimator<>(divisor::n, {.latent = 2, .floor = 0.25}).fit(x, rng);
  CHECK(floored.result.ok());
  CHECK(floored.result.floor == 0.25);
  CHECK_CLOSE(floored.model.noise_deviation(), 0.5, 1e-10);
}

TEST_CASE("ppca fit: bad arguments are named") {
  using options = ppca_options<>;
  CHECK(throws([] { ppca_estimator<>(divisor::n, options{}); }, "latent", "-1"));
  CHECK(throws([] { ppca_estimator<>(divisor::n, options{.latent = 1, .tolerance = -1}); }, "tolerance"));
  CHECK(throws([] { ppca_estimator<>(divisor::n, options{.latent = 1, .learning_rate = 0}); }, "learning_rate"));
  CHECK(
      throws([] { ppca_estimator<>(divisor::n, options{.latent = 1, .start = five()}); }, "start.latent_dimension()", "2"));
  stream rng(1);
  CHECK(throws([&] { static_cast<void>(ppca_estimator<>(divisor::n, options{.latent = 5}).fit(normals(5, 9, 1), rng)); },
               "latent", "less than the dimension"));
  Eigen::MatrixXd bad = normals(5, 9, 1);
  bad(2, 3) = std::nan("");
  CHECK(throws([&] { static_cast<void>(by(ppca_method::em, 0, 1).fit(bad, rng)); }, "nan at row 2, column 3"));
  CHECK(throws([&] { static_cast<void>(by(ppca_method::em, 0, 1).fit(samples<>(5, 0), rng)); }, "x.cols()"));
  CHECK(throws<std::domain_error>([&] { static_cast<void>(by(ppca_method::gradient, 0, 400, 50).population_fit(turned())); },
                                  "diverged"));
}

TEST_CASE("ppca fit: a law that few points leave without noise has density at each of them") {
  stream rng(1);
  for (const double at : {0.0, 1e6})
    for (const auto& [n, d, q] : {std::tuple{5, 20, 4}, {3, 10, 2}, {4, 6, 3}, {8, 30, 7}}) {
      Eigen::MatrixXd x = normals(d, n, static_cast<std::uint64_t>(d));
      x.bottomRows(2) *= 1e-4;  // in another unit
      x.array() += at;
      const auto fit = ppca_estimator<>(divisor::n, {.latent = q}).fit(samples<>(x), rng);
      for (Index i = 0; i < n; ++i) CHECK(fit.model.log_density(point<>(x.col(i))) > -1e300);
      CHECK(fit.model.log_density(point<>(normals(d, 1, 77).array() + at)) == -std::numeric_limits<double>::infinity());
    }
}
