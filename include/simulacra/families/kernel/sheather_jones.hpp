#pragma once

#include <algorithm>
#include <cmath>
#include <utility>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/kernel/bandwidth_matrix.hpp>
#include <simulacra/families/kernel/detail/cosine_series.hpp>
#include <simulacra/families/kernel/selectors.hpp>
#include <simulacra/families/kernel/smoothing.hpp>

namespace simulacra {

namespace detail {

/// What became of a search for a fixed point: `below` means that one may lie before the place where the search began.
enum class fixed_point { found, below, none };

/// The least t >= start with step(t) = t: where step(t) - t turns negative on a grid of powers of sqrt 2, then by bisection of the
/// logarithm to 1e-12. A t of 0.1 is a bandwidth of a third of the interval, and the end of the search.
template <class Step>
fixed_point least_fixed_point(Step&& step, double start, double& t) {
  const auto above = [&step](double at) { return step(at) > at; };  // false for NaN
  double low = start, high = start;
  if (!above(low)) return fixed_point::below;
  while (above(high)) {
    low = high;
    high *= 1.41421356237309504880;
    if (high > 0.1) return fixed_point::none;
  }
  while (high > low * (1 + 1e-12)) {
    const double middle = std::sqrt(low * high);
    if (!(middle > low && middle < high)) break;
    (above(middle) ? low : high) = middle;
  }
  t = 0.5 * (low + high);
  return fixed_point::found;
}

}  // namespace detail

/// The improved Sheather-Jones selector in one and two dimensions: the fixed point of a plug-in rule that assumes no normal reference,
/// so that modes far apart are not smeared together. In two dimensions it gives a bandwidth for each coordinate. For another kernel than
/// the Gaussian, times the canonical ratio.
///
/// The cosine coefficients that it needs are taken from the data exactly, as many as its own result asks for, and not from a
/// histogram as in the original program: results are those of that program with an infinitely fine grid, and n is the
/// effective sample size. O(n K), K 256 to 2^14 (O(n K^2), K 64 to 512, in two dimensions).
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
    selected_bandwidth<D> fallback = silverman(divisor::n, bandwidth_shape::diagonal)(x, w, kernel);
    if (!fallback.result.ok()) return fallback;
    Eigen::ArrayXd share = Eigen::ArrayXd::Constant(x.cols(), 1 / static_cast<double>(x.cols()));
    if (w.size() > 0) share = w.array() / w.sum();
    const double n = effective_sample_size(x.cols(), w);

    point<double, D> h(d), range(d);
    Eigen::ArrayXd unit[2];
    for (Index k = 0; k < d; ++k) unit[k] = in_middle_half(x, k, range[k]);
    const bool found =
        d == 1 ? on_a_line(unit[0], share, n, h[0]) : in_the_plane(unit[0], unit[1], share, n, h[0], h[d - 1]);
    if (!found) {
      fallback.result = {.what = status::not_converged,
                         .reason = "the plug-in rule has no fixed point: Silverman's rule was taken in its place"};
      return fallback;
    }
    return {bandwidth_matrix<D>::diagonal(h.cwiseProduct(range) * canonical_ratio<Kernel>(d))};
  }

 private:
  /// A coordinate, with its extremes at 1/4 and 3/4; `range` is the length of what became 1.
  template <class T, int D>
  static Eigen::ArrayXd in_middle_half(const samples<T, D>& x, Index k, double& range) {
    const double least = static_cast<double>(x.row(k).minCoeff()),
                 half = static_cast<double>(x.row(k).maxCoeff()) / 2 - least / 2;
    range = 4 * half;
    Eigen::ArrayXd t(x.cols());
    for (Index i = 0; i < x.cols(); ++i) t[i] = 0.25 + (static_cast<double>(x(k, i)) / 4 - least / 4) / half;
    return t;
  }

  /// The least t at which the terms that K coefficients leave out are under a rounding of the sums.
  static double least_time(Index count) { return 60 / (9.8 * static_cast<double>(count) * static_cast<double>(count)); }

  static bool on_a_line(const Eigen::ArrayXd& x, const Eigen::ArrayXd& w, double n, double& h) {
    for (Index count = 256; count <= Index{1} << 14; count *= 4) {
      const detail::plug_in step(detail::squared_cosine_coefficients(x, w, count), n);
      double t = 0;
      const detail::fixed_point end = detail::least_fixed_point(step, least_time(count), t);
      if (end == detail::fixed_point::below) continue;
      h = std::sqrt(t);
      return end == detail::fixed_point::found;
    }
    return false;
  }

  static bool in_the_plane(const Eigen::ArrayXd& x, const Eigen::ArrayXd& y, const Eigen::ArrayXd& w, double n, double& h0,
                           double& h1) {
    for (Index count = 64; count <= 512; count *= 2) {
      const Eigen::MatrixXd a2 = detail::squared_cosine_coefficients(x, y, w, count);
      const detail::planar_plug_in step(a2, n);
      double t = 0;
      const detail::fixed_point end = detail::least_fixed_point(step, least_time(count), t);
      if (end == detail::fixed_point::below) continue;
      const std::pair<double, double> both = step.both(t);
      h0 = std::sqrt(both.first);
      h1 = std::sqrt(both.second);
      return end == detail::fixed_point::found && h0 > 0 && h1 > 0 && std::isfinite(h0) && std::isfinite(h1);
    }
    return false;
  }
};

}  // namespace simulacra
