#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/utf8.hpp>
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/detail/ngram_tables.hpp>
#include <simulacra/families/language/vocabulary.hpp>

namespace simulacra::detail {

/// Whether what a file says are probabilities. After each history, with l the sum of those that are listed, and r the share that the shorter
/// history has for the other words, the words have l + backoff r in all.
class arpa_check {
 public:
  arpa_check(const ngram_tables& t, const vocabulary& words, std::string_view name) : t_(t), words_(words), name_(name) {}

  struct range {
    double smallest, largest;
  };

  /// The smallest and the largest sum of the probabilities after a history. (Nothing comes after the end of a sentence.)
  /// @throw std::runtime_error if one is above `most`, or a word has more than 1
  range operator()(double most) const {
    range found{(std::numeric_limits<double>::max)(), 0};
    std::vector<double> shorter, sums;  // of all probabilities, after each history of a length
    for (int n = 0; n < t_.order; ++n) {
      const ngram_rank &here = t_.rank(n), &longer = t_.rank(n + 1);
      std::vector<double> listed(here.histories.size()), covered(here.histories.size());
      for (std::size_t i = 0; i < longer.entries.size(); ++i) {
        const std::size_t h = n == 0 ? 0 : longer.prefix[i];
        listed[h] += longer.entries[i].probability;
        if (n > 0) covered[h] += here.entries[longer.suffix[i]].probability;
      }
      sums.assign(listed.size(), 0);
      for (std::size_t h = 0; h < listed.size(); ++h) {
        const auto node = static_cast<std::uint32_t>(h);
        sums[h] = listed[h];
        if (n > 0) {
          const double weight = here.histories[h].backoff;
          const double all = shorter[n == 1 ? 0 : here.suffix[h]];
          // A difference has lost what so large a weight would show.
          const double rest = weight * all > 1e6 ? sum_of_others(n, node) : weight * (std::max)(all - covered[h], 0.0);
          sums[h] += rest;
          if (rest > 1 && words_above_one(n, node))
            fail(n, node, "a word has a probability above 1: the back-off weight is " + argument::text(weight));
        }
        if (!(sums[h] <= most + slack))
          fail(n, node,
               "the probabilities add to " + argument::text(sums[h]) + "; at most " + argument::text(most) + " is believed");
      }
      for (std::size_t h = 0; h < sums.size(); ++h) {
        found.largest = (std::max)(found.largest, sums[h]);
        if (n == 0 || here.entries[h].word != sentence_end) found.smallest = (std::min)(found.smallest, sums[h]);
      }
      shorter.swap(sums);
    }
    return found;
  }

 private:
  static constexpr double slack = 1e-3;  ///< what the digits of files explain

  [[nodiscard]] bool words_above_one(int n, std::uint32_t h) const {
    for (token_id w = 0; w < static_cast<token_id>(t_.symbols()); ++w)
      if (t_.rank(n).next.find(h, w) == no_node && t_.probability(after(n, h), w) > 1 + slack) return true;
    return false;
  }

  /// What the words have that are not listed after a history, one by one.
  [[nodiscard]] double sum_of_others(int n, std::uint32_t h) const {
    double sum = 0;
    for (token_id w = 0; w < static_cast<token_id>(t_.symbols()); ++w)
      if (t_.rank(n).next.find(h, w) == no_node) sum += t_.probability(after(n, h), w);
    return sum;
  }

  /// The state after an n-gram; of one that ends in no history, that of what is continued of it.
  [[nodiscard]] history_state after(int n, std::uint32_t node) const { return t_.rank(n).entries[node].after; }

  [[noreturn]] void fail(int n, std::uint32_t node, const std::string& why) const {
    std::string history;
    for (int k = n; k >= 1; --k) {
      history = shown(words_.word(t_.rank(k).entries[node].word)) + (history.empty() ? "" : " ") + history;
      if (k > 1) node = t_.rank(k).prefix[node];
    }
    throw std::runtime_error("simulacra::read_arpa: " + std::string(name_) + ": " +
                             (n == 0 ? "of the 1-grams" : "after '" + history + "'") + ": " + why);
  }

  const ngram_tables& t_;
  const vocabulary& words_;
  std::string_view name_;
};

}  // namespace simulacra::detail
