#pragma once

#include <algorithm>
#include <limits>
#include <string_view>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/detail/ngram_tree.hpp>

namespace simulacra {

/// How often each sequence of 1, ..., N words occurs in a corpus, the start of each of its sequences being a word too (and
/// their ends, if it is one of sentences): all that an n-gram model of order N needs, as a summary that merges. It takes
/// room for what is different, so that keeping the data of all generations costs what is new in each.
template <int N>
class ngram_counts {
  static_assert(N >= 1 && N <= longest_ngram, "simulacra: an n-gram model has an order from 1 to 6");

 public:
  /// Counts a corpus. O(N tokens). @throw std::invalid_argument if it holds sentences, and earlier ones blocks, or the other
  /// way round
  void fold(const corpus& x) {
    take_kind(x.kind(), x.size());
    for (Index i = 0; i < x.size(); ++i) tree_.add(x[i], x.closed(), 1.0);
    add(x.size(), static_cast<double>(x.size()), static_cast<double>(x.predictions()), x.longest());
  }

  /// Counts a corpus whose sequence i counts w[i] times. @throw std::invalid_argument unless there is a finite weight >= 0
  /// for each
  void fold(const corpus& x, const weights<double>& w) {
    argument::require(w.size() == x.size(), "ngram_counts::fold", "w.size()", w.size(), "have one entry per sequence");
    argument::require_finite(w, "ngram_counts::fold", "w");
    if (w.size() > 0)
      argument::require(w.minCoeff() >= 0, "ngram_counts::fold", "w", w.minCoeff(), "have no negative entry");
    take_kind(x.kind(), x.size());
    double predictions = 0;
    for (Index i = 0; i < x.size(); ++i) {
      if (w[i] > 0) tree_.add(x[i], x.closed(), w[i]);
      predictions += w[i] * static_cast<double>(x[i].size() + (x.closed() ? 1 : 0));
    }
    add(x.size(), w.sum(), predictions, x.longest());
  }

  /// Adds what another summary holds. O(n-grams of the other). @throw std::invalid_argument if one is of blocks, the other
  /// of sentences
  void merge(const ngram_counts& other) {
    take_kind(other.kind_, other.count_);
    tree_.merge(other.tree_);
    add(other.count_, other.weight_, other.predictions_, other.longest_);
  }

  /// Multiplies the weight of every sequence by c. @throw std::invalid_argument unless c >= 0 and finite
  void reweight(double c) {
    argument::require(c >= 0 && c <= (std::numeric_limits<double>::max)(), "ngram_counts::reweight", "c", c,
                      "be >= 0 and finite");
    tree_.reweight(c);
    weight_ *= c;
    predictions_ *= c;
  }

  [[nodiscard]] Index count() const noexcept { return count_; }     ///< sequences
  [[nodiscard]] double weight() const noexcept { return weight_; }  ///< sum of their weights
  [[nodiscard]] double predictions() const noexcept {
    return predictions_;
  }  ///< weighted number of tokens, ends of sentences included
  [[nodiscard]] Index longest() const noexcept { return longest_; }  ///< length of the longest sequence
  [[nodiscard]] sequences kind() const noexcept { return kind_; }

  /// How many different n-grams of a length there are, the start and end marks being words like others. 1 <= n <= N.
  [[nodiscard]] Index distinct(int n) const {
    argument::require(n >= 1 && n <= N, "ngram_counts::distinct", "n", n, "be from 1 to the order");
    const auto& count = tree_.of_length(n).count;
    return static_cast<Index>(count.size()) - static_cast<Index>(std::count(count.begin(), count.end(), 0.0));
  }

  /// The n-grams themselves, for those who build models of them.
  [[nodiscard]] const detail::ngram_tree& tree() const noexcept { return tree_; }

 private:
  void take_kind(sequences kind, Index size) {
    if (size == 0) return;
    if (!(weight_ > 0)) kind_ = kind;
    argument::require(kind == kind_, "ngram_counts", "corpus.kind()",
                      std::string_view(kind == sequences::blocks ? "blocks" : "sentences"),
                      "be that of what was counted before");
  }

  void add(Index count, double weight, double predictions, Index longest) {
    count_ = argument::sum_of_counts(count_, count, "ngram_counts::merge");
    weight_ += weight;
    predictions_ += predictions;
    longest_ = (std::max)(longest_, longest);
  }

  detail::ngram_tree tree_{N};
  sequences kind_ = sequences::blocks;
  Index count_ = 0, longest_ = 0;
  double weight_ = 0, predictions_ = 0;
};

}  // namespace simulacra
