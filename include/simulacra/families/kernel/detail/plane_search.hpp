#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/families/kernel/detail/cosine_series.hpp>
#include <simulacra/families/kernel/detail/line_search.hpp>

/// The search for the fixed point of the plug-in rule in the plane. As on a line, parts of the data that do not meet within the
/// times that are looked at have series of their own.
namespace simulacra::detail {

/// A part of the data in the plane.
struct plane_part {
  double alone = 0;           ///< the squared weight, where it is points in one place
  double length[2] = {0, 0};  ///< of the box that the series lives on
  Eigen::MatrixXd a2;         ///< squared coefficients
};

/// The plug-in rule in the plane, where steps run over pairs of derivatives. Source: as for `plug_in_ratio`.
class planar_plug_in {
 public:
  planar_plug_in(std::vector<plane_part> parts, double n) : parts_(std::move(parts)), n_(n) {}

  /// What the rule makes of a time, over the time.  @param reached  the greatest time that was asked for
  double ratio(double t, double& reached) {
    t_ = t;
    reached_ = 1;
    const double sum = roughness(0, 2) + roughness(2, 0) + 2 * roughness(1, 1);
    reached = (std::max)(reached, reached_ * t);
    return std::pow(2 * cosine_pi * sum, -1.0 / 3);
  }

  /// Bandwidths of both coordinates at the fixed point t.
  std::pair<double, double> both(double t) {
    t_ = t;
    const double yy = roughness(0, 2), xx = roughness(2, 0), xy = roughness(1, 1),
                 common = 4 * cosine_pi * (xy + std::sqrt(xx * yy)), ratio = std::pow(yy / xx, 0.75), root = std::sqrt(t);
    return {root * std::sqrt(std::cbrt(ratio / common)), root * std::sqrt(std::cbrt(1 / ratio / common))};
  }

 private:
  /// n t^(i + j + 1) times an estimate of the integral of the product of derivatives, of orders adding to 2 (i + j), by plug-in from
  /// two orders more.
  double roughness(int i, int j) {
    if (i + j > 4) return at(i, j, 1);
    const double more = roughness(i + 1, j) + roughness(i, j + 1);
    const double factor = (1 + std::pow(0.5, i + j + 1)) / 3 * odd_factorial(i) * odd_factorial(j) / (2 * cosine_pi);
    return at(i, j, std::pow(2 * factor / more, 1.0 / (2 + i + j)));
  }

  /// The same, exactly, of the law smoothed for a time, in units of t.
  double at(int i, int j, double time) {
    reached_ = (std::max)(reached_, time);
    const double root = std::sqrt(t_ * time), scale = std::pow(time, -(i + j + 1));
    double sum = 0;
    for (const plane_part& part : parts_) {
      if (part.a2.size() == 0) {
        sum += part.alone * odd_factorial(i) * odd_factorial(j) / std::ldexp(cosine_pi, i + j + 2);
        continue;
      }
      const Eigen::VectorXd x = damped(part.a2.rows(), root / part.length[0], i),
                            y = damped(part.a2.cols(), root / part.length[1], j);
      double inner = 0;
      for (Index l = 0; l < y.size(); ++l) inner += y[l] * x.dot(part.a2.col(l).head(x.size()));
      sum += inner * (root / part.length[0]) * (root / part.length[1]);
    }
    return n_ * scale * sum;
  }

  /// (2 - [k = 0]) q^order e^-q with q = (k pi unit)^2, while it is more than nothing.
  static Eigen::VectorXd damped(Index all, double unit, int order) {
    const double last = std::sqrt(200.0) / (cosine_pi * unit);
    const Index count = last < static_cast<double>(all - 1) ? static_cast<Index>(last) + 2 : all;
    Eigen::VectorXd v(count);
    for (Index k = 0; k < count; ++k) {
      const double frequency = cosine_pi * static_cast<double>(k) * unit, square = frequency * frequency;
      v[k] = std::exp(-square) * (k == 0 ? 1 : 2);
      for (int power = 0; power < order; ++power) v[k] *= square;
    }
    return v;
  }

  std::vector<plane_part> parts_;
  double n_, t_ = 1, reached_ = 1;
};

/// Deals points in the plane into parts: again and again at the gaps of one coordinate, then of the other.
class plane_splitter {
 public:
  /// @param root  of the least time that is asked for   @param gap  between points that do not meet
  plane_splitter(const Eigen::ArrayXXd& z, const Eigen::ArrayXd& w, double root, double gap)
      : z_(z), w_(w), root_(root), gap_(gap), whole_(true), order_(static_cast<std::size_t>(z.rows())) {
    for (std::size_t i = 0; i < order_.size(); ++i) order_[i] = static_cast<Index>(i);
    divide(0, order_.size(), 0, 0);
    if (in_one_place_ > 0) {
      parts_.emplace_back();
      parts_.back().alone = in_one_place_;
    }
  }

  [[nodiscard]] bool too_much() const noexcept { return cost_ > 6e9; }  ///< multiplications, or as many bytes
  [[nodiscard]] bool series() const noexcept {
    return parts_.size() > (in_one_place_ > 0 ? 1 : 0);
  }  ///< whether points meet at all
  [[nodiscard]] std::vector<plane_part>& parts() noexcept { return parts_; }

 private:
  void divide(std::size_t first, std::size_t last, Index axis, int unsplit) {
    if (unsplit == 2 || last - first == 1) return add(first, last);
    std::sort(order_.begin() + static_cast<std::ptrdiff_t>(first), order_.begin() + static_cast<std::ptrdiff_t>(last),
              [this, axis](Index a, Index b) { return z_(a, axis) < z_(b, axis); });
    std::vector<std::size_t> ends;
    for (std::size_t i = first + 1; i < last; ++i)
      if (z_(order_[i], axis) - z_(order_[i - 1], axis) > gap_) ends.push_back(i);
    whole_ = whole_ && ends.empty();
    if (ends.empty()) return divide(first, last, 1 - axis, unsplit + 1);
    ends.push_back(last);
    for (const std::size_t end : ends) {
      divide(first, end, 1 - axis, 0);
      first = end;
    }
  }

  void add(std::size_t first, std::size_t last) {
    if (too_much()) return;
    const Index size = static_cast<Index>(last - first);
    Eigen::ArrayXd axis[2], w(size);
    double extent[2];
    for (Index k = 0; k < 2; ++k) {
      axis[k].resize(size);
      for (Index i = 0; i < size; ++i) axis[k][i] = z_(order_[first + static_cast<std::size_t>(i)], k);
      extent[k] = axis[k].maxCoeff() - axis[k].minCoeff();
    }
    for (Index i = 0; i < size; ++i) w[i] = w_[order_[first + static_cast<std::size_t>(i)]];
    if (extent[0] == 0 && extent[1] == 0) {
      in_one_place_ += w.sum() * w.sum();
      return;
    }
    plane_part part;
    Index count[2];
    for (Index k = 0; k < 2; ++k) {
      part.length[k] = whole_ ? 2 * extent[k] : extent[k] + gap_;  // from its own mirror image
      const double wanted = std::ceil(part.length[k] / cosine_pi * std::sqrt(60.0) / root_);
      count[k] = static_cast<Index>((std::min)((std::max)(wanted, 8.0), 0x1p20));
      const double middle = axis[k].minCoeff() + 0.5 * extent[k];
      axis[k] = 0.5 + (axis[k] - middle) / part.length[k];
    }
    cost_ += (static_cast<double>(size) + 256) * static_cast<double>(count[0]) * static_cast<double>(count[1]);
    if (too_much()) return;
    part.a2 = squared_cosine_coefficients(axis[0], axis[1], w, count[0], count[1]);
    parts_.push_back(std::move(part));
  }

  const Eigen::ArrayXXd& z_;
  const Eigen::ArrayXd& w_;
  double root_, gap_;
  bool whole_;  ///< whether all is one part
  double cost_ = 0, in_one_place_ = 0;
  std::vector<Index> order_;
  std::vector<plane_part> parts_;
};

/// The fixed point of points in the plane, each coordinate of range 1/2 about its median; bandwidths in those units.
inline bool fixed_point_in_the_plane(Eigen::ArrayXXd z, const Eigen::ArrayXd& w, double n, std::pair<double, double>& h) {
  // Brought between what is large and what is small in them, so that no square of either leaves the range.
  Eigen::ArrayXd far = z.abs().rowwise().maxCoeff();
  std::nth_element(far.data(), far.data() + far.size() / 2, far.data() + far.size());
  int exponent = 0;
  std::frexp(far[far.size() / 2], &exponent);
  const double scale = std::ldexp(1.0, (std::min)(-exponent / 2, 500));
  z *= scale;
  double root = 0.03866 * scale, gap = scale, before = 0;  // a root for 64 coefficients
  while (root > 1e-150) {
    plane_splitter split(z, w, root, gap);
    if (split.too_much()) return false;
    const bool meet = split.series();
    planar_plug_in rule(std::move(split.parts()), n);
    double reached = 0, low = root * root;
    const auto ratio = [&rule, &reached](double t) { return rule.ratio(t, reached); };
    double at_low = ratio(low);
    if (!(at_low > 1)) {
      if (!meet) return false;  // nothing changes any more, however small the time
      const double step = std::abs(at_low - before) < 1e-7 * before ? 64 : 2;  // what looks like points will do so for long
      root /= step;
      gap = (std::min)(gap, 13 * std::sqrt(reached) * (2 / step));
      before = at_low;
      continue;
    }
    while (low <= 0.05 * scale * scale) {
      const double high = low * 1.41421356237309504880, at_high = ratio(high);
      if (!(at_high > 1)) {
        h = rule.both(crossing(ratio, low, high, at_low, at_high));
        h.first /= scale;
        h.second /= scale;
        return true;
      }
      low = high;
      at_low = at_high;
    }
    return false;
  }
  return false;
}

}  // namespace simulacra::detail
