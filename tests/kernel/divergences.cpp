#include "kernel/support.hpp"

#include <simulacra/families/gaussian/divergences.hpp>
#include <simulacra/families/gaussian/inner_products.hpp>
#include <simulacra/families/kernel/divergences.hpp>
#include <simulacra/families/kernel/embedding.hpp>
#include <simulacra/hilbert/embedding.hpp>

using namespace simulacra_test;

namespace {

/// sum_ij w_i v_j f(component i, component j), each component a Gaussian law.
template <class F>
double over_components(const kernel_density<double, 2>& p, const kernel_density<double, 2>& q, F f) {
  double sum = 0;
  for (Index i = 0; i < p.size(); ++i)
    for (Index j = 0; j < q.size(); ++j)
      sum += p.weight(i) * q.weight(j) *
             f(gaussian<double, 2>(p.points().col(i), p.bandwidth().covariance()),
               gaussian<double, 2>(q.points().col(j), q.bandwidth().covariance()));
  return sum;
}

}  // namespace

TEST_CASE("kernel density divergences: inner products are those of mixtures of Gaussians, in every shape of bandwidth") {
  const samples<double, 2> x = waves(2, 12), y = waves(2, 9, 0.7);
  const auto full = bandwidth_matrix<2>::factor(square<double, 2>{{0.6, 0.0}, {0.5, 0.4}});
  const auto diagonal = bandwidth_matrix<2>::diagonal(point<double, 2>(0.3, 0.9)), round = bandwidth_matrix<2>::scalar(0.5);
  const gaussian_kernel k(0.8);
  for (const auto& f : {full, diagonal, round})
    for (const auto& g : {full, diagonal, round}) {
      const kernel_density<double, 2> p(x, uneven(12), f), q(y, g);
      const auto densities = [](const auto& a, const auto& b) { return inner_product(a, b); };
      const auto means = [&k](const auto& a, const auto& b) { return inner_product(a, b, k); };
      CHECK_CLOSE(inner_product(p, q), over_components(p, q, densities), 1e-12);
      CHECK_CLOSE(inner_product(p, q, k), over_components(p, q, means), 1e-12);
      CHECK_CLOSE(l2_squared(p, q),
                  over_components(p, p, densities) - 2 * over_components(p, q, densities) + over_components(q, q, densities),
                  1e-10);
      CHECK_CLOSE(mmd_squared(p, q, 0.8),
                  over_components(p, p, means) - 2 * over_components(p, q, means) + over_components(q, q, means), 1e-10);
      CHECK_CLOSE(mmd_squared(p, q, k), mmd_squared(q, p, k), 1e-12);
    }
}

TEST_CASE("kernel density divergences: against a Gaussian law, and between laws that are one") {
  const gaussian<double, 2> law(point<double, 2>(0.5, -1), square<double, 2>{{2.0, 0.7}, {0.7, 1.0}});
  const kernel_density<double, 2> self = as_kernel_density(law), p(samples<double, 2>(waves(2, 12)), 0.5);
  const gaussian_kernel k(0.8);
  CHECK_CLOSE(inner_product(self, law), inner_product(law, law), 1e-13);
  CHECK_CLOSE(inner_product(self, law, k), inner_product(law, law, k), 1e-13);
  CHECK(l2_squared(self, law) < 1e-15);
  CHECK(l2_squared(p, p) == 0);
  CHECK(mmd_squared(p, p, k) == 0);
  CHECK_CLOSE(l2_squared(p, law), l2_squared(law, p), 1e-13);
  CHECK_CLOSE(mmd_squared(p, law, 0.8), inner_product(p, p, k) - 2 * inner_product(p, self, k) + inner_product(law, law, k),
              1e-12);
}

TEST_CASE("kernel density divergences: without smoothing MMD is that of the points and L2 is infinite") {
  const samples<double, 2> x = waves(2, 12), y = waves(2, 9, 0.7);
  const kernel_density<double, 2> p(x, bandwidth_matrix<2>::none(2)), q(y, bandwidth_matrix<2>::none(2));
  const gaussian_kernel k(0.8);
  double pq = 0;
  for (Index i = 0; i < 12; ++i)
    for (Index j = 0; j < 9; ++j) pq += k(x.col(i), y.col(j)) / 108;
  CHECK_CLOSE(inner_product(p, q, k), pq, 1e-13);
  CHECK(l2_squared(p, q) == std::numeric_limits<double>::infinity());
  CHECK(inner_product(p, q) == 0);
  CHECK(throws([&] { static_cast<void>(mmd_squared(p, q, 0.0)); }, "length_scale"));
  CHECK(throws(
      [] { static_cast<void>(inner_product(kernel_density<>(waves(2, 3), 1.0), kernel_density<>(waves(1, 3), 1.0))); },
      "dimension"));
}

TEST_CASE("kernel density divergences: the embedding in random Fourier features is the characteristic function") {
  stream rng(3);
  const random_fourier_features map(gaussian_kernel(0.7), 2, 100, rng);
  const kernel_density<double, 2> p(samples<double, 2>(waves(2, 12)), uneven(12),
                                    bandwidth_matrix<2>::factor(square<double, 2>{{0.6, 0.0}, {0.5, 0.4}}));
  Eigen::VectorXd out(100);
  embed_into(p, map, out);
  for (Index i = 0; i < 50; ++i) {
    const std::complex<double> f = p.characteristic_function(map.frequencies().row(i).transpose()) / std::sqrt(50.0);
    CHECK(std::abs(out[i] - f.real()) < 1e-15);
    CHECK(std::abs(out[50 + i] - f.imag()) < 1e-15);
  }
}
