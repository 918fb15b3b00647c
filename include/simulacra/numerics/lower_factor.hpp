#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/numerics/power_of_two.hpp>

namespace simulacra {

namespace detail {

/// Turns the upper triangle of `a`, m x d with m >= d, into that of its QR decomposition, by Householder reflections, column after
/// column; what is below is scratch. Zeros at the end of a column are not worked on: half of the rows, where one triangle lies on
/// another. Blocked decompositions take every user of a Gaussian seconds to compile, and gain nothing below some hundred
/// dimensions.
/// Reference: Golub and Van Loan (2013), "Matrix Computations", algorithm 5.2.1.  O(m d^2).
template <class T>
void householder_triangle(samples<T>& a) {
  using column = Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, 1>>;
  const Index m = a.rows(), d = a.cols();
  for (Index j = 0; j < d; ++j) {
    Index end = m;
    while (end > j + 1 && a(end - 1, j) == T(0)) --end;
    if (end == j + 1) continue;  // nothing below the diagonal
    column tail(&a(j, j) + 1, end - j - 1);
    const T square = tail.squaredNorm(), top = a(j, j);
    if (!(square > (std::numeric_limits<T>::min)())) continue;
    const T length = std::sqrt(top * top + square), pivot = top >= T(0) ? -length : length;
    const T tau = (pivot - top) / pivot;
    tail *= T(1) / (top - pivot);
    for (Index c = j + 1; c < d; ++c) {
      column other(&a(j, c) + 1, end - j - 1);
      const T share = tau * (a(j, c) + tail.dot(other));
      a(j, c) -= share;
      other -= share * tail;
    }
    a(j, j) = pivot;
  }
}

/// Whether a pivot of a lower triangle may be nothing but rounding: it is what is left of its row with the rows before it taken out,
/// so their rounding adds up in it.
template <class T, int D>
[[nodiscard]] bool has_small_pivot(const square<T, D>& r, point<T, D> rounding) {
  for (Index j = 0; j < r.rows(); ++j) {
    for (Index l = 0; l < j; ++l)
      if (r(l, l) != T(0)) rounding[j] = std::hypot(rounding[j], r(j, l) / r(l, l) * rounding[l]);
    if (r(j, j) != T(0) && std::abs(r(j, j)) <= rounding[j]) return true;
  }
  return false;
}

/// The rows of a matrix without the directions in which none of them has more than its rounding: d x rank, their coordinates in the
/// directions that are left. That row is the next which has most left in units of its rounding (Gram and Schmidt, pivoted), so no row's
/// rounding is multiplied in another's, whatever order the coordinates are in, and no row loses more than its own. O(d^2 rank).
template <class T>
[[nodiscard, gnu::noinline]] samples<T> rows_without_rounding(const samples<T>& rows, const point<T>& rounding) {
  const Index d = rows.rows();
  samples<T> rest = rows.transpose(), left = samples<T>::Zero(d, rows.cols());
  for (Index i = 0; i < d; ++i) rest.col(i) *= rounding[i] > T(0) ? 1 / rounding[i] : T(0);
  Index rank = 0;
  for (; rank < left.cols(); ++rank) {
    Index most = 0;
    const T squared = rest.colwise().squaredNorm().maxCoeff(&most);
    if (!(squared > T(1))) break;
    const point<T> direction = rest.col(most) / std::sqrt(squared);
    for (Index i = 0; i < d; ++i) {
      const T share = direction.dot(rest.col(i));
      left(i, rank) = share * rounding[i];
      rest.col(i) -= share * direction;
    }
    rest.col(most).setZero();
  }
  return left.leftCols(rank);
}

}  // namespace detail

/// The lower triangle R, with diagonal >= 0, for which R R' = A A'. By Householder QR of A' (so that no digits are lost to
/// squaring), without the directions in which no row has more than its rounding: these are not there. Each row is brought near 1 by a
/// power of two first, which is exact, so that no square leaves the range whatever the rows' units are.
/// @param a  d x k, any k >= 0, finite
/// @param off  what each row was off by before, in its own units: no direction is made of that either. None by default
/// Complexity O(d^2 k). Reference: Golub and Van Loan (2013), "Matrix Computations".
template <class T, int D, class Derived>
square<T, D> lower_factor(const Eigen::MatrixBase<Derived>& a, [[maybe_unused]] const point<T, D>* off = nullptr) {
  const Index d = a.rows(), k = a.cols();
  square<T, D> r = square<T, D>::Zero(d, d);
  if constexpr (D == 1) {
    const int e = detail::exponent_of(a);
    T sum(0);
    for (Index l = 0; l < k; ++l) {
      const T v = detail::times_power_of_two(a(0, l), -e);
      sum += v * v;
    }
    r(0, 0) = detail::times_power_of_two(std::sqrt(sum), e);
  } else {
    if (k == 0) return r;
    // Rows of zeros up to a square shape keep R square whatever k is.
    samples<T> transposed = samples<T>::Zero(std::max<Index>(k, d), d);  // of run-time size whatever D is: one QR to compile
    Eigen::Matrix<int, D, 1> exponents(d);
    for (Index i = 0; i < d; ++i) {
      T largest(0);
      for (Index l = 0; l < k; ++l) {
        transposed(l, i) = a(i, l);
        largest = (std::max)(largest, std::abs(transposed(l, i)));
      }
      std::frexp(largest, &exponents[i]);
      for (Index l = 0; l < k; ++l) transposed(l, i) = detail::times_power_of_two(transposed(l, i), -exponents[i]);
    }
    detail::householder_triangle(transposed);
    const T tolerance = std::numeric_limits<T>::epsilon() * (4 * static_cast<T>(d) + std::sqrt(static_cast<T>(k)));
    point<T, D> rounding(d);
    for (Index i = 0; i < d; ++i) {
      T squares(0);
      for (Index j = 0; j <= i; ++j) {
        r(i, j) = transposed(j, i);
        squares += r(i, j) * r(i, j);
      }
      rounding[i] = tolerance * std::sqrt(squares);
    }
    if (off != nullptr)
      for (Index i = 0; i < d; ++i)
        rounding[i] = (std::min)(std::hypot(rounding[i], detail::times_power_of_two((*off)[i], -exponents[i])),
                                 (std::numeric_limits<T>::max)());
    if (detail::has_small_pivot<T, D>(r, rounding)) [[unlikely]] {
      const samples<T> left = detail::rows_without_rounding<T>(samples<T>(r), point<T>(rounding));
      if (left.cols() < d) {
        transposed = samples<T>::Zero(d, d);
        transposed.topRows(left.cols()) = left.transpose();
        detail::householder_triangle(transposed);
        for (Index j = 0; j < d; ++j)
          for (Index i = j; i < d; ++i) r(i, j) = transposed(j, i);
      }
    }
    for (Index j = 0; j < d; ++j) {
      if (std::abs(r(j, j)) <= rounding[j])  // what is rounding below it goes too; what is not belongs to other directions
        for (Index i = j; i < d; ++i) r(i, j) = std::abs(r(i, j)) <= rounding[i] ? T(0) : r(i, j);
      else if (r(j, j) < T(0))
        for (Index i = j; i < d; ++i) r(i, j) = -r(i, j);
    }
    for (Index i = 0; i < d; ++i)
      for (Index j = 0; j <= i; ++j) r(i, j) = detail::times_power_of_two(r(i, j), exponents[i]);
  }
  return r;
}

/// A lower triangle C whose rows and columns are zero where `pivots` are, with F C C' F' = F B B' F' for every F whose columns
/// are zero there: what is left of B once F has lost directions. Its rank is theirs, whatever is rounded.
template <class T, int D>
square<T, D> restricted_factor(const square<T, D>& b, const point<T, D>& pivots) {
  const Index d = b.rows();
  samples<T> rows(d, d);
  Index left = 0;
  for (Index k = 0; k < d; ++k) {
    if (pivots[k] == T(0)) continue;
    for (Index j = 0; j < d; ++j) rows(left, j) = j <= k ? b(k, j) : T(0);
    ++left;
  }
  const square<T> r = lower_factor<T, dynamic>(samples<T>(rows.topRows(left)));  // no block: one QR to compile
  square<T, D> c = square<T, D>::Zero(d, d);
  for (Index k = 0, row = 0; k < d; ++k) {
    if (pivots[k] == T(0)) continue;
    for (Index j = 0, column = 0; j <= k; ++j)
      if (pivots[j] != T(0)) c(k, j) = r(row, column++);
    ++row;
  }
  return c;
}

}  // namespace simulacra
