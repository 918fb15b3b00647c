#pragma once

#include <algorithm>
#include <cstddef>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/families/mixture/detail/packets.hpp>
#include <simulacra/numerics/simd_level.hpp>

/// The two inner loops of a pass over a block of observations, for one component with mean m and triangular factor L:
/// z = L^-1 (y - m) with |z|^2, and the weighted sums of z and z z'.
///
/// A block is stored coordinate by coordinate, `stride` observations each, so that a packet holds one coordinate of several
/// observations. Both loops keep a tile of numbers in registers, and both do d^2 / 2 multiply-adds for each observation: as
/// many as a matrix product over the features x_i x_j would, but without forming these, and without what they cost in
/// digits: z is of order 1 however small the component is.
namespace simulacra::detail::em {

using lanes::packet;
using lanes::repeat;

inline constexpr int tall = 4;                                 ///< rows of a tile; it has L::wide packets or columns
inline constexpr Index tile = simulacra::packets::whole_tile;  ///< a block's stride is a multiple

template <int N>
inline constexpr std::size_t count = static_cast<std::size_t>(N);
template <class L, int N>
using registers = packet<L>[count<N>];

/// Writes L (lower triangle, d x d) in the order in which `solve` reads it: row blocks of `tall` rows; in each, column by
/// column what stands left of the diagonal block, negated, then the block row by row, its diagonal inverted.
inline void pack_triangle(const Eigen::MatrixXd& lower, double* out) {
  const Index d = lower.rows();
  for (Index first = 0; first < d; first += tall) {
    const Index rows = (std::min)(Index{tall}, d - first);
    for (Index l = 0; l < first; ++l)
      for (Index r = 0; r < rows; ++r) *out++ = -lower(first + r, l);
    for (Index r = 0; r < rows; ++r) {
      for (Index c = 0; c < r; ++c) *out++ = -lower(first + r, first + c);
      *out++ = 1 / lower(first + r, first + r);
    }
  }
}

/// `Rows` rows of forward substitution for one tile; adds their squares to q. Returns where the next rows are packed.
template <class L, int Rows>
[[gnu::always_inline]] inline const double* solve_rows(const double* packed, const double* mean, const double* y, double* z,
                                                       Index first, Index stride, registers<L, L::wide>& q) {
  registers<L, L::wide> rest[count<Rows>];
  repeat<Rows>([&](auto r) __attribute__((always_inline)) {
    const packet<L> m = lanes::all<L>(mean[first + r]);
    repeat<L::wide>([&](auto u) __attribute__((always_inline)) {
      rest[r][u] = lanes::subtract(lanes::load<L>(y + (first + r) * stride + u * L::width), m);
    });
  });
  for (Index l = 0; l < first; ++l, packed += Rows) {
    registers<L, L::wide> known;
    repeat<L::wide>([&](auto u)
                        __attribute__((always_inline)) { known[u] = lanes::load<L>(z + l * stride + u * L::width); });
    repeat<Rows>([&](auto r) __attribute__((always_inline)) {
      const packet<L> f = lanes::all<L>(packed[r]);
      repeat<L::wide>([&](auto u)
                          __attribute__((always_inline)) { rest[r][u] = lanes::multiply_add(f, known[u], rest[r][u]); });
    });
  }
  repeat<Rows>([&](auto r) __attribute__((always_inline)) {
    repeat<r()>([&](auto c) __attribute__((always_inline)) {
      const packet<L> f = lanes::all<L>(*packed++);
      repeat<L::wide>([&](auto u)
                          __attribute__((always_inline)) { rest[r][u] = lanes::multiply_add(f, rest[c][u], rest[r][u]); });
    });
    const packet<L> inverse = lanes::all<L>(*packed++);
    repeat<L::wide>([&](auto u) __attribute__((always_inline)) {
      rest[r][u] = lanes::multiply(rest[r][u], inverse);
      q[u] = lanes::multiply_add(rest[r][u], rest[r][u], q[u]);
      lanes::store(z + (first + r) * stride + u * L::width, rest[r][u]);
    });
  });
  return packed;
}

/// Writes observations of one or two coordinates to y, coordinate by coordinate, times their scales: as many as make whole packets; returns
/// how many.
template <class L, int D>
[[gnu::always_inline]] inline Index load_packets(const double* from, const double* scale, double* y, Index size,
                                                 Index stride) {
  static_assert(D == 1 || D == 2);
  Index t = 0;
  for (; t + L::width <= size; t += L::width) {
    const packet<L> a = lanes::load<L>(from + D * t);
    if constexpr (D == 1) {
      lanes::store(y + t, lanes::multiply(a, lanes::all<L>(scale[0])));
    } else {
      const packet<L> b = lanes::load<L>(from + D * t + L::width);
      lanes::store(y + t, lanes::multiply(lanes::every_second<L, 0>(a, b), lanes::all<L>(scale[0])));
      lanes::store(y + stride + t, lanes::multiply(lanes::every_second<L, 1>(a, b), lanes::all<L>(scale[1])));
    }
  }
  return t;
}

/// What is left of |z|^2 where it leaves the range: a log density of -5e299 in place of minus infinity, so that differences
/// of two such are numbers.
inline constexpr double farthest = 1e300;

/// Writes z = L^-1 (y - m) and the log density `constant` - |z|^2 / 2 of every observation of a block.
template <class L>
[[gnu::always_inline]] inline void solve(const double* packed, const double* mean, double constant, const double* y,
                                         double* z, double* log_density, Index d, Index stride) {
  for (Index t = 0; t < stride; t += L::wide * L::width) {
    registers<L, L::wide> q;
    repeat<L::wide>([&](auto u) __attribute__((always_inline)) { q[u] = lanes::all<L>(0); });
    const double* at = packed;
    Index first = 0;
    for (; first + tall <= d; first += tall) at = solve_rows<L, tall>(at, mean, y + t, z + t, first, stride, q);
    switch (d - first) {
      case 1: solve_rows<L, 1>(at, mean, y + t, z + t, first, stride, q); break;
      case 2: solve_rows<L, 2>(at, mean, y + t, z + t, first, stride, q); break;
      case 3: solve_rows<L, 3>(at, mean, y + t, z + t, first, stride, q); break;
      default: break;
    }
    repeat<L::wide>([&](auto u) __attribute__((always_inline)) {
      lanes::store(log_density + t + u * L::width,
                   lanes::multiply_add(lanes::at_most(q[u], farthest), lanes::all<L>(-0.5), lanes::all<L>(constant)));
    });
  }
}

/// The same for a diagonal L, given by the inverses of its diagonal.
template <class L>
[[gnu::always_inline]] inline void solve_diagonal(const double* inverse, const double* mean, double constant,
                                                  const double* y, double* z, double* log_density, Index d, Index stride) {
  for (Index t = 0; t < stride; t += L::width) {
    packet<L> q = lanes::all<L>(0);
    for (Index i = 0; i < d; ++i) {
      const packet<L> a = lanes::multiply(lanes::subtract(lanes::load<L>(y + i * stride + t), lanes::all<L>(mean[i])),
                                          lanes::all<L>(inverse[i]));
      q = lanes::multiply_add(a, a, q);
      lanes::store(z + i * stride + t, a);
    }
    lanes::store(log_density + t,
                 lanes::multiply_add(lanes::at_most(q, farthest), lanes::all<L>(-0.5), lanes::all<L>(constant)));
  }
}

/// Adds the sums of r, of r z_i, and, for a diagonal covariance, of r z_i^2; writes r z_i for `add_products`.
template <class L, bool Squares>
[[gnu::always_inline]] inline void add_sums(const double* r, const double* z, double* weighted, double& weight, double* sums,
                                            double* squares, Index d, Index stride) {
  packet<L> total = lanes::all<L>(0);
  for (Index t = 0; t < stride; t += L::width) total = lanes::add(total, lanes::load<L>(r + t));
  weight += lanes::sum(total);
  for (Index i = 0; i < d; ++i) {
    packet<L> first = lanes::all<L>(0), second = lanes::all<L>(0);
    const double* const row = z + i * stride;
    for (Index t = 0; t < stride; t += L::width) {
      const packet<L> a = lanes::load<L>(row + t), b = lanes::multiply(a, lanes::load<L>(r + t));
      first = lanes::add(first, b);
      if constexpr (Squares)
        second = lanes::multiply_add(a, b, second);
      else
        lanes::store(weighted + i * stride + t, b);
    }
    sums[i] += lanes::sum(first);
    if constexpr (Squares) squares[i] += lanes::sum(second);
  }
}

/// Adds a tile of the sum of (r z) z': rows from `row`, columns from `column`.
template <class L, int Rows, int Columns>
[[gnu::always_inline]] inline void add_tile(const double* weighted, const double* z, Index row, Index column, Index stride,
                                            Eigen::MatrixXd& out) {
  registers<L, Columns> total[count<Rows>];
  repeat<Rows>([&](auto r) __attribute__((always_inline)) {
    repeat<Columns>([&](auto c) __attribute__((always_inline)) { total[r][c] = lanes::all<L>(0); });
  });
  const double* const left = weighted + row * stride;
  const double* const right = z + column * stride;
  for (Index t = 0; t < stride; t += L::width) {
    registers<L, Rows> a;
    repeat<Rows>([&](auto r) __attribute__((always_inline)) { a[r] = lanes::load<L>(left + r * stride + t); });
    repeat<Columns>([&](auto c) __attribute__((always_inline)) {
      const packet<L> b = lanes::load<L>(right + c * stride + t);
      repeat<Rows>([&](auto r) __attribute__((always_inline)) { total[r][c] = lanes::multiply_add(a[r], b, total[r][c]); });
    });
  }
  repeat<Rows>([&](auto r) __attribute__((always_inline)) {
    repeat<Columns>([&](auto c) __attribute__((always_inline)) { out(row + r, column + c) += lanes::sum(total[r][c]); });
  });
}

/// Rows from `row` on, a multiple of `tall`, up to the diagonal.
template <class L, int Rows>
[[gnu::always_inline]] inline void add_row_block(const double* weighted, const double* z, Index row, Index stride,
                                                 Eigen::MatrixXd& out) {
  static_assert(tall % L::wide == 0);
  Index column = 0;
  for (; column + L::wide <= row + Rows; column += L::wide)
    add_tile<L, Rows, L::wide>(weighted, z, row, column, stride, out);
  if constexpr (constexpr int rest = Rows % L::wide; rest > 0)
    add_tile<L, Rows, rest>(weighted, z, row, column, stride, out);
}

/// Adds the sum of (r z) z' to the lower triangle of `out`; what is above it is left undefined.
template <class L>
[[gnu::always_inline]] inline void add_products(const double* weighted, const double* z, Index d, Index stride,
                                                Eigen::MatrixXd& out) {
  Index row = 0;
  for (; row + tall <= d; row += tall) add_row_block<L, tall>(weighted, z, row, stride, out);
  switch (d - row) {
    case 1: add_row_block<L, 1>(weighted, z, row, stride, out); break;
    case 2: add_row_block<L, 2>(weighted, z, row, stride, out); break;
    case 3: add_row_block<L, 3>(weighted, z, row, stride, out); break;
    default: break;
  }
}

/// e^(row - top) in place of each row of one packet of log densities, of which `top` is the largest; returns their sum. That of the largest is 1,
/// and need not be computed: with few components it pays to put the first row's in its place. The numbers are the same.
template <class L>
[[gnu::always_inline]] inline packet<L> relative_densities(double* rows, Index k, const packet<L>& top, Index stride) {
  constexpr Index few = 4;
  packet<L> total = lanes::all<L>(0);
  if (k < 2 || k > few) {
    for (Index j = 0; j < k; ++j) {
      const packet<L> e = lanes::exp_flushed(lanes::subtract(lanes::load<L>(rows + j * stride), top));
      total = lanes::add(total, e);
      lanes::store(rows + j * stride, e);
    }
    return total;
  }
  const packet<L> one = lanes::all<L>(1), front = lanes::load<L>(rows);
  packet<L> of_front = one;
  for (Index j = 1; j < k; ++j) {
    const packet<L> mine = lanes::load<L>(rows + j * stride);  // less than the top, or the top itself
    const packet<L> e = lanes::exp_flushed(lanes::subtract(lanes::choose_less(mine, top, mine, front), top));
    of_front = lanes::choose_less(mine, top, of_front, e);
    lanes::store(rows + j * stride, lanes::choose_less(mine, top, e, one));
  }
  lanes::store(rows, of_front);
  for (Index j = 0; j < k; ++j) total = lanes::add(total, lanes::load<L>(rows + j * stride));
  return total;
}

/// Turns log densities (k rows) into responsibilities times weights, by softmax about the largest, and returns the sum of
/// the weighted log densities of the mixture. `w` has one weight per observation; `ones`: all of them are 1.
template <class L>
[[gnu::always_inline]] inline double share_out(double* rows, Index k, const double* w, bool ones, Index stride) {
  double log_likelihood = 0;
  packet<L> product = lanes::all<L>(1), sums = lanes::all<L>(0);
  int factors = 0;
  for (Index t = 0; t < stride; t += L::width) {
    packet<L> top = lanes::load<L>(rows + t);
    for (Index j = 1; j < k; ++j) top = lanes::larger(top, lanes::load<L>(rows + j * stride + t));
    const packet<L> total = relative_densities<L>(rows + t, k, top, stride);
    const packet<L> weight = lanes::load<L>(w + t), share = lanes::divide(weight, total);
    for (Index j = 0; j < k; ++j)
      lanes::store(rows + j * stride + t, lanes::multiply(lanes::load<L>(rows + j * stride + t), share));
    sums = lanes::multiply_add(weight, top, sums);
    if (ones) {  // one logarithm of a product for several: each factor is between 1 and k
      product = lanes::multiply(product, total);
      if (++factors == 12) {
        log_likelihood += lanes::sum(lanes::log(product));
        product = lanes::all<L>(1);
        factors = 0;
      }
    } else {
      sums = lanes::multiply_add(weight, lanes::log(total), sums);
    }
  }
  if (factors > 0) log_likelihood += lanes::sum(lanes::log(product));
  return log_likelihood + lanes::sum(sums);
}

}  // namespace simulacra::detail::em
