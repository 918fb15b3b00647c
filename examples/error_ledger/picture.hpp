#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "common/figure.hpp"
#include "error_ledger.hpp"

/// The parts of the squared distance, generation by generation.
namespace error_ledger {

/// The mean of a metric at each recorded generation of a setting.
inline std::vector<double> means(const sim::table& out, const setting& s, const std::string& metric,
                                 std::vector<double>* generations = nullptr) {
  std::vector<double> all;
  for (const sim::table_row& row : out.rows()) {
    if (row.metric != metric || row.conditions != std::vector<std::string>{s.truth, s.estimator, s.recipe}) continue;
    all.push_back(row.values.mean);
    if (generations != nullptr) generations->push_back(static_cast<double>(row.generation));
  }
  return all;
}

/// The parts of the squared distance on top of each other: what is positive upwards from 0, what is negative downwards, so that the
/// sum of them all is the distance, which is drawn over them.
inline std::string stack(example::figure& f, const sim::table& out, const setting& s) {
  std::vector<double> t;
  const auto distance = means(out, s, "distance_sq", &t);
  if (t.empty()) return "set multiplot next\n";
  std::vector<std::vector<double>> lines(t.size());
  for (std::size_t i = 0; i < t.size(); ++i) lines[i] = {t[i], distance[i]};
  std::vector<double> up(t.size(), 0.0), down(t.size(), 0.0);
  for (const std::string name : {"expressivity", "approximation", "statistical"}) {
    const auto part = means(out, s, "part_" + name);
    for (std::size_t i = 0; i < t.size(); ++i) {
      double& edge = part[i] >= 0 ? up[i] : down[i];
      lines[i].push_back(edge);
      edge += part[i];
      lines[i].push_back(edge);
    }
  }
  const std::string block = f.numbers(
      s.truth + " " + s.estimator + " " + s.recipe + ": generation, distance, then from and to of each part", lines);
  example::plot_list list;
  const auto area = [&](int from, int colour, const char* title) {
    list.add(block + " using 1:" + std::to_string(from) + ":" + std::to_string(from + 1) + " with filledcurves lt " +
             std::to_string(colour) + " fs solid 0.55 noborder title '" + title + "'");
  };
  area(3, 1, "expressivity");
  area(5, 3, "approximation");
  area(7, 2, "statistical");
  list.add(block + " using 1:2 with lines lt 8 lw 2 title 'squared distance'");
  return list.text();
}

inline example::figure picture(const sim::table& out, const std::vector<setting>& all) {
  example::figure f(out);
  const std::size_t columns = (std::min)(all.size(), std::size_t{3}), rows = (all.size() + columns - 1) / columns;
  f << "set multiplot layout " + std::to_string(rows) + "," + std::to_string(columns) + " margins 0.06,0.985," +
           (rows > 1 ? "0.12,0.95 spacing 0.06,0.13\n" : "0.22,0.9 spacing 0.06,0.1\n")
    << "set xlabel 'generation' offset 0,0.4\nset xzeroaxis lt -1\n"
    << (all.size() % columns == 0 ? example::legend_below()
                                  : std::string("set key at screen 0.9,0.35 right top samplen 3\n"));  // in the empty panel
  bool first = true;
  for (const setting& s : all) {
    const std::string stopped = s.estimator == "mixture" ? ", " + std::to_string(s.iterations) + " EM steps" : "";
    f << "set title \"" + s.truth + " fitted by " + s.estimator + stopped + ": " + example::words(s.recipe) +
             "\"\nset xrange [1:" + std::to_string(s.generations) + "]\n"
      << stack(f, out, s);
    if (first) f << "unset key\n";
    first = false;
  }
  return f;
}

}  // namespace error_ledger
