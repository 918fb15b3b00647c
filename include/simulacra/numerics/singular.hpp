#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/numerics/power_of_two.hpp>

/// Where a law that has lost directions lies: on the mean plus the span of what is left of its factor. No point that was computed is
/// there to the last bit, so whether one is there is a question about rounding.
namespace simulacra {

/// A vector that is exact as it stands.
struct no_rounding {
  [[nodiscard]] constexpr double operator()(Index) const noexcept { return 0; }
};

/// What a deviation x - mean may be off by in each coordinate, both numbers being rounded to T: a few of their last digits.
template <class T, class X, class Mean>
[[nodiscard]] auto rounding_of_difference(const X& x, const Mean& mean) {
  return [&x, &mean](Index i) {
    constexpr double digits = 4 * static_cast<double>(std::numeric_limits<T>::epsilon());
    return digits * (std::abs(static_cast<double>(x[i])) + std::abs(static_cast<double>(mean[i])));
  };
}

/// The rounding of a factor's rows next to their largest entry: that of the QR or Cholesky decomposition which made it, as
/// `lower_factor` allows for.
template <class T>
[[nodiscard]] constexpr double rounding_of_rows(Index dimension) noexcept {
  return 8 * static_cast<double>(dimension + 4) * static_cast<double>(std::numeric_limits<T>::epsilon());
}

/// The squared length of the z with F z = x 2^exponent, for a lower triangle F = A diag(2^e) some of whose columns are 0; infinite
/// unless x is on the span of the others. It is when what is left of x_j, in every coordinate j without a column of its own, is
/// within the rounding that made it, a running bound of the forward substitution:
/// \f[ r_j = \rho_j + \epsilon\,8 (d + 4)\,\Bigl(\max_k |F_{jk}| + |x_j| + \sum_{k<j} |F_{jk} z_k|\Bigr)
///     + \sum_{k<j} |F_{jk}|\,r_k / |F_{kk}|, \f]
/// rho_j what x_j was off by from the start. So the answer does not depend on the unit of a coordinate, and on the origin only as
/// far as the data's own digits do.
/// @param rounding  called with j: rho_j, in the units of x   T: the type whose epsilon rounded x and F
/// O(d^2).  Source: Higham (2002), "Accuracy and Stability of Numerical Algorithms", section 8.2, on substitution.
template <class T, class Matrix, class Exponents, class X, class Rounding>
[[nodiscard, gnu::noinline]] double squared_length_on_support(const Matrix& a, const Exponents& exponents, const X& x,
                                                              std::int64_t exponent, const Rounding& rounding) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const Index d = a.rows();
  const double relative = rounding_of_rows<T>(d);
  Eigen::VectorXd step = Eigen::VectorXd::Zero(d),
                  off = Eigen::VectorXd::Zero(d);  // z_k 2^(e_k - exponent), and what it may be off by
  double sum = 0;
  for (Index j = 0; j < d; ++j) {
    double rest = static_cast<double>(x[j]), size = std::abs(rest), row = 0, bound = rounding(j);
    for (Index k = 0; k <= j; ++k) {
      const double entry = static_cast<double>(a(j, k));
      if (entry == 0) continue;
      row = (std::max)(row, std::abs(detail::times_power_of_two(entry, exponents[k] - exponent)));
      if (k == j) continue;
      rest -= entry * step[k];
      size += std::abs(entry * step[k]);
      bound += std::abs(entry) * off[k];
    }
    if (!std::isfinite(rest)) return infinity;  // whose rounding is infinite, too
    bound += relative * (row + size);
    const double pivot = static_cast<double>(a(j, j));
    if (pivot == 0) {
      if (!(std::abs(rest) <= bound)) return infinity;
      continue;
    }
    step[j] = rest / pivot;
    off[j] = bound / std::abs(pivot);
    if (!std::isfinite(step[j])) return infinity;
    const double standard = detail::times_power_of_two(step[j], exponent - exponents[j]);
    sum += standard * standard;
  }
  return sum;
}

/// The same, fast where no direction is lost: there nothing is asked about rounding.
template <class T, int D, class Matrix, class Exponents, class Rounding>
[[nodiscard]] double squared_length_within(const Matrix& a, const Exponents& exponents, const point<T, D>& x,
                                           std::int64_t exponent, const Rounding& rounding) {
  double sum = 0;
  point<T, D> rest = x;
  for (Index j = 0; j < a.rows(); ++j) {
    if (rest[j] == T(0)) continue;
    if (a(j, j) == T(0)) [[unlikely]]
      return squared_length_on_support<T>(a, exponents, x, exponent, rounding);
    const T step = rest[j] / a(j, j);
    if (!std::isfinite(step)) return std::numeric_limits<double>::infinity();
    for (Index i = j; i < a.rows(); ++i) rest[i] -= a(i, j) * step;
    const double standard = detail::times_power_of_two(static_cast<double>(step), exponent - exponents[j]);
    sum += standard * standard;
  }
  return sum;
}

}  // namespace simulacra
