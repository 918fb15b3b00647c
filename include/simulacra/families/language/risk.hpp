#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include <simulacra/families/language/detail/expected_counts.hpp>
#include <simulacra/families/language/ngram.hpp>

namespace simulacra {

/// The cross-entropy of one sequence of an n-gram law under another n-gram model, in nats: \f$ -E_p \log q(x) \f$, exactly,
/// by following where both are, token after token. Infinite where q has lost what p may draw.
/// @throw std::invalid_argument if there are too many histories to follow: it is meant for small vocabularies and low orders
/// O(length x histories x symbols).
[[nodiscard]] inline double cross_entropy(const ngram& p, const ngram& q) {
  double sum = 0;
  detail::for_each_expected(
      p, q.start(), "cross_entropy", [](ngram::state s) { return s.code(); },
      [&](ngram::state& s, token_id w, double mass) {
        // A sentence of p that is cut has its end for certain, and q is asked for it all the same.
        sum -= mass * std::log(q.advance(s, w));
      });
  return sum;
}

/// The entropy of one sequence of an n-gram law, in nats.
[[nodiscard]] inline double entropy(const ngram& p) { return cross_entropy(p, p); }

}  // namespace simulacra
