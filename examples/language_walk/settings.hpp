#pragma once

#include <string>
#include <vector>

#include <simulacra/language.hpp>

#include "common/session.hpp"
#include "language_walk/walk.hpp"

namespace language_walk {

/// What is run: what the command line names, or the paper's words, drawn and chosen, and letters through beams.
inline std::vector<setting> settings_of(const example::session& run, bool neural) {
  const bool quick = run.quick();
  const auto& given = run.given;
  const std::string unit = given.choice("unit", neural ? "character" : "word", {"word", "character"});
  const std::string smoothing =
      given.choice("smoothing", "witten_bell", {"witten_bell", "kneser_ney", "additive", "maximum_likelihood"});
  const std::string decoder =
      given.choice("decoder", "ancestral",
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
                              given.integer("order", 5, 2), run.number("generations", 8, 3), run.number("replicates", 1, 1),
                              given.integer("samples", quick ? 60 : 400), given.real("repetition-penalty", 2), epochs,
                              given.text("base", "")});
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
  return settings;
}

inline sim::text_unit unit_of(const setting& s) {
  return s.unit == "word" ? sim::text_unit::word : sim::text_unit::character;
}

inline sim::any_ngram_decoder decoder_named(const setting& s, const sim::corpus& real) {
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

inline sim::ngram_smoothing smoothing_named(const std::string& name) {
  for (const auto by :
       {sim::ngram_smoothing::maximum_likelihood, sim::ngram_smoothing::additive, sim::ngram_smoothing::kneser_ney})
    if (name == sim::name_of(by)) return by;
  return sim::ngram_smoothing::witten_bell;
}

}  // namespace language_walk
