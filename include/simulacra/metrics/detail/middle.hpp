#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <simulacra/core/types.hpp>

namespace simulacra::detail {

/// Coordinate by coordinate the median of two samples together (of an even number the upper one): the point to see data from before they are
/// turned or brought to another unit, so that neither rounds away what is left of them far from the origin. One that lies elsewhere
/// does not move it. O((n + m) d).
/// @param x, y  finite, of one dimension, not both empty
template <class T, int D>
point<double, D> middle_of(const samples<T, D>& x, const samples<T, D>& y) {
  point<double, D> middle(x.rows());
  std::vector<double> values(static_cast<std::size_t>(x.cols() + y.cols()));
  for (Index k = 0; k < x.rows(); ++k) {
    auto to = values.begin();
    for (Index i = 0; i < x.cols(); ++i) *to++ = static_cast<double>(x(k, i));
    for (Index i = 0; i < y.cols(); ++i) *to++ = static_cast<double>(y(k, i));
    const auto half = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), half, values.end());
    middle[k] = *half;
  }
  return middle;
}

}  // namespace simulacra::detail
