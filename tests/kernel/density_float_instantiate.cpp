#include "density_instantiate.hpp"

SIMULACRA_TEST_INSTANTIATE_KERNEL(float, 1)
SIMULACRA_TEST_INSTANTIATE_KERNEL(float, 2)
SIMULACRA_TEST_INSTANTIATE_KERNEL(float, simulacra::dynamic)

TEST_CASE("kernel density: float in one, two and any number of dimensions") {
  simulacra_test::use_kernel_density<float, 1>(1);
  simulacra_test::use_kernel_density<float, 2>(2);
  simulacra_test::use_kernel_density<float, simulacra::dynamic>(3);
}
