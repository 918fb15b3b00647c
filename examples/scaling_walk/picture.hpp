#pragma once

#include <string>
#include <vector>

#include "common/figure.hpp"
#include "setting.hpp"

/// Loss against data, and the exponents.
namespace scaling_walk {

inline example::figure picture(const sim::table& out, const std::vector<setting>& all) {
  example::figure f(out);
  const auto against_size = [&](const std::string& name, Index n) {
    return f.over(
        name + " " + std::to_string(n),
        [=](const sim::table_row& row) { return row.metric == "loss" && row.generation == n && row.conditions[0] == name; },
        [](const sim::table_row& row) { return std::stod(row.conditions[1]); });
  };
  example::plot_list generations, settings, exponents;
  for (Index n = 1; n <= all[0].generations; ++n)
    generations.mean(against_size(all[0].name, n), static_cast<int>(n), "generation " + std::to_string(n - 1));
  int colour = 0;
  for (const setting& s : all) settings.mean(against_size(s.name, s.generations), ++colour, s.name);
  colour = 0;
  for (const setting& s : all) {
    if (++colour; s.generations == 1) continue;
    const example::curve c = f.over_generations({s.name, "all"}, "exponent");
    if (c.empty) continue;
    exponents.add(c.name + " using ($1-1):2:6 with yerrorlines pt 7 ps 0.5 lt " + std::to_string(colour) + " title '" +
                  s.name + "'");
    exponents.theory(c.name + " using ($1-1):5");
  }
  exponents.add(sim::argument::text(1 - 1 / exponent) + " with lines lc rgb '#555555' dt (1,3) lw 1.5 title '1 - 1/b'");
  f << "set multiplot layout 1,3 margins 0.045,0.985,0.13,0.9 spacing 0.05\n"
    << example::log_axis("x") << example::log_axis("y") << "set xlabel 'words learnt from, T' offset 0,0.4\n"
    << "set yrange [0.005:*]\nset key bottom left\nset title 'unseen probability, each on the last only'\n"
    << generations.text() << "set title 'the last generation; cut sources: the first'\n"
    << settings.text() << example::linear_axis("x") << example::linear_axis("y")
    << "set xlabel 'generation' offset 0,0.4\nset yrange [0.2:0.42]\nset xrange [-0.2:*]\nset key bottom left\n"
    << "set title 'fitted exponent; dashed: fitted to exact sums'\n"
    << exponents.text();
  return f;
}

}  // namespace scaling_walk
