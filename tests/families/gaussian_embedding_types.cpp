#include "families/gaussian_embedding_support.hpp"

#include <simulacra/hilbert/space.hpp>

using namespace simulacra_test::hilbert;

TEST_CASE("gaussian embedding: dimension at run time, float, and one dimension agree") {
  stream rng(43);
  const random_fourier_features map(gaussian_kernel(1.0), 2, 64, rng), line(gaussian_kernel(1.0), 1, 64, rng);
  const gaussian<> loose(a.mean(), a.covariance());
  CHECK((embedded(loose, map) - embedded(a, map)).cwiseAbs().maxCoeff() < 1e-15);
  const gaussian<float, 2> single(a.mean().cast<float>(), a.covariance().cast<float>());
  CHECK((embedded(single, map) - embedded(a, map)).cwiseAbs().maxCoeff() < 1e-6);
  const gaussian<double, 1> narrow(0.5, 2.0);
  CHECK(worst_z(narrow, line, embedded(narrow, line)) <= z_limit);
  CHECK(worst_z(narrow, line, embedded(gaussian<double, 1>(0.5, 2.2), line)) > z_limit);
}
