#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>

/// Cholesky factors, in loops of their own: Eigen's decomposition costs whoever fits a Gaussian a second of compiling for every
/// dimension that is fixed, and is faster only where d is some hundreds.
namespace simulacra {

namespace detail {

/// Turns the lower triangle of a matrix, d x d and column by column in memory, into its Cholesky factor; what is above stays. False where
/// a pivot is not positive: then the columns before it are done. Every entry is reduced by the sum over the columns before it, in their
/// order, whatever d is. O(d^3 / 3).
/// Reference: Golub and Van Loan (2013), "Matrix Computations", algorithm 4.2.1.
template <class T>
[[nodiscard]] bool cholesky_columns(T* a, Index d) {
  constexpr Index width = 32;
  if (d < width) {
    for (Index j = 0; j < d; ++j) {
      T root(0);
      for (Index i = j; i < d; ++i) {
        T sum(0);
        for (Index k = 0; k < j; ++k) sum += a[i + k * d] * a[j + k * d];
        const T rest = a[i + j * d] - sum;
        if (i == j && !(rest > T(0))) return false;
        if (i == j) root = std::sqrt(rest);
        a[i + j * d] = i == j ? root : rest / root;
      }
    }
    return true;
  }
  // Some columns at a time, so that those before them are read once for all of these.
  using column = Eigen::Map<point<T>>;
  samples<T> sums(d, width);
  for (Index first = 0; first < d; first += width) {
    const Index end = (std::min)(first + width, d);
    sums.setZero();
    for (Index k = 0; k < end; ++k)
      for (Index j = (std::max)(first, k); j < end; ++j) {
        column sum(&sums(j, j - first), d - j), own(a + j + j * d, d - j);
        if (k < j) {
          sum += a[j + k * d] * column(a + j + k * d, d - j);
          continue;
        }
        own -= sum;
        if (!(own[0] > T(0))) return false;
        const T root = std::sqrt(own[0]);
        own /= root;
        own[0] = root;
      }
  }
  return true;
}

}  // namespace detail

/// Whether a scatter matrix has a well-conditioned Cholesky factor; if so it is written to `factor`, diagonal > 0. The
/// matrix is brought to unit diagonal first, so that only its correlations decide. `false` means: take `lower_factor` of the
/// data instead, which keeps twice as many digits. O(d^3 / 3).
/// @param rounding  the relative rounding of the entries, where they were summed in less precision than T
template <class T, int D>
bool cholesky_factor(const square<T, D>& scatter, square<T, D>& factor, T rounding = std::numeric_limits<T>::epsilon()) {
  const Index d = scatter.rows();
  factor.resize(d, d);
  if constexpr (D == 1) {
    factor(0, 0) = std::sqrt(scatter(0, 0));
    return true;
  } else {
    point<T, D> scale(d), inverse(d), lost(d);
    for (Index i = 0; i < d; ++i) {
      scale[i] = std::sqrt(scatter(i, i));
      if (!(scale[i] > T(0)) || !std::isfinite(scale[i])) return false;
      inverse[i] = 1 / scale[i];
      // A pivot's square has the rounding of the matrix in it, and more of it the smaller the pivots before were that it was divided
      // by: of a singular matrix, what is left may look like a pivot, and be nothing else.
      lost[i] = 64 * rounding;
    }
    for (Index j = 0; j < d; ++j) {
      for (Index i = 0; i < j; ++i) factor(i, j) = T(0);
      for (Index i = j; i < d; ++i) factor(i, j) = inverse[i] * scatter(i, j) * inverse[j];
    }
    if (!detail::cholesky_columns(factor.data(), d)) return false;
    // A pivot p of the correlation matrix has lost -log10(p^2) digits.
    const T least = std::sqrt(std::sqrt(rounding)) / T(8);
    for (Index j = 0; j < d; ++j) {
      const T own = factor(j, j) * factor(j, j);
      if (!(factor(j, j) > least) || !(own > lost[j])) return false;
      for (Index i = j + 1; i < d; ++i) lost[i] += factor(i, j) * factor(i, j) * (lost[j] / own);
    }
    for (Index j = 0; j < d; ++j)
      for (Index i = j; i < d; ++i) factor(i, j) *= scale[i];
    return true;
  }
}

}  // namespace simulacra
