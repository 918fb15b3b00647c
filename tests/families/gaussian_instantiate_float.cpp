#include "gaussian_instantiate.hpp"

using namespace simulacra_test;

SIMULACRA_TEST_INSTANTIATE(float, 2)
SIMULACRA_TEST_INSTANTIATE(float, simulacra::dynamic)

template class simulacra::scaled_factor<float, 1>;
template class simulacra::moments<float, 1>;
template class simulacra::gaussian<float, 1>;
template class simulacra::truncated_gaussian<float, 1>;
template class simulacra::gaussian_estimator<float, 1>;

TEST_CASE("gaussian: every dimension works in float through the free functions") {
  use<float, 1>(1);
  use<float, 2>(2);
  use<float, simulacra::dynamic>(5);
}
