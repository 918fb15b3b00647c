#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/families/kernel/density.hpp>
#include <simulacra/families/kernel/selectors.hpp>
#include <simulacra/families/kernel/smoothed.hpp>
#include <simulacra/families/kernel/smoothing.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// How a kernel density is fitted: `{.bandwidth = scott(divisor::n)}`.
template <class Selector, smoothing::kernel Kernel = smoothing::gaussian>
struct kernel_density_options {
  Selector bandwidth;   ///< how the bandwidth is found; see `selectors.hpp`
  Kernel kernel{};      ///< what each point is smoothed by
  bool shrink = false;  ///< pull the estimate towards its mean until it has the covariance of the data
  Index nominal_samples =
      0;  ///< n, for projections under a bandwidth that depends on it; 0: not said. A ledger says it itself
};

/// A selector that says what bandwidth n observations of a law would be given.
template <class Selector, class Law, class Kernel, int D>
concept knows_population = requires(const Selector& s, const Law& law, Index n, Kernel k) {
                             { s.template population<D>(law, n, k) } -> std::same_as<bandwidth_matrix<D>>;
                           };

/// Fits kernel densities. The data are the summary: all of them are stored in the model, and nothing smaller would do.
///
/// What such a fit gets wrong at a given bandwidth is smoothing bias (expressivity: its mean is \f$ K_F * T \f$, not T) and sampling noise
/// (statistical); there is no approximation error, so the estimator is its own `ideal()`. A bandwidth that shrinks with n has no
/// bias at n = infinity, and what is wanted at n is the bias that n observations pay: so the projection is taken at the
/// bandwidth that `nominal_samples` observations of T are given. The error ledger knows how many each generation was trained on, and
/// asks `with_samples` of that number, whatever was nominal.
template <class T = double, int D = dynamic, class Selector = scott, smoothing::kernel Kernel = smoothing::gaussian>
class kernel_density_estimator {
 public:
  using model_type = kernel_density<T, D, Kernel>;
  using options_type = kernel_density_options<Selector, Kernel>;

  /// @throw std::invalid_argument if nominal_samples < 0
  explicit kernel_density_estimator(options_type options) : options_(std::move(options)) {
    argument::require(options_.nominal_samples >= 0, "kernel_density_estimator", "nominal_samples", options_.nominal_samples,
                      "not be negative");
  }

  [[nodiscard]] const options_type& options() const noexcept { return options_; }

  /// Fits observations, d x n: one copy of them, and what the selector costs.
  /// @throw std::invalid_argument if one is not finite, or there is none
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, stream&) const { return fit_whole(x, weights<double>()); }

  /// Fits weighted observations. Only ratios of weights matter. @throw std::invalid_argument also if weights are bad
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, const weights<double>& w, stream&) const {
    return fit_whole(x, w);
  }

  /// What fits to n draws of a law are on average, \f$ K_F * T \f$, and where they go as n grows if F is held; with `shrink`, pulled
  /// towards the mean by what gives it T's covariance. A Gaussian law under a Gaussian kernel gives a Gaussian.
  /// @throw std::invalid_argument if the bandwidth depends on n and `nominal_samples` is 0
  template <model Law>
    requires knows_population<Selector, Law, Kernel, D>
  [[nodiscard]] auto project(const Law& law) const {
    const bandwidth_matrix<D> h = bandwidth_for(law);
    if constexpr (std::same_as<Law, gaussian<T, D>> && std::same_as<Kernel, smoothing::gaussian>) {
      if (options_.shrink) return law;
      const square<T, D> f = h.lower().template cast<T>();
      return Law::from_factor(law.mean(), law.factor().plus(scaled_factor<T, D>(law.dimension()), f));
    } else if constexpr (has_moments<Law>) {
      const smoothed<Law, Kernel> wide(law, h);
      if (!options_.shrink) return wide;
      const Index d = law.dimension();
      const square<double, D> inner = detail::triangle_of_covariance<D>(law.covariance().template cast<double>());
      return wide.pulled(detail::shrinking_factor<D>(inner, h, Kernel::coordinate_variance(d)));
    } else {
      argument::require(!options_.shrink, "kernel_density_estimator::project", "options.shrink", options_.shrink,
                        "be false for a law without mean() and covariance()");
      return smoothed<Law, Kernel>(law, h);
    }
  }

  /// The same: what is left with infinitely many data at this bandwidth is the projection.
  template <model Law>
    requires knows_population<Selector, Law, Kernel, D>
  [[nodiscard]] auto population_fit(const Law& law) const {
    return project(law);
  }

  /// The same estimator as fits to n observations with these weights (empty: equal ones) see it: it projects at the bandwidth that they
  /// are given, and where it is fitted to more than n of equal weight, it chooses the bandwidth for n. (It is the mean choice of up to 8
  /// disjoint blocks of n.) Weighted observations count as their effective number, rounded, unless the selector counts heads.
  /// @throw std::invalid_argument unless n >= 1
  [[nodiscard]] kernel_density_estimator with_samples(Index n, const weights<double>& w = {}) const {
    argument::require(n >= 1, "kernel_density_estimator::with_samples", "n", n, "be at least 1");
    kernel_density_estimator other = *this;
    constexpr bool counts_heads = requires { requires Selector::counts_heads; };
    other.options_.nominal_samples =
        counts_heads ? n : (std::max)(Index{1}, static_cast<Index>(std::lround(effective_sample_size(n, w))));
    other.tuned_for_ = w.size() == 0 ? n : 0;
    return other;
  }

  /// The exact learner of the family at this bandwidth, which is this one.
  [[nodiscard]] kernel_density_estimator ideal() const { return *this; }

 private:
  [[nodiscard]] fitted<model_type> fit_whole(const samples<T, D>& x, const weights<double>& w) const {
    selected_bandwidth<D> h = selected(x, w);
    outcome result = h.result;
    if (result.ok()) result = within_rounding(x, h.value);
    model_type model(x, w, std::move(h.value));
    if (options_.shrink) return {model.shrunk(), result};
    return {std::move(model), result};
  }

  /// The bandwidth of these data; of reference draws, what as many as a training set has would have been given.
  [[nodiscard]] selected_bandwidth<D> selected(const samples<T, D>& x, const weights<double>& w) const {
    constexpr bool fixed = requires { requires Selector::is_fixed; };
    if (fixed || tuned_for_ == 0 || w.size() > 0 || x.cols() <= tuned_for_) return options_.bandwidth(x, w, options_.kernel);
    const Index blocks = (std::min)(x.cols() / tuned_for_, Index{8});
    selected_bandwidth<D> mean = options_.bandwidth(samples<T, D>(x.leftCols(tuned_for_)), w, options_.kernel);
    square<double, D> sum = mean.value.lower();
    for (Index b = 1; b < blocks; ++b) {
      const auto one = options_.bandwidth(samples<T, D>(x.middleCols(b * tuned_for_, tuned_for_)), w, options_.kernel);
      sum += one.value.lower();
      if (mean.result.ok()) mean.result = one.result;
    }
    mean.value = bandwidth_matrix<D>::factor(square<double, D>(sum / static_cast<double>(blocks)));
    return mean;
  }

  /// What is to be said where samples would land on the points themselves for want of digits: in every coordinate, or in some direction
  /// (which the data may never have spanned: n <= d observations, kept and pooled).
  static outcome within_rounding(const samples<T, D>& x, const bandwidth_matrix<D>& h) {
    const square<double, D> lower = h.lower();
    bool some = false, all = true;
    for (Index k = 0; k < x.rows(); ++k) {
      const double rounding =
          32 * static_cast<double>(std::numeric_limits<T>::epsilon()) * static_cast<double>(x.row(k).cwiseAbs().maxCoeff());
      some = some || h.diagonal()[k] < rounding;
      all = all && lower.row(k).cwiseAbs().maxCoeff() < rounding;
    }
    if (!some) return {};
    if (all) return {.what = status::resolution, .reason = "the bandwidth has fallen to the rounding of the data"};
    return {.what = status::degenerate, .reason = "the bandwidth has fallen to the rounding of the data in some direction"};
  }

  template <class Law>
  [[nodiscard]] bandwidth_matrix<D> bandwidth_for(const Law& law) const {
    constexpr bool fixed = requires { requires Selector::is_fixed; };
    argument::require(fixed || options_.nominal_samples >= 1, "kernel_density_estimator::project", "options.nominal_samples",
                      options_.nominal_samples, "be the number of observations of a fit: this bandwidth depends on it");
    return options_.bandwidth.template population<D>(law, options_.nominal_samples, options_.kernel);
  }

  options_type options_;
  Index tuned_for_ =
      0;  ///< how many observations a bandwidth is chosen for, where fits are to more of them; 0: as many as there are
};

}  // namespace simulacra
