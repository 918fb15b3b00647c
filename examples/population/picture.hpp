#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/session.hpp"

/// The four panels of the example `population`.
namespace picture {

struct line {
  std::string setting, metric, title;
  bool dotted = false;
};

struct panel {
  std::string world, title, look;
  std::vector<line> lines;
};

inline const std::vector<panel>& panels() {
  static const std::vector<panel> all{
      {"pool",
       "one pool of 200: mean variance of its members",
       "set logscale y\nset yrange [0.3:100]\nset key top left",
       {{"n_minus_1 10", "within", "10 members, unbiased"},
        {"n_minus_1 5", "within", "5 members, unbiased"},
        {"n 20", "within", "20 members, divisor n"},
        {"n 1", "within", "1 member, divisor n"}}},
      {"islands",
       "two draws agree: of one island, of two (dotted)",
       "unset logscale y\nset yrange [0:0.8]\nset key top left",
       {{"0.01", "within", "1 % exchanged"},
        {"0.01", "between", "", true},
        {"0.1", "within", "10 % exchanged"},
        {"0.1", "between", "", true}}},
      {"network",
       "a network: variance of its members",
       "set yrange [0:1.05]\nset key bottom left",
       {{"three", "variance_0", "a fifth real"},
        {"three", "variance_1", "reads all three"},
        {"three", "variance_2", "reads itself"}}},
      {"frozen",
       "variance beside a frozen model",
       "set yrange [0:1.05]\nset key at graph 0.98,0.53 top right",
       {{"6", "variance_0", "reads 30 % of it"},
        {"1", "variance_0", "reads 5 % of it"},
        {"0", "variance_0", "reads itself"}}},
  };
  return all;
}

inline example::figure of(const simulacra::table& out) {
  example::figure f(out);
  f << "set multiplot layout 2,2 margins 0.06,0.98,0.08,0.94 spacing 0.08,0.14\nset xlabel 'generation'\n";
  for (const panel& p : panels()) {
    example::plot_list list;
    int colour = 0;
    for (const line& l : p.lines) {
      const example::curve c = f.over_generations({p.world, l.setting}, l.metric);
      if (c.empty) continue;
      if (!l.dotted) ++colour;
      list.add(c.name + " using 1:2 with lines lt " + std::to_string(colour) + (l.dotted ? " dt 3 lw 2.5" : "") +
               (l.title.empty() ? " notitle" : " title \"" + l.title + "\""));
      if (c.has_theory) list.theory(c.name + " using 1:5");
    }
    f << "set title \"" + p.title + "\"\n" + p.look + "\n" + list.text();
  }
  return f;
}

}  // namespace picture
