#pragma once

#include <cstddef>
#include <span>

#include <simulacra/core/argument.hpp>
#include <simulacra/random/binomial.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/weights.hpp>

namespace simulacra {

/// How n independent draws fall among K categories: writes K counts that sum to n. Category k, in order, gets a binomial
/// share of what is left, with probability p_k / (p_k + p_{k+1} + ...). O(K) whatever n, and no memory.
///
/// `probabilities` may be unnormalised. A category of probability 0 gets no count, ever; the last one of positive
/// probability takes what is left. The mass that is left is carried in two doubles and the rarer side of each split is the
/// one drawn, so that a category keeps its probability to full relative precision next to one 1e30 times as likely.
/// Throws `std::invalid_argument` unless n >= 0, the probabilities are finite and >= 0 with a positive finite sum, and
/// `counts` has the same length.
inline void multinomial(Index n, std::span<const double> probabilities, std::span<Index> counts, stream& rng) {
  argument::require(n >= 0, "multinomial", "n", n, "be at least 0");
  argument::require(counts.size() == probabilities.size(), "multinomial", "counts.size()", counts.size(),
                    "be the number of probabilities");
  detail::require_weights(probabilities, "multinomial", "probabilities");

  double high = 0, low = 0;                      // the mass that is left, high + low
  const auto add = [&high, &low](double term) {  // Knuth's exact sum of two doubles, and the error of it carried along
    const double sum = high + term, part = sum - high;
    low += (high - (sum - part)) + (term - part);
    high = sum + low;
    low -= high - sum;
  };
  std::size_t last = 0;
  for (std::size_t k = 0; k < probabilities.size(); ++k)
    if (probabilities[k] > 0) {
      add(probabilities[k]);
      last = k;
    }

  Index left = n;
  for (std::size_t k = 0; k < probabilities.size(); ++k) {
    const double p = probabilities[k];
    if (left == 0 || k > last || p == 0) {
      counts[k] = 0;
    } else if (k == last) {
      counts[k] = left;
      left = 0;
    } else {
      const double before = high;
      add(-p);
      const double share = p / before, rest = high / before;
      counts[k] = share <= 0.5 ? detail::binomial_unchecked(left, share, rng)
                               : left - detail::binomial_unchecked(left, rest > 0 ? (rest < 1 ? rest : 1) : 0, rng);
      left -= counts[k];
    }
  }
}

}  // namespace simulacra
