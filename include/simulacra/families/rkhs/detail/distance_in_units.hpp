#pragma once

#include <simulacra/core/types.hpp>

namespace simulacra::detail {

/// \f$ |x - y|^2 / h^2 \f$ of two columns of one size. Differences are divided before they are squared, so that the
/// result is infinite only where it is beyond the range of doubles itself, and never NaN.
/// @param h  > 0
template <class X, class Y>
double distance_squared_in_units(const X& x, const Y& y, double h) {
  double sum = 0;
  for (Index i = 0; i < x.size(); ++i) {
    const double apart = (static_cast<double>(x[i]) - static_cast<double>(y[i])) / h;
    sum += apart * apart;
  }
  return sum;
}

}  // namespace simulacra::detail
