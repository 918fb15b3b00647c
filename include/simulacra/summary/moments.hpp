#pragma once

#include <cmath>
#include <concepts>
#include <limits>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/summary/detail/scatter.hpp>
#include <simulacra/summary/scaled_factor.hpp>

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
        squared_weight_(static_cast<double>(count)),
        mean_(std::move(mean)),
        factor_(std::move(factor)) {}

  /// The moments of observations, d x n, each of weight 1. Two passes over the data, O(n d^2).
  /// @throw std::invalid_argument if d is 0 or an observation is not finite
  static moments of(const samples<T, D>& x) {
    moments m(x.rows());
    m.count_ = x.cols();
    m.weight_ = m.squared_weight_ = static_cast<double>(x.cols());
    m.observe(x, nullptr);
    return m;
  }

  /// The moments of weighted observations. @param w  one weight per column, each >= 0 and finite
  /// @throw std::invalid_argument if `w` has another length than `x` has columns, or a weight is negative or not finite, or
  ///        as above
  static moments of(const samples<T, D>& x, const weights<T>& w) {
    argument::require(w.size() == x.cols(), "moments::of", "w", w.size(), "have one entry per observation");
    argument::require_finite(w, "moments::of", "w");
    if (w.size() > 0) argument::require(w.minCoeff() >= T(0), "moments::of", "w", w.minCoeff(), "have no negative entry");
    moments m(x.rows());
    m.weight_ = w.template cast<double>().sum();
    m.squared_weight_ = w.template cast<double>().squaredNorm();
    m.count_ = x.cols();
    m.observe(x, &w);
    return m;
  }
  static moments of(const samples<T, D>& x, const weights<double>& w)
    requires(!std::same_as<T, double>)
  {
    return of(x, weights<T>(w.template cast<T>()));
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
      count_ += other.count_;
      return;
    }
    if (weight_ == 0) {
      const Index mine = count_;
      *this = other;
      count_ += mine;
      return;
    }
    in_data_units_ = true;  // the difference of two means is no better than their rounding
    const double total = weight_ + other.weight_;
    const point<T, D> apart = other.mean_ - mean_;
    const T lever = static_cast<T>(std::sqrt(weight_ / total) * std::sqrt(other.weight_));
    factor_ = factor_.plus(other.factor_, point<T, D>(lever * apart));
    mean_ += static_cast<T>(other.weight_ / total) * apart;
    count_ += other.count_;
    weight_ = total;
    squared_weight_ += other.squared_weight_;
  }

  /// Multiplies the weight of every observation by c.
  /// @throw std::invalid_argument unless c >= 0 and finite
  void reweight(double c) {
    argument::require(c >= 0 && c <= (std::numeric_limits<double>::max)(), "moments::reweight", "c", c,
                      "be >= 0 and finite");
    weight_ *= c;
    squared_weight_ *= c * c;
    factor_ = factor_.scaled(std::sqrt(c));
  }

  /// The moments of shift + F x, for every x that is in here, as if shift + F x were never rounded. O(d^3 / 3).
  [[nodiscard]] moments transformed(const point<T, D>& shift, const scaled_factor<T, D>& f) const {
    moments m(count_, point<T, D>(shift + f.times_vector(mean_)), f.times(factor_));
    m.weight_ = weight_;
    m.squared_weight_ = squared_weight_;
    return m;
  }

  [[nodiscard]] Index dimension() const noexcept { return mean_.size(); }
  [[nodiscard]] Index count() const noexcept { return count_; }                     ///< observations
  [[nodiscard]] double weight() const noexcept { return weight_; }                  ///< sum of their weights
  [[nodiscard]] double squared_weight() const noexcept { return squared_weight_; }  ///< sum of their squared weights
  [[nodiscard]] const point<T, D>& mean() const noexcept { return mean_; }          ///< weighted mean; 0 if empty

  /// Whether observations were folded as they are, so that no spread below the rounding of the mean can be told from 0.
  [[nodiscard]] bool in_data_units() const noexcept { return in_data_units_; }

  /// The lower-triangular R with scatter = R R'.
  [[nodiscard]] const scaled_factor<T, D>& factor() const noexcept { return factor_; }

  /// The scatter matrix itself: a sum of squares, not yet divided by anything.
  [[nodiscard]] square<T, D> scatter() const { return factor_.second_moment(); }

  /// What the scatter is divided by: the weight for `divisor::n`, and weight - squared_weight / weight for
  /// `divisor::n_minus_1`, which is n - 1 if all weights are 1 and keeps the variance unbiased whatever the weights are.
  [[nodiscard]] double degrees(divisor by) const noexcept {
    return by == divisor::n || weight_ == 0 ? weight_
                                            : weight_ - (squared_weight_ == weight_ ? 1 : squared_weight_ / weight_);
  }

 private:
  /// Sets mean and factor from observations, the weights being summed already.
  void observe(const samples<T, D>& x, const weights<T>* w) {
    if (x.cols() == 0) return;
    argument::require(x.rows() >= 1, "moments::of", "x.rows()", x.rows(), "be at least 1");
    if (weight_ == 0) return argument::require_finite(x, "moments::of", "x");
    in_data_units_ = true;
    mean_ = detail::mean_of<T, D>(x, w, weight_);
    if (!mean_.allFinite()) [[unlikely]]
      argument::require_finite(x, "moments::of", "x");
    factor_ = detail::scatter_factor<T, D>(x, w, mean_);
  }

  Index count_ = 0;
  double weight_ = 0;
  double squared_weight_ = 0;
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
