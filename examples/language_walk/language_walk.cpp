// What happens to a language model that is trained on text which the model before it wrote: the perplexity experiment of
// Shumailov et al. (2024), with n-grams in place of a transformer, so that it takes seconds. Nothing kept, or a tenth of the
// real text.
//
// Builds on: gaussian_walk, recipes. New here: data that are no numbers (a corpus; see core/data.hpp), counts as the summary
// that merges, and decoders. The histograms are the paper's figure: how likely the first model finds what each generation
// writes. The decoder decides which way they move: a model that is drawn from as it is writes ever less likely text, one
// that prefers the likely writes ever likelier text. Meanwhile real text is understood worse and worse, whatever the
// decoder: that is the collapse.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/language.hpp>
#include <simulacra/recursion.hpp>

#include "common/session.hpp"
#include "language_walk/picture.hpp"
#include "language_walk/settings.hpp"
#include "language_walk/text.hpp"
#include "language_walk/walk.hpp"

namespace sim = simulacra;
using namespace language_walk;
using sim::Index;

namespace {

void add(example::session& run, const setting& s, const texts& text, const sim::records& records, const histograms& all,
         sim::table& out) {
  run.add(
      out, records, conditions(s, text.name), [](std::string_view, Index) { return std::nan(""); },
      [](const sim::table_row&) { return false; });
  for (std::size_t t = 1; t < all.size(); ++t) {
    std::vector<double> values = all[t];
    out.add({conditions(s, text.name), static_cast<Index>(t), "block_perplexity_under_first", sim::band_of(values)});
  }
}

template <int N>
kept_text walk(example::session& run, const setting& s, const texts& text, sim::table& out) {
  const sim::data_law truth(text.train);
  const sim::any_ngram_decoder decode = decoder_named(s, text.train);
  const sim::ngram_options how{.by = smoothing_named(s.smoothing), .symbols = text.symbols, .alpha = 0.01};
  const sim::experiment what{truth, sim::ngram_estimator<N>(how), recipe_named(s.recipe), decode};
  const Index generated = std::min<Index>(truth.size(), 500);
  kept_text all;
  const auto records =
      sim::run_ensemble(what, {.generations = s.generations, .samples = truth.size()},
                        run.replication(s.replicates, s.unit + "s " + s.decoder + " " + s.recipe), run.threads(),
                        sim::language_probe(text.test, decode, generated),
                        histogram_probe<sim::ngram, sim::any_ngram_decoder>(text.test, decode, generated, all));
  add(run, s, text, records, all.shown, out);
  return all;
}

kept_text walk(example::session& run, const setting& s, const texts& text, sim::table& out) {
  if (s.epochs > 0) {
    kept_text all;
    const std::string name = example::words(s.smoothing) + " " + s.recipe;
    add(run, s, text, neural_walk(s, text, run.replication(s.replicates, name), run.threads(), all), all.shown, out);
    return all;
  }
  switch (s.order) {
    case 1: return walk<1>(run, s, text, out);
    case 2: return walk<2>(run, s, text, out);
    case 3: return walk<3>(run, s, text, out);
    case 4: return walk<4>(run, s, text, out);
    case 5: return walk<5>(run, s, text, out);
    default: return walk<6>(run, s, text, out);
  }
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"language_walk",
       "n-gram language models, each trained on what the one before wrote: the perplexity of what they write, and of real "
       "text",
       {{"data", "DIR",
         "folder with wikitext2_valid.txt and wikitext2_test.txt (default: $SIMULACRA_DATA, ../shared/data, or a made-up "
         "language)"},
        {"blank-lines", "NAME", "keep, as benchmarks count tokens, or drop (default: drop)"},
        {"unit", "NAME", "word, character (default: word, or both)"},
        {"model", "NAME", "ngram, neural: a small network, fine-tuned from --base in each generation (default: ngram)"},
        {"base", "FILE",
         "text that the network is trained on before (default: none, and each generation learns from nothing)"},
        {"epochs", "E[,E...]", "passes of the network over each generation's text (default: 5,10)"},
        {"repetition-penalty", "X", "of beam_5_no_repeats: log p of a word that was there already, times this (default: 2)"},
        {"order", "N", "words in an n-gram, from 1 to 6 (default: 3, of characters 6)"},
        {"smoothing", "NAME", "witten_bell, kneser_ney, additive, maximum_likelihood (default: witten_bell)"},
        {"decoder", "NAME",
         "ancestral, temperature, top_k, top_p, best_of_5, beam_5, beam_5_no_repeats, prompted (default: ancestral, "
         "best_of_5; for "
         "characters beam_5)"},
        {"recipe", "NAME", "replace, preserve, which redraws 10 % of real text, accumulate (default: the first two)"},
        {"samples", "M", "blocks of 64 tokens per generation, at most (default: all; for characters 1500)"},
        {"generations", "T", "fits, the first one on real text (default: 15, of beams 10)"},
        {"replicates", "R",
         "runs behind each band (default: 5, as in the paper; through other decoders than ancestral 2)"}}},
      [](example::session& run) {
        const bool quick = run.quick();
        const auto& given = run.given;
        const bool neural = given.choice("model", "ngram", {"ngram", "neural"}) == "neural";
        if (!neural && (given.has("base") || given.has("epochs")))
          throw example::usage_error("--base and --epochs are of --model neural");
        const std::vector<setting> settings = settings_of(run, neural);
        const bool blank_lines = given.choice("blank-lines", "drop", {"keep", "drop"}) == "keep";
        const bool chosen = given.has("decoder") || given.has("unit") || neural;
        const auto folder = quick && !given.has("data") ? std::filesystem::path() : data_folder(given.text("data", ""));
        sim::table out({"text", "unit", "order", "smoothing", "decoder", "recipe"});
        std::vector<drawn> all;
        texts text;
        std::string read_as, written;
        for (const setting& s : settings) {
          if (run.stopped()) break;
          if (read_as != s.unit) text = read(folder, unit_of(s), s.most, run.seed(), blank_lines);
          read_as = s.unit;
          kept_text kept_of = walk(run, s, text, out);
          written += written_by(s, text, kept_of);
          all.push_back({s, text.name, std::move(kept_of.shown)});
        }
        std::printf("language_walk: the text is %s%s%s\n", text.name.c_str(), folder.empty() ? "" : " from ",
                    folder.c_str());
        sim::write_file(std::filesystem::path(given.text("out", ".")) / "language_walk_samples.txt", written);
        run.record().set("text", text.name).set("symbols", text.symbols).set("blocks", text.train.size());
        run.save(out, picture(out, all), (chosen && !neural) || quick ? 700 : 1700, 1500);
      });
}
