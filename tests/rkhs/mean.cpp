#include "rkhs/support.hpp"
#include "support/range.hpp"

#include <limits>

#include <simulacra/families/rkhs/feature_mean.hpp>
#include <simulacra/families/rkhs/kernel_mean.hpp>
#include <simulacra/families/rkhs/landmarks.hpp>
#include <simulacra/families/rkhs/smoothed_points.hpp>
#include <simulacra/hilbert/random_fourier.hpp>

using namespace simulacra_test::rkhs;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

smoothed_points<double, 1> three_points(double bandwidth = 0.5) {
  return {(samples<double, 1>(1, 3) << -1, 0.5, 2).finished(), (weights<double>(3) << 1, 2, 1).finished(), bandwidth};
}

/// The law of `two_normals` as smoothed points.
smoothed_points<double, 1> two_points() {
  return {(samples<double, 1>(1, 2) << -2, 2).finished(), weights<double>::Ones(2), 1};
}

/// \f$ E\,k(X, Y) \f$ in the Gaussian kernel of length 1.
double inner(const smoothed_points<double, 1>& p, const smoothed_points<double, 1>& q) {
  const double wide = 1 + p.bandwidth() * p.bandwidth() + q.bandwidth() * q.bandwidth();
  double sum = 0;
  for (Index i = 0; i < p.size(); ++i)
    for (Index j = 0; j < q.size(); ++j)
      sum += p.weights()[i] * q.weights()[j] * std::exp(-0.5 * std::pow(p.points()[i] - q.points()[j], 2) / wide);
  return sum / std::sqrt(wide);
}
double mmd_squared_of(const smoothed_points<double, 1>& p, const smoothed_points<double, 1>& q) {
  return inner(p, p) - 2 * inner(p, q) + inner(q, q);
}

}  // namespace

TEST_CASE("smoothed points: density, moments and characteristic function agree with quadrature") {
  const auto p = three_points();
  const auto moment = [&](auto f) { return expectation(p, -8, 9, f); };
  CHECK_CLOSE(moment([](double) { return 1.0; }), 1.0, 1e-13);
  CHECK_CLOSE(p.mean()[0], moment([](double x) { return x; }), 1e-12);
  const double centre = p.mean()[0];
  CHECK_CLOSE(p.covariance()(0, 0), moment([&](double x) { return (x - centre) * (x - centre); }), 1e-12);
  const auto phi = p.characteristic_function(point<double, 1>(1.3));
  CHECK_CLOSE(phi.real(), moment([](double x) { return std::cos(1.3 * x); }), 1e-12);
  CHECK_CLOSE(phi.imag(), moment([](double x) { return std::sin(1.3 * x); }), 1e-12);
  CHECK_CLOSE(p.inflated(4).bandwidth(), 1.0, 1e-15);
  CHECK(p.log_density(point<double, 1>(1e6)) < -1e11);  // far away it is small, and still a number
  const auto bare_points = three_points(0);
  CHECK(bare_points.log_density(point<double, 1>(0.5)) == std::numeric_limits<double>::infinity());
  CHECK(bare_points.log_density(point<double, 1>(0.6)) == -std::numeric_limits<double>::infinity());
}

TEST_CASE("smoothed points: log densities at the ends of the range are numbers") {
  constexpr double infinity = std::numeric_limits<double>::infinity(), half_log_two_pi = 0.9189385332046727;
  const auto at = [](double h, double x) {
    return smoothed_points<double, 1>((samples<double, 1>(1, 2) << 0, 1e300).finished(), weights<double>::Ones(2), h)
        .log_density(point<double, 1>(x));
  };
  for (const double h : {1e-160, 1e-3, 1e150}) {
    CHECK_CLOSE(at(h, 0), -half_log_two_pi - std::log(h) - std::log(2.0), 1e-13);
    CHECK_CLOSE(at(h, 3 * h), -4.5 - half_log_two_pi - std::log(h) - std::log(2.0), 1e-13);
  }
  CHECK(at(1, 1e200) == -infinity);
  CHECK(at(0, 1e-200) == -infinity);
  CHECK(at(0, 1e300) == infinity);
}

TEST_CASE("smoothed points: draws fit the density, and three percent of bandwidth more do not") {
  stream rng(1);
  const auto p = three_points();
  const auto x = p.sample(200'000, rng);
  CHECK(std::abs(fit_z(x, p, -3, 4, 60)) <= z_limit);
  CHECK(fit_z(p.inflated(1.06).sample(200'000, rng), p, -3, 4, 60) > z_limit);
  const smoothed_points<double, 2> plane((samples<double, 2>(2, 2) << 0, 3, 0, 1).finished(), weights<double>::Ones(2), 0.1);
  const samples<double, 2> y = plane.sample(20'000, rng);
  for (Index k = 0; k < 2; ++k) CHECK_Z(y.row(k).mean(), plane.mean()[k], std::sqrt(plane.covariance()(k, k) / 20'000));
  const double mixed = (y.row(0).array() - plane.mean()[0]).cwiseProduct(y.row(1).array() - plane.mean()[1]).mean();
  CHECK_Z(mixed, plane.covariance()(0, 1),
          std::sqrt(0.4) / std::sqrt(20'000.0));  // sd of a product of halves, generously: 0.63
}

TEST_CASE("simplex weights: by hand, and certified by the gap in both solvers") {
  // Two atoms: the minimum on the line through them, or its nearer end.
  const Eigen::MatrixXd two = (Eigen::MatrixXd(2, 2) << 1, 0.4, 0.4, 1).finished();
  for (const auto solver : {simplex_solver::pairwise, simplex_solver::interior_point}) {
    const simplex_options how{.solver = solver, .tolerance = 1e-14};
    const auto inside = solve_simplex_weights(two, Eigen::Vector2d(0.8, 0.5), how);
    CHECK_CLOSE(inside.a[0], 0.75, 1e-7);  // the value is flat at its minimum: weights have half its digits
    CHECK(inside.converged);
    const auto corner = solve_simplex_weights(two, Eigen::Vector2d(1.5, 0.1), how);
    CHECK_CLOSE(corner.a[0], 1.0, 1e-12);
  }
  stream rng(2);
  const samples<double, 2> z = normals<2>(2, 25, rng), x = 1.2 * normals<2>(2, 80, rng);
  Eigen::MatrixXd gram(25, 25), cross(25, 80);
  gram_block(gaussian_kernel(0.7), z, z, gram);
  gram_block(gaussian_kernel(0.7), z, x, cross);
  const Eigen::VectorXd target = cross.rowwise().mean();
  const auto value = [&](const simplex_weights& w) { return w.a.dot(gram * w.a) - 2 * target.dot(w.a); };
  const auto best = solve_simplex_weights(gram, target, {.tolerance = 1e-14});
  CHECK(best.gap < 1e-12);
  bool notices = false;
  for (const Index steps : {0, 3, 10, 30, 100, 300, 1000}) {
    const auto some =
        solve_simplex_weights(gram, target, {.solver = simplex_solver::pairwise, .tolerance = 0, .max_iterations = steps});
    CHECK_CLOSE(some.a.sum(), 1.0, 1e-12);
    CHECK(some.a.minCoeff() >= 0);
    CHECK(value(some) - value(best) <= some.gap + 1e-13);
    notices = notices || value(some) - value(best) > 0.25 * some.gap;  // half the gap would be refuted before long
  }
  CHECK(notices);
  const Eigen::MatrixXd same = Eigen::MatrixXd::Ones(4, 4);  // four times one point: any weights will do
  const auto flat = solve_simplex_weights(same, Eigen::VectorXd::Constant(4, 0.3));
  CHECK(flat.converged);
  CHECK_CLOSE(flat.a.sum(), 1.0, 1e-12);
}

TEST_CASE("kernel mean: it finds a law of its family, and its population fit is its projection") {
  const auto z = even_landmarks(-4, 4, 9);
  const kernel_mean_estimator<double, 1> e(z, {.length_scale = 1, .bandwidth = 0.6});
  const smoothed_points<double, 1> truth(z, (weights<double>(9) << 0, 1, 3, 2, 0, 0, 1, 1, 0).finished(), 0.6);
  const auto found = e.project(truth);
  CHECK(mmd_squared_of(found, truth) < 1e-13);
  CHECK((found.weights() - truth.weights()).cwiseAbs().maxCoeff() < 1e-5);
  // By quadrature as in closed form; and of points, which have no smoothing in the match.
  CHECK((e.target_of(bare{two_normals()}) - e.target_of(two_normals())).cwiseAbs().maxCoeff() < 1e-11);
  const kernel_mean_estimator<double, 1> points(z, {.length_scale = 1, .bandwidth = 0.6, .match = kernel_match::points});
  const smoothed_points<double, 1> bare_points(z, truth.weights(), 0);
  CHECK((points.project(bare_points).weights() - truth.weights()).cwiseAbs().maxCoeff() < 1e-5);
  CHECK((points.project(truth).weights() - truth.weights()).cwiseAbs().maxCoeff() > 0.01);
  // No member of the family is nearer than the projection.
  const double nearest = mmd_squared_of(e.project(two_normals()), two_points());
  stream rng(3);
  for (int i = 0; i < 20; ++i) {
    const weights<double> w = e.project(two_normals()).weights() + 0.02 * normals<1>(1, 9, rng).transpose().cwiseAbs();
    CHECK(mmd_squared_of(smoothed_points<double, 1>(z, w, 0.6), two_points()) > nearest);
  }
}

TEST_CASE("kernel mean: a projection brings no two laws farther apart") {
  const kernel_mean_estimator<double, 1> e(even_landmarks(-6, 6, 13),
                                           {.length_scale = 1, .bandwidth = 0.7, .solver = {.tolerance = 1e-13}});
  const smoothed_points<double, 1> truth(samples<double, 1>::Zero(1, 1), weights<double>::Ones(1), 1);  // N(0, 1)
  const auto at_infinity = e.population_fit(truth);
  stream rng(4);
  std::vector<double> data_error, fit_error;
  for (int i = 0; i < 60; ++i) {
    const samples<double, 1> x = truth.sample(50, rng);
    const smoothed_points<double, 1> empirical(x, weights<double>::Ones(50), 0);
    data_error.push_back(mmd_squared_of(empirical, truth));
    fit_error.push_back(mmd_squared_of(e.fit(x, rng).model, at_infinity));
    CHECK(fit_error.back() <= data_error.back() + 1e-12);
  }
  const auto measured = mean_of(data_error);
  CHECK_Z(measured.mean, 0.008452994616207485, measured.standard_error);  // theory::mean_embedding_mse(1, 1, 1, 50)
  CHECK(mean_of(fit_error).mean > 0.2 * measured.mean);                   // and it is no constant
}

TEST_CASE("kernel mean: in a feature map it nears the kernel's own as features grow") {
  const auto z = even_landmarks(-4, 4, 7);
  const kernel_mean_options how{.length_scale = 1, .bandwidth = 0.7};
  const auto exact = kernel_mean_estimator<double, 1>(z, how).ideal().population_fit(two_normals());
  const auto error = [&](Index features) {
    stream rng(5);
    double sum = 0;
    for (int i = 0; i < 20; ++i) {
      const random_fourier_features map(gaussian_kernel(1.0), 1, features, rng);
      const feature_mean_estimator<random_fourier_features, double, 1> e(map, z, how);
      sum += mmd_squared_of(e.population_fit(two_normals()), exact);
    }
    return sum / 20;
  };
  const double few = error(32), many = error(1024);
  CHECK(many < few / 8);  // 1/32 is what a smooth functional of the features would show
  CHECK(many > 1e-12);
}

TEST_CASE("smoothed points and kernel means in Nystrom features: closed forms agree with quadrature") {
  const auto z = even_landmarks(-4, 4, 7);
  const smoothed_points<double, 1> p(z, weights<double>::LinSpaced(7, 1, 3), 0.5);
  const nystrom_features<gaussian_kernel, double, 1> map(gaussian_kernel(0.7), even_landmarks(-2, 2, 4));
  Eigen::VectorXd closed(map.features()), summed(map.features());
  embed_into(p, map, closed);
  const auto nodes = detail::nodes_of(p);
  map.mean_into(nodes.x, &nodes.w, summed);
  CHECK((closed - summed).cwiseAbs().maxCoeff() < 1e-11);
  // On the landmarks themselves they hold the points exactly.
  const kernel_mean_options points{.length_scale = 1, .bandwidth = 0.7, .match = kernel_match::points};
  const nystrom_features<gaussian_kernel, double, 1> on_points(gaussian_kernel(1.0), z);
  const feature_mean_estimator<nystrom_features<gaussian_kernel, double, 1>, double, 1> nystrom(on_points, z, points);
  const kernel_mean_estimator<double, 1> direct(z, points);
  const gaussian<double, 1> one(0.5, 1.5);
  CHECK((nystrom.population_fit(one).weights() - direct.population_fit(one).weights()).norm() < 1e-4);
  stream rng(6);
  const auto x = two_normals().sample(40, rng);
  CHECK((nystrom.fit(x, rng).model.weights() - direct.fit(x, rng).model.weights()).norm() < 1e-4);
}

TEST_CASE("kernel mean: degenerate data are an outcome, and weights are what they say") {
  stream rng(7);
  const kernel_mean_estimator<double, 1> e(even_landmarks(-2, 2, 5), {.length_scale = 0.5, .bandwidth = 0.3});
  const auto one = e.fit(samples<double, 1>::Constant(1, 10, 1.0), rng);
  CHECK(one.result.what == status::degenerate);
  CHECK_CLOSE(one.model.weights()[3], 1.0, 1e-9);
  const auto far = e.fit(samples<double, 1>::Constant(1, 10, 1e6), rng);
  CHECK(far.result.what == status::degenerate);
  CHECK(std::string(far.result.reason).find("beyond the reach") != std::string::npos);
  const auto hasty = kernel_mean_estimator<double, 1>(
                         even_landmarks(-2, 2, 5),
                         {.length_scale = 0.5,
                          .bandwidth = 0.3,
                          .solver = {.solver = simplex_solver::pairwise, .tolerance = 1e-12, .max_iterations = 2}})
                         .fit(normals<1>(1, 50, rng), rng);
  CHECK(hasty.result.what == status::not_converged);
  // Twice an observation is one of weight two, and weight 0 is none.
  const samples<double, 1> x = normals<1>(1, 6, rng);
  samples<double, 1> twice(1, 7);
  twice << x, x[2];
  weights<double> w = weights<double>::Ones(6);
  w[2] = 2;
  CHECK((e.fit(twice, rng).model.weights() - e.fit(x, w, rng).model.weights()).cwiseAbs().maxCoeff() < 1e-6);
}

TEST_CASE("landmarks: they are different observations, as many as there are") {
  stream rng(8);
  const samples<double, 2> x = normals<2>(2, 200, rng);
  for (const auto how : {landmark_choice::random, landmark_choice::spread}) {
    const samples<double, 2> z = choose_landmarks(x, 20, how, rng);
    CHECK(z.cols() == 20);
    for (Index j = 0; j < 20; ++j) {
      bool member = false;
      for (Index i = 0; i < 200; ++i) member = member || x.col(i) == z.col(j);
      CHECK(member);
      for (Index i = 0; i < j; ++i) CHECK(z.col(i) != z.col(j));
    }
  }
  const samples<double, 1> tied = (samples<double, 1>(1, 6) << 1, 1, 2, 2, 1, 2).finished();
  CHECK(choose_landmarks(tied, 5, landmark_choice::random, rng).cols() == 2);
  CHECK(choose_landmarks(tied, 5, landmark_choice::spread, rng).cols() == 2);
  // Whatever their unit: the middle of five is the last that an even cover takes, and neighbours too near for squares count.
  const samples<double, 1> five = (samples<double, 1>(1, 5) << 0, 1, 4, 7, 8).finished();
  for (const double unit : {1e-200, 1.0, 1e200}) {
    const samples<double, 1> z = choose_landmarks(samples<double, 1>(five * unit), 3, landmark_choice::spread, rng) / unit;
    CHECK(z.maxCoeff() - z.minCoeff() >= 7 - 1e-12);
    CHECK(choose_landmarks(samples<double, 1>(five * unit), 5, landmark_choice::spread, rng).cols() == 5);
  }
  const samples<double, 1> near = (samples<double, 1>(1, 4) << 0, 1e-200, 1, 1e-200).finished();
  CHECK(choose_landmarks(near, 4, landmark_choice::spread, rng).cols() == 3);
  const on_landmarks_of_data e(
      kernel_mean_estimator<double, 1>(even_landmarks(0, 1, 2), {.length_scale = 1, .bandwidth = 0.2}), 5);
  CHECK(e.fit(tied, rng).result.what == status::degenerate);
  CHECK(e.fit(normals<1>(1, 30, rng), rng).model.size() == 5);
}

TEST_CASE("kernel mean: bad arguments are refused by name") {
  using estimator = kernel_mean_estimator<double, 1>;
  const auto z = even_landmarks(-1, 1, 3);
  CHECK(refuses([&] { return estimator(z, {}); }, "kernel_mean_estimator", "length_scale"));
  CHECK(refuses([&] { return estimator(z, {.length_scale = 1, .bandwidth = -1}); }, "bandwidth"));
  CHECK(refuses([&] { return estimator(z, {.length_scale = 1, .solver = {.tolerance = -1}}); }, "tolerance"));
  CHECK(refuses([&] { return estimator(samples<double, 1>(1, 0), {.length_scale = 1}); }, "landmarks.cols()"));
  CHECK(refuses([&] { return estimator(samples<double, 1>::Constant(1, 2, not_a_number), {.length_scale = 1}); },
                "landmarks", "nan"));
  const estimator e(z, {.length_scale = 1});
  stream rng(10);
  CHECK(refuses([&] { return e.fit(samples<double, 1>(1, 0), rng); }, "x.cols()"));
  CHECK(refuses([&] { return e.fit(samples<double, 1>::Constant(1, 2, not_a_number), rng); }, "finite"));
  CHECK(refuses([&] { return e.fit(samples<double, 1>::Ones(1, 2), weights<double>::Constant(2, -1), rng); }, "negative"));
  CHECK(refuses([&] { return e.fit(samples<double, 1>::Ones(1, 2), weights<double>::Ones(3), rng); },
                "one entry per observation"));
  CHECK(refuses([&] { return three_points(-1); }, "bandwidth"));
  CHECK(refuses([&] { return three_points().sample(-1, rng); }, "n"));
  CHECK(refuses([&] { return choose_landmarks(z, 0, landmark_choice::random, rng); }, "m"));
  CHECK(refuses([&] { return even_landmarks(1, 1, 3); }, "upper"));
  CHECK(
      refuses([&] { return solve_simplex_weights(Eigen::MatrixXd::Ones(2, 3), Eigen::VectorXd::Ones(2)); }, "gram.cols()"));
  CHECK(refuses([&] { return on_landmarks_of_data(e, 0); }, "count"));
}

TEST_CASE("smoothed points: moments at the ends of the range") {
  simulacra_test::check_range_of_moments([](double s) {
    const samples<double, 2> z{{1, 2, 3, 4, 10}, {2, 1, 0, -1, -0.5}};
    return Eigen::MatrixXd(smoothed_points<double, 2>(z * s, weights<double>::Constant(5, 0.2), s).covariance());
  });
}
