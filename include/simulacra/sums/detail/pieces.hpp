#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/sums/detail/lanes.hpp>

namespace simulacra::detail::gauss {

/// Some sources side by side, coordinate by coordinate: d rows of `stride` numbers, then a row of weights and one of their
/// logarithms. `stride` is whole packets; what fills them up repeats the first source, with weight 0.
struct piece {
  const double* data;
  Index stride;
  Index count = 0;  ///< of sources, without what fills up

  [[nodiscard]] const double* row(Index i) const { return data + i * stride; }
};

/// Pieces in one stretch of memory, in the order in which they were added.
class pieces {
 public:
  explicit pieces(Index d = 1) : d_(d) {}

  [[nodiscard]] Index dimension() const { return d_; }
  [[nodiscard]] Index size() const { return static_cast<Index>(first_.size()); }
  [[nodiscard]] piece operator[](Index i) const {
    const auto at = static_cast<std::size_t>(i);
    return {data_.data() + first_[at], padded(count_[at]), count_[at]};
  }

  void reserve(Index points) {
    if (points * (d_ + 2) > data_.size()) data_.conservativeResize(points * (d_ + 2));
  }

  /// Adds n >= 1 sources: `coordinate(k, i)` is number i of the k-th, and `weight(k)` > 0 its weight.
  template <class Coordinate, class Weight>
  void add(Index n, Coordinate&& coordinate, Weight&& weight) {
    const Index stride = padded(n), size = stride * (d_ + 2);
    if (used_ + size > data_.size()) data_.conservativeResize((std::max)(used_ + size, data_.size() * 2));
    double* to = data_.data() + used_;
    first_.push_back(used_);
    count_.push_back(n);
    used_ += size;
    for (Index i = 0; i < d_; ++i, to += stride) {
      for (Index k = 0; k < n; ++k) to[k] = coordinate(k, i);
      std::fill(to + n, to + stride, to[0]);
    }
    for (Index k = 0; k < n; ++k) {
      to[k] = weight(k);
      to[stride + k] = to[k] == 1 ? 0 : std::log(to[k]);
    }
    std::fill(to + n, to + stride, 0.0);
    std::fill(to + stride + n, to + 2 * stride, -std::numeric_limits<double>::infinity());
  }

 private:
  Index d_, used_ = 0;
  Eigen::VectorXd data_;
  std::vector<Index> first_, count_;
};

/// q[u] = Half |x - y|^2 for N packets of sources from number `at` on; D is d, or `dynamic`. `y` has the coordinates of one
/// query.
template <int D, int N, bool Half = false>
[[gnu::always_inline]] inline void square_distances(const piece& x, Index at, const double* y, Index d, packets<N>& q) {
  const auto one = [&](const double* row, packet of, bool first) __attribute__((always_inline)) {
    repeat<N>([&](auto u) __attribute__((always_inline)) {
      const packet apart = subtract(load(row + u * width), of), scaled = Half ? multiply(all(0.5), apart) : apart;
      q[u] = first ? multiply(scaled, apart) : multiply_add(scaled, apart, q[u]);
    });
  };
  const double* row = x.data + at;
  one(row, all(y[0]), true);
  if constexpr (D == dynamic) {
    for (Index i = 1; i < d; ++i) one(row += x.stride, all(y[i]), false);
  } else {
    repeat<D - 1>([&](auto i) __attribute__((always_inline)) { one(row + (i + 1) * x.stride, all(y[i + 1]), false); });
  }
}

/// Calls `each(first, N)` for all packets of a piece, `wide` of them at a time while there are so many.
template <class Each>
[[gnu::always_inline]] inline void over_packets(Index stride, Each&& each) {
  Index at = 0;
  for (; at + wide * width <= stride; at += wide * width) each(at, std::integral_constant<int, wide>{});
  for (; at < stride; at += width) each(at, std::integral_constant<int, 1>{});
}

/// Sum of w exp(-|x - y|^2 / 2) over the first `count` sources of a piece, whole packets. A term below
/// e^-707 w counts as about that: a sum of order 1e-290 or more is right, and what is less has to be taken by its logarithm.
template <int D>
inline double sum_of(const piece& x, const double* y, Index d, Index count) {
  packets<wide> total;
  repeat<wide>([&](auto u) __attribute__((always_inline)) { total[u] = all(0); });
  const double* const w = x.row(D == dynamic ? d : D);
  over_packets(
      count, [&](Index at, auto n) __attribute__((always_inline)) {
        packets<n> q;
        square_distances<D, n>(x, at, y, d, q);
        gaussian<n>(q);
        repeat<n>([&](auto u)
                      __attribute__((always_inline)) { total[u] = multiply_add(q[u], load(w + at + u * width), total[u]); });
      });
  repeat<wide - 1>([&](auto u) __attribute__((always_inline)) { total[0] = add(total[0], total[u + 1]); });
  return sum(total[0]);
}

/// The largest log w - |x - y|^2 / 2 of them.
template <int D>
inline double largest_log(const piece& x, const double* y, Index d, Index count) {
  packet most = all(-std::numeric_limits<double>::infinity());
  const double* const log_w = x.row((D == dynamic ? d : D) + 1);
  over_packets(
      count, [&](Index at, auto n) __attribute__((always_inline)) {
        packets<n> q;
        square_distances<D, n, true>(x, at, y, d, q);
        repeat<n>([&](auto u)
                      __attribute__((always_inline)) { most = larger(most, subtract(load(log_w + at + u * width), q[u])); });
      });
  return largest(most);
}

/// Sum of exp(log w - |x - y|^2 / 2 - top) over them, where `top` is no less than any of the exponents.
template <int D>
inline double sum_below(const piece& x, const double* y, Index d, Index count, double top) {
  packet total = all(0);
  const double* const log_w = x.row((D == dynamic ? d : D) + 1);
  over_packets(
      count, [&](Index at, auto n) __attribute__((always_inline)) {
        packets<n> q;
        square_distances<D, n, true>(x, at, y, d, q);
        repeat<n>([&](auto u) __attribute__((always_inline)) {
          q[u] = subtract(subtract(load(log_w + at + u * width), q[u]), all(top));
        });
        exponential<n>(q);
        repeat<n>([&](auto u) __attribute__((always_inline)) { total = add(total, q[u]); });
      });
  return sum(total);
}

/// The same three for any d: those of one, two and three dimensions are compiled for themselves.
template <class F>
[[gnu::always_inline]] inline auto with_dimension(Index d, F&& f) {
  switch (d) {
    case 1: return f(std::integral_constant<int, 1>{});
    case 2: return f(std::integral_constant<int, 2>{});
    case 3: return f(std::integral_constant<int, 3>{});
    default: return f(std::integral_constant<int, dynamic>{});
  }
}

/// log of the sum of w exp(-|x - y|^2 / 2) over the given pieces, `at(k)`, k < count: by its largest term, then the others
/// relative to it. -infinity where every exponent is beyond the range of doubles.
template <int D, class At>
inline double log_sum_of(Index count, At&& at, const double* y, Index d) {
  double top = -std::numeric_limits<double>::infinity();
  for (Index k = 0; k < count; ++k) top = (std::max)(top, largest_log<D>(at(k), y, d, at(k).stride));
  if (!(top >= -(std::numeric_limits<double>::max)())) return top;
  double total = 0;
  for (Index k = 0; k < count; ++k) total += sum_below<D>(at(k), y, d, at(k).stride, top);
  return top + std::log(total);
}

}  // namespace simulacra::detail::gauss
