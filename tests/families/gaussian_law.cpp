#include "support/statistics.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include <simulacra/families/gaussian/divergences.hpp>
#include <simulacra/families/gaussian/estimator.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/families/gaussian/truncated.hpp>

using namespace simulacra;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

square<double, 2> matrix(double a, double b, double c, double d) { return (square<double, 2>() << a, b, c, d).finished(); }

gaussian<double, 2> law(double x, double y, double a, double b, double c) {
  return {point<double, 2>(x, y), matrix(a, b, b, c)};
}

template <class F, class... Words>
bool refuses(F f, Words... words) {
  try {
    static_cast<void>(f());
  } catch (const std::invalid_argument& error) {
    const std::string said = error.what();
    return ((said.find(words) != std::string::npos) && ...);
  }
  return false;
}

const auto a = law(0, 0, 2, 0.3, 1), b = law(1, -1, 1, -0.2, 1.5);

}  // namespace

TEST_CASE("gaussian: log density is the closed form and integrates to 1 in one and two dimensions") {
  const gaussian<double, 1> one(0.5, 4.0);
  CHECK_CLOSE(one.log_density(point<double, 1>(2.5)), -0.5 * (std::log(2 * 3.14159265358979323846 * 4) + 1), 1e-14);
  double sum = 0;
  for (double x = -30; x <= 31; x += 0.01) sum += 0.01 * std::exp(one.log_density(point<double, 1>(x)));
  CHECK_CLOSE(sum, 1, 1e-10);
  sum = 0;
  for (double x = -14; x <= 14; x += 0.1)
    for (double y = -10; y <= 10; y += 0.1) sum += 0.01 * std::exp(a.log_density({x, y}));
  CHECK_CLOSE(sum, 1, 1e-10);
  const point<double, 2> x(0.7, -0.4);
  const double distance = x.dot(matrix(2, 0.3, 0.3, 1).inverse() * x), determinant = 2 - 0.09;
  CHECK_CLOSE(a.log_density(x), -0.5 * (2 * std::log(2 * 3.14159265358979323846) + std::log(determinant) + distance), 1e-13);
  CHECK_CLOSE(a.log_determinant(), std::log(determinant), 1e-14);
}

TEST_CASE("gaussian: KL W2 L2 and entropy are oracles 39 and 40") {
  CHECK_CLOSE(wasserstein_squared(a, b), 2.315476741512207, 1e-10);
  CHECK_CLOSE(kl_divergence(a, b), 0.9958035831322231, 1e-10);
  CHECK_CLOSE(l2_squared(a, b), 0.0439408795419255, 1e-10);
  CHECK_CLOSE(entropy(a), 0.5 * (2 * std::log(2 * 3.14159265358979323846) + 2 + std::log(1.91)), 1e-13);
  // The dynamic and the higher-dimensional code: two independent pairs side by side.
  square<double> wide_a = square<double>::Zero(4, 4), wide_b = wide_a;
  wide_a.topLeftCorner(2, 2) = wide_a.bottomRightCorner(2, 2) = matrix(2, 0.3, 0.3, 1);
  wide_b.topLeftCorner(2, 2) = wide_b.bottomRightCorner(2, 2) = matrix(1, -0.2, -0.2, 1.5);
  const gaussian<> p(point<>::Zero(4), wide_a), q((point<>(4) << 1, -1, 1, -1).finished(), wide_b);
  CHECK_CLOSE(wasserstein_squared(p, q), 2 * 2.315476741512207, 1e-10);
  CHECK_CLOSE(kl_divergence(p, q), 2 * 0.9958035831322231, 1e-10);
  CHECK_FALSE(simulacra_test::close(kl_divergence(q, p), kl_divergence(p, q), 1e-3));
}

TEST_CASE("gaussian: divergences of equal degenerate and deeply collapsed laws") {
  CHECK(kl_divergence(a, a) == 0);
  CHECK(std::abs(wasserstein_squared(a, a)) < 1e-14);
  CHECK(l2_squared(a, a) == 0);
  const auto flat = law(0, 0, 1, 0, 0), other = law(0, 1, 1, 0, 0), tilted = law(0, 0, 0, 0, 1);
  CHECK(kl_divergence(flat, a) == infinity);
  CHECK(kl_divergence(a, flat) == infinity);
  CHECK_CLOSE(wasserstein_squared(flat, other), 1, 1e-14);
  CHECK_CLOSE(wasserstein_squared(flat, tilted), 2, 1e-14);
  CHECK(l2_squared(flat, flat) == 0);
  CHECK(l2_squared(flat, a) == infinity);
  CHECK(l2_squared(flat, tilted) == infinity);
  CHECK(entropy(flat) == -infinity);
  CHECK(flat.log_density({0, 1e-9}) == -infinity);
  // Two laws 1e5 powers of two down differ as they would at home; so does the projection of one of them.
  const auto deep = [](const gaussian<double, 2>& q) {
    return gaussian<double, 2>::from_factor({0, 0}, q.factor().shifted(-100000));
  };
  const auto centred = law(0, 0, 1, -0.2, 1.5);
  CHECK_CLOSE(kl_divergence(deep(a), deep(centred)), kl_divergence(a, centred), 1e-9);
  CHECK(gaussian_estimator<double, 2>(divisor::n).project(deep(a)) == deep(a));
  CHECK_CLOSE(kl_divergence(gaussian<double, 1>(0, 1), gaussian<double, 1>(1e-9, 1)), 0.5e-18, 1e-9);
  CHECK(refuses([] { return kl_divergence(gaussian<>::standard(2), gaussian<>::standard(3)); }, "kl_divergence",
                "q.dimension()"));
}

TEST_CASE("gaussian: what is no covariance is refused and singular ones are accepted") {
  const point<double, 2> zero(0, 0);
  using g2 = gaussian<double, 2>;
  CHECK(refuses([&] { return g2(zero, matrix(1, 0.5, 0.4, 1)); }, "gaussian", "covariance", "symmetric"));
  CHECK(refuses([&] { return g2(zero, matrix(1, 2, 2, 1)); }, "covariance", "semi-definite"));
  CHECK(refuses([&] { return g2(zero, matrix(-1, 0, 0, 1)); }, "covariance", "semi-definite"));
  CHECK(refuses([&] { return g2(zero, matrix(0, 0.1, 0.1, 1)); }, "covariance", "semi-definite"));
  CHECK(refuses([&] { return g2(zero, matrix(1, 1 + 1e-9, 1 + 1e-9, 1)); }, "covariance", "semi-definite"));
  for (const double bad : {not_a_number, infinity, -infinity}) {
    CHECK(refuses([&] { return g2(zero, matrix(1, bad, bad, 1)); }, "gaussian", "covariance", "row 1, column 0"));
    CHECK(refuses([&] { return g2({bad, 0}, matrix(1, 0, 0, 1)); }, "gaussian", "mean", "row 0"));
    CHECK(refuses([&] { return gaussian<double, 1>(0.0, bad); }, "gaussian", "covariance"));
  }
  CHECK(refuses([] { return gaussian<double, 1>(0.0, -1.0); }, "gaussian", "-1"));
  CHECK(refuses([] { return gaussian<>(point<>(0), square<>(0, 0)); }, "gaussian", "mean.size()", "0"));
  CHECK(refuses([] { return gaussian<>(point<>::Zero(3), square<>::Identity(2, 2)); }, "gaussian", "covariance.rows()"));
  CHECK(refuses([] { return gaussian<>::standard(0); }, "gaussian::standard", "dimension", "0"));
  CHECK(refuses([&] { return g2::standard().inflated(-1); }, "gaussian::inflated", "lambda", "-1"));
  CHECK(refuses([&] { return g2::standard().tempered(0); }, "gaussian::tempered", "tau", "0"));
  CHECK(refuses([&] { return g2::standard().truncated(not_a_number); }, "truncated_gaussian", "c", "nan"));
  stream rng(1);
  CHECK(refuses([&] { return g2::standard().sample(-1, rng); }, "gaussian::sample", "n", "-1"));
  CHECK(
      refuses([&] { return g2::standard().sample_summary(0, as<moments<double, 2>>{}, rng); }, "sample_summary", "n", "0"));
  CHECK(
      refuses([&] { return g2::standard().stream_summary(0, as<moments<double, 2>>{}, rng); }, "stream_summary", "n", "0"));
  CHECK(g2::standard().sample(0, rng).cols() == 0);
  CHECK(g2(zero, matrix(1, 1, 1, 1)).factor().rank() == 1);
  CHECK(g2(zero, matrix(0, 0, 0, 1)).factor().rank() == 1);
  CHECK(g2(zero, matrix(0, 0, 0, 0)).sample(5, rng).isZero(0));
  // Singular by construction, whatever the rounding: a few points in six dimensions, in units up to 1e100 apart.
  for (int round = 0; round < 300; ++round) {
    const Index rank = 1 + round % 5;
    samples<> x = gaussian<>::standard(6).sample(rank, rng);
    for (Index i = 0; i < 6; ++i) x.row(i) *= std::pow(10.0, round % 2 == 0 ? 0.0 : static_cast<double>(40 * i) - 100);
    square<> s = x * x.transpose();
    s = (0.5 * (s + s.transpose())).eval();
    const gaussian<> q(point<>::Zero(6), s);
    CHECK(q.factor().rank() == rank);
    const square<> back = q.covariance();
    for (Index i = 0; i < 6; ++i)
      for (Index j = 0; j < 6; ++j) CHECK(std::abs(back(i, j) - s(i, j)) <= 1e-12 * std::sqrt(s(i, i)) * std::sqrt(s(j, j)));
  }
}

TEST_CASE("gaussian: streamed and stored draws agree up to rounding and fixed dimensions have the bits of dynamic ones") {
  for (const Index n : {Index{1}, Index{2}, Index{4}, Index{5}, Index{300}, Index{10000}}) {
    stream one(3), two(3), three(3);
    const auto stored = moments<double, 2>::of(b.sample(n, one));
    const auto streamed = b.stream_summary(n, as<moments<double, 2>>{}, two);
    CHECK(one.position() == two.position());
    CHECK((stored.mean() - streamed.mean()).norm() < 1e-13);
    CHECK((stored.scatter() - streamed.scatter()).norm() <= 1e-13 * static_cast<double>(n));
    const gaussian<> free(b.mean(), b.covariance());
    CHECK((free.sample(n, three) - samples<>(b.sample(n, one = stream(3)))).cwiseAbs().maxCoeff() < 1e-14);
  }
}

TEST_CASE("gaussian: a sample has the mean and covariance of the law and float follows") {
  stream rng(6);
  const samples<double, 2> x = b.sample(200000, rng);
  const square<double, 2> s = b.covariance();
  for (Index i = 0; i < 2; ++i) {
    CHECK_Z(x.row(i).mean(), b.mean()[i], std::sqrt(s(i, i) / 200000));
    for (Index j = 0; j < 2; ++j) {
      const double product = ((x.row(i).array() - b.mean()[i]) * (x.row(j).array() - b.mean()[j])).mean();
      const double error = std::sqrt((s(i, i) * s(j, j) + s(i, j) * s(i, j)) / 200000);
      CHECK_Z(product, s(i, j), error);
      if (i == j) CHECK(std::abs(product - 1.02 * s(i, j)) > 4.5 * error);
    }
  }
  const gaussian<float, 2> single(b.mean().cast<float>(), s.cast<float>());
  stream again(6), same(6);
  CHECK((single.sample(50, again).cast<double>() - b.sample(50, same)).cwiseAbs().maxCoeff() < 1e-5);
}

TEST_CASE("gaussian_estimator: both divisors regularisation outcomes and bad input") {
  using estimator = gaussian_estimator<double, 2>;
  stream rng(7);
  const samples<double, 2> x = a.sample(9, rng);
  const samples<double, 2> centred = x.colwise() - point<double, 2>(x.rowwise().mean());
  const square<double, 2> scatter = centred * centred.transpose();
  CHECK((estimator(divisor::n).fit(x, rng).model.covariance() - scatter / 9).norm() < 1e-14);
  CHECK((estimator(divisor::n_minus_1).fit(x, rng).model.covariance() - scatter / 8).norm() < 1e-14);
  const auto shrunk = estimator(divisor::n, {.shrinkage = 0.25, .floor = 0.5}).fit(x, rng);
  const square<double, 2> expected =
      0.75 * scatter / 9 + (0.25 * scatter.trace() / 18 + 0.5) * square<double, 2>::Identity();
  CHECK((shrunk.model.covariance() - expected).norm() < 1e-13);
  CHECK(shrunk.result.shrinkage == 0.25);
  CHECK(shrunk.result.floor == 0.5);
  CHECK(estimator(divisor::n, {.shrinkage = 1}).fit(x, rng).model.covariance()(0, 1) == 0);
  CHECK((estimator(divisor::n, {.shrinkage = 0.25, .floor = 0.5}).population_fit(a).covariance() -
         (0.75 * a.covariance() + (0.25 * 1.5 + 0.5) * square<double, 2>::Identity()))
            .norm() < 1e-14);
  CHECK(estimator(divisor::n).fit(samples<double, 2>(x.leftCols(2)), rng).result.what == status::degenerate);
  CHECK(estimator(divisor::n).fit(samples<double, 2>(x.leftCols(1)), rng).result.what == status::degenerate);
  CHECK(estimator(divisor::n, {.floor = 1e-6}).fit(samples<double, 2>(x.leftCols(2)), rng).result.ok());
  samples<double, 2> narrow = x;
  narrow.row(0) = narrow.row(0) * 1e-16 + Eigen::RowVectorXd::Ones(9);
  CHECK_FALSE(estimator(divisor::n).fit(narrow, rng).result.ok());
  narrow.row(0) = x.row(0) * 1e-12 + Eigen::RowVectorXd::Ones(9);
  CHECK(estimator(divisor::n).fit(narrow, rng).result.ok());
  // Wide in both coordinates, rounding in between: no row looks suspicious, the direction is.
  samples<double, 2> tilted = x;
  tilted.row(0) = (x.row(0).array() + 1e3).matrix();
  tilted.row(1) = tilted.row(0) + 1e-13 * x.row(1);
  const auto flat = estimator(divisor::n).fit(tilted, rng);
  CHECK(flat.result.what == status::degenerate);
  CHECK(flat.model.factor().rank() == 1);
  CHECK(std::abs(flat.model.covariance()(1, 1) - scatter(0, 0) / 9) < 1e-9);
  tilted = (1e-14 * x).array() + 1e3;  // rounding in every direction
  tilted(0, 0) += 2e-13;
  tilted(1, 1) += 2e-13;
  CHECK(estimator(divisor::n).fit(tilted, rng).result.what == status::resolution);
  for (const double bad : {not_a_number, infinity}) {
    samples<double, 2> y = x;
    y(1, 3) = bad;
    CHECK(refuses([&] { return estimator(divisor::n).fit(y, rng); }, "gaussian_estimator::fit", "x", "row 1, column 3"));
  }
  CHECK(refuses([&] { return estimator(divisor::n).fit(samples<double, 2>(2, 0), rng); }, "gaussian_estimator::fit",
                "x.cols()", "0"));
  CHECK(refuses([&] { return gaussian_estimator<>(divisor::n).fit(samples<>(0, 4), rng); }, "gaussian_estimator::fit",
                "x.rows()", "0"));
  CHECK(refuses([&] { return estimator(divisor::n_minus_1).fit(samples<double, 2>(x.leftCols(1)), rng); },
                "gaussian_estimator::fit", "n - 1"));
  CHECK(
      refuses([&] { return estimator(divisor::n).fit(moments<double, 2>{}); }, "gaussian_estimator::fit", "weight()", "0"));
  CHECK(refuses([&] { return estimator(divisor::n).fit(x, weights<double>(weights<double>::Zero(9)), rng); },
                "gaussian_estimator::fit"));
  CHECK(refuses([] { return estimator(divisor::n, {.shrinkage = 1.5}); }, "gaussian_estimator", "shrinkage", "1.5"));
  CHECK(refuses([] { return estimator(divisor::n, {.floor = -1}); }, "gaussian_estimator", "floor", "-1"));
  CHECK(refuses([] { return estimator(divisor::n, {.floor = not_a_number}); }, "gaussian_estimator", "floor", "nan"));
}

TEST_CASE("gaussian: any block of columns is filled with the same numbers, a row of a wider matrix too") {
  const gaussian<double, 1> p(2.0, 9.0);
  stream a(3), b(3);
  const auto expected = p.sample(700, a);
  samples<double> wide = samples<double>::Constant(3, 702, -7.0);
  p.sample_into(wide.block(1, 1, 1, 700), b);
  CHECK(wide.block(1, 1, 1, 700) == expected);
  CHECK(a.position() == b.position());
  CHECK((wide.row(0).array() == -7.0).all());
  CHECK((wide.row(2).array() == -7.0).all());
  CHECK(wide(1, 0) == -7.0);
  CHECK(wide(1, 701) == -7.0);
}
