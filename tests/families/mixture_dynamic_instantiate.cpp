#include "mixture_instantiate.hpp"

SIMULACRA_TEST_INSTANTIATE_MIXTURE(double, simulacra::dynamic)

TEST_CASE("mixture: double in any dimension works through the free functions") {
  simulacra_test::use_mixture<double, simulacra::dynamic>(5);
}
