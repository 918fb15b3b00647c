#pragma once

#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/relative_weights.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/numerics/power_of_two.hpp>
#include <simulacra/numerics/scaled_factor.hpp>
#include <simulacra/summary/detail/scatter.hpp>

namespace simulacra {

/// Count, mean and scatter of observations: the sufficient statistic of a Gaussian, as a summary that merges.
///
/// The scatter \f$ \sum_i w_i (x_i - \bar x)(x_i - \bar x)^T \f$ is held as a lower-triangular factor R with scatter = R R',
/// so that a direction whose spread is 1e-8 of another's keeps its digits. Merging adds the scatter of the two means:
/// \f[ R R' = R_a R_a' + R_b R_b' + \frac{w_a w_b}{w_a + w_b} (\bar x_b - \bar x_a)(\bar x_b - \bar x_a)^T, \f]
/// one QR of the stacked factors and the difference of the means, so an offset of 1e9 costs no digit of the variance but those
/// that the rounding of the means takes from their difference: about 1e-8 of it after thousands of merges.
/// Reference: Chan, Golub and LeVeque (1983), "Algorithms for computing the sample variance".
template <class T = double, int D = dynamic>
class moments {
 public:
  using scalar_type = T;

  /// No observations. `dimension` may be left out: the first observations decide it.
  explicit moments(Index dimension = (D == dynamic ? 0 : D)) : mean_(point<T, D>::Zero(dimension)), factor_(dimension) {}

  /// What `count` observations of weight 1 amount to, given their mean and the factor of their scatter.
  moments(Index count, point<T, D> mean, scaled_factor<T, D> factor)
      : count_(count),
        weight_(static_cast<double>(count)),
        freedom_(count > 0 ? weight_ - 1 : 0),
        mean_(std::move(mean)),
        factor_(std::move(factor)) {}

  /// The moments of observations, d x n, each of weight 1. Two passes over the data, O(n d^2).
  /// @throw std::invalid_argument if d is 0 or an observation is not finite
  static moments of(const samples<T, D>& x) { return of_columns(x); }

  /// The same of observations that stand in something which is read like a `samples<T, D>`: see `summary/detail/scatter.hpp`.
  template <class X>
  static moments of_columns(const X& x) {
    moments m(x.rows());
    m.count_ = x.cols();
    m.weight_ = static_cast<double>(x.cols());
    m.freedom_ = x.cols() > 0 ? m.weight_ - 1 : 0;
    m.observe(x, nullptr);
    return m;
  }

  /// The moments of weighted observations. @param w  one weight per column, each >= 0 and finite, of any size: mean and
  /// variance depend on their ratios only
  /// @throw std::invalid_argument if `w` has another length than `x` has columns, or a weight is negative or not finite, or
  ///        as above
  static moments of(const samples<T, D>& x, const weights<T>& w) { return of_columns(x, w); }
  static moments of(const samples<T, D>& x, const weights<double>& w)
    requires(!std::same_as<T, double>)
  {
    return of_columns(x, w);
  }

  template <class X, class U>
  static moments of_columns(const X& x, const weights<U>& w) {
    argument::require(w.size() == x.cols(), "moments::of", "w", w.size(), "have one entry per observation");
    const detail::relative_weights<T> relative(&w, x.cols(), "moments::of", "w", detail::no_weight::allowed);
    moments m(x.rows());
    m.count_ = x.cols();
    m.unit_ = relative.exponent();
    m.weight_ = x.cols() > 0 ? relative.total() : 0;
    m.freedom_ = freedom_of(relative, x.cols());
    m.observe(x, relative.get());
    return m;
  }

  /// Adds more observations of weight 1: `merge(of(x))`.
  void fold(const samples<T, D>& x) { merge(of(x)); }
  void fold(const samples<T, D>& x, const weights<T>& w) { merge(of(x, w)); }
  void fold(const samples<T, D>& x, const weights<double>& w)
    requires(!std::same_as<T, double>)
  {
    merge(of(x, w));
  }

  /// Adds what another summary holds. The result is that of folding everything into one, up to rounding. O(d^3).
  /// @throw std::invalid_argument if the dimensions differ
  void merge(const moments& other) {
    argument::require(other.dimension() == dimension() || other.dimension() == 0 || dimension() == 0, "moments::merge",
                      "other.dimension()", other.dimension(), "equal the dimension of what is there");
    if (other.weight_ == 0) {
      count_ = argument::sum_of_counts(count_, other.count_, "moments::merge");
      return;
    }
    if (weight_ == 0) {
      const Index mine = count_;
      *this = other;
      count_ = argument::sum_of_counts(count_, mine, "moments::merge");
      return;
    }
    in_data_units_ = true;  // the difference of two means is no better than their rounding
    if (other.unit_ != unit_) [[unlikely]] {
      if (other.unit_ < unit_) return merge(other.in_unit(unit_));
      *this = in_unit(other.unit_);
      if (weight_ == 0) return merge(moments(other));  // beside the other it is nothing
    }
    const double total = weight_ + other.weight_;
    const point<T, D> apart = other.mean_ - mean_;
    const T lever = static_cast<T>(std::sqrt(weight_ / total) * std::sqrt(other.weight_));
    factor_ = factor_.plus(other.factor_, point<T, D>(lever * apart));
    mean_ += static_cast<T>(other.weight_ / total) * apart;
    count_ = argument::sum_of_counts(count_, other.count_, "moments::merge");
    // Of equal weights this is n - 1 exactly; otherwise a sum of what is positive, where total - sum w^2 / total may cancel.
    freedom_ = freedom_ == weight_ - 1 && other.freedom_ == other.weight_ - 1
                   ? total - 1
                   : weight_ / total * (freedom_ + other.weight_) + other.weight_ / total * (other.freedom_ + weight_);
    weight_ = total;
  }

  /// Multiplies the weight of every observation by c.
  /// @throw std::invalid_argument unless c >= 0 and finite
  void reweight(double c) {
    argument::require(c >= 0 && c <= (std::numeric_limits<double>::max)(), "moments::reweight", "c", c,
                      "be >= 0 and finite");
    if (c > 0 && weight_ > 0 && !(weight_ * c < 0x1p64 && weight_ * c > 0x1p-64)) [[unlikely]] {
      int e = 0;
      c = std::frexp(c, &e);
      if (e % 2 != 0) {
        c /= 2;
        ++e;
      }
      unit_ += e;  // what mean and variance are made of stays what it is
    }
    weight_ *= c;
    freedom_ *= c;
    factor_ = factor_.scaled(std::sqrt(c));
  }

  /// The moments of shift + F x, for every x that is in here, as if shift + F x were never rounded. O(d^3 / 3).
  [[nodiscard]] moments transformed(const point<T, D>& shift, const scaled_factor<T, D>& f) const {
    moments m(count_, point<T, D>(shift + f.times_vector(mean_)), f.times(factor_));
    m.weight_ = weight_;
    m.freedom_ = freedom_;
    m.unit_ = unit_;
    return m;
  }

  [[nodiscard]] Index dimension() const noexcept { return mean_.size(); }
  [[nodiscard]] Index count() const noexcept { return count_; }  ///< observations
  /// The sum of their weights; rounded, 0 or infinite where it leaves the range of a double, which takes nothing from the rest.
  [[nodiscard]] double weight() const noexcept { return in_weights(weight_); }
  [[nodiscard]] bool weightless() const noexcept { return weight_ == 0; }   ///< whether no observation has weight
  [[nodiscard]] const point<T, D>& mean() const noexcept { return mean_; }  ///< weighted mean; 0 if empty

  /// Whether observations were folded as they are, so that no spread below the rounding of the mean can be told from 0.
  [[nodiscard]] bool in_data_units() const noexcept { return in_data_units_; }

  /// The lower-triangular R with scatter = R R'.
  [[nodiscard]] scaled_factor<T, D> factor() const { return unit_ == 0 ? factor_ : factor_.shifted(unit_ / 2); }

  /// The scatter matrix itself: a sum of squares, not yet divided by anything.
  [[nodiscard]] square<T, D> scatter() const { return factor().second_moment(); }

  /// What the scatter is divided by: the weight for `divisor::n`, and \f$ \sum w - \sum w^2 / \sum w \f$ for
  /// `divisor::n_minus_1`, which is n - 1 if all weights are 1 and keeps the variance unbiased whatever the weights are.
  [[nodiscard]] double degrees(divisor by) const noexcept { return in_weights(by == divisor::n ? weight_ : freedom_); }

  /// The lower-triangular factor of the covariance, \f$ R / \sqrt{\text{degrees}} \f$: the same for weights of any size, also
  /// where their sum is no double. @throw std::invalid_argument unless degrees are positive: see `has_covariance`
  [[gnu::always_inline, nodiscard]] scaled_factor<T, D> covariance_factor(divisor by) const {
    const double degrees = by == divisor::n ? weight_ : freedom_;
    argument::require(degrees > 0, "moments::covariance_factor", "degrees", degrees, "be > 0");
    return factor_.scaled(1 / std::sqrt(degrees));
  }
  [[nodiscard]] bool has_covariance(divisor by) const noexcept { return (by == divisor::n ? weight_ : freedom_) > 0; }

 private:
  /// W - sum w^2 / W, without its cancellation where one weight is most of W.
  static double freedom_of(const detail::relative_weights<T>& w, Index n) {
    const double total = w.total();
    if (!(total > 0) || n == 0) return 0;
    const double squares = w.get() == nullptr ? total : w.get()->template cast<double>().squaredNorm();
    if (squares <= total * total / 2) return total - squares / total;
    double before = 0, pairs = 0;
    for (Index i = 0; i < n; ++i) {
      const auto own = static_cast<double>(w[i]);
      pairs += own * before;
      before += own;
    }
    return 2 * pairs / total;
  }

  /// Sets mean and factor from observations, the weights being summed already.
  template <class X>
  void observe(const X& x, const weights<T>* w) {
    if (x.cols() == 0) return;
    argument::require(x.rows() >= 1, "moments::of", "x.rows()", x.rows(), "be at least 1");
    if (weight_ == 0) return argument::require_finite(detail::in_one(x), "moments::of", "x");
    in_data_units_ = true;
    mean_ = detail::mean_of<T, D>(x, w, weight_);
    if (!mean_.allFinite()) [[unlikely]]
      argument::require_finite(detail::in_one(x), "moments::of", "x");
    factor_ = detail::scatter_factor<T, D>(x, w, mean_);
  }

  [[nodiscard]] double in_weights(double v) const noexcept { return unit_ == 0 ? v : detail::times_power_of_two(v, unit_); }

  /// The same, its weights counted in another power of two.
  [[nodiscard]] moments in_unit(std::int64_t unit) const {
    moments m = *this;
    m.unit_ = unit;
    m.weight_ = detail::times_power_of_two(weight_, unit_ - unit);
    m.freedom_ = detail::times_power_of_two(freedom_, unit_ - unit);
    m.factor_ = factor_.shifted((unit_ - unit) / 2);
    return m;
  }

  Index count_ = 0;
  double weight_ = 0;      // in units of 2^unit_, as the next, and the scatter of factor_: what is measured in weights
  double freedom_ = 0;     // the degrees of divisor::n_minus_1
  std::int64_t unit_ = 0;  // even; 0 unless weights are far from 1
  point<T, D> mean_;
  scaled_factor<T, D> factor_;
  bool in_data_units_ = false;
};

/// The summary of what two summaries hold together.
template <class T, int D>
[[nodiscard]] moments<T, D> merge(moments<T, D> a, const moments<T, D>& b) {
  a.merge(b);
  return a;
}

}  // namespace simulacra
