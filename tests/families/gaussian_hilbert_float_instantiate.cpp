#include "gaussian_hilbert_instantiate.hpp"

using namespace simulacra_test;

SIMULACRA_TEST_INSTANTIATE(float, 1)
SIMULACRA_TEST_INSTANTIATE(float, 2)
SIMULACRA_TEST_INSTANTIATE(float, simulacra::dynamic)

TEST_CASE("gaussian embedding: every dimension works in float") {
  use_embeddings<float, 1>(1);
  use_embeddings<float, 2>(2);
  use_embeddings<float, simulacra::dynamic>(5);
}
