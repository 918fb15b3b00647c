#pragma once

#include <simulacra/families/gaussian/embedding.hpp>
#include <simulacra/families/gaussian/signed.hpp>

#include "support/statistics.hpp"

// Every member of every template for every scalar and dimension: what no test calls must compile as well.
#define SIMULACRA_TEST_INSTANTIATE(T, D)            \
  template class simulacra::signed_gaussians<T, D>; \
  template class simulacra::gaussian_rkhs<T, D>;    \
  template class simulacra::gaussian_l2<T, D>;      \
  template class simulacra::nystrom_features<simulacra::gaussian_kernel, T, D>;

namespace simulacra_test {

using namespace simulacra;

template <class T, int D>
void use_embeddings(Index d) {
  stream rng(1);
  const auto law = gaussian<T, D>::standard(d);
  const samples<T, D> landmarks = samples<T, D>::Random(d, 4);
  const random_fourier_features fourier(laplace_kernel(1.0), d, 8, rng);
  const nystrom_features<gaussian_kernel, T, D> nystrom(gaussian_kernel(1.0), landmarks);
  const moment_features second(d);
  Eigen::VectorXd out(8);
  embed_into(law, fourier, out);
  CHECK(out.norm() <= 1);
  fourier.mean_into(landmarks, nullptr, out);
  CHECK(out.norm() <= 1);
  out.resize(nystrom.features());
  embed_into(law, nystrom, out);
  CHECK(out.norm() <= 1);
  nystrom.mean_into(landmarks, nullptr, out);
  CHECK(out.norm() <= 1);
  out.resize(second.features());
  embed_into(law, second, out);
  CHECK(out.sum() == doctest::Approx(static_cast<double>(d)));
  if (d <= 2) {
    const grid_features grid = d == 1 ? grid_features({-5, 5, 10}) : grid_features({-5, 5, 10}, {-5, 5, 10});
    out.resize(grid.features());
    embed_into(law, grid, out);
    CHECK(grid.mass_outside(out) < 1e-5);
  }
}

}  // namespace simulacra_test
