#pragma once

#include <string>
#include <vector>

#include "common/figure.hpp"
#include "setting.hpp"

/// Mitigations, poisoning and forgetting.
namespace mitigations {

inline example::figure picture(const sim::table& out, const std::vector<pace>& all, const std::vector<double>& replays,
                               Index samples, Index rounds) {
  example::figure f(out);
  f << "set multiplot layout 1,3 margins 0.045,0.99,0.13,0.92 spacing 0.055,0.1\nset xlabel 'generation' offset "
       "0,0.4\n"
    << example::log_axis("x") << example::log_axis("y") << "set key bottom left\n";
  example::plot_list paces_drawn, poisons, losses;
  int colour = 0;
  for (const pace& p : all)
    paces_drawn.mean(f.over_generations(conditions("pace", p.how, p.strength, samples), "variance"), ++colour,
                     p.how + (p.strength > 0 ? " " + sim::argument::text(p.strength) : ""));
  f << "set title \"mitigations: expected variance\"\n" << paces_drawn.text();
  colour = 0;
  for (const Index t : {Index{2}, Index{10}, rounds})
    for (const std::string how : {"replace", "10 % real"}) {
      if (t == 2 && how != "replace") continue;  // the two hardly differ yet
      const auto line = f.over(
          how + ": mean after " + std::to_string(t) + " generations",
          [&](const sim::table_row& row) {
            return row.conditions[0] == "poisoning" && row.generation == t && row.conditions[1] == how;
          },
          [](const sim::table_row& row) { return std::stod(row.conditions[2]); });
      poisons.mean(line, ++colour, how + ", " + std::to_string(t) + " generations");
    }
  f << example::linear_axis("y")
    << "set xlabel 'share of draws that are poisoned' offset 0,0.4\nset key top left\nset yrange [0:8]\n"
    << "set title \"poisoning: the mean (clean 0, poison 5)\"\n"
    << poisons.text();
  colour = 0;
  for (const double replay : replays)
    losses.band_and_mean(f.over_generations(conditions("forgetting", "replay", replay, samples), "kl_of_task_a"), ++colour,
                         sim::argument::text(100 * replay) + " % of task A shown again");
  f << "set xlabel 'generation' offset 0,0.4\nset yrange [0:*]\n"
    << "set title \"forgetting: KL of task A from the model\"\n"
    << losses.text("");
  return f;
}

}  // namespace mitigations
