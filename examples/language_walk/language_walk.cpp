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
#include "language_walk/text.hpp"
#include "language_walk/walk.hpp"

namespace sim = simulacra;
using language_walk::histograms, language_walk::kept_text, language_walk::recipe_named, language_walk::setting;
using sim::Index;

namespace {

std::vector<std::string> conditions(const setting& s, const std::string& text) {
  return {text, s.unit, std::to_string(s.order), s.smoothing, s.decoder, s.recipe};
}

sim::text_unit unit_of(const setting& s) { return s.unit == "word" ? sim::text_unit::word : sim::text_unit::character; }

sim::any_ngram_decoder decoder_named(const setting& s, const sim::corpus& real) {
  const std::string& name = s.decoder;
  if (name == "best_of_5") return sim::best_of(5);
  if (name == "beam_5") return sim::prompted(real, sim::beam_search({.width = 5}));
  if (name == "beam_5_no_repeats")
    return sim::prompted(real, sim::beam_search({.width = 5, .repetition_penalty = s.repetition_penalty}));
  if (name == "prompted") return sim::prompted(real, sim::as_is{});
  if (name == "temperature") return sim::tempered(0.8);
  if (name == "top_k") return sim::top_k(40);
  if (name == "top_p") return sim::truncated(0.9);
  return sim::as_is{};
}

sim::ngram_smoothing smoothing_named(const std::string& name) {
  for (const auto by :
       {sim::ngram_smoothing::maximum_likelihood, sim::ngram_smoothing::additive, sim::ngram_smoothing::kneser_ney})
    if (name == sim::name_of(by)) return by;
  return sim::ngram_smoothing::witten_bell;
}

void add(example::session& run, const setting& s, const language_walk::texts& text, const sim::records& records,
         const histograms& all, sim::table& out) {
  run.add(
      out, records, conditions(s, text.name), [](std::string_view, Index) { return std::nan(""); },
      [](const sim::table_row&) { return false; });
  for (std::size_t t = 1; t < all.size(); ++t) {
    std::vector<double> values = all[t];
    out.add({conditions(s, text.name), static_cast<Index>(t), "block_perplexity_under_first", sim::band_of(values)});
  }
}

template <int N>
kept_text walk(example::session& run, const setting& s, const language_walk::texts& text, sim::table& out) {
  const sim::data_law truth(text.train);
  const sim::any_ngram_decoder decode = decoder_named(s, text.train);
  const sim::ngram_options how{.by = smoothing_named(s.smoothing), .symbols = text.symbols, .alpha = 0.01};
  const sim::experiment what{truth, sim::ngram_estimator<N>(how), recipe_named(s.recipe), decode};
  const Index generated = std::min<Index>(truth.size(), 500);
  kept_text all;
  const auto records = sim::run_ensemble(
      what, {.generations = s.generations, .samples = truth.size()},
      run.replication(s.replicates, s.unit + "s " + s.decoder + " " + s.recipe), run.threads(),
      sim::language_probe(text.test, decode, generated),
      language_walk::histogram_probe<sim::ngram, sim::any_ngram_decoder>(text.test, decode, generated, all));
  add(run, s, text, records, all.shown, out);
  return all;
}

kept_text walk(example::session& run, const setting& s, const language_walk::texts& text, sim::table& out) {
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

/// Shares of values in equal bins of their logarithm, as steps: x, height.
std::vector<std::vector<double>> histogram(const std::vector<double>& values, double low, double high) {
  constexpr int bins = 40;
  std::vector<double> height(bins);
  for (const double v : values) {
    const double place = (std::log(v) - std::log(low)) / (std::log(high) - std::log(low)) * bins;
    height[static_cast<std::size_t>(std::clamp(place, 0.0, bins - 1.0))] += 1 / static_cast<double>(values.size());
  }
  std::vector<std::vector<double>> lines;
  for (int i = 0; i < bins; ++i)
    lines.push_back({std::exp(std::log(low) + (i + 0.5) / bins * (std::log(high) - std::log(low))),
                     height[static_cast<std::size_t>(i)]});
  return lines;
}

std::string title_of(const setting& s) {
  std::string name = s.decoder == "ancestral"   ? "drawn as they are"
                     : s.decoder == "best_of_5" ? "best of 5"
                     : s.decoder == "beam_5"    ? "5 beams"
                                                : example::words(s.decoder);
  return s.unit + " " + std::to_string(s.order) + "-grams, " + (s.epochs > 0 ? example::words(s.smoothing) + ", " : "") +
         name;
}

std::string kept(const setting& s) {
  return s.recipe == "preserve" ? "10 % kept" : s.recipe == "replace" ? "nothing kept" : "everything kept";
}

/// The first block that each generation of the first replicate writes, a line each; where the language is made up, the numbers of its words.
std::string written_by(const setting& s, const language_walk::texts& text, const kept_text& kept_of) {
  std::string lines = title_of(s) + ": " + kept(s) + "\n";
  for (std::size_t t = 0; t < kept_of.samples.size(); ++t) {
    lines += "  " + std::to_string(t + 1) + "  ";
    if (text.words)
      lines += text.words->text(kept_of.samples[t], s.unit == "word" ? " " : "");
    else
      for (const sim::token_id w : kept_of.samples[t]) lines += std::to_string(w) + " ";
    lines += "\n";
  }
  return lines + "\n";
}

struct drawn {
  setting what;
  std::string text;
  histograms shown;
};

bool same_model(const setting& a, const setting& b) {
  return a.decoder == b.decoder && a.unit == b.unit && a.smoothing == b.smoothing;
}

int colour(const setting& s) { return s.recipe == "replace" ? 2 : s.recipe == "preserve" ? 1 : 3; }

/// The paper's histograms, one line a generation from blue to red.
void draw_histograms(example::figure& f, const drawn& d, double low, double high, bool legend) {
  example::plot_list list;
  const double last = std::max(2.0, static_cast<double>(d.shown.size()) - 1);
  for (std::size_t t = 1; t < d.shown.size(); ++t) {
    const bool named = t == 1 || t + 1 == d.shown.size();
    list.add(f.numbers("blocks of generation " + std::to_string(t), histogram(d.shown[t], low, high)) +
             " using 1:2 with lines lw 1.6 lc palette frac " +
             sim::argument::text((static_cast<double>(t) - 1) / (last - 1)) +
             (named ? t == 1 ? " title 'first generation'" : " title 'last generation'" : " notitle"));
  }
  if (!d.shown.empty())
    list.add(f.numbers("real blocks", histogram(d.shown[0], low, high)) +
             " using 1:2 with lines lt 8 dt (6,4) lw 1.2 title 'real text'");
  f << example::log_axis("x") << example::linear_axis("y") << "set format x '%g'\n"
    << "set xrange [" + sim::argument::text(low) + ":" + sim::argument::text(high) + "]\nset yrange [0:*]\n"
    << (legend ? "set key top right\n" : "unset key\n")
    << "set xlabel 'perplexity of a block under the first model' offset 0,0.4\n"
    << "set title \"" + title_of(d.what) + ": " + kept(d.what) + "\"\n"
    << list.text("");
}

/// A column for each decoder; in it, histograms for each recipe, and then what happens generation by generation.
example::figure picture(const sim::table& out, const std::vector<drawn>& all) {
  example::figure f(out);
  std::vector<std::vector<const drawn*>> columns;
  for (const drawn& d : all) {
    if (columns.empty() || !same_model(columns.back().front()->what, d.what)) columns.emplace_back();
    columns.back().push_back(&d);
  }
  if (columns.empty()) return f;
  const std::size_t recipes = columns[0].size();
  f << "set multiplot layout " + std::to_string(recipes + 3) + "," + std::to_string(columns.size()) + " margins " +
           std::string(columns.size() > 1 ? "0.06,0.985" : "0.13,0.97") + ",0.05,0.97 spacing 0.06,0.07\n"
    << "set palette defined (0 '#0072B2', 0.5 '#E69F00', 1 '#D55E00')\nunset colorbox\n";
  for (std::size_t r = 0; r < recipes; ++r)
    for (const auto& column : columns) {
      double low = 1e300, high = 0;
      for (const drawn* d : column)
        for (const auto& values : d->shown)
          for (const double v : values) {
            low = std::min(low, v);
            if (std::isfinite(v)) high = std::max(high, v);  // what a model holds to be impossible falls into the last bin
          }
      if (r < column.size() && high > low)
        draw_histograms(f, *column[r], low, high, r == 0 && &column == &columns.back());
      else
        f << "set multiplot next\n";
    }
  const auto row = [&](const std::string& title, const std::string& metric, bool logarithmic) {
    for (const auto& column : columns) {
      example::plot_list list;
      for (const drawn* d : column)
        list.band_and_mean(f.over_generations(conditions(d->what, d->text), metric), colour(d->what), kept(d->what));
      f << example::linear_axis("x")
        << (logarithmic && column[0]->what.epochs == 0 ? example::log_axis("y") : example::linear_axis("y"))
        << "set xrange [1:" + std::to_string(column[0]->what.generations) + "]\nset yrange [*:*]\nset format y '%g'\n"
        << (&column != &columns.front() ? "unset key\n"
            : logarithmic               ? "set key top left\n"
                                        : "set key bottom left\n")
        << "set xlabel 'generation' offset 0,0.4\nset title \"" + title + "\"\n"
        << list.text("");
    }
  };
  row("perplexity of real text under the model", "real_perplexity", true);
  row("perplexity of its own text under the first model", "generated_under_first", true);
  row("share of the words that are left in its text", "vocabulary_survival", false);
  return f;
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
        const std::string unit = given.choice("unit", neural ? "character" : "word", {"word", "character"});
        const std::string smoothing =
            given.choice("smoothing", "witten_bell", {"witten_bell", "kneser_ney", "additive", "maximum_likelihood"});
        const std::string decoder = given.choice(
            "decoder", "ancestral",
            {"ancestral", "temperature", "top_k", "top_p", "best_of_5", "beam_5", "beam_5_no_repeats", "prompted"});
        const std::string recipe = given.choice("recipe", "replace", {"replace", "preserve", "accumulate"});
        if (given.has("order") && given.integer("order", 3) > sim::longest_ngram)
          throw example::usage_error("--order must be from 1 to 6");

        if (neural && (decoder.starts_with("beam") || decoder.starts_with("top")))
          throw example::usage_error("--model neural takes the decoders ancestral, temperature, best_of_5 and prompted");

        std::vector<setting> settings;
        const auto add = [&](const std::string& of, const std::string& through) {
          const bool letters = of == "character";
          for (const std::string kept_by : {"replace", "preserve", "accumulate"})
            if (given.has("recipe") ? kept_by == recipe : kept_by != "accumulate")
              settings.push_back({of, smoothing, through, kept_by, given.integer("order", letters ? 6 : 3),
                                  run.number("generations", through.starts_with("beam") ? 10 : 15, 4),
                                  run.number("replicates", through == "ancestral" ? 5 : 2, 2),
                                  given.integer("samples", quick     ? 120
                                                           : letters ? 1500
                                                                     : 1'000'000),
                                  given.real("repetition-penalty", 2)});
        };
        const auto add_neural = [&] {
          for (const Index epochs : run.settings("epochs", quick ? std::vector<Index>{1} : std::vector<Index>{5, 10}))
            for (const std::string kept_by : {"replace", "preserve", "accumulate"})
              if (given.has("recipe") ? kept_by == recipe : kept_by != "accumulate")
                settings.push_back({unit, "neural_" + std::to_string(epochs) + "_epochs", decoder, kept_by,
                                    given.integer("order", 5, 2), run.number("generations", 8, 3),
                                    run.number("replicates", 1, 1), given.integer("samples", quick ? 60 : 400),
                                    given.real("repetition-penalty", 2), epochs, given.text("base", "")});
        };
        const bool chosen = given.has("decoder") || given.has("unit") || neural;
        if (neural)
          add_neural();
        else if (chosen || quick)
          add(unit, decoder);
        if (!chosen && !quick) {
          add("word", "ancestral");
          add("word", "best_of_5");
          add("character", "beam_5");
        }

        const auto folder =
            quick && !given.has("data") ? std::filesystem::path() : language_walk::data_folder(given.text("data", ""));
        sim::table out({"text", "unit", "order", "smoothing", "decoder", "recipe"});
        std::vector<drawn> all;
        language_walk::texts text;
        std::string read_as, written;
        for (const setting& s : settings) {
          if (run.stopped()) break;
          if (read_as != s.unit) text = language_walk::read(folder, unit_of(s), s.most, run.seed());
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
