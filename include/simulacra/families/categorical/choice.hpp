#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/chain_end.hpp>
#include <simulacra/core/reward.hpp>
#include <simulacra/core/types.hpp>

/// What selection makes of the probabilities of symbols.
namespace simulacra::detail {

/// p_i e^{r_i}, normalised.
/// @throw std::invalid_argument if a reward is plus infinity; chain_end if all that is left is minus infinity
inline std::vector<double> tilted(std::span<const double> p, std::span<const double> r) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  std::vector<double> law(p.size());
  double top = -infinity;
  for (std::size_t i = 0; i < p.size(); ++i) {
    argument::require(r[i] < infinity, "categorical", "reward", r[i], "be less than infinity");
    law[i] = std::log(p[i]) + r[i];
    top = (std::max)(top, law[i]);
  }
  if (top == -infinity)
    throw chain_end("of what the model can say, nothing may be published", "nothing that the model gives may be published");
  double sum = 0;
  for (double& q : law) sum += q = std::exp(q - top);
  for (double& q : law) q /= sum;
  return law;
}

/// The law of what is chosen out of K draws with probability proportional to \f$ w = e^r \f$:
///
/// \f[ p'_i = K p_i \int_0^\infty w_i e^{-t w_i} L(t)^{K-1} dt, \qquad L(t) = \sum_j p_j e^{-t w_j} \f]
/// since 1 / A is the integral of e^{-tA}. For K = 2 it is \f$ 2 p_i \sum_j p_j w_i / (w_i + w_j) \f$, summed where symbols are few. The
/// integral is taken in log t by the trapezoidal rule, which converges at once for what is analytic in a strip and falls off doubly
/// exponentially on one side; nodes at which no symbol has a share are left out.
/// A reward of minus infinity loses to every other, and shares by p where all have it.
/// @param of K >= 1
/// @throw std::invalid_argument if a reward is plus infinity. Source: Bradley and Terry (1952) for K = 2; derived for this library.
inline std::vector<double> chosen(std::span<const double> p, std::span<const double> r, Index of) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr std::size_t few = 256;
  const std::size_t size = p.size();
  std::vector<double> law(p.begin(), p.end());
  double top = -infinity;
  for (const double one : r) {
    argument::require(one < infinity, "categorical", "reward", one, "be less than infinity");
    top = (std::max)(top, one);
  }
  if (of == 1 || top == -infinity) return law;
  const auto k = static_cast<double>(of);
  double never = 0;  // the mass of those that win only among themselves
  for (std::size_t i = 0; i < size; ++i)
    if (r[i] == -infinity) never += p[i];
  const double all_such = std::pow(never, k);
  if (of == 2 && size <= few) {
    for (std::size_t i = 0; i < size; ++i) {
      double sum = 0;
      for (std::size_t j = 0; j < size; ++j)
        sum += r[i] == -infinity && r[j] == -infinity ? p[j] / 2 : p[j] / (1 + std::exp(r[j] - r[i]));
      law[i] = 2 * p[i] * sum;
    }
    return law;
  }

  constexpr double step = 0.2;  // leaves e^(-pi^2 / step) of the answer
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < size; ++i)
    if (r[i] != -infinity) order.push_back(i);
  std::sort(order.begin(), order.end(), [&r](std::size_t a, std::size_t b) { return r[a] > r[b]; });
  const double before = 42 + std::log(k);  // a share below e^-42 of one's own is none
  std::vector<double> won(size, 0.0);
  double next = -infinity;  // the first node that has not been looked at, in steps
  for (const std::size_t lead : order) {
    const double shifted = r[lead] - top, last = std::ceil((7 - shifted) / step);
    double node = (std::max)(next, std::floor((-before - shifted) / step));
    for (; node <= last; ++node) {
      double lost = 0, left = never;  // 1 - L without cancellation, and L
      for (const std::size_t j : order) {
        const double tw = std::exp(node * step + (r[j] - top));
        lost -= p[j] * std::expm1(-tw);
        left += p[j] * std::exp(-tw);
      }
      const double rivals = (k - 1) * (lost < 0.5 ? std::log1p(-lost) : std::log(left));
      for (const std::size_t j : order) {
        const double u = node * step + (r[j] - top);
        won[j] += std::exp(u - std::exp(u) + rivals);
      }
    }
    next = (std::max)(next, node);
  }
  for (std::size_t i = 0; i < size; ++i)
    law[i] = r[i] == -infinity ? (never > 0 ? p[i] * (all_such / never) : 0) : k * p[i] * step * won[i];
  return law;
}

/// The mixture over rewards (one, or those that share the publications) of what `law_of(rewards of the symbols)` gives.
template <class Reward, class LawOf>
std::vector<double> judged(std::span<const Index> symbols, const Reward& reward, LawOf&& law_of) {
  std::vector<double> sum(symbols.size(), 0.0), r(symbols.size());
  for (Index k = 0; k < number_of_rewards(reward); ++k) {
    const double share = share_of_reward(reward, k);
    if (share == 0) continue;
    for (std::size_t i = 0; i < r.size(); ++i) r[i] = reward_of(reward, k, point<Index, 1>(symbols[i]), "categorical");
    const std::vector<double> law = law_of(r);
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += share * law[i];
  }
  return sum;
}

}  // namespace simulacra::detail
