#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/detail/mass_above.hpp>
#include <simulacra/families/language/ngram.hpp>
#include <simulacra/families/language/ranking.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// An n-gram model conditioned, after each history, on the smallest set of most probable words whose mass is at least c:
/// top-p or nucleus sampling, Holtzman et al. (2020), "The curious case of neural text degeneration". Words as probable as
/// the last one of the set are in it, too.
///
/// A word of the whole model is drawn until one is in the set, which takes at most 1 / c draws on average. How rare a word
/// may be is found once for each history that is met, in O(order log words), and remembered during a call.
class nucleus_ngram {
 public:
  nucleus_ngram(ngram model, double c) : model_(std::move(model)), c_(c) {}

  [[nodiscard]] Index dimension() const noexcept { return model_.dimension(); }
  [[nodiscard]] bool closed() const noexcept { return model_.closed(); }

  [[nodiscard]] corpus sample(Index n, stream& rng) const {
    argument::require(n >= 0, "nucleus_ngram::sample", "n", n, "not be negative");
    argument::require_room(n, dimension(), sizeof(token_id), "nucleus_ngram::sample", "n");
    return continue_each(
        n, [](Index) { return std::span<const token_id>(); }, rng);
  }

  /// What comes after each of some sequences, in order.
  [[nodiscard]] corpus continue_all(const corpus& read, stream& rng) const {
    return continue_each(
        read.size(), [&read](Index i) { return read[i]; }, rng);
  }

  void continue_after(std::span<const token_id> read, std::vector<token_id>& out, stream& rng) const {
    memory known(model_);
    continue_with(known, read, out, rng);
  }

  /// The smallest probability that a word may have after s.
  [[nodiscard]] double threshold(ngram::state s) const {
    detail::mass_above above(model_.tables());
    return threshold(s, above);
  }

 private:
  /// What is found out about the model during a call.
  struct memory {
    explicit memory(const ngram& model) : above(model.tables()) {}
    detail::mass_above above;
    std::unordered_map<std::uint32_t, double> thresholds;
  };

  [[nodiscard]] double threshold(ngram::state s, detail::mass_above& above) const {
    constexpr double rounding = 1e-12;  // the same number, multiplied in another order, is not less
    constexpr int few = 16;             // words that are sooner looked at than summed up
    ranking words(model_, s);
    candidate next;
    double mass = 0, most = 0;
    for (int i = 0; i < few; ++i) {
      if (!words.next(next)) return next.probability * (1 - rounding);
      if (i == 0) most = next.probability;
      mass += next.probability;
      if (mass >= c_ - rounding) return next.probability * (1 - rounding);  // the most probable one whatever c is
    }
    return above.least_of(s, c_ - rounding, most) * (1 - rounding);
  }

  template <class Prompts>
  [[nodiscard]] corpus continue_each(Index n, Prompts&& read, stream& rng) const {
    corpus x(closed() ? sequences::sentences : sequences::blocks);
    std::vector<token_id> out;
    memory known(model_);
    for (Index i = 0; i < n; ++i) {
      continue_with(known, read(i), out, rng);
      x.add(out);
    }
    return x;
  }

  void continue_with(memory& known, std::span<const token_id> read, std::vector<token_id>& out, stream& rng) const {
    out.clear();
    ngram::state s = model_.state_after(read);
    while (static_cast<Index>(out.size()) < model_.length()) {
      const auto [place, fresh] = known.thresholds.try_emplace(s.code(), 0.0);
      if (fresh) place->second = threshold(s, known.above);
      token_id w = 0;
      ngram::state after;
      do {
        after = s;
        w = model_.draw_next(after, rng);
      } while (model_.probability(s, w) < place->second);
      s = after;
      if (closed() && w == sentence_end) return;
      out.push_back(w);
    }
  }

  ngram model_;
  double c_;
};

inline nucleus_ngram ngram::truncated(double c) const {
  argument::require(c > 0 && c <= 1, "ngram::truncated", "c", c, "be in (0, 1]");
  return {*this, c};
}

}  // namespace simulacra
