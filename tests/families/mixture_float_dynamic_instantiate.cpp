#include "mixture_instantiate.hpp"

SIMULACRA_TEST_INSTANTIATE_MIXTURE(float, simulacra::dynamic)

TEST_CASE("mixture: float in any dimension works through the free functions") {
  simulacra_test::use_mixture<float, simulacra::dynamic>(5);
}
