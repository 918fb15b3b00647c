#pragma once

#include <cmath>

#include <simulacra/theory/detail/laws.hpp>
#include <simulacra/theory/golden.hpp>

/// Real beside synthetic labels in least squares, weighted: the *average of two fits* (to N real rows and to m rows of the last model),
/// and *one weighted fit* of all rows. Their best weights differ. x ~ N(0, I_d), label noise s^2, risk \f$E\|\hat w-w^*\|^2\f$.
namespace simulacra::theory {

namespace detail {

inline void check_two_fits(const char* name, Index dimension, Index rows, Index synthetic) {
  check_dimension(name, dimension);
  argument::require(rows - 2 >= dimension, name, "rows", rows, "be at least dimension + 2, or the risk is infinite");
  argument::require(synthetic - 2 >= dimension, name, "synthetic", synthetic,
                    "be at least dimension + 2, or the risk is infinite");
}

}  // namespace detail

/// The weight of the fit to real rows that is best in the long run: `golden_weight` of \f$k=(m-d-1)/(N-d-1)\f$.
///
/// The limit of the risk is then exactly \f$w^*s^2d/(N-d-1)\f$.
/// @param dimension d >= 1
/// @param rows N >= d + 2 real rows a generation
/// @param synthetic m >= d + 2
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: He et al. (2025).
inline double averaged_fits_weight(Index dimension, Index rows, Index synthetic) {
  detail::check_two_fits("theory::averaged_fits_weight", dimension, rows, synthetic);
  return golden_weight(detail::real(synthetic - dimension - 1) / detail::real(rows - dimension - 1));
}

/// The risk of the average of two fits, \f$w\,\hat w_{real}+(1-w)\,\hat w_{synthetic}\f$, in generation n: exact.
///
/// \f[ R_1=\frac{s^2d}{N-d-1},\qquad R'=w^2\frac{s^2d}{N-d-1}+(1-w)^2\Bigl(R+\frac{s^2d}{m-d-1}\Bigr) \f]
/// @param weight w in [0, 1]
/// @param generation n >= 0
/// @param noise s^2 >= 0
/// Other arguments and errors as above. Cost O(1). Source: He et al. (2025).
inline double averaged_fits_risk(Index dimension, Index rows, Index synthetic, double weight, Index generation,
                                 double noise = 1) {
  constexpr auto name = "theory::averaged_fits_risk";
  detail::check_two_fits(name, dimension, rows, synthetic);
  detail::check_probability(name, "weight", weight);
  detail::check_generation(name, generation);
  detail::check_not_negative(name, "noise", noise);
  if (generation == 0) return 0;
  const double d = detail::real(dimension), own = noise * d / detail::real(rows - dimension - 1),
               other = noise * d / detail::real(synthetic - dimension - 1), rest = 1 - weight;
  return detail::affine_iterate(own, -weight * (1 + rest), weight * weight * own + rest * rest * other, generation - 1);
}

/// Of a recursion R' = c R + s^2 noise.
struct risk_step {
  double factor;  ///< c
  double noise;   ///< per unit of s^2
};

/// Where such a recursion settles, \f$s^2\,\mathrm{noise}/(1-c)\f$; +inf if c >= 1.
inline double risk_step_limit(const risk_step& step, double noise = 1) {
  constexpr auto name = "theory::risk_step_limit";
  detail::check_not_negative(name, "factor", step.factor);
  detail::check_not_negative(name, "noise", step.noise);
  detail::check_not_negative(name, "noise", noise);
  return step.factor < 1 ? noise * step.noise / (1 - step.factor) : detail::infinity;
}

/// One weighted fit of N real and m synthetic rows, with weights w/N and (1-w)/m, in one dimension: exact.
///
/// With \f$T\sim\mathrm{Beta}(m/2,N/2)\f$, \f$u=w/N\f$, \f$v=(1-w)/m\f$, \f$D=u(1-T)+vT\f$,
/// \f[ c=E\Bigl[\Bigl(\frac{vT}D\Bigr)^2\Bigr],\qquad \mathrm{noise}=\frac{E\bigl[(u^2(1-T)+v^2T)/D^2\bigr]}{N+m-2} \f]
/// Pooling is w = N/(N+m). The best weight is not that of averaged fits (.626 instead of .618 at N = m = 10).
/// @param rows N >= 3
/// @param synthetic m >= 3
/// @param weight w in [0, 1]
/// @throw std::invalid_argument if an argument is out of range. Cost O(1): a sum of up to some thousand terms. Source: derived for this
/// library.
inline risk_step weighted_fit_step(Index rows, Index synthetic, double weight) {
  constexpr auto name = "theory::weighted_fit_step";
  argument::require(rows >= 3, name, "rows", rows, "be at least 3, or the risk may be infinite");
  argument::require(synthetic >= 3, name, "synthetic", synthetic, "be at least 3, or the risk may be infinite");
  detail::check_probability(name, "weight", weight);
  const double n = detail::real(rows), m = detail::real(synthetic), u = weight / n, v = (1 - weight) / m;
  if (weight == 0) return {1, 1 / (m - 2)};
  if (weight == 1) return {0, 1 / (n - 2)};
  // In x = log(T/(1-T)), about the peak of the density, whose width is that of a normal law of precision mN/(2(m+N)).
  const double peak = std::log(m / n), precision = m * n / (2 * (m + n)), step = std::fmin(0.15, 0.5 / std::sqrt(precision));
  const double shift = std::log(v) - std::log(u);
  double whole = 0, factor = 0, noise = 0;
  const auto add = [&](double t) {  // x = peak + t; log T = log m - ..., relative to the peak
    const double x = peak + t, ratio = std::exp(-std::abs(x));
    // log density less that at the peak: (m/2) t - ((m+N)/2) log(1 + T0 (e^t - 1)), T0 = m/(m+N)
    const double share = m / (m + n),
                 log_growth = t < 0 ? std::log1p(share * std::expm1(t)) : t + std::log1p((n / (m + n)) * std::expm1(-t));
    const double density = std::exp(m / 2 * t - (m + n) / 2 * log_growth);
    const double kept = 1 / (1 + std::exp(-(x + shift)));  // v T / D
    const double other = 1 / (1 + std::exp(x + shift));    // u (1 - T) / D
    const double one_minus = x < 0 ? 1 / (1 + ratio) : ratio / (1 + ratio),
                 one = x < 0 ? ratio / (1 + ratio) : 1 / (1 + ratio);
    whole += density;
    factor += density * kept * kept;
    const double term = other * other / one_minus + kept * kept / one;
    noise += density * term;
    return density * (1 + term);
  };
  add(0);
  for (int sign : {-1, 1})
    for (double i = 1; add(sign * step * i) > 1e-22; ++i) {
    }
  return {factor / whole, noise / whole / (n + m - 2)};
}

/// The same in d dimensions, ASYMPTOTIC for large d, N and m (leave one out; 1.7 per cent low in the limiting risk at d = 10, N = m = 50).
///
/// With y > 0 the root of \f$uN/(y+ud)+vm/(y+vd)=1\f$, \f$x=vm/(y+vd)\f$, \f$A=dNu^2/(y+ud)^2\f$, \f$B=dmv^2/(y+vd)^2\f$, \f$r=A+B\f$,
/// \f[ c=x^2+\frac{Ax^2+B(1-x)^2}{1-r},\qquad \mathrm{noise}=\frac r{1-r} \f]
/// @param dimension d >= 1, less than N + m
/// @param rows N >= 1
/// @param synthetic m >= 1
/// @param weight w in (0, 1)
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline risk_step weighted_fit_step_asymptotic(Index dimension, Index rows, Index synthetic, double weight) {
  constexpr auto name = "theory::weighted_fit_step_asymptotic";
  detail::check_dimension(name, dimension);
  argument::require(rows >= 1, name, "rows", rows, "be at least 1");
  argument::require(synthetic >= 1, name, "synthetic", synthetic, "be at least 1");
  argument::require(dimension - rows < synthetic, name, "dimension", dimension, "be less than 'rows' + 'synthetic'");
  argument::require(weight > 0 && weight < 1, name, "weight", weight, "lie in (0, 1)");
  const double d = detail::real(dimension), n = detail::real(rows), m = detail::real(synthetic);
  const double u = weight / n, v = (1 - weight) / m;
  const double y =
      detail::falling_root(1e-300, 1, [&](double at) { return weight / (at + u * d) + (1 - weight) / (at + v * d) - 1; });
  const double x = (1 - weight) / (y + v * d), real_part = weight / (y + u * d);  // x + real_part = 1
  const double a = d / n * real_part * real_part, b = d / m * x * x, r = a + b;
  return {x * x + (a * x * x + b * real_part * real_part) / (1 - r), r / (1 - r)};
}

}  // namespace simulacra::theory
