#include "rkhs/support.hpp"

#include <limits>

#include <simulacra/families/rkhs/landmarks.hpp>
#include <simulacra/families/rkhs/score_matching.hpp>

using namespace simulacra_test::rkhs;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

using estimator = score_matching_estimator<double, 1>;

score_basis<1> basis(Index landmarks, int degree, double length_scale = 1) {
  return score_basis<1>::of_landmarks(landmarks == 0 ? samples<double, 1>(1, 0) : even_landmarks(-5, 5, landmarks),
                                      length_scale, degree);
}

/// The largest difference of two log densities on [-5, 5].
template <class P, class Q>
double log_distance(const P& p, const Q& q) {
  double most = 0;
  for (double u = -5; u <= 5; u += 0.1) {
    const point<double, 1> x(u);
    most = (std::max)(most, std::abs(p.log_density(x) - q.log_density(x)));
  }
  return most;
}

/// \f$ E_{law} (\partial \log p - \partial \log q)^2 \f$ on the line.
template <class Law, class P, class Q>
double fisher_distance(const Law& law, const P& p, const Q& q) {
  return integral(-8, 8, 24, [&](double u) {
    const point<double, 1> x(u);
    return std::exp(law.log_density(x)) * std::pow(p.log_density_gradient(x)[0] - q.log_density_gradient(x)[0], 2);
  });
}

}  // namespace

TEST_CASE("score matching: at n = infinity it recovers a Gaussian's log density to 1e-6, whatever the ridge") {
  const gaussian<double, 1> truth(0.7, 1.9);
  for (const double ridge : {1e-2, 1e-6}) {
    CHECK(log_distance(estimator(basis(12, 2), {.ridge = ridge}).population_fit(truth), truth) < 1e-9);
    stream rng(30);
    const random_fourier_features map(gaussian_kernel(1.0), 1, 40, rng);
    CHECK(log_distance(estimator(score_basis<1>::of_features(map, 2), {.ridge = ridge}).population_fit(truth), truth) <
          1e-7);
  }
  CHECK(log_distance(estimator(basis(0, 2), {}).population_fit(truth), truth) < 1e-12);
  CHECK(log_distance(estimator(basis(12, 2), {}).project(truth), truth) < 1e-6);
  // Without monomials of degree 2 it does not: the family does not hold this Gaussian.
  CHECK(log_distance(estimator(basis(12, 0), {.ridge = 1e-2}).population_fit(truth), truth) > 1e-3);
}

TEST_CASE("score matching: without kernels it is the Gaussian of the sample's moments, at its exact rate") {
  // The precision of n normal numbers, n / SS: its mean is n / (n - 3), its squared error n^2 / ((n-3)(n-5)) - 2n / (n-3) +
  // 1.
  const estimator e(basis(0, 2), {.base = gaussian<double, 1>(0, 9)});
  for (const Index n : {40, 160}) {
    std::vector<double> precision, squared;
    for (int i = 0; i < 1000; ++i) {
      stream rng(stream_key{31, 0}, {0, static_cast<std::uint64_t>(i)});
      const auto made = e.fit(normals<1>(1, n, rng), rng).model;
      const double at_0 = made.log_density_gradient(point<double, 1>(0.0))[0],
                   at_1 = made.log_density_gradient(point<double, 1>(1.0))[0];
      precision.push_back(at_0 - at_1);
      squared.push_back(std::pow(precision.back() - 1, 2));
    }
    const double m = static_cast<double>(n);
    const auto mean = mean_of(precision), square = mean_of(squared);
    CHECK_Z(mean.mean, m / (m - 3), mean.standard_error);
    CHECK_Z(square.mean, m * m / ((m - 3) * (m - 5)) - 2 * m / (m - 3) + 1, square.standard_error);
    CHECK(std::abs(z_score(mean.mean, 1.0, mean.standard_error)) > z_limit);  // one who forgets the bias is noticed
  }
}

TEST_CASE("score matching: with kernels the statistical error falls like 1 / n") {
  const estimator e(basis(9, 0), {.ridge = 1e-2, .base = gaussian<double, 1>(0, 9)});
  const auto limit = e.population_fit(two_normals());
  const auto error = [&](Index n) {
    std::vector<double> all;
    for (int i = 0; i < 60; ++i) {
      stream rng(stream_key{32, 0}, {0, static_cast<std::uint64_t>(i)});
      all.push_back(fisher_distance(two_normals(), e.fit(two_normals().sample(n, rng), rng).model, limit));
    }
    return mean_of(all);
  };
  const auto few = error(200), many = error(3200);
  // A ratio of 16, with the standard error of the logarithm of a ratio of means, plus a sixteenth for the next order in 1 /
  // n.
  const double spread = std::hypot(few.standard_error / few.mean, many.standard_error / many.mean);
  CHECK_Z(std::log(few.mean / many.mean), std::log(16.0), spread + 1.0 / 16 / z_limit);
  CHECK(std::abs(z_score(std::log(few.mean / many.mean), std::log(4.0), spread)) > z_limit);  // 1 / root n is another rate
}

TEST_CASE("score matching: landmarks are expressivity, and the ridge is approximation") {
  const auto nearly = estimator(basis(24, 2), {.ridge = 1e-9}).population_fit(two_normals());
  double before = 10;
  for (const Index m : {3, 5, 9}) {  // each holds the one before it
    const double left = fisher_distance(two_normals(), estimator(basis(m, 0), {}).project(two_normals()), nearly);
    CHECK(left < 0.8 * before);
    before = left;
  }
  CHECK(before < 0.01);
  before = 10;
  for (const double ridge : {1.0, 1e-1, 1e-2, 1e-3}) {
    const double left =
        fisher_distance(two_normals(), estimator(basis(9, 0), {.ridge = ridge}).population_fit(two_normals()),
                        estimator(basis(9, 0), {}).project(two_normals()));
    CHECK(left < 0.5 * before);
    before = left;
  }
}

TEST_CASE("exponential family on the line: normaliser, moments and gradient agree with quadrature and differences") {
  stream rng(33);
  const score_basis<1> b = basis(7, 2, 0.7);
  Eigen::VectorXd theta(9);
  theta << 0.5, -1, 2, 1, -3, 1, 0.5, 0.3, -0.2;
  const kernel_exponential_family<double, 1> p(b, gaussian<double, 1>(0.3, 4), theta, 2, rng);
  const auto moment = [&](auto f) { return expectation(p, -14, 14, f); };
  CHECK_CLOSE(moment([](double) { return 1.0; }), 1.0, 1e-10);
  CHECK(p.normalisation().relative_error < 1e-10);
  CHECK_CLOSE(p.mean()[0], moment([](double x) { return x; }), 1e-9);
  CHECK_CLOSE(p.covariance()(0, 0), moment([&](double x) { return std::pow(x - p.mean()[0], 2); }), 1e-9);
  const double direct =
      -0.5 * std::pow(1.1 - 0.3, 2) / 4 - 0.5 * std::log(2 * 3.14159265358979323846 * 4) + 0.3 * 1.1 - 0.2 * 1.21 + [&] {
        double f = 0;
        for (Index j = 0; j < 7; ++j) f += theta[j] * std::exp(-0.5 * std::pow((1.1 - b.atoms()(0, j)) / 0.7, 2));
        return f;
      }();
  CHECK_CLOSE(p.log_unnormalised(point<double, 1>(1.1)), direct, 1e-12);
  const double h = 1e-5;
  for (const double u : {-2.0, 0.1, 3.3})
    CHECK_CLOSE(p.log_density_gradient(point<double, 1>(u))[0],
                (p.log_density(point<double, 1>(u + h)) - p.log_density(point<double, 1>(u - h))) / (2 * h), 1e-6);
  CHECK(std::abs(fit_z(p.sample(200'000, rng), p, -4, 4, 60)) <= z_limit);
  theta[2] *= 1.03;
  const kernel_exponential_family<double, 1> other(b, gaussian<double, 1>(0.3, 4), theta, 2, rng);
  CHECK(fit_z(other.sample(200'000, rng), p, -4, 4, 60) > z_limit);
}

TEST_CASE("exponential family: a normaliser whose grid cannot see the functions says so") {
  // A bump of height e^20 and width l on a standard normal; its integral is that of e^f - 1 over the bump, and 1.
  const auto made = [](double l) {
    stream rng(34);
    const auto b = score_basis<1>::of_landmarks(samples<double, 1>::Constant(1, 1, 0.00137), l, 0);
    return kernel_exponential_family<double, 1>(b, gaussian<double, 1>(0, 1), Eigen::VectorXd::Constant(1, 20), 2, rng)
        .normalisation();
  };
  const double bump = integral(-10, 10, 200, [](double u) { return std::expm1(20 * std::exp(-0.5 * u * u)); }) /
                      std::sqrt(2 * 3.14159265358979323846);
  for (const double l :
       {1e-2, 3e-3}) {  // the normal's height at the bump is 1 - 1e-6 of that at 0, and it curves on a scale of l^2
    CHECK_CLOSE(made(l).log_value, std::log1p(l * bump), 1e-4);
    CHECK(made(l).relative_error < 1e-3);
  }
  for (const double l : {1e-4, 1e-5, 1e-9}) CHECK(std::isinf(made(l).relative_error));
  stream rng(35);
  const auto narrow = score_basis<2>::of_landmarks(samples<double, 2>::Constant(2, 1, 0.01), 1e-3, 0);
  const kernel_exponential_family<double, 2> plane(narrow, gaussian<double, 2>::standard(), Eigen::VectorXd::Constant(1, 20),
                                                   2, rng);
  CHECK(std::isinf(plane.normalisation().relative_error));
}

TEST_CASE("score sums: they merge, reweight, and are all that a fit needs") {
  stream rng(37);
  const estimator e(basis(5, 1), {.ridge = 1e-2, .base = gaussian<double, 1>(0, 4)});
  const samples<double, 1> x = normals<1>(1, 60, rng), y = normals<1>(1, 30, rng);
  samples<double, 1> both(1, 90);
  both << x, y;
  score_sums s = e.summarise(x);
  s.merge(e.summarise(y));
  CHECK(s.count() == 90);
  CHECK((e.fit(s, rng).model.coefficients() - e.fit(both, rng).model.coefficients()).norm() < 1e-9);
  weights<double> w = weights<double>::Ones(90);
  w.tail(30).setConstant(3);
  score_sums t = e.summarise(y);
  t.reweight(3);
  t.merge(e.summarise(x));
  CHECK((e.fit(t, rng).model.coefficients() - e.fit(both, w, rng).model.coefficients()).norm() < 1e-9);
}

TEST_CASE("score matching: degenerate data are an outcome") {
  stream rng(38);
  const auto one = estimator(basis(5, 2), {.ridge = 1e-3}).fit(samples<double, 1>::Constant(1, 8, 0.5), rng);
  CHECK(one.result.what == status::degenerate);
  CHECK(std::isfinite(one.model.log_density(point<double, 1>(0.5))));
  CHECK(one.model.sample(10, rng).allFinite());
  const auto few =
      estimator(basis(9, 0), {}).fit(normals<1>(1, 3, rng), rng);  // fewer equations than unknowns, and no ridge
  CHECK(few.result.what == status::degenerate);
  // Functions that no grid sees leave the normaliser unknown, and the fit says so.
  const auto unseen = estimator(basis(5, 2, 1e-6), {.ridge = 1e-3}).fit(normals<1>(1, 50, rng), rng);
  CHECK(unseen.result.what == status::not_converged);
  CHECK(unseen.result.reason.find("normalising") != std::string_view::npos);
  CHECK(estimator(basis(5, 2, 0.5), {.ridge = 1e-3}).fit(normals<1>(1, 50, rng), rng).result.ok());
}

TEST_CASE("score matching: bad arguments are refused by name") {
  stream rng(39);
  CHECK(refuses([&] { return basis(0, 0); }, "score_basis", "landmarks.cols()"));
  CHECK(refuses([&] { return basis(3, 3); }, "degree"));
  CHECK(refuses([&] { return basis(3, 1, 0); }, "length_scale"));
  CHECK(refuses([&] { return estimator(basis(3, 0), {.ridge = -1}); }, "ridge"));
  CHECK(refuses([&] { return estimator(basis(3, 0), {.broadening = 0}); }, "broadening"));
  CHECK(refuses([&] { return estimator(basis(3, 0), {.base = gaussian<double, 1>(0, 0)}); }, "full rank"));
  const estimator e(basis(3, 0), {.ridge = 0.1});
  CHECK(refuses([&] { return e.fit(samples<double, 1>(1, 0), rng); }, "x.cols()"));
  CHECK(refuses([&] { return e.fit(samples<double, 1>::Constant(1, 2, not_a_number), rng); }, "finite"));
  CHECK(refuses([&] { return e.summarise(samples<double, 1>::Ones(1, 2)); }, "options.base"));
  Eigen::VectorXd theta(2);
  theta << 0, 1;  // e^{x^2} wins over the base
  CHECK(refuses([&] { return kernel_exponential_family<double, 1>(basis(0, 2), gaussian<double, 1>(0, 1), theta, 2, rng); },
                "theta"));
}
