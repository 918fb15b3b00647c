#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>

/// Lower triangles L with L L' = a given second moment, in loops of their own: Eigen's decompositions take seconds to compile, and
/// what follows is a small part of any work on kernel densities.
namespace simulacra::detail {

/// The L with L L' = A' A, from the d columns of A, which it destroys. By modified Gram-Schmidt, each column freed of those
/// before it twice, so that no digits are lost to squaring; a column of which only rounding is left gets a 0 on the diagonal. Each
/// column is brought near 1 by a power of two first, so no square leaves the range. O(rows d^2).
template <int D>
square<double, D> triangle_of_columns(Eigen::MatrixXd& a) {
  const Index d = a.cols();
  square<double, D> lower = square<double, D>::Zero(d, d);
  const double rounding =
      std::numeric_limits<double>::epsilon() * (4 * static_cast<double>(d) + std::sqrt(static_cast<double>(a.rows())));
  for (Index i = 0; i < d; ++i) {
    int exponent = 0;
    const double largest = a.rows() > 0 ? a.col(i).cwiseAbs().maxCoeff() : 0;
    if (!(largest > 0)) continue;
    std::frexp(largest, &exponent);
    exponent = std::clamp(exponent, -1000, 1000);
    a.col(i) *= std::ldexp(1.0, -exponent);
    const double whole = a.col(i).norm();
    for (int time = 0; time < 2; ++time)
      for (Index j = 0; j < i; ++j) {
        const double along = a.col(j).dot(a.col(i));
        a.col(i) -= along * a.col(j);
        lower(i, j) += along;
      }
    const double left = a.col(i).norm();
    if (left > rounding * whole) {
      lower(i, i) = left;
      a.col(i) /= left;
    } else {
      a.col(i).setZero();
    }
    for (Index j = 0; j <= i; ++j) lower(i, j) = std::ldexp(lower(i, j), exponent);
  }
  return lower;
}

/// The L with L L' = S by Cholesky, S brought to unit diagonal first. A pivot under its rounding is 0: S has no spread there, or is
/// not positive definite.
template <int D>
square<double, D> triangle_of_covariance(const square<double, D>& s) {
  const Index d = s.rows();
  square<double, D> lower = square<double, D>::Zero(d, d);
  for (Index i = 0; i < d; ++i) {
    if (!(s(i, i) > 0)) continue;
    for (Index j = 0; j <= i; ++j) {
      if (!(s(j, j) > 0)) continue;
      double rest = i == j ? 1 : s(i, j) / std::sqrt(s(i, i)) / std::sqrt(s(j, j));
      for (Index k = 0; k < j; ++k) rest -= lower(i, k) * lower(j, k);
      if (i == j)
        lower(i, i) = rest > 8 * static_cast<double>(d) * std::numeric_limits<double>::epsilon() ? std::sqrt(rest) : 0;
      else
        lower(i, j) = lower(j, j) > 0 ? rest / lower(j, j) : 0;
    }
  }
  for (Index i = 0; i < d; ++i) lower.row(i) *= s(i, i) > 0 ? std::sqrt(s(i, i)) : 0;
  return lower;
}

}  // namespace simulacra::detail
