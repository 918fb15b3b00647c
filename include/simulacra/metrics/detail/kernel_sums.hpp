#pragma once

#include <algorithm>
#include <cmath>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/gram.hpp>
#include <simulacra/hilbert/kernels.hpp>
#include <simulacra/metrics/detail/middle.hpp>
#include <simulacra/sums/gauss_sum.hpp>

/// Sums of a kernel over pairs of observations.
namespace simulacra::detail {

/// \f$ -|x-y|^p / 2 \f$, p = 1 or 2: what is left of the energy kernel, and of the linear one, when what cancels is left out.
template <int Power>
class difference_kernel {
 public:
  template <class X, class Y>
  [[nodiscard]] double operator()(const Eigen::MatrixBase<X>& x, const Eigen::MatrixBase<Y>& y) const {
    const double squared = distance_squared(x, y);
    if constexpr (Power == 2) return -0.5 * squared;
    if (squared < 1e300 && squared > 1e-280) return -0.5 * std::sqrt(squared);
    double longest = 0;
    for (Index i = 0; i < x.size(); ++i)
      longest = (std::max)(longest, std::abs(0.5 * static_cast<double>(x[i]) - 0.5 * static_cast<double>(y[i])));
    if (!(longest > 0)) return 0;
    const int exponent = std::clamp(-std::ilogb(longest) - 2, -1020, 1020);
    return -std::ldexp(0.5 * std::sqrt(distance_squared(x, y, std::ldexp(1.0, exponent))), -exponent);
  }
};

/// What MMD is computed with: a kernel that differs from the given one by g(x) + g(y), which cancels from MMD, and from its errors, and sees
/// nothing but differences of points, so that no digit is lost far from the origin.
template <class K>
const K& of_differences(const K& k) {
  return k;
}
inline difference_kernel<1> of_differences(const energy_kernel&) { return {}; }
inline difference_kernel<2> of_differences(const linear_kernel&) { return {}; }

/// out[j] = sum_i w_i k(x_i, y_j), in blocks.
template <class K, class T, int D>
void kernel_sums_of_pairs(const K& k, const samples<T, D>& x, const weights<double>& w, const samples<T, D>& y,
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

template <class K, class T, int D>
void kernel_sums(const K& k, const samples<T, D>& x, const weights<double>& w, const samples<T, D>& y,
                 Eigen::VectorXd& out) {
  kernel_sums_of_pairs(k, x, w, y, out);
}

/// The Gaussian kernel has sums of its own, that fuse distance, exponential and sum. Points are seen from amidst them before they are
/// brought to units of the length scale, so that a sample that has collapsed far from the origin loses no digits to that.
template <class T, int D>
void kernel_sums(const gaussian_kernel& k, const samples<T, D>& x, const weights<double>& w, const samples<T, D>& y,
                 Eigen::VectorXd& out) {
  const point<double, D> here = middle_of(x, y);
  const samples<double, D> from = (x.template cast<double>().colwise() - here) / k.length_scale(),
                           to = (y.template cast<double>().colwise() - here) / k.length_scale();
  constexpr double largest = 1e150;  // whose square is a number, too
  if (!(from.cwiseAbs().maxCoeff() <= largest && to.cwiseAbs().maxCoeff() <= largest)) {
    kernel_sums_of_pairs(k, x, w, y, out);
    return;
  }
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

/// The mean of k(x_i, y_j) over all pairs, block by block. Of a sample with itself only the blocks of pairs on and above the diagonal
/// are looked at.
/// @param wx, wy  weights, or empty   @param sum_x, sum_y  their sums   @param same  x and y, wx and wy are one
template <class K, class T, int D>
double pair_mean(const K& k, const samples<T, D>& x, const weights<double>& wx, double sum_x, const samples<T, D>& y,
                 const weights<double>& wy, double sum_y, bool same) {
  constexpr Index block = 1024;
  const auto some = [](const weights<double>& w, Index first, Index n) {
    return w.size() == 0 ? weights<double>() : weights<double>(w.segment(first, n));
  };
  double mean = 0;
  Eigen::VectorXd sums;
  for (Index i = 0; i < x.cols(); i += block) {
    const Index rows = (std::min)(block, x.cols() - i);
    const weights<double> w = some(wx, i, rows);
    if (w.size() > 0 && !(w.maxCoeff() > 0)) continue;
    const samples<T, D> from = x.middleCols(i, rows);
    for (Index j = same ? i : 0; j < y.cols(); j += block) {
      const Index columns = (std::min)(block, y.cols() - j);
      kernel_sums(k, from, w, samples<T, D>(y.middleCols(j, columns)), sums);
      sums /= sum_x;
      const double part = wy.size() == 0 ? sums.sum() / sum_y : sums.dot(wy.segment(j, columns) / sum_y);
      mean += same && j > i ? 2 * part : part;
    }
  }
  return mean;
}

}  // namespace simulacra::detail
