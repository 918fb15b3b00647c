#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/metrics/measured.hpp>
#include <simulacra/metrics/mmd.hpp>
#include <simulacra/random/permutation.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// Whether two samples are of one law: MMD^2 (its U statistic), and the share of relabellings of the pooled sample that have at least as
/// large a one, (1 + such relabellings) / (1 + relabellings). Under equal laws the test is exact: P(p <= a) <= a for every a, at any n.
/// @param x, y          d x n and d x m, at least two each, finite
/// @param permutations  relabellings, >= 1, drawn from `rng`
/// @throw std::invalid_argument otherwise
/// The kernel matrix of the pooled sample is kept: 8 (n + m)^2 bytes (200 MB for n = m = 2500), so that a relabelling costs O((n + m)^2)
/// additions.
/// Source: Gretton et al. (2012), section 5; Phipson and Smyth (2010) for the 1 + 1.
template <class K, class T, int D>
[[nodiscard]] test_result two_sample_test(const K& k, const samples<T, D>& x, const samples<T, D>& y, Index permutations,
                                          stream& rng) {
  constexpr auto name = "two_sample_test";
  detail::require_two_samples(x, y, 2, name);
  argument::require(permutations >= 1, name, "permutations", permutations, "be at least 1");
  const Index n = x.cols(), m = y.cols(), all = n + m;
  samples<T, D> pooled(x.rows(), all);
  pooled.leftCols(n) = x;
  pooled.rightCols(m) = y;
  Eigen::MatrixXd gram(all, all);
  gram_block(k, pooled, pooled, gram);
  gram.diagonal().setZero();
  const double total = gram.sum();
  const Eigen::VectorXd row = gram.rowwise().sum();

  // With s = 1 on the first sample, s' G s is its own sum; the others follow from that and from the rows' sums.
  Eigen::VectorXd chosen(all);
  const auto statistic = [&](const std::vector<Index>& order) {
    chosen.setZero();
    for (Index i = 0; i < n; ++i) chosen[order[static_cast<std::size_t>(i)]] = 1;
    double own = 0;
    for (Index i = 0; i < n; ++i) own += gram.col(order[static_cast<std::size_t>(i)]).dot(chosen);
    const double rows = row.dot(chosen), cross = rows - own, other = total - 2 * rows + own;
    const auto a = static_cast<double>(n), b = static_cast<double>(m);
    return own / (a * (a - 1)) - 2 * cross / (a * b) + other / (b * (b - 1));
  };
  std::vector<Index> order(static_cast<std::size_t>(all));
  std::iota(order.begin(), order.end(), Index{0});
  const double observed = statistic(order);
  const double rounding = 1e-13 * (std::abs(total) / static_cast<double>(all) + 1) / static_cast<double>(all);
  Index as_large = 0;
  for (Index b = 0; b < permutations; ++b) {
    shuffle(order, rng);
    if (statistic(order) >= observed - rounding) ++as_large;
  }
  return {observed, static_cast<double>(1 + as_large) / static_cast<double>(1 + permutations)};
}

/// The median distance of two different observations: what a length scale is set to where nothing better is known.
/// Of at most `most` observations, taken at random, all pairs are looked at.
/// @param x     d x n, n >= 2, finite   @param most  >= 2
/// @return the median, of an even number of distances the upper one; 0 where half of the observations are equal: no length scale then
/// @throw std::invalid_argument otherwise.  O(most^2 d) time and O(most^2) memory.
/// Source: Gretton et al. (2012), section 8.
template <class T, int D>
[[nodiscard]] double median_distance(const samples<T, D>& x, stream& rng, Index most = 1000) {
  constexpr auto name = "median_distance";
  argument::require(x.cols() >= 2, name, "x.cols()", x.cols(), "be at least 2");
  argument::require(most >= 2, name, "most", most, "be at least 2");
  argument::require_finite(x, name, "x");
  std::vector<Index> chosen(static_cast<std::size_t>((std::min)(x.cols(), most)));
  if (x.cols() > most)
    chosen = subsample(x.cols(), most, rng);
  else
    std::iota(chosen.begin(), chosen.end(), Index{0});
  std::vector<double> distance;
  distance.reserve(chosen.size() * (chosen.size() - 1) / 2);
  for (std::size_t i = 0; i < chosen.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      double length = 0;  // hypot, so that squares stay in range
      for (Index k = 0; k < x.rows(); ++k)
        length = std::hypot(length, static_cast<double>(x(k, chosen[i])) - static_cast<double>(x(k, chosen[j])));
      distance.push_back(length);
    }
  const auto middle = distance.begin() + static_cast<std::ptrdiff_t>(distance.size() / 2);
  std::nth_element(distance.begin(), middle, distance.end());
  return *middle;
}

}  // namespace simulacra
