#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/kernel/bandwidth_matrix.hpp>
#include <simulacra/families/kernel/detail/frame.hpp>
#include <simulacra/families/kernel/detail/pair_sums.hpp>
#include <simulacra/families/kernel/selectors.hpp>
#include <simulacra/families/kernel/smoothing.hpp>
#include <simulacra/numerics/least_on_line.hpp>

namespace simulacra {

/// Where a cross-validation looks: \f$ \lambda F_0 \f$ with F_0 Silverman's bandwidth of the data (divisor n) in one of its shapes and
/// \f$ \lambda \f$ between two bounds.
struct cross_validation_search {
  bandwidth_shape shape = bandwidth_shape::full;
  double lower = 0.05, upper = 5;  ///< bounds of lambda
  Index scan = 24;                 ///< values of lambda that are tried, evenly in the logarithm, before the best is refined
  double tolerance = 1e-4;         ///< to which log lambda is refined, or to rounding
};

namespace detail {

inline void check_search(const cross_validation_search& s, const char* function) {
  argument::require(s.lower > 0 && std::isfinite(s.lower), function, "lower", s.lower, "be > 0 and finite");
  argument::require(s.upper > s.lower && std::isfinite(s.upper), function, "upper", s.upper,
                    "be finite and more than lower");
  argument::require(s.scan >= 3, function, "scan", s.scan, "be at least 3");
  argument::require(s.tolerance > 0 && s.tolerance < 1, function, "tolerance", s.tolerance, "be between 0 and 1");
}

/// Data in the frame of a bandwidth, for leave-one-out sums at multiples of it.
template <int D>
class leave_one_out {
 public:
  template <class T>
  leave_one_out(const samples<T, D>& x, const weights<double>& w, const bandwidth_matrix<D>& h)
      : frame_(h, x), dimension_(static_cast<double>(x.rows())) {
    place_points<T, D>(x, w, frame_, points_);
    for (double& v : points_.w) v /= points_.total_weight;
    points_.total_weight = 1;
    const std::size_t n = points_.w.size();
    sums_.resize(n);
    // What is left of 1 without a weight near it has no digits: the others are added, from both ends.
    others_.assign(n, 0.0);
    double before = 0, after = 0;
    for (std::size_t i = 0; i < n; ++i) {
      others_[i] += before;
      others_[n - 1 - i] += after;
      before += points_.w[i];
      after += points_.w[n - 1 - i];
    }
  }

  [[nodiscard]] std::span<const double> weights_of_points() const noexcept { return points_.w; }
  /// The sum of all weights but that of point i.
  [[nodiscard]] std::span<const double> weights_of_others() const noexcept { return others_; }
  [[nodiscard]] double dimension() const noexcept { return dimension_; }

  /// log sum_{j != i} w_j k(|z_i - z_j| / times), for each i. O(n^2 d).
  template <class Kernel>
  [[nodiscard]] std::span<const double> logarithms(double times) {
    std::vector<double> c = frame_.coefficients();
    for (double& v : c) v = v / times / times;
    log_pair_sums<Kernel, D>(points_.z, points_, c, frame_.equal(), sums_, true);
    return sums_;
  }

 private:
  bandwidth_frame<D> frame_;
  double dimension_;
  weighted_points points_;
  std::vector<double> sums_, others_;
};

/// What the two selectors share. `Rule::criterion<Kernel>(leave_one_out, lambda)` is made least.
template <class Rule>
class cross_validation {
 public:
  /// @throw std::invalid_argument unless 0 < lower < upper, scan >= 3 and 0 < tolerance < 1
  explicit cross_validation(cross_validation_search search = {}) : search_(search) { check_search(search, Rule::name); }

  [[nodiscard]] const cross_validation_search& search() const noexcept { return search_; }

  /// Cost: about scan + 20 evaluations of O(n^2 d) each.
  template <class T, int D, smoothing::kernel Kernel>
  [[nodiscard]] selected_bandwidth<D> operator()(const samples<T, D>& x, const weights<double>& w, Kernel kernel) const {
    using judged = typename Rule::template judged_by<Kernel>;
    require_selectable(x, w, Rule::name);
    if (w.size() > 0 && ((w.array() == 0).any() || !(w.sum() > 0.5 && w.sum() < 2)))  // absent; and only ratios matter
      return (*this)(with_weight(x, w), shares_of(x.cols(), with_weight(w)), kernel);
    const silverman start(divisor::n, search_.shape);
    selected_bandwidth<D> h = start(x, w, judged{});
    if (h.value.singular()) return start(x, w, kernel);
    leave_one_out<D> data(x, w, h.value);
    const auto criterion = [&data](double log_times) { return Rule::template criterion<judged>(data, std::exp(log_times)); };
    const least_place least =
        minimise(criterion, std::log(search_.lower), std::log(search_.upper), search_.scan, search_.tolerance);
    h.value = h.value.scaled(std::exp(least.at) * canonical_ratio<Kernel>(x.rows()) / canonical_ratio<judged>(x.rows()));
    if (least.at_end)
      h.result = {.what = status::not_converged,
                  .reason = "the cross-validation criterion is least at an end of its bracket"};
    return h;
  }

 private:
  cross_validation_search search_;
};

}  // namespace detail

/// Least-squares (unbiased) cross-validation: the multiple of Silverman's bandwidth with the least
/// \f[ \int \hat p^2 - 2 \sum_i w_i\,\hat p_{-i}(x_i), \f]
/// an unbiased estimate of the integrated squared error but for a constant. The sums are those of the Gaussian kernel; another kernel
/// is given the result times its canonical ratio. Repeated points make the criterion fall without bound as the bandwidth goes to 0:
/// the result then lies at the end of the bracket, with the outcome `not_converged`.
/// Source: Rudemo (1982), "Empirical choice of histograms and kernel density estimators"; Bowman (1984).
class least_squares_cv : public detail::cross_validation<least_squares_cv> {
 public:
  static constexpr const char* name = "least_squares_cv";
  template <class Kernel>
  using judged_by = smoothing::gaussian;
  using detail::cross_validation<least_squares_cv>::cross_validation;

  template <class Kernel, int D>
  static double criterion(detail::leave_one_out<D>& data, double times) {
    const std::span<const double> w = data.weights_of_points(), others = data.weights_of_others();
    const double d = data.dimension();
    double square = 0, cross = 0;
    std::span<const double> sums = data.template logarithms<Kernel>(times * 1.414213562373095048801688724);
    for (std::size_t i = 0; i < w.size(); ++i) square += w[i] * (w[i] + std::exp(sums[i]));
    sums = data.template logarithms<Kernel>(times);
    for (std::size_t i = 0; i < w.size(); ++i) cross += w[i] * std::exp(sums[i] - std::log(others[i]));
    return (std::pow(0.5, d / 2) * square - 2 * cross) * std::pow(times, -d);
  }
};

/// Likelihood cross-validation: the multiple of Silverman's bandwidth with the greatest leave-one-out likelihood
/// \f$ \sum_i w_i \log \hat p_{-i}(x_i) \f$, under the kernel itself. It is consistent for light tails only: one far outlier keeps the
/// bandwidth wide, under a kernel that ends most of all.
/// Source: Duin (1976), "On the choice of smoothing parameters for Parzen estimators of probability density functions".
class likelihood_cv : public detail::cross_validation<likelihood_cv> {
 public:
  static constexpr const char* name = "likelihood_cv";
  template <class Kernel>
  using judged_by = Kernel;
  using detail::cross_validation<likelihood_cv>::cross_validation;

  template <class Kernel, int D>
  static double criterion(detail::leave_one_out<D>& data, double times) {
    const std::span<const double> w = data.weights_of_points(), others = data.weights_of_others(),
                                  sums = data.template logarithms<Kernel>(times);
    double sum = 0;
    for (std::size_t i = 0; i < w.size(); ++i) sum += w[i] * (sums[i] - std::log(others[i]));
    return data.dimension() * std::log(times) - sum;
  }
};

}  // namespace simulacra
