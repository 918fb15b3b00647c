#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/relative_weights.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/gram.hpp>
#include <simulacra/hilbert/kernels.hpp>
#include <simulacra/metrics/detail/kernel_sums.hpp>
#include <simulacra/metrics/detail/parts_of_variance.hpp>
#include <simulacra/metrics/detail/quadratic_law.hpp>
#include <simulacra/metrics/measured.hpp>

/// The squared maximum mean discrepancy of two samples, \f$ |\mu_P - \mu_Q|^2 \f$ in the space of a kernel. Two estimates of it:
/// the *V* statistic is the squared distance of the two empirical laws, >= 0, and too large by about \f$ (E k(X,X) - E k(X,X')) / n \f$ a sample;
/// the *U* statistic leaves out each point's kernel with itself, is unbiased, and may be negative where the laws are nearly equal.
/// Source: Gretton, Borgwardt, Rasch, Schoelkopf and Smola (2012), Journal of Machine Learning Research 13.
namespace simulacra {

namespace detail {

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
/// @param x, y    d x n and d x m, at least one each, finite   @param wx, wy  weights >= 0, or empty: all equal. Only their ratios matter
/// @return at least 0; where it is below about 1e-15 of E k(X, X), rounding
/// @throw std::invalid_argument otherwise.  O((n^2 / 2 + n m + m^2 / 2) d) time, O(d) memory.
template <class K, class T, int D>
[[nodiscard]] double mmd_squared(const K& k, const samples<T, D>& x, const samples<T, D>& y, const weights<double>& wx = {},
                                 const weights<double>& wy = {}) {
  constexpr auto name = "mmd_squared";
  detail::require_two_samples(x, y, 1, name);
  const detail::relative_weights<> of_x(&wx, x.cols(), name, "wx"), of_y(&wy, y.cols(), name, "wy");
  const weights<double>&vx = of_x.get() == nullptr ? wx : *of_x.get(), &vy = of_y.get() == nullptr ? wy : *of_y.get();
  const auto& seen = detail::of_differences(k);
  const double xx = detail::pair_mean(seen, x, vx, of_x.total(), x, vx, of_x.total(), true),
               yy = detail::pair_mean(seen, y, vy, of_y.total(), y, vy, of_y.total(), true),
               xy = detail::pair_mean(seen, x, vx, of_x.total(), y, vy, of_y.total(), false);
  return (std::max)(0.0, xx - 2 * xy + yy);
}

/// Which error `mmd_squared_unbiased` states.
enum class mmd_error {
  covering,  ///< the one by which value +- 1.96 error holds the true MMD^2 in 95 of 100 cases: for intervals, and for bars in a plot
  deviation  ///< the standard deviation, its square estimated without bias but for being >= 0: for weighing, adding up, planning n
};

/// The U statistic, unbiased, with its error over draws of both samples.
///
/// Hoeffding's decomposition splits its variance into those of uncorrelated parts, of single observations and of pairs:
/// \f[ \mathrm{Var} = \frac{4 V_x}{n} + \frac{4 V_y}{m} + \frac{2 P_{xx}}{n(n-1)} + \frac{2 P_{yy}}{m(m-1)} + \frac{4 P_{xy}}{nm}, \f]
/// V_x the variance of \f$ E k(x, X') - E k(x, Y) \f$ over x, the P what is left of the variance of k for pairs. Each is estimated without
/// bias from the sample's own sums and the mean square of k over up to 32 pairs an observation, and then taken to be at least 0.
///
/// The square root of that, `mmd_error::deviation`, makes no interval: the statistic is skewed, and the estimate small where the
/// statistic is small, so that value +- 1.96 of it may hold the truth in 80 cases of 100. What is stated by default is the distance,
/// over 1.96, to the MMD^2 at which so small a value has probability 0.05 less what is missed above (`detail/quadratic_law.hpp`): by
/// the law of the statistic, whose two largest variances are read off the kernel matrix of up to 64 + 64 observations. It is wider than
/// the deviation where the laws are hardly told apart, up to twice and a bit, and nears it as they are; docs/numerics.md has the
/// derivation and the coverage that was measured. Where no two observations differ in what k sees of them it is 0.
/// @param x, y  at least two each; with fewer than four there is no telling single observations from pairs, and the error is too large
/// @throw std::invalid_argument otherwise.  O((n + m)^2 d) time, O(n + m) memory; the covering error adds less than a millisecond.
/// Source: Hoeffding (1948); Serfling (1980), Approximation Theorems of Mathematical Statistics, section 5.2.1, 5.5.2.
template <class K, class T, int D>
[[nodiscard]] measured mmd_squared_unbiased(const K& kernel, const samples<T, D>& x, const samples<T, D>& y,
                                            mmd_error which = mmd_error::covering) {
  detail::require_two_samples(x, y, 2, "mmd_squared_unbiased");
  const auto& k = detail::of_differences(kernel);
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
  const double pairs = 2 * pairs_x / (n * (n - 1)) + 2 * pairs_y / (m * (m - 1)) + 4 * pairs_xy / (n * m);
  // The variance of the sample's own sums is that of single observations, and what noise of pairs is left in them.
  const double alone_x = of_x - pairs_x * (n - 2) / ((n - 1) * (n - 1)) - pairs_xy / m,
               alone_y = of_y - pairs_y * (m - 2) / ((m - 1) * (m - 1)) - pairs_xy / n,
               alone = (std::max)(0.0, 4 * alone_x / n + 4 * alone_y / m);
  if (which == mmd_error::deviation || !(pairs > 0)) return {value, std::sqrt(alone + pairs)};
  const double deviation = std::sqrt(pairs),
               trace = (detail::kernel_trace(k, x) / n - xx.mean) / n + (detail::kernel_trace(k, y) / m - yy.mean) / m;
  const auto [first_share, second_share] = detail::leading_shares(k, x, y);
  const double first = std::sqrt(0.5 * first_share), second = std::sqrt(0.5 * second_share);
  // The variance of the direction that the laws differ in: at most the largest there is, towards which the estimate is drawn where the
  // difference is not known.
  const double along = (alone / pairs + 4 * first) / ((std::max)(0.0, value / deviation) + 1) / 4;
  return {value, deviation * detail::covering_error({trace / deviation, first, second, along}, along, value / deviation)};
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
  const auto& seen = detail::of_differences(k);
  const auto shares = [](const weights<double>& w, Index n, const char* of) {
    const weights<double> v = detail::shares_of(w, n, name, of);
    argument::require((v.array() > 0).count() >= 2, name, of, (v.array() > 0).count(),
                      "have at least two positive entries (this is their number)");
    return v;
  };
  const weights<double> v = shares(wx, x.cols(), "wx"), u = shares(wy, y.cols(), "wy");
  const auto own = [&](const samples<T, D>& z, const weights<double>& w) {
    detail::kernel_sums(seen, z, w, z, sums);
    // Of one weight at most the others are less than half of the whole, where what is left without it cancels: that one's sums
    // are taken over the others.
    Index heaviest = 0;
    w.maxCoeff(&heaviest);
    double pairs = 0, mass = 0, others = 0, with_others = 0;
    for (Index i = 0; i < z.cols(); ++i) {
      if (i == heaviest) continue;
      pairs += w[i] * (sums[i] - w[i] * static_cast<double>(seen(z.col(i), z.col(i))));
      mass += w[i] * (1 - w[i]);
      others += w[i];
      with_others += w[i] * static_cast<double>(seen(z.col(heaviest), z.col(i)));
    }
    pairs += w[heaviest] * with_others;
    mass += w[heaviest] * others;
    return pairs / mass;
  };
  const double xx = own(x, v), yy = own(y, u);
  detail::kernel_sums(seen, y, u, x, sums);
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
    const double now = mmd_squared_unbiased(k, part_x, part_y, {}, {}), off = now - mean;
    mean += off / static_cast<double>(b + 1);
    square += off * (now - mean);
  }
  const auto n = static_cast<double>(blocks);
  return {mean, std::sqrt(square / (n - 1) / n)};
}

}  // namespace simulacra
