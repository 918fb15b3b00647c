#include "counting.hpp"

#include <vector>

#include <doctest/doctest.h>

TEST_CASE("the counting notices an allocation, of Eigen's too") {
  CHECK_THROWS_AS(simulacra_test::allocations_of([] { static_cast<void>(Eigen::MatrixXd(Eigen::MatrixXd::Zero(9, 9))); }),
                  std::logic_error);
  const std::size_t before = simulacra_test::allocations;
  const std::vector<int> some(100, 1);
  CHECK(some.back() == 1);
  CHECK(simulacra_test::allocations > before);
}
