#include "mixture_instantiate.hpp"

SIMULACRA_TEST_INSTANTIATE_MIXTURE(double, 1)
SIMULACRA_TEST_INSTANTIATE_MIXTURE(double, 2)

TEST_CASE("mixture: double in one and two dimensions works through the free functions") {
  simulacra_test::use_mixture<double, 1>(1);
  simulacra_test::use_mixture<double, 2>(2);
}
