#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "common/session.hpp"
#include "discrete_walk/setting.hpp"

/// Diversity, extinction, what is left, and what is lost.
inline example::figure picture(const sim::table& out, const std::vector<setting>& settings, Index generations) {
  example::figure f(out);
  f << "set multiplot layout 2,2 margins 0.07,0.98,0.08,0.95 spacing 0.09,0.14\n"
    << example::log_axis("x")
    << "set xlabel 'generation' offset 0,0.4\nset xrange [1:" + std::to_string(generations) + "]\n";
  const auto panel = [&](const std::string& title, const std::string& metric, bool bands, const auto& wanted) {
    example::plot_list list;
    int colour = 0;
    for (const setting& s : settings) {
      ++colour;
      if (!wanted(s)) continue;
      const auto c = f.over_generations(conditions(s), metric);
      if (bands) list.band(c, colour);
      list.mean(c, colour, s.law + ", M = " + std::to_string(s.samples));
    }
    f << "set title \"" + title + "\"\n" << list.text();
  };
  const auto all = [](const setting&) { return true; };
  f << "set yrange [0:1]\nset key top right\n";
  panel("heterozygosity: two draws differ", "heterozygosity", false, all);

  example::plot_list extinct;
  int colour = 0;
  for (const setting& s : settings) {
    ++colour;
    if (s.two()) {
      extinct.mean(f.over_generations(conditions(s), "extinct_rank_2"), colour, s.law);
      continue;
    }
    for (const Index rank : s.ranks())
      extinct.mean(f.over_generations(conditions(s), "extinct_rank_" + std::to_string(rank)), colour++,
                   s.law + ", rank " + std::to_string(rank));
  }
  f << "set title \"probability that a symbol is extinct (of two: the rarer)\"\n"
    << "set yrange [0:1.45]\nset ytics 0,0.2,1\nset key top left horizontal maxrows 4\n"
    << extinct.text() << "set yrange [0:1]\nset ytics autofreq\nset key vertical maxrows auto\n";

  // Where there are more than two symbols, how many are left; of two, whether one is.
  const auto many = [](const setting& s) { return !s.two(); };
  if (std::any_of(settings.begin(), settings.end(), many)) {
    f << example::log_axis("y") << "set yrange [1:*]\nset key bottom left\n";
    panel("symbols that are left", "surviving_symbols", true, many);
    f << example::linear_axis("y") << "set yrange [0:1]\nset key top left\n";
    panel("probability, under the truth, of what is lost", "missing_mass", true, many);
  } else {
    f << "set key top left\n";
    panel("probability that one symbol is left", "fixed", false, all);
    panel("probability, under the truth, of what is lost", "missing_mass", false, all);
  }
  return f;
}
