#include "support/statistics.hpp"

#include <simulacra/numerics/cholesky.hpp>
#include <simulacra/numerics/lower_factor.hpp>
#include <simulacra/numerics/multiply_lower.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>

using namespace simulacra;

namespace {

samples<double> random_columns(Index d, Index k, stream& rng) {
  samples<double> a(d, k);
  fill_normal(std::span<double>(a.data(), static_cast<std::size_t>(a.size())), rng);
  return a;
}

}  // namespace

TEST_CASE("lower_factor: R R' is A A' with a triangle and a diagonal that is not negative") {
  stream rng(1);
  for (const Index d : {1, 2, 3, 8, 20})
    for (const Index k : {0, 1, 2, 5, 20, 100}) {
      const samples<double> a = random_columns(d, k, rng);
      const square<double> r = lower_factor<double, dynamic>(a), s = a * a.transpose();
      CHECK((r * r.transpose() - s).cwiseAbs().maxCoeff() <= 1e-13 * (1 + s.cwiseAbs().maxCoeff()));
      CHECK(r.triangularView<Eigen::StrictlyUpper>().toDenseMatrix().isZero(0));
      CHECK(r.diagonal().minCoeff() >= 0);
      CHECK((r.diagonal().array() > 0).count() == std::min(d, k));
    }
}

TEST_CASE("lower_factor: rows in units 1e-300 to 1e300 come out as if in one unit") {
  stream rng(2);
  for (const double unit : {1e-300, 1e-200, 1e-30, 1e150, 1e300}) {
    samples<double> a = random_columns(3, 9, rng);
    const square<double> plain = lower_factor<double, dynamic>(a);
    a.row(1) *= unit;
    square<double> r = lower_factor<double, dynamic>(a);
    r.row(1) /= unit;
    CHECK((r - plain).cwiseAbs().maxCoeff() < 1e-13);
  }
}

TEST_CASE("cholesky_factor: agrees with the QR of the data and refuses what squaring has cost the digits of") {
  stream rng(3);
  square<double> root(4, 4);
  for (int round = 0; round < 50; ++round) {
    const samples<double> a = random_columns(4, 30, rng);
    REQUIRE(cholesky_factor<double, dynamic>(a * a.transpose(), root));
    CHECK((root - lower_factor<double, dynamic>(a)).cwiseAbs().maxCoeff() < 1e-12);
  }
  samples<double> flat = random_columns(4, 30, rng);
  flat.row(3) = flat.row(2) + 1e-7 * flat.row(3);
  CHECK_FALSE(cholesky_factor<double, dynamic>(flat * flat.transpose(), root));
  flat.row(3).setConstant(std::nan(""));
  CHECK_FALSE(cholesky_factor<double, dynamic>(flat * flat.transpose(), root));
}

TEST_CASE("multiply_lower: every size from 1 to 70 equals the dense product and reads no upper triangle of b") {
  stream rng(4);
  for (Index d = 1; d <= 70; ++d) {
    const square<double> a = random_columns(d, d, rng).triangularView<Eigen::Lower>();
    square<double> b = random_columns(d, d, rng).triangularView<Eigen::Lower>(), out = square<double>::Constant(d, d, 7.0);
    const square<double> product = a * b;
    b.triangularView<Eigen::StrictlyUpper>().setConstant(std::nan(""));
    multiply_lower<double, dynamic>(a, b, out);
    CHECK((out - product).cwiseAbs().maxCoeff() < 1e-13 * static_cast<double>(d + 1));
    CHECK(out.triangularView<Eigen::StrictlyUpper>().toDenseMatrix().isZero(0));
  }
  const square<double, 5> a = square<double, 5>(random_columns(5, 5, rng)).triangularView<Eigen::Lower>();
  square<double, 5> out;
  multiply_lower<double, 5>(a, a, out);
  CHECK((out - a * a).cwiseAbs().maxCoeff() < 1e-14);
}
