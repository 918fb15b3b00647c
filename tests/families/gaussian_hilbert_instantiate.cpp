#include "gaussian_hilbert_instantiate.hpp"

using namespace simulacra_test;

SIMULACRA_TEST_INSTANTIATE(double, 1)
SIMULACRA_TEST_INSTANTIATE(double, 2)
SIMULACRA_TEST_INSTANTIATE(double, simulacra::dynamic)

TEST_CASE("gaussian embedding: every dimension works in double") {
  use_embeddings<double, 1>(1);
  use_embeddings<double, 2>(2);
  use_embeddings<double, simulacra::dynamic>(5);
}
