#pragma once

#include <string>
#include <vector>

#include "common/figure.hpp"

/// Scale and location against the generation.
namespace bring_your_own {

namespace sim = simulacra;
using sim::Index;

inline example::figure picture(const sim::table& out, const std::vector<std::string>& estimators,
                               const std::vector<std::string>& recipes, Index samples, Index generations) {
  example::figure f(out);
  f << "set multiplot layout 1,3 margins 0.05,0.99,0.13,0.91 spacing 0.055,0.1\nset xlabel 'generation'\n"
    << "set xrange [1:" + std::to_string(generations) + "]\n";
  const auto panel = [&](const std::string& title, const std::string& estimator, const std::string& metric) {
    example::plot_list list;
    int colour = 0;
    for (const std::string& recipe : recipes) {
      const auto c = f.over_generations({estimator, recipe, std::to_string(samples)}, metric);
      list.band_and_mean(c, ++colour, recipe);
    }
    f << "set title \"" + title + "\"\n" << list.text();
  };
  f << "set key bottom left\n";
  panel("maximum likelihood: log scale", estimators.front(), "log_scale");
  panel("location known: log scale", estimators.back(), "log_scale");
  f << example::log_axis("x") << example::log_axis("y") << "set key bottom right\nset yrange [1e-6:*]\n";
  panel("maximum likelihood: squared error of location", estimators.front(), "location_error_sq");
  return f;
}

}  // namespace bring_your_own
