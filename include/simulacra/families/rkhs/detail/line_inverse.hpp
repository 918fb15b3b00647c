#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include <simulacra/core/types.hpp>
#include <simulacra/numerics/gauss_legendre.hpp>

/// Inversion of distribution functions on the line, for densities that are smooth on a known scale.
namespace simulacra::detail {

/// A density on an interval as a polynomial of degree 9 on each of equal cells, by Gauss-Legendre projection, and the
/// inverse of its distribution function. For what is as smooth as a Gaussian of deviation s, cells of width s / 2 are exact
/// to 1e-12 of the density's maximum.
class line_inverse {
 public:
  static constexpr std::size_t order = 10;

  /// @param density  called at 10 points a cell
  template <class Density>
  line_inverse(double lower, double upper, Index cells, Density&& density)
      : lower_(lower), width_((upper - lower) / static_cast<double>(cells)) {
    using rule = gauss_legendre<order>;
    const rule& r = rule::rule();
    const matrix& powers = powers_of_legendre();
    double sum = 0;
    for (Index cell = 0; cell < cells; ++cell) {
      std::array<double, order> legendre{}, c{};
      const double left = lower + static_cast<double>(cell) * width_;
      for (std::size_t i = 0; i < order; ++i) {
        const double value = density(left + width_ * r.nodes[i]) * r.weights[i], t = 2 * r.nodes[i] - 1;
        double before = 0, here = 1;  // P_k(t), up by the three-term recurrence
        for (std::size_t k = 0; k < order; ++k) {
          const double degree = static_cast<double>(k);
          legendre[k] += (2 * degree + 1) * value * here;
          const double next = ((2 * degree + 1) * t * here - degree * before) / (degree + 1);
          before = here;
          here = next;
        }
      }
      for (std::size_t k = 0; k < order; ++k)
        for (std::size_t p = 0; p <= k; ++p) c[p] += legendre[k] * powers[k][p];
      coefficients_.push_back(c);
      sum += (std::max)(0.0, legendre[0]) * width_;
      cumulative_.push_back(sum);
    }
  }

  /// The integral of the density.
  [[nodiscard]] double mass() const noexcept { return cumulative_.back(); }

  /// The x below which a share u of the mass lies, by Newton's method inside a bracket.
  [[nodiscard]] double operator()(double u) const {
    const double target = u * mass();
    const auto cell = static_cast<std::size_t>(
        (std::min)(std::upper_bound(cumulative_.begin(), cumulative_.end(), target), cumulative_.end() - 1) -
        cumulative_.begin());
    const double before = cell == 0 ? 0 : cumulative_[cell - 1], rest = (target - before) / width_;
    const std::array<double, order>& c = coefficients_[cell];
    double start = 0, low = -1, high = 1, t = 0;  // of the cell's density up to t, over its half width
    for (std::size_t k = order; k-- > 0;) start = c[k] / static_cast<double>(k + 1) - start;
    for (int step = 0; step < 60; ++step) {
      double density = 0, integral = 0;
      for (std::size_t k = order; k-- > 0;) {
        density = density * t + c[k];
        integral = integral * t + c[k] * reciprocal[k];
      }
      const double excess = 0.5 * (integral * t + start) - rest;
      (excess > 0 ? high : low) = t;
      double to = density > 0 ? t - 2 * excess / density : 0.5 * (low + high);
      if (!(to > low && to < high)) to = 0.5 * (low + high);
      const double change = std::abs(to - t);
      t = to;
      if (change < 1e-11) break;
    }
    return lower_ + width_ * (static_cast<double>(cell) + 0.5 * (1 + t));
  }

 private:
  using matrix = std::array<std::array<double, order>, order>;
  static constexpr std::array<double, order> reciprocal = [] {
    std::array<double, order> all{};
    for (std::size_t k = 0; k < order; ++k) all[k] = 1 / static_cast<double>(k + 1);
    return all;
  }();

  /// Row k: the coefficients of Legendre's P_k in powers of t.
  static const matrix& powers_of_legendre() {
    static const matrix made = [] {
      matrix p{};
      p[0][0] = p[1][1] = 1;
      for (std::size_t k = 1; k + 1 < order; ++k) {
        const double degree = static_cast<double>(k);
        for (std::size_t i = 0; i < order; ++i)
          p[k + 1][i] = ((2 * degree + 1) * (i > 0 ? p[k][i - 1] : 0) - degree * p[k - 1][i]) / (degree + 1);
      }
      return p;
    }();
    return made;
  }

  double lower_, width_;
  std::vector<std::array<double, order>> coefficients_;  ///< of powers of t in [-1, 1]
  std::vector<double> cumulative_;
};

/// A signed sum of Gaussians of one deviation s on the line that is nowhere negative, \f$ \sum_i c_i N(\cdot; m_i, s^2) \f$.
struct signed_line {
  const Eigen::VectorXd& coefficients;
  const Eigen::VectorXd& means;
  double deviation;

  /// The x below which a share u of the mass lies: Newton's method on the distribution function, inside a bracket.
  [[nodiscard]] double inverse(double u) const {
    constexpr double root_two = 1.4142135623730950488, root_two_pi = 2.506628274631000502;
    double low = means.minCoeff() - 9 * deviation, high = means.maxCoeff() + 9 * deviation;
    const double total = coefficients.sum();
    double x = means.dot(coefficients) / total;
    if (!(x > low && x < high)) x = 0.5 * (low + high);
    for (int step = 0; step < 100; ++step) {
      double below = 0, density = 0;
      for (Index i = 0; i < means.size(); ++i) {
        const double z = (x - means[i]) / deviation;
        if (z > 9) {
          below += coefficients[i];
        } else if (z > -9) {
          below += coefficients[i] * 0.5 * std::erfc(-z / root_two);
          density += coefficients[i] * std::exp(-0.5 * z * z);
        }
      }
      const double excess = below - u * total;
      (excess > 0 ? high : low) = x;
      double to = density > 0 ? x - excess * deviation * root_two_pi / density : 0.5 * (low + high);
      if (!(to > low && to < high)) to = 0.5 * (low + high);
      const double change = std::abs(to - x);
      x = to;
      if (change < 1e-12 * deviation) break;
    }
    return x;
  }
};

}  // namespace simulacra::detail
