#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/detail/ngram_finish.hpp>
#include <simulacra/families/language/detail/ngram_tables.hpp>
#include <simulacra/families/language/detail/ngram_temper.hpp>
#include <simulacra/numerics/multiply.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>

namespace simulacra {

class nucleus_ngram;

/// An n-gram model: the probability of a word given at most the `order() - 1` words before it. The first word of a sequence
/// comes after `sentence_start`, as in other programs; a model of sentences also predicts where they end.
///
/// \f[ p(w \mid h) = \text{what is listed for } hw, \text{ or else } \beta(h)\, p(w \mid h') \f]
/// with h' the history h without its first word. Whatever the smoothing was, that is the form of the model, so one class
/// holds all. A value: copies share what is never changed.
class ngram {
 public:
  /// Where one is in a text: the longest end of what was read that the model knows as a history.
  using state = detail::history_state;

  /// Takes tables that were made by an estimator, or read from a file.
  explicit ngram(detail::ngram_tables tables) : tables_(std::make_shared<const detail::ngram_tables>(std::move(tables))) {}

  [[nodiscard]] int order() const noexcept { return tables_->order; }
  [[nodiscard]] Index symbols() const noexcept { return tables_->symbols(); }  ///< size of the vocabulary, marks included
  [[nodiscard]] bool closed() const noexcept { return tables_->closed; }       ///< whether it is a model of sentences
  [[nodiscard]] Index length() const noexcept {
    return tables_->length;
  }  ///< tokens in a block that it draws; in a sentence, at most

  /// Tokens in an observation: the length of its blocks; of sentences, 1.
  [[nodiscard]] Index dimension() const noexcept { return closed() ? 1 : length(); }

  /// How many n-grams of a length are listed. 1 <= n <= order.
  [[nodiscard]] Index listed(int n) const {
    argument::require(n >= 1 && n <= order(), "ngram::listed", "n", n, "be from 1 to the order");
    return static_cast<Index>(tables_->rank(n).entries.size());
  }

  /// The state at the beginning of a sequence.
  [[nodiscard]] state start() const noexcept { return tables_->start(); }

  /// p(w | what was read), in [0, 1]; moves on to the state after w. O(1) on average, O(order) at most.
  /// A token that is no symbol of the model counts as the unknown word.
  double advance(state& s, token_id w) const noexcept { return tables_->advance(s, known(w)); }
  [[nodiscard]] double probability(state s, token_id w) const noexcept { return advance(s, w); }

  /// The probabilities of all symbols after a state. O(symbols).
  [[nodiscard]] std::vector<double> probabilities(state s) const {
    std::vector<double> all(static_cast<std::size_t>(symbols()));
    for (token_id w = 0; w < all.size(); ++w) all[w] = probability(s, w);
    return all;
  }

  /// The state after some tokens, read from the beginning of a sequence.
  [[nodiscard]] state state_after(std::span<const token_id> read) const noexcept {
    state s = start();
    for (const token_id w : read) advance(s, w);
    return s;
  }

  /// log p of a sequence, its end included if it is a sentence; in nats. O(tokens).
  [[nodiscard]] double log_density(std::span<const token_id> sequence) const noexcept {
    return log_density_after({}, sequence);
  }

  /// The same, of a sequence that comes after the tokens `read`.
  [[nodiscard]] double log_density_after(std::span<const token_id> read, std::span<const token_id> sequence) const noexcept {
    state s = state_after(read);
    double sum = 0;
    for (const token_id w : sequence) sum += std::log(advance(s, w));
    return closed() ? sum + std::log(advance(s, sentence_end)) : sum;
  }

  /// Draws the next word from p(. | s) exactly, and moves on. O(1) expected: one word of the stream and one look-up for each
  /// history that is tried on the way down, one look-up more for each way back up.
  token_id draw_next(state& s, stream& rng) const {
    if (!tables_->interpolated) [[unlikely]]
      return draw_listed(s, rng);
    std::array<state, longest_ngram> tried;
    std::size_t below = 0;
    const detail::ngram_tables& t = *tables_;
    std::uint32_t node;
    while ((node = pick(s, rng)) == detail::no_node) {
      tried[below++] = s;
      if (t.way == detail::falls_back::to_uniform) {
        const token_id w = uniform_word(rng);
        t.advance(s = tried[0], w);
        return w;
      }
      s = t.history(s).shorter;
    }
    const detail::ngram_entry& e = t.rank(s.length() + 1).entries[node];
    const token_id w = e.word;
    state after = e.after;
    while (below > 0) {  // a longer history may know this word, too
      const state longer = tried[--below];
      const std::uint32_t again = t.find(longer, w);
      if (again == detail::no_node) break;
      after = t.rank(longer.length() + 1).entries[again].after;
    }
    s = after;
    return w;
  }

  /// Draws what comes after the tokens `read`: a block of `length()` tokens, or a sentence up to its end, which is not
  /// stored.
  void continue_after(std::span<const token_id> read, std::vector<token_id>& out, stream& rng) const {
    out.clear();
    state s = state_after(read);
    for (Index i = 0; i < length(); ++i) {
      const token_id w = draw_next(s, rng);
      if (closed() && w == sentence_end) return;
      out.push_back(w);
    }
  }

  /// n observations. O(tokens). A sentence that does not end is cut at `length()`. @throw std::invalid_argument if n < 0
  [[nodiscard]] corpus sample(Index n, stream& rng) const {
    argument::require(n >= 0, "ngram::sample", "n", n, "not be negative");
    argument::require_room(n, dimension(), sizeof(token_id), "ngram::sample", "n");
    corpus x(closed() ? sequences::sentences : sequences::blocks);
    if (!closed()) x.reserve(n, n * length());
    std::vector<std::vector<token_id>> batch;
    for (Index done = 0; done < n; done += batch_size) {
      batch.resize(static_cast<std::size_t>((std::min)(batch_size, n - done)));
      draw_batch(batch, rng);
      for (const std::vector<token_id>& sequence : batch) x.add(sequence);
    }
    return x;
  }

  /// The model whose probabilities after each history are in proportion to \f$ p(w|h)^{1/\tau} \f$: below 1 the frequent
  /// gain, above 1 the rare. An n-gram model again, exactly. O(n-grams). @throw std::invalid_argument unless tau > 0 and
  /// finite
  [[nodiscard]] ngram tempered(double tau) const {
    argument::require(tau > 0 && tau <= (std::numeric_limits<double>::max)(), "ngram::tempered", "tau", tau,
                      "be > 0 and finite");
    return ngram(detail::tempered_tables(*tables_, tau));
  }

  /// The model without the rare words after each history: top-p sampling. Defined in `nucleus.hpp`.
  /// @throw std::invalid_argument unless 0 < c <= 1
  [[nodiscard]] nucleus_ngram truncated(double c) const;

  /// What the model is made of, for those who write, decode or project it.
  [[nodiscard]] const detail::ngram_tables& tables() const noexcept { return *tables_; }

 private:
  static constexpr Index batch_size = 256;
  static constexpr std::size_t side_by_side = 16;

  /// Draws a batch of sequences, a token of several in turn: while memory is waited for at one, the others go on.
  void draw_batch(std::vector<std::vector<token_id>>& batch, stream& rng) const {
    struct reader {
      state at;
      std::vector<token_id>* out;
    };
    std::array<reader, side_by_side> reading;
    std::size_t readers = 0, begun = 0;
    const auto most = static_cast<std::size_t>(length());
    const auto begin = [&](reader& r) {
      r = {start(), &batch[begun++]};
      r.out->clear();
    };
    while (readers < side_by_side && begun < batch.size()) begin(reading[readers++]);
    while (readers > 0)
      for (std::size_t k = 0; k < readers;) {
        reader& r = reading[k];
        const token_id w = draw_next(r.at, rng);
        const bool ends = closed() && w == sentence_end;
        if (!ends) r.out->push_back(w);
        if (ends || r.out->size() == most) [[unlikely]] {
          if (begun < batch.size()) {
            begin(r);
          } else {
            r = reading[--readers];
            continue;
          }
        }
        ++k;
      }
  }

  [[nodiscard]] token_id known(token_id w) const noexcept { return w < tables_->rank(1).entries.size() ? w : unknown_word; }

  /// A continuation of s, or `no_node` for the shorter history. One word of the stream, none where there is no choice.
  [[nodiscard]] std::uint32_t pick(state s, stream& rng) const noexcept {
    const detail::ngram_rank& r = tables_->rank(s.length());
    const detail::ngram_history& h = r.histories[s.node()];
    if (h.columns == 1) return r.columns[h.first].own;
    const wide_product p = multiply_wide(rng(), h.columns);
    const detail::alias_column& c = r.columns[h.first + static_cast<std::size_t>(p.high)];
    return p.low < c.threshold ? c.own : c.alias;
  }

  /// Any symbol but `sentence_start`, all of them equally likely.
  [[nodiscard]] token_id uniform_word(stream& rng) const noexcept {
    const auto w = static_cast<token_id>(detail::uniform_below(static_cast<std::uint64_t>(symbols() - 1), rng));
    return w >= sentence_start ? w + 1 : w;
  }

  /// The same where a listed word may be rarer than its share of the shorter history: below, listed words are drawn again.
  token_id draw_listed(state& s, stream& rng) const {
    const std::uint32_t node = pick(s, rng);
    if (node != detail::no_node) {
      const detail::ngram_entry& e = tables_->rank(s.length() + 1).entries[node];
      s = e.after;
      return e.word;
    }
    constexpr int most_tries = 64;  // where hardly anything is not listed, one could go on for ever
    for (int tries = 0; tries < most_tries; ++tries) {
      state below = tables_->history(s).shorter;
      const token_id w = tables_->way == detail::falls_back::to_uniform ? uniform_word(rng) : draw_listed(below, rng);
      if (tables_->find(s, w) != detail::no_node) continue;
      tables_->advance(s, w);
      return w;
    }
    return draw_unlisted(s, rng);
  }

  /// Draws a word that is not listed after s by going through all of them. O(symbols). Where all are listed, what a history
  /// has left is the rounding of a file's numbers, and goes to the most probable of them.
  token_id draw_unlisted(state& s, stream& rng) const {
    std::vector<double> mass(static_cast<std::size_t>(symbols()));
    double left = 0;
    token_id drawn = 0;
    for (token_id w = 0; w < mass.size(); ++w)
      if (tables_->find(s, w) == detail::no_node) left += mass[w] = probability(s, w);
    if (left > 0) {
      left *= uniform(rng);
      for (token_id w = 0; w < mass.size(); ++w) {
        if (mass[w] == 0) continue;
        drawn = w;  // the last one that is possible takes what rounding leaves
        if ((left -= mass[w]) < 0) break;
      }
    } else {
      const detail::ngram_rank& r = tables_->rank(s.length());
      drawn = tables_->rank(s.length() + 1).entries[r.columns[r.histories[s.node()].first].own].word;
    }
    tables_->advance(s, drawn);
    return drawn;
  }

  std::shared_ptr<const detail::ngram_tables> tables_;
};

/// The closed forms of an n-gram law's risk, which `families/language/risk.hpp` defines: a program that asks for one without that
/// header does not link, and none draws instead.
[[nodiscard]] inline double cross_entropy(const ngram& p, const ngram& q);
[[nodiscard]] inline double entropy(const ngram& p);

}  // namespace simulacra
