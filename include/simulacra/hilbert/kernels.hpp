#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <string_view>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/maps.hpp>
#include <simulacra/random/gamma.hpp>
#include <simulacra/random/stream.hpp>

/// Positive definite kernels: values that are called on two points. Each says which Hilbert space laws are compared in.
///
/// All but the delta and the energy kernel are functions of one number of two points, the squared distance or the dot product, and
/// besides the call offer `transform(block)`, which replaces such numbers by values of the kernel in place, in vector instructions.
/// Those of the distance want it times `distance_factor()`, a power of two, before it is squared: so nothing leaves the range of
/// numbers whatever the unit of the data is.
namespace simulacra {

namespace detail {

/// The squared distance, of distances times a factor.
template <class X, class Y>
double distance_squared(const X& x, const Y& y, double factor = 1) {
  double sum = 0;
  for (Index i = 0; i < x.size(); ++i) {
    const double apart = (static_cast<double>(x[i]) - static_cast<double>(y[i])) * factor;
    sum += apart * apart;
  }
  return sum;
}

template <class X, class Y>
double dot(const X& x, const Y& y) {
  double sum = 0;
  for (Index i = 0; i < x.size(); ++i) sum += static_cast<double>(x[i]) * static_cast<double>(y[i]);
  return sum;
}

/// What the kernels of one length scale share: functions of the distance r over the length scale.
template <class Kernel>
class radial_kernel {
 public:
  [[nodiscard]] double length_scale() const noexcept { return length_scale_; }

  /// A power of two within a factor of two of 1 / length_scale, or as near as there is one.
  [[nodiscard]] double distance_factor() const noexcept { return factor_; }

  /// k(x, y) for two columns of one size.
  template <class X, class Y>
  [[nodiscard]] double operator()(const Eigen::MatrixBase<X>& x, const Eigen::MatrixBase<Y>& y) const {
    return of_scaled(distance_squared(x, y, factor_));
  }

  /// The kernel of two points whose squared distance is given.
  [[nodiscard]] double of_distance_squared(double r2) const { return of_scaled(r2 * factor_ * factor_); }

  friend bool operator==(const Kernel& a, const Kernel& b) noexcept { return a.length_scale() == b.length_scale(); }

 protected:
  radial_kernel(double length_scale, std::string_view name) : length_scale_(length_scale) {
    argument::require(length_scale > 0 && length_scale <= (std::numeric_limits<double>::max)(), name, "length_scale",
                      length_scale, "be > 0 and finite");
    const int exponent = std::ilogb(length_scale);
    factor_ = std::ldexp(1.0, exponent > -1023 ? -exponent : 1023);
    scaled_ = length_scale * factor_;
  }

  double length_scale_;
  double factor_;
  double scaled_;  ///< the length scale times the factor: from 1 to 2, if it is no subnormal number

  /// Where every kernel is 0 to the last bit, so that no product of infinity and 0 comes up.
  static constexpr double out_of_reach = 1500;

 private:
  [[nodiscard]] double of_scaled(double r2) const {
    Eigen::Array<double, 1, 1> one(r2);
    static_cast<const Kernel&>(*this).transform(one);
    return one[0];
  }
};

}  // namespace detail

/// A kernel of the distance that is positive definite in every dimension: a mixture of Gaussian kernels over their scale
/// (Schoenberg, 1938). `frequency_scale(rng)` draws the scale s for which s g, g standard normal in d dimensions, has the
/// kernel's spectral law: \f$ k(x, y) = E \cos(s\, g^T (x - y)) \f$.
template <class K>
concept spectral_kernel = std::copy_constructible<K> && requires(const K& k, stream& rng) {
                                                          { k.frequency_scale(rng) } -> std::convertible_to<double>;
                                                        };

/// The Gaussian kernel \f$ \exp(-|x-y|^2 / (2 l^2)) \f$.
class gaussian_kernel : public detail::radial_kernel<gaussian_kernel> {
 public:
  /// @param length_scale  l, in units of the data  @throw std::invalid_argument unless > 0 and finite
  explicit gaussian_kernel(double length_scale) : radial_kernel(length_scale, "gaussian_kernel") {}

  /// Squared distances, each times the factor, become values of the kernel.
  template <class Block>
  void transform(Block&& v) const {
    v.array() = (v.array() * (-0.5 / scaled_ / scaled_)).exp();
  }

  /// The spectral law is N(0, I / l^2).
  [[nodiscard]] double frequency_scale(stream&) const noexcept { return 1 / length_scale_; }
};

/// The Laplace kernel \f$ \exp(-|x-y| / l) \f$ of the Euclidean distance: Matern's with smoothness 1/2.
class laplace_kernel : public detail::radial_kernel<laplace_kernel> {
 public:
  /// @throw std::invalid_argument unless length_scale > 0 and finite
  explicit laplace_kernel(double length_scale) : radial_kernel(length_scale, "laplace_kernel") {}

  template <class Block>
  void transform(Block&& v) const {
    v.array() = (v.array().sqrt() * (-1 / scaled_)).exp();
  }

  /// The spectral law is Cauchy's: a multivariate t with 1 degree of freedom.
  [[nodiscard]] double frequency_scale(stream& rng) const { return 1 / (length_scale_ * std::sqrt(chi_square(1, rng))); }
};

/// Matern's kernel of smoothness 3/2, \f$ (1 + u) e^{-u} \f$ with \f$ u = \sqrt3 |x-y| / l \f$.
class matern32_kernel : public detail::radial_kernel<matern32_kernel> {
 public:
  /// @throw std::invalid_argument unless length_scale > 0 and finite
  explicit matern32_kernel(double length_scale) : radial_kernel(length_scale, "matern32_kernel") {}

  template <class Block>
  void transform(Block&& v) const {
    v.array() = (v.array().sqrt() * (1.7320508075688772 / scaled_)).min(out_of_reach);
    v.array() = (1 + v.array()) * (-v.array()).exp();
  }

  /// The spectral law is a multivariate t with 3 degrees of freedom. Source: Rasmussen and Williams (2006), eq. 4.15.
  [[nodiscard]] double frequency_scale(stream& rng) const { return std::sqrt(3 / chi_square(3, rng)) / length_scale_; }
};

/// Matern's kernel of smoothness 5/2, \f$ (1 + u + u^2/3) e^{-u} \f$ with \f$ u = \sqrt5 |x-y| / l \f$.
class matern52_kernel : public detail::radial_kernel<matern52_kernel> {
 public:
  /// @throw std::invalid_argument unless length_scale > 0 and finite
  explicit matern52_kernel(double length_scale) : radial_kernel(length_scale, "matern52_kernel") {}

  template <class Block>
  void transform(Block&& v) const {
    v.array() = (v.array().sqrt() * (2.2360679774997897 / scaled_)).min(out_of_reach);
    v.array() = (1 + v.array() * (1 + v.array() * (1.0 / 3))) * (-v.array()).exp();
  }

  /// The spectral law is a multivariate t with 5 degrees of freedom.
  [[nodiscard]] double frequency_scale(stream& rng) const { return std::sqrt(5 / chi_square(5, rng)) / length_scale_; }
};

/// The polynomial kernel \f$ (x^T y + c)^p \f$: laws are told apart by their moments up to order p (of order p alone at c = 0).
class polynomial_kernel {
 public:
  /// @param degree  p >= 1   @param offset  c >= 0, finite   @throw std::invalid_argument otherwise
  polynomial_kernel(int degree, double offset) : degree_(degree), offset_(offset) {
    argument::require(degree >= 1, "polynomial_kernel", "degree", degree, "be at least 1");
    argument::require(offset >= 0 && offset <= (std::numeric_limits<double>::max)(), "polynomial_kernel", "offset", offset,
                      "be >= 0 and finite");
  }

  [[nodiscard]] int degree() const noexcept { return degree_; }
  [[nodiscard]] double offset() const noexcept { return offset_; }

  template <class X, class Y>
  [[nodiscard]] double operator()(const Eigen::MatrixBase<X>& x, const Eigen::MatrixBase<Y>& y) const {
    return power(detail::dot(x, y));
  }

  /// Dot products become values of the kernel.
  template <class Block>
  void transform(Block&& v) const {
    for (Index j = 0; j < v.cols(); ++j)
      for (Index i = 0; i < v.rows(); ++i) v(i, j) = power(v(i, j));
  }

  friend bool operator==(const polynomial_kernel&, const polynomial_kernel&) = default;

 private:
  [[nodiscard]] double power(double dot) const noexcept {
    double result = 1, base = dot + offset_;
    for (int p = degree_; p > 0; p >>= 1, base *= base)
      if ((p & 1) != 0) result *= base;
    return result;
  }

  int degree_;
  double offset_;
};

/// The linear kernel \f$ x^T y \f$: laws are told apart by their means, and MMD^2 is the squared distance of these.
class linear_kernel {
 public:
  template <class X, class Y>
  [[nodiscard]] double operator()(const Eigen::MatrixBase<X>& x, const Eigen::MatrixBase<Y>& y) const {
    return detail::dot(x, y);
  }

  template <class Block>
  void transform(Block&&) const noexcept {}

  friend bool operator==(const linear_kernel&, const linear_kernel&) = default;
};

/// 1 if two points, or symbols, are equal, else 0: MMD^2 is the squared Euclidean distance of two probability vectors.
class delta_kernel {
 public:
  [[nodiscard]] double operator()(Index x, Index y) const noexcept { return x == y ? 1 : 0; }

  template <class X, class Y>
  [[nodiscard]] double operator()(const Eigen::MatrixBase<X>& x, const Eigen::MatrixBase<Y>& y) const {
    return x == y ? 1 : 0;
  }

  friend bool operator==(const delta_kernel&, const delta_kernel&) = default;
};

/// The energy kernel \f$ (|x| + |y| - |x-y|) / 2 \f$. Its MMD^2 is *half* the energy distance
/// \f$ 2 E|X-Y| - E|X-X'| - E|Y-Y'| \f$ of Szekely and Rizzo, since the norms cancel from the square and what is left is
/// that sum over 2. It needs first moments and no length scale.
/// Source: Sejdinovic, Sriperumbudur, Gretton and Fukumizu (2013), Annals of Statistics 41.
class energy_kernel {
 public:
  template <class X, class Y>
  [[nodiscard]] double operator()(const Eigen::MatrixBase<X>& x, const Eigen::MatrixBase<Y>& y) const {
    const double value = times(x, y, 1);
    if (value < 1e150 && value > 1e-150) return value;
    double largest = 0;
    for (Index i = 0; i < x.size(); ++i)
      largest = (std::max)({largest, std::abs(static_cast<double>(x[i])), std::abs(static_cast<double>(y[i]))});
    if (!(largest > 0 && largest <= (std::numeric_limits<double>::max)())) return value;
    const double factor = std::ldexp(1.0, std::clamp(-std::ilogb(largest) - 3, -1020, 1020));
    return times(x, y, factor) / factor;
  }

  friend bool operator==(const energy_kernel&, const energy_kernel&) = default;

 private:
  /// The same of x and y times a factor.
  template <class X, class Y>
  static double times(const X& x, const Y& y, double factor) {
    double xx = 0, yy = 0, apart = 0;
    for (Index i = 0; i < x.size(); ++i) {
      const double a = static_cast<double>(x[i]) * factor, b = static_cast<double>(y[i]) * factor;
      xx += a * a;
      yy += b * b;
      apart += (a - b) * (a - b);
    }
    return 0.5 * (std::sqrt(xx) + std::sqrt(yy) - std::sqrt(apart));
  }
};

}  // namespace simulacra
