#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include <Eigen/Core>
#include <Eigen/Eigenvalues>

#include <simulacra/core/types.hpp>
#include <simulacra/numerics/one_sided_jacobi.hpp>
#include <simulacra/numerics/scaled_factor.hpp>

/// The principal components of a covariance that is given by a square root of it.
namespace simulacra::detail::latent {

/// A square root of a covariance as a plain matrix in doubles, in units of a power of two: Sigma = 4^exponent F F'.
struct plain_root {
  Eigen::MatrixXd root;
  std::int64_t exponent = 0;
};

/// F in units in which its largest entry is near 1, whatever its columns' exponents are.
template <class T, int D>
plain_root plain(const scaled_factor<T, D>& factor) {
  constexpr std::int64_t none = (std::numeric_limits<std::int64_t>::min)();
  std::int64_t top = none;
  for (Index j = 0; j < factor.dimension(); ++j)
    if (!factor.matrix().col(j).isZero(T(0)))
      top = std::max<std::int64_t>(top, factor.exponents()[j] + exponent_of(factor.matrix().col(j)));
  if (top == none) return {Eigen::MatrixXd::Zero(factor.dimension(), factor.dimension()), 0};
  return {factor.shifted(-top).dense().template cast<double>(), top};
}

/// Standard deviations along the principal axes, the largest first, and the axes.
struct spectrum {
  Eigen::VectorXd deviations;  ///< d of them, in the units of the root
  Eigen::MatrixXd axes;        ///< d x d, orthonormal where the deviation is not 0
};

/// The spectrum by one-sided rotations: slow, and right for the smallest deviations as for the largest.
template <class Matrix>
spectrum spectrum_by_rotations(Matrix f) {
  orthogonalise_columns(f);
  const Eigen::VectorXd lengths = f.colwise().norm();
  std::vector<Index> order(static_cast<std::size_t>(f.cols()));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return lengths[a] > lengths[b]; });
  spectrum s{Eigen::VectorXd(f.cols()), Eigen::MatrixXd::Zero(f.rows(), f.cols())};
  for (Index j = 0; j < f.cols(); ++j) {
    const Index from = order[static_cast<std::size_t>(j)];
    s.deviations[j] = lengths[from];
    if (lengths[from] > 0) s.axes.col(j) = f.col(from) / lengths[from];
  }
  return s;
}

/// The spectrum of F F'. By its eigenvalues, which is fast; by rotations of F where those after the first q are so small that
/// squaring would have cost them their digits. O(d^3).
template <class Matrix>
spectrum spectrum_of(const Matrix& f, Index q) {
  const Index d = f.rows();
  const Matrix squared = f * f.transpose();
  const Eigen::SelfAdjointEigenSolver<Matrix> solved(squared);
  const Eigen::VectorXd values = solved.eigenvalues().reverse();
  if (!(values.tail(d - q).mean() > 1e-6 * values[0])) return spectrum_by_rotations(f);
  return {values.cwiseMax(0).cwiseSqrt(), solved.eigenvectors().rowwise().reverse()};
}

}  // namespace simulacra::detail::latent
