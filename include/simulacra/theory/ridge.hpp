#pragma once

#include <algorithm>
#include <cmath>
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

}  // namespace simulacra::theory
