#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "common/figure.hpp"
#include "rkhs_ledger.hpp"

/// What is turned, and the errors along it.
namespace rkhs_ledger {

inline const std::vector<std::string> errors{"expressivity", "approximation", "statistical"};
inline const std::vector<std::string> knobs{"landmarks", "procedure", "samples"};  // each is the knob of the error above it

/// What an estimator's third knob is called, and whether more of it is a smaller number.
struct procedure {
  std::string estimator, name;
  double standard;                ///< where it stands while others are turned
  std::vector<double> positions;  ///< from coarse to fine
};

inline std::vector<procedure> all_estimators() {
  return {{"mean", "solver steps", 24, {10, 15, 24, 40, 60, 100, 160, 250}},
          {"features", "random features", 64, {16, 32, 64, 128, 256, 512, 1024, 2048}},
          {"psd", "1 / ridge", 1e-2, {1, 0.3, 0.1, 0.03, 1e-2, 3e-3, 1e-3, 3e-4}},
          {"score", "1 / ridge", 1e-2, {1, 0.3, 0.1, 0.03, 1e-2, 3e-3, 1e-3, 3e-4}}};
}

/// Where a knob stands on the horizontal axis, on which more is to the right.
inline double position(const setting& s) {
  return s.knob == "procedure" && (s.estimator == "psd" || s.estimator == "score") ? 1 / s.value : s.value;
}

/// The mean of an error along a knob, from coarse to fine.
inline std::vector<std::vector<double>> along(const sim::table& out, const std::string& estimator, const std::string& knob) {
  std::vector<std::vector<double>> lines;
  for (const sim::table_row& row : out.rows()) {
    if (row.conditions[0] != estimator || row.conditions[1] != knob) continue;
    if (row.metric == "distance_sq") lines.push_back({std::stod(row.conditions[2])});
    lines.back().push_back(row.values.mean);
  }
  return lines;
}

inline example::figure picture(const sim::table& out, const std::vector<procedure>& estimators) {
  example::figure f(out);
  f << "set multiplot layout " + std::to_string(estimators.size()) + ",3 margins 0.06,0.985,0.03,0.965 spacing 0.055,0.075\n"
    << example::log_axis("x") << example::log_axis("y") << "set format x '%g'\n"
    << "set autoscale xfix\nset yrange [1e-9:1]\n"
    << "unset key\n";
  for (const procedure& p : estimators)
    for (std::size_t k = 0; k < knobs.size(); ++k) {
      const std::string block =
          f.numbers(p.estimator + ", " + knobs[k] + ": position, distance, three errors", along(out, p.estimator, knobs[k]));
      f << "set title '" + p.estimator + ": " + (knobs[k] == "procedure" ? p.name : knobs[k]) + "'\n"
        << (knobs[k] == "landmarks" ? "set xtics (3, 4, 5, 6, 8, 10, 13, 16)\n" : "set xtics autofreq\n");
      example::plot_list list;
      const int colours[] = {1, 3, 2};
      list.add(block + " using 1:2 with lines lt 8 lw 1 dt 2 title 'squared distance'");
      for (std::size_t e = 0; e < errors.size(); ++e)
        list.add(block + " using 1:" + std::to_string(3 + e) + " with linespoints lt " + std::to_string(colours[e]) +
                 " lw " + (e == k ? "3.5" : "1.5") + " pt 7 ps 0.6 title '" + errors[e] + "'");
      if (&p == &estimators.front() && k == 2) f << "set key bottom left samplen 3\n";  // where there is room
      f << list.text() << "unset key\n";
    }
  return f;
}

}  // namespace rkhs_ledger
