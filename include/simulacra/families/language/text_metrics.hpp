#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/detail/ngram_tree.hpp>

/// Numbers that a text has by itself: how many different words, how they are distributed. Ends of sentences that are not
/// stored are not counted; tokens are, whatever they stand for.
namespace simulacra {

/// How often each token occurs; entry i is token i, up to the largest one.
[[nodiscard]] inline std::vector<Index> token_counts(const corpus& x) {
  std::vector<Index> count;
  for (const token_id w : x.all()) {
    if (w >= count.size()) count.resize(std::size_t{w} + 1);
    ++count[w];
  }
  return count;
}

/// The share of the different tokens of `original` that still occur in x, in [0, 1]. O(tokens).
/// @throw std::invalid_argument if the original is empty
[[nodiscard]] inline double vocabulary_survival(const corpus& x, const corpus& original) {
  const std::vector<Index> now = token_counts(x), before = token_counts(original);
  Index all = 0, left = 0;
  for (std::size_t w = 0; w < before.size(); ++w) {
    if (before[w] == 0) continue;
    ++all;
    left += w < now.size() && now[w] > 0 ? 1 : 0;
  }
  argument::require(all > 0, "vocabulary_survival", "original.tokens()", all, "be at least 1");
  return static_cast<double>(left) / static_cast<double>(all);
}

/// Different n-grams over all n-grams within sequences, in (0, 1]: n = 1 is the type-token ratio. It falls with the length
/// of a text, so compare texts of one length. NaN if there is no n-gram. Li et al. (2016), "A diversity-promoting objective
/// function for neural conversation models". O(n tokens). @throw std::invalid_argument unless 1 <= n <= 6
[[nodiscard]] inline double distinct_ngrams(const corpus& x, int n) {
  argument::require(n >= 1 && n <= longest_ngram, "distinct_ngrams", "n", n, "be from 1 to 6");
  std::vector<detail::node_map> maps(static_cast<std::size_t>(n));
  std::vector<std::uint32_t> sizes(static_cast<std::size_t>(n));
  Index all = 0;
  for (Index s = 0; s < x.size(); ++s) {
    const std::span<const token_id> sequence = x[s];
    for (std::size_t i = 0; i + static_cast<std::size_t>(n) <= sequence.size(); ++i) {
      std::uint32_t node = 0;
      for (std::size_t k = 0; k < maps.size(); ++k) {
        const std::uint32_t found = maps[k].find_or_insert(node, sequence[i + k], sizes[k]);
        if (found == sizes[k]) ++sizes[k];
        node = found;
      }
      ++all;
    }
  }
  return static_cast<double>(sizes.back()) / static_cast<double>(all);
}

[[nodiscard]] inline double type_token_ratio(const corpus& x) { return distinct_ngrams(x, 1); }

/// Entropy of the relative frequencies of tokens, in nats; 0 for an empty text.
[[nodiscard]] inline double token_entropy(const corpus& x) {
  double sum = 0;
  const double n = static_cast<double>(x.tokens());
  for (const Index c : token_counts(x))
    if (c > 0) sum -= static_cast<double>(c) / n * std::log(static_cast<double>(c) / n);
  return sum;
}

/// The slope of log frequency against log rank, about -1 for a natural text (Zipf's law). The least squares line with weight
/// 1 / rank, so that each octave of ranks counts alike and the many words that occur once do not decide. NaN with fewer than
/// two different tokens.
[[nodiscard]] inline double zipf_slope(const corpus& x) {
  std::vector<Index> count = token_counts(x);
  std::sort(count.begin(), count.end(), std::greater<>());
  double weight = 0, mean_x = 0, mean_y = 0, xx = 0, xy = 0;  // weighted means, and sums about them (West's update)
  for (std::size_t r = 0; r < count.size() && count[r] > 0; ++r) {
    const double w = 1 / static_cast<double>(r + 1), lx = std::log(static_cast<double>(r + 1));
    const double ly = std::log(static_cast<double>(count[r]));
    weight += w;
    const double dx = lx - mean_x, dy = ly - mean_y;
    mean_x += w / weight * dx;
    mean_y += w / weight * dy;
    xx += w * dx * (lx - mean_x);
    xy += w * dx * (ly - mean_y);
  }
  return xy / xx;
}

}  // namespace simulacra
