#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>

#include <Eigen/Core>

namespace simulacra {

namespace detail {

/// A law that is made of others, of which each may be looked at by itself: `size()`, `share(i)`, and `visit(i, f)`, which calls f with
/// component i.
template <class Law>
concept mixes_laws = requires(const Law& law) {
                       { law.share(std::size_t{}) } -> std::convertible_to<double>;
                       { law.size() } -> std::convertible_to<std::size_t>;
                       law.visit(std::size_t{}, [](const auto&) {});
                     };

}  // namespace detail

/// The error of a vector that was found by draws, so that the error of any linear function of it, and of sums of such vectors, can be
/// told: a few columns c_b with \f$ E \sum_b \langle u, c_b \rangle^2 = E \langle u, err \rangle^2 \f$ for every direction u. They are
/// linear in the vector. Vectors whose column b came from one stream share what that stream did to them, and it cancels in their
/// differences as it does in the vectors.
class embedding_error {
 public:
  /// How many batches draws come in: their spread is what an error is estimated from, with a relative error of 1 / sqrt(2 (16 - 1)).
  static constexpr Eigen::Index batches = 16;

  [[nodiscard]] bool exact() const noexcept { return exact_; }  ///< nothing was drawn
  void clear() noexcept { exact_ = true; }

  /// The columns, to be filled. @param size  of the vector   @param count  of the columns
  [[nodiscard]] Eigen::MatrixXd& fill(Eigen::Index size, Eigen::Index count) {
    columns_.setZero(size, count);
    exact_ = false;
    return columns_;
  }

  /// err += c other, without allocation once there is room.
  void add(double c, const embedding_error& other) {
    if (other.exact_ || c == 0) return;
    if (exact_)
      columns_ = c * other.columns_;
    else
      columns_ += c * other.columns_;
    exact_ = false;
  }

  /// \f$ E |err|^2 \f$
  [[nodiscard]] double variance() const { return exact_ ? 0 : columns_.squaredNorm(); }

  /// The standard error of coordinate k, of a vector that is a list of numbers.
  [[nodiscard]] double deviation(Eigen::Index k) const { return exact_ ? 0 : columns_.row(k).norm(); }

  /// \f$ \langle u, c_b \rangle \f$ for each b: their squares add to the variance of \f$ \langle u, err \rangle \f$.
  template <class Vector>
  [[nodiscard]] Eigen::VectorXd along(const Vector& u) const {
    return exact_ ? Eigen::VectorXd(Eigen::VectorXd::Zero(1)) : Eigen::VectorXd(columns_.transpose() * u);
  }

 private:
  Eigen::MatrixXd columns_;
  bool exact_ = true;
};

/// Makes of the means over batches, which are the columns, what `embedding_error` says of their mean.
/// @param shares  of the batches in the mean
inline void centre_batches(Eigen::MatrixXd& means, const Eigen::Ref<const Eigen::VectorXd>& mean,
                           const Eigen::Ref<const Eigen::VectorXd>& shares) {
  const auto count = static_cast<double>(means.cols());
  for (Eigen::Index b = 0; b < means.cols(); ++b)
    means.col(b) = (means.col(b) - mean) * (shares[b] * std::sqrt(count / (count - 1)));
}

}  // namespace simulacra
