#pragma once

#include <cmath>
#include <cstddef>
#include <limits>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/categorical/law.hpp>
#include <simulacra/random/saddle_point.hpp>

/// Closed forms between two categorical laws on the same symbols. All cost O(S_p + S_q), S being the symbols that are left.
namespace simulacra {

namespace detail {

/// Calls f(p_i, q_i) for every symbol that at least one of the two laws has.
template <class F>
void for_each_symbol(const categorical& p, const categorical& q, const char* function, F&& f) {
  argument::require(p.symbols() == q.symbols(), function, "q.symbols()", q.symbols(), "equal that of p");
  const auto a = p.support(), b = q.support();
  const auto pa = p.support_probabilities(), qb = q.support_probabilities();
  std::size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    if (j == b.size() || (i < a.size() && a[i] < b[j]))
      f(pa[i++], 0.0);
    else if (i == a.size() || b[j] < a[i])
      f(0.0, qb[j++]);
    else
      f(pa[i++], qb[j++]);
  }
}

}  // namespace detail

/// The entropy of p in nats, \f$ -\sum_i p_i \log p_i \f$: 0 when one symbol is left, log K at most.
[[nodiscard]] inline double entropy(const categorical& p) {
  double sum = 0;
  for (const double x : p.support_probabilities()) sum -= x * std::log(x);
  return sum > 0 ? sum : 0;
}

/// The Kullback-Leibler divergence of q from p in nats, \f$ \sum_i p_i \log (p_i / q_i) \f$; infinite where q has lost a
/// symbol that p has. Summed as \f$ p_i \log(p_i / q_i) + q_i - p_i \f$, of which no term is negative, so that a small
/// divergence keeps its digits. @throw std::invalid_argument if K differs
[[nodiscard]] inline double kl_divergence(const categorical& p, const categorical& q) {
  double sum = 0;
  detail::for_each_symbol(p, q, "kl_divergence", [&sum](double a, double b) {
    if (b == 0)
      sum = std::numeric_limits<double>::infinity();
    else
      sum += a == 0 ? b : detail::deviance(a, b);
  });
  return sum;
}

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
