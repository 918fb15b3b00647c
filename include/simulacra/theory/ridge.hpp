#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include <simulacra/theory/detail/gamma.hpp>
#include <simulacra/theory/workflow.hpp>

/// Ridge regression and kernel ridge regression, refitted again and again to labels that the last fit made.
namespace simulacra::theory {

namespace detail {

/// \f$\sum_{t=1}^n (t+\rho)^{-2}\f$: the first thousand as they are, the rest by Euler and Maclaurin's formula at midpoints.
inline double reciprocal_squares(double rho, Index terms) {
  constexpr Index direct = 1000;
  compensated_sum sum;
  for (Index t = 1; t <= (std::min)(terms, direct); ++t) {
    const double x = 1 / (real(t) + rho);
    sum.add(x * x);
  }
  if (terms > direct) {
    const double a = real(direct) + 0.5 + rho, b = real(terms) + 0.5 + rho;
    const auto cube = [](double x) { return 1 / (x * x * x); };
    sum.add((real(terms - direct) / a) / b);
    sum.add(-(cube(a) - cube(b)) / 12);
  }
  return sum.value();
}

}  // namespace detail

/// The risk of kernel ridge regression with the same inputs in every generation, \f$E\|f_n-f^*\|^2\f$ over them: exact.
///
/// With eigenvalues \f$k_i\f$ of the kernel's matrix, coefficients \f$c_i\f$ of the truth along its eigenvectors and
/// \f$r_i=k_i/(k_i+\lambda)\f$,
/// \f[ \sum_i(1-r_i^n)^2c_i^2+s^2r_i^2\,\frac{1-r_i^{2n}}{1-r_i^2}\ (\texttt{replace}),\qquad
///     \sum_i(1-r_i)^2c_i^2+s^2\sum_{t\le n}\frac1{(t+\lambda/k_i)^2}\ (\texttt{accumulate}) \f]
/// Accumulated, the n-th fit sees n label vectors and so has the penalty lambda/n on their mean: then the bias is that of the first fit
/// for ever, and the variance stays below \f$s^2\pi^2/6\f$ a coordinate. Replaced, everything is shrunk away.
/// @param eigenvalues each >= 0 (0 is a direction that the fit never has)
/// @param coefficients as many, finite
/// @param penalty lambda >= 0
/// @param noise s^2 >= 0, the variance of the labels' noise
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(d min(n, 1e3)). Source: Mobahi et al. (2020) for s = 0 and
/// `replace`; derived for this library.
inline double kernel_ridge_risk(std::span<const double> eigenvalues, std::span<const double> coefficients, double penalty,
                                double noise, Index generation, workflow kept) {
  constexpr auto name = "theory::kernel_ridge_risk";
  argument::require(coefficients.size() == eigenvalues.size(), name, "number of coefficients", coefficients.size(),
                    "be the number of eigenvalues");
  detail::check_not_negative(name, "penalty", penalty);
  detail::check_not_negative(name, "noise", noise);
  detail::check_generation(name, generation);
  detail::check_workflow(name, kept);
  const double n = detail::real(generation);
  detail::compensated_sum sum;
  for (std::size_t i = 0; i < eigenvalues.size(); ++i) {
    const double k = eigenvalues[i], c = coefficients[i];
    detail::check_not_negative(name, "eigenvalue", k);
    argument::require(std::isfinite(c), name, "coefficient", c, "be finite");
    if (generation == 0) continue;
    if (k == 0) {
      sum.add(c * c);
      continue;
    }
    const double rest = penalty / k, seen = 1 / (1 + rest), lost = rest < 1 ? rest / (1 + rest) : penalty / (k + penalty);
    if (kept == workflow::accumulate) {
      sum.add(lost * lost * (c * c));
      if (rest < 1e150) sum.add(noise * detail::reciprocal_squares(rest, generation));
    } else {
      const double bias = -detail::power_minus_one(-lost, n);
      const double repeats = lost < 1e-290 ? n : bias * (2 - bias) / (lost * (1 + seen));
      sum.add(bias * bias * (c * c));
      sum.add(noise * seen * (seen * repeats));
    }
  }
  return sum.value();
}

/// The risk of ridge regression with the same X and a penalty of its own in every generation ("replace"): exact.
///
/// With eigenvalues \f$s_i\f$ of \f$X^TX\f$, coefficients \f$c_i\f$ and \f$r_{it}=s_i/(s_i+\lambda_t)\f$,
/// \f[ \sum_i\Bigl(1-\prod_tr_{it}\Bigr)^2c_i^2+V_i,\qquad V_i\leftarrow r_{it}^2V_i+\frac{s^2s_i}{(s_i+\lambda_t)^2} \f]
/// @param eigenvalues all > 0
/// @param coefficients as many, finite
/// @param penalties \f$\lambda_t\ge0\f$ of each fit; their number is the generation
/// @param noise s^2 >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(d n). Source: derived for this library.
inline double ridge_schedule_risk(std::span<const double> eigenvalues, std::span<const double> coefficients,
                                  std::span<const double> penalties, double noise) {
  constexpr auto name = "theory::ridge_schedule_risk";
  argument::require(coefficients.size() == eigenvalues.size(), name, "number of coefficients", coefficients.size(),
                    "be the number of eigenvalues");
  for (const double penalty : penalties) detail::check_not_negative(name, "penalty", penalty);
  detail::check_not_negative(name, "noise", noise);
  detail::compensated_sum sum;
  for (std::size_t i = 0; i < eigenvalues.size(); ++i) {
    const double s = eigenvalues[i], c = coefficients[i];
    detail::check_positive(name, "eigenvalue", s);
    argument::require(std::isfinite(c), name, "coefficient", c, "be finite");
    double lost = 0, variance = 0;  // 1 - prod r = lost: a sum of what each fit takes of what is left
    for (const double penalty : penalties) {
      const double kept = s / (s + penalty);
      lost = lost + (1 - lost) * (penalty / (s + penalty));
      variance = kept * kept * variance + noise * (kept / (s + penalty));
    }
    sum.add(lost * lost * (c * c));
    sum.add(variance);
  }
  return sum.value();
}

/// What a ridge fit to T fresh rows does, on average over its inputs: r = S/(S + lambda), S = X^T X.
struct ridge_moments {
  double lost;    ///< 1 - E tr r / d
  double spread;  ///< E tr r^2 / d - (E tr r / d)^2
  double noise;   ///< E tr S (S + lambda)^-2 / d
};

/// These moments in one dimension, S of the chi-squared law with T degrees of freedom: exact.
///
/// @param rows T >= 1
/// @param penalty lambda > 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1): two sums of some hundred terms. Source: derived for this library.
inline ridge_moments ridge_moments_one(Index rows, double penalty) {
  constexpr auto name = "theory::ridge_moments_one";
  argument::require(rows >= 1, name, "rows", rows, "be at least 1");
  detail::check_positive(name, "penalty", penalty);
  // In x = log(S/T): density (T/2)(x - e^x + 1), of width sqrt(2/T).
  const double half = detail::real(rows) / 2, step = std::fmin(0.1, 0.35 / std::sqrt(half));
  const double scale = penalty / detail::real(rows);
  const auto each = [&](const auto& add) {
    const auto one = [&](double x) {
      const double density = std::exp(half * (x - std::expm1(x)));
      add(density, scale / (scale + std::exp(x)), std::exp(x));
      return density;
    };
    one(0);
    for (const int sign : {-1, 1})
      for (double i = 1; one(sign * step * i) > 1e-36; ++i) {
      }
  };
  detail::compensated_sum whole, lost, noise, spread;
  each([&](double density, double l, double s) {
    whole.add(density), lost.add(density * l);
    noise.add(density * (s / (s + scale)) / (s + scale));
  });
  const double mean = lost.value() / whole.value();
  each([&](double density, double l, double) { spread.add(density * (l - mean) * (l - mean)); });
  return {mean, spread.value() / whole.value(), noise.value() / whole.value() / detail::real(rows)};
}

/// The same moments in d dimensions, ASYMPTOTIC for large d and T (Marchenko and Pastur 1967): within .2 per cent at d = 10, T = 50.
///
/// \f[ l=\frac\lambda T,\ f=\frac dT,\ k=\frac{l+f-1+\sqrt{(1-l-f)^2+4l}}2,\qquad
///     m_1=\frac1{1+k},\quad m_2=m_1-\frac l{(1+k)(2k+1-l-f)} \f]
/// @param dimension d >= 1
/// @param rows T >= 1
/// @param penalty lambda > 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: Marchenko and Pastur (1967).
inline ridge_moments ridge_moments_asymptotic(Index dimension, Index rows, double penalty) {
  constexpr auto name = "theory::ridge_moments_asymptotic";
  detail::check_dimension(name, dimension);
  argument::require(rows >= 1, name, "rows", rows, "be at least 1");
  detail::check_positive(name, "penalty", penalty);
  const double t = detail::real(rows), l = penalty / t, f = detail::real(dimension) / t, under = 1 - l - f;
  const double root = std::sqrt(under * under + 4 * l), k = under > 0 ? 2 * l / (under + root) : (root - under) / 2;
  const double first = 1 / (1 + k), noise = first / root / t;  // (m1 - m2) / lambda
  return {k / (1 + k), (first - penalty * noise) - first * first, noise};
}

/// The risk \f$E\|\hat w_n-w^*\|^2\f$ of ridge regression on T fresh rows a generation, all labels the last model's: exact, given its moments.
///
/// \f[ |w^*|^2(1-2m_1^n+m_2^n)+s^2\tau\frac{1-m_2^n}{1-m_2},\qquad m_j=E\,\mathrm{tr}\,r^j/d,\quad \tau=E\,\mathrm{tr}\,S(S+\lambda)^{-2} \f]
/// for the same moments in every generation, and as a recursion of positive terms for any.
/// @param moments of each fit, as `ridge_moments_one` or `ridge_moments_asymptotic` give them; their number is the generation
/// @param dimension d >= 1
/// @param signal \f$|w^*|^2\ge0\f$
/// @param noise s^2 >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(n). Source: derived for this library.
inline double ridge_fresh_risk(std::span<const ridge_moments> moments, Index dimension, double signal, double noise) {
  constexpr auto name = "theory::ridge_fresh_risk";
  detail::check_dimension(name, dimension);
  detail::check_not_negative(name, "signal", signal);
  detail::check_not_negative(name, "noise", noise);
  double risk = 0, short_of = 0;  // short_of: what the mean fit lacks of the truth, 1 - prod m1
  for (const auto& [lost, spread, own] : moments) {
    detail::check_probability(name, "lost", lost);
    argument::require(std::isfinite(spread), name, "spread", spread, "be finite");
    detail::check_not_negative(name, "noise of a fit", own);
    const double kept = 1 - lost;
    risk = (kept * kept + spread) * risk + 2 * signal * short_of * (kept * lost - spread) + signal * (lost * lost + spread) +
           noise * detail::real(dimension) * own;
    short_of = lost + kept * short_of;
  }
  return risk;
}

}  // namespace simulacra::theory
