#pragma once

#include <algorithm>
#include <cmath>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>

/// Small operations on triangular factors, in place and without allocation, by whole columns.
namespace simulacra::detail {

/// Adds the outer product v v' to L L' by Givens rotations; v is used up. Exact to rounding whatever the grading, and a zero
/// on the diagonal is filled where v reaches it. O(d^2). `from`: v is 0 before this entry.
inline void add_outer(Eigen::MatrixXd& lower, Eigen::VectorXd& v, Index from = 0) {
  const Index d = lower.rows();
  for (Index j = from; j < d; ++j) {
    if (v[j] == 0) continue;
    const double length = std::hypot(lower(j, j), v[j]), c = lower(j, j) / length, s = v[j] / length;
    lower(j, j) = length;
    for (Index i = j + 1; i < d; ++i) {
      const double l = lower(i, j);
      lower(i, j) = c * l + s * v[i];
      v[i] = c * v[i] - s * l;
    }
  }
}

/// Replaces a symmetric matrix (its lower triangle) by its Cholesky factor, zero above the diagonal. Returns the least ratio
/// of a pivot to what stands in `raw` for its row: how many digits the subtractions before it have left, all of the matrix's
/// own making included. Stops, with 0, where a pivot is not positive.
template <class = double>
double cholesky_in_place(Eigen::MatrixXd& a, const Eigen::VectorXd& raw) {
  const Index d = a.rows();
  double least = 1;
  for (Index j = 0; j < d; ++j) {
    const double pivot = a(j, j);
    if (!(pivot > 0) || !(raw[j] > 0)) return 0;
    least = (std::min)(least, pivot / raw[j]);
    const double root = std::sqrt(pivot);
    a.col(j).head(j).setZero();
    a(j, j) = root;
    a.col(j).tail(d - j - 1) /= root;
    for (Index k = j + 1; k < d; ++k) a.col(k).tail(d - k) -= a(k, j) * a.col(j).tail(d - k);
  }
  return least;
}

/// out = L C for two lower triangles.
template <class = double>
void multiply_triangles(const Eigen::MatrixXd& l, const Eigen::MatrixXd& c, Eigen::MatrixXd& out) {
  const Index d = l.rows();
  out.setZero();
  for (Index j = 0; j < d; ++j)
    for (Index k = j; k < d; ++k) out.col(j).tail(d - k) += c(k, j) * l.col(k).tail(d - k);
}

/// out += L x for a lower triangle.
template <class = double>
void add_triangle_times(const Eigen::MatrixXd& l, const Eigen::VectorXd& x, Eigen::VectorXd& out) {
  const Index d = l.rows();
  for (Index k = 0; k < d; ++k) out.tail(d - k) += x[k] * l.col(k).tail(d - k);
}

}  // namespace simulacra::detail
