#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/compensated_sum.hpp>
#include <simulacra/core/types.hpp>

namespace simulacra {

/// The Hill number of order q: how many equally common kinds would be as diverse as these.
///
/// \f[ D_q=\Bigl(\sum_ip_i^q\Bigr)^{1/(1-q)},\qquad D_0=\#\{p_i>0\},\quad D_1=e^{-\sum p_i\ln p_i},\quad D_2=1\Big/\sum p_i^2,\quad
///     D_\infty=1/\max p_i \f]
/// It does not increase with q: order 0 counts what is there, order 1 weighs it as it is met, order 2 says how often two draws differ.
/// @param weights  >= 0, finite, of sum > 0: probabilities, shares or counts; their proportions are taken
/// @param order    q >= 0, infinity too
/// @return from 1 to the number of weights
/// @throw std::invalid_argument otherwise. O(n). Source: Hill (1973), "Diversity and evenness".
[[nodiscard]] inline double hill_number(std::span<const double> weights, double order) {
  argument::require(order >= 0, "hill_number", "order", order, "be at least 0");
  double largest = 0;
  for (const double w : weights) {
    argument::require(w >= 0 && w <= (std::numeric_limits<double>::max)(), "hill_number", "weight", w,
                      "be finite and not negative");
    largest = (std::max)(largest, w);
  }
  argument::require(largest > 0, "hill_number", "largest weight", largest, "be > 0");
  // In units of the largest, u = w / largest: sum p^q = S_q / S_1^q, S_q = sum u^q.
  detail::compensated_sum one, power;
  Index there = 0;
  const double near = order - 1;
  for (const double w : weights) {
    if (!(w > 0)) continue;
    ++there;
    const double log_u = std::log(w) - std::log(largest), u = std::exp(log_u);
    one.add(u);
    if (near == 0)
      power.add(u * log_u);
    else if (std::isfinite(order))  // S_q - S_1, which is all that is left near order 1
      power.add(std::abs(near * log_u) < 1 ? u * std::expm1(near * log_u) : std::exp(order * log_u) - u);
  }
  const double s = one.value();
  if (order == 0) return static_cast<double>(there);
  double log_number = std::log(s);
  if (near == 0)
    log_number -= power.value() / s;
  else if (std::isfinite(order))  // (ln S_q - q ln S_1) / (1 - q)
    log_number -= std::log1p(power.value() / s) / near;
  return std::fmin(std::fmax(std::exp(log_number), 1), static_cast<double>(there));
}

}  // namespace simulacra
