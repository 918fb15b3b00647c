#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/detail/ngram_tables.hpp>
#include <simulacra/families/language/ngram.hpp>

namespace simulacra {

/// A word that may come next, with its probability and the state after it.
struct candidate {
  token_id word = 0;
  double probability = 0;
  ngram::state after{};
};

/// The words that may come after a state, the most probable first, found one by one: each history's continuations are in
/// this order already, so it is a merge of at most `order` lists. The model must outlive it.
class ranking {
 public:
  ranking(const ngram& model, ngram::state s) : t_(model.tables()) {
    double weight = 1;
    for (;;) {
      const detail::ngram_history& h = t_.history(s);
      lists_[used_] = {s, weight, h.first, h.first + h.continuations, 0};
      look(used_++);
      if (s.empty()) break;
      weight *= h.backoff;
      if (weight == 0) break;
      if (t_.way == detail::falls_back::to_uniform) {
        uniform_ = weight * t_.uniform();
        break;
      }
      s = h.shorter;
    }
  }

  /// The next one; false when there is none left. O(order).
  bool next(candidate& out) {
    for (;;) {
      std::size_t best = 0;
      for (std::size_t k = 1; k < used_; ++k)
        if (lists_[k].head > lists_[best].head) best = k;
      const double most = lists_[best].head;
      if (most < uniform_ && uniform_ > 0 && next_uniform(out)) return true;
      if (most < 0) return false;
      const detail::ngram_entry& e = entry(best);
      ++lists_[best].at;
      look(best);
      if (listed_before(best, e.word)) continue;
      out = {e.word, most, e.after};
      return true;
    }
  }

 private:
  struct list {
    detail::history_state history;
    double weight = 0;
    std::uint32_t at = 0, end = 0;
    double head = 0;  ///< probability of the next word in it; negative at its end
  };

  void look(std::size_t k) noexcept {
    lists_[k].head = lists_[k].at == lists_[k].end ? -1 : lists_[k].weight * entry(k).probability;
  }

  [[nodiscard]] const detail::ngram_entry& entry(std::size_t k) const noexcept {
    const int n = lists_[k].history.length();
    return t_.rank(n + 1).entries[t_.rank(n).columns[lists_[k].at].own];
  }

  /// Whether a longer history has a say on this word.
  [[nodiscard]] bool listed_before(std::size_t k, token_id w) const noexcept {
    for (std::size_t i = 0; i < k; ++i)
      if (t_.find(lists_[i].history, w) != detail::no_node) return true;
    return false;
  }

  /// The words that have no say of their own, in the order of their numbers.
  bool next_uniform(candidate& out) {
    for (; word_ < static_cast<token_id>(t_.symbols()); ++word_) {
      if (word_ == sentence_start || listed_before(used_, word_)) continue;
      detail::history_state after = lists_[0].history;
      t_.advance(after, word_);
      out = {word_++, uniform_, after};
      return true;
    }
    return false;
  }

  const detail::ngram_tables& t_;
  std::array<list, longest_ngram> lists_{};
  std::size_t used_ = 0;
  double uniform_ = 0;
  token_id word_ = 0;
};

}  // namespace simulacra
