#pragma once

#include <concepts>
#include <functional>
#include <type_traits>
#include <utility>

#include <simulacra/core/model.hpp>
#include <simulacra/core/summary.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/ngram.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// Anything that draws corpora, chosen at run time.
class any_text_model {
 public:
  template <class M>  // in this order: the first keeps the second from asking for itself
    requires(!std::same_as<M, any_text_model>) && model<M> && std::same_as<data_of<M>, corpus>
  any_text_model(M held)  // implicit: it stands for what it holds
      : dimension_(held.dimension()), sample_([m = std::move(held)](Index n, stream& rng) { return m.sample(n, rng); }) {}

  [[nodiscard]] Index dimension() const noexcept { return dimension_; }
  [[nodiscard]] corpus sample(Index n, stream& rng) const { return sample_(n, rng); }

  /// What n sequences amount to: those of one call of `sample`, since with prompts two calls would pick some twice.
  template <summary_of<corpus> S>
  [[nodiscard]] S stream_summary(Index n, as<S>, stream& rng) const {
    S s;
    s.fold(sample(n, rng));
    return s;
  }

 private:
  Index dimension_;
  std::function<corpus(Index, stream&)> sample_;
};

/// A decoder of n-gram models that is chosen at run time: holds any other.
class any_ngram_decoder {
 public:
  template <class D>
    requires(!std::same_as<D, any_ngram_decoder>) && requires(const D& decode, const ngram& m) { any_text_model(decode(m)); }
  any_ngram_decoder(D held)  // implicit: it stands for what it holds
      : decode_(
            [d = std::move(held)](const ngram& m) { return any_text_model(std::remove_cvref_t<decltype(d(m))>(d(m))); }) {}

  [[nodiscard]] any_text_model operator()(const ngram& m) const { return decode_(m); }

 private:
  std::function<any_text_model(const ngram&)> decode_;
};

}  // namespace simulacra
