#pragma once

#include <algorithm>
#include <cmath>
#include <span>

#include <simulacra/theory/detail/gamma.hpp>

/// Discrete laws as arguments, rewards of their symbols, and roots.
namespace simulacra::theory::detail {

inline void check_law(const char* name, std::span<const double> p) {
  double sum = 0;
  for (const double q : p) {
    check_probability(name, "p", q);
    sum += q;
  }
  argument::require(std::abs(sum - 1) <= 1e-9, name, "sum of p", sum, "be 1");
}

/// @return the largest reward of what occurs at all
inline double check_rewards(const char* name, std::span<const double> p, std::span<const double> reward) {
  argument::require(reward.size() == p.size(), name, "number of rewards", reward.size(), "be the number of symbols");
  double best = -infinity;
  for (std::size_t i = 0; i < p.size(); ++i) {
    argument::require(std::isfinite(reward[i]), name, "reward", reward[i], "be finite");
    if (p[i] > 0) best = (std::max)(best, reward[i]);
  }
  for (std::size_t i = 0; i < p.size(); ++i)
    argument::require(p[i] == 0 || best - reward[i] <= 1e6, name, "reward", reward[i], "be within 1e6 of the largest");
  return best;
}

/// The root of a falling function between two positive numbers, whatever their ratio, to the last digit: bisection of the logarithm.
template <class F>
double falling_root(double low, double high, const F& f) {
  for (int i = 0; i < 2000; ++i) {
    const double middle = high > 2 * low ? std::sqrt(low) * std::sqrt(high) : low + (high - low) / 2;
    if (!(middle > low && middle < high)) break;
    (f(middle) > 0 ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

}  // namespace simulacra::theory::detail
