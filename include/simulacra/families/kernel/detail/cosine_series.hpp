#pragma once

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>

/// Coefficients of the cosine series of an empirical law on [0, 1], and what the plug-in rule of Botev, Grotowski and Kroese makes of
/// them. The coefficients are those of the data themselves, \f$ \sum_i w_i \cos(k \pi x_i) \f$, by the three-term recurrence of cosines:
/// no grid, no binning, and no Fourier transform. The recurrence is stable since the data are kept in the middle half, where
/// |cos(pi x)| <= 0.71; and so few coefficients are needed that n times their number is less than one kernel sum.
namespace simulacra::detail {

inline constexpr double cosine_pi = 3.141592653589793238462643383280;

/// Squared coefficients 1, ..., K. @param x  n numbers in [1/4, 3/4]   @param w  weights of sum 1.  O(n K).
inline Eigen::VectorXd squared_cosine_coefficients(const Eigen::ArrayXd& x, const Eigen::ArrayXd& w, Index count) {
  constexpr Index block = 512;
  Eigen::VectorXd sums = Eigen::VectorXd::Zero(count);
  Eigen::ArrayXd before, here, next, twice;
  for (Index first = 0; first < x.size(); first += block) {
    const Index size = (std::min)(block, x.size() - first);
    here = (cosine_pi * x.segment(first, size)).cos();
    twice = 2 * here;
    before = Eigen::ArrayXd::Ones(size);
    for (Index k = 0; k < count; ++k) {
      sums[k] += (here * w.segment(first, size)).sum();
      next = twice * here - before;
      before.swap(here);
      here.swap(next);
    }
  }
  return sums.cwiseAbs2();
}

/// Squared coefficients (k, l), k and l from 0 to one less than the counts, of points in the plane. O(n K_x K_y).
inline Eigen::MatrixXd squared_cosine_coefficients(const Eigen::ArrayXd& x, const Eigen::ArrayXd& y, const Eigen::ArrayXd& w,
                                                   Index across_count, Index along_count) {
  constexpr Index block = 256;
  Eigen::MatrixXd sums = Eigen::MatrixXd::Zero(across_count, along_count), across(block, across_count),
                  along(block, along_count);
  const auto fill = [](const Eigen::ArrayXd& t, Eigen::MatrixXd& out) {
    const Index size = t.size(), count = out.cols();
    out.col(0).head(size).setOnes();
    if (count > 1) out.col(1).head(size) = (cosine_pi * t).cos();
    for (Index k = 2; k < count; ++k)
      out.col(k).head(size) = 2 * out.col(1).head(size).cwiseProduct(out.col(k - 1).head(size)) - out.col(k - 2).head(size);
  };
  for (Index first = 0; first < x.size(); first += block) {
    const Index size = (std::min)(block, x.size() - first);
    across.setZero();
    along.setZero();
    fill(x.segment(first, size), across);
    fill(y.segment(first, size), along);
    for (Index k = 0; k < across_count; ++k) across.col(k).head(size).array() *= w.segment(first, size);
    sums.noalias() += across.transpose() * along;
  }
  return sums.cwiseAbs2();
}

/// 1 * 3 * ... * (2 s - 1)
inline double odd_factorial(int s) {
  double product = 1;
  for (int k = 3; k <= 2 * s - 1; k += 2) product *= k;
  return product;
}

/// A part of the data that is too far from the others to meet them: one point, or the cosine series of several on an interval of its
/// own, as long as twice their range or more.
struct line_part {
  double alone = 0;           ///< the squared weight, where it is one point (or several in one place)
  double length = 0;          ///< of the interval
  Eigen::ArrayXd a2, square;  ///< squared coefficients, and squared frequencies
};

/// The roughness of a law on a line that was smoothed for a time, from the series of its parts.
class series_roughness {
 public:
  /// @param n  effective sample size
  series_roughness(std::vector<line_part> parts, double n) : n_(n), parts_(std::move(parts)) {}

  /// n time^(s + 1/2) times the integral of the square of derivative s.
  [[nodiscard]] double operator()(int s, double time) const {
    double sum = 0;
    for (const line_part& part : parts_) {
      if (part.a2.size() == 0) {
        sum += part.alone * odd_factorial(s) / std::ldexp(std::sqrt(cosine_pi), s + 1);
        continue;
      }
      const double last = std::sqrt(200 / time) * part.length / cosine_pi;  // what comes later is nothing
      const Index all = part.a2.size(), count = last < static_cast<double>(all) ? static_cast<Index>(last) + 1 : all;
      const Eigen::ArrayXd square = time * part.square.head(count);
      Eigen::ArrayXd term = part.a2.head(count) * (-square).exp();
      for (int k = 0; k < s; ++k) term *= square;
      sum += 2 * std::sqrt(time) / part.length * term.sum();
    }
    return n_ * sum;
  }

 private:
  double n_;
  std::vector<line_part> parts_;
};

/// What the plug-in steps make of a time, over the time: 1 at the fixed point, which is the squared bandwidth. Each step takes the
/// roughness of a derivative from that of the next. All in units of the time, so that nothing leaves its range.
/// Source: Botev, Grotowski and Kroese (2010), "Kernel density estimation via diffusion", Annals of Statistics 38, section 4.
/// @param roughness  (s, time) -> n time^(s + 1/2) integral f^(s)^2   @param widest  the greatest time that was asked for
template <class Roughness>
double plug_in_ratio(const Roughness& roughness, double t, double& widest) {
  double time = t, rough = roughness(7, t);
  widest = (std::max)(widest, t);
  for (int s = 6; s >= 2; --s) {
    const double factor = (1 + std::pow(0.5, s + 0.5)) / 3 * odd_factorial(s) / std::sqrt(2 * cosine_pi);
    time *= std::pow(2 * factor / rough, 2.0 / (3 + 2 * s));
    widest = (std::max)(widest, time);
    rough = roughness(s, time);
  }
  return time / t * std::pow(2 * std::sqrt(cosine_pi) * rough, -0.4);
}

}  // namespace simulacra::detail
