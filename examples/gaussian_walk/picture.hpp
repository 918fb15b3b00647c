#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "common/figure.hpp"

namespace gaussian_walk {

namespace sim = simulacra;
using sim::Index;

/// The paper's own measure, E W2^2, is drawn for both divisors, in one dimension, where the exact value is known.
inline bool draws_distance(const std::string& recipe, const std::string& dimension) {
  return recipe == "replace" && dimension == "1";
}

inline std::size_t rows(const std::vector<std::string>& recipes, const std::string& dimension) {
  std::size_t all = recipes.size();
  for (const std::string& recipe : recipes) all += draws_distance(recipe, dimension) ? 1u : 0u;
  return all;
}

inline example::figure picture(const sim::table& out, const std::vector<std::string>& recipes,
                               const std::vector<std::string>& rest, const std::vector<Index>& samples) {
  example::figure f(out);
  const std::size_t panels = rows(recipes, rest[1]);
  f << "set multiplot layout " + std::to_string(panels) + ",2 margins 0.07,0.98," +
           (panels > 2   ? "0.09,0.96"
            : panels > 1 ? "0.13,0.95"
                         : "0.22,0.91") +
           " spacing 0.09," + (panels > 2 ? "0.1" : "0.15") + "\n"
    << example::log_axis("x") << "set xlabel 'generation' offset 0,0.4\n"
    << example::legend_below();
  for (const std::string& recipe : recipes) {
    const std::string name = recipe == "accumulate" ? "all data kept" : example::words(recipe);
    const auto panel = [&](const std::string& metric, const std::string& by) {
      example::plot_list list;
      int colour = 0;
      for (const Index m : samples) {
        const std::vector<std::string> at{recipe, by, rest[1], std::to_string(m)};
        const auto band = f.over_generations(at, metric), one = f.over_generations(at, metric + "_one_run");
        list.band_and_mean(band, ++colour, "M = " + std::to_string(m));
        if (!one.empty) list.add(one.name + " using 1:2 with lines lw 0.5 lt " + std::to_string(colour) + " notitle");
      }
      return list.text();
    };
    f << "set title \"" + name + ": squared error of the mean\"\n"
      << example::log_axis("y") << "set yrange [1e-7:*]\n"
      << panel("mean_error_sq", rest[0]) << "unset key\n"
      << example::linear_axis("y");
    // Theory knows the mean standard deviation of a chain that forgets, and the mean variance of one that does not.
    if (recipe == "replace")
      f << "set title \"" + name + ": standard deviation (truth: 1)\"\nset yrange [0:*]\n" << panel("sigma", rest[0]);
    else
      f << "set title \"" + name + ": variance (truth: 1)\"\nset yrange [*:*]\n" << panel("variance", rest[0]);
    if (!draws_distance(recipe, rest[1])) continue;
    f << example::log_axis("y") << "set yrange [1e-7:100]\n";
    for (const char* by : {"n", "n_minus_1"})
      f << "set title \"" + name + ": squared Wasserstein distance, divisor " + (std::string(by) == "n" ? "n" : "n - 1") +
               "\"\n"
        << panel("w2_sq", by);
  }
  return f;
}

}  // namespace gaussian_walk
