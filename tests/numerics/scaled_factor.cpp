#include "support/statistics.hpp"

#include <array>
#include <cmath>
#include <limits>

#include <Eigen/LU>

#include <simulacra/numerics/lower_factor.hpp>
#include <simulacra/numerics/scaled_factor.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>

using namespace simulacra;

namespace {

template <class T, int D>
square<T, D> random_lower(Index d, stream& rng) {
  square<T, D> a = square<T, D>::Zero(d, d);
  for (Index j = 0; j < d; ++j)
    for (Index i = j; i < d; ++i) a(i, j) = static_cast<T>(i == j ? 0.5 + uniform(rng) : standard_normal(rng));
  return a;
}

template <class A, class B>
double apart(const A& a, const B& b) {
  return static_cast<double>((a - b).cwiseAbs().maxCoeff() / b.cwiseAbs().maxCoeff());
}

constexpr double infinity = std::numeric_limits<double>::infinity();

template <class T, int D>
void check_algebra(Index d) {
  stream rng(static_cast<std::uint64_t>(d));
  const double eps = static_cast<double>(std::numeric_limits<T>::epsilon()) * 40 * static_cast<double>(d);
  for (int round = 0; round < 20; ++round) {
    const square<T, D> a = random_lower<T, D>(d, rng), b = random_lower<T, D>(d, rng);
    const auto f = scaled_factor<T, D>::from_lower(a), g = scaled_factor<T, D>::from_lower(b);
    CHECK(f.dense() == a);
    CHECK(apart(f.times(g).dense(), a * b) < eps);
    CHECK(apart(f.times(b).dense(), a * b) < eps);
    CHECK(apart(f.scaled(3).dense(), 3 * a) < eps);
    const samples<T, D> columns = samples<T, D>::Random(d, 3);
    const square<T, D> sum = a * a.transpose() + b * b.transpose() + columns * columns.transpose();
    CHECK(apart(f.plus(g, columns).second_moment(), sum) < eps);
    const point<T, D> x = point<T, D>::Random(d);
    CHECK(apart(f.times_vector(x), a * x) < eps);
    const double direct = static_cast<double>((a.template triangularView<Eigen::Lower>().solve(x)).squaredNorm());
    CHECK_CLOSE(f.mahalanobis_squared(x), direct, 100 * eps);
    CHECK_CLOSE(f.log_determinant(), 2 * std::log(std::abs(static_cast<double>(a.diagonal().prod()))), 1e4 * eps);
    // The same far out of range: exponents come back exactly, and nothing else changes.
    for (const std::int64_t e : {std::int64_t{-1000000}, std::int64_t{700}}) {
      const auto far = f.shifted(e);
      CHECK(far.shifted(-e) == f);
      CHECK_CLOSE(far.log_determinant() - f.log_determinant(), 2 * std::log(2.0) * static_cast<double>(d * e), 1e-12);
      CHECK(far.times(g).shifted(-e) == f.times(g));
      CHECK(f.times(g.shifted(e)) == f.times(g).shifted(e));
      CHECK(f.shifted(e).plus(g.shifted(e), samples<T, D>(d, 0)).shifted(-e) == f.plus(g, samples<T, D>(d, 0)));
      CHECK(far.mahalanobis_squared(x, e) == f.mahalanobis_squared(x));
    }
  }
}

}  // namespace

TEST_CASE("scaled_factor: algebra against dense matrices for float and double and all dimensions") {
  check_algebra<double, 1>(1);
  check_algebra<double, 2>(2);
  check_algebra<double, dynamic>(7);
  check_algebra<double, dynamic>(33);
  check_algebra<float, 1>(1);
  check_algebra<float, 3>(3);
}

TEST_CASE("scaled_factor: columns whose exponents are hugely different keep their digits through a chain") {
  using factor = scaled_factor<double, 2>;
  const square<double, 2> step = (square<double, 2>() << 0.5, 0, 0.3, 0.001).finished();
  factor f = factor::identity();
  for (int t = 0; t < 20000; ++t) f = f.times(step);
  CHECK_CLOSE(f.log_diagonal(0), 20000 * std::log(0.5), 1e-12);
  CHECK_CLOSE(f.log_diagonal(1), 20000 * std::log(0.001), 1e-12);
  // Below the diagonal: f10 = 0.3 (0.5^n - 0.001^n) / (0.5 - 0.001), here relative to f00.
  CHECK_CLOSE(f.matrix()(1, 0) / f.matrix()(0, 0), 0.3 / 0.499, 1e-12);
  CHECK(f.dense().isZero());
  const auto sum = factor::identity().plus(f, samples<double, 2>(2, 0));
  CHECK(sum.second_moment().isIdentity(1e-15));
  CHECK(f.rank() == 2);
}

TEST_CASE("scaled_factor: what is lost is a zero column and second moment rank and support stay right") {
  stream rng(4);
  for (int round = 0; round < 200; ++round) {
    const Index d = 2 + round % 6;
    square<double> a = random_lower<double, dynamic>(d, rng);
    Index left = d;
    for (Index j = 0; j < d; ++j)
      if (uniform(rng) < 0.4) {
        a(j, j) = 0;
        if (uniform(rng) < 0.5) a.col(j).setZero();
      }
    left = Eigen::FullPivLU<square<double>>(a).rank();
    const auto f = scaled_factor<>::from_lower(a);
    CHECK(f.rank() == left);
    CHECK((f.second_moment() - a * a.transpose()).cwiseAbs().maxCoeff() <
          1e-14 * (1 + (a * a.transpose()).cwiseAbs().maxCoeff()));
    for (Index j = 0; j < d; ++j)
      if (f.matrix()(j, j) == 0) CHECK(f.matrix().col(j).isZero(0));
    CHECK((f.log_determinant() == -infinity) == (left < d));
    const auto g = scaled_factor<>::from_lower(random_lower<double, dynamic>(d, rng));
    CHECK(f.times(g).rank() == left);
    CHECK(g.times(f).rank() == left);
  }
  // Two directions a thousand orders apart behind a lost one: neither is rounded away.
  square<double, 3> gap = square<double, 3>::Zero();
  gap.diagonal() << 0, 1, 0x1p-300;
  // Every step takes the rows behind the lost one, of which L L' is the Gram matrix: the diagonal grows by that of L.
  const square<double, 3> mix = (square<double, 3>() << 1, 0, 0, 0.5, 0.5, 0, 0.25, 0.5, 0x1p-10).finished();
  auto f = scaled_factor<double, 3>::from_lower(gap);
  for (int t = 0; t < 5000; ++t) f = f.times(mix);
  CHECK(f.rank() == 2);
  CHECK_CLOSE(f.log_diagonal(1), 5000 * 0.5 * std::log(0.5), 1e-12);
  CHECK_CLOSE(f.log_diagonal(2), -300 * std::log(2.0) + 5000 * 0.5 * std::log(0.03125 + 0x1p-20), 1e-12);
}

TEST_CASE("scaled_factor: the Mahalanobis distance is infinite off the support and never NaN") {
  const auto f = scaled_factor<double, 2>::from_lower((square<double, 2>() << 0, 0, 2, 0).finished());
  CHECK(f.rank() == 1);
  CHECK(f.mahalanobis_squared({0, 4}) == 4);
  CHECK(f.mahalanobis_squared({1, 4}) == infinity);
  const auto tiny = scaled_factor<double, 2>::from_lower((square<double, 2>() << 1e-70, 0, 0, 1).finished());
  CHECK(tiny.mahalanobis_squared({1e300, 1}) == infinity);
  CHECK(tiny.mahalanobis_squared({0, 1}) == 1);
}

TEST_CASE("scaled_factor: scaling by anything positive stays in range and by 0 loses every direction") {
  const auto f = scaled_factor<float, 2>::identity();
  CHECK_CLOSE(f.scaled(1e-150).log_diagonal(0), -150 * std::log(10.0), 1e-6);
  CHECK(f.scaled(0).rank() == 0);
  const auto g = scaled_factor<double, 2>::from_lower((square<double, 2>() << 0x1p250, 0, 1, 1).finished());
  CHECK_CLOSE(g.scaled(1e300).log_diagonal(0), 250 * std::log(2.0) + 300 * std::log(10.0), 1e-14);
}
