#include "gaussian_hilbert_instantiate.hpp"

using namespace simulacra_test;

SIMULACRA_TEST_INSTANTIATE(float, 1)
SIMULACRA_TEST_INSTANTIATE(float, 2)
SIMULACRA_TEST_INSTANTIATE(float, simulacra::dynamic)

TEST_CASE("gaussian embedding: every dimension works in float") {
  use<float, 1>(1);
  use<float, 2>(2);
  use<float, simulacra::dynamic>(5);
}
