#pragma once

#include <span>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/ngram.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// An n-gram model that edits texts: the words that it finds too easy it draws again.
class token_editor {
 public:
  token_editor(ngram model, double above) : model_(std::move(model)), above_(above) {}

  [[nodiscard]] Index dimension() const noexcept { return model_.dimension(); }
  [[nodiscard]] bool closed() const noexcept { return model_.closed(); }
  [[nodiscard]] const ngram& from() const noexcept { return model_; }

  /// New texts, those of the model. @throw std::invalid_argument if n < 0
  [[nodiscard]] corpus sample(Index n, stream& rng) const { return model_.sample(n, rng); }

  /// Each word w with \f$ p(w \mid h) \f$ above the threshold, h being what stands before it in the given text, is replaced by a draw from
  /// \f$ p(\cdot \mid h) \f$; the others stay, and so do the lengths (in a sentence, a draw that would end it is drawn again; after 64 of
  /// them the word stays). O(tokens).
  [[nodiscard]] corpus edit(const corpus& text, stream& rng) const {
    corpus edited(text.kind());
    edited.reserve(text.size(), text.tokens());
    std::vector<token_id> out;
    for (Index i = 0; i < text.size(); ++i) {
      out.clear();
      ngram::state s = model_.start();
      for (const token_id w : text[i]) {
        const ngram::state before = s;
        out.push_back(model_.advance(s, w) > above_ ? drawn_after(before, w, rng) : w);
      }
      edited.add(out);
    }
    return edited;
  }

 private:
  [[nodiscard]] token_id drawn_after(ngram::state before, token_id old, stream& rng) const {
    for (int tries = 0; tries < 64; ++tries) {
      ngram::state s = before;
      const token_id w = model_.draw_next(s, rng);
      if (!closed() || w != sentence_end) return w;
    }
    return old;
  }

  ngram model_;
  double above_;
};

/// A decoder of n-gram models for recipes that edit: `token_editing(0.9)`. An edit by what it makes of a model, `from_edit(t, s)`, leaves every
/// word of which the model was not sure, so that the tails of real text stay; what is sampled is the model's as it is.
/// Source: the token editing of Zhu et al. (2025), "How to synthesize text data without model collapse?"
class token_editing {
 public:
  /// @param above  the probability above which words are drawn again
  /// @throw std::invalid_argument unless 0 <= above <= 1
  explicit token_editing(double above) : above_(above) {
    argument::require(above >= 0 && above <= 1, "token_editing", "above", above, "be in [0, 1]");
  }

  [[nodiscard]] token_editor operator()(const ngram& m) const { return {m, above_}; }

 private:
  double above_;
};

}  // namespace simulacra
