#pragma once

#include <cmath>
#include <limits>

#include <Eigen/Core>
#include <Eigen/Jacobi>

#include <simulacra/core/types.hpp>

namespace simulacra::detail {

/// Turns pairs of columns until all are orthogonal: A V for an orthogonal V, so that lengths of columns are the singular values and their
/// directions the left singular vectors. Each singular value has its own digits, whatever the others are. O(rows d^2) a sweep, of which
/// there are about ten.
/// Reference: Hestenes (1958), "Inversion of matrices by biorthogonalization"; Demmel and Veselic (1992), "Jacobi's method is more accurate
/// than QR".
template <class Matrix>
void orthogonalise_columns(Matrix& a) {
  constexpr int sweeps = 60;
  bool turned = true;
  for (int sweep = 0; turned && sweep < sweeps; ++sweep) {
    turned = false;
    for (Index p = 0; p < a.cols(); ++p)
      for (Index q = p + 1; q < a.cols(); ++q) {
        const double one = a.col(p).squaredNorm(), two = a.col(q).squaredNorm(), both = a.col(p).dot(a.col(q));
        if (!(std::abs(both) > 4 * std::numeric_limits<double>::epsilon() * std::sqrt(one) * std::sqrt(two))) continue;
        Eigen::JacobiRotation<double> turn;
        turn.makeJacobi(one, both, two);
        a.applyOnTheRight(p, q, turn);
        turned = true;
      }
  }
}

}  // namespace simulacra::detail
