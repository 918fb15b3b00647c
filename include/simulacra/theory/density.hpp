#pragma once

#include <cmath>
#include <numbers>

#include <simulacra/theory/detail/gamma.hpp>

namespace simulacra::theory {

namespace detail {

/// \f$\int \sqrt{1/(2\pi u)}\,e^{-x^2/2u}\,f(g)\,dg\f$ over \f$G=g\sim\chi^2_\nu/\nu\f$, with \f$u = g + \mathrm{extra}\f$.
///
/// With g = e^w the integrand is positive, smooth, and dies faster than exponentially on one side and exponentially on the
/// other: the trapezoidal rule converges geometrically. No Bessel function, and so no overflow at large M.
inline double normal_scale_mixture(double x, Index samples, double extra) {
  const double a = shape_of(samples);
  const double front = [&] {  // log of a^a e^-a / (Gamma(a) sqrt(2 pi)), by Stirling after walking up
    double base = a, walked = 0;
    for (; base < 10; base += 1) walked += std::log(base);
    const double half_log = 0.5 * std::log(2 * std::numbers::pi), rest = half_log + stirling_remainder(base);
    if (base == a) return 0.5 * std::log(a) - rest - half_log;
    return a * std::log(a) - a - ((base - 0.5) * std::log(base) - base + rest - walked) - half_log;
  }();
  const auto exponent = [&](double w) {
    const double growth = std::expm1(w), u = std::exp(w) + extra;
    const double bend = std::abs(w) < 1e-3 ? w * w * (0.5 + w * (1.0 / 6 + w * (1.0 / 24 + w / 120))) : growth - w;
    return -a * bend - 0.5 * std::log(u) - x * x / (2 * u);
  };
  // The exponent has one peak in w, or is nearly flat: find it on a grid that narrows.
  double peak = 0, width = 4 * (1 + std::abs(std::log1p(std::abs(x))));
  for (int round = 0; round < 60; ++round, width *= 0.6) {
    const double here = exponent(peak), left = exponent(peak - width), right = exponent(peak + width);
    if (left > here && left >= right)
      peak -= width;
    else if (right > here)
      peak += width;
  }
  const double top = exponent(peak);
  const auto one_side = [&](double first, double step) {
    compensated_sum sum;
    for (double w = first;; w += step) {
      const double term = std::exp(exponent(peak + w) - top);
      sum.add(term);
      if (term < 1e-19) return sum.value();
    }
  };
  double step = 1 / std::sqrt(a + 1), value = step * (1 + one_side(step, step) + one_side(-step, -step));
  for (int halvings = 0; halvings < 12; ++halvings) {
    const double middle = step * (one_side(step / 2, step) + one_side(-step / 2, -step));
    const double difference = middle - value;
    value = (value + middle) / 2;
    step /= 2;
    if (std::abs(difference) <= 1e-9 * value) break;
  }
  return value * std::exp(front + top);
}

}  // namespace detail

/// The density of \f$\sqrt{G}\,Z\f$, \f$G\sim\chi^2_{M-1}/(M-1)\f$, Z standard normal: a symmetric variance-gamma law.
///
/// \f[ \frac{2(\nu/2)^{\nu/2}}{\sqrt{2\pi}\,\Gamma(\nu/2)}\Bigl(\frac{|x|}{\sqrt\nu}\Bigr)^{(\nu-1)/2}
///     K_{(\nu-1)/2}(\sqrt\nu|x|),\qquad \nu=M-1 \f]
/// It is what one observation of the first model (`divisor::n_minus_1`) adds to that model's mean; M = 3 is Laplace's law.
/// @param x in units of sigma, finite
/// @param samples M >= 2; +inf at x = 0 for M = 2
/// @throw std::invalid_argument if an argument is out of range. Cost: a few hundred exponentials, for every M.
/// Source: Madan and Seneta (1990).
inline double variance_gamma_density(double x, Index samples) {
  constexpr auto name = "theory::variance_gamma_density";
  argument::require(std::isfinite(x), name, "x", x, "be finite");
  detail::check_samples(name, samples);
  if (x == 0 && samples == 2) return detail::infinity;
  return detail::normal_scale_mixture(x, samples, 0);
}

/// The density of one observation \f$(X-\mu)/\sigma\f$ drawn from the first model (`divisor::n_minus_1`), all randomness
/// included.
///
/// The above with G replaced by \f$G + 1/M\f$: variance-gamma, convolved with the normal law of the fitted mean.
/// @throw std::invalid_argument if an argument is out of range. Cost as above. Source: derived for this library.
inline double first_generation_density(double x, Index samples) {
  constexpr auto name = "theory::first_generation_density";
  argument::require(std::isfinite(x), name, "x", x, "be finite");
  detail::check_samples(name, samples);
  return detail::normal_scale_mixture(x, samples, 1 / detail::real(samples));
}

}  // namespace simulacra::theory
