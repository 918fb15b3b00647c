#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

#include <simulacra/families/language/detail/ngram_tables.hpp>

namespace simulacra::detail {

/// Numbers, the largest first, and the sums of the first so many.
class descending_sums {
 public:
  /// @param values  in this order already
  explicit descending_sums(std::vector<double> values) : values_(std::move(values)), sums_(values_.size() + 1, 0.0) {
    for (std::size_t i = 0; i < values_.size(); ++i) sums_[i + 1] = sums_[i] + values_[i];
  }

  /// The sum of those that are at least t. O(log n).
  [[nodiscard]] double at_least(double t) const noexcept {
    const auto end = std::upper_bound(values_.begin(), values_.end(), t, std::greater<>());
    return sums_[static_cast<std::size_t>(end - values_.begin())];
  }

 private:
  std::vector<double> values_, sums_;
};

/// How much probability words have that are not rarer than t, after any history, without going through the words:
/// \f[ F_h(t) = \sum_{w \text{ listed}} p\,1[p \ge t]
///            + \beta \bigl( F_{h'}(t / \beta) - \sum_{w \text{ listed}} p'(w)\,1[p'(w) \ge t / \beta] \bigr), \f]
/// p' the probability after the shorter history h'. What is listed is sorted once for each history. The model must outlive it.
class mass_above {
 public:
  explicit mass_above(const ngram_tables& t) : t_(t) {}

  /// The probability of the least probable word in the smallest set of words after h whose mass is at least c, the most probable
  /// first; 0 if all words together have less. O(order log words), and O(listed words log listed words) the first time.
  /// @param most  the probability of the most probable one, less than c
  [[nodiscard]] double least_of(history_state h, double c, double most) {
    look_at(h);
    if (!(mass(0) >= c)) return 0;
    // The last t at which there is enough: bisection of the bits, which are in the order of the numbers.
    std::uint64_t enough = 0, too_little = std::bit_cast<std::uint64_t>(most) + 1;
    while (too_little - enough > 1) {
      const std::uint64_t middle = enough + (too_little - enough) / 2;
      (mass(std::bit_cast<double>(middle)) >= c ? enough : too_little) = middle;
    }
    return std::bit_cast<double>(enough);
  }

 private:
  struct sums {
    descending_sums listed,
        below;  ///< probabilities of the listed words: their own, and what the shorter history has for them
  };
  struct level {
    const sums* of;
    double weight;  ///< of this history's probabilities: the product of the backoffs of the longer ones
  };

  /// Collects h and its shorter histories. The longest ones are many, and met once: they are not kept.
  void look_at(history_state h) {
    used_ = 0;
    each_ = others_ = 0;
    double weight = 1;
    for (;;) {
      const bool longest = h.length() + 1 == t_.order && t_.order > 2;
      if (longest) first_ = summed(h);
      levels_[used_++] = {longest ? &first_ : &known(h), weight};
      const ngram_history& history = t_.history(h);
      weight *= history.backoff;
      if (h.empty() || weight == 0) return;
      if (t_.way == falls_back::to_uniform) {
        each_ = weight * t_.uniform();
        others_ = static_cast<double>(t_.symbols() - 1) - static_cast<double>(history.continuations);
        return;
      }
      h = history.shorter;
    }
  }

  const sums& known(history_state h) {
    const auto place = sums_.find(h.code());
    return place != sums_.end() ? place->second : sums_.emplace(h.code(), summed(h)).first->second;
  }

  [[nodiscard]] sums summed(history_state h) const {
    const ngram_history& history = t_.history(h);
    const ngram_rank &columns = t_.rank(h.length()), &words = t_.rank(h.length() + 1);
    std::vector<double> own, below;
    for (std::uint32_t i = 0; i < history.continuations; ++i) {
      const ngram_entry& e = words.entries[columns.columns[history.first + i].own];
      own.push_back(e.probability);
      if (!h.empty() && t_.way == falls_back::to_shorter) below.push_back(t_.probability(history.shorter, e.word));
    }
    std::sort(below.begin(), below.end(), std::greater<>());
    return {descending_sums(std::move(own)), descending_sums(std::move(below))};
  }

  /// F(t) after the history that was looked at.
  [[nodiscard]] double mass(double t) const noexcept {
    double sum = each_ > 0 && each_ >= t ? others_ * each_ : 0;
    for (std::size_t k = 0; k < used_; ++k) {
      const double there = t / levels_[k].weight;
      sum += levels_[k].weight *
             (levels_[k].of->listed.at_least(there) - (k > 0 ? levels_[k - 1].of->below.at_least(there) : 0));
    }
    return sum;
  }

  const ngram_tables& t_;
  std::unordered_map<std::uint32_t, sums> sums_;
  sums first_{descending_sums({}), descending_sums({})};
  std::array<level, longest_ngram> levels_{};
  std::size_t used_ = 0;
  double each_ = 0, others_ = 0;  ///< the words that share what is left equally: what each has, and how many they are
};

}  // namespace simulacra::detail
