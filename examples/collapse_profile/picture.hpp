#pragma once

#include <array>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

#include <simulacra/metrics.hpp>

#include "common/figure.hpp"

/// The verdicts on a chain, as text and as a picture.
namespace collapse_profile {

namespace sim = simulacra;
using sim::Index;

struct chain_report {
  std::string family, recipe;
  std::array<sim::profile_row, 8> rows;
};

inline void print(const std::vector<chain_report>& all) {
  std::printf("%-18s", "");
  for (const chain_report& c : all) std::printf(" %22s", (c.family + ", " + c.recipe).c_str());
  std::printf("\n");
  for (std::size_t k = 0; k < 8; ++k) {
    std::printf("%-18s", sim::name_of(all.front().rows[k].which).data());
    for (const chain_report& c : all) {
      const sim::profile_row& row = c.rows[k];
      if (row.says == sim::verdict::not_measured)
        std::printf(" %22s", "not measured");
      else
        std::printf(" %9.3g +- %-6.1g %s", row.strength.value, row.strength.error,
                    row.says == sim::verdict::yes ? "YES" : "no ");
    }
    std::printf("\n");
  }
}

inline example::figure picture(const sim::table& out, const std::vector<chain_report>& all, Index samples) {
  example::figure f(out);
  f << "set multiplot layout 1,2 margins 0.07,0.985,0.2,0.92 spacing 0.15,0.1\nset xlabel 'generation' offset 0,0.4\n"
    << example::log_axis("x") << example::log_axis("y") << "set key top left\n";
  example::plot_list risks;
  int colour = 0;
  for (const chain_report& c : all)
    risks.mean(f.over_generations({c.family, c.recipe, std::to_string(samples)}, "mmd_sq"), ++colour,
               c.family + ", " + c.recipe);
  f << "set title \"risk: MMD^2 from the truth\"\n" << risks.text("");
  // The table of verdicts: a square each, and what was measured in it.
  std::vector<std::vector<double>> yes, no;
  std::string labels, columns, rows;
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::string recipe = all[i].recipe;  // a tic's label is a format, in which a % is written twice
    for (std::size_t at = 0; (at = recipe.find('%', at)) != std::string::npos; at += 2) recipe.insert(at, "%");
    columns += std::string(i == 0 ? "" : ", ") + "\"" + all[i].family + "\\n" + recipe + "\" " + std::to_string(i);
    for (std::size_t k = 0; k < 8; ++k) {
      const sim::profile_row& row = all[i].rows[k];
      if (row.says == sim::verdict::not_measured) continue;
      const std::vector<double> at{static_cast<double>(i), 7 - static_cast<double>(k)};
      (row.says == sim::verdict::yes ? yes : no).push_back(at);
      char text[32];
      std::snprintf(text, sizeof text, "%.2g", row.strength.value);
      labels += "set label \"" + std::string(text) + "\" at " + std::to_string(i) + "," +
                std::to_string(7 - static_cast<int>(k)) + " center front\n";
    }
  }
  for (std::size_t k = 0; k < 8; ++k)
    rows += std::string(k == 0 ? "" : ", ") + "\"" + example::words(std::string(sim::name_of(all.front().rows[k].which))) +
            "\" " + std::to_string(7 - k);
  f << example::linear_axis("x") << example::linear_axis("y")
    << "unset xlabel\nset xtics (" + columns + ") font ',10'\nset ytics (" + rows + ")\n"
    << "set xrange [-0.5:" + std::to_string(all.size()) + "-0.5]\nset yrange [-0.5:7.5]\nunset grid\n"
    << "set style fill solid 0.45 border -1\nset key at screen 0.98,0.03 right bottom horizontal\n"
    << labels << "set title \"has it collapsed? eight definitions, and what each measures\"\n";
  example::plot_list verdicts;
  const std::string boxes = " using 1:2:(0.46):(0.42) with boxxyerror ";
  if (!yes.empty()) verdicts.add(f.numbers("collapsed: chain, definition", yes) + boxes + "lt 2 title \"collapsed\"");
  if (!no.empty()) verdicts.add(f.numbers("not collapsed: chain, definition", no) + boxes + "lt 3 title \"not collapsed\"");
  f << verdicts.text("");
  return f;
}

}  // namespace collapse_profile
