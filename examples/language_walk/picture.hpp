#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "common/session.hpp"
#include "language_walk/walk.hpp"

namespace language_walk {

inline std::vector<std::string> conditions(const setting& s, const std::string& text) {
  return {text, s.unit, std::to_string(s.order), s.smoothing, s.decoder, s.recipe};
}

/// Shares of values in equal bins of their logarithm, as steps: x, height.
inline std::vector<std::vector<double>> histogram(const std::vector<double>& values, double low, double high) {
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

inline std::string title_of(const setting& s) {
  std::string name = s.decoder == "ancestral"   ? "drawn as they are"
                     : s.decoder == "best_of_5" ? "best of 5"
                     : s.decoder == "beam_5"    ? "5 beams"
                                                : example::words(s.decoder);
  return s.unit + " " + std::to_string(s.order) + "-grams, " + (s.epochs > 0 ? example::words(s.smoothing) + ", " : "") +
         name;
}

inline std::string kept(const setting& s) {
  return s.recipe == "preserve" ? "10 % kept" : s.recipe == "replace" ? "nothing kept" : "everything kept";
}

/// The first block that each generation of the first replicate writes, a line each; where the language is made up, the numbers of its words.
inline std::string written_by(const setting& s, const language_walk::texts& text, const kept_text& kept_of) {
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

inline bool same_model(const setting& a, const setting& b) {
  return a.decoder == b.decoder && a.unit == b.unit && a.smoothing == b.smoothing;
}

inline int colour(const setting& s) { return s.recipe == "replace" ? 2 : s.recipe == "preserve" ? 1 : 3; }

/// The paper's histograms, one line a generation from blue to red.
inline void draw_histograms(example::figure& f, const drawn& d, double low, double high, bool legend) {
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
inline example::figure picture(const sim::table& out, const std::vector<drawn>& all) {
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
  const auto row = [&](const std::string& title, const std::string& metric, bool logarithmic, bool legend = false) {
    for (const auto& column : columns) {
      example::plot_list list;
      for (const drawn* d : column)
        list.band_and_mean(f.over_generations(conditions(d->what, d->text), metric), colour(d->what), kept(d->what));
      f << example::linear_axis("x")
        << (logarithmic && column[0]->what.epochs == 0 ? example::log_axis("y") : example::linear_axis("y"))
        << "set xrange [1:" + std::to_string(column[0]->what.generations) + "]\nset yrange [*:*]\nset format y '%g'\n"
        << (legend && &column == &columns.front() ? "set key top left\n" : "unset key\n")
        << "set xlabel 'generation' offset 0,0.4\nset title \"" + title + "\"\n"
        << list.text("");
    }
  };
  row("perplexity of real text under the model", "real_perplexity", true, true);
  row("perplexity of its own text under the first model", "generated_under_first", true);
  row("share of the words that are left in its text", "vocabulary_survival", false);
  return f;
}

}  // namespace language_walk
