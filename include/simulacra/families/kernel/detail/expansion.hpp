#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/families/kernel/detail/box.hpp>
#include <simulacra/families/kernel/detail/lanes.hpp>
#include <simulacra/families/kernel/detail/pieces.hpp>

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
  const double z = side * side / 4 * (1 + 1e-12);
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
template <int D>
class expansion {
 public:
  explicit expansion(Index terms) : terms_(terms), padded_terms_((terms + 3) / 4 * 4) {
    Index all_terms = padded_terms_;
    for (int i = 1; i < D; ++i) all_terms *= terms;
    numbers_.resize(all_terms);
  }

  /// Makes the numbers N for sources about a, and queries about b.
  void meet(const piece& x, const place<D>& a, const place<D>& b) {
    const Index stride = x.stride;
    work_.resize((std::max)(work_.size(), stride * (padded_terms_ * D + D)));
    double* const powers = work_.data();
    double* const shares = powers + stride * padded_terms_ * D;
    const double* const w = x.row(D);
    for (Index at = 0; at < stride; at += width) {
      packets<D> u;
      packets<1> exponent;
      exponent[0] = all(0);
      repeat<D>([&](auto i) __attribute__((always_inline)) {
        u[i] = subtract(load(x.row(i) + at), all(a[i]));
        exponent[0] = multiply_add(u[i], subtract(all(b[i] - a[i]), multiply(all(0.5), u[i])), exponent[0]);
      });
      power_of_two<1>(exponent, all(log2_e));
      store(shares + at, multiply(exponent[0], load(w + at)));
      repeat<D>([&](auto i) __attribute__((always_inline)) {
        double* to = powers + i * stride * padded_terms_ + at;
        packet power = all(1);
        store(to, power);
        for (Index k = 1; k < padded_terms_; ++k) {
          power = multiply(power, multiply(u[i], all(inverse(k))));
          store(to += stride, power);
        }
      });
    }
    fill<0>(shares, powers, stride, numbers_.data());
  }

  /// Adds the sum to `out` for all queries of a piece, of which only the coordinates are looked at.
  void add_to(const piece& y, const place<D>& a, const place<D>& b, double* out) const {
    over_packets(
        y.stride, [&](Index at, auto n) __attribute__((always_inline)) {
          packets<n> q;
          square_distances<D, n>(y, at, a.data(), D, q);
          gaussian<n>(q);
          packets<n> s;
          series<0, n>(y, at, b, numbers_.data(), s);
          repeat<n>([&](auto u) __attribute__((always_inline)) {
            store(out + at + u * width, multiply_add(q[u], s[u], load(out + at + u * width)));
          });
        });
  }

 private:
  static double inverse(Index k) { return 1 / static_cast<double>(k); }

  /// Where the numbers of one more leading index begin.
  template <int I>
  [[nodiscard]] Index step() const {
    Index s = padded_terms_;
    for (int i = I + 2; i < D; ++i) s *= terms_;
    return s;
  }

  /// Sums of shares times powers of coordinates I, I + 1, ...; `shares` of coordinate I + 1 are in the row after it.
  template <int I>
  void fill(double* shares, const double* powers, Index stride, double* to) {
    if constexpr (I == D - 1) {
      for (Index k = 0; k < padded_terms_; k += 4) {
        packets<4> total;
        repeat<4>([&](auto j) __attribute__((always_inline)) { total[j] = all(0); });
        for (Index at = 0; at < stride; at += width) {
          const packet share = load(shares + at);
          repeat<4>([&](auto j) __attribute__((always_inline)) {
            total[j] = multiply_add(share, load(powers + (k + j) * stride + at), total[j]);
          });
        }
        repeat<4>([&](auto j) __attribute__((always_inline)) { to[k + j] = sum(total[j]); });
      }
    } else {
      double* const next = shares + stride;
      for (Index k = 0; k < terms_; ++k) {
        for (Index at = 0; at < stride; at += width)
          store(next + at, multiply(load(shares + at), load(powers + k * stride + at)));
        fill<I + 1>(next, powers + padded_terms_ * stride, stride, to + k * step<I>());
      }
    }
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

  Index terms_, padded_terms_;
  Eigen::VectorXd numbers_, work_;
};

}  // namespace simulacra::detail::gauss
