#pragma once

#include <cmath>
#include <limits>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/relative_weights.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/numerics/scaled_number.hpp>

namespace simulacra {

/// Count, weight and (weighted) sum of observations >= 0 in one dimension: the sufficient statistic of a Bernoulli, a
/// Poisson and an exponential law, as a summary that merges. The sum can be of any size: see `scaled_number`.
class total {
 public:
  /// No observations.
  total() = default;

  /// What `count` observations of weight 1 amount to, given their sum. @throw std::invalid_argument if count < 0
  total(Index count, scaled_number sum) : count_(count), weight_(static_cast<double>(count)), sum_(sum) {
    argument::require(count >= 0, "total", "count", count, "not be negative");
  }

  /// The total of observations, 1 x n, each of weight 1. Whole numbers are added exactly up to 2^53. O(n).
  /// @throw std::invalid_argument unless each is >= 0 and finite
  template <class T>
  static total of(const samples<T, 1>& x) {
    require_observations(x);
    const double sum = x.cols() > 0 ? x.template cast<double>().sum() : 0.0;
    return total(x.cols(), std::isfinite(sum) ? scaled_number(sum) : sum_in_units(x, 512, [](Index) { return 1.0; }));
  }

  /// The total of weighted observations. @param w  one weight per column, each >= 0 and finite
  /// @throw std::invalid_argument if `w` has another length than `x` has columns, or an observation or weight is bad
  template <class T>
  static total of(const samples<T, 1>& x, const weights<double>& w) {
    require_observations(x);
    argument::require(w.size() == x.cols(), "total::of", "w", w.size(), "have one entry per observation");
    const detail::relative_weights<> relative(&w, x.cols(), "total::of", "w", detail::no_weight::allowed);
    total t;
    t.count_ = x.cols();
    double weight = 0, sum = 0;
    for (Index i = 0; i < x.cols(); ++i) {  // in one order, so that the sum of ones is the weight to the last bit
      weight += relative[i];
      sum += relative[i] * static_cast<double>(x[i]);
    }
    t.weight_ = scaled_number(weight).shifted(relative.exponent());
    // Observations near either end of the range, times their weights, may be beyond it, though their mean is not.
    const auto by_weight = [&relative](Index i) { return relative[i]; };
    const bool as_it_is = sum > 0x1p-900 && std::isfinite(sum);
    t.sum_ = (as_it_is ? scaled_number(sum) : sum_in_units(x, sum < 1 ? -512 : 512, by_weight)).shifted(relative.exponent());
    return t;
  }

  /// Adds more observations: `merge(of(x))`, `merge(of(x, w))`.
  template <class T>
  void fold(const samples<T, 1>& x) {
    merge(of(x));
  }
  template <class T>
  void fold(const samples<T, 1>& x, const weights<double>& w) {
    merge(of(x, w));
  }

  /// Adds what another summary holds. O(1).
  void merge(const total& other) {
    count_ = argument::sum_of_counts(count_, other.count_, "total::merge");
    weight_ = weight_.plus(other.weight_);
    sum_ = sum_.plus(other.sum_);
  }

  /// Multiplies the weight of every observation by c. @throw std::invalid_argument unless c >= 0 and finite
  void reweight(double c) {
    argument::require(c >= 0 && c <= (std::numeric_limits<double>::max)(), "total::reweight", "c", c, "be >= 0 and finite");
    weight_ = weight_.times(c);
    sum_ = sum_.times(c);
  }

  [[nodiscard]] Index count() const noexcept { return count_; }  ///< observations
  /// The sum of their weights; rounded, 0 or infinite where it leaves the range of a double, which the mean does not mind.
  [[nodiscard]] double weight() const noexcept { return weight_.value(); }
  [[nodiscard]] bool weightless() const noexcept { return weight_.is_zero(); }  ///< whether no observation has weight
  [[nodiscard]] const scaled_number& sum() const noexcept { return sum_; }      ///< weighted sum of the observations

  /// sum / weight, which depends on the ratios of the weights only. @throw std::invalid_argument if no observation has weight
  [[nodiscard]] scaled_number mean() const {
    argument::require(!weightless(), "total::mean", "weight()", 0, "be > 0");
    return sum_.divided_by(weight_);
  }

  friend bool operator==(const total&, const total&) = default;

 private:
  /// The sum of weighted observations, added up in units of a power of two.
  template <class T, class Weight>
  static scaled_number sum_in_units(const samples<T, 1>& x, int unit, const Weight& weight) {
    double sum = 0;
    for (Index i = 0; i < x.cols(); ++i)
      if (const double w = weight(i); w > 0)  // each takes half: neither leaves the range then
        sum += std::ldexp(w, -unit / 2) * std::ldexp(static_cast<double>(x[i]), -unit / 2);
    return scaled_number(sum).shifted(unit);
  }

  template <class T>
  static void require_observations(const samples<T, 1>& x) {
    if constexpr (!std::numeric_limits<T>::is_integer) argument::require_finite(x, "total::of", "x");
    for (Index i = 0; i < x.cols(); ++i)
      if (x[i] < T(0)) [[unlikely]]
        argument::reject("total::of", "x", argument::text(x[i]) + " at column " + argument::text(i), "not be negative");
  }

  Index count_ = 0;
  scaled_number weight_{};
  scaled_number sum_{};
};

/// The summary of what two summaries hold together.
[[nodiscard]] inline total merge(total a, const total& b) {
  a.merge(b);
  return a;
}

}  // namespace simulacra
