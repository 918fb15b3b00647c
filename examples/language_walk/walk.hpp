#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/ensemble.hpp>
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/perplexity.hpp>
#include <simulacra/recursion.hpp>

#include "language_walk/text.hpp"

namespace language_walk {

struct setting {
  std::string unit, smoothing, decoder, recipe;
  Index order, generations, replicates, most;  ///< at most so many blocks
  double repetition_penalty = 2;
  Index epochs = 0;    ///< of a network; 0: n-grams
  std::string base{};  ///< text that the network is trained on before; empty: none
};

inline sim::any_recipe recipe_named(const std::string& name) {
  if (name == "accumulate") return sim::accumulate{};
  if (name == "preserve") return sim::preserve(0.1, sim::preserve::real::redrawn);
  return sim::replace{};
}

/// Block perplexities under the first model, of what each generation of the first replicate writes; number 0 is the real
/// test text.
using histograms = std::vector<std::vector<double>>;

/// What is kept of the first replicate: its histograms, and the first block that each generation writes.
struct kept_text {
  histograms shown;
  std::vector<std::vector<sim::token_id>> samples;
};

/// Keeps that.
template <class Model, class Decoder>
class histogram_probe {
 public:
  histogram_probe(const sim::corpus& real, Decoder decode, Index blocks, kept_text& kept)
      : real_(real.front(std::min(blocks, real.size()))), decode_(std::move(decode)), blocks_(blocks), kept_(&kept) {}

  [[nodiscard]] std::vector<std::string> names() const { return {}; }

  template <class Generation>
  void operator()(const Generation& g, std::span<double>) {
    if (g.root.where().replicate != 0) return;
    if (g.number == 1) {
      first_ = g.model;
      kept_->shown.push_back(sim::sequence_perplexities(*first_, real_));
    }
    sim::stream rng = g.root.at(static_cast<std::uint64_t>(g.number), sim::purpose::metric);
    const sim::corpus written = decode_(g.model).sample(blocks_, rng);
    kept_->shown.push_back(sim::sequence_perplexities(*first_, written));
    kept_->samples.emplace_back(written[0].begin(), written[0].end());
  }

 private:
  sim::corpus real_;
  Decoder decode_;
  Index blocks_;
  kept_text* kept_;
  std::optional<Model> first_;
};

/// The paper's actual case in small: a network is trained on a base text, and fine-tuned from there in every generation.
sim::records neural_walk(const setting& s, const texts& text, const sim::replication& many, const sim::thread_executor& on,
                         kept_text& all);

}  // namespace language_walk
