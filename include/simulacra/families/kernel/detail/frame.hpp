#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/families/kernel/bandwidth_matrix.hpp>
#include <simulacra/numerics/aligned_doubles.hpp>
#include <simulacra/numerics/simd_level.hpp>

namespace simulacra::detail {

/// Points coordinate by coordinate: number i of coordinate k is `at[k * stride + i]`, the stride being whole tiles of every level.
struct coordinates_apart {
  packets::aligned_doubles at;
  Index dimension = 0, count = 0, stride = 0;

  /// Makes room, and zeros what stands behind the last point.
  void resize(Index d, Index n) {
    dimension = d;
    count = n;
    constexpr Index tile = packets::whole_tile;
    stride = (n + tile - 1) / tile * tile;
    at.assign(static_cast<std::size_t>(d * stride), 0.0);
  }
  [[nodiscard]] const double* row(Index k) const noexcept { return at.data() + k * stride; }
  [[nodiscard]] double* row(Index k) noexcept { return at.data() + k * stride; }
};

/// Coordinates in which squared distances are near 1 where a kernel varies: \f$ |F^{-1}(x - y)|^2 = \sum_k c_k (z_k - z'_k)^2 \f$.
///
/// A diagonal bandwidth scales each coordinate by a power of two, which is exact, and leaves the rest to c: differences of points
/// are then as good as in the units of the data, however far these are from the origin. A full one needs z = F^-1 (x - origin),
/// whose rounding grows with the distance from the origin in units of the bandwidth. Coordinates are clamped at 2^1000 so that
/// no difference of two is NaN.
template <int D>
class bandwidth_frame {
 public:
  /// @param h  not singular   @param points  d x n, n >= 1: those near which the frame is to be good
  template <class T>
  bandwidth_frame(const bandwidth_matrix<D>& h, const samples<T, D>& points) : full_(h.shape() == bandwidth_shape::full) {
    const Index d = h.dimension();
    c_.assign(static_cast<std::size_t>(d), 1.0);
    equal_ = h.shape() != bandwidth_shape::diagonal;
    if (full_) {
      lower_ = h.lower();
      // No mean: a sum may leave the range.
      origin_ = (points.rowwise().minCoeff().template cast<double>() / 2 +
                 points.rowwise().maxCoeff().template cast<double>() / 2);
      return;
    }
    scale_.assign(static_cast<std::size_t>(d), 1.0);
    int least = (std::numeric_limits<int>::max)();
    for (Index k = 0; k < d; ++k) {
      const double farthest = static_cast<double>(points.row(k).cwiseAbs().maxCoeff());
      int exponent = -std::ilogb(h.diagonal()[k]);
      if (farthest > 0) exponent = (std::min)(exponent, 999 - std::ilogb(farthest));
      exponent = std::clamp(exponent, -1000, 1000);
      least = (std::min)(least, exponent);
      set(k, exponent, h.diagonal()[k]);
    }
    if (equal_)
      for (Index k = 0; k < d; ++k) set(k, least, h.diagonal()[k]);
  }

  [[nodiscard]] bool equal() const noexcept { return equal_; }  ///< whether all c are one
  [[nodiscard]] const std::vector<double>& coefficients() const noexcept { return c_; }

  /// Brings points into the frame.
  template <class Derived>
  void place(const Eigen::MatrixBase<Derived>& x, coordinates_apart& out) const {
    const Index d = x.rows(), n = x.cols();
    out.resize(d, n);
    if (!full_) {
      for (Index i = 0; i < n; ++i)
        for (Index k = 0; k < d; ++k)
          out.row(k)[i] = clamped(static_cast<double>(x.derived().coeff(k, i)) * scale_[static_cast<std::size_t>(k)]);
      return;
    }
    for (Index i = 0; i < n; ++i)
      for (Index k = 0; k < d; ++k) {
        double rest = static_cast<double>(x.derived().coeff(k, i)) - origin_[k];
        for (Index l = 0; l < k; ++l) rest -= lower_(k, l) * out.row(l)[i];
        out.row(k)[i] = clamped(rest / lower_(k, k));
      }
  }

 private:
  static double clamped(double z) {
    constexpr double most = 0x1p1000;
    return z < most ? (z > -most ? z : -most) : most;  // NaN, a difference of infinities, is far off too
  }

  void set(Index k, int exponent, double h) {
    const double left = std::ldexp(h, exponent);
    scale_[static_cast<std::size_t>(k)] = std::ldexp(1.0, exponent);
    c_[static_cast<std::size_t>(k)] = (std::min)(1 / left / left, 1e300);
  }

  bool full_, equal_ = true;
  std::vector<double> c_, scale_;
  square<double, D> lower_;
  point<double, D> origin_;
};

}  // namespace simulacra::detail
