#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/numerics/power_of_two.hpp>

/// The columns of a `scaled_factor`: a lower triangle, d x d and column by column in memory, and a power of two for each. What is done to
/// them is written for a run-time dimension, so that it is compiled once whatever dimensions a program has.
namespace simulacra::detail {

/// The largest |v| of n numbers; 0 of none.
template <class T>
[[nodiscard]] T largest_of(const T* v, Index n) {
  return n > 0 ? Eigen::Map<const point<T>>(v, n).cwiseAbs().maxCoeff() : T(0);
}

/// F F' of a lower triangle F.
template <class T, int D>
[[nodiscard]] square<T, D> squared_lower(const square<T, D>& f) {
  if constexpr (D == dynamic || D > 8) {
    return f * f.transpose();
  } else {
    square<T, D> product;
    for (Index j = 0; j < D; ++j)
      for (Index i = j; i < D; ++i) {
        T sum(0);
        for (Index k = 0; k <= j; ++k) sum += f(i, k) * f(j, k);
        product(i, j) = product(j, i) = sum;
      }
    return product;
  }
}

/// Multiplies a column by a power of two, and divides its unit by it, so that its largest entry is near 1.
template <class T>
[[gnu::noinline]] void rescale_column(T* column, Index d, std::int64_t& exponent, T largest) {
  if (largest == T(0)) exponent = 0;
  if (largest == T(0) || !std::isfinite(largest)) return;
  const int e = std::ilogb(largest) + 1;  // 2^(e - 1) <= largest < 2^e
  for (Index i = 0; i < d; ++i) column[i] = times_power_of_two(column[i], -e);
  exponent += e;
}

/// Turns every column with a zero on the diagonal into the columns behind it, by one Givens rotation each; F F' stays what
/// it is, and each column keeps its own exponent. O(d^2) for each such column.
template <class T>
[[gnu::noinline]] void restore_echelon(T* a, std::int64_t* exponents, Index d) {
  point<T> spare(d);
  for (Index j = 0; j < d; ++j) {
    if (a[j + j * d] != T(0)) continue;
    spare = Eigen::Map<point<T>>(a + j * d, d);
    std::int64_t e = exponents[j];
    std::fill_n(a + j * d, d, T(0));
    exponents[j] = 0;
    for (Index k = j + 1; k < d; ++k) {
      T* const column = a + k * d;
      if (spare[k] == T(0)) continue;
      if (column[k] == T(0)) {
        std::swap_ranges(column, column + d, spare.data());
        std::swap(exponents[k], e);
        continue;
      }
      const std::int64_t above = exponents[k] - e;  // of two columns, the one with the larger exponent sets the unit
      const T mine = times_power_of_two(T(1), above < 0 ? above : 0);
      const T its = times_power_of_two(T(1), above > 0 ? -above : 0);
      const T length = std::hypot(column[k] * mine, spare[k] * its), c = column[k] / length, s = spare[k] / length;
      const T keeps = c * mine * mine, takes = s * its * its;
      for (Index i = 0; i < d; ++i) {
        const T own = column[i];
        column[i] = keeps * own + takes * spare[i];
        spare[i] = c * spare[i] - s * own;
      }
      spare[k] = T(0);
      if (above < 0) std::swap(exponents[k], e);
      rescale_column(column, d, exponents[k], largest_of(column, d));
      int excess = 0;
      std::frexp(largest_of(spare.data(), d), &excess);
      for (Index i = 0; i < d; ++i) spare[i] = times_power_of_two(spare[i], -excess);
      e += excess;
    }
  }
}

/// Moves a power of two from each column to its exponent whose largest entry is not between `lower` and `upper`.
template <class T>
[[gnu::noinline]] void rescale_columns(T* a, std::int64_t* exponents, Index d, T lower, T upper) {
  bool echelon = true;  // no column has a zero on its diagonal and something below
  for (Index j = 0; j < d; ++j) {
    const T largest = largest_of(a + j + j * d, d - j);
    if (!(largest < upper && largest > lower)) rescale_column(a + j * d, d, exponents[j], largest);
    echelon = echelon && (a[j + j * d] != T(0) || largest == T(0));
  }
  if (!echelon) restore_echelon(a, exponents, d);
}

}  // namespace simulacra::detail
