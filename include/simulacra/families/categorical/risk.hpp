#pragma once

#include <cmath>
#include <limits>
#include <vector>

#include <simulacra/core/types.hpp>
#include <simulacra/families/categorical/estimator.hpp>
#include <simulacra/families/categorical/law.hpp>

namespace simulacra {

/// The cross-entropy of a law on symbols under a categorical one, in nats: \f$ -\sum_i p_i \log q_i \f$; infinite where q has lost a
/// symbol that p has. O(K).
template <has_probabilities P>
[[nodiscard]] double cross_entropy(const P& p, const categorical& q) {
  const std::vector<double> all = p.probabilities();
  double sum = 0;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i] > 0) sum -= all[i] * q.log_density(static_cast<Index>(i));
  return sum;
}

}  // namespace simulacra
