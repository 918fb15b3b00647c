// A small network, fine-tuned from a base model in every generation, as Shumailov et al. (2024) fine-tune OPT-125m.

#include <functional>

#include <simulacra/language.hpp>

#include "language_walk/walk.hpp"

namespace language_walk {

namespace {

using decoder = std::function<sim::any_text_model(const sim::neural_ngram&)>;

decoder decoder_named(const setting& s, const sim::corpus& real) {
  using model = const sim::neural_ngram&;
  if (s.decoder == "temperature") return [](model m) { return sim::any_text_model(m.tempered(0.8)); };
  if (s.decoder == "best_of_5") return [](model m) { return sim::any_text_model(sim::best_of(5)(m)); };
  if (s.decoder == "prompted")
    return [by = sim::prompted(real, sim::as_is{})](model m) { return sim::any_text_model(by(m)); };
  return [](model m) { return sim::any_text_model(m); };
}

}  // namespace

sim::records neural_walk(const setting& s, const texts& text, const sim::replication& many, const sim::thread_executor& on,
                         kept_text& all) {
  sim::neural_ngram_estimator fit({.symbols = text.symbols, .context = s.order - 1, .hidden = 48, .epochs = s.epochs});
  if (!s.base.empty()) {
    if (!text.words) throw example::usage_error("--base needs real text to fine-tune on: --data DIR");
    const auto unit = s.unit == "word" ? sim::text_unit::word : sim::text_unit::character;
    sim::corpus base =
        sim::blocks_of(sim::read_text(s.base), *text.words, unit);  // what has no number there is the unknown word
    if (base.size() > 4 * s.most) base = base.front(4 * s.most);
    sim::stream rng = sim::stream(many.seed).at(0, sim::purpose::user, 3);
    fit = fit.starting_from(fit.fit(base, rng).model);
  }
  const sim::data_law truth(text.train);
  const decoder decode = decoder_named(s, text.train);
  const sim::experiment what{truth, fit, recipe_named(s.recipe), decode};
  const Index generated = std::min<Index>(truth.size(), 200);
  return sim::run_ensemble(what, {.generations = s.generations, .samples = truth.size()}, many, on,
                           sim::language_probe<decoder, sim::neural_ngram>(text.test, decode, generated),
                           histogram_probe<sim::neural_ngram, decoder>(text.test, decode, generated, all));
}

}  // namespace language_walk
