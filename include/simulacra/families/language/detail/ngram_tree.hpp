#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/detail/node_map.hpp>

namespace simulacra {

namespace detail {

/// The n-grams of one length n, in the order in which they were first seen. Node i is the word `word[i]` after the
/// (n-1)-gram `history[i]`; without its first word it is the (n-1)-gram `suffix[i]`. Single words are their own nodes: node
/// i is word i.
struct ngram_level {
  std::vector<std::uint32_t> history, word, suffix;  ///< empty for n = 1
  std::vector<double> count;
  node_map nodes;  ///< (history, word) -> node

  [[nodiscard]] std::size_t size() const noexcept { return count.size(); }
};

/// The n-grams of 1, ..., order words of what was added, with their counts: a tree in flat arrays, a level for each length.
/// Each sequence begins with `sentence_start`, which is counted as a word and part of every history it belongs to. A level
/// is closed under taking away the first word or the last one, and every n-gram but those that begin with `sentence_start`
/// has a longer one that ends with it, except on the last level.
class ngram_tree {
 public:
  explicit ngram_tree(int order) : levels_(static_cast<std::size_t>(order)) {}

  [[nodiscard]] int order() const noexcept { return static_cast<int>(levels_.size()); }

  /// The n-grams of length n, 1 <= n <= order.
  [[nodiscard]] const ngram_level& of_length(int n) const noexcept { return levels_[static_cast<std::size_t>(n - 1)]; }

  /// Counts one sequence. O(tokens x order). @param closed  whether an end comes after it
  void add(std::span<const token_id> sequence, bool closed, double weight) {
    std::array<std::uint32_t, longest_ngram> before{sentence_start};  // the nodes of the last 1, 2, ... words
    std::size_t known = 1;
    begin(weight);
    for (const token_id w : sequence) known = step(before, known, w, weight);
    if (closed) step(before, known, sentence_end, weight);
  }

  /// Counts the start of a sequence.
  void begin(double weight) { word_count(sentence_start) += weight; }

  /// Counts the n-grams that end with w after some words, and moves on. `before[n - 1]` is the node of the last n words, for
  /// n = 1, ..., `known`: at the start of a sequence {sentence_start} and 1. Returns what is known now.
  std::size_t step(std::array<std::uint32_t, longest_ngram>& before, std::size_t known, token_id w, double weight) {
    word_count(w) += weight;
    std::uint32_t longer = w;  // the node of the last n words
    const std::size_t most = (std::min)(known, levels_.size() - 1);
    for (std::size_t n = 1; n <= most; ++n) {
      const std::uint32_t next = node(n, before[n - 1], w, longer);
      levels_[n].count[next] += weight;
      before[n - 1] = longer;
      longer = next;
    }
    if (most < levels_.size() - 1) {
      before[most] = longer;
      return most + 1;
    }
    return most == 0 ? known : most;
  }

  /// Adds the counts of another tree of the same order. O(nodes of the other).
  void merge(const ngram_tree& other) {
    std::vector<std::uint32_t> shorter, here;  // the other's nodes, as they are called here
    const ngram_level& words = other.levels_[0];
    if (words.size() > levels_[0].size()) levels_[0].count.resize(words.size());
    for (std::size_t i = 0; i < words.size(); ++i) levels_[0].count[i] += words.count[i];
    for (std::size_t n = 1; n < levels_.size(); ++n) {
      const ngram_level& from = other.levels_[n];
      const auto renamed = [&](std::uint32_t node) { return n == 1 ? node : shorter[node]; };
      here.resize(from.size());
      for (std::size_t i = 0; i < from.size(); ++i) {
        here[i] = node(n, renamed(from.history[i]), from.word[i], renamed(from.suffix[i]));
        levels_[n].count[here[i]] += from.count[i];
      }
      shorter.swap(here);
    }
  }

  void reweight(double c) {
    if (c == 0) {
      *this = ngram_tree(order());
      return;
    }
    for (ngram_level& level : levels_)
      for (double& count : level.count) count *= c;
  }

 private:
  double& word_count(token_id w) {
    auto& count = levels_[0].count;
    if (w >= count.size()) count.resize((std::max)(std::size_t{w} + 1, std::size_t{first_word}));
    return count[w];
  }

  std::uint32_t node(std::size_t level, std::uint32_t history, token_id w, std::uint32_t suffix) {
    ngram_level& at = levels_[level];
    const auto fresh = static_cast<std::uint32_t>(at.size());
    const std::uint32_t found = at.nodes.find_or_insert(history, w, fresh);
    if (found == fresh) {
      argument::require(fresh < (1u << 29) - 1, "ngram_counts", "n-grams", fresh, "stay under 2^29 of one length");
      at.history.push_back(history);
      at.word.push_back(w);
      at.suffix.push_back(suffix);
      at.count.push_back(0);
    }
    return found;
  }

  std::vector<ngram_level> levels_;
};

}  // namespace detail

}  // namespace simulacra
