#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/language/corpus.hpp>

namespace simulacra {

/// What a model says of a text, in nats, over all of its tokens and the ends of its sentences. Unknown words are in it with
/// the probability of the unknown word; their part is given by itself, so that they can be left out (they still stand
/// between others).
struct text_score {
  double log_probability = 0;          ///< sum of log p
  double log_probability_unknown = 0;  ///< the part of `unknown_word`
  double log_probability_known = 0;    ///< the rest, which may be finite where the two above are not
  Index tokens = 0;                    ///< what was predicted, unknown words included
  Index unknown = 0;                   ///< of these, unknown words

  /// Cross-entropy per token, in nats. Infinite if something had probability 0.
  [[nodiscard]] double cross_entropy() const { return -log_probability / static_cast<double>(tokens); }
  [[nodiscard]] double perplexity() const { return std::exp(cross_entropy()); }

  /// Perplexity of the known words alone. NaN if there is none.
  [[nodiscard]] double perplexity_of_known() const {
    return std::exp(-log_probability_known / static_cast<double>(tokens - unknown));
  }
};

/// A model that reads token by token: n-grams, and the neural model.
template <class M>
concept language_model = requires(const M& m, typename M::state s, token_id w) {
                           { m.start() } -> std::convertible_to<typename M::state>;
                           { m.advance(s, w) } -> std::convertible_to<double>;
                           { m.symbols() } -> std::convertible_to<Index>;
                         };

/// Scores one sequence. @param closed  whether its end is scored, too. O(tokens).
template <language_model M>
[[nodiscard]] text_score score(const M& model, std::span<const token_id> sequence, bool closed) {
  text_score sum;
  typename M::state s = model.start();
  const auto take = [&](token_id w) {
    const bool unknown = w == unknown_word || w >= static_cast<std::size_t>(model.symbols());
    const double log_p = std::log(model.advance(s, w));
    sum.log_probability += log_p;
    ++sum.tokens;
    (unknown ? sum.log_probability_unknown : sum.log_probability_known) += log_p;
    sum.unknown += unknown ? 1 : 0;
  };
  for (const token_id w : sequence) take(w);
  if (closed) take(sentence_end);
  return sum;
}

/// Scores a corpus. @throw std::invalid_argument if it is empty
template <language_model M>
[[nodiscard]] text_score score(const M& model, const corpus& x) {
  argument::require(x.predictions() >= 1, "score", "x.predictions()", x.predictions(), "be at least 1");
  text_score sum;
  for (Index i = 0; i < x.size(); ++i) {
    const text_score one = score(model, x[i], x.closed());
    sum.log_probability += one.log_probability;
    sum.log_probability_unknown += one.log_probability_unknown;
    sum.log_probability_known += one.log_probability_known;
    sum.tokens += one.tokens;
    sum.unknown += one.unknown;
  }
  return sum;
}

/// Perplexity per token of a corpus. O(tokens).
template <language_model M>
[[nodiscard]] double perplexity(const M& model, const corpus& x) {
  return score(model, x).perplexity();
}

/// Perplexity of each sequence by itself, in order. An empty one (an empty block) has none, and is left out.
template <language_model M>
[[nodiscard]] std::vector<double> sequence_perplexities(const M& model, const corpus& x) {
  std::vector<double> all;
  all.reserve(static_cast<std::size_t>(x.size()));
  for (Index i = 0; i < x.size(); ++i) {
    const text_score one = score(model, x[i], x.closed());
    if (one.tokens > 0) all.push_back(one.perplexity());
  }
  return all;
}

}  // namespace simulacra
