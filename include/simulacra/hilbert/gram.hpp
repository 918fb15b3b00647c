#pragma once

#include <algorithm>
#include <concepts>
#include <string_view>
#include <type_traits>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/relative_weights.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/kernels.hpp>

namespace simulacra {

namespace detail {

inline constexpr int gram_tile = 64;
using gram_block_matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::ColMajor, gram_tile, gram_tile>;

/// A kernel that turns squared distances, or dot products, into its values.
template <class K>
concept transforming_kernel = requires(const K& k, gram_block_matrix& v) { k.transform(v); };
template <class K>
concept distance_kernel = transforming_kernel<K> && requires(const K& k) { k.distance_factor(); };

}  // namespace detail

/// The matrix of k(x_i, y_j), written to `out`. Distances are those of differences, so that points far from the origin lose
/// no digits; the kernel's own function is evaluated a column at a time in vector instructions.
/// @param x  d x n   @param y  d x m   @param out  n x m
/// @throw std::invalid_argument if the shapes do not fit.  O(n m d).
template <class K, class X, class Y, class Out>
void gram_block(const K& k, const Eigen::MatrixBase<X>& x, const Eigen::MatrixBase<Y>& y, Out&& out) {
  argument::require(x.rows() == y.rows(), "gram_block", "y.rows()", y.rows(), "equal the dimension of x");
  argument::require(out.rows() == x.cols(), "gram_block", "out.rows()", out.rows(), "equal the number of columns of x");
  argument::require(out.cols() == y.cols(), "gram_block", "out.cols()", out.cols(), "equal the number of columns of y");
  for (Index j = 0; j < y.cols(); ++j) {
    if constexpr (detail::transforming_kernel<K>) {
      for (Index i = 0; i < x.cols(); ++i)
        if constexpr (detail::distance_kernel<K>)
          out(i, j) = detail::distance_squared(x.col(i), y.col(j), k.distance_factor());
        else
          out(i, j) = detail::dot(x.col(i), y.col(j));
      auto column = out.col(j);
      k.transform(column);
    } else {
      for (Index i = 0; i < x.cols(); ++i) out(i, j) = k(x.col(i), y.col(j));
    }
  }
}

/// The matrix of k(z_i, z_j), for those who keep it whole. O(m^2 d).
/// @param function, name  who asks, and what z is called there
/// @throw std::invalid_argument in that name if memory cannot hold m^2 numbers
template <class K, class Z>
[[nodiscard]] Eigen::MatrixXd gram_matrix(const K& k, const Eigen::MatrixBase<Z>& z, std::string_view function,
                                          std::string_view name) {
  argument::require_room(z.cols(), z.cols(), sizeof(double), function, name);
  Eigen::MatrixXd values(z.cols(), z.cols());
  gram_block(k, z, z, values);
  return values;
}

/// The inner product of two empirical embeddings,
/// \f[ \Bigl\langle \sum_i w_i k(x_i, \cdot), \sum_j v_j k(y_j, \cdot) \Bigr\rangle = \sum_{ij} w_i v_j k(x_i, y_j), \f]
/// the weights brought to sum 1, in blocks of 64 x 64 on the stack.
/// @param x, y    observations in columns, at least one each
/// @param wx, wy  a weight >= 0 for each, or empty: all of weight 1
/// @throw std::invalid_argument if shapes do not fit, or weights are negative, not finite, or all 0.  O(n m d) time.
template <class K, class X, class Y>
[[nodiscard]] double kernel_mean_square(const K& k, const Eigen::MatrixBase<X>& x, const weights<double>& wx,
                                        const Eigen::MatrixBase<Y>& y, const weights<double>& wy) {
  argument::require(x.cols() >= 1, "kernel_mean_square", "x.cols()", x.cols(), "be at least 1");
  argument::require(y.cols() >= 1, "kernel_mean_square", "y.cols()", y.cols(), "be at least 1");
  argument::require(x.rows() == y.rows(), "kernel_mean_square", "y.rows()", y.rows(), "equal the dimension of x");
  const detail::relative_weights<> of_x(&wx, x.cols(), "kernel_mean_square", "wx"),
      of_y(&wy, y.cols(), "kernel_mean_square", "wy");
  constexpr Index tile = detail::gram_tile;
  detail::gram_block_matrix values;
  double total = 0;
  for (Index j = 0; j < y.cols(); j += tile) {
    const Index columns = (std::min)(tile, y.cols() - j);
    for (Index i = 0; i < x.cols(); i += tile) {
      const Index rows = (std::min)(tile, x.cols() - i);
      values.resize(rows, columns);
      gram_block(k, x.middleCols(i, rows), y.middleCols(j, columns), values);
      for (Index c = 0; c < columns; ++c) {
        const double sum = of_x.get() == nullptr ? values.col(c).sum() : values.col(c).dot(of_x.get()->segment(i, rows));
        total += sum * of_y[j + c];
      }
    }
  }
  return total / of_x.total() / of_y.total();
}

}  // namespace simulacra
