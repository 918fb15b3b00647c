#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <simulacra/core/types.hpp>
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/detail/ngram_tree.hpp>
#include <simulacra/families/language/detail/node_map.hpp>

namespace simulacra::detail {

/// A history in an n-gram model: an n-gram that is continued somewhere, or has a backoff of its own, with its length, in one number. The empty one is 0.
class history_state {
 public:
  constexpr history_state() = default;
  constexpr history_state(int length, std::uint32_t node) : code_(static_cast<std::uint32_t>(length) << 29 | node) {}

  [[nodiscard]] constexpr int length() const noexcept { return static_cast<int>(code_ >> 29); }
  [[nodiscard]] constexpr std::uint32_t node() const noexcept { return code_ & ((1u << 29) - 1); }
  [[nodiscard]] constexpr std::uint32_t code() const noexcept { return code_; }
  [[nodiscard]] constexpr bool empty() const noexcept { return code_ == 0; }
  friend constexpr bool operator==(history_state, history_state) = default;

 private:
  std::uint32_t code_ = 0;
};

/// An n-gram of the model: the probability of its last word after those before, and the history that one is in after it.
struct ngram_entry {
  double probability = 0;
  token_id word = 0;
  history_state after{};
};

/// A history: its continuations, as columns of an alias table, and what is left for shorter histories.
struct ngram_history {
  double backoff = 1;               ///< p(w | h) = backoff p(w | shorter h) for a w that is not among the continuations
  std::uint32_t first = 0;          ///< of its columns
  std::uint32_t columns = 0;        ///< how many; 0: it is no history, nothing was seen after it, and its backoff is 1
  std::uint32_t continuations = 0;  ///< the first so many columns are the continuations, the most probable first
  history_state shorter{};
};

/// A column of an alias table: `own` with probability threshold / 2^64, or else `alias`. Both are nodes of the next length,
/// or `no_node`, which stands for the shorter history.
struct alias_column {
  std::uint64_t threshold = 0;
  std::uint32_t own = no_node, alias = no_node;
};

/// The n-grams of one length n in a model, and, for n less than the order, what they are as histories.
struct ngram_rank {
  std::vector<ngram_entry> entries;
  std::vector<std::uint32_t> prefix, suffix;  ///< nodes of length n - 1: without the last word, without the first one
  std::vector<ngram_history> histories;       ///< none for n = order
  std::vector<alias_column> columns;
  node_map next;  ///< (node, word) -> node of length n + 1
};

/// Where probability goes that a history keeps for words that it has not seen.
enum class falls_back { to_shorter, to_uniform };

/// What an n-gram model is made of. Ranks 0, ..., order: rank 0 is the empty history, rank 1 has an entry for each symbol.
struct ngram_tables {
  explicit ngram_tables(int n) : order(n), ranks(static_cast<std::size_t>(n) + 1) {}

  int order;
  falls_back way = falls_back::to_shorter;
  bool interpolated =
      true;  ///< p(hw) >= backoff(h) p(w | shorter h) everywhere, so that sampling may go down and never come back
  bool closed = false;  ///< of sentences, which end
  Index length = 0;     ///< tokens in a block; of a sentence, at most
  std::vector<ngram_rank> ranks;

  [[nodiscard]] const ngram_rank& rank(int n) const noexcept { return ranks[static_cast<std::size_t>(n)]; }
  [[nodiscard]] ngram_rank& rank(int n) noexcept { return ranks[static_cast<std::size_t>(n)]; }
  [[nodiscard]] const ngram_history& history(history_state s) const noexcept { return rank(s.length()).histories[s.node()]; }
  [[nodiscard]] Index symbols() const noexcept { return static_cast<Index>(rank(1).entries.size()); }
  [[nodiscard]] double uniform() const noexcept {
    return 1 / static_cast<double>(symbols() - 1);
  }  ///< all but `sentence_start`

  /// The node of length s.length() + 1 that is w after s, or `no_node`. O(1).
  [[nodiscard]] std::uint32_t find(history_state s, token_id w) const noexcept {
    return s.empty() ? w : rank(s.length()).next.find(s.node(), w);
  }

  [[nodiscard]] history_state start() const noexcept {
    return order > 1 && rank(1).histories[sentence_start].columns > 0 ? history_state(1, sentence_start) : history_state();
  }

  /// p(w | s), and moves s on to the history after w. O(order), O(1) on average.
  double advance(history_state& s, token_id w) const noexcept {
    double weight = 1;
    bool shared = false;  // what is shared equally is known at the first history without w; the rest is where we are then
    for (;;) {
      const std::uint32_t node = find(s, w);
      if (node != no_node) {
        const ngram_entry& e = rank(s.length() + 1).entries[node];
        s = e.after;
        return shared ? weight : weight * e.probability;
      }
      const ngram_history& h = history(s);
      if (!shared) weight *= h.backoff;
      if (way == falls_back::to_uniform && !shared) {
        shared = true;
        weight *= w == sentence_start ? 0 : uniform();
      }
      s = h.shorter;
    }
  }

  /// p(w | s) alone.
  [[nodiscard]] double probability(history_state s, token_id w) const noexcept { return advance(s, w); }
};

}  // namespace simulacra::detail
