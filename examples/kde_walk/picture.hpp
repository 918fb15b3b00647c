#pragma once

#include <string>
#include <vector>

#include <simulacra/core/types.hpp>

#include "common/figure.hpp"
#include "kde_walk/shapes.hpp"

/// Errors and moments of the normal truth, and held-out likelihood of the shapes.
namespace kde_walk {

namespace sim = simulacra;
using sim::Index;

inline std::vector<std::string> conditions(const std::string& truth, const std::string& recipe, Index samples, double h) {
  return {truth, recipe, std::to_string(samples), sim::argument::text(h)};
}

struct sweep {
  std::vector<example::shape::kind> shapes;
  std::vector<Index> samples;
  std::vector<double> bandwidths;
  Index generations, replicates;
};

inline example::figure picture(const sim::table& out, const std::vector<std::string>& recipes, Index samples, double h,
                               const sweep& s) {
  example::figure f(out);
  f << "set multiplot layout 2,4 margins 0.04,0.985,0.19,0.95 spacing 0.045,0.15\nset xlabel 'generation' offset 0,0.4\n"
    << example::log_axis("x") << example::log_axis("y") << "set key top left\n";
  const auto panel = [&](const std::string& metric, const std::string& title) {
    example::plot_list list;
    int colour = 0;
    for (const std::string& recipe : recipes) {
      const std::string label = recipe == "accumulate" ? "all data kept" : example::words(recipe);
      list.band_and_mean(f.over_generations(conditions("normal", recipe, samples, h), metric), ++colour, label);
    }
    f << "set title \"" + title + "\"\n" << list.text() << "unset key\n";
  };
  panel("mise", "normal truth: squared error");
  panel("mmd_squared", "normal truth: MMD^2");
  panel("spread", "normal truth: spread");
  panel("second_moment", "normal truth: second moment");

  f << example::legend_below(3) << "set xlabel 'bandwidth' offset 0,0.4\n" << example::linear_axis("y");
  for (const auto what : s.shapes) {
    example::plot_list list;
    const auto over_bandwidths = [&](const std::string& recipe, Index m, Index t) {
      return f.over(
          name_of(what) + " " + recipe + " " + std::to_string(m) + ": held-out NLL in generation " + std::to_string(t),
          [&](const sim::table_row& row) {
            return row.generation == t && row.conditions[0] == name_of(what) && row.conditions[1] == recipe &&
                   row.conditions[2] == std::to_string(m);
          },
          [](const sim::table_row& row) { return std::stod(row.conditions[3]); });
    };
    int colour = 0;
    for (const std::string& recipe : recipes)
      for (const Index m : s.samples)
        list.mean(over_bandwidths(recipe, m, s.generations), ++colour,
                  (recipe == "accumulate" ? "all kept, " : recipe + ", ") + std::to_string(m));
    for (const Index m : s.samples) {
      const auto first = over_bandwidths(recipes.front(), m, 1);
      if (!first.empty)
        list.add(first.name + " using 1:2 with lines lt 8 lw 1 dt (2,3) " +
                 (m == s.samples.front() ? "title \"one fit\"" : "notitle"));
    }
    f << "set title \"" + example::words(name_of(what)) + ": held-out NLL, generation " + std::to_string(s.generations) +
             "\"\nset yrange [2:11]\nset xrange [0.02:2]\n"
      << list.text() << "unset key\n";
  }
  return f;
}

}  // namespace kde_walk
