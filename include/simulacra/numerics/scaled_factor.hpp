#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/numerics/lower_factor.hpp>
#include <simulacra/numerics/power_of_two.hpp>
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
    f.matrix_.setIdentity();
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
        f.col(j) = f.col(j).unaryExpr([e = exponents_[j]](T v) { return detail::times_power_of_two(v, e); });
    return f;
  }

  /// F F', the second moment itself. Entries too small for T become 0, those too large infinite with their sign.
  [[nodiscard]] matrix_type second_moment() const {
    const matrix_type f = dense();
    if constexpr (D == 1) {
      return matrix_type(f(0, 0) * f(0, 0));
    } else {
      const matrix_type square = f * f.transpose();
      return square.allFinite() ? square : detail::second_moment_of(shifted(-top_exponent()).dense(), top_exponent());
    }
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
    const T largest = matrix_.col(j).cwiseAbs().maxCoeff();
    return (exponents_[j] <= 0 ? largest : detail::times_power_of_two(largest, exponents_[j])) <= limit;
  }

  /// Number of directions that are left: columns whose diagonal entry is not 0.
  [[nodiscard]] Index rank() const { return (matrix_.diagonal().array() != T(0)).count(); }

  /// F c, for c >= 0 a standard deviation's worth: the second moment is multiplied by c squared.
  [[nodiscard]] scaled_factor scaled(double c) const {
    scaled_factor f = *this;
    int e = 0;
    if (!(c > 0x1p-32 && c < 0x1p32)) [[unlikely]]
      c = std::frexp(c, &e);
    f.matrix_ *= static_cast<T>(c);
    f.rescale();
    return e == 0 ? f : f.shifted(e);
  }

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
      return matrix_.template triangularView<Eigen::Lower>() * scaled_x;
    }
  }

  /// F G for another such factor, exponents and all. O(d^3 / 3).
  [[nodiscard]] scaled_factor times(const scaled_factor& g) const {
    if (!g.exponents_.isZero() && has_gap()) [[unlikely]]
      return times(g.dense());
    scaled_factor f = times(g.matrix_);
    if (g.exponents_.isZero()) return f;
    for (Index j = 0; j < dimension(); ++j)
      if (!f.is_zero_column(j)) f.exponents_[j] += g.exponents_[j];
    return f;
  }

  /// F B for a lower triangle B: the factor of the second moment F B B' F'. Entries of B above the diagonal are not read.
  /// O(d^3 / 3).
  [[nodiscard]] scaled_factor times(const matrix_type& lower) const {
    if constexpr (D != 1)
      if (has_gap()) [[unlikely]]
        return product(restricted_factor<T, D>(lower, matrix_.diagonal()));
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
    if (!columns.isZero(T(0))) top = std::max<std::int64_t>(top, detail::exponent_of(columns));
    if (top == no_exponent) return scaled_factor(d);
    Eigen::Matrix<T, D, Eigen::Dynamic> stacked(d, 2 * d + columns.cols());
    for (Index j = 0; j < d; ++j) {
      stacked.col(j) = detail::times_power_of_two_each<point<T, D>>(matrix_.col(j), exponents_[j] - top);
      stacked.col(d + j) = detail::times_power_of_two_each<point<T, D>>(other.matrix_.col(j), other.exponents_[j] - top);
    }
    stacked.rightCols(columns.cols()) = columns.unaryExpr([top](T v) { return detail::times_power_of_two(v, -top); });
    return from_lower(lower_factor<T, D>(stacked)).shifted(top);
  }

  friend bool operator==(const scaled_factor& a, const scaled_factor& b) {
    return a.dimension() == b.dimension() && a.matrix_ == b.matrix_ && a.exponents_ == b.exponents_;
  }

 private:
  struct uninitialised {};
  scaled_factor(Index dimension, uninitialised) : matrix_(dimension, dimension), exponents_(dimension) {}
  static constexpr std::int64_t no_exponent = (std::numeric_limits<std::int64_t>::min)();

  [[nodiscard]] bool is_zero_column(Index j) const {
    for (Index i = j; i < dimension(); ++i)
      if (!(matrix_(i, j) == T(0))) return false;
    return true;
  }

  /// Whether a lost direction stands before one that is left.
  [[nodiscard]] bool has_gap() const {
    const Index left = rank();
    return left < dimension() && (matrix_.diagonal().head(left).array() == T(0)).any();
  }

  [[nodiscard]] scaled_factor product(const matrix_type& lower) const {
    scaled_factor f(dimension(), uninitialised{});
    if constexpr (D == 1) {
      f.matrix_(0, 0) = matrix_(0, 0) * lower(0, 0);
      f.exponents_[0] = exponents_[0];
    } else if (exponents_.cwiseEqual(exponents_[0]).all()) {
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
      if (!is_zero_column(j)) top = std::max<std::int64_t>(top, exponents_[j] + detail::exponent_of(matrix_.col(j)));
    return top;
  }

  /// Moves a power of two from a column to its exponent when the column's largest entry has left the middle half of T's
  /// range, so that neither it nor its square is ever out of range.
  void rescale() {
    constexpr T upper = std::numeric_limits<T>::digits > 24 ? T(0x1p256) : T(0x1p32), lower = 1 / upper;
    if constexpr (D == 1) {
      const T size = std::abs(matrix_(0, 0));
      if (!(size < upper && size > lower)) rescale_column(0, size);
    } else if (dimension() > 0) {
      const T largest = matrix_.cwiseAbs().maxCoeff(), least = matrix_.diagonal().cwiseAbs().minCoeff();
      if (!(largest < upper && least > lower)) rescale_columns(lower, upper);  // one look, mostly
    }
  }

  [[gnu::noinline]] void rescale_columns(T lower, T upper) {
    bool echelon = true;  // no column has a zero on its diagonal and something below
    for (Index j = 0; j < dimension(); ++j) {
      const T largest = matrix_.col(j).tail(dimension() - j).cwiseAbs().maxCoeff();
      if (!(largest < upper && largest > lower)) rescale_column(j, largest);
      echelon = echelon && (matrix_(j, j) != T(0) || largest == T(0));
    }
    if (!echelon) restore_echelon();
  }

  /// Turns every column with a zero on the diagonal into the columns behind it, by one Givens rotation each; F F' stays what
  /// it is, and each column keeps its own exponent. O(d^2) for each such column.
  void restore_echelon() {
    for (Index j = 0; j < dimension(); ++j) {
      if (matrix_(j, j) != T(0)) continue;
      point<T, D> spare = matrix_.col(j);
      std::int64_t e = exponents_[j];
      matrix_.col(j).setZero();
      exponents_[j] = 0;
      for (Index k = j + 1; k < dimension(); ++k) {
        if (spare[k] == T(0)) continue;
        if (matrix_(k, k) == T(0)) {
          matrix_.col(k).swap(spare);
          std::swap(exponents_[k], e);
          continue;
        }
        const std::int64_t above = exponents_[k] - e;  // of two columns, the one with the larger exponent sets the unit
        const T mine = detail::times_power_of_two(T(1), above < 0 ? above : 0);
        const T its = detail::times_power_of_two(T(1), above > 0 ? -above : 0);
        const point<T, D> column = matrix_.col(k);
        const T length = std::hypot(column[k] * mine, spare[k] * its), c = column[k] / length, s = spare[k] / length;
        matrix_.col(k) = (c * mine * mine) * column + (s * its * its) * spare;
        spare = (c * spare - s * column).eval();
        spare[k] = T(0);
        if (above < 0) std::swap(exponents_[k], e);
        rescale_column(k, matrix_.col(k).cwiseAbs().maxCoeff());
        const int excess = detail::exponent_of(spare);
        spare = detail::times_power_of_two_each(spare, -excess);
        e += excess;
      }
    }
  }

  [[gnu::noinline]] void rescale_column(Index j, T largest) {
    if (largest == T(0)) exponents_[j] = 0;
    if (largest == T(0) || !std::isfinite(largest)) return;
    const int e = std::ilogb(largest) + 1;  // 2^(e - 1) <= largest < 2^e
    for (Index i = 0; i < dimension(); ++i) matrix_(i, j) = detail::times_power_of_two(matrix_(i, j), -e);
    exponents_[j] += e;
  }
  matrix_type matrix_;
  exponents_type exponents_;
};

}  // namespace simulacra
