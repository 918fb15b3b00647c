#pragma once

#include <cmath>
#include <cstddef>
#include <map>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/counts.hpp>
#include <simulacra/families/language/detail/expected_counts.hpp>
#include <simulacra/families/language/detail/ngram_tree.hpp>
#include <simulacra/families/language/ngram.hpp>
#include <simulacra/laws/data_law.hpp>

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

/// Whether there are few enough histories to follow for `cross_entropy(p, q)`; the ledger of risk draws from p where not.
template <class Law>
  requires(detail::has_expected_counts<Law>::value)
[[nodiscard]] bool cross_entropy_in_reach(const Law& p, const ngram& q) {
  return detail::is_enumerable(p, q.order());
}

/// The entropy of one sequence of an n-gram law, in nats.
[[nodiscard]] inline double entropy(const ngram& p) { return cross_entropy(p, p); }

/// The cross-entropy of a text, as the law of one of its sequences picked at random, under an n-gram model. O(tokens).
[[nodiscard]] inline double cross_entropy(const data_law<corpus>& p, const ngram& q) {
  double sum = 0;
  for (Index i = 0; i < p.size(); ++i) sum -= q.log_density(p.data()[i]);
  return sum / static_cast<double>(p.size());
}

/// The entropy of that law: log of the number of sequences, if no two are the same. O(tokens log sequences).
[[nodiscard]] inline double entropy(const data_law<corpus>& p) {
  std::map<std::vector<token_id>, Index> times;
  for (Index i = 0; i < p.size(); ++i) ++times[std::vector<token_id>(p.data()[i].begin(), p.data()[i].end())];
  double sum = 0;
  for (const auto& [sequence, count] : times) {
    static_cast<void>(sequence);
    const double share = static_cast<double>(count) / static_cast<double>(p.size());
    sum -= share * std::log(share);
  }
  return sum;
}

/// The cross-entropy of one of the sequences that were counted, under a model of at most the order of the counts: nothing
/// else of them is needed. O(n-grams). @throw std::invalid_argument if the model's order is higher
template <int N>
[[nodiscard]] double cross_entropy(const ngram_counts<N>& p, const ngram& q) {
  argument::require(q.order() <= N, "cross_entropy", "q.order()", q.order(), "be at most that of the counts");
  const detail::ngram_tree& tree = p.tree();
  double sum = 0;
  std::vector<bool> starts, shorter;        // whether an n-gram begins with `sentence_start`
  std::vector<ngram::state> after, before;  // where q is after it
  for (int n = 1; n <= N; ++n) {
    const detail::ngram_level& level = tree.of_length(n);
    starts.assign(level.size(), false);
    after.assign(level.size(), {});
    for (std::size_t i = 0; i < level.size(); ++i) {
      const bool first = n == 1;
      if (first && i == sentence_start) {
        starts[i] = true;
        after[i] = q.start();
        continue;
      }
      starts[i] = !first && shorter[level.history[i]];
      after[i] = first ? ngram::state{} : before[level.history[i]];
      const double p_word = q.advance(after[i], first ? static_cast<token_id>(i) : level.word[i]);
      if ((starts[i] || n == N) && level.count[i] > 0) sum -= level.count[i] * std::log(p_word);
    }
    shorter.swap(starts);
    before.swap(after);
  }
  return sum / p.weight();
}

/// The same of kept data, as the ledger keeps them.
template <class Kept>
  requires(detail::has_expected_counts<Kept>::value && requires(const Kept& k) { k.summary().tree(); })
[[nodiscard]] double cross_entropy(const Kept& p, const ngram& q) {
  return cross_entropy(p.summary(), q);
}

/// The cross-entropy of a mixture of such laws: the mean of theirs. (Its entropy has no closed form, so of the ledger's
/// terms the differences of two risks are known, and those from the law itself are not.)
template <class Mixture>
  requires(detail::has_expected_counts<Mixture>::value && requires(const Mixture& m) { m.share(m.size()); })
[[nodiscard]] double cross_entropy(const Mixture& p, const ngram& q) {
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i)
    sum += p.share(i) * p.visit(i, [&q](const auto& part) { return cross_entropy(part, q); });
  return sum;
}

}  // namespace simulacra
