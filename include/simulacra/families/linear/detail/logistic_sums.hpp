#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/numerics/exponential.hpp>
#include <simulacra/numerics/packets.hpp>
#include <simulacra/numerics/simd_level.hpp>

namespace simulacra::detail {

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpsabi"  // of vectors that a build's own instruction set has not: all is inlined
#endif

/// log(1 + t) for t in [0, 1], to some units in the last place at any t: 2 atanh(z) at z = t / (2 + t) <= 1/3, by its series.
template <class L>
[[gnu::always_inline]] inline packets::packet<L> log_one_plus(const packets::packet<L>& t) {
  constexpr double odd[] = {1.0 / 35, 1.0 / 33, 1.0 / 31, 1.0 / 29, 1.0 / 27, 1.0 / 25, 1.0 / 23, 1.0 / 21, 1.0 / 19,
                            1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9,  1.0 / 7,  1.0 / 5,  1.0 / 3,  1.0};
  const packets::packet<L> z = packets::divide(t, packets::add(t, packets::all<L>(2)));
  return packets::multiply(packets::add(z, z), packets::polynomial<L>(odd, packets::multiply(z, z)));
}

/// Pairs by their log odds: sums of losses, and what each adds to gradient and information.
struct logistic_terms {
  double loss;
  double nearest;  ///< the least margin of a pair that has weight, at most 1
};

/// @param size  of all arrays, whole packets   @param sign  1 and -1   @param odds  becomes the roots of the information's terms
template <class L>
[[gnu::always_inline]] inline logistic_terms judge(const double* sign, const double* weight, Index size, double* odds,
                                                   double* pull) {
  using packets::all, packets::multiply, packets::add, packets::subtract, packets::where_less, packets::load;
  using packet = packets::packet<L>;
  const packet zero = all<L>(0), one = all<L>(1);
  packet losses = zero, nearest = one;
  for (Index i = 0; i < size; i += L::width) {
    const packet side = load<L>(sign + i), w = load<L>(weight + i);
    const packet margin = multiply(side, load<L>(odds + i)), against = subtract(zero, margin);
    const packet e = packets::exp_flushed<L>(packets::smaller(margin, against)), likely = packets::divide(one, add(e, one));
    const packet less = multiply(e, likely);  // the probabilities of the likelier label, and of the other
    losses = packets::multiply_add(w, add(log_one_plus<L>(e), packets::larger(against, zero)), losses);
    const packet wrong = add(where_less(zero, margin, less), subtract(likely, where_less(zero, margin, likely)));
    packets::store(pull + i, multiply(multiply(w, side), wrong));
    packets::store(odds + i, packets::root(multiply(w, multiply(less, likely))));
    nearest = packets::smaller(nearest, add(where_less(zero, w, margin), subtract(one, where_less(zero, w, one))));
  }
  return {packets::sum(losses), -packets::largest(subtract(zero, nearest))};
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

/// What a logistic regression is looked at by: loss, gradient and information of pairs at some weights, in one pass over blocks of pairs
/// that stay in the cache, a packet of them at a time. (A template so that only who fits compiles it.)
template <class T = double>
class logistic_sums {
 public:
  using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
  using vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;

  struct place {
    vector weights;
    T loss = 0;
    bool separates = false;  ///< every label that has weight is on its side
    vector gradient{};       ///< of the loss, its sign turned
    matrix information{};    ///< lower triangle, without the penalty
  };

  /// @param x  inputs in units of about 1, n x all: an input in a row, so that a block of inputs is contiguous in each coordinate   @param labels  n, 0 or 1   @param each  their weights
  /// @param ridge  the penalty of each weight, half of which times its square is added to the loss
  template <class Labels>
  logistic_sums(matrix x, const Labels& labels, const weights<double>& each, vector ridge)
      : x_(std::move(x)), ridge_(std::move(ridge)), sign_(vector::Ones(padded())), weight_(vector::Zero(padded())) {
    for (Index i = 0; i < x_.rows(); ++i) {
      sign_[i] = static_cast<T>(labels[i]) > T(0.5) ? 1 : -1;
      weight_[i] = each[i];
    }
  }

  [[nodiscard]] const vector& ridge() const noexcept { return ridge_; }

  /// Sets all that is said of a place from its weights; its information only where it is asked for. O(n d), or O(n d^2).
  void look(place& at, bool information) const {
    const Index all_weights = x_.cols(), n = x_.rows();
    at.gradient.setZero(all_weights);
    if (information) at.information.setZero(all_weights, all_weights);
    matrix scaled(information ? (std::min)(Index{block}, n) : 0, all_weights);
    alignas(64) T odds[block], pull[block];
    T loss = 0, nearest = 1;
    for (Index first = 0; first < n; first += block) {
      const Index size = (std::min)(Index{block}, n - first),
                  whole = (size + packets::widest - 1) / packets::widest * packets::widest;
      const auto part = x_.middleRows(first, size);
      std::fill(odds + size, odds + whole, T(0));
      Eigen::Map<vector>(odds, size).noalias() = part * at.weights;
      const logistic_terms terms = packets::at_used_level([&]<class L>(L) __attribute__((always_inline)) {
        return judge<L>(&sign_[first], &weight_[first], whole, odds, pull);
      });
      loss += terms.loss;
      nearest = (std::min)(nearest, terms.nearest);
      at.gradient.noalias() += part.transpose() * Eigen::Map<const vector>(pull, size);
      if (!information) continue;
      for (Index k = 0; k < all_weights; ++k)
        scaled.col(k).head(size) = part.col(k).cwiseProduct(Eigen::Map<const vector>(odds, size));
      at.information.template selfadjointView<Eigen::Lower>().rankUpdate(scaled.topRows(size).transpose());
    }
    at.loss = loss + T(0.5) * at.weights.cwiseProduct(ridge_).dot(at.weights);
    at.gradient -= ridge_.cwiseProduct(at.weights);
    at.separates = nearest > 0;
  }

  /// The square roots of the information's terms at a place, all x (n + all): for a QR, where the information's own root would lack digits.
  [[nodiscard]] matrix roots(const place& at) const {
    const Index all_weights = x_.cols(), n = x_.rows();
    matrix rows(all_weights, n + all_weights);
    for (Index i = 0; i < n; ++i) {
      const T e = std::exp(-std::abs(x_.row(i).dot(at.weights)));
      rows.col(i) = x_.row(i).transpose() * (std::sqrt(weight_[i] * e) / (1 + e));
    }
    rows.rightCols(all_weights) = ridge_.cwiseSqrt().asDiagonal();
    return rows;
  }

 private:
  static constexpr int block = 256;

  [[nodiscard]] Index padded() const noexcept { return (x_.rows() + block - 1) / block * block; }

  matrix x_;
  vector ridge_, sign_, weight_;
};

}  // namespace simulacra::detail
