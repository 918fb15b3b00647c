#pragma once

#include <cmath>
#include <limits>

#include <Eigen/Core>

#include <doctest/doctest.h>

namespace simulacra_test {

/// Checks second moments at the ends of the range: those of what is written in units of s are s^2 times those in units of 1, or infinite
/// with their sign where that is too large for a double. `moments(s)` is a matrix without a zero, of entries between 1/64 and 64.
template <class Moments>
void check_range_of_moments(const Moments& moments) {
  const Eigen::MatrixXd one = moments(1.0);
  for (const int e : {-500, -100, 100, 500, 507, 520, 600, 1000, 1019}) {
    CAPTURE(e);
    const Eigen::MatrixXd c = moments(std::ldexp(1.0, e));
    for (Eigen::Index k = 0; k < one.size(); ++k) {
      CAPTURE(k);
      const double back = std::ldexp(std::ldexp(c.data()[k], -e), -e), right = one.data()[k];
      CHECK(right != 0);
      if (e < 512)
        CHECK(std::abs(back - right) <= 1e-13 * std::abs(right));
      else if (e > 515)
        CHECK(c.data()[k] == std::copysign(std::numeric_limits<double>::infinity(), right));
    }
  }
}

}  // namespace simulacra_test
