#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>

/// What a reader, a curator or a reward model thinks of an observation: a callable `r(x)` with a column that gives a number, the larger the
/// better, minus infinity for what is never published. Only differences of rewards matter.
namespace simulacra {

/// A reward of which the curvature does not depend on x, so that a normal law that is tilted by it stays normal:
/// `r.slope(x, i)` is \f$ \partial r / \partial x_i \f$, `r.curvature(i, j)` is \f$ -\partial^2 r / \partial x_i \partial x_j \f$, a positive
/// semi-definite matrix.
template <class R>
concept quadratic_in_x = requires(const R& r, const point<double>& x, Index i) {
                           { r(x) } -> std::convertible_to<double>;
                           { r.slope(x, i) } -> std::convertible_to<double>;
                           { r.curvature(i, i) } -> std::convertible_to<double>;
                         };

/// \f$ r(x) = b^T x \f$
class linear_reward {
 public:
  /// The same b for every coordinate. @throw std::invalid_argument unless it is finite
  explicit linear_reward(double b) : linear_reward(point<double>(point<double>::Constant(1, b))) { everywhere_ = true; }
  /// @throw std::invalid_argument unless there is at least one entry, and all are finite
  explicit linear_reward(point<double> b) : b_(std::move(b)) {
    argument::require(b_.size() >= 1, "linear_reward", "b.size()", b_.size(), "be at least 1");
    argument::require_finite(b_, "linear_reward", "b");
  }

  /// @throw std::invalid_argument if x has another dimension than b
  template <class X>
  [[nodiscard]] double operator()(const X& x) const {
    double sum = 0;
    for (Index i = 0; i < x.size(); ++i) sum += slope(x, i) * static_cast<double>(x[i]);
    return sum;
  }
  template <class X>
  [[nodiscard]] double slope(const X& x, Index i) const {
    if (everywhere_) return b_[0];
    argument::require(x.size() == b_.size(), "linear_reward", "x.size()", static_cast<Index>(x.size()), "be that of b");
    return b_[i];
  }
  [[nodiscard]] static double curvature(Index, Index) noexcept { return 0; }

 private:
  point<double> b_;
  bool everywhere_ = false;
};

/// \f$ r(x) = -\frac12 (x - c)^T A (x - c) \f$: the nearer to c the better.
class quadratic_reward {
 public:
  /// \f$ -\frac a2 |x - c|^2 \f$, with the same c for every coordinate. @throw std::invalid_argument unless a >= 0, both finite
  explicit quadratic_reward(double a, double c = 0)
      : quadratic_reward(square<double>(square<double>::Constant(1, 1, a)), point<double>(point<double>::Constant(1, c))) {
    everywhere_ = true;
  }
  /// @param a  d x d, finite, symmetric, positive semi-definite to 1e-12 of its largest entry
  /// @param c  d numbers, finite
  /// @throw std::invalid_argument if one of these does not hold
  quadratic_reward(square<double> a, point<double> c) : a_(std::move(a)), c_(std::move(c)) {
    constexpr std::string_view name = "quadratic_reward";
    argument::require(c_.size() >= 1, name, "c.size()", c_.size(), "be at least 1");
    argument::require(a_.rows() == c_.size() && a_.cols() == c_.size(), name, "a.rows()", a_.rows(),
                      "be the size of c, and the number of columns");
    argument::require_finite(a_, name, "a");
    argument::require_finite(c_, name, "c");
    require_semi_definite();
  }

  /// @throw std::invalid_argument if x has another dimension than c
  template <class X>
  [[nodiscard]] double operator()(const X& x) const {
    double sum = 0;
    for (Index i = 0; i < x.size(); ++i) sum += slope(x, i) * away(x, i);
    return sum / 2;
  }
  template <class X>
  [[nodiscard]] double slope(const X& x, Index i) const {
    if (everywhere_) return -a_(0, 0) * away(x, i);
    argument::require(x.size() == c_.size(), "quadratic_reward", "x.size()", static_cast<Index>(x.size()), "be that of c");
    double sum = 0;
    for (Index j = 0; j < x.size(); ++j) sum -= a_(i, j) * away(x, j);
    return sum;
  }
  [[nodiscard]] double curvature(Index i, Index j) const {
    if (everywhere_) return i == j ? a_(0, 0) : 0;
    return a_(i, j);
  }

 private:
  template <class X>
  [[nodiscard]] double away(const X& x, Index i) const {
    return static_cast<double>(x[i]) - c_[everywhere_ ? 0 : i];
  }

  /// By elimination: no pivot is negative, and a row whose pivot is 0 is 0.
  void require_semi_definite() const {
    const double least = 1e-12 * a_.cwiseAbs().maxCoeff();
    square<double> left = a_;
    bool holds = true;
    for (Index j = 0; j < left.cols() && holds; ++j) {
      for (Index i = j + 1; i < left.rows(); ++i) {
        holds = holds && std::abs(left(i, j) - left(j, i)) <= least;
        if (left(j, j) <= least) holds = holds && std::abs(left(i, j)) <= 1e6 * least;  // |a_ij|^2 <= a_ii a_jj
      }
      holds = holds && left(j, j) >= -least;
      if (left(j, j) > least)
        for (Index k = j + 1; k < left.cols(); ++k)
          for (Index i = j + 1; i < left.rows(); ++i) left(i, k) -= left(i, j) / left(j, j) * left(j, k);
    }
    if (!holds) argument::reject("quadratic_reward", "a", "of another kind", "be symmetric and positive semi-definite");
  }

  square<double> a_;
  point<double> c_;
  bool everywhere_ = false;
};

/// Several rewards that share what is published: each observation is judged by one of them, the i-th with probability `shares[i]`.
/// `shared_rewards({0.3, 0.7}, first, second)`
template <class... Rewards>
class shared_rewards {
 public:
  /// @throw std::invalid_argument unless there is one share for each, all are >= 0, and they add to 1 (to 1e-9)
  explicit shared_rewards(std::vector<double> shares, Rewards... rewards)
      : shares_(std::move(shares)), rewards_(std::move(rewards)...) {
    argument::require(shares_.size() == sizeof...(Rewards) && !shares_.empty(), "shared_rewards", "shares.size()",
                      static_cast<Index>(shares_.size()), "be the number of rewards, and at least 1");
    double sum = 0;
    for (const double s : shares_) {
      argument::require(s >= 0 && s <= 1, "shared_rewards", "share", s, "be in [0, 1]");
      sum += s;
    }
    argument::require(std::abs(sum - 1) <= 1e-9, "shared_rewards", "sum of shares", sum, "be 1");
    for (double& s : shares_) s /= sum;
  }

  [[nodiscard]] Index size() const noexcept { return static_cast<Index>(shares_.size()); }
  [[nodiscard]] double share(Index i) const { return shares_[static_cast<std::size_t>(i)]; }

  /// What reward i thinks of x.
  template <class X>
  [[nodiscard]] double of(Index i, const X& x) const {
    double value = 0;
    Index k = 0;
    std::apply([&](const auto&... r) { ((k++ == i ? static_cast<void>(value = static_cast<double>(r(x))) : void()), ...); },
               rewards_);
    return value;
  }

 private:
  std::vector<double> shares_;
  std::tuple<Rewards...> rewards_;
};

namespace detail {

template <class R>
inline constexpr bool are_shared = false;
template <class... R>
inline constexpr bool are_shared<shared_rewards<R...>> = true;

template <class R>
Index number_of_rewards(const R& r) {
  if constexpr (are_shared<R>)
    return r.size();
  else
    return 1;
}
template <class R>
double share_of_reward([[maybe_unused]] const R& r, [[maybe_unused]] Index i) {
  if constexpr (are_shared<R>)
    return r.share(i);
  else
    return 1;
}

/// What the i-th of (perhaps one) rewards thinks of x. @throw std::invalid_argument for NaN, which is neither better nor worse than anything
template <class R, class X>
double reward_of(const R& r, [[maybe_unused]] Index i, const X& x, std::string_view function) {
  double value = 0;
  if constexpr (are_shared<R>)
    value = r.of(i, x);
  else
    value = static_cast<double>(r(x));
  argument::require(!std::isnan(value), function, "score(x)", value, "be a number for every draw, or infinite");
  return value;
}

template <class R, class X>
concept rewards_what = are_shared<R> || requires(const R& r, const X& x) {
                                          { r(x) } -> std::convertible_to<double>;
                                        };

}  // namespace detail

}  // namespace simulacra
