#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/gamma.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// Writes a lower triangular A with A A' ~ Wishart_d(I, degrees), the scatter matrix of that many standard normal points:
/// A_jj^2 ~ chi-square(degrees - j), j from 0, and independent standard normals below the diagonal.
///
/// Fewer degrees than dimensions give a singular Wishart: only the first `degrees` columns are filled (a lower trapezoid),
/// the others are zero, and A A' has rank `degrees`; 0 degrees give zero. `factor` is d x d already.
/// With r = min(d, degrees), draws are taken in this order: chi-squares of columns 0, ..., r - 1; then the normals, column
/// by column from the top, by `fill_normal`.
/// Cost: r chi-squares and r (2 d - r - 1) / 2 normals, whatever `degrees`. For float: rounded from the same numbers.
/// Throws `std::invalid_argument` unless `factor` is square and degrees >= 0.
/// Source: Bartlett (1933); for degrees < d the same reduction stops early, after `degrees` columns.
template <class T, int D>
  requires std::same_as<T, float> || std::same_as<T, double>
void fill_bartlett(square<T, D>& factor, Index degrees, stream& rng) {
  const Index d = factor.rows();
  argument::require(factor.cols() == d, "fill_bartlett", "factor.cols()", factor.cols(), "be the number of rows");
  argument::require(degrees >= 0, "fill_bartlett", "degrees", degrees, "be at least 0");
  const Index rank = (std::min)(d, degrees);
  T* const data = factor.data();
  const auto at = [d](Index row, Index column) { return column * d + row; };  // as if stored by columns

  // All normals in one go into the front of the matrix, then each column to its place, last first: no column's place
  // begins before its normals do, so none is overwritten unread.
  point<T, D> diagonal = point<T, D>::Zero(d);
  for (Index j = 0; j < rank; ++j)
    diagonal(j) = static_cast<T>(std::sqrt(chi_square(static_cast<double>(degrees - j), rng)));
  const Index normals = rank * (2 * d - rank - 1) / 2;
  fill_normal(std::span<T>(data, static_cast<std::size_t>(normals)), rng);
  std::fill(data + normals, data + d * d, T(0));
  Index end = normals;
  for (Index j = rank; j-- > 0;) {
    const Index below = d - j - 1;
    end -= below;
    std::copy_backward(data + end, data + end + below, data + at(d, j));
    std::fill(data + at(0, j), data + at(j, j), T(0));
    data[at(j, j)] = diagonal(j);
  }
  if constexpr (square<T, D>::IsRowMajor) factor.transposeInPlace();
}

}  // namespace simulacra
