#pragma once

#include <cmath>

#include <simulacra/theory/detail/double_double.hpp>
#include <simulacra/theory/golden.hpp>

/// Least squares where only a part of the labels is the last model's: x ~ N(0, I_d), N fresh rows a generation, label noise of variance
/// s^2, risk \f$E\|\hat w-w^*\|^2\f$. Generation 0 is the truth, of risk 0; the first fit is to real labels.
namespace simulacra::theory {

namespace detail {

inline void check_rows(const char* name, Index dimension, Index rows) {
  check_dimension(name, dimension);
  argument::require(rows - 2 >= dimension, name, "rows", rows, "be at least dimension + 2, or the risk is infinite");
}

inline void check_synthetic(const char* name, Index rows, Index synthetic) {
  argument::require(synthetic >= 0 && synthetic <= rows, name, "synthetic", synthetic, "lie in [0, rows]");
}

/// Of R' = c R + q with p of N rows labelled by the model. The factor is p(p+2)/(N(N+2)), what a fixed design would leave, plus
/// `inflation`, what the randomness of the other rows does.
struct mixed_rows {
  double d, n, p;
  double share() const { return p * (p + 2) / (n * (n + 2)); }
  double inflation() const { return p / n * ((n - p) / (n + 2)) * ((n + 1) / (n - 1)) * ((d - 1) / (n - d - 1)); }

  /// c - 1 = -(N-p) [(N+p+2)(N-1)(N-d-1) - p(N+1)(d-1)] / (N(N+2)(N-1)(N-d-1)), in which the bracket may cancel.
  double rate() const {
    const auto whole = [](double a, double b) { return double_double::sum(a, b); };
    const double_double bracket = (whole(n, p) + double_double(2)) * whole(n, -1) * (whole(n, -d) - double_double(1)) -
                                  double_double(p) * whole(n, 1) * whole(d, -1);
    const double under = n * (n + 2) * (n - 1) * (n - d - 1);
    return -(n - p) * (static_cast<double>(bracket) / under);
  }
};

}  // namespace detail

/// What one generation does to the squared error of the model, R' = c R + q, where p of N rows have the model's labels: exact.
///
/// \f[ c=\frac{p(p+2)}{N(N+2)}+\frac{p(N-p)(N+1)(d-1)}{N(N+2)(N-1)(N-d-1)} \f]
/// It may exceed 1, so that the error grows without bound beside real data; for \f$d/N\to\phi\f$, \f$p/N\to\tau\f$ if and only if
/// \f$\phi>(1+\tau)/(1+2\tau)\f$.
/// @param dimension d >= 1
/// @param rows N >= d + 2
/// @param synthetic p in [0, N]
/// @throw std::invalid_argument if an argument is out of range. Cost O(1).
/// Source: derived for this library from the moments of the matrix-beta law (Constantine 1963).
inline double strong_collapse_factor(Index dimension, Index rows, Index synthetic) {
  constexpr auto name = "theory::strong_collapse_factor";
  detail::check_rows(name, dimension, rows);
  detail::check_synthetic(name, rows, synthetic);
  const detail::mixed_rows mixed{detail::real(dimension), detail::real(rows), detail::real(synthetic)};
  return mixed.share() + mixed.inflation();
}

/// The risk after n fits where p of the N rows have the last model's labels: exact.
///
/// \f[ R_n=\frac{s^2d}{N-d-1}\,\frac{1-c^n}{1-c},\qquad c=\texttt{strong\_collapse\_factor} \f]
/// Arguments and errors as there.
/// @param generation n >= 0
/// @param noise s^2 >= 0
/// Cost O(1). Source: derived for this library.
inline double regression_risk_mixed(Index dimension, Index rows, Index synthetic, Index generation, double noise = 1) {
  constexpr auto name = "theory::regression_risk_mixed";
  detail::check_rows(name, dimension, rows);
  detail::check_synthetic(name, rows, synthetic);
  detail::check_generation(name, generation);
  detail::check_not_negative(name, "noise", noise);
  const detail::mixed_rows mixed{detail::real(dimension), detail::real(rows), detail::real(synthetic)};
  return detail::affine_iterate(0, mixed.rate(), noise * mixed.d / (mixed.n - mixed.d - 1), generation);
}

/// Where `regression_risk_mixed` settles, \f$\frac{s^2d}{N-d-1}/(1-c)\f$; +inf if c >= 1. Arguments, errors and cost as there.
inline double regression_risk_mixed_limit(Index dimension, Index rows, Index synthetic, double noise = 1) {
  constexpr auto name = "theory::regression_risk_mixed_limit";
  detail::check_rows(name, dimension, rows);
  detail::check_synthetic(name, rows, synthetic);
  detail::check_not_negative(name, "noise", noise);
  const detail::mixed_rows mixed{detail::real(dimension), detail::real(rows), detail::real(synthetic)};
  const double once = noise * mixed.d / (mixed.n - mixed.d - 1), rate = mixed.rate();
  return once == 0 ? 0 : rate < 0 ? once / -rate : detail::infinity;
}

/// A squared bias and a variance, whose sum is a risk.
struct bias_and_variance {
  double bias_squared, variance;
};

/// One fit where p of the N rows have the labels of *one fixed* model \f$w^*+\delta\f$: the floor of "strong collapse".
///
/// \f[ \mathrm{bias}^2=(p/N)^2|\delta|^2,\qquad \mathrm{variance}=\bigl(c-(p/N)^2\bigr)|\delta|^2+\frac{s^2d}{N-d-1} \f]
/// The first does not fall with N. (In the recursion, where the model is the last fit, the risk does: `regression_risk_mixed`.)
/// @param error \f$|\delta|^2\ge0\f$
/// Other arguments, errors and cost as for `regression_risk_mixed`. Source: Dohmatob et al. (2024), strong collapse; exact form derived for
/// this library.
inline bias_and_variance strong_collapse_once(Index dimension, Index rows, Index synthetic, double error, double noise = 1) {
  constexpr auto name = "theory::strong_collapse_once";
  detail::check_rows(name, dimension, rows);
  detail::check_synthetic(name, rows, synthetic);
  detail::check_not_negative(name, "error", error);
  detail::check_not_negative(name, "noise", noise);
  const detail::mixed_rows mixed{detail::real(dimension), detail::real(rows), detail::real(synthetic)};
  const double n = mixed.n, p = mixed.p;
  const double spread = 2 * (p / n) * ((n - p) / n) / (n + 2) + mixed.inflation();  // p(p+2)/(N(N+2)) - (p/N)^2, by hand
  return {p / n * (p / n) * error, spread * error + noise * mixed.d / (n - mixed.d - 1)};
}

/// The variance over replicates of the squared error \f$\|\hat w_n-w^*\|^2\f$ where all labels are the last model's and X is fresh: exact.
///
/// \f[ \mathrm{Var}\,R_n=\frac{2n}dm^2\Bigl[\frac{N-1}{N-d-3}+n-1\Bigr],\qquad m=\frac{s^2d}{N-d-1} \f]
/// @param dimension d >= 1
/// @param rows N >= d + 2; +inf for n >= 1 if N <= d + 3
/// @param generation n >= 0
/// @param noise s^2 >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library from Hotelling's (1931) law of
/// one fit, \f$s^2d/(N-d+1)\,F_{d,N-d+1}\f$.
inline double regression_risk_variance(Index dimension, Index rows, Index generation, double noise = 1) {
  constexpr auto name = "theory::regression_risk_variance";
  detail::check_rows(name, dimension, rows);
  detail::check_generation(name, generation);
  detail::check_not_negative(name, "noise", noise);
  const double d = detail::real(dimension), n = detail::real(rows), fits = detail::real(generation);
  if (generation == 0 || noise == 0) return 0;
  if (n - d - 3 <= 0) return detail::infinity;
  const double once = noise * d / (n - d - 1);
  return once * once * (2 * fits / d) * ((n - 1) / (n - d - 3) + (fits - 1));
}

/// The risk of minimum-norm least squares with fewer rows than dimensions, of which p have the last model's labels: exact.
///
/// \f[ R_1=B,\quad R_{n+1}=B+cR_n,\qquad B=\Bigl(1-\frac Nd\Bigr)|w^*|^2+\frac{s^2N}{d-N-1},\quad c=\frac pd\,\frac{d-p-1}{d-N-1} \f]
/// c exceeds 1 near N = d - 1, where one double descent makes the next worse.
/// @param dimension d >= 3
/// @param rows N in [1, d - 2], or the risk is infinite
/// @param synthetic p in [0, N]
/// @param generation n >= 0
/// @param signal \f$|w^*|^2\ge0\f$
/// @param noise s^2 >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline double minimum_norm_risk(Index dimension, Index rows, Index synthetic, Index generation, double signal,
                                double noise) {
  constexpr auto name = "theory::minimum_norm_risk";
  detail::check_dimension(name, dimension);
  argument::require(rows >= 1 && rows <= dimension - 2, name, "rows", rows,
                    "lie in [1, dimension - 2], or the risk is infinite or another");
  detail::check_synthetic(name, rows, synthetic);
  detail::check_generation(name, generation);
  detail::check_not_negative(name, "signal", signal);
  detail::check_not_negative(name, "noise", noise);
  using number = detail::double_double;
  const double d = detail::real(dimension), n = detail::real(rows), p = detail::real(synthetic), left = d - n - 1;
  // c - 1 = [p (d - p - 1) - d (d - N - 1)] / (d (d - N - 1)), whose two terms may be nearly equal.
  const number over = number::product(p, d - p - 1) - number::product(d, left);
  const double constant = (d - n) / d * signal + noise * (n / left);
  return detail::affine_iterate(0, static_cast<double>(over) / d / left, constant, generation);
}

/// The squared bias of that fit relative to \f$|w^*|^2\f$: \f$b_n^2\f$ with \f$b_1=1-N/d\f$, \f$b_{n+1}=1-N/d+(p/d)\,b_n\f$.
///
/// Arguments, errors and cost as for `minimum_norm_risk`. Source: derived for this library.
inline double minimum_norm_bias(Index dimension, Index rows, Index synthetic, Index generation) {
  constexpr auto name = "theory::minimum_norm_bias";
  detail::check_dimension(name, dimension);
  argument::require(rows >= 1 && rows <= dimension, name, "rows", rows, "be at least 1 and not exceed the dimension");
  detail::check_synthetic(name, rows, synthetic);
  detail::check_generation(name, generation);
  const double d = detail::real(dimension);
  const double b =
      detail::affine_iterate(0, -detail::real(dimension - synthetic) / d, detail::real(dimension - rows) / d, generation);
  return b * b;
}

/// The risk where every label is mixed of a real one (weight o) and the last model's on the *same* fresh X: exact.
///
/// \f[ R_1=B+q,\qquad R_{n+1}=B+g(1-o)^2R_n+\bigl(o^2+(1-o)^2\bigr)q \f]
/// with g = 1, B = 0, \f$q=s^2d/(N-d-1)\f$ for least squares (N >= d + 2), and with g = N/d, \f$B=(1-g)|w^*|^2\f$,
/// \f$q=s^2N/(d-N-1)\f$ for the minimum norm (N <= d - 2).
/// @param dimension d >= 1
/// @param rows N >= 1, but not d - 1, d or d + 1, where the risk is infinite
/// @param real_share o in [0, 1]
/// @param generation n >= 0
/// @param signal \f$|w^*|^2\ge0\f$
/// @param noise s^2 >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline double label_mixing_risk(Index dimension, Index rows, double real_share, Index generation, double signal,
                                double noise) {
  constexpr auto name = "theory::label_mixing_risk";
  detail::check_dimension(name, dimension);
  argument::require(rows >= 1 && (rows - 2 >= dimension || rows <= dimension - 2), name, "rows", rows,
                    "be at least 1 and differ from the dimension by 2, or the risk is infinite");
  detail::check_probability(name, "real_share", real_share);
  detail::check_generation(name, generation);
  detail::check_not_negative(name, "signal", signal);
  detail::check_not_negative(name, "noise", noise);
  if (generation == 0) return 0;
  const double d = detail::real(dimension), n = detail::real(rows), rest = 1 - real_share;
  const bool enough = rows > dimension;
  const double q = enough ? noise * (d / (n - d - 1)) : noise * (n / (d - n - 1)), seen = enough ? 1 : n / d;
  const double unseen = enough ? 0 : (d - n) / d, bias = unseen * signal;
  const double rate = -(unseen + seen * (real_share * (2 - real_share)));  // g (1 - o)^2 - 1
  return detail::affine_iterate(bias + q, rate, bias + (real_share * real_share + rest * rest) * q, generation - 1);
}

/// The share of real labels at which the noise part of `label_mixing_risk` settles lowest, \f$1-\frac{2+g-\sqrt{4+g^2}}{2g}\f$: the
/// reciprocal of the golden ratio for least squares (g = 1), 1/2 for g towards 0.
///
/// @param seen g = N/d for the minimum norm, 1 for least squares; in [0, 1]
/// @throw std::invalid_argument if g is not in [0, 1]. Cost O(1). Source: derived for this library.
inline double label_mixing_weight(double seen) {
  detail::check_probability("theory::label_mixing_weight", "seen", seen);
  return 1 - 2 / (2 + seen + std::sqrt(4 + seen * seen));  // (2 + g)^2 - (4 + g^2) = 4 g
}

}  // namespace simulacra::theory
