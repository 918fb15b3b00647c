#pragma once

#include <limits>

namespace simulacra {

/// A number that was measured with draws, and its Monte Carlo standard error; NaN where there is none.
struct measured {
  double value = std::numeric_limits<double>::quiet_NaN();
  double error = std::numeric_limits<double>::quiet_NaN();
};

/// What a test statistic is, and how probable one at least as large is where the laws are equal.
struct test_result {
  double statistic = std::numeric_limits<double>::quiet_NaN();
  double p_value = std::numeric_limits<double>::quiet_NaN();
};

}  // namespace simulacra
