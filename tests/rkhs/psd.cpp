#include "rkhs/support.hpp"

#include <limits>

#include <simulacra/families/rkhs/landmarks.hpp>
#include <simulacra/families/rkhs/psd_estimator.hpp>
#include <simulacra/families/rkhs/psd_model.hpp>
#include <simulacra/recursion/lineage.hpp>
#include <simulacra/recursion/recipes.hpp>

using namespace simulacra_test::rkhs;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// Five landmarks, rank two, signs mixed: a density with several bumps.
psd_model<double, 1> bumpy() {
  const Eigen::MatrixXd v = (Eigen::MatrixXd(5, 2) << 1, 0.3, -0.7, 1, 0.4, 0.2, 0.9, -0.5, -0.3, 0.8).finished();
  return {(samples<double, 1>(1, 5) << -2, -1, 0.3, 1, 2.5).finished(), 0.9, v};
}

/// The same in the plane, with six landmarks.
psd_model<double, 2> bumpy_plane() {
  stream rng(11);
  const samples<double, 2> z = 1.2 * normals<2>(2, 6, rng);
  return {z, 1.0, Eigen::MatrixXd(normals<dynamic>(6, 2, rng))};
}

/// The sum of a function of the plane over a fine grid times its cells' area: for what is as smooth as this, to rounding.
template <class F>
double plane_integral(F f) {
  double sum = 0;
  for (double y = -9; y < 9; y += 0.15)
    for (double x = -9; x < 9; x += 0.15) sum += 0.0225 * f(point<double, 2>(x, y));
  return sum;
}

/// The squared L2 distance of two densities on the line.
template <class P, class Q>
double l2_squared(const P& p, const Q& q) {
  return integral(-12, 12, 120, [&](double u) {
    const point<double, 1> x(u);
    return std::pow(std::exp(p.log_density(x)) - std::exp(q.log_density(x)), 2);
  });
}

}  // namespace

TEST_CASE("psd model: mass, moments and characteristic function agree with quadrature") {
  const auto p = bumpy();
  const auto moment = [&](auto f) { return expectation(p, -10, 10, f); };
  CHECK_CLOSE(moment([](double) { return 1.0; }), 1.0, 1e-12);
  const double centre = p.mean()[0];
  CHECK_CLOSE(centre, moment([](double x) { return x; }), 1e-11);
  CHECK_CLOSE(p.covariance()(0, 0), moment([&](double x) { return (x - centre) * (x - centre); }), 1e-11);
  const auto phi = p.characteristic_function(point<double, 1>(1.7));
  CHECK_CLOSE(phi.real(), moment([](double x) { return std::cos(1.7 * x); }), 1e-11);
  CHECK_CLOSE(phi.imag(), moment([](double x) { return std::sin(1.7 * x); }), 1e-11);
  CHECK_CLOSE(p.pair_weights().sum(), 1.0, 1e-14);
  CHECK(p.pair_weights().minCoeff() < 0);  // terms are negative, the density is not
  CHECK(std::isfinite(p.log_density(point<double, 1>(1e5))));
  const auto same = psd_model<double, 1>::from_matrix(p.landmarks(), 0.9, 7 * p.matrix());
  CHECK_CLOSE(same.log_density(point<double, 1>(0.4)), p.log_density(point<double, 1>(0.4)), 1e-10);
  const nystrom_features<gaussian_kernel, double, 1> map(gaussian_kernel(0.7), even_landmarks(-2, 2, 4));
  Eigen::VectorXd closed(map.features()), summed(map.features());
  embed_into(p, map, closed);
  const auto nodes = detail::nodes_of(p);
  map.mean_into(nodes.x, &nodes.w, summed);
  CHECK((closed - summed).cwiseAbs().maxCoeff() < 1e-11);
}

TEST_CASE("psd model: log densities where kernels underflow, and at the ends of the range") {
  constexpr double infinity = std::numeric_limits<double>::infinity(), log_pi = 1.1447298858494002;
  // The landmark at 0 has no part in it: N(100, 1/2).
  const psd_model<double, 1> far((samples<double, 1>(1, 2) << 0, 100).finished(), 1, Eigen::Vector2d(0, 1));
  CHECK_CLOSE(far.log_density(point<double, 1>(0.0)), -1e4 - 0.5 * log_pi, 1e-14);
  CHECK_CLOSE(far.log_density(point<double, 1>(101.0)), -1 - 0.5 * log_pi, 1e-14);
  CHECK(far.log_density(point<double, 1>(1e200)) == -infinity);  // it is beyond the range of doubles, and not NaN
  const psd_model<double, 1> wide(samples<double, 1>::Zero(1, 1), 1e200, Eigen::MatrixXd::Ones(1, 1));
  CHECK_CLOSE(wide.log_density(point<double, 1>(2e200)), -4 - 0.5 * log_pi - 200 * std::log(10.0), 1e-13);
}

TEST_CASE("psd model: in the plane, against sums on a grid") {
  const auto p = bumpy_plane();
  const auto moment = [&](auto f) {
    return plane_integral([&](const point<double, 2>& x) { return std::exp(p.log_density(x)) * f(x); });
  };
  CHECK_CLOSE(moment([](const auto&) { return 1.0; }), 1.0, 1e-12);
  const point<double, 2> mean = p.mean();
  for (Index k = 0; k < 2; ++k) CHECK_CLOSE(mean[k], moment([&](const auto& x) { return x[k]; }), 1e-11);
  CHECK_CLOSE(p.covariance()(0, 1), moment([&](const auto& x) { return (x[0] - mean[0]) * (x[1] - mean[1]); }), 1e-10);
  CHECK_CLOSE(p.covariance()(1, 1), moment([&](const auto& x) { return (x[1] - mean[1]) * (x[1] - mean[1]); }), 1e-10);
}

TEST_CASE("psd model: draws fit the density, and those of a model with one entry five percent off do not") {
  stream rng(12);
  const auto p = bumpy();
  CHECK(std::abs(fit_z(p.sample(200'000, rng), p, -5, 5, 60)) <= z_limit);
  Eigen::MatrixXd v = (Eigen::MatrixXd(5, 2) << 1, 0.3, -0.7, 1, 0.4, 0.2, 0.9, -0.5, -0.3, 0.8).finished();
  v(3, 0) *= 1.05;
  CHECK(fit_z(psd_model<double, 1>(p.landmarks(), 0.9, v).sample(200'000, rng), p, -5, 5, 60) > z_limit);
}

TEST_CASE("psd model: draws in the plane fit in cells, and with the second coordinate drawn alone they do not") {
  stream rng(13);
  const auto p = bumpy_plane();
  constexpr Index n = 20'000;
  samples<double, 2> x = p.sample(n, rng);
  constexpr int side = 8;  // cells of 1 x 1 on [-4, 4)^2, and what is outside
  std::vector<double> expected(side * side + 1, 0.0);
  for (int j = 0; j < side; ++j)
    for (int i = 0; i < side; ++i)
      expected[static_cast<std::size_t>(i + side * j)] =
          n * gauss_legendre<10>::integrate(j - 4.0, j - 3.0, [&](double v) {
            return gauss_legendre<10>::integrate(i - 4.0, i - 3.0,
                                                 [&](double u) { return std::exp(p.log_density(point<double, 2>(u, v))); });
          });
  double inside = 0;
  std::vector<double> pooled;
  for (const double e : expected) inside += e;
  expected.back() = n - inside;
  const auto z = [&](const samples<double, 2>& y) {
    std::vector<double> observed(expected.size(), 0.0), o, e(1, 0.0);
    for (Index i = 0; i < y.cols(); ++i) {
      const double a = std::floor(y(0, i)) + 4, b = std::floor(y(1, i)) + 4;
      ++observed[a >= 0 && a < side && b >= 0 && b < side ? static_cast<std::size_t>(a + side * b) : expected.size() - 1];
    }
    o.push_back(0);
    for (std::size_t k = 0; k < expected.size(); ++k) {  // cells of fewer than 20 are pooled
      if (expected[k] >= 20) {
        o.push_back(observed[k]);
        e.push_back(expected[k]);
      } else {
        o[0] += observed[k];
        e[0] += expected[k];
      }
    }
    return chi_square_z(o, e);
  };
  CHECK(std::abs(z(x)) <= z_limit);
  samples<double, 2> torn = x;
  for (Index i = 0; i < n; ++i) torn(1, i) = x(1, (i + 1) % n);  // right in each coordinate, and independent
  CHECK(z(torn) > z_limit);
}

TEST_CASE("psd model: draws of landmarks that are far apart are half here, half there, and of the kernel's width") {
  // Kernels 60 and 1e9 length scales apart do not meet: half of the law is about either landmark, with the variance l^2 / 2.
  stream rng(19);
  constexpr Index n = 4000;
  const auto check = [](const auto& x, double apart) {
    double there = 0, squares = 0;
    for (Index i = 0; i < n; ++i) {
      there += x(0, i) > apart / 2 ? 1 : 0;
      for (Index k = 0; k < x.rows(); ++k) squares += std::pow(k == 0 && x(0, i) > apart / 2 ? x(k, i) - apart : x(k, i), 2);
    }
    const double draws = static_cast<double>(x.size());
    CHECK_Z(there / n, 0.5, 0.5 / std::sqrt(1.0 * n));
    CHECK_Z(squares / draws, 0.5, 0.5 * std::sqrt(2 / draws));
  };
  const psd_model<double, 2> plane((samples<double, 2>(2, 2) << 0, 60, 0, 0).finished(), 1, Eigen::MatrixXd::Ones(2, 1));
  check(plane.sample(n, rng), 60);
  const psd_model<double, 1> far((samples<double, 1>(1, 2) << 0, 1e9).finished(), 1, Eigen::MatrixXd::Ones(2, 1));
  check(far.sample(n, rng), 1e9);
}

TEST_CASE("psd fit: at n = infinity it finds a law of its family") {
  const auto z = even_landmarks(-3, 3, 8);
  stream rng(14);
  const psd_model<double, 1> truth(z, 0.9, Eigen::MatrixXd(normals<dynamic>(8, 2, rng)));
  const psd_estimator<double, 1> e(z, {.length_scale = 0.9, .tolerance = 1e-11});
  CHECK(e.rank() == 8);
  const auto found = e.population_fit(truth);
  CHECK(l2_squared(found, truth) < 1e-11);
  CHECK(l2_squared(e.project(truth), truth) < 1e-11);
  const auto nodes = detail::nodes_of(truth);
  const auto fit = e.solve(e.moments_of(nodes.x, &nodes.w));
  const double norm = integral(-12, 12, 120, [&](double u) { return std::exp(2 * truth.log_density(point<double, 1>(u))); });
  CHECK_CLOSE(fit.objective, -norm, 1e-9);  // |p|^2 - 2 <p, truth> at p = truth
  CHECK(fit.result.ok());
}

TEST_CASE("psd fit: the gap bounds what is missing, for either solver") {
  const auto z = even_landmarks(-5, 5, 14);
  stream rng(15);
  const auto x = two_normals().sample(300, rng);
  const psd_estimator<double, 1> exact(z, {.length_scale = 1, .ridge = 1e-3, .tolerance = 1e-12});
  const auto best = exact.solve(exact.moments_of(x, nullptr));
  CHECK(best.gap < 1e-12);
  bool notices = false;
  for (const auto solver : {psd_solver::accelerated_gradient, psd_solver::interior_point})
    for (const Index steps : {0, 5, 20, 60, 200}) {
      const psd_estimator<double, 1> hasty(
          z, {.length_scale = 1, .ridge = 1e-3, .solver = solver, .tolerance = 0, .max_iterations = steps});
      const auto some = hasty.solve(hasty.moments_of(x, nullptr));
      CHECK(some.result.what == status::not_converged);
      CHECK(some.objective - best.objective <= some.gap + 1e-13);
      CHECK(some.objective - best.objective >= -1e-12);
      notices = notices || some.objective - best.objective > 0.25 * some.gap;
    }
  CHECK(notices);
  // The objective is what it is said to be: the squared norm, the data, and lambda tr(A K).
  double at_data = 0;
  for (Index i = 0; i < x.cols(); ++i) at_data += std::exp(best.model.log_density(x.col(i))) / static_cast<double>(x.cols());
  const double norm =
      integral(-12, 12, 120, [&](double u) { return std::exp(2 * best.model.log_density(point<double, 1>(u))); });
  Eigen::MatrixXd gram(14, 14);
  gram_block(gaussian_kernel(1.0), z, z, gram);
  CHECK_CLOSE(best.objective, norm - 2 * at_data + 1e-3 * best.model.matrix().cwiseProduct(gram).sum(), 1e-8);
}

TEST_CASE("psd fit: the statistical error falls like 1 / n, and the expressivity error with landmarks") {
  const auto error = [&](Index n) {
    const psd_estimator<double, 1> e(even_landmarks(-5, 5, 11), {.length_scale = 1, .tolerance = 1e-7});
    const auto limit = e.population_fit(two_normals());
    std::vector<double> all;
    for (int i = 0; i < 40; ++i) {
      stream rng(stream_key{16, 0}, {0, static_cast<std::uint64_t>(i)});
      all.push_back(l2_squared(e.fit(two_normals().sample(n, rng), rng).model, limit));
    }
    return mean_of(all);
  };
  const auto few = error(100), many = error(1600);
  // 16 times as many data: a 16th in the limit; constraints that bind (A is of low rank) hold the first back.
  CHECK(few.mean / many.mean > 6);
  CHECK(few.mean / many.mean < 26);
  double before = 1;
  for (const Index m : {3, 5, 8, 12}) {
    const double left = l2_squared(
        psd_estimator<double, 1>(even_landmarks(-4, 4, m), {.length_scale = 1}).project(two_normals()), two_normals());
    CHECK(left < 0.6 * before);
    before = left;
  }
  CHECK(before < 1e-6);
}

TEST_CASE("psd fit: in the plane it recovers a Gaussian") {
  stream rng(17);
  samples<double, 2> z(2, 16);
  for (Index i = 0; i < 16; ++i)
    z.col(i) << -2.4 + 1.6 * static_cast<double>(i % 4), -2.4 + 1.6 * static_cast<double>(i / 4);
  const psd_estimator<double, 2> e(
      z, {.length_scale = 1.4, .solver = psd_solver::accelerated_gradient, .tolerance = 1e-3, .max_iterations = 300});
  const auto made = e.fit(normals<2>(2, 2000, rng), rng);
  CHECK(made.result.ok());
  double apart = 0, norm = 0;
  for (double v = -5; v < 5; v += 0.25)
    for (double u = -5; u < 5; u += 0.25) {
      const point<double, 2> x(u, v);
      const double p = std::exp(-0.5 * x.squaredNorm()) / 6.283185307179586;
      apart += std::pow(std::exp(made.model.log_density(x)) - p, 2);
      norm += p * p;
    }
  CHECK(apart < 0.02 * norm);
}

TEST_CASE("psd fit: outcomes and weights") {
  stream rng(18);
  const psd_estimator<double, 1> e(even_landmarks(-4, 4, 9), {.length_scale = 1});
  CHECK(e.fit(samples<double, 1>::Constant(1, 5, 1e5), rng).result.what == status::degenerate);
  const samples<double, 1> x = normals<1>(1, 6, rng);
  samples<double, 1> twice(1, 7);
  twice << x, x[2];
  weights<double> w = weights<double>::Ones(6);
  w[2] = 2;
  CHECK(l2_squared(e.fit(twice, rng).model, e.fit(x, w, rng).model) < 1e-12);
}

TEST_CASE("psd fit: it runs under accumulate, and on landmarks that follow the data") {
  const on_landmarks_of_data moving(psd_estimator<double, 1>(even_landmarks(-1, 1, 2), {.length_scale = 1}), 10,
                                    landmark_choice::random);
  const auto line =
      run_lineage(experiment{two_normals(), moving, accumulate{}}, {.generations = 4, .samples = 60}, stream(9));
  CHECK(line.generations == 4);
  CHECK(std::isfinite(line.model->log_density(point<double, 1>(0.0))));
}

TEST_CASE("psd: bad arguments are refused by name") {
  using model = psd_model<double, 1>;
  using estimator = psd_estimator<double, 1>;
  const auto z = even_landmarks(-1, 1, 3);
  const Eigen::MatrixXd v = Eigen::MatrixXd::Ones(3, 1);
  CHECK(refuses([&] { return model(z, 0, v); }, "length_scale"));
  CHECK(refuses([&] { return model(z, 1, Eigen::MatrixXd::Ones(2, 1)); }, "psd_model", "factor.rows()"));
  CHECK(refuses([&] { return model(z, 1, Eigen::MatrixXd::Zero(3, 1)); }, "factor"));
  CHECK(refuses([&] { return model(z, 1, Eigen::MatrixXd::Constant(3, 1, not_a_number)); }, "finite"));
  CHECK(refuses([&] { return model::from_matrix(z, 1, -Eigen::MatrixXd::Identity(3, 3)); }, "eigenvalue"));
  stream rng(21);
  CHECK(refuses([&] { return model(z, 1, v).sample(-1, rng); }, "n"));
  CHECK(refuses([&] { return estimator(z, {}); }, "psd_estimator", "length_scale"));
  CHECK(refuses([&] { return estimator(z, {.length_scale = 1, .ridge = -1}); }, "ridge"));
  CHECK(refuses([&] { return estimator(z, {.length_scale = 1, .cutoff = 0}); }, "cutoff"));
  CHECK(refuses([&] { return estimator(even_landmarks(-1e9, 1e9, 3), {.length_scale = 1}); }, "grid nodes"));
  samples<double, 2> spread(2, 36);  // each has some 400 nodes of its own: matrices of 14,000 x 14,000
  for (Index i = 0; i < 36; ++i) spread.col(i) << 9.0 * static_cast<double>(i % 6), 9.0 * static_cast<double>(i / 6);
  CHECK(refuses([&] { return psd_estimator<double, 2>(spread, {.length_scale = 1}); }, "solver", "accelerated_gradient"));
  const estimator e(z, {.length_scale = 1});
  CHECK(refuses([&] { return e.fit(samples<double, 1>(1, 0), rng); }, "x.cols()"));
  CHECK(refuses([&] { return e.fit(samples<double, 1>::Constant(1, 2, not_a_number), rng); }, "finite"));
  CHECK(refuses([&] { return e.solve(Eigen::MatrixXd::Ones(2, 2)); }, "moments.rows()"));
}
