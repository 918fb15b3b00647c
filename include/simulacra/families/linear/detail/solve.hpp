#pragma once

#include <cmath>
#include <utility>

#include <Eigen/Core>

#include <simulacra/core/labelled.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/numerics/scaled_factor.hpp>

/// Regression from the triangle of its cross moments, in loops of their own: see `cross_moments`.
namespace simulacra::detail {

/// The weights that a triangle asks for, and what they leave.
template <class T, int D>
struct solved {
  point<T, D> weights{};
  Index rank = 0;       ///< directions that the inputs have
  double label = 0;     ///< mean square of the labels
  double residual = 0;  ///< mean square of what is left of them
};

/// The shortest solution of L' w = c, where columns of L with a zero on the diagonal are zero: w = Q U'^-1 c for L = Q U, by modified
/// Gram-Schmidt, each column freed of those before it twice. O(d rank^2).
template <class T, int D>
point<T, D> shortest_solution(const square<T, D>& l, const point<T, D>& c) {
  const Index d = l.rows();
  square<T, D> q(d, d), u = square<T, D>::Zero(d, d);
  point<T, D> v(d), w = point<T, D>::Zero(d);
  Index rank = 0;
  for (Index j = 0; j < d; ++j) {
    if (l(j, j) == T(0)) continue;
    point<T, D> column = l.col(j);
    for (int time = 0; time < 2; ++time)
      for (Index k = 0; k < rank; ++k) {
        const T along = q.col(k).dot(column);
        column -= along * q.col(k);
        u(k, rank) += along;
      }
    const T left = column.stableNorm();
    if (!(left > T(0))) continue;
    u(rank, rank) = left;
    q.col(rank) = column / left;
    T rest = c[j];  // column j of U' v = c, from the top
    for (Index k = 0; k < rank; ++k) rest -= u(k, rank) * v[k];
    v[rank] = rest / left;
    w += v[rank] * q.col(rank);
    ++rank;
  }
  return w;
}

/// The minimum of the mean of (y - w'x)^2 plus penalty |w|^2, the shortest where there are several.
/// @param f  the triangle of pairs, over the square root of their weight   @param penalty  >= 0, over their weight
template <class T, int D>
solved<T, D> solve_triangle(const scaled_factor<T, with_label<D>>& f, double penalty) {
  const Index d = f.dimension() - 1;
  const square<T, with_label<D>> all = f.dense();
  square<T, D> l = all.topLeftCorner(d, d);
  point<T, D> c = all.row(d).head(d).transpose();
  solved<T, D> done;
  done.rank = (l.diagonal().array() != T(0)).count();
  done.label = static_cast<double>(all.row(d).squaredNorm());
  const square<T, D> of_inputs = l;
  const point<T, D> of_labels = c;
  if (penalty > 0) {  // as if d rows more had been seen, sqrt(penalty) along each axis, with label 0
    Eigen::Matrix<T, with_label<D>, D> rows(d + 1, d);
    rows.setZero();
    rows.diagonal().setConstant(static_cast<T>(std::sqrt(penalty)));
    const square<T, with_label<D>> both = f.plus(scaled_factor<T, with_label<D>>(d + 1), rows).dense();
    l = both.topLeftCorner(d, d);
    c = both.row(d).head(d).transpose();
  }
  if ((l.diagonal().array() != T(0)).all()) {
    done.weights = c;
    for (Index i = d; i-- > 0;) {  // L' w = c, from the bottom
      for (Index k = i + 1; k < d; ++k) done.weights[i] -= l(k, i) * done.weights[k];
      done.weights[i] /= l(i, i);
    }
  } else {
    done.weights = shortest_solution<T, D>(l, c);
  }
  const point<T, D> missed = of_inputs.template triangularView<Eigen::Lower>().transpose() * done.weights - of_labels;
  done.residual = static_cast<double>(missed.squaredNorm()) * (penalty > 0 || done.rank != d ? 1 : 0) +
                  static_cast<double>(all(d, d)) * static_cast<double>(all(d, d));
  return done;
}

}  // namespace simulacra::detail
