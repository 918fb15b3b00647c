#include <support/statistics.hpp>

#include <cmath>
#include <stdexcept>

#include <Eigen/Core>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>

#include <simulacra/random/wishart.hpp>

using simulacra::dynamic;
using simulacra::fill_bartlett;
using simulacra::Index;
using simulacra::square;
using simulacra::stream;
using simulacra_test::z_limit;

namespace {

/// The worst |z| over all means, and all variances and covariances of entries, of W = A A' against Wishart_d(I, degrees):
/// E W = degrees I, Cov(W_ij, W_kl) = degrees (I_ik I_jl + I_il I_jk).
template <class T, int D, class Fill>
double worst_moment_z(Index d, Index degrees, Fill fill) {
  constexpr int n = 20000;
  const Index entries = d * (d + 1) / 2;
  stream rng(static_cast<std::uint64_t>(100 * d + degrees));
  square<T, D> a = square<T, D>::Constant(d, d, T(7));  // what was there before must not matter
  Eigen::MatrixXd deviations(entries, n);
  for (int r = 0; r < n; ++r) {
    fill(a, degrees, rng);
    const Eigen::MatrixXd lower = a.template cast<double>();
    const Eigen::MatrixXd w = lower * lower.transpose();
    Index e = 0;
    for (Index i = 0; i < d; ++i)
      for (Index j = 0; j <= i; ++j, ++e) deviations(e, r) = w(i, j) - (i == j ? static_cast<double>(degrees) : 0.0);
  }
  double worst = 0;
  const double m = static_cast<double>(degrees);
  Eigen::VectorXd variance(entries);
  for (Index e = 0, i = 0; i < d; ++i)
    for (Index j = 0; j <= i; ++j, ++e) variance(e) = i == j ? 2 * m : m;
  for (Index e = 0; e < entries; ++e) {
    worst = std::fmax(worst, std::abs(deviations.row(e).sum()) / std::sqrt(n * variance(e)));
    for (Index g = 0; g <= e; ++g) {
      const Eigen::ArrayXd products = (deviations.row(e).array() * deviations.row(g).array()).transpose();
      const double expected = e == g ? variance(e) : 0;
      // The products' own spread, estimated: n is large enough for it to be known to a per cent or two.
      const double mean = products.mean();
      const double error = std::sqrt((products - mean).square().sum() / n / n);
      worst = std::fmax(worst, std::abs(mean - expected) / error);
    }
  }
  return worst;
}

template <class T, int D>
struct bartlett {
  void operator()(square<T, D>& a, Index degrees, stream& rng) const { fill_bartlett(a, degrees, rng); }
};

}  // namespace

TEST_CASE("wishart: means, variances and covariances of all entries, for degrees over and under the dimension") {
  CHECK(worst_moment_z<double, 1>(1, 5, bartlett<double, 1>{}) <= z_limit);
  CHECK(worst_moment_z<double, 2>(2, 1, bartlett<double, 2>{}) <= z_limit);
  CHECK(worst_moment_z<double, 2>(2, 2, bartlett<double, 2>{}) <= z_limit);
  CHECK(worst_moment_z<double, dynamic>(4, 30, bartlett<double, dynamic>{}) <= z_limit);
  CHECK(worst_moment_z<double, dynamic>(4, 4, bartlett<double, dynamic>{}) <= z_limit);
  CHECK(worst_moment_z<double, dynamic>(4, 2, bartlett<double, dynamic>{}) <= z_limit);
  CHECK(worst_moment_z<double, dynamic>(4, 1, bartlett<double, dynamic>{}) <= z_limit);
  CHECK(worst_moment_z<float, dynamic>(3, 10, bartlett<float, dynamic>{}) <= z_limit);
  CHECK(worst_moment_z<float, 2>(2, 9, bartlett<float, 2>{}) <= z_limit);
  CHECK(worst_moment_z<float, 1>(1, 3, bartlett<float, 1>{}) <= z_limit);

  // Planted bugs: degrees one too few; the same chi-square in every column, which forgets the "- j"; unequal scale.
  const auto fewer = [](square<double>& a, Index degrees, stream& rng) { fill_bartlett(a, degrees - 1, rng); };
  CHECK(worst_moment_z<double, dynamic>(4, 30, fewer) > z_limit);
  const auto forgets = [](square<double>& a, Index degrees, stream& rng) {
    fill_bartlett(a, degrees, rng);
    for (Index j = 0; j < a.rows(); ++j) a(j, j) = std::sqrt(simulacra::chi_square(static_cast<double>(degrees), rng));
  };
  CHECK(worst_moment_z<double, dynamic>(4, 30, forgets) > z_limit);
  const auto scaled = [](square<double>& a, Index degrees, stream& rng) {
    fill_bartlett(a, degrees, rng);
    a *= 1.01;
  };
  CHECK(worst_moment_z<double, dynamic>(4, 30, scaled) > z_limit);
}

TEST_CASE("wishart: the log-determinant against its digamma sums") {
  const auto log_determinant_z = [](Index d, Index degrees, Index drawn) {
    stream rng(9);
    square<double> a(d, d);
    double mean = 0, variance = 0, sum = 0;
    for (Index j = 0; j < d; ++j) {
      mean += boost::math::digamma(static_cast<double>(degrees - j) / 2) + std::log(2.0);
      variance += boost::math::trigamma(static_cast<double>(degrees - j) / 2);
    }
    constexpr int n = 50000;
    for (int r = 0; r < n; ++r) {
      fill_bartlett(a, drawn, rng);
      sum += 2 * a.diagonal().array().log().sum() - mean;
    }
    return sum / std::sqrt(n * variance);
  };
  CHECK_Z(log_determinant_z(3, 3, 3), 0, 1);
  CHECK_Z(log_determinant_z(5, 12, 12), 0, 1);
  CHECK_Z(log_determinant_z(10, 1000000000, 1000000000), 0, 1);
  CHECK(std::abs(log_determinant_z(5, 12, 13)) > z_limit);
}

TEST_CASE("wishart: the shape of the factor, and of the singular one") {
  stream rng(10);
  square<double> a = square<double>::Constant(5, 5, 7.0);
  for (Index degrees = 0; degrees < 9; ++degrees) {
    fill_bartlett(a, degrees, rng);
    for (Index i = 0; i < 5; ++i)
      for (Index j = 0; j < 5; ++j) {
        if (j > i || j >= degrees)
          CHECK(a(i, j) == 0);
        else
          CHECK(a(i, j) != 0);
        if (i == j && j < degrees) CHECK(a(i, j) > 0);
      }
  }
  square<double> empty(0, 0);
  fill_bartlett(empty, 3, rng);
}

TEST_CASE("wishart: draws are taken in the documented order, and float rounds the same numbers") {
  for (const Index degrees : {Index{2}, Index{4}, Index{50}}) {
    stream rng(11), same(11), narrow(11);
    square<double> a(4, 4);
    square<float, 4> b;
    fill_bartlett(a, degrees, rng);
    fill_bartlett(b, degrees, narrow);
    const Index rank = std::min<Index>(4, degrees);
    for (Index j = 0; j < rank; ++j)
      CHECK(a(j, j) == std::sqrt(simulacra::chi_square(static_cast<double>(degrees - j), same)));
    for (Index j = 0; j < rank; ++j)
      for (Index i = j + 1; i < 4; ++i) CHECK(a(i, j) == simulacra::standard_normal(same));
    CHECK(rng.position() == same.position());
    CHECK(narrow.position() == same.position());
    CHECK((a.cast<float>().array() == b.array()).all());
  }
}

TEST_CASE("wishart: arguments") {
  stream rng(12);
  square<double> a(3, 3), flat(2, 3);
  CHECK_THROWS_WITH_AS(fill_bartlett(a, -1, rng),
                       "simulacra::fill_bartlett: argument 'degrees' is -1; it must be at least 0", std::invalid_argument);
  CHECK_THROWS_AS(fill_bartlett(flat, 3, rng), std::invalid_argument);
  CHECK(rng.position() == 0);
}
