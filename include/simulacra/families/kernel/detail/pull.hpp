#pragma once

#include <cmath>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/families/kernel/bandwidth_matrix.hpp>
#include <simulacra/families/kernel/detail/frame.hpp>
#include <simulacra/families/kernel/detail/pair_sums.hpp>
#include <simulacra/summary/moments.hpp>

/// Weighted points: their moments, and how they are laid out for sums. @param w  weights that add to 1, or empty: all are equal
namespace simulacra::detail {

/// The mean, in two passes and without a sum that could leave the range.
template <class T, int D>
point<double, D> mean_of_points(const samples<T, D>& x, const weights<double>& w) {
  point<double, D> mean = point<double, D>::Zero(x.rows()), rest = mean;
  const double each = 1 / static_cast<double>(x.cols());
  for (Index i = 0; i < x.cols(); ++i) mean += (w.size() > 0 ? w[i] : each) * x.col(i).template cast<double>();
  for (Index i = 0; i < x.cols(); ++i) rest += (w.size() > 0 ? w[i] : each) * (x.col(i).template cast<double>() - mean);
  return mean + rest;
}

template <class T, int D>
square<double, D> covariance_of_points(const samples<T, D>& x, const weights<double>& w) {
  const point<double, D> mean = mean_of_points<T, D>(x, w);
  square<double, D> sum = square<double, D>::Zero(x.rows(), x.rows());
  const double each = 1 / static_cast<double>(x.cols());
  for (Index i = 0; i < x.cols(); ++i) {
    const point<double, D> apart = x.col(i).template cast<double>() - mean;
    sum += (w.size() > 0 ? w[i] : each) * (apart * apart.transpose());
  }
  return sum;
}

/// The moments of weighted points: mean, and the factor of the covariance by `factor().scaled(1 / sqrt(weight()))`, whatever the
/// units of the coordinates are.
template <class T, int D>
moments<double, D> moments_of_points(const samples<T, D>& x, const weights<double>& w) {
  const samples<double, D> wide = x.template cast<double>();
  return w.size() > 0 ? moments<double, D>::of(wide, w) : moments<double, D>::of(wide);
}

/// L G^-1 with L L' = S, given by its factor, and G G' = S + v F F'; 0 in directions that have neither.
template <int D>
square<double, D> shrinking_factor(const scaled_factor<double, D>& inner, const bandwidth_matrix<D>& h, double v) {
  const Index d = h.dimension();
  const square<double, D> l = inner.dense();
  const square<double, D> g = inner.plus(scaled_factor<double, D>(d), square<double, D>(h.lower() * std::sqrt(v))).dense();
  square<double, D> a = square<double, D>::Zero(d, d);  // a g = l, column by column from the last
  for (Index j = d; j-- > 0;)
    for (Index i = j; i < d; ++i) {
      double rest = l(i, j);
      for (Index k = j + 1; k <= i; ++k) rest -= a(i, k) * g(k, j);
      a(i, j) = g(j, j) > 0 ? rest / g(j, j) : 0;
    }
  return a;
}

/// The same for the covariance of points.
template <class T, int D>
square<double, D> shrinking_factor(const samples<T, D>& x, const weights<double>& w, const bandwidth_matrix<D>& h, double v) {
  const moments<double, D> m = moments_of_points<T, D>(x, w);
  return shrinking_factor<D>(m.factor().scaled(1 / std::sqrt(m.weight())), h, v);
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
