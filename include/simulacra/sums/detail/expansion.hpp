#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/sums/detail/box.hpp>
#include <simulacra/sums/detail/lanes.hpp>
#include <simulacra/sums/detail/pieces.hpp>

namespace simulacra::detail::gauss {

/// How far a cell of sources and one of queries may reach from their middles, and the number of terms that this needs.
struct expansion_order {
  double side;   ///< of a cell
  Index terms;   ///< of each coordinate's series
  double error;  ///< relative, of every single term of the sum
};

/// The relative error of p terms of the exponential series, in each of d coordinates, anywhere in |z| <= side^2 / 4:
/// what is left out of e^z is at most |z|^p / p! for z < 0 (the series alternates; e^z >= e^-|z|) and e^z z^p / p! for
/// z > 0 (Lagrange), so e^|z| |z|^p / p! of e^z itself, for each coordinate; and d errors multiply.
inline double expansion_error(double side, Index terms, int d) {
  const double z = side * side / 4 * (1 + 1e-8);
  double error = std::exp(z);
  for (Index k = 1; k <= terms; ++k) error *= z / static_cast<double>(k);
  return std::expm1(d * std::log1p(error));
}

/// The fewest terms with which that error is at most `error`.
inline expansion_order order_for(double side, double error, int d) {
  Index terms = 1;
  while (expansion_error(side, terms, d) > error) ++terms;
  return {side, terms, expansion_error(side, terms, d)};
}

/// A cell of sources x = a + u and a group of queries y = b + v, all |u_i|, |v_i| <= side / 2, meet through p^D numbers:
/// \f[ \sum_x w e^{-|x-y|^2/2} = e^{-|y-a|^2/2} \sum_{k} v^k N_k, \quad
///     N_k = \sum_x w \frac{u^k}{k!} e^{u \cdot (b-a) - |u|^2/2}, \f]
/// since -|x-y|^2 / 2 = -|y-a|^2/2 + u.(y-a) - |u|^2/2 and y - a = (b - a) + v: only e^{u.v} is expanded, whose argument is
/// small however far the two are apart. Every term of the sum has the relative error of `expansion_error`, so the sum has.
/// With u and v up to half a bandwidth ten terms give eleven digits.
/// (Greengard and Strain (1991) expand e^{u.(y-a)}: then a cell needs numbers only once, but many more of them.)
///
/// Far from the sources the exponentials leave the range of doubles. There N is kept divided by the largest w e^..., whose
/// logarithm `meet_far` returns.
template <int D>
class expansion {
 public:
  explicit expansion(Index terms) : terms_(terms), work_((2 * D + 1) * chunk) {
    Index count = 1;
    for (int i = 0; i < D; ++i) count *= terms;
    numbers_.resize(count);
    lanes_.resize(count * width);
    inverse_.resize(count);
    for (Index k = 0; k < count; ++k) {
      double product = 1;
      for (Index rest = k, i = 0; i < D; ++i, rest /= terms)
        for (Index f = rest % terms; f > 1; --f) product *= static_cast<double>(f);
      inverse_[k] = 1 / product;
    }
  }

  /// Makes the numbers N for sources about a, and queries about b at most 40 away.
  void meet(const piece& x, const place<D>& a, const place<D>& b) {
    lanes_.setZero();
    for (Index first = 0; first < x.stride; first += chunk) {
      const Index n = (std::min)(chunk, x.stride - first);
      set_out(
          x, first, n, a, b, [&](Index at, packet exponent) __attribute__((always_inline)) {
            packets<1> e = {exponent};
            power_of_two<1>(e, all(log2_e));
            store(work_.data() + at, multiply(e[0], load(x.row(D) + first + at)));
          });
      fill<0>(work_.data(), n, lanes_.data());
    }
    finish();
  }

  /// The same wherever b is: log of the factor that the numbers are to be multiplied by.
  double meet_far(const piece& x, const place<D>& a, const place<D>& b) {
    packet most = all(-(std::numeric_limits<double>::infinity)());
    for (Index first = 0; first < x.stride; first += chunk)
      set_out(
          x, first, (std::min)(chunk, x.stride - first), a,
          b, [&](Index at, packet exponent) __attribute__((always_inline)) {
            most = larger(most, add(exponent, load(x.row(D + 1) + first + at)));
          });
    const double top = largest(most);
    lanes_.setZero();
    for (Index first = 0; first < x.stride; first += chunk) {
      const Index n = (std::min)(chunk, x.stride - first);
      set_out(
          x, first, n, a, b, [&](Index at, packet exponent) __attribute__((always_inline)) {
            packets<1> e = {subtract(add(exponent, load(x.row(D + 1) + first + at)), all(top))};
            exponential<1>(e);
            store(work_.data() + at, e[0]);
          });
      fill<0>(work_.data(), n, lanes_.data());
    }
    finish();
    return top;
  }

  /// Adds the sum to `out` for all queries of a piece, of which only the coordinates are looked at.
  void add_to(const piece& y, const place<D>& a, const place<D>& b, double* out) const {
    over_packets(
        y.stride, [&](Index at, auto n) __attribute__((always_inline)) {
          packets<n> q, s;
          square_distances<D, n>(y, at, a.data(), D, q);
          gaussian<n>(q);
          series<0, n>(y, at, b, numbers_.data(), s);
          repeat<n>([&](auto u) __attribute__((always_inline)) {
            store(out + at + u * width, multiply_add(q[u], s[u], load(out + at + u * width)));
          });
        });
  }

  /// Sets `polynomial` to the sum over k alone, and `exponent` to |y - a|^2 / 2.
  void parts(const piece& y, const place<D>& a, const place<D>& b, double* polynomial, double* exponent) const {
    for (Index at = 0; at < y.stride; at += width) {
      packets<1> q, s;
      square_distances<D, 1, true>(y, at, a.data(), D, q);
      series<0, 1>(y, at, b, numbers_.data(), s);
      store(polynomial + at, s[0]);
      store(exponent + at, q[0]);
    }
  }

 private:
  /// Sources that are expanded at a time: their rows stay in the first-level cache.
  static constexpr Index chunk = 512;

  /// Rows of `work_`: what a source counts, once for each coordinate; then its u.
  [[nodiscard]] double* coordinate(Index i) { return work_.data() + (D + i) * chunk; }

  /// Sets the rows of u for n sources from number `first` on, and calls `use(k, u.(b - a) - |u|^2 / 2)` for packets of them.
  template <class Use>
  [[gnu::always_inline]] void set_out(const piece& x, Index first, Index n, const place<D>& a, const place<D>& b,
                                      Use&& use) {
    for (Index at = 0; at < n; at += width) {
      packet exponent = all(0);
      repeat<D>([&](auto i) __attribute__((always_inline)) {
        const packet u = subtract(load(x.row(i) + first + at), all(a[i]));
        exponent = multiply_add(u, subtract(all(b[i] - a[i]), multiply(all(0.5), u)), exponent);
        store(coordinate(i) + at, u);
      });
      use(at, exponent);
    }
  }

  /// Terms from coordinate I on: their number, that of those after it alone.
  template <int I>
  [[nodiscard]] Index step() const {
    Index s = 1;
    for (int i = I + 1; i < D; ++i) s *= terms_;
    return s;
  }

  /// Adds sums of `row` times powers of coordinates I, I + 1, ... to `to`, a packet for each. Uses up `row`.
  template <int I>
  void fill(double* row, Index n, double* to) {
    const double* const u = coordinate(I);
    if constexpr (I == D - 1) {
      Index k = 0;
      for (; k + 4 <= terms_; k += 4) add_powers<4>(row, u, n, to + k * width);
      for (; k < terms_; ++k) add_powers<1>(row, u, n, to + k * width);
    } else {
      double* const next = row + chunk;
      for (Index k = 0; k < terms_; ++k) {
        std::copy_n(row, n, next);
        fill<I + 1>(next, n, to + k * step<I>() * width);
        for (Index at = 0; at < n; at += width) store(row + at, multiply(load(row + at), load(u + at)));
      }
    }
  }

  /// Adds the sums of row, row u, row u^2, ..., K of them, and leaves row u^K.
  template <int K>
  static void add_powers(double* row, const double* u, Index n, double* to) {
    packets<K> total;
    repeat<K>([&](auto k) __attribute__((always_inline)) { total[k] = load(to + k * width); });
    for (Index at = 0; at < n; at += width) {
      packet share = load(row + at);
      const packet by = load(u + at);
      repeat<K>([&](auto k) __attribute__((always_inline)) {
        total[k] = add(total[k], share);
        share = multiply(share, by);
      });
      store(row + at, share);
    }
    repeat<K>([&](auto k) __attribute__((always_inline)) { store(to + k * width, total[k]); });
  }

  void finish() {
    for (Index k = 0; k < numbers_.size(); ++k) numbers_[k] = sum(load(lanes_.data() + k * width)) * inverse_[k];
  }

  /// The polynomial in the coordinates I, I + 1, ... of v, by Horner's rule in each.
  template <int I, int N>
  [[gnu::always_inline]] void series(const piece& y, Index at, const place<D>& b, const double* from, packets<N>& s) const {
    packets<N> v;
    repeat<N>([&](auto u) __attribute__((always_inline)) { v[u] = subtract(load(y.row(I) + at + u * width), all(b[I])); });
    if constexpr (I == D - 1) {
      repeat<N>([&](auto u) __attribute__((always_inline)) { s[u] = all(from[terms_ - 1]); });
      for (Index k = terms_ - 1; k-- > 0;)
        repeat<N>([&](auto u) __attribute__((always_inline)) { s[u] = multiply_add(s[u], v[u], all(from[k])); });
    } else {
      repeat<N>([&](auto u) __attribute__((always_inline)) { s[u] = all(0); });
      for (Index k = terms_; k-- > 0;) {
        packets<N> inner;
        series<I + 1, N>(y, at, b, from + k * step<I>(), inner);
        repeat<N>([&](auto u) __attribute__((always_inline)) { s[u] = multiply_add(s[u], v[u], inner[u]); });
      }
    }
  }

  Index terms_;
  Eigen::VectorXd work_, numbers_, lanes_, inverse_;
};

}  // namespace simulacra::detail::gauss
