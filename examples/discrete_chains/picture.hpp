#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include "common/figure.hpp"

/// Matrices, bars of where chains end, and what a share of real draws leaves of the error.
namespace discrete_chains {

namespace sim = simulacra;
using sim::Index;

/// Bars of a metric's numbered family, with their exact values.
inline std::string bars(example::figure& f, const std::string& name, const std::string& family, int colour) {
  const example::curve c = f.over(
      name + " " + family,
      [=](const sim::table_row& row) { return row.conditions[0] == name && row.metric.starts_with(family); },
      [family](const sim::table_row& row) { return std::stod(row.metric.substr(family.size())); });
  return "plot " + c.name + " using 1:2 with boxes lt " + std::to_string(colour) + " title 'runs', " + c.name +
         " using 1:5 with points pt 6 ps 0.9 lc black title 'exact'\n";
}

/// The squared error from the truth for some shares of real draws, and its exact value.
inline std::string errors(example::figure& f, const std::string& growth) {
  example::plot_list list;
  int colour = 3;
  for (const std::string share : {"0 % real", "5 % real", "20 % real"})
    list.mean(f.over_generations({share + ", " + growth}, "error"), ++colour, share);
  return example::log_axis("x") + example::log_axis("y") +
         "set xrange [1:*]\nset yrange [*:*]\nset xlabel 'generation' offset 0,0.4\nset title 'squared error, samples " +
         (growth == "growing" ? "more and more" : "as many in each") + "'\n" + list.text("exact") +
         example::linear_axis("x") + example::linear_axis("y");
}

inline example::figure picture(const sim::table& out, const std::vector<std::pair<std::string, Eigen::MatrixXd>>& chains) {
  example::figure f(out);
  const auto m = std::to_string(chains.front().second.rows() - 1);
  f << "set multiplot layout 2,4 margins 0.04,0.985,0.08,0.945 spacing 0.055,0.16\nset style fill solid 0.5 noborder\n"
    << "set palette defined (0 'white', 0.05 '#cfe3f3', 0.3 '#0072b2', 1 '#00263d')\nunset colorbox\nset cbrange [0:0.5]\n"
    << "set xrange [-0.5:" + m + ".5]\nset yrange [-0.5:" + m + ".5]\n"
    << "set xlabel 'count in the next generation' offset 0,0.4\nset ylabel 'count' offset 1,0\n";
  for (const auto& [name, chain] : chains) {
    std::vector<std::vector<double>> lines;
    for (Index j = 0; j < chain.rows(); ++j) {
      const Eigen::RowVectorXd line = chain.row(j);
      lines.emplace_back(line.begin(), line.end());
    }
    f << "set title '" + name + "'\nplot " + f.numbers(name + ": from row to column", lines) +
             " matrix with image notitle\n";
  }
  f << "unset ylabel\nset key bottom right\n"
    << errors(f, "constant")
    << "set key top right\nset yrange [0:*]\nset boxwidth 0.7\nset offsets 0,0,graph 0.15,0\nset xrange [-0.6:4.6]\nset "
       "xlabel "
       "'symbol' offset 0,0.4\n"
    << "set title 'no prior: which symbol is left in the end'\n"
    << bars(f, "5 symbols", "left_", 1) << "set xrange [-0.6:" + m + ".6]\nset xlabel 'count' offset 0,0.4\n"
    << "set title 'posterior mean: counts in the end'\n"
    << bars(f, "posterior mean", "count_", 2) << "set title 'posterior samples: the prior is left'\n"
    << bars(f, "posterior samples", "count_", 3) << "set offsets 0,0,0,0\nset key bottom left\n"
    << errors(f, "growing");
  return f;
}

}  // namespace discrete_chains
