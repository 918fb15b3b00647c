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

namespace simulacra::detail {

/// log(1 + t) for t in [0, 1], to some units in the last place at any t: 2 atanh(z) at z = t / (2 + t) <= 1/3, by its series.
[[gnu::always_inline]] inline packets::packet log_one_plus(packets::packet t) {
  using namespace packets;
  const packet z = divide(t, add(t, all(2))), square = multiply(z, z);
  packet sum = all(1.0 / 35);
  for (int k = 33; k >= 1; k -= 2) sum = multiply_add(sum, square, all(1.0 / k));
  return multiply(add(z, z), sum);
}

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
    using namespace packets;
    const Index all_weights = x_.cols(), n = x_.rows();
    at.gradient.setZero(all_weights);
    if (information) at.information.setZero(all_weights, all_weights);
    matrix scaled(information ? (std::min)(Index{block}, n) : 0, all_weights);
    alignas(64) T odds[block], pull[block], root[block];
    packet nearest = all(1);
    T loss = 0;
    for (Index first = 0; first < n; first += block) {
      const Index size = (std::min)(Index{block}, n - first), whole = (size + width - 1) / width * width;
      const auto part = x_.middleRows(first, size);
      std::fill(odds + size, odds + whole, T(0));
      Eigen::Map<vector>(odds, size).noalias() = part * at.weights;
      packet losses = all(0);
      for (Index i = 0; i < whole; i += width) {
        const packet sign = load_anywhere(&sign_[first + i]), w = load_anywhere(&weight_[first + i]), zero = all(0);
        const packet margin = multiply(sign, load(odds + i)), against = subtract(zero, margin);
        const packet e = exp_flushed(smaller(margin, against)), one_more = add(e, all(1)), likely = divide(all(1), one_more);
        const packet less = multiply(e, likely);  // the probabilities of the likelier label, and of the other
        losses = multiply_add(w, add(log_one_plus(e), larger(against, zero)), losses);
        const packet wrong = add(where_less(zero, margin, less), subtract(likely, where_less(zero, margin, likely)));
        store(pull + i, multiply(multiply(w, sign), wrong));
        store(root + i, packets::root(multiply(w, multiply(less, likely))));
        const packet heavy = where_less(zero, w, all(1));
        nearest = smaller(nearest, add(where_less(zero, w, margin), subtract(all(1), heavy)));
      }
      loss += sum(losses);
      at.gradient.noalias() += part.transpose() * Eigen::Map<const vector>(pull, size);
      if (!information) continue;
      for (Index k = 0; k < all_weights; ++k)
        scaled.col(k).head(size) = part.col(k).cwiseProduct(Eigen::Map<const vector>(root, size));
      at.information.template selfadjointView<Eigen::Lower>().rankUpdate(scaled.topRows(size).transpose());
    }
    at.loss = loss + T(0.5) * at.weights.cwiseProduct(ridge_).dot(at.weights);
    at.gradient -= ridge_.cwiseProduct(at.weights);
    at.separates = -largest(subtract(all(0), nearest)) > 0;
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
