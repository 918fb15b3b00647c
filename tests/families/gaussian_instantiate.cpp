#include "gaussian_instantiate.hpp"

using namespace simulacra_test;

SIMULACRA_TEST_INSTANTIATE(double, 2)
SIMULACRA_TEST_INSTANTIATE(double, simulacra::dynamic)

template class simulacra::scaled_factor<double, 1>;
template class simulacra::moments<double, 1>;
template class simulacra::gaussian<double, 1>;
template class simulacra::truncated_gaussian<double, 1>;
template class simulacra::gaussian_estimator<double, 1>;

TEST_CASE("gaussian: every dimension works in double through the free functions") {
  use<double, 1>(1);
  use<double, 2>(2);
  use<double, simulacra::dynamic>(5);
}
