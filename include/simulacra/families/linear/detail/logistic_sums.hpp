#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/families/linear/detail/logistic_blocks.hpp>
#include <simulacra/numerics/packets.hpp>
#include <simulacra/numerics/simd_level.hpp>

namespace simulacra::detail {

/// What a logistic regression is looked at by: loss, gradient and information of pairs at some weights, in one pass over blocks of pairs
/// that stay in the cache. Inputs are read where they lie. (A template so that only who fits compiles it.)
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

  /// @param x  d x n numbers, an input in a column; looked at as long as this lives   @param labels  n, 0 or 1   @param each  their weights
  template <class Labels>
  logistic_sums(const T* x, Index d, Index n, const Labels& labels, const weights<double>& each)
      : x_(x),
        d_(d),
        n_(n),
        whole_(n < 2 * logistic::together ? 0 : (n / logistic::together - 1) * logistic::together),
        side_(n + 2 * logistic::together),
        unit_(vector::Ones(d)),
        ridge_(vector::Zero(d)),
        tail_(matrix::Zero(room(), 2 * logistic::together)) {
    for (Index i = 0; i < n; ++i) side_[i] = static_cast<T>(labels(0, i)) > T(0.5) ? each[i] : -each[i];
    side_.tail(2 * logistic::together).setZero();
    for (Index i = whole_; i < n; ++i)
      for (Index k = 0; k < d; ++k) tail_(k, i - whole_) = x[i * d + k];
    squares_ = vector::Zero(room()), largest_ = vector::Zero(room()), first_ = vector::Zero(room());
    in_blocks([&]<class L>(L, const T* from, Index stride, Index first, Index size) __attribute__((always_inline)) {
      alignas(64) std::array<T, logistic::most> half;
      for (Index i = 0; i < size; ++i) half[static_cast<std::size_t>(i)] = T(0.5) * side_[first + i];
      logistic::add_first<L>(from, stride, size, half.data(), d_, first_.data(), squares_.data(), largest_.data());
    });
    squares_.conservativeResize(d), largest_.conservativeResize(d), first_.conservativeResize(d);
  }
  logistic_sums(const logistic_sums&) = delete;
  logistic_sums& operator=(const logistic_sums&) = delete;

  [[nodiscard]] Index dimension() const noexcept { return d_; }
  [[nodiscard]] Index size() const noexcept { return n_; }
  [[nodiscard]] vector largest() const { return largest_.cwiseSqrt(); }  ///< |x| of each coordinate, to some digits
  /// Whether all sums are finite numbers, and so are all inputs.
  [[nodiscard]] bool finite() const { return first_.allFinite() && squares_.allFinite(); }

  /// Has weights in units: all below is of x times a unit for each coordinate. @param ridge  the penalty of each weight in it, half of
  /// which times its square is added to the loss
  void measure_in(vector unit, vector ridge) { unit_ = std::move(unit), ridge_ = std::move(ridge); }
  [[nodiscard]] const vector& ridge() const noexcept { return ridge_; }
  /// No less than the diagonal of the information with the penalty, anywhere.
  [[nodiscard]] vector most_information() const { return T(0.5) * unit_.cwiseAbs2().cwiseProduct(squares_) + ridge_; }

  /// The place of no weights, but for its information: nothing is looked at for it.
  [[nodiscard]] place origin() const {
    return {vector::Zero(d_), side_.cwiseAbs().sum() * std::numbers::ln2_v<T>, false, unit_.cwiseProduct(first_), {}};
  }

  /// Sets all that is said of a place from its weights; its information only where it is asked for. O(n d), or O(n d^2).
  void look(place& at, bool information) const {
    const Index all = room(), block = longest_block();
    vector w = vector::Zero(all), gradient = vector::Zero(all);
    w.head(d_) = unit_.cwiseProduct(at.weights);
    matrix products = matrix::Zero(information ? all : 0, all), scaled = matrix::Zero(all, information ? block : 0);
    alignas(64) std::array<T, logistic::most> odds, pull;
    T loss = 0, nearest = 1;
    in_blocks([&]<class L>(L, const T* from, Index stride, Index first, Index size) __attribute__((always_inline)) {
      logistic::odds_of<L>(from, stride, size, w.data(), d_, odds.data());
      const logistic::terms terms = logistic::judge<L>(&side_[first], size, odds.data(), pull.data(), information);
      loss += terms.loss;
      nearest = terms.nearest < nearest ? terms.nearest : nearest;
      logistic::add_pulls<L>(from, stride, size, pull.data(), d_, gradient.data());
      if (information) logistic::add_products<L>(from, stride, size, odds.data(), d_, scaled.data(), all, products.data());
    });
    at.loss = loss + T(0.5) * at.weights.cwiseProduct(ridge_).dot(at.weights);
    at.gradient = unit_.cwiseProduct(gradient.head(d_)) - ridge_.cwiseProduct(at.weights);
    at.separates = nearest > 0;
    if (information) at.information = unit_.asDiagonal() * products.topLeftCorner(d_, d_) * unit_.asDiagonal();
  }

  /// The most by which a step changes the log odds of a pair that has weight.
  [[nodiscard]] T most_moved(const vector& step) const {
    const vector w = unit_.cwiseProduct(step);
    T most = 0;
    for (Index i = 0; i < n_; ++i)
      if (side_[i] != 0) most = (std::max)(most, std::abs(Eigen::Map<const vector>(x_ + i * d_, d_).dot(w)));
    return most;
  }

  /// The square roots of the information's terms at a place, d x (n + d): for a QR, where the information's own root would lack digits.
  [[nodiscard]] matrix roots(const place& at) const {
    matrix rows(d_, n_ + d_);
    for (Index i = 0; i < n_; ++i) {
      rows.col(i) = unit_.cwiseProduct(Eigen::Map<const vector>(x_ + i * d_, d_));
      const T e = std::exp(-std::abs(rows.col(i).dot(at.weights)));
      rows.col(i) *= std::sqrt(std::abs(side_[i]) * e) / (1 + e);
    }
    rows.rightCols(d_) = ridge_.cwiseSqrt().asDiagonal();
    return rows;
  }

 private:
  /// d, and so much more that packets of any level fill it.
  [[nodiscard]] Index room() const noexcept { return (d_ + packets::widest - 1) / packets::widest * packets::widest; }

  /// As many observations as the cache next to the processor holds, to be read twice.
  [[nodiscard]] Index longest_block() const noexcept {
    return std::clamp(3072 / d_ / logistic::together * logistic::together, 2 * logistic::together, logistic::most);
  }

  /// f(level, inputs, their stride, number of the first, their number). The last ones have a room of their own, behind which nothing is read.
  template <class F>
  void in_blocks(const F& f) const {
    const Index block = longest_block();
    packets::at_used_level([&]<class L>(L level) __attribute__((always_inline)) {
      for (Index first = 0; first <= whole_; first += block) {
        const bool ends = first + block > whole_;
        const Index size = ends ? whole_ - first : block;
        if (size > 0) f(level, x_ + first * d_, d_, first, size);
        if (ends) f(level, tail_.data(), tail_.rows(), whole_, tail_.cols());
      }
    });
  }

  const T* x_;
  Index d_, n_, whole_;
  vector side_, unit_, ridge_;
  matrix tail_;
  vector squares_{}, largest_{}, first_{};
};

}  // namespace simulacra::detail
