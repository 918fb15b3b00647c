#pragma once

#include <algorithm>
#include <cmath>
#include <utility>

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

/// Squared coefficients (k, l), k and l from 0 to K - 1, of points in the plane. O(n K^2).
inline Eigen::MatrixXd squared_cosine_coefficients(const Eigen::ArrayXd& x, const Eigen::ArrayXd& y, const Eigen::ArrayXd& w,
                                                   Index count) {
  constexpr Index block = 256;
  Eigen::MatrixXd sums = Eigen::MatrixXd::Zero(count, count), across(block, count), along(block, count);
  const auto fill = [count](const Eigen::ArrayXd& t, Eigen::MatrixXd& out) {
    const Index size = t.size();
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
    for (Index k = 0; k < count; ++k) across.col(k).head(size).array() *= w.segment(first, size);
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

/// The map whose fixed point is the squared bandwidth on the unit interval: plug-in steps, each from the roughness of a derivative.
/// Source: Botev, Grotowski and Kroese (2010), "Kernel density estimation via diffusion", Annals of Statistics 38, section 4.
class plug_in {
 public:
  /// @param a2  squared coefficients 1, ..., K   @param n  effective sample size
  plug_in(const Eigen::VectorXd& a2, double n) : n_(n), squares_(a2.size()), powers_(a2.size(), 6) {
    for (Index k = 0; k < a2.size(); ++k) squares_[k] = cosine_pi * cosine_pi * static_cast<double>((k + 1) * (k + 1));
    powers_.col(0) = 2 * a2.array() * squares_.square();  // of s = 2, and so on to 7
    for (Index s = 1; s < 6; ++s) powers_.col(s) = powers_.col(s - 1) * squares_;
  }

  [[nodiscard]] double operator()(double t) const {
    double f = roughness(7, t);
    for (int s = 6; s >= 2; --s) {
      const double factor = (1 + std::pow(0.5, s + 0.5)) / 3 * odd_factorial(s) / std::sqrt(2 * cosine_pi);
      f = roughness(s, std::pow(2 * factor / (n_ * f), 2.0 / (3 + 2 * s)));
    }
    return std::pow(2 * n_ * std::sqrt(cosine_pi) * f, -0.4);
  }

 private:
  /// The integral of the square of derivative s, the law being smoothed for a time.
  [[nodiscard]] double roughness(Index s, double time) const {
    const double last = std::sqrt(200 / time) / cosine_pi;  // what comes later is nothing
    const Index count = last < static_cast<double>(squares_.size()) ? static_cast<Index>(last) + 1 : squares_.size();
    return (powers_.col(s - 2).head(count) * (-time * squares_.head(count)).exp()).sum();
  }

  double n_;
  Eigen::ArrayXd squares_;
  Eigen::ArrayXXd powers_;
};

/// The same in the plane, where steps run over pairs of derivatives.
class planar_plug_in {
 public:
  planar_plug_in(const Eigen::MatrixXd& a2, double n) : a2_(a2), n_(n) {}

  [[nodiscard]] double operator()(double t) const {
    return std::pow(2 * cosine_pi * n_ * (roughness(0, 2, t) + roughness(2, 0, t) + 2 * roughness(1, 1, t)), -1.0 / 3);
  }

  /// Squared bandwidths of both coordinates at the fixed point t.
  [[nodiscard]] std::pair<double, double> both(double t) const {
    const double yy = roughness(0, 2, t), xx = roughness(2, 0, t), xy = roughness(1, 1, t),
                 common = 4 * cosine_pi * n_ * (xy + std::sqrt(xx * yy));
    const double ratio = std::pow(yy / xx, 0.75);
    return {std::cbrt(ratio / common), std::cbrt(1 / ratio / common)};
  }

 private:
  /// An estimate of the integral of the product of derivatives, of orders adding to 2 (i + j), by plug-in from two orders more.
  [[nodiscard]] double roughness(int i, int j, double t) const {
    if (i + j > 4) return at(i, j, t);
    const double more = roughness(i + 1, j, t) + roughness(i, j + 1, t);
    const double factor = (1 + std::pow(0.5, i + j + 1)) / 3 * odd_factorial(i) * odd_factorial(j) / (2 * cosine_pi);
    return at(i, j, std::pow(2 * factor / (n_ * more), 1.0 / (2 + i + j)));
  }

  [[nodiscard]] double at(int i, int j, double time) const {
    const double last = std::sqrt(200 / time) / cosine_pi;
    const Index count = last < static_cast<double>(a2_.rows() - 1) ? static_cast<Index>(last) + 2 : a2_.rows();
    Eigen::VectorXd x(count), y(count);
    for (Index k = 0; k < count; ++k) {
      const double frequency = cosine_pi * static_cast<double>(k), square = frequency * frequency;
      const double damped = std::exp(-square * time) * (k == 0 ? 1 : 2);
      x[k] = damped * std::pow(square, i);
      y[k] = damped * std::pow(square, j);
    }
    double sum = 0;
    for (Index l = 0; l < count; ++l) sum += y[l] * x.dot(a2_.col(l).head(count));
    return sum;
  }

  const Eigen::MatrixXd& a2_;
  double n_;
};

}  // namespace simulacra::detail
