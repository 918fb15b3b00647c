#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "common/session.hpp"
#include "recipes/regimes.hpp"

/// Variance above, error of the mean below; a column for each kind of regime.
inline example::figure picture(const sim::table& out, const std::vector<regime>& regimes, const common& c,
                               Index generations) {
  example::figure f(out);
  const std::vector<std::string> titles{"nothing real comes in", "a tenth of real data", "fresh, mixed, weighted"};
  std::vector<int> panels;
  for (const regime& r : regimes)
    if (panels.empty() || panels.back() != r.panel) panels.push_back(r.panel);
  f << "set multiplot layout 2," + std::to_string(panels.size()) + " margins 0.07,0.985,0.22,0.95 spacing 0.06,0.13\n"
    << example::log_axis("x")
    << "set xlabel 'generation' offset 0,0.4\nset xrange [1:" + std::to_string(generations) + "]\n";
  for (const std::string metric : {"variance", "mean_error_sq"}) {
    const bool top = metric == "variance";
    f << (top ? example::linear_axis("y") + "set yrange [0:1.15]\nunset key\n"
              : example::log_axis("y") + "set yrange [" + sim::argument::text(0.02 / static_cast<double>(c.samples)) +
                    ":*]\n");
    for (std::size_t i = 0; i < panels.size(); ++i) {
      const int panel = panels[i];
      const double columns = static_cast<double>(panels.size()), width = (0.915 - 0.06 * (columns - 1)) / columns;
      if (!top)  // a legend for both rows, under the lower
        f << "set key at screen " + sim::argument::text(0.07 + width / 2 + (width + 0.06) * static_cast<double>(i)) +
                 ",0.01 center bottom horizontal maxrows 3 samplen 3 width 1\n";
      example::plot_list list;
      std::vector<std::string> limits;
      for (const regime& r : regimes) {
        const bool alone = regimes.size() == 1;
        if (r.panel != panel || (top && r.known_variance) || (r.colour == 0 && !alone)) continue;
        list.mean(f.over_generations(
                      {r.name, example::name_of(c.by), std::to_string(c.samples), sim::argument::text(c.inflation)}, metric),
                  std::max(1, r.colour), example::words(r.name));
        const double limit = top ? r.limit.variance : r.limit.mean_error;
        if (std::isfinite(limit)) limits.push_back(sim::argument::text(limit));
      }
      if (list.empty()) {
        f << list.text();
        continue;
      }
      for (const std::string& limit : limits)
        list.add(limit + " with lines lc rgb '#555555' lw 1.5 dt (1,3) " +
                 (limit == limits.front() ? "title 'limit'" : "notitle"));
      f << "set title \"" + titles[static_cast<std::size_t>(panel)] +
               (top ? ": variance (truth: 1)" : ": squared error of the mean") + "\"\n"
        << list.text();
    }
  }
  return f;
}
