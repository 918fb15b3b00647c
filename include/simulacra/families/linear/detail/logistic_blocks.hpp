#pragma once

#include <cstddef>
#include <type_traits>

#include <simulacra/core/types.hpp>
#include <simulacra/numerics/exponential.hpp>
#include <simulacra/numerics/packets.hpp>

/// The inner loops of logistic regression over a block of observations, one behind the other in memory, `stride` numbers each, as data
/// come. A packet holds some numbers of one observation; the last may reach into the next one, whose numbers meet zeros, or are not looked at.
namespace simulacra::detail::logistic {

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpsabi"  // of vectors that a build's own instruction set has not: all is inlined
#endif

using packets::add;
using packets::all;
using packets::load;
using packets::multiply;
using packets::multiply_add;
using packets::packet;
using packets::repeat;
using packets::store;
using packets::subtract;

inline constexpr Index together = packets::widest;  ///< blocks have a multiple of this many observations, and at most
inline constexpr Index most = 256;

template <class L, int N>
using registers = packet<L>[static_cast<std::size_t>(N)];

/// Packets that d numbers take.
template <class L>
[[gnu::always_inline]] inline Index packets_of(Index d) {
  return (d + L::width - 1) / L::width;
}

/// f(first packet, as many of them as a constant) for all packets of an observation, in order.
template <class L, int Most, class F>
[[gnu::always_inline]] inline void in_chunks(Index d, const F& f) {
  Index p = 0;
  const Index count = packets_of<L>(d);
  for (; p + Most <= count; p += Most) f(p, std::integral_constant<int, Most>{});
  if constexpr (Most > 1)
    for (; p < count; ++p) f(p, std::integral_constant<int, 1>{});
}

/// w'x of each observation. @param w  with zeros behind its d entries
template <class L>
[[gnu::always_inline]] inline void odds_of(const double* x, Index stride, Index size, const double* w, Index d,
                                           double* odds) {
  const Index count = packets_of<L>(d);
  for (Index i = 0; i < size; i += together) {
    registers<L, together> sums;
    repeat<together>([&](auto r) __attribute__((always_inline)) { sums[r] = all<L>(0); });
    for (Index p = 0; p < count; ++p) {
      const packet<L> by = load<L>(w + p * L::width);
      const double* const from = x + i * stride + p * L::width;
      repeat<together>([&](auto r) __attribute__((always_inline)) {
        sums[r] = multiply_add(load<L>(from + r * stride), by, sums[r]);
      });
    }
    repeat<together>([&](auto r) __attribute__((always_inline)) { odds[i + r] = packets::sum(sums[r]); });
  }
}

/// Adds the sum of pull x.
template <class L>
[[gnu::always_inline]] inline void add_pulls(const double* x, Index stride, Index size, const double* pull, Index d,
                                             double* sum) {
  in_chunks<L, 4>(
      d, [&](Index p, auto chunk) __attribute__((always_inline)) {
        constexpr int wide = chunk;
        registers<L, wide> even, odd;  // two of each, so that none waits for its last product
        repeat<wide>([&](auto c) __attribute__((always_inline)) { even[c] = odd[c] = all<L>(0); });
        const double* from = x + p * L::width;
        for (Index i = 0; i < size; i += 2, from += 2 * stride) {
          const packet<L> first = all<L>(pull[i]), second = all<L>(pull[i + 1]);
          repeat<wide>([&](auto c) __attribute__((always_inline)) {
            even[c] = multiply_add(load<L>(from + c * L::width), first, even[c]);
            odd[c] = multiply_add(load<L>(from + stride + c * L::width), second, odd[c]);
          });
        }
        repeat<wide>([&](auto c) __attribute__((always_inline)) {
          double* const to = sum + (p + c) * L::width;
          store(to, add(load<L>(to), add(even[c], odd[c])));
        });
      });
}

/// Adds the sums of half x and |half| x^2, and keeps the largest x^2.
template <class L>
[[gnu::always_inline]] inline void add_first(const double* x, Index stride, Index size, const double* half, Index d,
                                             double* sum, double* squares, double* largest) {
  in_chunks<L, 4>(
      d, [&](Index p, auto chunk) __attribute__((always_inline)) {
        constexpr int wide = chunk;
        registers<L, wide> total, square, top;
        repeat<wide>([&](auto c) __attribute__((always_inline)) {
          const Index at = (p + c) * L::width;
          total[c] = load<L>(sum + at), square[c] = load<L>(squares + at), top[c] = load<L>(largest + at);
        });
        const double* from = x + p * L::width;
        for (Index i = 0; i < size; ++i, from += stride) {
          const packet<L> by = all<L>(half[i]), w = all<L>(half[i] < 0 ? -half[i] : half[i]);
          repeat<wide>([&](auto c) __attribute__((always_inline)) {
            const packet<L> v = load<L>(from + c * L::width), v2 = multiply(v, v);
            total[c] = multiply_add(v, by, total[c]);
            square[c] = multiply_add(v2, w, square[c]);
            top[c] = packets::larger(v2, top[c]);
          });
        }
        repeat<wide>([&](auto c) __attribute__((always_inline)) {
          const Index at = (p + c) * L::width;
          store(sum + at, total[c]), store(squares + at, square[c]), store(largest + at, top[c]);
        });
      });
}

/// A tile of the sum of s s', s the rows of `scaled`: `Tall` packets from `row` down, columns from `column` on.
template <class L, int Tall, int Columns>
[[gnu::always_inline]] inline void add_tile(const double* scaled, Index room, Index size, Index row, Index column,
                                            double* out) {
  registers<L, Columns> total[static_cast<std::size_t>(Tall)];
  repeat<Tall>([&](auto r) __attribute__((always_inline)) {
    repeat<Columns>([&](auto c) __attribute__((always_inline)) { total[r][c] = all<L>(0); });
  });
  for (Index i = 0; i < size; ++i, scaled += room) {
    registers<L, Tall> left;
    repeat<Tall>([&](auto r) __attribute__((always_inline)) { left[r] = load<L>(scaled + row + r * L::width); });
    repeat<Columns>([&](auto c) __attribute__((always_inline)) {
      const packet<L> right = all<L>(scaled[column + c]);
      repeat<Tall>([&](auto r) __attribute__((always_inline)) { total[r][c] = multiply_add(left[r], right, total[r][c]); });
    });
  }
  repeat<Columns>([&](auto c) __attribute__((always_inline)) {
    repeat<Tall>([&](auto r) __attribute__((always_inline)) {
      double* const to = out + (column + c) * room + row + r * L::width;
      store(to, add(load<L>(to), total[r][c]));
    });
  });
}

/// Adds the sum of root^2 x x', what is on and below its diagonal; `out` has columns of `room` numbers, a multiple of the widest packet.
template <class L>
[[gnu::always_inline]] inline void add_products(const double* x, Index stride, Index size, const double* root, Index d,
                                                double* scaled, Index room, double* out) {
  constexpr int columns = 2 * L::wide;  // with two packets down, what the registers of a level hold
  const Index count = packets_of<L>(d), end = count * L::width;
  for (Index i = 0; i < size; ++i) {
    const packet<L> by = all<L>(root[i]);
    for (Index p = 0; p < count; ++p)
      store(scaled + i * room + p * L::width, multiply(load<L>(x + i * stride + p * L::width), by));
  }
  for (Index column = 0; column < d; column += columns) {
    Index row = column / L::width * L::width;
    for (; row + 2 * L::width <= end; row += 2 * L::width) add_tile<L, 2, columns>(scaled, room, size, row, column, out);
    if (row < end) add_tile<L, 1, columns>(scaled, room, size, row, column, out);
  }
}

/// log(1 + t) for t in [0, 1], to some units in the last place at any t: 2 atanh(z) at z = t / (2 + t) <= 1/3, by its series.
template <class L>
[[gnu::always_inline]] inline packet<L> log_one_plus(const packet<L>& t) {
  constexpr double odd[] = {1.0 / 35, 1.0 / 33, 1.0 / 31, 1.0 / 29, 1.0 / 27, 1.0 / 25, 1.0 / 23, 1.0 / 21, 1.0 / 19,
                            1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9,  1.0 / 7,  1.0 / 5,  1.0 / 3,  1.0};
  const packet<L> z = packets::divide(t, add(t, all<L>(2)));
  return multiply(add(z, z), packets::polynomial<L>(odd, multiply(z, z)));
}

/// Pairs by their log odds: sums of losses, and the least margin of a pair that has weight, at most 1.
struct terms {
  double loss;
  double nearest;
};

/// @param side  the weight of each pair, less than 0 for label 0   @param pull  what each adds to the gradient
/// @param odds  become the roots of the information's terms, if asked
template <class L>
[[gnu::always_inline]] inline terms judge(const double* side, Index size, double* odds, double* pull, bool roots) {
  using packets::where_less;
  const packet<L> zero = all<L>(0), one = all<L>(1);
  packet<L> losses = zero, nearest = one;
  for (Index i = 0; i < size; i += L::width) {
    const packet<L> signed_weight = load<L>(side + i), odd = load<L>(odds + i);
    const packet<L> w = packets::larger(signed_weight, subtract(zero, signed_weight));
    const packet<L> margin = subtract(odd, where_less(signed_weight, zero, add(odd, odd))), against = subtract(zero, margin);
    const packet<L> e = packets::exp_flushed<L>(packets::smaller(margin, against)),
                    likely = packets::divide(one, add(e, one));
    const packet<L> less = multiply(e, likely);  // the probabilities of the likelier label, and of the other
    losses = multiply_add(w, add(log_one_plus<L>(e), packets::larger(against, zero)), losses);
    const packet<L> wrong = add(where_less(zero, margin, less), subtract(likely, where_less(zero, margin, likely)));
    store(pull + i, multiply(signed_weight, wrong));
    if (roots) store(odds + i, packets::root(multiply(w, multiply(less, likely))));
    nearest = packets::smaller(nearest, add(where_less(zero, w, margin), subtract(one, where_less(zero, w, one))));
  }
  return {packets::sum(losses), -packets::largest(subtract(zero, nearest))};
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

}  // namespace simulacra::detail::logistic
