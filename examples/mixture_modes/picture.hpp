#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <simulacra/recursion.hpp>

#include "common/session.hpp"
#include "modes.hpp"

/// One run, and how often each mode is lost.
namespace mixture_modes {

namespace sim = simulacra;
using sim::Index;

/// One lineage with labels, for the picture: which modes are left, and how wide they are, generation by generation.
inline std::vector<std::vector<std::vector<double>>> one_run(example::session& run, const modes& m, const setting& s,
                                                             Index generations) {
  std::vector<std::vector<std::vector<double>>> lines(m.weights.size());
  const sim::experiment what{sim::labelled_mixture<double, 1>(m.truth()),
                             sim::labelled_mixture_estimator<double, 1>(sim::divisor::n, {.shrinkage = 0, .floor = s.floor}),
                             sim::replace{}};
  sim::run_lineage(
      what, {.generations = generations, .samples = s.samples, .stop = {.resolution = false}}, sim::stream(run.seed()),
      [&](const auto& g) {
        const law& now = plain(g.model);
        for (Index j = 0; j < now.size(); ++j)
          if (now.weight(j) > 0)
            lines[static_cast<std::size_t>(j)].push_back({static_cast<double>(g.number), now.component(j).mean()[0],
                                                          std::sqrt(now.component(j).variance()), now.weight(j)});
      });
  return lines;
}

inline example::figure picture(const sim::table& out, const modes& m, const std::vector<setting>& settings,
                               Index generations, const std::vector<std::vector<std::vector<double>>>& lines) {
  example::figure f(out);
  f << "set multiplot layout 2,2 margins 0.06,0.985,0.08,0.95 spacing 0.075,0.14\nset xlabel 'generation' offset 0,0.4\n"
    << example::log_axis("x") << "set xrange [1:" + std::to_string(generations) + "]\n";

  example::plot_list one;
  for (std::size_t j = 0; j < lines.size(); ++j) {
    if (lines[j].empty()) continue;
    const std::string name =
        f.numbers("mode " + std::to_string(j + 1) + " of one run: generation, mean, sd, weight", lines[j]);
    const std::string lt = std::to_string(j + 1);
    one.add(name + " using 1:($2-2*$3):($2+2*$3) with filledcurves lt " + lt + " notitle");
    one.add(name + " using 1:2 with lines lt " + lt + " notitle");
  }
  f << "set title \"one run, labels known: modes, two standard deviations wide\"\nset yrange [" +
           sim::argument::text(-0.5 * m.apart) + ":" +
           sim::argument::text(m.apart * (static_cast<double>(m.weights.size()) - 0.5)) + "]\n"
    << one.text();

  const auto lost = [&](const setting& s) {
    example::plot_list list;
    for (std::size_t j = 0; j < m.weights.size(); ++j) {
      const auto exact = f.over_generations(conditions(settings.front()), "lost_" + std::to_string(j + 1));
      const int colour = static_cast<int>(j) + 1;
      list.mean(f.over_generations(conditions(s), "lost_" + std::to_string(j + 1)), colour,
                "weight " + sim::argument::text(m.weights[j]));
      if (s.estimator != "labelled" && exact.has_theory)
        list.add(exact.name + " using 1:5 with lines lt " + std::to_string(colour) + " lw 1.5 dt (2,3) notitle");
    }
    return list.text("exact");
  };
  f << "set yrange [0:1]\nset key top left\nset title \"labels known: probability that a mode is lost\"\n"
    << lost(settings.front());
  f << "set title \"EM: probability that a mode is lost (dotted: with labels)\"\n"
    << (settings.size() > 1 ? lost(settings[1]) : example::plot_list().text());

  example::plot_list diversity;
  int colour = 0;
  for (const setting& s : settings)
    diversity.mean(f.over_generations(conditions(s), "heterozygosity"), ++colour,
                   s.estimator == "labelled" ? "labels known" : "EM");
  f << "set title \"probability that two draws come from different modes\"\nset key bottom left\n"
    << diversity.text("exact");
  return f;
}

}  // namespace mixture_modes
