#pragma once

#include <algorithm>
#include <cmath>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/ensemble/band.hpp>
#include <simulacra/numerics/student_t.hpp>
#include <simulacra/random/saddle_point.hpp>

/// Intervals of a probability and of a quantile, from replicates.
namespace simulacra {

/// Wilson's interval of a probability of which k of R replicates were instances: with \f$\hat p = k/R\f$ and z the quantile of the normal law,
/// \f[ \frac{\hat p + z^2/2R \pm z\sqrt{\hat p\hat q/R + z^2/4R^2}}{1 + z^2/R}. \f]
/// Other than \f$\hat p \pm z\,\mathrm{mcse}\f$ it says something where all replicates are equal: of 0 in R up to about 3.8/R.
/// @param successes  in [0, of]   @param of  replicates, >= 1   @param confidence  in (0, 1)
/// @throw std::invalid_argument otherwise
/// Source: Wilson (1927). Coverage: Brown, Cai and DasGupta (2001).
[[nodiscard]] inline interval wilson_interval(Index successes, Index of, double confidence = 0.95) {
  constexpr auto function = "wilson_interval";
  argument::require(of >= 1, function, "of", of, "be at least 1");
  argument::require(successes >= 0 && successes <= of, function, "successes", successes, "be between 0 and `of`");
  argument::require(confidence > 0 && confidence < 1, function, "confidence", confidence, "lie in (0, 1)");
  const double n = static_cast<double>(of), p = static_cast<double>(successes) / n;
  const double q = static_cast<double>(of - successes) / n;
  const double z = detail::normal_central_quantile(confidence), half = z * z / (2 * n);
  const double reach = z * std::sqrt(p * q / n + z * z / (4 * n * n));
  // The product of the ends is p^2 / (1 + z^2/R): the small one is not a difference.
  return {p * p / (p + half + reach), of == successes ? 1 : (p + half + reach) / (1 + 2 * half)};
}

/// Between which order statistics a quantile lies: from the `lower`-th smallest of R numbers to the `upper`-th. 0 stands for minus infinity
/// and R + 1 for infinity: then there are too few replicates for an end.
struct order_interval {
  Index lower, upper;
  double coverage;  ///< of numbers from a continuous law, exactly; of others it is no less
};

namespace detail {

/// The largest l with P(B < l) <= most, and that probability; B binomial(n, p), or n - B where `mirrored`. O(sqrt n).
struct binomial_tail {
  Index end;
  double mass;
};
inline binomial_tail lower_binomial_tail(Index n, double p, double most, bool mirrored) {
  const auto size = static_cast<double>(n);
  const auto probability = [&](Index k) {
    const auto low = static_cast<double>(k), rest = static_cast<double>(n - k);
    return std::exp(mirrored ? log_binomial(rest, low, size, p) : log_binomial(low, rest, size, p));
  };
  const double q = 1 - p, up = mirrored ? q / p : p / q;
  const auto below = [&](Index end) {  // P(B < end), from the largest term down
    double sum = 0, term = end > 0 ? probability(end - 1) : 0;
    for (Index k = end - 1; k >= 0; --k) {
      sum += term;
      const double step = static_cast<double>(k) / (static_cast<double>(n - k + 1) * up);
      if (step < 1 && term * step < 1e-18 * sum * (1 - step)) break;
      term *= step;
    }
    return sum;
  };
  const double spread = std::sqrt(size * p * q), z = normal_two_tails_quantile((std::min)(2 * most, 1.0));
  const double guess = std::floor(size * (mirrored ? q : p) - z * spread);
  Index end = guess > 0 ? (std::min)(static_cast<Index>(guess), n) : 0;
  double mass = below(end);
  for (Index step = 1 + static_cast<Index>(spread / 8); mass > most; step *= 2) {  // P(B < 0) = 0 is always low enough
    end = (std::max)(end - step, Index{0});
    mass = below(end);
  }
  while (end < n) {
    const double next = probability(end);
    if (mass + next > most) break;
    mass += next;
    ++end;
  }
  return {end, mass};
}

}  // namespace detail

/// The interval of order statistics that holds a quantile whatever the law: l the largest with \f$ P(B < l) \le \alpha/2 \f$ and u the smallest with
/// \f$ P(B \ge u) \le \alpha/2 \f$, B binomial(R, probability), \f$\alpha\f$ = 1 - confidence.
/// @param replicates  R >= 1   @param probability  of the quantile, in (0, 1)   @param confidence  in (0, 1)
/// @return their numbers, 0 <= l < u <= R + 1, and the coverage \f$ P(l \le B < u) \ge \f$ confidence
/// @throw std::invalid_argument otherwise. O(sqrt R).
/// Source: David and Nagaraja (2003), section 7.1.
[[nodiscard]] inline order_interval quantile_interval(Index replicates, double probability, double confidence = 0.95) {
  constexpr auto function = "quantile_interval";
  argument::require(replicates >= 1 && replicates <= (Index{1} << 53), function, "replicates", replicates,
                    "be at least 1, and at most 2^53");
  argument::require(probability > 0 && probability < 1, function, "probability", probability, "lie in (0, 1)");
  argument::require(confidence > 0 && confidence < 1, function, "confidence", confidence, "lie in (0, 1)");
  const double most = (1 - confidence) / 2 * (1 + 1e-12);  // probabilities are rounded: what is equal counts as equal
  const auto low = detail::lower_binomial_tail(replicates, probability, most, false);
  const auto high = detail::lower_binomial_tail(replicates, probability, most, true);
  return {low.end, replicates + 1 - high.end, 1 - low.mass - high.mass};
}

}  // namespace simulacra
