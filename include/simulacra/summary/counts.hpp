#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>

namespace simulacra {

/// How much weight each of the symbols 0, ..., K - 1 has among observations: the sufficient statistic of a categorical law,
/// as a summary that merges.
///
/// Only symbols that occur take room, in ascending order, so a vocabulary that has collapsed costs what is left of it. K is
/// what was given or the largest symbol that was ever seen plus one, whichever is more: it grows with the data, and merging
/// takes the larger one. (An estimator knows its own K, and refuses symbols beyond it.)
class counts {
 public:
  /// A symbol and the total weight of its observations, > 0.
  struct entry {
    Index symbol = 0;
    double weight = 0;

    friend bool operator==(const entry&, const entry&) = default;
  };

  /// No observations, of at least so many symbols. @throw std::invalid_argument if symbols < 0
  explicit counts(Index symbols = 0) : symbols_(symbols) {
    argument::require(symbols >= 0, "counts", "symbols", symbols, "not be negative");
  }

  /// What `count` observations of weight 1 amount to, given their entries. O(entries).
  /// @throw std::invalid_argument unless symbols ascend within [0, symbols) and weights are > 0, finite and add to `count`
  counts(Index symbols, Index count, std::vector<entry> entries) : counts(symbols) {
    Index before = -1;
    for (const entry& e : entries) {
      argument::require(e.symbol > before && e.symbol < symbols, "counts", "entries", e.symbol, "ascend, and stay under K");
      argument::require(e.weight > 0 && e.weight <= (std::numeric_limits<double>::max)(), "counts", "entries", e.weight,
                        "have weights > 0 and finite");
      before = e.symbol;
      weight_ += e.weight;
    }
    // Beyond 2^53 whole numbers, and with them their sum, are rounded.
    const double whole = static_cast<double>(count);
    argument::require(std::abs(weight_ - whole) <= 1e-12 * whole, "counts", "count", count, "be the sum of the weights");
    count_ = count;
    weight_ = whole;
    entries_ = std::move(entries);
  }

  /// The counts of a table: table[i] observations of symbol i; K is its length. @throw std::invalid_argument if one is < 0
  static counts of_table(std::span<const Index> table) {
    std::vector<entry> entries;
    Index count = 0;
    for (std::size_t i = 0; i < table.size(); ++i) {
      argument::require(table[i] >= 0, "counts::of_table", "table", table[i], "have no negative entry");
      if (table[i] > 0) entries.push_back({static_cast<Index>(i), static_cast<double>(table[i])});
      count += table[i];
    }
    return counts(static_cast<Index>(table.size()), count, std::move(entries));
  }

  /// The counts of observations, 1 x n, each of weight 1. O(n + K), or O(n log n) where that is less.
  /// @throw std::invalid_argument if a symbol is negative
  static counts of(const samples<Index, 1>& x) {
    return tally(x, [](Index) { return 1.0; });
  }

  /// The counts of weighted observations. @param w  one weight per column, each >= 0 and finite
  /// @throw std::invalid_argument if `w` has another length than `x` has columns, or a weight or symbol is bad
  static counts of(const samples<Index, 1>& x, const weights<double>& w) {
    argument::require(w.size() == x.cols(), "counts::of", "w", w.size(), "have one entry per observation");
    argument::require_finite(w, "counts::of", "w");
    if (w.size() > 0) argument::require(w.minCoeff() >= 0, "counts::of", "w", w.minCoeff(), "have no negative entry");
    return tally(x, [&w](Index i) { return w[i]; });
  }

  /// Adds more observations: `merge(of(x))`, `merge(of(x, w))`.
  void fold(const samples<Index, 1>& x) { merge(of(x)); }
  void fold(const samples<Index, 1>& x, const weights<double>& w) { merge(of(x, w)); }

  /// Adds what another summary holds; K becomes the larger of the two. O(entries of both).
  void merge(const counts& other) {
    symbols_ = (std::max)(symbols_, other.symbols_);
    count_ = argument::sum_of_counts(count_, other.count_, "counts::merge");
    weight_ += other.weight_;
    if (other.entries_.empty()) return;
    if (entries_.empty()) {
      entries_ = other.entries_;
      return;
    }
    std::vector<entry> both;
    both.reserve(entries_.size() + other.entries_.size());
    auto a = entries_.begin();
    for (const entry& b : other.entries_) {
      while (a != entries_.end() && a->symbol < b.symbol) both.push_back(*a++);
      if (a != entries_.end() && a->symbol == b.symbol)
        both.push_back({b.symbol, (a++)->weight + b.weight});
      else
        both.push_back(b);
    }
    both.insert(both.end(), a, entries_.end());
    entries_ = std::move(both);
  }

  /// Multiplies the weight of every observation by c. @throw std::invalid_argument unless c >= 0 and finite
  void reweight(double c) {
    argument::require(c >= 0 && c <= (std::numeric_limits<double>::max)(), "counts::reweight", "c", c, "be >= 0 and finite");
    for (const entry& e : entries_)
      argument::require(c == 0 || (e.weight * c > 0 && weight_ * c <= (std::numeric_limits<double>::max)()),
                        "counts::reweight", "c", c, "leave every weight within the range of a double");
    weight_ *= c;
    for (entry& e : entries_) e.weight *= c;
    drop_weightless();
  }

  [[nodiscard]] Index symbols() const noexcept { return symbols_; }  ///< K
  [[nodiscard]] Index count() const noexcept { return count_; }      ///< observations
  [[nodiscard]] double weight() const noexcept { return weight_; }   ///< sum of their weights

  /// The symbols that have weight, in ascending order.
  [[nodiscard]] std::span<const entry> entries() const noexcept { return entries_; }

  /// The weight of one symbol; 0 if it did not occur. O(log entries).
  [[nodiscard]] double weight_of(Index symbol) const noexcept {
    const auto at = std::lower_bound(entries_.begin(), entries_.end(), symbol,
                                     [](const entry& e, Index wanted) { return e.symbol < wanted; });
    return at != entries_.end() && at->symbol == symbol ? at->weight : 0;
  }

  friend bool operator==(const counts&, const counts&) = default;

 private:
  template <class WeightOf>
  static counts tally(const samples<Index, 1>& x, WeightOf&& weight_of) {
    const Index n = x.cols();
    counts c;
    for (Index i = 0; i < n; ++i) {
      if (x[i] < 0) [[unlikely]]
        argument::reject("counts::of", "x", argument::text(x[i]) + " at column " + argument::text(i),
                         "be a symbol, at least 0");
      c.symbols_ = (std::max)(c.symbols_, x[i] + 1);
      c.weight_ += weight_of(i);
    }
    c.count_ = n;
    if (c.symbols_ / 16 <= n) {
      std::vector<double> table(static_cast<std::size_t>(c.symbols_), 0.0);
      for (Index i = 0; i < n; ++i) table[static_cast<std::size_t>(x[i])] += weight_of(i);
      for (std::size_t s = 0; s < table.size(); ++s)
        if (table[s] > 0) c.entries_.push_back({static_cast<Index>(s), table[s]});
      return c;
    }
    std::vector<entry> sorted;  // few observations of many symbols: a table would cost more than they do
    for (Index i = 0; i < n; ++i) sorted.push_back({x[i], weight_of(i)});
    std::stable_sort(sorted.begin(), sorted.end(), [](const entry& a, const entry& b) { return a.symbol < b.symbol; });
    for (const entry& e : sorted) {
      if (c.entries_.empty() || c.entries_.back().symbol != e.symbol)
        c.entries_.push_back(e);
      else
        c.entries_.back().weight += e.weight;
    }
    c.drop_weightless();
    return c;
  }

  void drop_weightless() {
    entries_.erase(std::remove_if(entries_.begin(), entries_.end(), [](const entry& e) { return e.weight == 0; }),
                   entries_.end());
  }

  Index symbols_ = 0;
  Index count_ = 0;
  double weight_ = 0;
  std::vector<entry> entries_;
};

/// The summary of what two summaries hold together.
[[nodiscard]] inline counts merge(counts a, const counts& b) {
  a.merge(b);
  return a;
}

}  // namespace simulacra
