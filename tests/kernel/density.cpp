#include "kernel/support.hpp"

#include <cmath>
#include <complex>
#include <limits>

#include <simulacra/families/kernel/density.hpp>

using namespace simulacra_test;

TEST_CASE("kernel density: one place and many, weighted and not, in every shape of bandwidth agree") {
  for (const Index d : {1, 2, 3}) {
    const samples<> x = waves(d, 700), y = waves(d, 70, 0.2);
    square<> lower = square<>::Zero(d, d);
    point<> diagonal(d);
    for (Index i = 0; i < d; ++i) {
      diagonal[i] = 0.5 + 0.3 * static_cast<double>(i);
      for (Index j = 0; j <= i; ++j) lower(i, j) = i == j ? diagonal[i] : 0.4;
    }
    const square<> rough = lower * lower.transpose();
    for (const auto& h :
         {bandwidth_matrix<>::scalar(0.6, d), bandwidth_matrix<>::diagonal(diagonal), bandwidth_matrix<>::covariance(rough)})
      for (const bool weighted : {false, true}) {
        const kernel_density<> p(x, weighted ? uneven(700) : weights<double>(), h);
        Eigen::VectorXd all(70);
        p.log_density_into(y, all);
        for (Index i = 0; i < 70; ++i) {
          // Straight from the definition.
          double sum = 0;
          for (Index j = 0; j < 700; ++j) {
            const point<> z = h.lower().triangularView<Eigen::Lower>().solve(point<>(y.col(i) - x.col(j)));
            sum += p.weight(j) * std::exp(-0.5 * z.squaredNorm());
          }
          const double expected =
              std::log(sum) - 0.5 * static_cast<double>(d) * std::log(2 * 3.141592653589793) - h.log_determinant();
          CHECK_CLOSE(p.log_density(y.col(i)), expected, 1e-12);
          CHECK_CLOSE(all[i], expected, 1e-12);
        }
      }
  }
}

TEST_CASE("kernel density: log densities far out keep their digits, and none is NaN") {
  for (const double unit : {1.0, 1e-300, 1e300}) {
    CAPTURE(unit);
    const samples<double, 1> x = samples<double, 1>(waves(1, 100)) * (unit * 0.05);
    const kernel_density<double, 1> p(x, uneven(100), 0.01 * unit);
    samples<double, 1> y(1, 4);
    y << 0.0, 3 * unit, 40 * unit, -1e5 * unit;
    Eigen::VectorXd all(4);
    p.log_density_into(y, all);
    Index top = 0;
    x.row(0).maxCoeff(&top);
    for (Index i = 0; i < 4; ++i) CHECK_CLOSE(all[i], p.log_density(y.col(i)), 1e-13);
    // Forty thousand bandwidths out the nearest point is all that counts.
    const double z = (40 * unit - x(0, top)) / (0.01 * unit);
    const double only =
        std::log(p.weight(top)) - 0.5 * z * z - std::log(0.01 * std::sqrt(2 * 3.141592653589793)) - std::log(unit);
    CHECK_CLOSE(all[2], only, 1e-9);
    const kernel_density<double, 1, smoothing::exponential> wide(x, 0.01 * unit);
    wide.log_density_into(y, all);
    for (Index i = 0; i < 4; ++i) CHECK_CLOSE(all[i], wide.log_density(y.col(i)), 1e-13);
    const kernel_density<double, 1, smoothing::tophat> narrow(x, 0.01 * unit);
    CHECK(narrow.log_density(y.col(2)) == -std::numeric_limits<double>::infinity());
    stream rng(3);
    CHECK(p.sample(50, rng).allFinite());
    CHECK(std::isfinite(p.mean()[0]));
  }
}

TEST_CASE("kernel density: far from the origin differences of points keep their digits") {
  const samples<double, 2> x = waves(2, 50), y = waves(2, 10, 0.3);
  const auto h = bandwidth_matrix<2>::diagonal(point<double, 2>(0x1p-3, 0x1p-1));
  const double far = 0x1p30;
  samples<double, 2> moved = x, there = y;
  for (samples<double, 2>* s : {&moved, &there})
    *s = (s->array() * 0x1p20).round() * 0x1p-20;  // so that moving rounds nothing
  const kernel_density<double, 2> near(moved, h), off(samples<double, 2>(moved.array() + far), h);
  Eigen::VectorXd a(10), b(10);
  near.log_density_into(there, a);
  off.log_density_into(samples<double, 2>(there.array() + far), b);
  for (Index i = 0; i < 10; ++i) CHECK(a[i] == b[i]);
}

TEST_CASE("kernel density: moments are those of its draws, for a full bandwidth and weights") {
  const samples<double, 2> x = waves(2, 9);
  const kernel_density<double, 2, smoothing::biweight> p(
      x, uneven(9), bandwidth_matrix<2>::factor(square<double, 2>{{2.0, 0.0}, {1.5, 1.0}}));
  stream rng(11);
  const samples<double, 2> draws = p.sample(200000, rng);
  const point<double, 2> mean = p.mean();
  const square<double, 2> covariance = p.covariance();
  for (Index i = 0; i < 2; ++i) {
    std::vector<double> first(200000);
    for (Index n = 0; n < 200000; ++n) first[static_cast<std::size_t>(n)] = draws(i, n) - mean[i];
    CHECK_Z(mean_of(first).mean, 0, mean_of(first).standard_error);
    for (Index j = 0; j <= i; ++j) {
      std::vector<double> products(200000);
      for (Index n = 0; n < 200000; ++n)
        products[static_cast<std::size_t>(n)] = (draws(i, n) - mean[i]) * (draws(j, n) - mean[j]);
      const mean_and_error m = mean_of(products);
      CHECK_Z(m.mean, covariance(i, j), m.standard_error);
      CHECK(std::abs(z_score(m.mean, 1.1 * covariance(i, j), m.standard_error)) > z_limit);
    }
  }
}

TEST_CASE("kernel density: sample_into and sample give the same draws") {
  const kernel_density<double, 2, smoothing::cosine> p(samples<double, 2>(waves(2, 9)), 0.3);
  stream a(4), b(4);
  const samples<double, 2> x = p.sample(1500, a);
  samples<double, 2> y = samples<double, 2>::Zero(2, 1502);
  p.sample_into(y.middleCols(1, 1500), b);
  CHECK(x == y.middleCols(1, 1500));
  CHECK(a.position() == b.position());
  CHECK(y.col(0).norm() == 0);
}

TEST_CASE("kernel density: shrinking keeps mean and covariance of the points whatever the bandwidth") {
  const samples<double, 2> x = waves(2, 15);
  for (const auto& h : {bandwidth_matrix<2>::scalar(0.5), bandwidth_matrix<2>::scalar(20),
                        bandwidth_matrix<2>::factor(square<double, 2>{{2.0, 0.0}, {1.5, 1.0}})})
    for (const bool weighted : {false, true}) {
      const kernel_density<double, 2, smoothing::epanechnikov> p(x, weighted ? uneven(15) : weights<double>(), h),
          q = p.shrunk();
      const square<double, 2> target =
          detail::covariance_of_smoothed<double, 2>(x, p.weights_of_points(), square<double, 2>::Zero(), 0);
      CHECK((q.mean() - p.mean()).norm() < 1e-13);
      CHECK((q.covariance() - target).norm() < 1e-12 * target.norm());
      CHECK((p.covariance() - target).norm() > 1e-3 * target.norm());  // the twin: not shrunk
    }
  // In one dimension: 1 / sqrt(1 + h^2 / s^2) of everything.
  const samples<double, 1> line = waves(1, 15);
  const kernel_density<double, 1> p(line, 0.7), q = p.shrunk();
  const double a = 1 / std::sqrt(1 + 0.49 / (p.covariance()(0, 0) - 0.49));
  CHECK_CLOSE(q.bandwidth().diagonal()[0], 0.7 * a, 1e-13);
  CHECK_CLOSE(q.points()(0, 3), p.mean()[0] + a * (line(0, 3) - p.mean()[0]), 1e-13);
}

TEST_CASE("kernel density: inflation multiplies the covariance and keeps mean and shape") {
  const kernel_density<double, 2> p(samples<double, 2>(waves(2, 9)), uneven(9), 0.3), q = p.inflated(4);
  CHECK((q.mean() - p.mean()).norm() < 1e-14);
  CHECK((q.covariance() - 4 * p.covariance()).norm() < 1e-13);
  const point<double, 2> at(0.3, -0.2), there = p.mean() + 2 * (at - p.mean());
  CHECK_CLOSE(q.log_density(there), p.log_density(at) - std::log(4.0), 1e-13);
}

TEST_CASE("kernel density: the characteristic function is the mean of that of its draws") {
  const kernel_density<double, 2> p(samples<double, 2>(waves(2, 9)), uneven(9),
                                    bandwidth_matrix<2>::factor(square<double, 2>{{0.5, 0.0}, {0.4, 0.3}}));
  stream rng(12);
  const samples<double, 2> draws = p.sample(100000, rng);
  const point<double, 2> w(0.9, -0.6);
  const std::complex<double> f = p.characteristic_function(w);
  std::vector<double> re(100000), im(100000);
  for (Index i = 0; i < 100000; ++i) {
    re[static_cast<std::size_t>(i)] = std::cos(w.dot(draws.col(i)));
    im[static_cast<std::size_t>(i)] = std::sin(w.dot(draws.col(i)));
  }
  CHECK_Z(mean_of(re).mean, f.real(), mean_of(re).standard_error);
  CHECK_Z(mean_of(im).mean, f.imag(), mean_of(im).standard_error);
}

TEST_CASE("kernel density: weights of 0 and whole multiples are what they should be") {
  const samples<double, 1> x = waves(1, 6);
  weights<double> w(6);
  w << 1, 0, 2, 0, 0, 3;
  samples<double, 1> repeated(1, 6);
  repeated << x(0, 0), x(0, 2), x(0, 2), x(0, 5), x(0, 5), x(0, 5);
  const kernel_density<double, 1> p(x, w, 0.4), q(repeated, 0.4);
  const samples<double, 1> y = waves(1, 9, 0.3) * 5;
  Eigen::VectorXd a(9), b(9);
  p.log_density_into(y, a);
  q.log_density_into(y, b);
  for (Index i = 0; i < 9; ++i) {
    CHECK_CLOSE(a[i], b[i], 1e-13);
    CHECK_CLOSE(p.log_density(y.col(i)), b[i], 1e-13);
  }
  CHECK_CLOSE(p.covariance()(0, 0), q.covariance()(0, 0), 1e-13);
  CHECK_CLOSE(p.mean()[0], q.mean()[0], 1e-13);
}

TEST_CASE("kernel density: without smoothing it is its points") {
  const samples<double, 1> x = waves(1, 6);
  const kernel_density<double, 1> p(x, bandwidth_matrix<1>::none(1));
  CHECK(p.log_density(x.col(2)) == std::numeric_limits<double>::infinity());
  CHECK(p.log_density(point<double, 1>(77.0)) == -std::numeric_limits<double>::infinity());
  Eigen::VectorXd out(6);
  p.log_density_into(x, out);
  CHECK((out.array() == std::numeric_limits<double>::infinity()).all());
  stream rng(1);
  const samples<double, 1> draws = p.sample(20, rng);
  for (Index i = 0; i < 20; ++i) CHECK((x.array() == draws(0, i)).any());
}

TEST_CASE("kernel density: bad arguments are named") {
  samples<double, 1> x = waves(1, 6);
  stream rng(1);
  using law = kernel_density<double, 1>;
  CHECK(throws([&] { law(x, 0.0); }, "h", "0", "> 0"));
  CHECK(throws([&] { law(x, -1.0); }, "-1"));
  CHECK(throws([&] { law(x, std::nan("")); }, "nan"));
  CHECK(throws([&] { law(x, std::numeric_limits<double>::infinity()); }, "inf"));
  CHECK(throws([&] { law(samples<double, 1>(1, 0), 1.0); }, "points.cols()"));
  CHECK(throws([&] { law(x, weights<double>::Zero(6), 1.0); }, "positive and finite sum"));
  CHECK(throws([&] { law(x, weights<double>::Constant(6, -1.0), 1.0); }, "-1"));
  CHECK(throws([&] { law(x, weights<double>::Ones(5), 1.0); }, "w.size()"));
  CHECK(throws([&] { static_cast<void>(law(x, 1.0).inflated(-1)); }, "lambda"));
  CHECK(throws([&] { static_cast<void>(law(x, 1.0).sample(-1, rng)); }, "n", "-1"));
  CHECK(throws([] { bandwidth_matrix<2>::covariance(square<double, 2>{{1.0, 2.0}, {2.0, 1.0}}); }, "positive definite"));
  CHECK(throws([] { bandwidth_matrix<2>::covariance(square<double, 2>{{1.0, 0.5}, {0.0, 1.0}}); }, "symmetric"));
  CHECK(throws([] { bandwidth_matrix<2>::diagonal(point<double, 2>(1.0, 0.0)); }, "> 0"));
  CHECK(throws([] { bandwidth_matrix<>::scalar(1.0); }, "dimension"));
  Eigen::VectorXd out(6);
  const law p(x, 1.0);
  x(0, 4) = std::nan("");
  CHECK(throws([&] { law(x, 1.0); }, "points", "column 4"));
  CHECK(throws([&] { p.log_density_into(x, out); }, "finite"));
}

TEST_CASE("kernel density: under a singular bandwidth draws and points are on the support, to rounding") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  stream rng(5);
  const auto count = [&](const auto& law, const auto& x, double value) {
    Index n = 0;
    for (Index i = 0; i < x.cols(); ++i) n += law.log_density(x.col(i)) == value ? 1 : 0;
    return n;
  };
  square<> lost(3, 3), first(3, 3);
  lost << 0.3, 0, 0, 0.1, 0, 0, -0.7, 0, 1.1;   // a plane
  first << 0, 0, 0, 0.4, 0.2, 0, 0.3, -0.1, 0;  // a column with nothing on its diagonal
  for (const double at : {0.0, 1e6})
    for (const square<>& lower : {lost, first}) {
      const samples<> points = waves(3, 40).array() + at;
      const kernel_density<> p(points, uneven(40), bandwidth_matrix<>::factor(lower));
      CHECK(count(p, p.sample(300, rng), infinity) == 300);
      CHECK(count(p, points, infinity) == 40);
      CHECK(count(p, samples<>(waves(3, 9, 0.37).array() + (at + 0.1)), -infinity) == 9);
      Eigen::VectorXd all(40);
      p.log_density_into(points, all);
      CHECK((all.array() == infinity).all());
    }
  const kernel_density<> flat(waves(2, 30), bandwidth_matrix<>::factor((square<>(2, 2) << 0.1, 0, 0.7, 0).finished()));
  CHECK(count(flat, flat.sample(300, rng), infinity) == 300);
  CHECK(throws([&] { static_cast<void>(flat.log_density(point<>(Eigen::Vector2d(std::nan(""), 0)))); },
               "kernel_density::log_density", "'x' is nan"));
  CHECK(flat.log_density(point<>(Eigen::Vector2d(infinity, 0))) == -infinity);
}

TEST_CASE("kernel density: one that is inflated out of the range ends its chain, and is no mistake") {
  const kernel_density<double, 1> law(samples<double, 1>{{-1, 0, 2}}, 0.5);
  const kernel_density<double, 1> wide = law.inflated(1e300).inflated(1e300);
  CHECK(wide.points().allFinite());
  CHECK_THROWS_AS(static_cast<void>(wide.inflated(1e300)), chain_end);
}
