#pragma once

#include <cmath>
#include <limits>
#include <type_traits>

#include <Eigen/Cholesky>
#include <Eigen/QR>

#include <simulacra/core/types.hpp>

namespace simulacra {

/// The lower triangle R, with diagonal >= 0, for which R R' = A A'. By Householder QR of A' (so that no digits are lost to
/// squaring); diagonal entries under the rounding of their row are set to 0, since that direction is not there.
/// @param a  d x k, any k >= 0
/// Complexity O(d^2 k). Reference: Golub and Van Loan (2013), "Matrix Computations".
template <class T, int D, class Derived>
square<T, D> lower_factor(const Eigen::MatrixBase<Derived>& a) {
  const Index d = a.rows(), k = a.cols();
  square<T, D> r = square<T, D>::Zero(d, d);
  if constexpr (D == 1) {
    r(0, 0) = a.stableNorm();
  } else {
    if (k == 0) return r;
    // Rows of zeros up to a square shape keep R square whatever k is.
    Eigen::Matrix<T, Eigen::Dynamic, D> transposed = Eigen::Matrix<T, Eigen::Dynamic, D>::Zero(std::max<Index>(k, d), d);
    transposed.topRows(k) = a.transpose();
    const Eigen::HouseholderQR<Eigen::Matrix<T, Eigen::Dynamic, D>> qr(transposed);
    r.template triangularView<Eigen::Lower>() = qr.matrixQR().topRows(d).transpose();
    const T tolerance = std::numeric_limits<T>::epsilon() * static_cast<T>(d);
    for (Index j = 0; j < d; ++j) {
      const T row_norm = r.row(j).head(j + 1).stableNorm();
      if (std::abs(r(j, j)) <= tolerance * row_norm)
        r(j, j) = T(0);
      else if (r(j, j) < T(0))
        r.col(j).tail(d - j) = -r.col(j).tail(d - j);
    }
  }
  return r;
}

/// Whether a scatter matrix has a well-conditioned Cholesky factor; if so it is written to `factor`, diagonal > 0. The
/// matrix is brought to unit diagonal first, so that only its correlations decide. `false` means: take `lower_factor` of the
/// data instead, which keeps twice as many digits. O(d^3 / 3).
template <class T, int D>
bool cholesky_factor(const square<T, D>& scatter, square<T, D>& factor) {
  const Index d = scatter.rows();
  if constexpr (D == 1) {
    factor.resize(d, d);
    factor(0, 0) = std::sqrt(scatter(0, 0));
    return true;
  } else {
    point<T, D> scale = scatter.diagonal().cwiseSqrt();
    if (!(scale.array() > T(0)).all() || !scale.allFinite()) return false;
    const point<T, D> inverse = scale.cwiseInverse();
    const Eigen::LLT<square<T, D>> llt(square<T, D>(inverse.asDiagonal() * scatter * inverse.asDiagonal()));
    if (llt.info() != Eigen::Success) return false;
    // A pivot p of the correlation matrix has lost -log10(p^2) digits.
    const T least = std::sqrt(std::sqrt(std::numeric_limits<T>::epsilon())) / T(8);
    factor = llt.matrixL();
    if (!(factor.diagonal().array() > least).all()) return false;
    factor = (scale.asDiagonal() * factor).eval();
    return true;
  }
}

/// The product of two lower triangles: out = a b. Blocks of the triangle that are zero are not multiplied: about a third of
/// the work of a dense product. `out` must not overlap its arguments.
template <class T, int D>
void multiply_lower(const square<T, D>& a, const square<T, D>& b, square<T, D>& out) {
  const Index d = a.rows();
  if constexpr (D != dynamic && D <= 8) {
    for (Index j = 0; j < d; ++j)
      for (Index i = 0; i < d; ++i) {
        T sum(0);
        for (Index k = j; k <= i; ++k) sum += a(i, k) * b(k, j);
        out(i, j) = sum;
      }
  } else {
    constexpr Index width = 16;
    out.resize(d, d);
    for (Index j = 0; j < d; j += width) {
      const Index w = (std::min)(width, d - j), below = d - j;
      out.block(0, j, j, w).setZero();
      const square<T> corner = b.block(j, j, w, w).template triangularView<Eigen::Lower>();
      out.block(j, j, below, w).noalias() = a.block(j, j, below, w) * corner;
      for (Index k = j + w; k < d; k += width) {
        const Index v = (std::min)(width, d - k);
        out.block(k, j, d - k, w).noalias() += a.block(k, k, d - k, v) * b.block(k, j, v, w);
      }
    }
  }
}

}  // namespace simulacra
