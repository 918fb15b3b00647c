#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <simulacra/families/language/detail/ngram_tables.hpp>
#include <simulacra/random/alias_columns.hpp>

namespace simulacra::detail {

/// Turns heights with mean 1 into an alias table. `own` is already there.
class alias_filler {
 public:
  void operator()(std::span<alias_column> columns, std::span<double> height) {
    builder_.build(height, [&](std::size_t low, std::size_t high, std::uint64_t threshold) {
      columns[low].threshold = threshold;
      columns[low].alias = columns[high].own;
    });
    const auto fill = [&](std::size_t i) { columns[i] = {~std::uint64_t{0}, columns[i].own, columns[i].own}; };
    for (const std::size_t i : builder_.large()) fill(i);
    for (const std::size_t i : builder_.light()) fill(i);  // full to within rounding
  }

 private:
  alias_columns builder_;
};

/// Lists the continuations of each history of length n, the most probable first.
inline void list_continuations(ngram_tables& t, int n) {
  ngram_rank& here = t.rank(n);
  const ngram_rank& longer = t.rank(n + 1);
  const auto& entries = longer.entries;
  const auto prefix = [&](std::size_t i) { return n == 0 ? 0 : longer.prefix[i]; };
  const auto possible = [&](std::size_t i) { return n > 0 || entries[i].probability > 0; };
  for (ngram_history& h : here.histories) h.columns = h.continuations = 0;
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (possible(i)) ++here.histories[prefix(i)].continuations;
  std::uint32_t end = 0;
  for (ngram_history& h : here.histories) {
    h.first = end;
    // A history that nothing continues is one still where it has a weight of its own for the shorter one.
    h.columns = h.continuations + (n > 0 && (h.continuations > 0 ? h.backoff > 0 : h.backoff != 1) ? 1 : 0);
    end += h.columns;
  }
  here.columns.assign(end, alias_column{});
  std::vector<std::uint32_t> filled(here.histories.size());
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (possible(i)) here.columns[here.histories[prefix(i)].first + filled[prefix(i)]++].own = static_cast<std::uint32_t>(i);
  for (const ngram_history& h : here.histories) {
    const auto first = here.columns.begin() + static_cast<std::ptrdiff_t>(h.first);
    if (h.continuations > 1)
      std::sort(first, first + static_cast<std::ptrdiff_t>(h.continuations),
                [&entries](const alias_column& a, const alias_column& b) {
                  const double p = entries[a.own].probability, q = entries[b.own].probability;
                  return p > q || (p == q && a.own < b.own);
                });
  }
}

/// Makes the alias tables of the histories of length n. A continuation's height is what it has beyond its share of the
/// shorter history; or, `whole`, all of it. Returns false if a continuation has less than that share, by more than the
/// digits of a file explain.
inline bool make_columns(ngram_tables& t, int n, bool whole) {
  ngram_rank& here = t.rank(n);
  const ngram_rank& longer = t.rank(n + 1);
  alias_filler fill;
  std::vector<double> height;
  for (const ngram_history& h : here.histories) {
    if (h.continuations == 0) continue;  // no column, or only the one for the shorter history
    const std::span<alias_column> columns(here.columns.data() + h.first, h.columns);
    height.assign(h.columns, h.backoff);
    double sum = 0;
    for (std::size_t i = 0; i < h.continuations; ++i) {
      const std::uint32_t own = columns[i].own;
      const double p = longer.entries[own].probability;
      double shared = 0;
      if (h.columns > h.continuations && !whole)
        shared =
            h.backoff * (t.way == falls_back::to_uniform ? t.uniform() : t.rank(n).entries[longer.suffix[own]].probability);
      if (shared > p * (1 + 1e-5)) return false;
      sum += height[i] = (std::max)(p - shared, 0.0);
    }
    if (h.columns > h.continuations) sum += height.back() = whole ? (std::max)(1 - sum, 0.0) : h.backoff;
    for (double& x : height) x *= static_cast<double>(h.columns) / sum;
    fill(columns, height);
  }
  return true;
}

/// Says for each n-gram in which history one is after it: the longest end of it that is continued.
inline void link_histories(ngram_tables& t) {
  for (int n = 1; n <= t.order; ++n) {
    ngram_rank& here = t.rank(n);
    for (std::size_t i = 0; i < here.entries.size(); ++i) {
      const history_state shorter = n == 1 ? history_state() : t.rank(n - 1).entries[here.suffix[i]].after;
      const bool continued = n < t.order && here.histories[i].columns > 0;
      if (continued) here.histories[i].shorter = shorter;
      here.entries[i].after = continued ? history_state(n, static_cast<std::uint32_t>(i)) : shorter;
    }
  }
}

/// Completes tables whose entries have their probability, word, prefix and suffix, whose histories have their `backoff`, and
/// that can be searched (`next`). O(n-grams), and a sort of each history's continuations.
inline void finish_tables(ngram_tables& t) {
  t.rank(0).histories.resize(1);
  for (int n = 0; n < t.order; ++n) list_continuations(t, n);
  t.interpolated = true;
  for (int n = 0; n < t.order && t.interpolated; ++n) t.interpolated = make_columns(t, n, false);
  for (int n = 0; n < t.order && !t.interpolated; ++n) make_columns(t, n, true);
  link_histories(t);
}

}  // namespace simulacra::detail
