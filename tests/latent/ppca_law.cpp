// The law of PPCA and of factor analysis: density, moments, draws in three ways, divergences.
#include "support.hpp"
#include "support/range.hpp"

#include <cmath>
#include <complex>
#include <limits>
#include <vector>

using namespace simulacra_test;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Loadings as they are, and noise of its own in every coordinate.
factor_model<> uneven() {
  return {point<>(normals(5, 1, 3)), normals(5, 2, 4), (point<>(5) << 0.5, 1, 0.1, 2, 0.7).finished()};
}

/// z-scores of the mean and covariance of n-fold draws, the worst of all entries.
template <class Draw>
double worst_z(const factor_model<>& law, Index n, Draw draw) {
  const auto m = draw(n);
  const Eigen::MatrixXd c = law.covariance(), s = m.scatter() / static_cast<double>(n - 1);
  double worst = 0;
  for (Index i = 0; i < 5; ++i) {
    worst = std::fmax(worst, std::abs(m.mean()[i] - law.mean()[i]) / std::sqrt(c(i, i) / static_cast<double>(n)));
    for (Index j = 0; j <= i; ++j)  // Var S_ij = (c_ij^2 + c_ii c_jj) / (n - 1) for a Gaussian
      worst = std::fmax(worst, std::abs(s(i, j) - c(i, j)) /
                                   std::sqrt((c(i, j) * c(i, j) + c(i, i) * c(j, j)) / static_cast<double>(n - 1)));
  }
  return worst;
}

}  // namespace

TEST_CASE("ppca law: density by Woodbury is that of the dense Gaussian") {
  for (const factor_model<>& law : {factor_model<>(five()), uneven()}) {
    const gaussian<> dense(law.mean(), law.covariance());
    CHECK_CLOSE(law.log_determinant(), dense.log_determinant(), 1e-13);
    for (std::uint64_t i = 10; i < 20; ++i) {
      const point<> x = 3 * normals(5, 1, i);
      CHECK_CLOSE(law.log_density(x), dense.log_density(x), 1e-12);
    }
    CHECK((law.as_gaussian().covariance() - law.covariance()).norm() < 1e-13);
  }
  // By hand: d = 2, W = (1, 0)', sigma = 1: covariance diag(2, 1).
  const ppca<> small((point<>(2) << 0, 0).finished(), (Eigen::MatrixXd(2, 1) << 1, 0).finished(), 1.0);
  CHECK_CLOSE(small.log_density((point<>(2) << 2, 3).finished()),
              -std::log(2 * 3.14159265358979323846) - 0.5 * std::log(2.0) - 5.5, 1e-14);
  // No latent dimension at all: noise.
  const ppca<> round(point<>(point<>::Zero(3)), Eigen::MatrixXd(3, 0), 2.0);
  CHECK_CLOSE(round.log_determinant(), 3 * std::log(4.0), 1e-14);
  CHECK_CLOSE(round.log_density(point<>(point<>::Constant(3, 2.0))), -1.5 * std::log(2 * 3.14159265358979323846 * 4) - 1.5,
              1e-14);
}

TEST_CASE("ppca law: density keeps its digits where noise is 1e-9 of the loadings") {
  const Eigen::MatrixXd w = normals(5, 2, 2);
  const ppca<> law(point<>(point<>::Zero(5)), w, 1e-9);
  const point<> inside = w * (point<>(2) << 0.3, -1.2).finished();
  // |zhat|^2 is 0.3^2 + 1.2^2 up to 1e-18; the rest of x is its rounding, far below the noise.
  const double distance = -2 * law.log_density(inside) - law.log_determinant() - 5 * std::log(2 * 3.14159265358979323846);
  CHECK_CLOSE(distance, 0.09 + 1.44, 1e-6);
}

TEST_CASE("ppca law: posterior means are those of the joint Gaussian") {
  for (const factor_model<>& law : {factor_model<>(five()), uneven()}) {
    const Eigen::MatrixXd x = normals(5, 7, 5);
    const Eigen::MatrixXd c = law.covariance();
    const Eigen::MatrixXd expected =
        law.loadings().transpose() * Eigen::LLT<Eigen::MatrixXd>(c).solve((x.colwise() - law.mean()).eval());
    CHECK((law.encode(x) - expected).norm() < 1e-12);
  }
}

TEST_CASE("ppca law: stored, streamed and collapsed draws have one law") {
  const factor_model<> law = uneven();
  const Index n = 20000;
  stream rng(7);
  const auto stored = [&](Index k) { return moments<>::of(law.sample(k, rng)); };
  const auto streamed = [&](Index k) { return law.stream_summary(k, as<moments<>>{}, rng); };
  const auto collapsed = [&](Index k) { return law.sample_summary(k, as<moments<>>{}, rng); };
  // The worst of 20 entries: 4.5 is as good as never.
  CHECK(worst_z(law, n, stored) < simulacra_test::z_limit);
  CHECK(worst_z(law, n, streamed) < simulacra_test::z_limit);
  CHECK(worst_z(law, n, collapsed) < simulacra_test::z_limit);
  // Planted: ten percent of two loadings are noticed.
  factor_model<>::loadings_type w = law.loadings();
  w(3, 0) *= 1.1;
  w(1, 1) *= 1.1;
  CHECK_FALSE(worst_z(factor_model<>(law.mean(), w, law.noise()), n, stored) < simulacra_test::z_limit);
  // The streamed numbers are the stored ones.
  stream one(8), other(8);
  const auto a = moments<>::of(law.sample(3000, one)), b = law.stream_summary(3000, as<moments<>>{}, other);
  CHECK((a.mean() - b.mean()).norm() < 1e-13);
  CHECK((a.scatter() - b.scatter()).norm() < 1e-10);
  CHECK(one.position() == other.position());
}

TEST_CASE("ppca law: characteristic function is that of the Gaussian") {
  const factor_model<> law = uneven();
  const Eigen::VectorXd w = 0.5 * normals(5, 1, 6);
  const std::complex<double> expected =
      std::exp(std::complex<double>(-0.5 * w.dot(law.covariance() * w), w.dot(law.mean())));
  CHECK(std::abs(law.characteristic_function(w) - expected) < 1e-14);
}

TEST_CASE("ppca law: divergences are those written out") {
  const ppca<> p = five();
  const factor_model<> q = uneven();
  const double expected = plain_kl(p.mean(), p.covariance(), q.mean(), q.covariance());
  CHECK_CLOSE(kl_divergence(factor_model<>(p), q), expected, 1e-12);
  CHECK_CLOSE(cross_entropy(p, q) - entropy(p), expected, 1e-12);
  CHECK_CLOSE(cross_entropy(gaussian<>(p.mean(), p.covariance()), q) - entropy(p), expected, 1e-12);
  CHECK_CLOSE(kl_divergence(p.as_gaussian(), q), expected, 1e-12);
  CHECK(kl_divergence(p, p) == 0);
  CHECK(wasserstein_squared(p, p) < 1e-13);
}

TEST_CASE("ppca law: without noise it is a singular Gaussian") {
  const ppca<> flat(point<>(point<>::Zero(3)), normals(3, 1, 1), 0.0);
  CHECK(flat.log_determinant() == -infinity);
  CHECK(flat.log_density(point<>(normals(3, 1, 2))) == -infinity);
  stream own(9);
  for (const auto& [d, q] : {std::pair{3, 1}, {20, 4}, {6, 5}}) {
    const ppca<> thin(point<>(normals(d, 1, 3)), normals(d, q, 4), 0.0);
    const samples<> x = thin.sample(100, own);
    for (Index i = 0; i < 100; ++i) CHECK(thin.log_density(x.col(i)) == infinity);
    CHECK(kl_divergence(thin, thin) < 1e-13);
    CHECK_CLOSE(kl_divergence(thin, thin.inflated(4)), q * 0.318147180560, 1e-11);
    CHECK(kl_divergence(thin, ppca<>(thin.mean(), normals(d, q, 5), 0.0)) == infinity);
    CHECK(cross_entropy(thin, thin) == -infinity);
  }
  stream rng(1);
  const auto m = moments<>::of(flat.sample(50, rng));
  CHECK(m.factor().rank() == 1);
  CHECK(throws([&] { static_cast<void>(flat.encode(normals(3, 1, 1))); }, "factor_model::encode", "noise"));
}

TEST_CASE("ppca law: inflated, tempered, truncated") {
  const ppca<> law = five();
  CHECK((law.inflated(0.25).covariance() - 0.25 * law.covariance()).norm() < 1e-14);
  CHECK((law.tempered(2).covariance() - 2 * law.covariance()).norm() < 1e-13);
  stream rng(2);
  const auto x = law.truncated(1.0).sample(200, rng);
  const gaussian<> dense = law.as_gaussian();
  for (Index i = 0; i < x.cols(); ++i)
    CHECK(dense.factor().mahalanobis_squared(point<>(x.col(i) - law.mean())) <= 1 + 1e-12);
}

TEST_CASE("ppca law: bad arguments are named") {
  const point<> zero = point<>::Zero(3);
  CHECK(throws([&] { ppca<>(zero, Eigen::MatrixXd(2, 1), 1.0); }, "factor_model", "loadings.rows()", "2"));
  CHECK(throws([&] { ppca<>(zero, Eigen::MatrixXd::Zero(3, 1), -1.0); }, "noise", "-1"));
  CHECK(throws([&] { ppca<>(zero, Eigen::MatrixXd::Constant(3, 1, infinity), 1.0); }, "loadings", "inf at row 0"));
  CHECK(throws([&] { static_cast<void>(five().log_density(zero)); }, "log_density", "3"));
  CHECK(throws([&] { static_cast<void>(five().inflated(-1)); }, "lambda"));
}

TEST_CASE("ppca law: moments at the ends of the range") {
  check_range_of_moments([](double s) {
    return factor_model<>(point<>::Zero(2), samples<>((Eigen::Matrix2d() << 1, 2, 1, -3).finished() * s),
                          point<>(Eigen::Vector2d(1, 2) * s))
        .covariance();
  });
}

TEST_CASE("ppca law: a law that is inflated out of the range ends its chain, and is no mistake") {
  const factor_model<> wide = uneven().inflated(1e300).inflated(1e300);
  CHECK(wide.noise().allFinite());
  CHECK_THROWS_AS(static_cast<void>(wide.inflated(1e300)), chain_end);
  const ppca<> round(point<>::Zero(2), samples<>::Ones(2, 1), 1);
  CHECK(round.inflated(4).noise_deviation() == 2);
  CHECK_THROWS_AS(static_cast<void>(round.inflated(1e300).inflated(1e300).inflated(1e300)), chain_end);
}
