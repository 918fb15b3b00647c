#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/numerics/lower_factor.hpp>
#include <simulacra/numerics/multiply_lower.hpp>
#include <simulacra/numerics/power_of_two.hpp>
#include <simulacra/numerics/scaled_columns.hpp>
#include <simulacra/numerics/singular.hpp>

namespace simulacra {

/// A lower-triangular square root F of a second moment F F', stored as a matrix times one power of two per column:
/// \f[ F = A \, \mathrm{diag}(2^{e_1}, \dots, 2^{e_d}) \f]
/// Collapse is exponential and every direction has a rate of its own, so a chain of factors leaves the range of floating point within
/// some thousand generations, column by column: the column's exponent takes up what the matrix cannot hold. Powers of two are exact:
/// they change no digit of a result in range. A column whose diagonal entry is 0 is 0, so those left are the directions that are left.
template <class T = double, int D = dynamic>
class scaled_factor {
 public:
  using matrix_type = square<T, D>;
  using exponents_type = Eigen::Matrix<std::int64_t, D, 1>;

  /// The zero factor of a dimension. `dimension` may be left out where D is fixed.
  explicit scaled_factor(Index dimension = (D == dynamic ? 0 : D))
      : matrix_(matrix_type::Zero(dimension, dimension)), exponents_(exponents_type::Zero(dimension)) {}

  /// A factor given as a plain lower triangle; what stands above the diagonal is not read.
  static scaled_factor from_lower(const matrix_type& lower) {
    scaled_factor f(lower.rows());
    for (Index j = 0; j < f.dimension(); ++j)
      for (Index i = j; i < f.dimension(); ++i) f.matrix_(i, j) = lower(i, j);
    f.rescale();
    return f;
  }

  static scaled_factor identity(Index dimension = (D == dynamic ? 0 : D)) {
    scaled_factor f(dimension);
    for (Index j = 0; j < dimension; ++j) f.matrix_(j, j) = T(1);
    return f;
  }

  [[nodiscard]] Index dimension() const noexcept { return matrix_.rows(); }
  [[nodiscard]] const matrix_type& matrix() const noexcept { return matrix_; }
  [[nodiscard]] const exponents_type& exponents() const noexcept { return exponents_; }

  /// F itself. Entries too small for T become subnormal or 0.
  [[nodiscard]] matrix_type dense() const {
    matrix_type f = matrix_;
    for (Index j = 0; j < dimension(); ++j)
      if (exponents_[j] != 0)
        for (Index i = j; i < dimension(); ++i) f(i, j) = detail::times_power_of_two(f(i, j), exponents_[j]);
    return f;
  }

  /// F F', the second moment itself. Entries too small for T become 0, those too large infinite with their sign.
  [[nodiscard]] matrix_type second_moment() const {
    const matrix_type square = detail::squared_lower<T, D>(dense());
    if (argument::all_finite(square)) [[likely]]
      return square;
    const std::int64_t top = top_exponent();
    return detail::times_power_of_two_each(detail::squared_lower<T, D>(shifted(-top).dense()), 2 * top);
  }

  /// log det(F F'), right at any depth of collapse; minus infinity where a direction is lost.
  [[nodiscard]] double log_determinant() const {
    double sum = 0;
    for (Index j = 0; j < dimension(); ++j) sum += log_diagonal(j);
    return 2 * sum;
  }

  /// log |F_jj|; minus infinity where it is 0.
  [[nodiscard]] double log_diagonal(Index j) const {
    constexpr double log_two = 0.693147180559945309417232121458176568;
    return std::log(std::abs(static_cast<double>(matrix_(j, j)))) + log_two * static_cast<double>(exponents_[j]);
  }

  /// Whether no entry of column j exceeds `limit`, in the units of the data.
  [[nodiscard]] bool column_within(Index j, T limit) const {
    const T largest = largest_of_column(j);
    return (exponents_[j] <= 0 ? largest : detail::times_power_of_two(largest, exponents_[j])) <= limit;
  }

  /// Number of directions that are left: columns whose diagonal entry is not 0.
  [[nodiscard]] Index rank() const {
    Index left = 0;
    for (Index j = 0; j < dimension(); ++j) left += matrix_(j, j) != T(0);
    return left;
  }

  /// F c, for c >= 0 a standard deviation's worth: the second moment is multiplied by c squared.
  [[nodiscard]] scaled_factor scaled(double c) const { return c > 0x1p-32 && c < 0x1p32 ? scaled_near(c) : scaled_far(c); }

  /// F times a power of two.
  [[nodiscard]] scaled_factor shifted(std::int64_t exponent) const {
    scaled_factor f = *this;
    for (Index j = 0; j < dimension(); ++j)
      if (!is_zero_column(j)) f.exponents_[j] += exponent;
    return f;
  }

  /// F x, in the units of the data.
  [[nodiscard]] point<T, D> times_vector(const point<T, D>& x) const {
    if constexpr (D == 1) {
      const T stretched = matrix_(0, 0) * x[0];
      return point<T, D>(exponents_[0] == 0 ? stretched : detail::times_power_of_two(stretched, exponents_[0]));
    } else {
      point<T, D> scaled_x = x;
      for (Index j = 0; j < dimension(); ++j)
        if (exponents_[j] != 0) scaled_x[j] = detail::times_power_of_two(x[j], exponents_[j]);
      if constexpr (D != dynamic && D <= 8) {
        point<T, D> y = point<T, D>::Zero();
        for (Index j = 0; j < D; ++j)
          for (Index i = j; i < D; ++i) y[i] += matrix_(i, j) * scaled_x[j];
        return y;
      } else {
        return matrix_.template triangularView<Eigen::Lower>() * scaled_x;
      }
    }
  }

  /// F G for another such factor, exponents and all. O(d^3 / 3).
  [[nodiscard]] scaled_factor times(const scaled_factor& g) const {
    const bool plain = g.has_exponent(0);
    if (!plain && has_gap()) [[unlikely]]
      return times(g.dense());
    scaled_factor f = times(g.matrix_);
    if (plain) return f;
    for (Index j = 0; j < dimension(); ++j)
      if (!f.is_zero_column(j)) f.exponents_[j] += g.exponents_[j];
    return f;
  }

  /// F B for a lower triangle B: the factor of the second moment F B B' F'. Entries of B above the diagonal are not read.
  /// O(d^3 / 3).
  [[nodiscard]] scaled_factor times(const matrix_type& lower) const {
    if constexpr (D != 1)
      if (has_gap()) [[unlikely]]
        return product(restricted_factor<T, D>(lower, pivots()));
    return product(lower);
  }

  /// F Z, column by column, for Z of shape d x n: deviations with second moment F F' from standard ones.
  template <class Derived>
  void apply_in_place(Eigen::MatrixBase<Derived>& z) const {
    const matrix_type f = dense();
    if constexpr (D == 1)
      z.derived() *= f(0, 0);
    else
      z.derived() = f.template triangularView<Eigen::Lower>() * z.derived().eval();
  }

  /// The squared length of F^-1 x 2^exponent, or infinity where x leaves the directions that are left by more than rounding: by the
  /// rule of `squared_length_on_support`. @param rounding  called with i: what x_i may be off by from the start; none by default
  template <class Rounding = no_rounding>
  [[nodiscard]] double mahalanobis_squared(const point<T, D>& x, std::int64_t exponent = 0, Rounding rounding = {}) const {
    return squared_length_within<T, D>(matrix_, exponents_, x, exponent, rounding);
  }

  /// The factor of F F' + G G', where G is a plain matrix of d rows: the merge of square-root filters. O(d^2 (d + columns)).
  template <class Derived>
  [[nodiscard]] scaled_factor plus(const scaled_factor& other, const Eigen::MatrixBase<Derived>& columns) const {
    const Index d = dimension();
    std::int64_t top = std::max<std::int64_t>(top_exponent(), other.top_exponent());
    T largest(0);
    for (Index j = 0; j < columns.cols(); ++j)
      for (Index i = 0; i < d; ++i) largest = (std::max)(largest, std::abs(columns(i, j)));
    if (largest > T(0)) top = std::max<std::int64_t>(top, detail::exponent_of(largest));
    if (top == no_exponent) return scaled_factor(d);
    samples<T, D> stacked(d, 2 * d + columns.cols());
    for (Index i = 0; i < d; ++i) {
      for (Index j = 0; j < d; ++j) {
        stacked(i, j) = detail::times_power_of_two(matrix_(i, j), exponents_[j] - top);
        stacked(i, d + j) = detail::times_power_of_two(other.matrix_(i, j), other.exponents_[j] - top);
      }
      for (Index j = 0; j < columns.cols(); ++j) stacked(i, 2 * d + j) = detail::times_power_of_two(columns(i, j), -top);
    }
    return from_lower(lower_factor<T, D>(stacked)).shifted(top);
  }

  friend bool operator==(const scaled_factor& a, const scaled_factor& b) {
    return a.dimension() == b.dimension() && a.matrix_ == b.matrix_ && a.exponents_ == b.exponents_;
  }

 private:
  struct uninitialised {};
  scaled_factor(Index dimension, uninitialised) : matrix_(dimension, dimension), exponents_(dimension) {}
  [[nodiscard]] scaled_factor scaled_near(double c) const {
    scaled_factor f = *this;
    f.matrix_ *= static_cast<T>(c);
    f.rescale();
    return f;
  }
  [[nodiscard, gnu::noinline]] scaled_factor scaled_far(double c) const {
    int e = 0;
    return scaled_near(std::frexp(c, &e)).shifted(e);
  }
  static constexpr std::int64_t no_exponent = (std::numeric_limits<std::int64_t>::min)();

  [[nodiscard]] bool is_zero_column(Index j) const {
    for (Index i = j; i < dimension(); ++i)
      if (!(matrix_(i, j) == T(0))) return false;
    return true;
  }

  /// Whether a lost direction stands before one that is left.
  [[nodiscard]] bool has_gap() const {
    for (Index j = 1; j < dimension(); ++j)
      if (matrix_(j - 1, j - 1) == T(0) && matrix_(j, j) != T(0)) return true;
    return false;
  }

  /// Whether all columns have this exponent.
  [[nodiscard]] bool has_exponent(std::int64_t e) const {
    for (Index j = 0; j < dimension(); ++j)
      if (exponents_[j] != e) return false;
    return true;
  }

  [[nodiscard]] point<T, D> pivots() const {
    point<T, D> p(dimension());
    for (Index j = 0; j < dimension(); ++j) p[j] = matrix_(j, j);
    return p;
  }

  [[nodiscard]] T largest_of_column(Index j) const {
    return D == 1 ? std::abs(matrix_(0, 0)) : detail::largest_of(&matrix_(j, j), dimension() - j);
  }

  [[nodiscard]] scaled_factor product(const matrix_type& lower) const {
    scaled_factor f(dimension(), uninitialised{});
    if constexpr (D == 1) {
      f.matrix_(0, 0) = matrix_(0, 0) * lower(0, 0);
      f.exponents_[0] = exponents_[0];
    } else if (has_exponent(exponents_[0])) {
      f.exponents_ = exponents_;
      multiply_lower<T, D>(matrix_, lower, f.matrix_);
    } else {
      // Column j of F B is the sum over k >= j of F_k B_kj: bring those F_k that are not 0 to one exponent first.
      matrix_type balanced = lower;
      std::int64_t top = no_exponent;
      for (Index j = dimension() - 1; j >= 0; --j) {
        if (!is_zero_column(j)) top = std::max<std::int64_t>(top, exponents_[j]);
        f.exponents_[j] = top == no_exponent ? 0 : top;
        if (top == no_exponent) continue;
        for (Index k = j; k < dimension(); ++k)
          balanced(k, j) = matrix_(k, k) == T(0) ? T(0) : detail::times_power_of_two(lower(k, j), exponents_[k] - top);
      }
      multiply_lower<T, D>(matrix_, balanced, f.matrix_);
    }
    f.rescale();
    return f;
  }

  /// The largest exponent of an entry.
  [[nodiscard]] std::int64_t top_exponent() const {
    std::int64_t top = no_exponent;
    for (Index j = 0; j < dimension(); ++j)
      if (!is_zero_column(j)) top = std::max<std::int64_t>(top, exponents_[j] + detail::exponent_of(largest_of_column(j)));
    return top;
  }

  /// Moves a power of two from a column to its exponent when the column's largest entry has left the middle half of T's
  /// range, so that neither it nor its square is ever out of range.
  void rescale() {
    constexpr T upper = std::numeric_limits<T>::digits > 24 ? T(0x1p256) : T(0x1p32), lower = 1 / upper;
    if constexpr (D == 1) {
      const T size = std::abs(matrix_(0, 0));
      if (!(size < upper && size > lower)) detail::rescale_column(matrix_.data(), 1, exponents_[0], size);
    } else if (dimension() > 0) {
      T least = std::abs(matrix_(0, 0)), largest(0);
      for (Index j = 1; j < dimension(); ++j) least = (std::min)(least, std::abs(matrix_(j, j)));
      if constexpr (D != dynamic && D <= 8) {
        for (Index j = 0; j < D; ++j)
          for (Index i = j; i < D; ++i) largest = (std::max)(largest, std::abs(matrix_(i, j)));
      } else {
        largest = detail::largest_of(matrix_.data(), matrix_.size());
      }
      if (!(largest < upper && least > lower))  // one look, mostly
        detail::rescale_columns(matrix_.data(), exponents_.data(), dimension(), lower, upper);
    }
  }

  matrix_type matrix_;
  exponents_type exponents_;
};

}  // namespace simulacra
