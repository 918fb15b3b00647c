#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <simulacra/theory.hpp>

#include "common/session.hpp"

/// Log eigenvalues, and condition numbers.
namespace gaussian_anisotropy {

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;

struct setting {
  Index dimension, samples;
  sim::divisor by;
};

inline example::figure picture(const sim::table& out, const std::vector<setting>& settings) {
  example::figure f(out);
  const auto conditions = [](const setting& s) {
    return std::vector<std::string>{example::name_of(s.by), std::to_string(s.dimension), std::to_string(s.samples)};
  };
  f << "set multiplot layout 1,2 margins 0.07,0.98,0.13,0.91 spacing 0.09,0.1\nset xlabel 'generation'\n";
  const setting& shown = settings.back();
  example::plot_list left, right;
  for (Index j = 1; j <= std::min<Index>(shown.dimension, 6); ++j) {
    const std::string number = std::to_string(j);
    left.band_and_mean(f.over_generations(conditions(shown), "log_eigenvalue_" + number), static_cast<int>(j),
                       "{/Symbol l}_" + number);
    const auto pivot = f.over_generations(conditions(shown), "log_pivot_" + number);
    if (pivot.has_theory) left.theory(pivot.name + " using 1:5");
  }
  int colour = 0;
  for (const setting& s : settings) {
    const std::string name = "d = " + std::to_string(s.dimension) + ", M = " + std::to_string(s.samples);
    right.band_and_mean(f.over_generations(conditions(s), "log_condition_number"), ++colour, name);
    if (s.samples > s.dimension)
      right.theory(sim::argument::text(theory::log_condition_rate(s.dimension, s.samples)) + "*x");
  }
  f << "set title \"log eigenvalues of the covariance, d = " + std::to_string(shown.dimension) +
           ", M = " + std::to_string(shown.samples) + "\"\nset key bottom left\n"
    << left.text("exact rate") << "set title \"log condition number (largest over smallest eigenvalue)\"\nset key top left\n"
    << right.text("exact rate");
  return f;
}

}  // namespace gaussian_anisotropy
