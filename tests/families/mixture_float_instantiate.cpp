#include "mixture_instantiate.hpp"

SIMULACRA_TEST_INSTANTIATE_MIXTURE(float, 1)
SIMULACRA_TEST_INSTANTIATE_MIXTURE(float, 2)

TEST_CASE("mixture: float in one and two dimensions works through the free functions") {
  simulacra_test::use_mixture<float, 1>(1);
  simulacra_test::use_mixture<float, 2>(2);
}
