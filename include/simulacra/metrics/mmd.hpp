#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/kernel/gauss_sum.hpp>
#include <simulacra/hilbert/embedding.hpp>
#include <simulacra/hilbert/gram.hpp>
#include <simulacra/hilbert/kernels.hpp>
#include <simulacra/metrics/measured.hpp>

/// The squared maximum mean discrepancy of two samples, \f$ |\mu_P - \mu_Q|^2 \f$ in the space of a kernel. Two estimates of it:
/// the *V* statistic is the squared distance of the two empirical laws, >= 0, and too large by about \f$ (E k(X,X) - E k(X,X')) / n \f$ a sample;
/// the *U* statistic leaves out each point's kernel with itself, is unbiased, and may be negative where the laws are nearly equal.
/// Source: Gretton, Borgwardt, Rasch, Schoelkopf and Smola (2012), Journal of Machine Learning Research 13.
namespace simulacra {

namespace detail {

/// out[j] = sum_i w_i k(x_i, y_j), in blocks.
template <class K, class T, int D>
void kernel_sums(const K& k, const samples<T, D>& x, const weights<double>& w, const samples<T, D>& y,
                 Eigen::VectorXd& out) {
  out = Eigen::VectorXd::Zero(y.cols());
  gram_block_matrix values;
  for (Index j = 0; j < y.cols(); j += gram_tile) {
    const Index columns = (std::min)(Index{gram_tile}, y.cols() - j);
    for (Index i = 0; i < x.cols(); i += gram_tile) {
      const Index rows = (std::min)(Index{gram_tile}, x.cols() - i);
      values.resize(rows, columns);
      gram_block(k, x.middleCols(i, rows), y.middleCols(j, columns), values);
      for (Index c = 0; c < columns; ++c)
        out[j + c] += w.size() == 0 ? values.col(c).sum() : values.col(c).dot(w.segment(i, rows));
    }
  }
}

/// The Gaussian kernel has sums of its own, that fuse distance, exponential and sum.
template <class T, int D>
void kernel_sums(const gaussian_kernel& k, const samples<T, D>& x, const weights<double>& w, const samples<T, D>& y,
                 Eigen::VectorXd& out) {
  const samples<double, D> from = x.template cast<double>() / k.length_scale(),
                           to = y.template cast<double>() / k.length_scale();
  out.resize(y.cols());
  gauss_sum<double, D>(from, w).values_into(to, out);
}

template <class T, int D>
void require_two_samples(const samples<T, D>& x, const samples<T, D>& y, Index least, const char* function) {
  argument::require(x.cols() >= least, function, "x.cols()", x.cols(), least > 1 ? "be at least 2" : "be at least 1");
  argument::require(y.cols() >= least, function, "y.cols()", y.cols(), least > 1 ? "be at least 2" : "be at least 1");
  argument::require(x.rows() >= 1, function, "x.rows()", x.rows(), "be at least 1");
  argument::require(y.rows() == x.rows(), function, "y.rows()", y.rows(), "be the dimension of x");
  argument::require_finite(x, function, "x");
  argument::require_finite(y, function, "y");
}

/// The sum of k(x_i, x_i).
template <class K, class X>
double kernel_trace(const K& k, const X& x) {
  double sum = 0;
  for (Index i = 0; i < x.cols(); ++i) sum += static_cast<double>(k(x.col(i), x.col(i)));
  return sum;
}

inline double weighted_mean(const Eigen::VectorXd& values, const weights<double>& w) {
  return w.size() == 0 ? values.mean() : values.dot(w) / w.sum();
}

}  // namespace detail

/// The V statistic: MMD^2 of the two empirical laws.
/// @param k       a kernel of `hilbert/kernels.hpp`, or one's own
/// @param x, y    d x n and d x m, at least one each, finite   @param wx, wy  weights >= 0, or empty: all equal
/// @return at least 0; where it is below about 1e-15 of E k(X, X), rounding
/// @throw std::invalid_argument otherwise.  O((n^2 + n m + m^2) d) time, O(n + m) memory.
template <class K, class T, int D>
[[nodiscard]] double mmd_squared(const K& k, const samples<T, D>& x, const samples<T, D>& y, const weights<double>& wx = {},
                                 const weights<double>& wy = {}) {
  constexpr auto name = "mmd_squared";
  detail::require_two_samples(x, y, 1, name);
  const double weight_x = detail::total_weight(&wx, x.cols(), name, "wx"),
               weight_y = detail::total_weight(&wy, y.cols(), name, "wy");
  Eigen::VectorXd sums;
  detail::kernel_sums(k, x, wx, x, sums);
  const double xx = detail::weighted_mean(sums, wx) / weight_x;
  detail::kernel_sums(k, y, wy, x, sums);
  const double xy = detail::weighted_mean(sums, wx) / weight_y;
  detail::kernel_sums(k, y, wy, y, sums);
  const double yy = detail::weighted_mean(sums, wy) / weight_y;
  return (std::max)(0.0, xx - 2 * xy + yy);
}

/// The U statistic, unbiased, with its standard error: that of its first-order projections, \f$ h(x) = E k(x, X') - E k(x, Y) \f$, as they
/// are estimated from the sample's own sums. It holds where the laws differ; where they are equal it is on the safe side (too large), since
/// the projections are then nothing but noise.
/// @param x, y  at least two each
/// @throw std::invalid_argument otherwise.  O((n + m)^2 d) time, O(n + m) memory.
template <class K, class T, int D>
[[nodiscard]] measured mmd_squared_unbiased(const K& k, const samples<T, D>& x, const samples<T, D>& y) {
  detail::require_two_samples(x, y, 2, "mmd_squared_unbiased");
  const auto n = static_cast<double>(x.cols()), m = static_cast<double>(y.cols());
  Eigen::VectorXd own, cross;
  const auto self = [&k](const samples<T, D>& z, Eigen::VectorXd& sums) {  // each point's mean kernel with the others
    detail::kernel_sums(k, z, {}, z, sums);
    for (Index i = 0; i < z.cols(); ++i) sums[i] -= static_cast<double>(k(z.col(i), z.col(i)));
    sums /= static_cast<double>(z.cols() - 1);
  };
  const auto variance = [](const Eigen::VectorXd& h) {
    return (h.array() - h.mean()).square().sum() / static_cast<double>(h.size() - 1);
  };
  self(x, own);
  detail::kernel_sums(k, y, {}, x, cross);
  cross /= m;
  const double xx = own.mean(), xy = cross.mean(), of_x = variance(own - cross);
  self(y, own);
  detail::kernel_sums(k, x, {}, y, cross);
  cross /= n;
  const double yy = own.mean(), of_y = variance(own - cross);
  return {xx - 2 * xy + yy, 2 * std::sqrt(of_x / n + of_y / m)};
}

/// MMD^2 in the space of a feature map, in linear time: the squared distance of the mean features. With D random Fourier features its
/// relative error is about 1 / sqrt(D), whatever n.
/// @throw std::invalid_argument if a sample is empty, not finite, or not of the map's dimension.  O((n + m) D d).
template <feature_map Map, class T, int D>
  requires averages<Map, samples<T, D>>
[[nodiscard]] double mmd_squared(const Map& map, const samples<T, D>& x, const samples<T, D>& y,
                                 const weights<double>& wx = {}, const weights<double>& wy = {}) {
  detail::require_two_samples(x, y, 1, "mmd_squared");
  Eigen::VectorXd of_x(static_cast<Index>(map.features())), of_y(of_x.size());
  map.mean_into(x, wx.size() == 0 ? nullptr : &wx, of_x);
  map.mean_into(y, wy.size() == 0 ? nullptr : &wy, of_y);
  return (of_x - of_y).squaredNorm();
}

/// The mean of U statistics of successive blocks, and its standard error from their spread: O((n + m) block d) time, and, unlike the
/// whole U statistic, asymptotically normal where the laws are equal, too.
/// Source: Zaremba, Gretton and Blaschko (2013), Advances in Neural Information Processing Systems 26.
/// @param block  observations of each sample in a block, >= 2; the samples must hold two blocks, and what is left over is not used
/// @throw std::invalid_argument otherwise
template <class K, class T, int D>
[[nodiscard]] measured mmd_squared_by_blocks(const K& k, const samples<T, D>& x, const samples<T, D>& y, Index block) {
  constexpr auto name = "mmd_squared_by_blocks";
  detail::require_two_samples(x, y, 2, name);
  const Index blocks = (std::min)(x.cols(), y.cols()) / (std::max)(block, Index{1});
  argument::require(block >= 2 && blocks >= 2, name, "block", block, "be at least 2, and at most half of either sample");
  double mean = 0, square = 0;
  for (Index b = 0; b < blocks; ++b) {
    const samples<T, D> part_x = x.middleCols(b * block, block), part_y = y.middleCols(b * block, block);
    const double now = mmd_squared_unbiased(k, part_x, part_y).value, off = now - mean;
    mean += off / static_cast<double>(b + 1);
    square += off * (now - mean);
  }
  const auto n = static_cast<double>(blocks);
  return {mean, std::sqrt(square / (n - 1) / n)};
}

}  // namespace simulacra
