#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/summary.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/ngram.hpp>
#include <simulacra/families/language/ranking.hpp>
#include <simulacra/laws/data_law.hpp>
#include <simulacra/random/draw_index.hpp>
#include <simulacra/random/stream.hpp>

/// Decoders of language models. Each makes of a model something that continues a text, token by token or as a whole, and so
/// is a model itself; `as_is` (ancestral), `tempered` and `truncated` (top-p) come with the loop. All of them can be given
/// prompts.
namespace simulacra {

/// What continues texts: `continue_after(read, out, rng)` fills `out` with the sequence that comes after the tokens `read`.
template <class M>
concept continues_text =
    model<M> && requires(const M& m, std::span<const token_id> read, std::vector<token_id>& out, stream& rng) {
                  m.continue_after(read, out, rng);
                  { m.closed() } -> std::convertible_to<bool>;
                };

namespace detail {

/// n sequences of something that continues texts, each from the beginning.
template <class M>
corpus sample_sequences(const M& m, Index n, stream& rng) {
  argument::require(n >= 0, "sample", "n", n, "not be negative");
  argument::require_room(n, m.dimension(), sizeof(token_id), "sample", "n");
  corpus x(m.closed() ? sequences::sentences : sequences::blocks);
  std::vector<token_id> out;
  for (Index i = 0; i < n; ++i) {
    m.continue_after({}, out, rng);
    x.add(out);
  }
  return x;
}

/// A sequence of an n-gram model whose next word is drawn by f(state&): a block, or a sentence up to its end.
template <class F>
void continue_by(const ngram& m, std::span<const token_id> read, std::vector<token_id>& out, F&& f) {
  out.clear();
  ngram::state s = m.state_after(read);
  while (static_cast<Index>(out.size()) < m.length()) {
    const token_id w = f(s);
    if (m.closed() && w == sentence_end) return;
    out.push_back(w);
  }
}

}  // namespace detail

/// An n-gram model of which only the k most probable words are drawn, in proportion to their probabilities.
class top_k_ngram {
 public:
  top_k_ngram(ngram model, Index k) : model_(std::move(model)), k_(k) {}

  [[nodiscard]] Index dimension() const noexcept { return model_.dimension(); }
  [[nodiscard]] bool closed() const noexcept { return model_.closed(); }
  [[nodiscard]] corpus sample(Index n, stream& rng) const { return detail::sample_sequences(*this, n, rng); }

  /// O(k order) per token, one word of the stream each.
  void continue_after(std::span<const token_id> read, std::vector<token_id>& out, stream& rng) const {
    std::vector<candidate> kept(static_cast<std::size_t>(k_));
    detail::continue_by(model_, read, out, [&](ngram::state& s) {
      ranking words(model_, s);
      std::size_t found = 0;
      double mass = 0;
      while (found < kept.size() && words.next(kept[found])) mass += kept[found++].probability;
      const auto weight = [&kept](Index i) { return kept[static_cast<std::size_t>(i)].probability; };
      const candidate& drawn = kept[static_cast<std::size_t>(draw_index(static_cast<Index>(found), mass, weight, rng))];
      s = drawn.after;
      return drawn.word;
    });
  }

 private:
  ngram model_;
  Index k_;
};

/// Of the most probable words only the first k are drawn. Fan, Lewis, Dauphin (2018), "Hierarchical neural story
/// generation".
struct top_k {
  Index k;

  /// @throw std::invalid_argument unless k >= 1
  explicit top_k(Index kept) : k(kept) { argument::require(kept >= 1, "top_k", "k", kept, "be at least 1"); }

  [[nodiscard]] top_k_ngram operator()(const ngram& m) const { return top_k_ngram(m, k); }
};

/// Whole sequences of a model, each the most probable (per token) of k that were drawn.
template <continues_text M>
class best_of_k {
 public:
  best_of_k(M model, Index k) : model_(std::move(model)), k_(k) {}

  [[nodiscard]] Index dimension() const noexcept { return model_.dimension(); }
  [[nodiscard]] bool closed() const noexcept { return model_.closed(); }
  [[nodiscard]] corpus sample(Index n, stream& rng) const { return detail::sample_sequences(*this, n, rng); }

  void continue_after(std::span<const token_id> read, std::vector<token_id>& out, stream& rng) const {
    std::vector<token_id> drawn;
    double most = 0;
    for (Index i = 0; i < k_; ++i) {
      model_.continue_after(read, drawn, rng);
      const double size = static_cast<double>(drawn.size()) + (closed() ? 1 : 0);
      const double value = size > 0 ? model_.log_density_after(read, drawn) / size : 0;
      if (i > 0 && !(value > most)) continue;
      most = value;
      out.swap(drawn);
    }
  }

 private:
  M model_;
  Index k_;
};

/// What `best_of(k)` makes.
class most_probable {
 public:
  explicit most_probable(Index candidates) : k_(candidates) {
    argument::require(candidates >= 1, "best_of", "k", candidates, "be at least 1");
  }

  template <continues_text M>
    requires requires(const M& m, std::span<const token_id> x) { m.log_density_after(x, x); }
  [[nodiscard]] best_of_k<M> operator()(const M& m) const {
    return {m, k_};
  }

 private:
  Index k_;
};

/// Each sequence is the most probable per token of k that are drawn. @throw std::invalid_argument unless k >= 1
[[nodiscard]] inline most_probable best_of(Index k) { return most_probable(k); }

/// Something that continues texts, with texts to be continued: each draw continues another one.
template <continues_text M>
class prompted_model {
 public:
  prompted_model(M model, data_law<corpus> prompts) : model_(std::move(model)), prompts_(std::move(prompts)) {}

  [[nodiscard]] Index dimension() const noexcept { return model_.dimension(); }
  [[nodiscard]] bool closed() const noexcept { return model_.closed(); }

  /// n sequences, without their prompts. These are picked without replacement, so that as many draws as there are prompts
  /// continue each of them once.
  [[nodiscard]] corpus sample(Index n, stream& rng) const { return edit(prompts_.sample(n, rng), rng); }

  /// What comes after given sequences, one for each: the answers to these prompts (in a recipe, `from_edit`).
  [[nodiscard]] corpus edit(const corpus& read, stream& rng) const {
    if constexpr (requires { model_.continue_all(read, rng); }) return model_.continue_all(read, rng);
    corpus x(closed() ? sequences::sentences : sequences::blocks);
    std::vector<token_id> out;
    for (Index i = 0; i < read.size(); ++i) {
      model_.continue_after(read[i], out, rng);
      x.add(out);
    }
    return x;
  }

  /// What n sequences amount to: those of one call of `sample`, since two calls would pick some prompts twice.
  template <summary_of<corpus> S>
  [[nodiscard]] S stream_summary(Index n, as<S>, stream& rng) const {
    S s;
    s.fold(sample(n, rng));
    return s;
  }

 private:
  M model_;
  data_law<corpus> prompts_;
};

/// Gives a decoder prompts, such as the blocks of the real text: the protocol of Shumailov et al. (2024), where each block
/// of the original data is followed by one that the model makes up, and these are the new data. `prompted(real,
/// beam_search({.width = 5}))`.
template <class Decoder>
class prompted {
 public:
  /// @throw std::invalid_argument if there are no prompts
  prompted(corpus prompts, Decoder by) : prompts_(std::move(prompts)), by_(std::move(by)) {}

  template <model M>
    requires requires(const Decoder& by, const M& m) { requires continues_text<std::remove_cvref_t<decltype(by(m))>>; }
  [[nodiscard]] auto operator()(const M& m) const {
    return prompted_model<std::remove_cvref_t<decltype(by_(m))>>(by_(m), prompts_);
  }

 private:
  data_law<corpus> prompts_;
  Decoder by_;
};

}  // namespace simulacra
