#pragma once

#include <algorithm>
#include <cmath>

#include <Eigen/Core>

#include <simulacra/core/blended_moments.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/kernel/bandwidth_matrix.hpp>
#include <simulacra/families/kernel/detail/frame.hpp>
#include <simulacra/families/kernel/detail/pair_sums.hpp>
#include <simulacra/numerics/triangle.hpp>

/// Weighted points: their moments, and how they are laid out for sums. @param w  weights that add to 1, or empty: all are equal
namespace simulacra::detail {

/// The mean, in two passes and without a sum that could leave the range.
template <class T, int D>
point<double, D> mean_of_points(const samples<T, D>& x, const weights<double>& w) {
  point<double, D> mean = point<double, D>::Zero(x.rows()), rest = mean;
  const double each = 1 / static_cast<double>(x.cols());
  for (Index i = 0; i < x.cols(); ++i) mean += (w.size() > 0 ? w[i] : each) * x.col(i).template cast<double>();
  for (Index i = 0; i < x.cols(); ++i) rest += (w.size() > 0 ? w[i] : each) * (x.col(i).template cast<double>() - mean);
  // Only points at both ends of the range are farther apart than that: then the first pass has to do.
  return rest.allFinite() ? point<double, D>(mean + rest) : mean;
}

/// The covariance of points plus c F F' for a kernel's bandwidth F. Its numbers may be too large for a double, and are infinite then, with
/// their sign: where squares would leave the range, all is first brought to units of a power of two, which rounds nothing.
template <class T, int D>
square<double, D> covariance_of_smoothed(const samples<T, D>& x, const weights<double>& w, const square<double, D>& f,
                                         double c) {
  const double largest = (std::max)(static_cast<double>(x.cwiseAbs().maxCoeff()), f.cwiseAbs().maxCoeff());
  const double unit = unit_of_squares(largest);
  const point<double, D> mean = mean_of_points<T, D>(x, w);
  square<double, D> sum = square<double, D>::Zero(x.rows(), x.rows());
  const double each = 1 / static_cast<double>(x.cols());
  for (Index i = 0; i < x.cols(); ++i) {
    const point<double, D> apart = x.col(i).template cast<double>() / unit - mean / unit;
    sum += (w.size() > 0 ? w[i] : each) * (apart * apart.transpose());
  }
  const square<double, D> scaled = f / unit;
  const square<double, D> noise = c * square<double, D>(scaled * scaled.transpose());
  return ((sum + noise) * unit) * unit;
}

/// The L with L L' = the covariance of points, whatever the units of the coordinates are.
template <class T, int D>
square<double, D> triangle_of_points(const samples<T, D>& x, const weights<double>& w) {
  const point<double, D> mean = mean_of_points<T, D>(x, w);
  Eigen::MatrixXd apart(x.cols(), x.rows());
  const double each = std::sqrt(1 / static_cast<double>(x.cols()));
  for (Index i = 0; i < x.cols(); ++i) {
    const double root = w.size() > 0 ? std::sqrt(w[i]) : each;
    for (Index k = 0; k < x.rows(); ++k) apart(i, k) = root * (static_cast<double>(x(k, i)) - mean[k]);
  }
  return triangle_of_columns<D>(apart);
}

/// The factor of L L' + F F'.
template <int D>
square<double, D> joint_triangle(const square<double, D>& l, const square<double, D>& f) {
  Eigen::MatrixXd both(2 * l.rows(), l.rows());
  both << l.transpose(), f.transpose();
  return triangle_of_columns<D>(both);
}

/// L G^-1 with G G' = L L' + v F F'; 0 in directions that have neither.
template <int D>
square<double, D> shrinking_factor(const square<double, D>& l, const bandwidth_matrix<D>& h, double v) {
  const Index d = h.dimension();
  const square<double, D> g = joint_triangle<D>(l, square<double, D>(h.lower() * std::sqrt(v)));
  square<double, D> a = square<double, D>::Zero(d, d);  // a g = l, column by column from the last
  for (Index j = d; j-- > 0;)
    for (Index i = j; i < d; ++i) {
      double rest = l(i, j);
      for (Index k = j + 1; k <= i; ++k) rest -= a(i, k) * g(k, j);
      a(i, j) = g(j, j) > 0 ? rest / g(j, j) : 0;
    }
  return a;
}

/// Points in a frame with their weights, those of weight 0 left out.
template <class T, int D>
void place_points(const samples<T, D>& x, const weights<double>& w, const bandwidth_frame<D>& frame, weighted_points& out) {
  if (w.size() == 0) {
    frame.place(x, out.z);
    out.w.assign(static_cast<std::size_t>(x.cols()), 1.0);
    out.total_weight = static_cast<double>(x.cols());
    return;
  }
  samples<T, D> left(x.rows(), (w.array() > 0).count());
  out.w.clear();
  out.total_weight = 0;
  for (Index i = 0; i < x.cols(); ++i)
    if (w[i] > 0) {
      left.col(static_cast<Index>(out.w.size())) = x.col(i);
      out.w.push_back(w[i]);
      out.total_weight += w[i];
    }
  frame.place(left, out.z);
}

}  // namespace simulacra::detail
