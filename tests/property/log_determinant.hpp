#pragma once

#include "property/replicates.hpp"

#include <cmath>

#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>

/// The law of the log determinant of a Gaussian chain, written out for what the tests judge.
namespace simulacra_test {

using boost::math::digamma;
using boost::math::trigamma;

/// Lambda of THEORY 1.5: the mean log det per generation.
inline double rate(double d, double m, double divided_by) {
  double sum = d * std::log(2 / divided_by);
  for (double i = 1; i <= d; ++i) sum += digamma((m - i) / 2);
  return sum;
}

inline double log_variance(double d, double m) {
  double sum = 0;
  for (double i = 1; i <= d; ++i) sum += trigamma((m - i) / 2);
  return sum;
}

inline double divided_by(divisor by, double m) { return by == divisor::n ? m : m - 1; }

}  // namespace simulacra_test
