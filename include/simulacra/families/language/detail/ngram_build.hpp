#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/detail/ngram_finish.hpp>
#include <simulacra/families/language/detail/ngram_tables.hpp>
#include <simulacra/families/language/detail/ngram_tree.hpp>
#include <simulacra/families/language/ngram_smoothing.hpp>

namespace simulacra::detail {

/// Adjusted counts of the n-grams of length n: see `ngram_smoothing::kneser_ney`.
inline std::vector<double> adjusted_counts(const ngram_tree& tree, int n) {
  const ngram_level& level = tree.of_length(n);
  if (n == tree.order()) return level.count;
  std::vector<double> adjusted(level.size());
  for (const std::uint32_t end : tree.of_length(n + 1).suffix) ++adjusted[end];
  for (std::size_t i = 0; i < adjusted.size(); ++i)
    if (adjusted[i] == 0) adjusted[i] = level.count[i];  // nothing comes before `sentence_start`
  return adjusted;
}

/// The discounts of the n-grams of one length, from their adjusted counts.
/// @throw std::invalid_argument unless these are whole numbers
inline kneser_ney_discounts discounts_of(const std::vector<double>& adjusted, int n) {
  std::array<Index, 4> times{};
  for (std::size_t i = 0; i < adjusted.size(); ++i) {
    const double a = adjusted[i];
    argument::require(a == std::floor(a), "ngram_estimator::fit", "a count", a,
                      "be a whole number for Kneser-Ney smoothing");
    if (a >= 1 && a <= 4 && !(n == 1 && i == sentence_start)) ++times[static_cast<std::size_t>(a) - 1];
  }
  return simulacra::discounts_of(times);
}

/// Fills a model's probabilities from counts, length by length.
class ngram_builder {
 public:
  ngram_builder(const ngram_tree& tree, ngram_smoothing by, double alpha, Index symbols)
      : tree_(tree), by_(by), alpha_(alpha), tables_(tree.order()), symbols_(static_cast<std::size_t>(symbols)) {}

  ngram_tables operator()(std::vector<kneser_ney_discounts>& discounts) {
    if (by_ == ngram_smoothing::additive) tables_.way = falls_back::to_uniform;
    discounts.clear();
    for (int n = 1; n <= tree_.order(); ++n) {
      std::vector<double> count = by_ == ngram_smoothing::kneser_ney ? adjusted_counts(tree_, n) : tree_.of_length(n).count;
      if (n == 1) count.resize(symbols_);
      kneser_ney_discounts d;
      if (by_ == ngram_smoothing::kneser_ney) discounts.push_back(d = discounts_of(count, n));
      if (n == 1)
        words(count, d);
      else
        longer(n, count, d);
      if (n < tree_.order()) tables_.rank(n).histories.resize(tables_.rank(n).entries.size());
    }
    finish_tables(tables_);
    return std::move(tables_);
  }

 private:
  /// What is seen after one history.
  struct seen {
    double sum = 0, discount = 0;
    std::uint32_t words = 0;
  };

  static double discount(const kneser_ney_discounts& d, double count) {
    return count == 0 ? 0 : d.amount[static_cast<std::size_t>((std::min)(count, 3.0)) - 1];
  }

  void take(seen& s, double count, const kneser_ney_discounts& d) const {
    s.sum += count;
    ++s.words;
    if (by_ == ngram_smoothing::kneser_ney) s.discount += discount(d, count);
  }

  /// The weight of what is below a history.
  [[nodiscard]] double backoff(const seen& s) const {
    const double types = s.words, added = alpha_ * static_cast<double>(symbols_ - 1);
    switch (by_) {
      case ngram_smoothing::maximum_likelihood: return 0;
      case ngram_smoothing::additive: return added / (s.sum + added);
      case ngram_smoothing::witten_bell: return types / (s.sum + types);
      case ngram_smoothing::kneser_ney: return s.discount / s.sum;
    }
    return 0;
  }

  /// What the history itself says of a word; the rest is the back-off weight times what is below.
  [[nodiscard]] double own(const seen& s, double count, const kneser_ney_discounts& d) const {
    switch (by_) {
      case ngram_smoothing::maximum_likelihood: return count / s.sum;
      case ngram_smoothing::additive: return count / (s.sum + alpha_ * static_cast<double>(symbols_ - 1));
      case ngram_smoothing::witten_bell: return count / (s.sum + s.words);
      case ngram_smoothing::kneser_ney: return (count - discount(d, count)) / s.sum;
    }
    return 0;
  }

  void words(const std::vector<double>& count, const kneser_ney_discounts& d) {
    seen all;
    for (std::size_t w = 0; w < symbols_; ++w)
      if (w != sentence_start && count[w] > 0) take(all, count[w], d);
    auto& entries = tables_.rank(1).entries;
    entries.resize(symbols_);
    const double below = backoff(all) / static_cast<double>(symbols_ - 1);
    for (std::size_t w = 0; w < symbols_; ++w)
      entries[w] = {w == sentence_start ? 0 : own(all, count[w], d) + below, static_cast<token_id>(w), {}};
  }

  void longer(int n, const std::vector<double>& count, const kneser_ney_discounts& d) {
    const ngram_level& level = tree_.of_length(n);
    ngram_rank& here = tables_.rank(n);
    ngram_rank& shorter = tables_.rank(n - 1);
    here.prefix = level.history;
    here.suffix = level.suffix;
    shorter.next = level.nodes;
    std::vector<seen> after(shorter.entries.size());
    for (std::size_t i = 0; i < level.size(); ++i) take(after[level.history[i]], count[i], d);
    for (std::size_t h = 0; h < after.size(); ++h)
      if (after[h].words > 0) shorter.histories[h].backoff = backoff(after[h]);
    here.entries.resize(level.size());
    for (std::size_t i = 0; i < level.size(); ++i) {
      const std::uint32_t h = level.history[i];
      const double below =
          by_ == ngram_smoothing::additive ? tables_.uniform() : shorter.entries[level.suffix[i]].probability;
      here.entries[i] = {own(after[h], count[i], d) + shorter.histories[h].backoff * below, level.word[i], {}};
    }
  }

  const ngram_tree& tree_;
  ngram_smoothing by_;
  double alpha_;
  ngram_tables tables_;
  std::size_t symbols_;
};

}  // namespace simulacra::detail
