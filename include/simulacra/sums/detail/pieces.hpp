#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <vector>

#include <simulacra/core/types.hpp>
#include <simulacra/numerics/aligned_doubles.hpp>
#include <simulacra/sums/detail/lanes.hpp>

namespace simulacra::detail::gauss {

/// Some sources side by side, coordinate by coordinate: d rows of `stride` numbers, then a row of weights and one of their
/// logarithms. `stride` is whole packets of every level; what fills them up repeats the first source, with weight 0.
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

  void reserve(Index points) { data_.reserve(static_cast<std::size_t>(points * (d_ + 2))); }

  /// Adds n >= 1 sources: `coordinate(k, i)` is number i of the k-th, and `weight(k)` > 0 its weight.
  template <class Coordinate, class Weight>
  void add(Index n, Coordinate&& coordinate, Weight&& weight) {
    const Index stride = padded(n);
    first_.push_back(static_cast<Index>(data_.size()));
    count_.push_back(n);
    data_.resize(data_.size() + static_cast<std::size_t>(stride * (d_ + 2)));
    double* to = data_.data() + first_.back();
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
  Index d_;
  simulacra::packets::aligned_doubles data_;
  std::vector<Index> first_, count_;
};

/// q[u] = Half |x - y|^2 for N packets of sources from number `at` on; D is d, or `dynamic`. `y` has the coordinates of one
/// query.
template <class L, int D, int N, bool Half = false>
[[gnu::always_inline]] inline void square_distances(const piece& x, Index at, const double* y, Index d, packets<L, N>& q) {
  const auto one = [&](const double* row, double of, bool first) __attribute__((always_inline)) {
    repeat<N>([&](auto u) __attribute__((always_inline)) {
      const packet<L> apart = subtract(load<L>(row + u * L::width), all<L>(of)),
                      scaled = Half ? multiply(all<L>(0.5), apart) : apart;
      q[u] = first ? multiply(scaled, apart) : multiply_add(scaled, apart, q[u]);
    });
  };
  const double* row = x.data + at;
  one(row, y[0], true);
  if constexpr (D == dynamic) {
    for (Index i = 1; i < d; ++i) one(row += x.stride, y[i], false);
  } else {
    repeat<D - 1>([&](auto i) __attribute__((always_inline)) { one(row + (i + 1) * x.stride, y[i + 1], false); });
  }
}

/// Calls `each(first, N)` for all packets of a piece, as many of them at a time as registers hold while there are so many.
template <class L, class Each>
[[gnu::always_inline]] inline void over_packets(Index stride, Each&& each) {
  Index at = 0;
  for (; at + L::wide * L::width <= stride; at += L::wide * L::width) each(at, std::integral_constant<int, L::wide>{});
  for (; at < stride; at += L::width) each(at, std::integral_constant<int, 1>{});
}

/// Sum of w exp(-|x - y|^2 / 2) over the first `count` sources of a piece, whole packets. A term below
/// e^-707 w counts as about that: a sum of order 1e-290 or more is right, and what is less has to be taken by its logarithm.
template <class L, int D>
[[gnu::always_inline]] inline double sum_of(const piece& x, const double* y, Index d, Index count) {
  packets<L, L::wide> total;
  repeat<L::wide>([&](auto u) __attribute__((always_inline)) { total[u] = all<L>(0); });
  const double* const w = x.row(D == dynamic ? d : D);
  over_packets<L>(
      count, [&](Index at, auto n) __attribute__((always_inline)) {
        packets<L, n> q;
        square_distances<L, D, n>(x, at, y, d, q);
        gaussian<L, n>(q);
        repeat<n>([&](auto u) __attribute__((always_inline)) {
          total[u] = multiply_add(q[u], load<L>(w + at + u * L::width), total[u]);
        });
      });
  repeat<L::wide - 1>([&](auto u) __attribute__((always_inline)) { total[0] = add(total[0], total[u + 1]); });
  return sum(total[0]);
}

/// The largest log w - |x - y|^2 / 2 of them.
template <class L, int D>
[[gnu::always_inline]] inline double largest_log(const piece& x, const double* y, Index d, Index count) {
  packet<L> most = all<L>(-std::numeric_limits<double>::infinity());
  const double* const log_w = x.row((D == dynamic ? d : D) + 1);
  for (Index at = 0; at < count; at += L::width) {
    packets<L, 1> q;
    square_distances<L, D, 1, true>(x, at, y, d, q);
    most = larger(most, subtract(load<L>(log_w + at), q[0]));
  }
  return largest(most);
}

/// Sum of exp(log w - |x - y|^2 / 2 - top) over them, where `top` is no less than any of the exponents.
template <class L, int D>
[[gnu::always_inline]] inline double sum_below(const piece& x, const double* y, Index d, Index count, double top) {
  packet<L> total = all<L>(0);
  const double* const log_w = x.row((D == dynamic ? d : D) + 1);
  for (Index at = 0; at < count; at += L::width) {
    packets<L, 1> q;
    square_distances<L, D, 1, true>(x, at, y, d, q);
    q[0] = subtract(subtract(load<L>(log_w + at), q[0]), all<L>(top));
    exponential<L, 1>(q);
    total = add(total, q[0]);
  }
  return sum(total);
}

/// log of the sum of w exp(-|x - y|^2 / 2) over the given pieces, `at(k)`, k < count: by its largest term, then the others
/// relative to it. -infinity where every exponent is beyond the range of doubles.
template <class L, int D, class At>
[[gnu::always_inline]] inline double log_sum_of(Index count, At&& at, const double* y, Index d) {
  double top = -std::numeric_limits<double>::infinity();
  for (Index k = 0; k < count; ++k) top = (std::max)(top, largest_log<L, D>(at(k), y, d, at(k).stride));
  if (!(top >= -(std::numeric_limits<double>::max)())) return top;
  double total = 0;
  for (Index k = 0; k < count; ++k) total += sum_below<L, D>(at(k), y, d, at(k).stride, top);
  return top + std::log(total);
}

/// f(d as a type): those of one, two and three dimensions are compiled for themselves, all others as one.
template <class F>
[[gnu::always_inline]] inline auto with_dimension(Index d, F&& f) {
  switch (d) {
    case 1: return f(std::integral_constant<int, 1>{});
    case 2: return f(std::integral_constant<int, 2>{});
    case 3: return f(std::integral_constant<int, 3>{});
    default: return f(std::integral_constant<int, dynamic>{});
  }
}

/// out[j] = the sum over all pieces at query j of m, whose d coordinates stand together from `y` on. Nothing but numbers come in and go
/// out: so it is compiled once for each level and dimension, whatever is made of the sums.
/// @tparam D  d, or `dynamic`
template <int D>
void sums_at(const pieces& sources, const double* y, Index m, Index d, double* out) {
  simulacra::packets::at_used_level([&]<class L>(L) __attribute__((always_inline)) {
    std::fill_n(out, m, 0.0);
    for (Index p = 0; p < sources.size(); ++p) {
      const piece x = sources[p];
      for (Index j = 0; j < m; ++j) out[j] += sum_of<L, D>(x, y + j * d, d, x.stride);
    }
  });
}

/// log of the sum over all pieces at one query, far from all sources: seldom asked for, and so compiled for any d alone.
[[gnu::noinline]] inline double log_sum_at(const pieces& sources, const double* y, Index d) {
  return simulacra::packets::at_used_level([&]<class L>(L) __attribute__((always_inline)) {
    return log_sum_of<L, dynamic>(
        sources.size(), [&](Index p) { return sources[p]; }, y, d);
  });
}

}  // namespace simulacra::detail::gauss
