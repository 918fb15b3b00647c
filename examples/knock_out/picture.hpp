#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "common/figure.hpp"

/// Main effects, interactions and Shapley values, as bars.
namespace knock_out {

namespace sim = simulacra;
using sim::Index;

inline example::figure picture(const sim::table& out, const std::vector<std::string>& metrics, const std::string& recipe) {
  example::figure f(out);
  f << "set multiplot layout 1," + std::to_string(metrics.size()) + " margins 0.06,0.99,0.2,0.9 spacing 0.06,0.1\n"
    << "set style fill solid 0.6 border lt -1\nset boxwidth 0.7\nset xzeroaxis lt -1\nset xtics rotate by -40 scale "
       "0\nunset key\n";
  const std::vector<std::string> bars{"effect_E",  "effect_A",   "effect_S",  "effect_EA", "effect_ES",
                                      "effect_AS", "effect_EAS", "shapley_E", "shapley_A", "shapley_S"};
  for (const std::string& metric : metrics) {
    std::vector<std::vector<double>> lines;
    std::string tics;
    for (std::size_t k = 0; k < bars.size(); ++k)
      for (const sim::table_row& row : out.rows())
        if (row.conditions == std::vector<std::string>{recipe, bars[k]} && row.metric == metric) {
          lines.push_back({static_cast<double>(k), row.values.mean, row.values.mcse, k < 3 ? 1.0 : k < 7 ? 2.0 : 3.0});
          tics += (tics.empty() ? "" : ", ") + std::string("'") + (k < 7 ? bars[k].substr(7) : "Sh " + bars[k].substr(8)) +
                  "' " + std::to_string(k);
        }
    const std::string block = f.numbers(metric + ": bar, value, standard error, colour", lines);
    f << "set title '" + example::words(metric) + ": effects of errors on the last model'\nset xtics (" + tics +
             ")\nset xrange [-0.7:9.7]\n"
      << "plot " + block + " using 1:2:4 with boxes lc variable, " + block + " using 1:2:3 with yerrorbars lt -1 pt 0\n";
  }
  return f;
}

}  // namespace knock_out
