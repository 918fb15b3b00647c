#pragma once

#include <cmath>
#include <concepts>
#include <limits>

#include <simulacra/core/types.hpp>

namespace simulacra {

/// A law on the line with a density, a mean and a variance.
template <class Law>
concept law_on_the_line = requires(const Law& law, const point<double, 1>& x) {
                            { law.log_density(x) } -> std::convertible_to<double>;
                            { law.mean()[0] } -> std::convertible_to<double>;
                            { law.covariance()(0, 0) } -> std::convertible_to<double>;
                          };

/// The differential entropy of a law on the line in nats, \f$ -\int p \log p \f$, by the trapezoidal rule over 40 standard deviations to
/// either side, its points doubled until entropy and mass stand still. For an analytic density the rule converges faster than any
/// power, so this is exact to rounding, in a few thousand densities.
/// @return NaN where 131,072 points do not settle it to 1e-13, or do not find a mass of 1 to 1e-10: a density with a kink (Laplace's), a
///         narrow component beside a wide one, a singular law
template <law_on_the_line Law>
[[nodiscard]] double line_entropy(const Law& law) {
  const double centre = static_cast<double>(law.mean()[0]), spread = std::sqrt(static_cast<double>(law.covariance()(0, 0)));
  constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
  if (!(spread > 0) || !std::isfinite(spread)) return undefined;
  const double width = 80 * spread;
  double mass = 0, sum = 0;  // over the points so far
  const auto take = [&](double at) {
    const double log_p = static_cast<double>(law.log_density(point<double, 1>(centre - width / 2 + width * at)));
    if (log_p < -700) return;
    const double p = std::exp(log_p);
    mass += p;
    sum -= p * log_p;
  };
  double before = undefined;
  constexpr Index fewest = 512, most = Index{1} << 17;
  for (Index k = 0; k < fewest; ++k) take(static_cast<double>(k) / static_cast<double>(fewest));
  for (Index points = fewest; points <= most; points *= 2) {
    const double step = width / static_cast<double>(points), now = sum * step;
    if (std::abs(now - before) <= 1e-13 * (1 + std::abs(now)) && std::abs(mass * step - 1) <= 1e-10) return now;
    before = now;
    for (Index k = 0; k < points; ++k) take((static_cast<double>(k) + 0.5) / static_cast<double>(points));
  }
  return undefined;
}

}  // namespace simulacra
