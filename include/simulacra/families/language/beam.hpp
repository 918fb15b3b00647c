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
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/decoders.hpp>
#include <simulacra/families/language/ngram.hpp>
#include <simulacra/families/language/ranking.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// Options of `beam_search`.
struct beam_options {
  Index width;             ///< how many beginnings are kept at every step
  Index least_length = 0;  ///< a sentence may not end before it has so many words, unless nothing else is possible; blocks
                           ///< have their length anyway
  double repetition_penalty = 1;  ///< log p of a word that was read or written already is multiplied by this, >= 1
};

/// An n-gram model that continues a text by beam search: at each step the `width` beginnings of the highest score are kept
/// out of all their continuations by one token, the score being the sum of log p, penalties included; in the end the best of
/// them is it. Sentences compete by their score per token once they have ended, and the search stops when no open one can do
/// better than what has ended by going on at its own mean score. One that has the greatest length may still end, and is cut
/// off only if no sentence has ended. Nothing in it is random, so without prompts all sequences
/// are one and the same.
class beam_ngram {
 public:
  beam_ngram(ngram model, const beam_options& how) : model_(std::move(model)), how_(how) {}

  [[nodiscard]] Index dimension() const noexcept { return model_.dimension(); }
  [[nodiscard]] bool closed() const noexcept { return model_.closed(); }
  [[nodiscard]] corpus sample(Index n, stream& rng) const { return detail::sample_sequences(*this, n, rng); }

  /// O(tokens x width^2 x order), and with a penalty times the length of text.
  void continue_after(std::span<const token_id> read, std::vector<token_id>& out, stream&) const {
    const auto width = static_cast<std::size_t>(how_.width), most = static_cast<std::size_t>(model_.length());
    std::vector<beginning> open{{0, model_.state_after(read), {}}}, next;
    std::vector<step> steps;
    best_ended ended;
    // At the greatest length a sentence can end, and do nothing else.
    for (std::size_t length = 0; length < most + (model_.closed() ? 1 : 0) && !open.empty(); ++length) {
      steps.clear();
      if (length == most) {
        offer_ends(open, ended);
        break;
      }
      for (std::size_t b = 0; b < open.size(); ++b) propose(b, open[b], read, length, steps);
      const auto better = [](const step& x, const step& y) {
        return x.score > y.score || (x.score == y.score && (x.from < y.from || (x.from == y.from && x.word < y.word)));
      };
      std::sort(steps.begin(), steps.end(), better);
      next.clear();
      for (std::size_t rank = 0; rank < steps.size() && next.size() < width; ++rank) {
        const step& s = steps[rank];
        const beginning& from = open[s.from];
        if (model_.closed() && s.word == sentence_end) {
          if (rank < width) ended.offer(s.score, from.words);  // it counts only as one of the best
          continue;
        }
        next.push_back({s.score, s.after, from.words});
        next.back().words.push_back(s.word);
      }
      if (next.empty() && !ended.any) break;  // too short, and nothing but the end is possible
      open.swap(next);
      if (ended.any && (open.empty() || open[0].score / static_cast<double>(open[0].words.size()) <= ended.mean)) break;
    }
    if (ended.any)
      out = std::move(ended.words);
    else
      out = open.empty() ? std::vector<token_id>() : std::move(open[0].words);
  }

 private:
  struct beginning {
    double score = 0;
    ngram::state at{};
    std::vector<token_id> words;
  };

  /// One token more.
  struct step {
    double score;
    std::size_t from;
    token_id word;
    ngram::state after;
  };

  /// The ended sentence with the best score per token, its end being one.
  struct best_ended {
    bool any = false;
    double mean = 0;
    std::vector<token_id> words;

    void offer(double score, const std::vector<token_id>& candidate) {
      const double value = score / static_cast<double>(candidate.size() + 1);
      if (any && value <= mean) return;
      any = true;
      mean = value;
      words = candidate;
    }
  };

  /// The ends of sentences of the greatest length.
  void offer_ends(const std::vector<beginning>& open, best_ended& ended) const {
    for (const beginning& b : open) {
      if (static_cast<Index>(b.words.size()) < how_.least_length) continue;
      const double p = model_.probability(b.at, sentence_end);
      if (p > 0) ended.offer(b.score + std::log(p), b.words);
    }
  }

  /// The steps from one beginning that can be among the best. Words come in the order of their probability, and a penalty
  /// only lowers a score: once `width` words without one have come, and as many ends as may, nothing after them matters.
  void propose(std::size_t from, const beginning& b, std::span<const token_id> read, std::size_t length,
               std::vector<step>& steps) const {
    ranking words(model_, b.at);
    candidate c;
    const std::size_t enough = static_cast<std::size_t>(how_.width) + (model_.closed() ? 1 : 0);
    std::size_t found = 0;
    while (found < enough && words.next(c)) {
      if (model_.closed() && c.word == sentence_end && static_cast<Index>(length) < how_.least_length) continue;
      double log_p = std::log(c.probability);
      if (how_.repetition_penalty > 1 && occurs(c.word, b.words, read))
        log_p *= how_.repetition_penalty;
      else
        ++found;
      steps.push_back({b.score + log_p, from, c.word, c.after});
    }
  }

  static bool occurs(token_id w, std::span<const token_id> written, std::span<const token_id> read) {
    return std::find(written.begin(), written.end(), w) != written.end() ||
           std::find(read.begin(), read.end(), w) != read.end();
  }

  ngram model_;
  beam_options how_;
};

/// Continues texts by beam search: `prompted(real, beam_search({.width = 5}))`. Shumailov et al. (2024) use a width of 5;
/// the penalty is that of Keskar et al. (2019), "CTRL: a conditional transformer language model for controllable
/// generation".
class beam_search {
 public:
  /// @throw std::invalid_argument unless width >= 1, least_length >= 0, and the penalty is >= 1 and finite
  explicit beam_search(const beam_options& how) : how_(how) {
    argument::require(how.width >= 1, "beam_search", "width", how.width, "be at least 1");
    argument::require(how.least_length >= 0, "beam_search", "least_length", how.least_length, "not be negative");
    argument::require(how.repetition_penalty >= 1 && how.repetition_penalty <= (std::numeric_limits<double>::max)(),
                      "beam_search", "repetition_penalty", how.repetition_penalty, "be at least 1 and finite");
  }

  [[nodiscard]] beam_ngram operator()(const ngram& m) const { return {m, how_}; }

 private:
  beam_options how_;
};

}  // namespace simulacra
