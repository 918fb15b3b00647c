#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/families/mixture/detail/kernels.hpp>
#include <simulacra/families/mixture/detail/packets.hpp>
#include <simulacra/numerics/scaled_factor.hpp>

namespace simulacra::detail::em {

/// v 2^e for an exponent of any size.
inline double shifted(double v, std::int64_t e) {
  return std::ldexp(v, static_cast<int>((std::clamp<std::int64_t>)(e, -5000, 5000)));
}

/// Observations seen in units of 2^e_i for coordinate i, near their spread, so that every square that EM takes is in range
/// whatever the units of the data. Scaling by powers of two is exact, and nothing is subtracted: a component's deviations
/// are taken from its own mean, and so lose nothing to anybody else's.
///
/// It refers to the observations and their weights and must not outlive them.
template <class T, int D>
class scaled_view {
 public:
  /// @param pooled  the Gaussian of all the data, not singular
  /// @param common  whether all coordinates need one unit: where "one variance for all directions" must mean something
  scaled_view(const samples<T, D>& x, const weights<double>* w, const gaussian<T, D>& pooled, bool common)
      : x_(x), w_(w), exponents_(x.rows()), scale_(x.rows()) {
    const Index d = x.rows();
    for (Index i = 0; i < d; ++i) {
      std::int64_t top = (std::numeric_limits<std::int64_t>::min)();
      for (Index j = 0; j <= i; ++j)
        if (const T entry = pooled.factor().matrix()(i, j); entry != T(0)) {
          int e = 0;
          static_cast<void>(std::frexp(entry, &e));
          top = (std::max)(top, e + pooled.factor().exponents()[j]);
        }
      exponents_[i] = (std::clamp<std::int64_t>)(top, -1020, 1020);
    }
    if (common) exponents_.setConstant(exponents_.maxCoeff());
    for (Index i = 0; i < d; ++i) scale_[i] = shifted(1.0, -exponents_[i]);
    if (w_ != nullptr) {
      unit_ = w_->maxCoeff();
      total_ = (*w_ / unit_).sum();
    } else {
      total_ = static_cast<double>(x.cols());
    }
  }

  [[nodiscard]] Index dimension() const noexcept { return x_.rows(); }
  [[nodiscard]] Index count() const noexcept { return x_.cols(); }
  [[nodiscard]] bool weighted() const noexcept { return w_ != nullptr; }
  [[nodiscard]] const samples<T, D>& data() const noexcept { return x_; }

  /// The sum of the weights, the largest being 1.
  [[nodiscard]] double total() const noexcept { return total_; }
  [[nodiscard]] double weight(Index i) const { return w_ == nullptr ? 1 : (*w_)[i] / unit_; }

  /// log |dy/dx|: what the log density of x exceeds that of y by.
  [[nodiscard]] double log_jacobian() const {
    constexpr double log_two = 0.693147180559945309417232121458176568;
    return -log_two * static_cast<double>(exponents_.sum());
  }

  [[nodiscard]] const Eigen::VectorXd& scale() const noexcept { return scale_; }

  /// Writes observations from `first` on to y, coordinate by coordinate, `stride` each, and their weights to w; where the
  /// data end, the last observation fills the rest with weight 0. Returns whether all weights are 1.
  bool load(Index first, double* y, double* w, Index stride) const {
    const Index d = dimension(), size = (std::min)(stride, count() - first);
    const T* const from = x_.data() + first * d;
    Index done = 0;  // where packets can: most of a block on a line or in a plane
    if constexpr (std::is_same_v<T, double> && (D == 1 || D == 2))
      lanes::at_used_level([&]<class L>(L) __attribute__((always_inline)) {
        done = load_packets<L, D>(from, scale_.data(), y, size, stride);
      });
    for (Index i = 0; i < d; ++i) {
      const double s = scale_[i];
      for (Index t = done; t < size; ++t) y[i * stride + t] = static_cast<double>(from[t * d + i]) * s;
    }
    if (w_ != nullptr)
      for (Index t = 0; t < size; ++t) w[t] = (*w_)[first + t] / unit_;
    else
      lanes::at_used_level([&]<class L>(L) __attribute__((always_inline)) {
        for (Index t = 0; t < stride; t += L::width) lanes::store(w + t, lanes::all<L>(1));
      });
    if (size == stride) return w_ == nullptr;
    for (Index i = 0; i < d; ++i) std::fill(y + i * stride + size, y + (i + 1) * stride, y[i * stride + size - 1]);
    std::fill(w + size, w + stride, 0.0);
    return false;
  }

  /// A mean and a factor in the units of y, of those of x.
  void enter(const point<T, D>& mean, const scaled_factor<T, D>& factor, Eigen::VectorXd& m, Eigen::MatrixXd& lower) const {
    const Index d = dimension();
    for (Index i = 0; i < d; ++i) {
      m[i] = static_cast<double>(mean[i]) * scale_[i];
      for (Index j = 0; j < d; ++j)
        lower(i, j) =
            j <= i ? shifted(static_cast<double>(factor.matrix()(i, j)), factor.exponents()[j] - exponents_[i]) : 0;
    }
  }

  /// The Gaussian in the units of x that has this mean and factor in those of y.
  [[nodiscard]] gaussian<T, D> leave(const Eigen::VectorXd& m, const Eigen::MatrixXd& lower) const {
    const Index d = dimension();
    const std::int64_t top = exponents_.maxCoeff();
    point<T, D> mean(d);
    square<T, D> f = square<T, D>::Zero(d, d);
    for (Index i = 0; i < d; ++i) {
      mean[i] = static_cast<T>(shifted(m[i], exponents_[i]));
      for (Index j = 0; j <= i; ++j) f(i, j) = static_cast<T>(shifted(lower(i, j), exponents_[i] - top));
    }
    return gaussian<T, D>::from_factor(mean, scaled_factor<T, D>::from_lower(f).shifted(top));
  }

 private:
  const samples<T, D>& x_;
  const weights<double>* w_;
  Eigen::Matrix<std::int64_t, Eigen::Dynamic, 1> exponents_;
  Eigen::VectorXd scale_;
  double unit_ = 1;
  double total_ = 0;
};

}  // namespace simulacra::detail::em
