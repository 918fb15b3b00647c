#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/kernel/bandwidth_matrix.hpp>
#include <simulacra/families/kernel/detail/pull.hpp>
#include <simulacra/families/kernel/smoothing.hpp>
#include <simulacra/numerics/triangle.hpp>
#include <simulacra/random/weights.hpp>

/// Bandwidth selectors: values that are called on data, weights and a smoothing kernel, `select(x, w, kernel)`, and return a
/// bandwidth with how it went. Where the limit of infinitely many data is known, `population(law, n, kernel)` says what n
/// observations of a law would be given if their covariance were the law's own.
namespace simulacra {

/// A bandwidth that was selected. Data without spread in some direction give it no smoothing there: a result, with its reason.
template <int D = dynamic>
struct selected_bandwidth {
  bandwidth_matrix<D> value;
  outcome result{};
};

namespace detail {

/// Weights that add to 1, whatever their common scale was; all are equal where w is empty.
inline weights<double> shares_of(Index n, const weights<double>& w) {
  if (w.size() == 0) return weights<double>::Constant(n, 1 / static_cast<double>(n));
  const weights<double> v = w / w.maxCoeff();  // so that no sum leaves the range
  return v / v.sum();
}

/// The observations that have weight, and their weights: a point of weight 0 is as absent.
template <class T, int D>
samples<T, D> with_weight(const samples<T, D>& x, const weights<double>& w) {
  samples<T, D> left(x.rows(), (w.array() > 0).count());
  for (Index i = 0, k = 0; i < x.cols(); ++i)
    if (w[i] > 0) left.col(k++) = x.col(i);
  return left;
}
inline weights<double> with_weight(const weights<double>& w) {
  weights<double> left((w.array() > 0).count());
  for (Index i = 0, k = 0; i < w.size(); ++i)
    if (w[i] > 0) left[k++] = w[i];
  return left;
}

}  // namespace detail

/// The number of equal weights that would be worth as much, \f$ (\sum w)^2 / \sum w^2 \f$; n where w is empty. Kish (1965).
[[nodiscard]] inline double effective_sample_size(Index n, const weights<double>& w) {
  if (w.size() == 0) return static_cast<double>(n);
  const weights<double> v = w / w.maxCoeff();  // so that no square underflows
  return v.sum() * v.sum() / v.squaredNorm();
}

/// By how much the bandwidth of a kernel must exceed that of the Gaussian kernel to smooth as much: the ratio of their canonical
/// bandwidths \f$ (\int K^2 / v^2)^{1/(d+4)} \f$, v the kernel's coordinate variance. Both then have the same optimum.
/// Source: Marron and Nolan (1988), "Canonical kernels for density estimation".
template <smoothing::kernel Kernel>
[[nodiscard]] double canonical_ratio(Index d) {
  const double v = Kernel::coordinate_variance(d);
  return std::pow(Kernel::roughness(d) / smoothing::gaussian::roughness(d) / (v * v), 1 / static_cast<double>(d + 4));
}

namespace detail {

/// Throws unless there are data that a selector can work on.
template <class T, int D>
void require_selectable(const samples<T, D>& x, const weights<double>& w, const char* function) {
  argument::require(x.rows() >= 1, function, "x.rows()", x.rows(), "be at least 1");
  argument::require(x.cols() >= 1, function, "x.cols()", x.cols(), "be at least 1");
  argument::require_finite(x, function, "x");
  if (w.size() == 0) return;
  argument::require(w.size() == x.cols(), function, "w.size()", w.size(), "have one entry per observation");
  require_weights(std::span(w.data(), static_cast<std::size_t>(w.size())), function, "w");
}

/// A lower factor of a covariance in one of the three shapes: the factor, the standard deviations, or their root mean square.
template <int D>
bandwidth_matrix<D> shaped(const square<double, D>& lower, bandwidth_shape shape) {
  if (shape == bandwidth_shape::full) return bandwidth_matrix<D>::factor(lower);
  const Index d = lower.rows();
  point<double, D> spread(d);
  for (Index k = 0; k < d; ++k) spread[k] = lower.row(k).head(k + 1).stableNorm();
  if (shape == bandwidth_shape::scalar) spread.setConstant(spread.stableNorm() / std::sqrt(static_cast<double>(d)));
  return bandwidth_matrix<D>::factor(square<double, D>(spread.asDiagonal()));
}

/// The bandwidth with the outcome that its spread deserves.
template <int D>
selected_bandwidth<D> with_outcome(bandwidth_matrix<D> value) {
  selected_bandwidth<D> done{std::move(value)};
  if (done.value.singular())
    done.result = {.what = status::degenerate,
                   .reason = "the data have no spread in some direction: nothing scales a bandwidth there"};
  return done;
}

/// The factor of the data's covariance, with the divisor asked for; 0 where one observation has no unbiased variance.
template <class T, int D>
square<double, D> factor_of_data(const samples<T, D>& x, const weights<double>& w, divisor by) {
  const double n = effective_sample_size(x.cols(), w);
  const double correction = by == divisor::n ? 1 : n > 1 ? std::sqrt(n / (n - 1)) : 0;  // n - 1, or what weights leave of it
  return triangle_of_points<T, D>(x, w.size() > 0 ? shares_of(x.cols(), w) : w) * correction;
}

/// What the two rules of thumb share: a factor c(n, d) times the spread of the data.
template <class Rule>
class scaled_rule {
 public:
  /// @param by     what the scatter is divided by  @param shape  of the bandwidth: the factor of the whole covariance (`full`), the
  ///               standard deviations (`diagonal`), or their root mean square (`scalar`)
  /// @param times  a multiplier > 0
  /// @throw std::invalid_argument otherwise
  explicit scaled_rule(divisor by, bandwidth_shape shape = bandwidth_shape::full, double times = 1)
      : by_(by), shape_(shape), times_(times) {
    argument::require(times > 0 && times <= (std::numeric_limits<double>::max)(), Rule::name, "times", times,
                      "be > 0 and finite");
  }

  template <class T, int D, smoothing::kernel Kernel>
  [[nodiscard]] selected_bandwidth<D> operator()(const samples<T, D>& x, const weights<double>& w, Kernel) const {
    require_selectable(x, w, Rule::name);
    if (w.size() > 0 && (w.array() == 0).any()) return (*this)(with_weight(x, w), with_weight(w), Kernel{});
    const double c = times_ * Rule::factor(effective_sample_size(x.cols(), w), x.rows()) * canonical_ratio<Kernel>(x.rows());
    return with_outcome(shaped<D>(factor_of_data<T, D>(x, w, by_), shape_).scaled(c));
  }

  /// @param n  observations, >= 1   @throw std::invalid_argument otherwise
  template <int D, has_moments Law, smoothing::kernel Kernel>
  [[nodiscard]] bandwidth_matrix<D> population(const Law& law, Index n, Kernel) const {
    argument::require(n >= 1, Rule::name, "n", n, "be at least 1");
    const Index d = law.dimension();
    const square<double, D> covariance = law.covariance().template cast<double>();
    const double c = times_ * Rule::factor(static_cast<double>(n), d) * canonical_ratio<Kernel>(d);
    return shaped<D>(triangle_of_covariance<D>(covariance), shape_).scaled(c);
  }

  [[nodiscard]] divisor by() const noexcept { return by_; }
  [[nodiscard]] bandwidth_shape shape() const noexcept { return shape_; }
  [[nodiscard]] double times() const noexcept { return times_; }

 private:
  divisor by_;
  bandwidth_shape shape_;
  double times_;
};

inline double scott_factor(double n, Index d) { return std::pow(n, -1 / static_cast<double>(d + 4)); }
inline double silverman_factor(double n, Index d) {
  return std::pow(n * static_cast<double>(d + 2) / 4, -1 / static_cast<double>(d + 4));
}

}  // namespace detail

/// Scott's rule scaled by the data, \f$ n^{-1/(d+4)} \f$ times their spread; n the effective sample size. It changes with the unit of
/// measurement as the data do. For another kernel than the Gaussian, times the canonical ratio.
/// Source: Scott (1992), "Multivariate Density Estimation".
class scott : public detail::scaled_rule<scott> {
 public:
  static constexpr const char* name = "scott";
  static double factor(double n, Index d) { return detail::scott_factor(n, d); }
  using detail::scaled_rule<scott>::scaled_rule;
};

/// Silverman's rule scaled by the data, \f$ (n (d + 2) / 4)^{-1/(d+4)} \f$ times their spread: optimal where the data are Gaussian and
/// the factor is of their whole covariance. Otherwise as `scott`.
/// Source: Silverman (1986), "Density Estimation for Statistics and Data Analysis", section 4.3.
class silverman : public detail::scaled_rule<silverman> {
 public:
  static constexpr const char* name = "silverman";
  static double factor(double n, Index d) { return detail::silverman_factor(n, d); }
  using detail::scaled_rule<silverman>::scaled_rule;
};

/// The numbers \f$ n^{-1/(d+4)} \f$ (`scott`) or \f$ (n (d + 2) / 4)^{-1/(d+4)} \f$ (`silverman`) as a bandwidth in every coordinate,
/// whatever units the data are in and whatever the kernel: what scikit-learn's `KernelDensity(bandwidth="scott")` does, and with it
/// published runs of model collapse, which this is here to reproduce. The same data in other units give other results: a
/// chain under it collapses or explodes with the unit of measurement.
struct unscaled_rule {
  static constexpr bool counts_heads = true;  ///< n is the number of observations, whatever their weights
  enum class kind { scott, silverman };
  kind rule = kind::scott;

  template <class T, int D, smoothing::kernel Kernel>
  [[nodiscard]] selected_bandwidth<D> operator()(const samples<T, D>& x, const weights<double>& w, Kernel) const {
    detail::require_selectable(x, w, "unscaled_rule");
    const Index n = w.size() > 0 ? (w.array() > 0).count() : x.cols();  // what weighs nothing is not there
    return {bandwidth_matrix<D>::scalar(factor(static_cast<double>(n), x.rows()), x.rows())};
  }

  template <int D, class Law, smoothing::kernel Kernel>
  [[nodiscard]] bandwidth_matrix<D> population(const Law& law, Index n, Kernel) const {
    argument::require(n >= 1, "unscaled_rule", "n", n, "be at least 1");
    return bandwidth_matrix<D>::scalar(factor(static_cast<double>(n), law.dimension()), law.dimension());
  }

  [[nodiscard]] double factor(double n, Index d) const {
    return rule == kind::scott ? detail::scott_factor(n, d) : detail::silverman_factor(n, d);
  }
};

/// A bandwidth that is given.
class fixed_bandwidth {
 public:
  static constexpr bool is_fixed = true;

  /// h in every coordinate, whatever the dimension. @throw std::invalid_argument unless h > 0 and finite
  explicit fixed_bandwidth(double h) : matrix_(bandwidth_matrix<>::scalar(h, 1)), everywhere_(true) {}

  /// A bandwidth matrix, for data of its dimension.
  template <int D>
  explicit fixed_bandwidth(const bandwidth_matrix<D>& h) : matrix_(bandwidth_matrix<>::factor(square<double>(h.lower()))) {}

  template <class T, int D, smoothing::kernel Kernel>
  [[nodiscard]] selected_bandwidth<D> operator()(const samples<T, D>& x, const weights<double>& w, Kernel) const {
    detail::require_selectable(x, w, "fixed_bandwidth");
    return {in_dimension<D>(x.rows())};
  }

  template <int D, class Law, smoothing::kernel Kernel>
  [[nodiscard]] bandwidth_matrix<D> population(const Law& law, Index, Kernel) const {
    return in_dimension<D>(law.dimension());
  }

 private:
  template <int D>
  [[nodiscard]] bandwidth_matrix<D> in_dimension(Index d) const {
    if (everywhere_) return bandwidth_matrix<D>::scalar(matrix_.diagonal()[0], d);
    argument::require(matrix_.dimension() == d, "fixed_bandwidth", "x.rows()", d, "equal the dimension of the bandwidth");
    return bandwidth_matrix<D>::factor(square<double, D>(matrix_.lower()));
  }

  bandwidth_matrix<> matrix_;
  bool everywhere_ = false;
};

}  // namespace simulacra
