#pragma once

#include <cmath>

#include <simulacra/families/categorical/law.hpp>

/// More closed forms between two categorical laws on the same symbols; entropies and divergences come with the law. All cost O(S_p + S_q), S being the symbols that are left.
namespace simulacra {

/// The total variation distance, \f$ \frac12 \sum_i |p_i - q_i| \f$: the largest difference of probability of any event.
/// @throw std::invalid_argument if K differs
[[nodiscard]] inline double total_variation(const categorical& p, const categorical& q) {
  double sum = 0;
  detail::for_each_symbol(p, q, "total_variation", [&sum](double a, double b) { sum += std::abs(a - b); });
  return sum / 2;
}

/// The squared L2 distance, \f$ \sum_i (p_i - q_i)^2 \f$. Under `replace` its expectation from the truth is what
/// heterozygosity has lost. @throw std::invalid_argument if K differs
[[nodiscard]] inline double l2_squared(const categorical& p, const categorical& q) {
  double sum = 0;
  detail::for_each_symbol(p, q, "l2_squared", [&sum](double a, double b) { sum += (a - b) * (a - b); });
  return sum;
}

}  // namespace simulacra
