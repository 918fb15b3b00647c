#include "density_instantiate.hpp"

SIMULACRA_TEST_INSTANTIATE_KERNEL(double, 1)
SIMULACRA_TEST_INSTANTIATE_KERNEL(double, 2)
SIMULACRA_TEST_INSTANTIATE_KERNEL(double, simulacra::dynamic)

TEST_CASE("kernel density: double in one, two and any number of dimensions") {
  simulacra_test::use_kernel_density<double, 1>(1);
  simulacra_test::use_kernel_density<double, 2>(2);
  simulacra_test::use_kernel_density<double, simulacra::dynamic>(3);
}
