#pragma once

#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/labelled.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/numerics/scaled_factor.hpp>
#include <simulacra/summary/detail/scatter.hpp>
#include <simulacra/summary/moments.hpp>

namespace simulacra {

namespace detail {

/// Pairs as columns of d + 1 numbers, the label last, which are never put together in one place.
template <class T, int D>
struct pair_columns {
  const samples<T, D>& x;
  const samples<T, 1>& y;

  /// @throw std::invalid_argument if inputs and labels differ in number
  explicit pair_columns(const labelled_numbers<T, D>& pairs) : x(pairs.x), y(pairs.y) {
    argument::require(x.cols() == y.cols(), "cross_moments::of", "y.cols()", y.cols(), "be the number of inputs");
  }

  [[nodiscard]] Index rows() const noexcept { return x.rows() + 1; }
  [[nodiscard]] Index cols() const noexcept { return x.cols(); }
  [[nodiscard]] T operator()(Index k, Index i) const { return k < x.rows() ? x(k, i) : y[i]; }

  [[nodiscard]] point<T, with_label<D>> col(Index i) const {
    point<T, with_label<D>> pair(rows());
    for (Index k = 0; k < rows(); ++k) pair[k] = (*this)(k, i);
    return pair;
  }

  [[nodiscard]] samples<T, with_label<D>> in_one() const {
    samples<T, with_label<D>> both(rows(), cols());
    both.topRows(x.rows()) = x;
    both.bottomRows(1) = y;
    return both;
  }
};

template <class T, int D>
point<T, with_label<D>> sum_of(const pair_columns<T, D>& pairs, const weights<T>* w, Index first, Index size) {
  const Index d = pairs.x.rows();
  point<T, with_label<D>> sum(d + 1);
  sum.head(d) = sum_of(pairs.x, w, first, size);
  T labels(0);
  for (Index i = first; i < first + size; ++i) labels += w == nullptr ? pairs.y[i] : pairs.y[i] * (*w)[i];
  sum[d] = labels;
  return sum;
}

template <class T, int D>
void deviations(const pair_columns<T, D>& pairs, const weights<T>* w, const point<T, with_label<D>>& mean, T scale,
                Index first, Index size, samples<T, with_label<D>>& out) {
  const Index d = pairs.x.rows();
  const T* from = pairs.x.data() + first * d;
  T* to = out.data();
  for (Index i = 0; i < size; ++i, from += d, to += d + 1) {
    for (Index k = 0; k < d; ++k) to[k] = (from[k] - mean[k]) * scale;
    to[d] = (pairs.y[first + i] - mean[d]) * scale;
  }
  if (w != nullptr) out.leftCols(size).array().rowwise() *= w->segment(first, size).array().sqrt().transpose();
}

}  // namespace detail

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
  static cross_moments of(const data& x) { return cross_moments(moments<T, size>::of_columns(detail::pair_columns(x))); }

  /// The same of weighted pairs; only the ratios of weights matter to a fit without a penalty.
  /// @throw std::invalid_argument also for weights that are negative, not finite, or of another number
  static cross_moments of(const data& x, const weights<double>& w) {
    return cross_moments(moments<T, size>::of_columns(detail::pair_columns(x), w));
  }

  /// Adds more pairs.
  void fold(const data& x) { joint_.merge(moments<T, size>::of_columns(detail::pair_columns(x))); }
  void fold(const data& x, const weights<double>& w) {
    joint_.merge(moments<T, size>::of_columns(detail::pair_columns(x), w));
  }

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
  moments<T, size> joint_{};
};

/// The summary of what two summaries hold together.
template <class T, int D>
[[nodiscard]] cross_moments<T, D> merge(cross_moments<T, D> a, const cross_moments<T, D>& b) {
  a.merge(b);
  return a;
}

}  // namespace simulacra
