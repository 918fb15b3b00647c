#pragma once

#include <cmath>
#include <limits>
#include <utility>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/numerics/scaled_factor.hpp>
#include <simulacra/numerics/triangle.hpp>

namespace simulacra {

/// What a bandwidth matrix looks like: one number for all coordinates, one for each, or a triangle.
enum class bandwidth_shape { scalar, diagonal, full };

/// A bandwidth in d dimensions: the lower-triangular F by which a kernel is stretched, \f$ K_F(x) = K(F^{-1} x) / \det F \f$. Under
/// a Gaussian kernel F F' is the covariance of the noise that smoothing adds. In units of the data.
///
/// One that a caller states is positive; one that was estimated may have lost directions (zeros on the diagonal).
template <int D = dynamic>
class bandwidth_matrix {
 public:
  /// h in each of `dimension` coordinates, which may be left out where D is fixed.
  /// @throw std::invalid_argument unless h > 0 and finite and dimension >= 1
  static bandwidth_matrix scalar(double h, Index dimension = (D == dynamic ? 0 : D)) {
    require_positive(h, "bandwidth_matrix::scalar", "h");
    argument::require(dimension >= 1 && (D == dynamic || dimension == D), "bandwidth_matrix::scalar", "dimension", dimension,
                      "be at least 1 and equal D where D is fixed");
    return bandwidth_matrix(point<double, D>::Constant(dimension, h), no_triangle(), bandwidth_shape::scalar);
  }

  /// A bandwidth for each coordinate. @throw std::invalid_argument unless all are > 0 and finite and there is one
  static bandwidth_matrix diagonal(const point<double, D>& h) {
    argument::require(h.size() >= 1, "bandwidth_matrix::diagonal", "h.size()", h.size(), "be at least 1");
    for (Index k = 0; k < h.size(); ++k) require_positive(h[k], "bandwidth_matrix::diagonal", "h");
    return of_diagonal(h);
  }

  /// The bandwidth whose square is this matrix, F F' = H.
  /// @throw std::invalid_argument unless H is square, finite, symmetric to 1e-12 of its largest entry and positive definite
  static bandwidth_matrix covariance(const square<double, D>& h) {
    constexpr auto name = "bandwidth_matrix::covariance";
    argument::require(h.rows() >= 1 && h.rows() == h.cols(), name, "h.rows()", h.rows(),
                      "be at least 1, and that of columns");
    argument::require_finite(h, name, "h");
    const double asymmetry = (h - h.transpose()).cwiseAbs().maxCoeff();
    argument::require(asymmetry <= 1e-12 * h.cwiseAbs().maxCoeff(), name, "h", asymmetry,
                      "be symmetric (this is its asymmetry)");
    const square<double, D> lower = detail::triangle_of_covariance<D>(h);
    argument::require(lower.diagonal().minCoeff() > 0, name, "h", "one that Cholesky factorisation refuses",
                      "be positive definite");
    return factor(lower);
  }

  /// The lower triangle F itself; what stands above the diagonal is not read. Zeros on the diagonal are directions without
  /// smoothing. @throw std::invalid_argument unless it is square and finite, with no negative number on the diagonal
  static bandwidth_matrix factor(const square<double, D>& f) {
    argument::require(f.rows() >= 1 && f.rows() == f.cols(), "bandwidth_matrix::factor", "f.rows()", f.rows(),
                      "be at least 1, and that of columns");
    bool full = false;
    for (Index j = 0; j < f.cols(); ++j) {
      argument::require(f(j, j) >= 0, "bandwidth_matrix::factor", "f", f(j, j), "have no negative number on its diagonal");
      for (Index i = j; i < f.rows(); ++i) {
        argument::require(std::isfinite(f(i, j)), "bandwidth_matrix::factor", "f", f(i, j), "be finite");
        full = full || (i > j && f(i, j) != 0);
      }
    }
    if (!full) return of_diagonal(f.diagonal());
    return bandwidth_matrix(f.diagonal(), square<double, D>(f.template triangularView<Eigen::Lower>()),
                            bandwidth_shape::full);
  }

  /// No smoothing at all: the bandwidth of data without spread.
  static bandwidth_matrix none(Index dimension) {
    return bandwidth_matrix(point<double, D>::Zero(dimension), no_triangle(), bandwidth_shape::scalar);
  }

  [[nodiscard]] Index dimension() const noexcept { return diagonal_.size(); }
  [[nodiscard]] bandwidth_shape shape() const noexcept { return shape_; }

  /// The diagonal of F: all of F unless its shape is full.
  [[nodiscard]] const point<double, D>& diagonal() const noexcept { return diagonal_; }

  /// F, d x d.
  [[nodiscard]] square<double, D> lower() const {
    if (shape_ == bandwidth_shape::full) return lower_;
    return square<double, D>(diagonal_.asDiagonal());
  }

  /// F F'. Entries too small for a double become 0, those too large infinite with their sign.
  [[nodiscard]] square<double, D> covariance() const {
    const square<double, D> f = lower(), c = f * f.transpose();
    return c.allFinite() ? c : scaled_factor<double, D>::from_lower(f).second_moment();
  }

  /// log det F; minus infinity where a direction has no smoothing.
  [[nodiscard]] double log_determinant() const { return diagonal_.array().log().sum(); }

  /// Whether a direction has no smoothing.
  [[nodiscard]] bool singular() const noexcept { return !(diagonal_.array() > 0).all(); }

  /// c F. @throw std::invalid_argument unless c >= 0 and finite
  [[nodiscard]] bandwidth_matrix scaled(double c) const {
    argument::require(c >= 0 && c <= (std::numeric_limits<double>::max)(), "bandwidth_matrix::scaled", "c", c,
                      "be >= 0 and finite");
    bandwidth_matrix b = *this;
    b.diagonal_ *= c;
    b.lower_ *= c;
    return b;
  }

  /// A F for a lower triangle A of as many rows.
  [[nodiscard]] bandwidth_matrix pulled(const square<double, D>& a) const {
    return factor(a.template triangularView<Eigen::Lower>() * lower());
  }

  /// F z in place, for a column of d numbers.
  [[gnu::always_inline]] void apply(double* z) const {
    if (shape_ != bandwidth_shape::full) {
      for (Index k = 0; k < dimension(); ++k) z[k] *= diagonal_[k];
      return;
    }
    for (Index i = dimension(); i-- > 0;) {
      double sum = 0;
      for (Index j = 0; j <= i; ++j) sum += lower_(i, j) * z[j];
      z[i] = sum;
    }
  }

  friend bool operator==(const bandwidth_matrix& a, const bandwidth_matrix& b) {
    return a.dimension() == b.dimension() && a.shape_ == b.shape_ && a.diagonal_ == b.diagonal_ &&
           (a.shape_ != bandwidth_shape::full || a.lower_ == b.lower_);
  }

 private:
  bandwidth_matrix(point<double, D> diagonal, square<double, D> lower, bandwidth_shape shape)
      : diagonal_(std::move(diagonal)), lower_(std::move(lower)), shape_(shape) {}

  static square<double, D> no_triangle() { return square<double, D>::Zero(D == dynamic ? 0 : D, D == dynamic ? 0 : D); }

  static bandwidth_matrix of_diagonal(const point<double, D>& h) {
    const bool equal = (h.array() == h[0]).all();
    return bandwidth_matrix(h, no_triangle(), equal ? bandwidth_shape::scalar : bandwidth_shape::diagonal);
  }

  static void require_positive(double h, const char* function, const char* name) {
    argument::require(h > 0 && h <= (std::numeric_limits<double>::max)(), function, name, h, "be > 0 and finite");
  }

  point<double, D> diagonal_;
  square<double, D> lower_;  ///< F, if the shape is full; else empty where D is dynamic, and 0 where it is not
  bandwidth_shape shape_;
};

}  // namespace simulacra
