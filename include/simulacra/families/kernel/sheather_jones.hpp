#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/kernel/bandwidth_matrix.hpp>
#include <simulacra/families/kernel/detail/line_search.hpp>
#include <simulacra/families/kernel/detail/plane_search.hpp>
#include <simulacra/families/kernel/selectors.hpp>
#include <simulacra/families/kernel/smoothing.hpp>

namespace simulacra {

/// The improved Sheather-Jones selector in one and two dimensions: the fixed point of a plug-in rule that assumes no normal reference,
/// so that modes far apart are not smeared together. In two dimensions it gives a bandwidth for each coordinate. For another kernel than
/// the Gaussian, times the canonical ratio.
///
/// The roughness that it needs is taken from the data exactly, and not from a histogram as in the original program: results are those
/// of that program with an infinitely fine grid, and n is the effective sample size. Parts of the data that are too far apart to meet
/// have series of their own, so outliers may be at any distance. Of several fixed points the least is taken, on a line; in the plane,
/// the first that is met from above. O(n K), K of some hundreds (O(n K^2) in two dimensions); heavy tails ask for more.
///
/// Where there is no fixed point the result is Silverman's rule for each coordinate (divisor n), with the outcome `not_converged`.
/// Source: Botev, Grotowski and Kroese (2010), "Kernel density estimation via diffusion", Annals of Statistics 38.
class improved_sheather_jones {
 public:
  /// @throw std::invalid_argument if the data have more than two dimensions, or as any selector
  template <class T, int D, smoothing::kernel Kernel>
  [[nodiscard]] selected_bandwidth<D> operator()(const samples<T, D>& x, const weights<double>& w, Kernel kernel) const {
    detail::require_selectable(x, w, "improved_sheather_jones");
    const Index d = x.rows();
    argument::require(d <= 2, "improved_sheather_jones", "x.rows()", d, "be 1 or 2: the rule exists for no other dimension");
    if (w.size() > 0 && (w.array() == 0).any()) return (*this)(detail::with_weight(x, w), detail::with_weight(w), kernel);
    selected_bandwidth<D> fallback = silverman(divisor::n, bandwidth_shape::diagonal)(x, w, kernel);
    if (!fallback.result.ok()) return fallback;
    const Eigen::ArrayXd share = detail::shares_of(x.cols(), w).array();
    const double n = effective_sample_size(x.cols(), w);
    point<double, D> h(d);
    const bool found = d == 1 ? on_a_line(x, share, n, h[0]) : in_the_plane(x, share, n, h[0], h[d - 1]);
    if (!found || !(h.array() > 0).all() || !h.allFinite()) {
      fallback.result = {.what = status::not_converged,
                         .reason = "the plug-in rule has no fixed point: Silverman's rule was taken in its place"};
      return fallback;
    }
    return {bandwidth_matrix<D>::diagonal(h * canonical_ratio<Kernel>(d))};
  }

 private:
  template <class T, int D>
  static bool on_a_line(const samples<T, D>& x, const Eigen::ArrayXd& w, double n, double& h) {
    double unit = 0, t = 0;
    const Eigen::ArrayXd row = x.row(0).transpose().template cast<double>().array();
    if (!detail::fixed_point_on_a_line(detail::in_order(row, w, n, unit), t)) return false;
    h = std::sqrt(t) * unit;
    return true;
  }

  /// In units in which each coordinate has a range of 1/2, from the medians.
  template <class T, int D>
  static bool in_the_plane(const samples<T, D>& x, const Eigen::ArrayXd& w, double n, double& h0, double& h1) {
    Eigen::ArrayXXd z(x.cols(), 2);
    double range[2];
    for (Index k = 0; k < 2; ++k) {
      const Eigen::ArrayXd row = x.row(x.rows() == 1 ? 0 : k).transpose().template cast<double>().array();
      std::vector<double> sorted(row.data(), row.data() + row.size());
      std::nth_element(sorted.begin(), sorted.begin() + row.size() / 2, sorted.end());
      const double middle = sorted[static_cast<std::size_t>(row.size() / 2)], half = row.maxCoeff() / 2 - row.minCoeff() / 2;
      range[k] = 4 * half;
      z.col(k) = (row / 4 - middle / 4) / half;
    }
    std::pair<double, double> both;
    if (!detail::fixed_point_in_the_plane(z, w, n, both)) return false;
    h0 = both.first * range[0];
    h1 = both.second * range[1];
    return true;
  }
};

}  // namespace simulacra
