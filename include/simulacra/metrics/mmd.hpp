#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/relative_weights.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/kernel/gauss_sum.hpp>
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

/// The Gaussian kernel has sums of its own, that fuse distance, exponential and sum. Points are seen from one of theirs before they are
/// brought to units of the length scale, so that a sample that has collapsed far from the origin loses no digits to that.
template <class T, int D>
void kernel_sums(const gaussian_kernel& k, const samples<T, D>& x, const weights<double>& w, const samples<T, D>& y,
                 Eigen::VectorXd& out) {
  const point<double, D> here = x.col(0).template cast<double>();
  const samples<double, D> from = (x.template cast<double>().colwise() - here) / k.length_scale(),
                           to = (y.template cast<double>().colwise() - here) / k.length_scale();
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

/// The sum of k(x_i, x_i).
template <class K, class X>
double kernel_trace(const K& k, const X& x) {
  double sum = 0;
  for (Index i = 0; i < x.cols(); ++i) sum += static_cast<double>(k(x.col(i), x.col(i)));
  return sum;
}

}  // namespace detail

/// The V statistic: MMD^2 of the two empirical laws.
/// @param k       a kernel of `hilbert/kernels.hpp`, or one's own
/// @param x, y    d x n and d x m, at least one each, finite   @param wx, wy  weights >= 0, or empty: all equal
/// @return at least 0; where it is below about 1e-15 of E k(X, X), rounding
/// @throw std::invalid_argument otherwise.  O((n^2 / 2 + n m + m^2 / 2) d) time, O(d) memory.
template <class K, class T, int D>
[[nodiscard]] double mmd_squared(const K& k, const samples<T, D>& x, const samples<T, D>& y, const weights<double>& wx = {},
                                 const weights<double>& wy = {}) {
  constexpr auto name = "mmd_squared";
  detail::require_two_samples(x, y, 1, name);
  const detail::relative_weights<> of_x(&wx, x.cols(), name, "wx"), of_y(&wy, y.cols(), name, "wy");
  const weights<double>&vx = of_x.get() == nullptr ? wx : *of_x.get(), &vy = of_y.get() == nullptr ? wy : *of_y.get();
  const double xx = detail::pair_mean(k, x, vx, of_x.total(), x, vx, of_x.total(), true),
               yy = detail::pair_mean(k, y, vy, of_y.total(), y, vy, of_y.total(), true),
               xy = detail::pair_mean(k, x, vx, of_x.total(), y, vy, of_y.total(), false);
  return (std::max)(0.0, xx - 2 * xy + yy);
}

namespace detail {

struct mean_variance {
  double mean, variance;  ///< divisor n - 1
};
inline mean_variance spread_of(const Eigen::VectorXd& h) {
  const double mean = h.mean();
  return {mean, (h.array() - mean).square().sum() / static_cast<double>(h.size() - 1)};
}

/// The mean of k(x_i, y_j)^2: over all pairs where the shorter sample has at most 32 observations (of a sample with itself, 64), else
/// over 32 pairs an observation, those of which the second stands s places behind the first, cyclically.
/// @param same  x and y are one sample, and pairs are of different observations
template <class K, class T, int D>
double mean_square_of_pairs(const K& k, const samples<T, D>& x, const samples<T, D>& y, bool same) {
  double sum = 0;
  Index pairs = 0;
  const auto add = [&](Index i, Index j) {
    const double value = static_cast<double>(k(x.col(i), y.col(j)));
    sum += value * value;
    ++pairs;
  };
  const Index n = x.cols(), m = y.cols(), longer = (std::max)(n, m), shifts = 32;
  if ((std::min)(n, m) <= (same ? 2 * shifts : shifts)) {
    for (Index i = 0; i < n; ++i)
      for (Index j = same ? i + 1 : 0; j < m; ++j) add(i, j);
  } else {
    for (Index s = 1; s <= shifts; ++s)
      for (Index i = 0; i < longer; ++i) add(i % n, (i + s) % m);
  }
  return sum / static_cast<double>(pairs);
}

/// The part of the variance of k(X, X') that belongs to neither point alone, unbiased but for being taken to be >= 0. With V the
/// part of each point and P this one, the variance of the row means has the mean V + a P, a = (n-2)/(n-1)^2, and the mean of k^2
/// less the square of the mean of k has (2 - 4/n) V + (1 - 2/(n(n-1))) P.
inline double part_of_pairs(double square, const mean_variance& rows, double n) {
  const double alone = 2 - 4 / n, a = (n - 2) / ((n - 1) * (n - 1));
  return (std::max)(0.0, (square - rows.mean * rows.mean - alone * rows.variance) / (1 - 2 / (n * (n - 1)) - a * alone));
}

/// The same of k(X, Y), where the row means are of m, the column means of n entries.
inline double part_of_pairs(double square, const mean_variance& rows, const mean_variance& columns, double n, double m) {
  const double p = 1 - 1 / n, q = 1 - 1 / m;
  return (std::max)(
      0.0, (square - rows.mean * rows.mean - p * rows.variance - q * columns.variance) / (1 - 1 / (n * m) - p / m - q / n));
}

/// out[i] = the mean kernel of x_i with the others.
template <class K, class T, int D>
void own_means(const K& k, const samples<T, D>& x, Eigen::VectorXd& out) {
  kernel_sums(k, x, {}, x, out);
  for (Index i = 0; i < x.cols(); ++i) out[i] -= static_cast<double>(k(x.col(i), x.col(i)));
  out /= static_cast<double>(x.cols() - 1);
}

}  // namespace detail

/// The U statistic, unbiased, with its standard error over draws of both samples.
///
/// Hoeffding's decomposition splits it into uncorrelated parts, of single observations and of pairs:
/// \f[ \mathrm{Var} = \frac{4 V_x}{n} + \frac{4 V_y}{m} + \frac{2 P_{xx}}{n(n-1)} + \frac{2 P_{yy}}{m(m-1)} + \frac{4 P_{xy}}{nm}, \f]
/// V_x the variance of \f$ E k(x, X') - E k(x, Y) \f$ over x, the P what is left of the variance of k for pairs. Each is estimated without
/// bias from the sample's own sums and the mean square of k over up to 32 pairs an observation, and then taken to be at least 0. So the
/// error holds where the laws differ, and where they are equal and the first two vanish: there it is a little on the large side.
/// @param x, y  at least two each; with fewer than four there is no telling single observations from pairs, and the error is too large
/// @throw std::invalid_argument otherwise.  O((n + m)^2 d) time, O(n + m) memory.
/// Source: Hoeffding (1948); Serfling (1980), Approximation Theorems of Mathematical Statistics, section 5.2.1.
template <class K, class T, int D>
[[nodiscard]] measured mmd_squared_unbiased(const K& k, const samples<T, D>& x, const samples<T, D>& y) {
  detail::require_two_samples(x, y, 2, "mmd_squared_unbiased");
  const auto n = static_cast<double>(x.cols()), m = static_cast<double>(y.cols());
  Eigen::VectorXd own_x, own_y, with_y, with_x;
  detail::own_means(k, x, own_x);
  detail::own_means(k, y, own_y);
  detail::kernel_sums(k, y, {}, x, with_y);
  detail::kernel_sums(k, x, {}, y, with_x);
  with_y /= m;
  with_x /= n;
  const auto xx = detail::spread_of(own_x), yy = detail::spread_of(own_y), rows = detail::spread_of(with_y),
             columns = detail::spread_of(with_x);
  const double value = xx.mean - 2 * rows.mean + yy.mean;
  const double of_x = detail::spread_of(own_x - with_y).variance, of_y = detail::spread_of(own_y - with_x).variance;
  if (x.cols() < 4 || y.cols() < 4) return {value, 2 * std::sqrt(of_x / n + of_y / m)};
  const double pairs_x = detail::part_of_pairs(detail::mean_square_of_pairs(k, x, x, true), xx, n),
               pairs_y = detail::part_of_pairs(detail::mean_square_of_pairs(k, y, y, true), yy, m),
               pairs_xy = detail::part_of_pairs(detail::mean_square_of_pairs(k, x, y, false), rows, columns, n, m);
  // The variance of the sample's own sums is that of single observations, and what noise of pairs is left in them.
  const double alone_x = (std::max)(0.0, of_x - pairs_x * (n - 2) / ((n - 1) * (n - 1)) - pairs_xy / m),
               alone_y = (std::max)(0.0, of_y - pairs_y * (m - 2) / ((m - 1) * (m - 1)) - pairs_xy / n);
  return {value, std::sqrt(4 * alone_x / n + 4 * alone_y / m + 2 * pairs_x / (n * (n - 1)) + 2 * pairs_y / (m * (m - 1)) +
                           4 * pairs_xy / (n * m))};
}

/// The U statistic of weighted samples, weights brought to sum 1:
/// \f[ \frac{\sum_{i \ne j} w_i w_j k(x_i, x_j)}{1 - \sum w_i^2} + \frac{\sum_{i \ne j} v_i v_j k(y_i, y_j)}{1 - \sum v_i^2}
///     - 2 \sum_{ij} w_i v_j k(x_i, y_j). \f]
/// Unbiased where weights do not depend on the observations. No standard error: weights do not say how the observations were drawn.
/// @param wx, wy  a weight >= 0 for each observation, or empty; at least two of either must be positive
/// @throw std::invalid_argument otherwise.  Cost as above.
template <class K, class T, int D>
[[nodiscard]] double mmd_squared_unbiased(const K& k, const samples<T, D>& x, const samples<T, D>& y,
                                          const weights<double>& wx, const weights<double>& wy) {
  constexpr auto name = "mmd_squared_unbiased";
  detail::require_two_samples(x, y, 2, name);
  Eigen::VectorXd sums;
  const auto shares = [](const weights<double>& w, Index n, const char* of) {
    const weights<double> v = detail::shares_of(w, n, name, of);
    argument::require((v.array() > 0).count() >= 2, name, of, (v.array() > 0).count(),
                      "have at least two positive entries (this is their number)");
    return v;
  };
  const weights<double> v = shares(wx, x.cols(), "wx"), u = shares(wy, y.cols(), "wy");
  const auto own = [&](const samples<T, D>& z, const weights<double>& w) {
    detail::kernel_sums(k, z, w, z, sums);
    for (Index i = 0; i < z.cols(); ++i) sums[i] -= w[i] * static_cast<double>(k(z.col(i), z.col(i)));
    double pairs = 0, mass = 0;  // 1 - sum w^2 as a sum of products, which does not cancel
    for (Index i = 0; i < z.cols(); ++i) {
      pairs += w[i] * sums[i];
      mass += w[i] * (1 - w[i]);
    }
    return pairs / mass;
  };
  const double xx = own(x, v), yy = own(y, u);
  detail::kernel_sums(k, y, u, x, sums);
  return xx - 2 * sums.dot(v) + yy;
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
