#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <vector>

#include <simulacra/theory/detail/laws.hpp>
#include <simulacra/theory/detail/normal.hpp>
#include <simulacra/theory/detail/trapezoid.hpp>

/// More of selection (see `selection.hpp`): mixtures, quadratic rewards, two rewards at once, and the best of many.
namespace simulacra::theory {

/// A component of a one-dimensional normal mixture.
struct normal_component {
  double weight, mean, variance;
};

/// A normal mixture tilted by \f$r=-a(x-c)^2/2\f$, normalised: every component stays normal.
///
/// \f[ v'=\frac v{1+av},\qquad m'=\frac{m+avc}{1+av},\qquad
///     w'\propto\frac w{\sqrt{1+av}}\exp\Bigl(-\frac{a(m-c)^2}{2(1+av)}\Bigr) \f]
/// @param components weights >= 0 that sum to 1, finite means, variances >= 0
/// @param strength a >= 0
/// @param centre c, finite
/// @throw std::invalid_argument if an argument is out of range. Cost O(K). Source: derived for this library.
inline std::vector<normal_component> tilted_mixture(std::span<const normal_component> components, double strength,
                                                    double centre) {
  constexpr auto name = "theory::tilted_mixture";
  detail::check_not_negative(name, "strength", strength);
  argument::require(std::isfinite(centre), name, "centre", centre, "be finite");
  double whole = 0, top = -detail::infinity, sum = 0;
  std::vector<normal_component> tilted;
  for (const auto& [weight, mean, variance] : components) {
    detail::check_probability(name, "weight", weight);
    argument::require(std::isfinite(mean), name, "mean", mean, "be finite");
    detail::check_not_negative(name, "variance", variance);
    whole += weight;
    const double shrink = 1 + strength * variance, away = mean - centre;
    const double logarithm = std::log(weight) - std::log(shrink) / 2 - strength / shrink * away * away / 2;
    tilted.push_back({logarithm, centre + away / shrink, variance / shrink});
    top = std::fmax(top, logarithm);
  }
  argument::require(std::abs(whole - 1) <= 1e-9, name, "sum of weights", whole, "be 1");
  for (auto& part : tilted) sum += part.weight = std::exp(part.weight - top);
  for (auto& part : tilted) part.weight /= sum;
  return tilted;
}

/// The variance of what is chosen of two draws of N(0, v) with probability proportional to \f$e^{-ax^2/2}\f$: exact.
///
/// \f[ v\,\Bigl(1-E\,Z_1Z_2\tanh\frac{avZ_1Z_2}2\Bigr),\qquad Z_1,Z_2\ \text{standard normal} \f]
/// As a grows it tends to \f$v(1-2/\pi)\f$.
/// @param strength a, which may be negative (the outer one is preferred) or infinite
/// @param variance v >= 0 and finite
/// @throw std::invalid_argument if an argument is out of range. Cost: 9e4 hyperbolic tangents. Source: derived for this library.
inline double chosen_of_two_variance(double strength, double variance) {
  constexpr auto name = "theory::chosen_of_two_variance";
  argument::require(!std::isnan(strength), name, "strength", strength, "be a number");
  detail::check_not_negative(name, "variance", variance);
  if (variance == 0 || strength == 0) return variance;
  const double half = std::abs(strength) * (variance / 2);
  const double lost = 2 / std::numbers::pi * detail::normal_half_line([&](double x) {
                        return x * std::exp(-x * x / 2) * detail::normal_half_line([&](double y) {
                                 return y * std::tanh(half * x * y) * std::exp(-y * y / 2);
                               });
                      });
  return variance * (strength > 0 ? 1 - lost : 1 + lost);
}

/// A fixed point and the derivative of the map there.
struct fixed_point {
  double value, slope;
};

/// Where the variance settles if a share of the data are publications tilted by \f$-ax^2/2\f$ and the rest real, with fits of two moments
/// to infinitely many; sigma 1.
///
/// \f[ v=\frac{-B+\sqrt{B^2+4a(1-s)}}{2a},\quad B=(1-s)(1-a),\qquad\text{slope }\frac s{(1+av)^2} \f]
/// @param strength a >= 0
/// @param share s in [0, 1]
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline fixed_point curated_variance_limit(double strength, double share) {
  constexpr auto name = "theory::curated_variance_limit";
  detail::check_not_negative(name, "strength", strength);
  detail::check_probability(name, "share", share);
  const double a = strength, real_part = 1 - share, b = real_part * (1 - a), root = std::sqrt(b * b + 4 * a * real_part);
  if (share == 1) return {a == 0 ? 1.0 : 0.0, 1};
  const double v = b >= 0 ? 2 * real_part / (b + root) : (root - b) / (2 * a), shrink = 1 + a * v;
  return {v, share / shrink / shrink};
}

/// Two rewards that share the publications of two symbols: a share c is tilted by odds w1 for the first, the rest by odds w2.
///
/// \f[ p^*=-\frac{c\,a_1+(1-c)\,a_2}{a_1a_2},\quad a=w-1,\qquad
///     \text{slope }\frac{c\,w_1}{(1+p^*a_1)^2}+\frac{(1-c)w_2}{(1+p^*a_2)^2} \f]
/// Both survive if and only if E w > 1 and E 1/w > 1; else the value is 1 or 0, whichever wins, and the slope is there.
/// @param share c in [0, 1]
/// @param first w1 > 0
/// @param second w2 > 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline fixed_point two_rewards(double share, double first, double second) {
  constexpr auto name = "theory::two_rewards";
  detail::check_probability(name, "share", share);
  detail::check_positive(name, "first", first);
  detail::check_positive(name, "second", second);
  const double rest = 1 - share, a = first - 1, b = second - 1;
  const double grows = share * a + rest * b, holds = -(share * a / first + rest * b / second);  // E w - 1 and E 1/w - 1
  double p = 0;
  if (grows > 0) p = holds > 0 ? -grows / a / b : 1;
  const double x = 1 + p * a, y = 1 + p * b;
  return {p, share * (first / x / x) + rest * (second / y / y)};
}

/// What keeping the best of a normal population does.
struct best_kept {
  double intensity;        ///< i, the shift of the mean in standard deviations
  double variance_factor;  ///< k, of the variance
};

/// The best fraction f of infinitely many normal draws is kept: \f$m'=m+i\,\sigma,\ v'=kv\f$.
///
/// \f[ z=Q^{-1}(f),\qquad i=\varphi(z)/f,\qquad k=1-i(i-z) \f]
/// Repeated, the mean moves by \f$i/(1-\sqrt k)\f$ in all, see `best_fraction_shift`.
/// @param fraction f in (0, 1]
/// @throw std::invalid_argument if f is out of range. Cost O(1). Source: Bulmer (1971).
inline best_kept best_fraction(double fraction) {
  argument::require(fraction > 0 && fraction <= 1, "theory::best_fraction", "fraction", fraction, "lie in (0, 1]");
  if (fraction == 1) return {0, 1};
  const double z = detail::normal_tail_inverse(fraction), i = detail::normal_hazard(z);
  if (z < 5) return {i, 1 - i * (i - z)};
  // i = z + 1/(z + g) with g = 2/(z + 3/(z + ...)): 1 - i (i - z) = (g - (i - z))/(z + g).
  const double g = detail::hazard_fraction(z, 2);
  return {i, (g - 1 / (z + g)) / (z + g)};
}

/// The limit of the mean's shift, \f$i/(1-\sqrt k)\f$ standard deviations of the truth. At f = 1 nothing is selected, and it is 0.
///
/// Arguments, errors, cost and source as for `best_fraction`.
inline double best_fraction_shift(double fraction) {
  argument::require(fraction > 0 && fraction <= 1, "theory::best_fraction_shift", "fraction", fraction, "lie in (0, 1]");
  if (fraction == 1) return 0;
  const double z = detail::normal_tail_inverse(fraction),
               excess = z < 5 ? detail::normal_hazard(z) - z : detail::hazard_fraction(z, 1);
  return (1 + std::sqrt(best_fraction(fraction).variance_factor)) / excess;  // 1 - k = i (i - z)
}

}  // namespace simulacra::theory
