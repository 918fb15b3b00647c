#pragma once

#include <cmath>

#include <simulacra/theory/detail/double_double.hpp>
#include <simulacra/theory/detail/gamma.hpp>
#include <simulacra/theory/general_process.hpp>

/// Several models that read each other: K members of one pool, and two islands that exchange a share of what they read.
namespace simulacra::theory {

/// The mean variance (divisor n) of a pool of M observations that K members share, in units of the truth's: in each generation every
/// member is fitted to a random K-th of the pool and publishes a K-th of the next.
///
/// \f[ E V_1=1-\frac1M,\qquad E V_{t+1}=E V_t\Bigl[1-\frac{1-K/M}{M-1}\Bigr]\ (\texttt{n}),\quad
///     E V_t\,\frac{M+K-2}{M-1}\ (\texttt{n\_minus\_1}) \f]
/// Members that are fitted by maximum likelihood lose *less* than one model of the whole pool would; unbiased ones inflate the pool. Of
/// V, the part \f$(K-1)/(M-1)\f$ lies between members for t >= 2. In any dimension.
/// @param pool M >= 2
/// @param members K in [1, M], or in [1, M/2] with `n_minus_1`, where each needs two observations; a divisor of M, if the pool is to be
/// shared out evenly as the formula has it
/// @param generation t >= 0; 1 is the pool of real data, 0 the truth
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline double pooled_variance(Index pool, Index members, Index generation, divisor by) {
  constexpr auto name = "theory::pooled_variance";
  argument::require(pool >= 2, name, "pool", pool, "be at least 2");
  argument::require(members >= 1 && members <= pool, name, "members", members, "be at least 1 and not exceed the pool");
  detail::check_generation(name, generation);
  detail::check_divisor(name, by);
  argument::require(by == divisor::n || pool / members >= 2, name, "members", members,
                    "leave two observations for each member, or there is no unbiased variance");
  if (generation == 0) return 1;
  const double m = detail::real(pool), others = detail::real(members - 1), missing = detail::real(pool - members);
  const double change = by == divisor::n ? -missing / m / (m - 1) : others / (m - 1);
  return (m - 1) / m * std::exp((detail::real(generation) - 1) * std::log1p(change));
}

/// The share of a pool's variance that lies between its members, \f$(K-1)/(M-1)\f$ in every generation t >= 2: a constant F_ST.
///
/// Arguments and errors as for `pooled_variance`. Cost O(1). Source: derived for this library.
inline double pooled_between_share(Index pool, Index members) {
  constexpr auto name = "theory::pooled_between_share";
  argument::require(pool >= 2, name, "pool", pool, "be at least 2");
  argument::require(members >= 1 && members <= pool, name, "members", members, "be at least 1 and not exceed the pool");
  return detail::real(members - 1) / detail::real(pool - 1);
}

/// Where two islands stand: the mean probability that two draws agree.
struct island {
  double within;   ///< F_w, two draws from one member's law, \f$E\sum_ip_{1,i}^2\f$
  double between;  ///< F_b, one from each, \f$E\sum_ip_{1,i}p_{2,i}\f$
  double f_st;     ///< \f$1-H_S/H_T\f$ with \f$H_S=1-F_w\f$, \f$H_T=1-(F_w+F_b)/2\f$; 0 where there is no diversity at all
};

namespace detail {

/// The two diversities, within and the excess of that between, up to a common factor: a matrix with entries >= 0, whose powers are taken
/// in double-double arithmetic and kept in range.
struct island_powers {
  double_double h[2] = {1, 0};  ///< up to a power of two

  void advance(const double_double (&first)[2][2], Index steps) {
    double_double g[2][2] = {{first[0][0], first[0][1]}, {first[1][0], first[1][1]}};
    for (Index left = steps; left > 0; left /= 2) {
      if (left % 2 == 1) {
        const double_double a = g[0][0] * h[0] + g[0][1] * h[1], b = g[1][0] * h[0] + g[1][1] * h[1];
        h[0] = a, h[1] = b;
        fit(h[0], h[1]);
      }
      if (left == 1) break;
      double_double s[2][2];
      for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 2; ++j) s[i][j] = g[i][0] * g[0][j] + g[i][1] * g[1][j];
      for (int i = 0; i < 4; ++i) g[i / 2][i % 2] = s[i / 2][i % 2];
      fit(g[0][0], g[0][1], g[1][0], g[1][1]);
    }
  }

 private:
  /// Takes a power of two out of numbers that have all become small.
  template <class... Numbers>
  static void fit(Numbers&... numbers) {
    double largest = 0;
    ((largest = std::fmax(largest, std::abs(static_cast<double>(numbers)))), ...);
    if (largest > 0x1p-200) return;
    ((numbers = numbers * double_double(0x1p200)), ...);
  }
};

inline island island_after(const char* name, Index samples, double share, double within, double between, Index generation,
                           bool fixed) {
  check_samples(name, samples, 1);
  check_probability(name, "share", share);
  check_probability(name, "within", within);
  check_probability(name, "between", between);
  check_generation(name, generation);
  using number = double_double;
  const number m = share, one = 1, two = 2, noise = one / number(real(samples));
  const number other = two * m * (one - m), apart = (one - two * m) * (one - two * m);
  // Of (H_w, D), D = H_b - H_w, with B = other and A - B = apart.
  const number of_fixed[2][2] = {{one - noise, other}, {noise, apart}};
  const number of_random[2][2] = {{one - noise, other * (one - noise)}, {noise, apart + noise * other}};
  island_powers powers;
  powers.h[0] = one - number(within);
  powers.h[1] = number(within) - number(between);
  if (fixed)
    powers.advance(of_fixed, generation);
  else
    powers.advance(of_random, generation);
  const number d = powers.h[1], all = two * powers.h[0] + d;
  const double f_st = static_cast<double>(all) == 0 ? 0 : static_cast<double>(d / all);
  // The two probabilities themselves, which may be as small as the diversities.
  const number kept = fixed ? one : one - noise;
  affine_plane<number> both,
      block{{{kept * (one - other) - (fixed ? noise : number(0)), kept * other}, {other, one - other}}, {noise, 0}};
  for (Index left = generation; left > 0; left /= 2) {
    if (left % 2 == 1) both = block.after(both);
    if (left > 1) block = block.after(block);
  }
  const auto at = [&](int i) {
    return static_cast<double>(both.gain[i][0] * number(within) + both.gain[i][1] * number(between) + both.shift[i]);
  };
  return {at(0), at(1), f_st};
}

}  // namespace detail

/// Two categorical members (any symbols), each refitted to N observations of which a share m are the other's, in *fixed* numbers: exact.
///
/// \f[ F_b'=AF_b+BF_w,\quad F_w'=AF_w+BF_b+\frac{1-F_w}N,\qquad A=(1-m)^2+m^2,\quad B=2m(1-m) \f]
/// @param samples N >= 1 per member and generation
/// @param share m in [0, 1]: 0 are two strangers, 1/2 one pool
/// @param within F_w at the start, in [0, 1]
/// @param between F_b at the start, in [0, 1]
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(log n), in double-double arithmetic, since what is left of
/// diversity is a difference from 1. Source: Wright (1943); fixed numbers derived for this library.
inline island island_model(Index samples, double share, double within, double between, Index generation) {
  return detail::island_after("theory::island_model", samples, share, within, between, generation, true);
}

/// The same where the source of each observation is drawn at random: the last term is \f$(1-AF_w-BF_b)/N\f$.
///
/// Arguments, errors and cost as for `island_model`. Source: Wright (1943).
inline island island_model_random(Index samples, double share, double within, double between, Index generation) {
  return detail::island_after("theory::island_model_random", samples, share, within, between, generation, false);
}

}  // namespace simulacra::theory
