#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/metrics/measured.hpp>
#include <simulacra/metrics/mmd.hpp>
#include <simulacra/random/permutation.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

namespace detail {

struct label_statistics {
  Eigen::VectorXd statistics;  ///< the U statistic of each column of labels
  double size = 0;             ///< the mean of |k| over pairs: what rounding is measured by
};

/// With z = 1 where a label says that an observation is of the first sample, its n observations' own sum is z'Kz (K without its
/// diagonal); the other sums follow from that and the sums of K's rows.
template <class K, class T, int D>
label_statistics statistics_of_labels(const K& k, const samples<T, D>& pooled, const Eigen::MatrixXd& labels, Index n) {
  const Index all = pooled.cols();
  Eigen::VectorXd own = Eigen::VectorXd::Zero(labels.cols()), row = Eigen::VectorXd::Zero(all);
  Eigen::MatrixXd product;
  gram_block_matrix values;
  double total = 0, size = 0;
  for (Index i = 0; i < all; i += gram_tile)
    for (Index j = i; j < all; j += gram_tile) {
      const Index rows = (std::min)(Index{gram_tile}, all - i), columns = (std::min)(Index{gram_tile}, all - j);
      values.resize(rows, columns);
      gram_block(k, pooled.middleCols(i, rows), pooled.middleCols(j, columns), values);
      if (i == j)
        for (Index c = 0; c < columns; ++c) values.col(c).tail(rows - c).setZero();  // pairs i < j
      total += values.sum();
      size += values.cwiseAbs().sum();
      row.segment(i, rows) += values.rowwise().sum();
      row.segment(j, columns) += values.colwise().sum().transpose();
      product.noalias() = values * labels.middleRows(j, columns);
      own += product.cwiseProduct(labels.middleRows(i, rows)).colwise().sum().transpose();
    }
  const auto a = static_cast<double>(n), b = static_cast<double>(all - n);
  label_statistics found{Eigen::VectorXd(labels.cols()), 2 * size / ((a + b) * (a + b - 1))};
  for (Index c = 0; c < labels.cols(); ++c) {
    const double cross = row.dot(labels.col(c)) - 2 * own[c], other = total - own[c] - cross;
    found.statistics[c] = 2 * own[c] / (a * (a - 1)) - 2 * cross / (a * b) + 2 * other / (b * (b - 1));
  }
  return found;
}

}  // namespace detail

/// Whether two samples are of one law: MMD^2 (its U statistic), and the share of relabellings of the pooled sample that have at least as
/// large a one, (1 + such relabellings) / (1 + relabellings). Under equal laws the test is exact: P(p <= a) <= a for every a, at any n.
/// @param x, y          d x n and d x m, at least two each, finite
/// @param permutations  relabellings, >= 1, drawn from `rng`
/// @throw std::invalid_argument otherwise
/// A tile of the pooled kernel matrix is computed, multiplied with the labels of all relabellings at once, and forgotten.
/// O((n + m)^2 (d + permutations) / 2) time; memory of (n + m) min(permutations, 1000) numbers (past 1000 the matrix is computed again
/// for each thousand).
/// Source: Gretton et al. (2012), section 5; Phipson and Smyth (2010) for the 1 + 1.
template <class K, class T, int D>
[[nodiscard]] test_result two_sample_test(const K& k, const samples<T, D>& x, const samples<T, D>& y, Index permutations,
                                          stream& rng) {
  constexpr auto name = "two_sample_test";
  detail::require_two_samples(x, y, 2, name);
  argument::require(permutations >= 1, name, "permutations", permutations, "be at least 1");
  const Index n = x.cols(), all = n + y.cols(), together = (std::min)(permutations, Index{1000});
  argument::require_room(together, all, sizeof(double), name, "permutations");
  samples<T, D> pooled(x.rows(), all);
  pooled << x, y;
  std::vector<Index> order(static_cast<std::size_t>(all));
  std::iota(order.begin(), order.end(), Index{0});
  double observed = 0;
  Index as_large = 0;
  Eigen::MatrixXd labels;
  for (Index done = 0; done < permutations;) {
    const Index batch = (std::min)(permutations - done, together);
    labels.setZero(all, batch + 1);
    labels.col(0).head(n).setOnes();  // as they are
    for (Index b = 1; b <= batch; ++b) {
      shuffle(order, rng);
      for (Index i = 0; i < n; ++i) labels(order[static_cast<std::size_t>(i)], b) = 1;
    }
    const auto found = detail::statistics_of_labels(detail::of_differences(k), pooled, labels, n);
    observed = found.statistics[0];
    // A relabelling that splits as the samples do gives their statistic, up to rounding.
    as_large += (found.statistics.tail(batch).array() >= observed - 1e-12 * found.size).count();
    done += batch;
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
  argument::require_room((std::min)(x.cols(), most), (std::min)(x.cols(), most), sizeof(double) / 2, name, "most");
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
