#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>

#include <simulacra/theory/detail/gamma.hpp>

/// Linear regression, refitted again and again to labels that the last fit made: \f$x\sim N(0,I_d)\f$, T rows a generation,
/// label noise of variance s^2 in every generation. The risk is \f$E\|\hat w-w^*\|^2\f$ after n fits, the first to real
/// labels (Gerstgrasser et al. 2024, Kazdan et al. 2024, Dohmatob et al. 2024).
namespace simulacra::theory {

namespace detail {

/// The risk of a single fit, \f$s^2d/(T-d-1)\f$.
inline double check_regression(const char* name, Index dimension, Index rows, Index generation, double noise) {
  check_dimension(name, dimension);
  argument::require(rows - 2 >= dimension, name, "rows", rows, "be at least dimension + 2, or the risk is infinite");
  check_generation(name, generation);
  check_not_negative(name, "noise_variance", noise);
  return noise * real(dimension) / real(rows - dimension - 1);
}

}  // namespace detail

/// The risk when each fit sees the last model's labels only: \f$n\,s^2d/(T-d-1)\f$, whether X is reused or fresh.
///
/// @param dimension d >= 1
/// @param rows T >= d + 2
/// @param generation n >= 0 fits
/// @param noise_variance s^2 >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: Gerstgrasser et al. (2024).
inline double regression_risk_replace(Index dimension, Index rows, Index generation, double noise_variance = 1) {
  constexpr auto name = "theory::regression_risk_replace";
  const double once = detail::check_regression(name, dimension, rows, generation, noise_variance);
  return detail::real(generation) * once;
}

/// The risk when all labels are kept and the *same* X is labelled in every generation: \f$\frac{s^2d}{T-d-1}\sum_{i\le
/// n}i^{-2}\f$.
///
/// Arguments and errors as above. Cost O(1). Bounded by \f$\pi^2/6\f$ times the first risk. Source: Gerstgrasser et al.
/// (2024).
inline double regression_risk_accumulate_fixed(Index dimension, Index rows, Index generation, double noise_variance = 1) {
  constexpr auto name = "theory::regression_risk_accumulate_fixed";
  const double once = detail::check_regression(name, dimension, rows, generation, noise_variance);
  const double whole = std::numbers::pi * std::numbers::pi / 6;
  return once * (generation == 0 ? 0 : whole - detail::trigamma(detail::real(generation) + 1));
}

/// The risk when all labels are kept and a *fresh* X is labelled in every generation: \f$s^2d\sum_{i\le
/// n}\frac1{i(iT-d-1)}\f$.
///
/// Arguments and errors as above. Cost O(min(n, 1e5)). Source: derived for this library.
inline double regression_risk_accumulate_fresh(Index dimension, Index rows, Index generation, double noise_variance = 1) {
  constexpr auto name = "theory::regression_risk_accumulate_fresh";
  detail::check_regression(name, dimension, rows, generation, noise_variance);
  constexpr Index direct = 100'000;
  const double all = detail::real(rows), taken = detail::real(dimension) + 1;
  detail::compensated_sum sum;
  for (Index i = 1; i <= (std::min)(generation, direct); ++i) {
    const double t = detail::real(i);
    sum.add(1 / (t * (t * all - taken)));
  }
  if (generation > direct) {  // 1/(T i^2) + c/(T^2 i^3), and the next is 1e-16 of the whole
    const double begin = detail::real(direct) + 0.5, end = detail::real(generation) + 0.5;
    sum.add((detail::trigamma(begin + 0.5) - detail::trigamma(end + 0.5)) / all);
    sum.add(taken / (all * all) * (1 / (begin * begin) - 1 / (end * end)) / 2);
  }
  return noise_variance * detail::real(dimension) * sum.value();
}

/// The risk of ridge regression with the same X in every generation ("replace").
///
/// With eigenvalues \f$s_i\f$ of \f$X^TX\f$, coefficients \f$c_i\f$ of the truth along them, \f$r_i=s_i/(s_i+\lambda)\f$,
/// \f[ \sum_i (1-r_i^n)^2c_i^2+s^2\frac{s_i}{(s_i+\lambda)^2}\,\frac{1-r_i^{2n}}{1-r_i^2} \f]
/// @param eigenvalues all > 0
/// @param coefficients as many, finite
/// @param penalty lambda >= 0
/// @param generation n >= 0 fits
/// @param noise_variance s^2 >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(d). Source: derived for this library.
inline double regression_risk_ridge(std::span<const double> eigenvalues, std::span<const double> coefficients,
                                    double penalty, Index generation, double noise_variance = 1) {
  constexpr auto name = "theory::regression_risk_ridge";
  argument::require(coefficients.size() == eigenvalues.size(), name, "number of coefficients", coefficients.size(),
                    "be the number of eigenvalues");
  detail::check_not_negative(name, "penalty", penalty);
  detail::check_generation(name, generation);
  detail::check_not_negative(name, "noise_variance", noise_variance);
  const double n = detail::real(generation);
  detail::compensated_sum sum;
  for (std::size_t i = 0; i < eigenvalues.size(); ++i) {
    const double s = eigenvalues[i], c = coefficients[i];
    detail::check_positive(name, "eigenvalue", s);
    argument::require(std::isfinite(c), name, "coefficient", c, "be finite");
    const double lost = penalty / (s + penalty), kept = s / (s + penalty);  // kept + lost = 1
    const double bias = -detail::power_minus_one(-lost, n);
    const double repeats = penalty == 0 ? n : bias * (2 - bias) / (lost * (1 + kept));
    sum.add(bias * bias * c * c + noise_variance * kept / (s + penalty) * repeats);
  }
  return sum.value();
}

/// The risk of noise-free minimum-norm regression with fewer rows than dimensions, fresh X in every generation.
///
/// \f[ \|w^*\|^2\,\bigl(1-(T/d)^n\bigr) \f]
/// @param squared_norm \f$\|w^*\|^2\ge0\f$
/// @param dimension d >= 1
/// @param rows T in [1, d]
/// @param generation n >= 0 fits
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline double regression_risk_overparametrised(double squared_norm, Index dimension, Index rows, Index generation) {
  constexpr auto name = "theory::regression_risk_overparametrised";
  detail::check_not_negative(name, "squared_norm", squared_norm);
  detail::check_dimension(name, dimension);
  argument::require(rows >= 1 && rows <= dimension, name, "rows", rows, "be at least 1 and not exceed the dimension");
  detail::check_generation(name, generation);
  const double lost = detail::real(dimension - rows) / detail::real(dimension);
  return -squared_norm * detail::power_minus_one(-lost, detail::real(generation));
}

}  // namespace simulacra::theory
