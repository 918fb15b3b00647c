#pragma once

#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/labelled.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/numerics/scaled_factor.hpp>
#include <simulacra/summary/moments.hpp>

namespace simulacra {

/// Count, mean and scatter of pairs (x, y): all that linear regression needs of its data, as a summary that merges.
///
/// They are the `moments` of the d + 1 numbers of a pair, the label last, and so are held in square-root form: the lower-triangular
/// factor of the scatter has the form
/// \f[ \begin{pmatrix} L & 0 \\ c^T & r \end{pmatrix}, \qquad LL^T = \sum w_i (x_i-\bar x)(x_i-\bar x)^T,\quad
///     Lc = \sum w_i (x_i-\bar x)(y_i - \bar y) \f]
/// so that the weights of least squares solve the triangle \f$L^T\beta = c\f$, and \f$r^2\f$ is the sum of squares that they leave. No
/// product of inputs is formed, factored and formed again, and inputs may have units as different as 1e-8 and 1e8.
template <class T = double, int D = dynamic>
class cross_moments {
 public:
  using scalar_type = T;
  static constexpr int size = with_label<D>;  ///< numbers in a pair
  using data = labelled_numbers<T, D>;

  /// No observations.
  cross_moments() = default;

  /// What pairs amount to, given their moments, the label being the last of the d + 1 numbers.
  explicit cross_moments(moments<T, size> joint) : joint_(std::move(joint)) {}

  /// The cross moments of pairs, each of weight 1. O(n d^2).
  /// @throw std::invalid_argument if inputs and labels differ in number, or one is not finite
  static cross_moments of(const data& x) { return cross_moments(moments<T, size>::of(stacked(x))); }

  /// The same of weighted pairs; only the ratios of weights matter to a fit without a penalty.
  /// @throw std::invalid_argument also for weights that are negative, not finite, or of another number
  static cross_moments of(const data& x, const weights<double>& w) {
    return cross_moments(moments<T, size>::of(stacked(x), w));
  }

  /// Adds more pairs.
  void fold(const data& x) { joint_.merge(moments<T, size>::of(stacked(x))); }
  void fold(const data& x, const weights<double>& w) { joint_.merge(moments<T, size>::of(stacked(x), w)); }

  /// Adds what another summary holds. O(d^3). @throw std::invalid_argument if the dimensions differ
  void merge(const cross_moments& other) { joint_.merge(other.joint_); }

  /// Multiplies every weight by c. @throw std::invalid_argument unless c >= 0 and finite
  void reweight(double c) { joint_.reweight(c); }

  [[nodiscard]] Index count() const noexcept { return joint_.count(); }
  [[nodiscard]] double weight() const noexcept { return joint_.weight(); }

  /// Numbers in a pair, d + 1.
  [[nodiscard]] Index dimension() const noexcept { return joint_.dimension(); }

  /// Moments of the pairs.
  [[nodiscard]] const moments<T, size>& joint() const noexcept { return joint_; }

  /// The triangle above, of the pairs about their mean, over the square root of their weight.
  /// @throw std::invalid_argument if there is no weight
  [[nodiscard]] scaled_factor<T, size> factor_about_mean() const { return joint_.covariance_factor(divisor::n); }

  /// The same about the origin: what a regression without an intercept sees. O(d^3).
  [[nodiscard]] scaled_factor<T, size> factor_about_origin() const {
    return factor_about_mean().plus(scaled_factor<T, size>(dimension()), joint_.mean());
  }

 private:
  static samples<T, size> stacked(const data& x) {
    argument::require(x.x.cols() == x.y.cols(), "cross_moments::of", "y.cols()", x.y.cols(), "be the number of inputs");
    samples<T, size> both(x.x.rows() + 1, x.x.cols());
    both.topRows(x.x.rows()) = x.x;
    both.bottomRows(1) = x.y;
    return both;
  }

  moments<T, size> joint_{};
};

/// The summary of what two summaries hold together.
template <class T, int D>
[[nodiscard]] cross_moments<T, D> merge(cross_moments<T, D> a, const cross_moments<T, D>& b) {
  a.merge(b);
  return a;
}

}  // namespace simulacra
