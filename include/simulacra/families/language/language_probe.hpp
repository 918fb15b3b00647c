#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/ngram.hpp>
#include <simulacra/families/language/perplexity.hpp>
#include <simulacra/families/language/text_metrics.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// Reads off each generation what becomes of its language: a probe for ensembles. Three perplexities, since the decoder
/// decides which way the second one moves: of real text under the model; of text that the model generates, through the
/// decoder, under the first model and under itself. And of the generated text: how much of the vocabulary is left,
/// type-token ratio, distinct bigrams, Zipf slope, entropy.
///
/// `language_probe(test, best_of(5), 1000)` generates 1000 sequences a generation from streams of its own.
template <class Decoder, class Model = ngram>
class language_probe {
 public:
  /// @param test       real text that no model was trained on   @param decode  what the lineage's models are sampled through
  /// @param generated  sequences that are drawn in each generation
  /// @throw std::invalid_argument if the test text is empty, or generated < 1
  language_probe(corpus test, Decoder decode, Index generated)
      : test_(std::make_shared<const corpus>(std::move(test))), decode_(std::move(decode)), generated_(generated) {
    argument::require(test_->predictions() >= 1, "language_probe", "test.predictions()", test_->predictions(),
                      "be at least 1");
    argument::require(generated >= 1, "language_probe", "generated", generated, "be at least 1");
  }

  [[nodiscard]] std::vector<std::string> names() const {
    return {"real_perplexity",
            "generated_under_first",
            "generated_under_itself",
            "vocabulary_survival",
            "type_token_ratio",
            "distinct_2",
            "zipf_slope",
            "entropy"};
  }

  template <class Generation>
  void operator()(const Generation& g, std::span<double> out) {
    stream rng = g.root.at(static_cast<std::uint64_t>(g.number), purpose::metric, component);
    const corpus drawn = decode_(g.model).sample(generated_, rng);
    if (g.number == 1) first_ = g.model;
    out[0] = perplexity(g.model, *test_);
    out[1] = perplexity(*first_, drawn);
    out[2] = perplexity(g.model, drawn);
    out[3] = vocabulary_survival(drawn, g.truth.data());
    out[4] = type_token_ratio(drawn);
    out[5] = distinct_ngrams(drawn, 2);
    out[6] = zipf_slope(drawn);
    out[7] = token_entropy(drawn);
  }

 private:
  static constexpr std::uint32_t component = 0x6c616e67;  // a number that nobody else takes by accident

  std::shared_ptr<const corpus> test_;
  Decoder decode_;
  Index generated_;
  std::optional<Model> first_;
};

}  // namespace simulacra
