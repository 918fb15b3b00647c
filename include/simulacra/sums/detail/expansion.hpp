#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <simulacra/core/types.hpp>
#include <simulacra/numerics/aligned_doubles.hpp>
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
    std::size_t count = 1;
    for (int i = 0; i < D; ++i) count *= static_cast<std::size_t>(terms);
    numbers_.resize(count);
    lanes_.resize(count * simulacra::packets::widest);
    inverse_.resize(count);
    for (std::size_t k = 0; k < count; ++k) {
      double product = 1;
      auto rest = static_cast<Index>(k);
      for (int i = 0; i < D; ++i, rest /= terms)
        for (Index f = rest % terms; f > 1; --f) product *= static_cast<double>(f);
      inverse_[k] = 1 / product;
    }
  }

  /// Makes the numbers N for sources about a, and queries about b at most 40 away.
  void meet(const piece& x, const place<D>& a, const place<D>& b) {
    at_used_level([&]<class L>(L) __attribute__((always_inline)) {
      clear();
      for (Index first = 0; first < x.stride; first += chunk) {
        const Index n = (std::min)(chunk, x.stride - first);
        set_out<L>(
            x, first, n, a, b, [&](Index at, const packet<L>& exponent) __attribute__((always_inline)) {
              packets<L, 1> e = {exponent};
              power_of_two<L, 1>(e, log2_e);
              store(work_.data() + at, multiply(e[0], load<L>(x.row(D) + first + at)));
            });
        fill<L, 0>(work_.data(), n, lanes_.data());
      }
      finish<L>();
    });
  }

  /// The same wherever b is: log of the factor that the numbers are to be multiplied by.
  double meet_far(const piece& x, const place<D>& a, const place<D>& b) {
    return at_used_level([&]<class L>(L) __attribute__((always_inline)) {
      // Twice the same visit: for the largest term, then for the others in units of it.
      packet<L> most = all<L>(-(std::numeric_limits<double>::infinity)());
      double top = 0;
      clear();
      for (int visit = 0; visit < 2; ++visit) {
        for (Index first = 0; first < x.stride; first += chunk) {
          const Index n = (std::min)(chunk, x.stride - first);
          set_out<L>(
              x, first, n, a, b, [&](Index at, const packet<L>& exponent) __attribute__((always_inline)) {
                packets<L, 1> e = {add(exponent, load<L>(x.row(D + 1) + first + at))};
                most = larger(most, e[0]);
                e[0] = subtract(e[0], all<L>(top));
                exponential<L, 1>(e);
                store(work_.data() + at, e[0]);
              });
          if (visit == 1) fill<L, 0>(work_.data(), n, lanes_.data());
        }
        top = largest(most);
      }
      finish<L>();
      return top;
    });
  }

  /// Adds the sum to `out` for all queries of a piece, of which only the coordinates are looked at.
  void add_to(const piece& y, const place<D>& a, const place<D>& b, double* out) const {
    at_used_level([&]<class L>(L) __attribute__((always_inline)) {
      over_packets<L>(
          y.stride, [&](Index at, auto n) __attribute__((always_inline)) {
            packets<L, n> q, s;
            square_distances<L, D, n>(y, at, a.data(), D, q);
            gaussian<L, n>(q);
            series<L, 0, n>(y, at, b, numbers_.data(), s);
            repeat<n>([&](auto u) __attribute__((always_inline)) {
              double* const to = out + at + u * L::width;
              store(to, multiply_add(q[u], s[u], load<L>(to)));
            });
          });
    });
  }

  /// Sets `polynomial` to the sum over k alone, and `exponent` to |y - a|^2 / 2.
  void parts(const piece& y, const place<D>& a, const place<D>& b, double* polynomial, double* exponent) const {
    at_used_level([&]<class L>(L) __attribute__((always_inline)) {
      for (Index at = 0; at < y.stride; at += L::width) {
        packets<L, 1> q, s;
        square_distances<L, D, 1, true>(y, at, a.data(), D, q);
        series<L, 0, 1>(y, at, b, numbers_.data(), s);
        store(polynomial + at, s[0]);
        store(exponent + at, q[0]);
      }
    });
  }

 private:
  /// Sources that are expanded at a time: their rows stay in the first-level cache.
  static constexpr Index chunk = 512;

  /// Rows of `work_`: what a source counts, once for each coordinate; then its u.
  [[nodiscard]] double* coordinate(Index i) { return work_.data() + (D + i) * chunk; }

  void clear() { std::fill(lanes_.begin(), lanes_.end(), 0.0); }

  /// Sets the rows of u for n sources from number `first` on, and calls `use(k, u.(b - a) - |u|^2 / 2)` for packets of them.
  template <class L, class Use>
  [[gnu::always_inline]] void set_out(const piece& x, Index first, Index n, const place<D>& a, const place<D>& b,
                                      Use&& use) {
    for (Index at = 0; at < n; at += L::width) {
      packet<L> exponent = all<L>(0);
      repeat<D>([&](auto i) __attribute__((always_inline)) {
        const packet<L> u = subtract(load<L>(x.row(i) + first + at), all<L>(a[i]));
        exponent = multiply_add(u, subtract(all<L>(b[i] - a[i]), multiply(all<L>(0.5), u)), exponent);
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
  template <class L, int I>
  [[gnu::always_inline]] void fill(double* row, Index n, double* to) {
    const double* const u = coordinate(I);
    if constexpr (I == D - 1) {
      Index k = 0;
      for (; k + 4 <= terms_; k += 4) add_powers<L, 4>(row, u, n, to + k * L::width);
      for (; k < terms_; ++k) add_powers<L, 1>(row, u, n, to + k * L::width);
    } else {
      double* const next = row + chunk;
      for (Index k = 0; k < terms_; ++k) {
        std::copy_n(row, n, next);
        fill<L, I + 1>(next, n, to + k * step<I>() * L::width);
        for (Index at = 0; at < n; at += L::width) store(row + at, multiply(load<L>(row + at), load<L>(u + at)));
      }
    }
  }

  /// Adds the sums of row, row u, row u^2, ..., K of them, and leaves row u^K.
  template <class L, int K>
  [[gnu::always_inline]] static void add_powers(double* row, const double* u, Index n, double* to) {
    packets<L, K> total;
    repeat<K>([&](auto k) __attribute__((always_inline)) { total[k] = load<L>(to + k * L::width); });
    for (Index at = 0; at < n; at += L::width) {
      packet<L> share = load<L>(row + at);
      const packet<L> by = load<L>(u + at);
      repeat<K>([&](auto k) __attribute__((always_inline)) {
        total[k] = add(total[k], share);
        share = multiply(share, by);
      });
      store(row + at, share);
    }
    repeat<K>([&](auto k) __attribute__((always_inline)) { store(to + k * L::width, total[k]); });
  }

  template <class L>
  [[gnu::always_inline]] void finish() {
    for (std::size_t k = 0; k < numbers_.size(); ++k) numbers_[k] = sum(load<L>(lanes_.data() + k * L::width)) * inverse_[k];
  }

  /// The polynomial in the coordinates I, I + 1, ... of v, by Horner's rule in each.
  template <class L, int I, int N>
  [[gnu::always_inline]] void series(const piece& y, Index at, const place<D>& b, const double* from,
                                     packets<L, N>& s) const {
    packets<L, N> v;
    repeat<N>([&](auto u)
                  __attribute__((always_inline)) { v[u] = subtract(load<L>(y.row(I) + at + u * L::width), all<L>(b[I])); });
    if constexpr (I == D - 1) {
      repeat<N>([&](auto u) __attribute__((always_inline)) { s[u] = all<L>(from[terms_ - 1]); });
      for (Index k = terms_ - 1; k-- > 0;)
        repeat<N>([&](auto u) __attribute__((always_inline)) { s[u] = multiply_add(s[u], v[u], all<L>(from[k])); });
    } else {
      repeat<N>([&](auto u) __attribute__((always_inline)) { s[u] = all<L>(0); });
      for (Index k = terms_; k-- > 0;) {
        packets<L, N> inner;
        series<L, I + 1, N>(y, at, b, from + k * step<I>(), inner);
        repeat<N>([&](auto u) __attribute__((always_inline)) { s[u] = multiply_add(s[u], v[u], inner[u]); });
      }
    }
  }

  Index terms_;
  simulacra::packets::aligned_doubles work_, lanes_;
  std::vector<double> numbers_, inverse_;
};

}  // namespace simulacra::detail::gauss
