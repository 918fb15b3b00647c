#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/summary.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/random/permutation.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

class ngram;

/// Real text as a truth: draws are its sequences, picked without replacement, so that as many as there are are all of it.
/// More than that begin again: every sequence once, then every one again. A value: copies share the text.
class text_source {
 public:
  /// @throw std::invalid_argument if the text is empty
  explicit text_source(corpus text) : text_(std::make_shared<const corpus>(std::move(text))) {
    argument::require(!text_->empty(), "text_source", "text.size()", text_->size(), "be at least 1 sequence");
  }

  [[nodiscard]] const corpus& text() const noexcept { return *text_; }
  [[nodiscard]] Index size() const noexcept { return text_->size(); }
  [[nodiscard]] Index dimension() const noexcept { return text_->closed() ? 1 : text_->longest(); }

  /// n sequences: whole passes through the text, and of it a random part. O(tokens drawn), n words. @throw
  /// std::invalid_argument if n < 0
  [[nodiscard]] corpus sample(Index n, stream& rng) const {
    argument::require(n >= 0, "text_source::sample", "n", n, "not be negative");
    argument::require_room(n, 1, sizeof(token_id), "text_source::sample", "n");
    corpus drawn(text_->kind());
    for (Index left = n; left > 0;) {
      const Index part = (std::min)(left, size());
      drawn.append(text_->select(subsample(size(), part, rng)));
      left -= part;
    }
    return drawn;
  }

  /// What n sequences amount to: those of one call of `sample`, since two calls would pick some twice.
  template <summary_of<corpus> S>
  [[nodiscard]] S stream_summary(Index n, as<S>, stream& rng) const {
    S s;
    s.fold(sample(n, rng));
    return s;
  }

 private:
  std::shared_ptr<const corpus> text_;
};

/// The closed forms of a text's risk, which `families/language/risk.hpp` defines, as those of an `ngram`.
[[nodiscard]] inline double cross_entropy(const text_source& p, const ngram& q);
[[nodiscard]] inline double entropy(const text_source& p);

}  // namespace simulacra
