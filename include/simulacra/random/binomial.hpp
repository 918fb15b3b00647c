#pragma once

#include <cmath>

#include <simulacra/core/argument.hpp>
#include <simulacra/random/saddle_point.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>

namespace simulacra {

namespace detail {

/// Binomial(n, p) for p <= 1/2 and n p < 10: walks up the cumulative distribution from 0. One word.
[[nodiscard]] inline Index binomial_by_inversion(Index n, double p, stream& rng) {
  const double size = static_cast<double>(n), odds = p / (1 - p);
  const double none = std::exp(size * std::log1p(-p));  // pow(1 - p, n) loses p's digits first: at p = 1e-14, two remain
  for (;;) {
    double u = uniform(rng), probability = none;
    for (Index k = 0; k <= n && k < 200; ++k) {  // beyond 200 the mass is under 1e-180: rounding alone leads there
      if (u < probability) return k;
      u -= probability;
      probability *= odds * (size - static_cast<double>(k)) / static_cast<double>(k + 1);
    }
  }
}

/// Binomial(n, p) for p <= 1/2 and n p >= 10: Hoermann's transformed rejection with squeeze. Counts are whole-number offsets
/// from the mode, so none is rounded however large n is.
[[nodiscard]] inline Index binomial_by_rejection(Index n, double p, stream& rng) {
  const double size = static_cast<double>(n), mean = size * p;
  const double spread = std::sqrt(mean * (1 - p));
  const double b = 1.15 + 2.53 * spread;
  const double a = -0.0873 + 0.0248 * b + 0.01 * p;
  const double fast = 0.92 - 4.2 / b;
  const double alpha = (2.83 + 5.1 / b) * spread;
  const Index mode = static_cast<Index>(mean + p);
  const double centre = mean - static_cast<double>(mode) + 0.5;
  double at_mode = 0;
  bool at_mode_known = false;
  const auto log_probability = [&](Index k) {
    return log_binomial(static_cast<double>(k), static_cast<double>(n - k), size, p);
  };
  for (;;) {
    const double u = uniform_open(rng) - 0.5;
    const double v = uniform_open(rng);
    const double edge = 0.5 - std::abs(u);
    const double offset = std::floor((2 * a / edge + b) * u + centre);
    // The ends of the hat reach past any integer, and the draws there past 0 or n: those go back.
    if (!(std::abs(offset) < 9e18)) continue;
    const Index step = static_cast<Index>(offset);
    if (step < -mode || step > n - mode) continue;
    const Index k = mode + step;
    if (edge >= 0.07 && v <= fast) return k;
    if (!at_mode_known) {
      at_mode = log_probability(mode);
      at_mode_known = true;
    }
    if (std::log(v * alpha / (a / (edge * edge) + b)) <= log_probability(k) - at_mode) return k;
  }
}

/// Binomial(n, p) of arguments that have been checked.
[[nodiscard]] inline Index binomial_unchecked(Index n, double p, stream& rng) {
  if (n == 0 || p == 0) return 0;
  if (p > 0.5) return n - binomial_unchecked(n, 1 - p, rng);  // 1 - p is exact here
  return static_cast<double>(n) * p < 10 ? binomial_by_inversion(n, p, rng) : binomial_by_rejection(n, p, rng);
}

}  // namespace detail

/// The number of successes in n independent trials of probability p. O(1) whatever n and p.
/// Throws `std::invalid_argument` unless n >= 0 and 0 <= p <= 1.
///
/// Not Boost's `binomial_distribution`, which (1.74, n = 1e15, 2e6 draws) has a mean 2.5 times too large for p = 5e-16, and
/// one 23 standard errors too small for p = 6e-15, since it rounds 1 - p before it takes the power; up to n p = 1000 its
/// last test, n log(a / b), is lost to rounding too (chi-square off by 20 standard deviations and more).
/// Source: Hoermann (1993), "The generation of binomial random variates", J. Statist. Comput. Simul. 46 (algorithm BTRS),
/// with the probabilities of Loader (2000).
[[nodiscard]] inline Index binomial_count(Index n, double p, stream& rng) {
  argument::require(n >= 0, "binomial_count", "n", n, "be at least 0");
  argument::require(p >= 0 && p <= 1, "binomial_count", "p", p, "be in [0, 1]");
  return detail::binomial_unchecked(n, p, rng);
}

}  // namespace simulacra
