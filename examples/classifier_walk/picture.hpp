#pragma once

#include <string>
#include <vector>

#include "common/session.hpp"

namespace sim = simulacra;

struct setting {
  double real, tau;
  [[nodiscard]] std::string name() const {
    return "tau " + sim::argument::text(tau) + (real > 0 ? ", " + sim::argument::text(100 * real) + " % real" : "");
  }
};

/// @param known  settings with a theory   @param free  those of the classes   @param own  whether these are the user's
inline example::figure picture(const sim::table& out, const std::vector<setting>& known, const std::vector<setting>& free,
                               bool own) {
  example::figure f(out);
  f << "set multiplot layout 1,4 margins 0.045,0.99,0.15,0.91 spacing 0.055\nset xlabel 'generation'\n";
  const auto panel = [&](const std::vector<setting>& settings, const char* where, const char* metric,
                         const std::string& title) {
    example::plot_list list;
    int colour = 0;
    for (const setting& s : settings)
      list.band_and_mean(f.over_generations({where, sim::argument::text(s.real), sim::argument::text(s.tau)}, metric),
                         ++colour, s.name());
    f << "set title '" + title + "'\n" << list.text();
  };
  f << "set key top left samplen 2\nset yrange [0.5:4.5]\n";
  panel(known, "line", "slope", "slope of the log odds");
  f << "set key bottom left\nset yrange [" + std::string(own ? "*:*" : "0.84:0.945") + "]\n";
  panel(free, "classes", "accuracy", "accuracy");
  f << "unset key\nset yrange [*:*]\n";
  panel(free, "classes", "calibration_error", "calibration error");
  panel(free, "classes", "rare_recall", "of the rare class, called right");
  return f;
}
