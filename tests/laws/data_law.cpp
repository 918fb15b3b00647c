// A data set as a truth: what is drawn, what is known of its law, and what a loop and a ledger make of it.
#include "recursion/support.hpp"

#include <algorithm>
#include <complex>
#include <vector>

#include <simulacra/hilbert/embedding.hpp>
#include <simulacra/hilbert/moment_features.hpp>
#include <simulacra/hilbert/nystrom_features.hpp>
#include <simulacra/hilbert/random_fourier.hpp>
#include <simulacra/laws/data_law.hpp>

using namespace simulacra_test;

namespace {

/// Column j is (j, j^2).
samples<> squares(Index n) {
  samples<> x(2, n);
  for (Index j = 0; j < n; ++j) x.col(j) << static_cast<double>(j), static_cast<double>(j * j);
  return x;
}

/// How often each column was drawn.
std::vector<int> times(const samples<>& drawn, Index n) {
  std::vector<int> count(static_cast<std::size_t>(n), 0);
  for (Index i = 0; i < drawn.cols(); ++i) {
    CHECK(drawn(1, i) == drawn(0, i) * drawn(0, i));
    ++count[static_cast<std::size_t>(drawn(0, i))];
  }
  return count;
}

}  // namespace

TEST_CASE("data law: as many draws as data are all of them, and more begin again") {
  const data_law truth(squares(7));
  CHECK(truth.size() == 7);
  CHECK(truth.dimension() == 2);
  stream rng(1);
  CHECK(times(truth.sample(7, rng), 7) == std::vector<int>(7, 1));
  const auto more = times(truth.sample(17, rng), 7);
  CHECK(std::count(more.begin(), more.end(), 2) == 4);
  CHECK(std::count(more.begin(), more.end(), 3) == 3);
  CHECK(truth.sample(0, rng).cols() == 0);
  // Every one of them is as likely as the others, and no order is preferred: the first of three.
  std::vector<double> first(7, 0.0);
  for (int r = 0; r < 7000; ++r) first[static_cast<std::size_t>(truth.sample(3, rng)(0, 0))] += 1;
  const std::vector<double> expected(7, 1000.0);
  CHECK(std::abs(chi_square_z(first, expected)) <= z_limit);
  first[0] += 300;
  CHECK(std::abs(chi_square_z(first, expected)) > z_limit);
}

TEST_CASE("data law: moments, characteristic function and embeddings are those of the empirical law") {
  const data_law truth(squares(4));  // 0, 1, 2, 3 and 0, 1, 4, 9
  CHECK(truth.mean() == Eigen::Vector2d(1.5, 3.5));
  CHECK((truth.covariance() - (square<>(2, 2) << 1.25, 3.75, 3.75, 12.25).finished()).norm() < 1e-12);
  const Eigen::Vector2d w(0.3, -0.2);
  std::complex<double> sum = 0;
  for (Index j = 0; j < 4; ++j) sum += std::polar(1.0, w.dot(truth.data().col(j)));
  CHECK(std::abs(truth.characteristic_function(w) - sum / 4.0) < 1e-15);
  stream rng(2);
  const random_fourier_features map(gaussian_kernel(1.0), 2, 64, rng);
  Eigen::VectorXd exact(map.features()), mean(map.features());
  embed_into(truth, map, exact);
  map.mean_into(truth.data(), nullptr, mean);
  CHECK((exact - mean).cwiseAbs().maxCoeff() < 1e-14);
  const moment_features moments_map(2);
  static_assert(embeds_exactly<data_law<>, moment_features>);
  Eigen::VectorXd second(moments_map.features());
  embed_into(truth, moments_map, second);
  CHECK(second[0] == doctest::Approx(1.5));
  const nystrom_features<gaussian_kernel> landmarks(gaussian_kernel(1.0), truth.data().leftCols(3));
  Eigen::VectorXd a(landmarks.features()), b(landmarks.features());
  embed_into(truth, landmarks, a);
  landmarks.mean_into(truth.data(), nullptr, b);
  CHECK(a == b);
}

TEST_CASE("data law: a loop is fitted to the data first, however it draws") {
  const data_law truth(squares(9));
  for (const draw how : {draw::stored, draw::streamed}) {
    const experiment what{truth, gaussian_estimator<>(divisor::n), replace{}};
    run_lineage(what, {.generations = 2, .samples = 9, .how = how}, stream(3), [&](const auto& g) {
      if (g.number == 1) CHECK((g.model.covariance() - truth.covariance()).norm() < 1e-10);
      if (g.number == 2) CHECK((g.model.covariance() - truth.covariance()).norm() > 1e-3);
    });
  }
}

TEST_CASE("data law: mistakes are named") {
  CHECK(throws([] { data_law<>(samples<>(2, 0)); }, "data_law", "observations of x", "0"));
  CHECK(throws([] { data_law<>(samples<>::Constant(2, 3, std::nan(""))); }, "data_law", "nan"));
  stream rng(1);
  CHECK(throws([&] { (void)data_law(squares(3)).sample(-1, rng); }, "data_law::sample", "-1"));
}
