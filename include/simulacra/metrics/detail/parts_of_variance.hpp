#pragma once

#include <algorithm>
#include <cmath>
#include <utility>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/gram.hpp>
#include <simulacra/metrics/detail/kernel_sums.hpp>

/// Hoeffding's parts of the variance of a kernel: of single observations, and of pairs.
namespace simulacra::detail {

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

/// A variance that is what is left of a mean square: 0 where that is no more than the mean square's own rounding, else at least 0.
inline double left_over(double value, double square) { return value > 1e-14 * square ? value : 0; }

/// The part of the variance of k(X, X') that belongs to neither point alone, unbiased but for being taken to be >= 0. With V the
/// part of each point and P this one, the variance of the row means has the mean V + a P, a = (n-2)/(n-1)^2, and the mean of k^2
/// less the square of the mean of k has (2 - 4/n) V + (1 - 2/(n(n-1))) P.
inline double part_of_pairs(double square, const mean_variance& rows, double n) {
  const double alone = 2 - 4 / n, a = (n - 2) / ((n - 1) * (n - 1));
  return left_over(square - rows.mean * rows.mean - alone * rows.variance, square) / (1 - 2 / (n * (n - 1)) - a * alone);
}

/// The same of k(X, Y), where the row means are of m, the column means of n entries.
inline double part_of_pairs(double square, const mean_variance& rows, const mean_variance& columns, double n, double m) {
  const double p = 1 - 1 / n, q = 1 - 1 / m;
  return left_over(square - rows.mean * rows.mean - p * rows.variance - q * columns.variance, square) /
         (1 - 1 / (n * m) - p / m - q / n);
}

/// out[i] = the mean kernel of x_i with the others.
template <class K, class T, int D>
void own_means(const K& k, const samples<T, D>& x, Eigen::VectorXd& out) {
  kernel_sums(k, x, {}, x, out);
  for (Index i = 0; i < x.cols(); ++i) out[i] -= static_cast<double>(k(x.col(i), x.col(i)));
  out /= static_cast<double>(x.cols() - 1);
}

/// The covariance of the difference of two embeddings, C_x / n + C_y / m, seen through at most 64 observations of each sample that are
/// spread over it: the shares that its two largest eigenvalues have, squared, of the sum of all their squares. By iteration, to 1e-3 or so.
template <class K, class T, int D>
std::pair<double, double> leading_shares(const K& k, const samples<T, D>& x, const samples<T, D>& y) {
  constexpr Index most = 64;
  const Index n = (std::min)(x.cols(), most), m = (std::min)(y.cols(), most);
  samples<T, D> z(x.rows(), n + m);
  for (Index i = 0; i < n; ++i) z.col(i) = x.col(i * x.cols() / n);
  for (Index j = 0; j < m; ++j) z.col(n + j) = y.col(j * y.cols() / m);
  Eigen::MatrixXd c(n + m, n + m);
  gram_block(k, z, z, c);
  const auto centre = [&c](Index first, Index size) {
    const Eigen::RowVectorXd row = c.middleRows(first, size).colwise().mean();
    c.middleRows(first, size).rowwise() -= row;
  };
  const auto centred = [&](Index total_x, Index total_y) {
    const double of_x = 1 / std::sqrt(static_cast<double>(total_x) * static_cast<double>(n - 1)),
                 of_y = 1 / std::sqrt(static_cast<double>(total_y) * static_cast<double>(m - 1));
    for (int side = 0; side < 2; ++side) {
      centre(0, n);
      centre(n, m);
      c.topRows(n) *= of_x;
      c.bottomRows(m) *= of_y;
      c.transposeInPlace();
    }
  };
  centred(x.cols(), y.cols());
  const double squares = c.squaredNorm();
  const auto largest = [&c] {
    Index start = 0;
    c.colwise().squaredNorm().maxCoeff(&start);
    Eigen::VectorXd v = c.col(start), next(v.size());
    double value = 0;
    for (int step = 0; step < 100; ++step) {
      const double length = v.norm();
      if (!(length > 0)) return 0.0;
      v /= length;
      next.noalias() = c * v;
      const double now = v.dot(next);
      v.swap(next);
      if (std::abs(now - value) <= 1e-5 * std::abs(now)) {
        value = now;
        break;
      }
      value = now;
    }
    v.normalize();
    c.noalias() -= value * v * v.transpose();
    return value;
  };
  if (!(squares > 0)) return {1, 0};
  const double first = largest(), second = largest();
  return {(std::min)(1.0, first * first / squares), (std::min)(1.0, second * second / squares)};
}

}  // namespace simulacra::detail
