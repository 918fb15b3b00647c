#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <Eigen/Core>
#include <Eigen/Eigenvalues>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/relative_weights.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/gram.hpp>
#include <simulacra/hilbert/kernels.hpp>

namespace simulacra {

namespace detail {

/// The rows \f$ \lambda_i^{-1/2} u_i^T \f$ of a positive semi-definite matrix's eigenvectors, the largest eigenvalue first, for
/// those above `cutoff` times the largest. (A template so that only who calls it compiles it.)
template <class Scalar>
samples<Scalar> inverse_root(const square<Scalar>& gram, double cutoff) {
  const Eigen::SelfAdjointEigenSolver<square<Scalar>> eigen(gram);
  const auto& values = eigen.eigenvalues();  // ascending
  const Index m = gram.rows();
  argument::require(values[m - 1] > 0, "nystrom_features", "landmarks", values[m - 1],
                    "have a Gram matrix that is not 0 (this is its largest eigenvalue)");
  Index first = 0;
  while (!(values[first] > cutoff * values[m - 1] && values[first] > 0)) ++first;
  samples<Scalar> rows(m - first, m);
  for (Index i = first; i < m; ++i) rows.row(m - 1 - i) = eigen.eigenvectors().col(i).transpose() / std::sqrt(values[i]);
  return rows;
}

}  // namespace detail

/// Nystrom features: the orthogonal projection of the kernel's Hilbert space onto the span of \f$ k(z_j, \cdot) \f$ for given
/// landmarks z, in orthonormal coordinates,
/// \f[ \phi(x) = \Lambda^{-1/2} U^T k_Z(x), \qquad K_{ZZ} = U \Lambda U^T. \f]
/// Eigenvalues up to `cutoff` times the largest are taken for 0, and their directions left out: so there are as many features
/// as directions are left. On the landmarks \f$ \langle\phi(x),\phi(y)\rangle \f$ is k itself, to about
/// 10^-16 / cutoff. Norms are never overestimated.
/// Source: Williams and Seeger (2001), "Using the Nystrom method to speed up kernel machines".
template <class Kernel, class T = double, int D = dynamic>
  requires kernel_on<Kernel, T, D>
class nystrom_features {
 public:
  static constexpr double default_cutoff = 1e-12;

  /// @param landmarks  d x m, finite, m >= 1   @param cutoff  in [0, 1)
  /// @throw std::invalid_argument otherwise, if the kernel is 0 on all landmarks, or if memory cannot hold m^2 numbers.  O(m^3).
  nystrom_features(Kernel kernel, samples<T, D> landmarks, double cutoff = default_cutoff)
      : kernel_(std::move(kernel)), landmarks_(std::move(landmarks)) {
    argument::require(landmarks_.cols() >= 1, "nystrom_features", "landmarks.cols()", landmarks_.cols(), "be at least 1");
    argument::require(landmarks_.rows() >= 1, "nystrom_features", "landmarks.rows()", landmarks_.rows(), "be at least 1");
    if constexpr (!std::numeric_limits<T>::is_integer) argument::require_finite(landmarks_, "nystrom_features", "landmarks");
    argument::require(cutoff >= 0 && cutoff < 1, "nystrom_features", "cutoff", cutoff, "be in [0, 1)");
    coordinates_ = detail::inverse_root(gram_matrix(kernel_, landmarks_, "nystrom_features", "landmarks.cols()"), cutoff);
  }

  [[nodiscard]] Index dimension() const noexcept { return landmarks_.rows(); }
  [[nodiscard]] Index features() const noexcept { return coordinates_.rows(); }  ///< directions that are left, <= m
  [[nodiscard]] const Kernel& kernel() const noexcept { return kernel_; }
  [[nodiscard]] const samples<T, D>& landmarks() const noexcept { return landmarks_; }

  template <class X>
  void features_into(const Eigen::MatrixBase<X>& x, Eigen::Ref<Eigen::VectorXd> out) const {
    mean_into(x, nullptr, out);
  }

  /// The (weighted) mean of phi over observations. O(n m d + m features), no allocation.
  /// @param x  d x n, finite, n >= 1   @param w  a weight >= 0 for each, or null or empty: all of weight 1
  /// @throw std::invalid_argument if one of these does not hold, or `out` has another size than features()
  template <class X>
  void mean_into(const Eigen::MatrixBase<X>& x, const weights<double>* w, Eigen::Ref<Eigen::VectorXd> out) const {
    require_data(x);
    const detail::relative_weights<> relative(w, x.cols(), "nystrom_features::mean_into");
    w = relative.get();
    const double weight = relative.total();
    embed_tiles(
        [&](Index first, Eigen::Ref<Eigen::VectorXd> means) {
          means.setZero();
          detail::gram_block_matrix values;
          constexpr Index tile = detail::gram_tile;
          for (Index begin = 0; begin < x.cols(); begin += tile) {
            const Index size = (std::min)(tile, x.cols() - begin);
            values.resize(means.size(), size);
            gram_block(kernel_, landmarks_.middleCols(first, means.size()), x.middleCols(begin, size), values);
            for (Index i = 0; i < size; ++i) means += (w != nullptr && w->size() > 0 ? (*w)[begin + i] : 1) * values.col(i);
          }
          means /= weight;
        },
        out);
  }

  /// The embedding of a law given the mean of the kernel with one landmark: `value(j)` is \f$ E\,k(z_j, X) \f$.
  template <class Value>
  void embed_values(Value&& value, Eigen::Ref<Eigen::VectorXd> out) const {
    embed_tiles(
        [&](Index first, Eigen::Ref<Eigen::VectorXd> means) {
          for (Index j = 0; j < means.size(); ++j) means[j] = value(first + j);
        },
        out);
  }

  /// The mean of |phi|^2 over observations: at most that of k(x, x).
  template <class X>
  [[nodiscard]] double mean_squared_norm(const Eigen::MatrixBase<X>& x, const weights<double>* w = nullptr) const {
    require_data(x);
    const detail::relative_weights<> relative(w, x.cols(), "nystrom_features::mean_squared_norm");
    w = relative.get();
    const double weight = relative.total();
    Eigen::VectorXd phi(features());
    double sum = 0;
    for (Index i = 0; i < x.cols(); ++i) {
      features_into(x.col(i), phi);
      sum += (w != nullptr && w->size() > 0 ? (*w)[i] : 1) * phi.squaredNorm();
    }
    return sum / weight;
  }

 private:
  template <class X>
  void require_data(const Eigen::MatrixBase<X>& x) const {
    argument::require(x.rows() == dimension(), "nystrom_features", "x.rows()", x.rows(), "equal the dimension of the map");
    argument::require(x.cols() >= 1, "nystrom_features", "x.cols()", x.cols(), "be at least 1");
    if constexpr (!std::numeric_limits<typename X::Scalar>::is_integer) argument::require_finite(x, "nystrom_features", "x");
  }

  /// `fill(first, means)` fills the means of the kernel with a tile of landmarks, on the stack; what it does is multiplied at once.
  template <class Fill>
  void embed_tiles(Fill&& fill, Eigen::Ref<Eigen::VectorXd> out) const {
    argument::require(out.size() == features(), "nystrom_features", "out.size()", out.size(),
                      "equal the number of features");
    constexpr int tile = detail::gram_tile;
    Eigen::Matrix<double, tile, 1> means;
    out.setZero();
    for (Index first = 0; first < landmarks_.cols(); first += tile) {
      const Index size = std::min<Index>(tile, landmarks_.cols() - first);
      fill(first, means.head(size));
      for (Index j = 0; j < size; ++j) out += means[j] * coordinates_.col(first + j);
    }
  }

  Kernel kernel_;
  samples<T, D> landmarks_;
  Eigen::MatrixXd coordinates_;  ///< features x m
};

}  // namespace simulacra
