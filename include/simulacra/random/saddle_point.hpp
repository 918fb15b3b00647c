#pragma once

#include <cmath>
#include <cstddef>

/// Logarithms of binomial and Poisson probabilities that stay accurate for counts of any size, where a difference of
/// log-gammas, or n log(a / b), has lost all its digits.
/// Source: Loader (2000), "Fast and accurate computation of binomial probabilities".
namespace simulacra::detail {

/// log(k!) less its Stirling approximation (k + 1/2) log k - k + log(2 pi) / 2, for whole k >= 1.
[[nodiscard]] inline double stirling_error(double k) {
  constexpr double table[16] = {0,
                                0.08106146679532725822,
                                0.041340695955409294094,
                                0.027677925684998339149,
                                0.020790672103765093112,
                                0.016644691189821192163,
                                0.013876128823070747999,
                                0.011896709945891770095,
                                0.010411265261972096497,
                                0.0092554621827127329177,
                                0.0083305634333628712565,
                                0.007573675487951840795,
                                0.0069428401072095298657,
                                0.0064089941880042070684,
                                0.0059513701127588477356,
                                0.005554733551962801371};
  if (k < 16) return table[static_cast<std::size_t>(k)];
  const double square = k * k;
  return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 / square) / square) / square) / square) / k;
}

/// x log(x / mean) + mean - x for x, mean > 0, with its relative accuracy kept where x is close to the mean.
[[nodiscard]] inline double deviance(double x, double mean) {
  const double difference = x - mean;
  if (std::abs(difference) >= 0.1 * (x + mean)) return x * std::log(x / mean) + mean - x;
  const double v = difference / (x + mean);
  double sum = difference * v, term = 2 * x * v;
  for (int odd = 3;; odd += 2) {
    term *= v * v;
    const double next = sum + term / odd;
    if (next == sum) return next;
    sum = next;
  }
}

inline constexpr double log_sqrt_two_pi = 0.91893853320467274178;

/// log P(K = k), K Poisson with the given mean; k whole and >= 0.
[[nodiscard]] inline double log_poisson(double k, double mean) {
  if (k == 0) return -mean;
  return -stirling_error(k) - deviance(k, mean) - log_sqrt_two_pi - 0.5 * std::log(k);
}

/// log P(K = k), K binomial(n, p), 0 < p < 1. `others` is n - k, which the caller has exactly.
[[nodiscard]] inline double log_binomial(double k, double others, double n, double p) {
  if (k == 0) return n * std::log1p(-p);
  if (others == 0) return n * std::log(p);
  const double stirling = stirling_error(n) - stirling_error(k) - stirling_error(others);
  return stirling - deviance(k, n * p) - deviance(others, n * (1 - p)) - log_sqrt_two_pi +
         0.5 * (std::log(n / k) - std::log(others));
}

}  // namespace simulacra::detail
