#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <simulacra/mixture.hpp>
#include <simulacra/recursion.hpp>

#include "common/session.hpp"

namespace sim = simulacra;
using sim::Index;

namespace mixture_walk {

using law = sim::gaussian_mixture<double, 2>;
using estimator = sim::mixture_estimator<double, 2>;

struct setting {
  std::string shape, recipe;
  Index components, samples;
  double floor, tolerance;
};

/// How often and how long each number of samples is run: what two cores can do in a minute and a half.
struct effort {
  Index generations, replicates;
};

inline std::vector<std::string> conditions(const setting& s) {
  return {s.shape,
          s.recipe,
          std::to_string(s.components),
          std::to_string(s.samples),
          sim::argument::text(s.floor),
          sim::argument::text(s.tolerance)};
}

inline sim::any_recipe recipe_named(const std::string& name) {
  if (name == "accumulate") return sim::accumulate{};
  if (name == "preserve") return sim::preserve(0.1);
  return sim::replace{};
}

inline estimator fit_of(const setting& s) {
  return estimator({.components = s.components, .tolerance = s.tolerance, .max_iterations = 2000, .floor = s.floor});
}

/// A setting for each number of samples: those of the command line, or those that are quick enough.
inline std::vector<setting> settings_of(const example::session& run, setting s) {
  const bool grows = s.recipe == "accumulate", many = s.components > 2;
  std::vector<setting> all;
  for (const Index m : run.settings(
           "samples", run.quick() ? std::vector<Index>{200, 10000} : std::vector<Index>{500, 1000, 10000, 50000, 200000}))
    if (run.given.has("samples") || m <= (grows || (many && run.quick()) ? 1000 : many ? 10000 : m)) {
      s.samples = m;
      all.push_back(s);
    }
  return all;
}

/// The lineage that is drawn: the paper's 1000 samples, or the first that the command line names.
inline setting drawn_of(const example::session& run, setting s) {
  const bool few = run.quick() && s.recipe == "accumulate";
  s.samples = run.settings("samples", std::vector<Index>{few ? 500 : 1000}).front();
  return s;
}

inline effort effort_for(const example::session& run, const setting& s) {
  const Index m = s.samples;
  const bool grows = s.recipe == "accumulate", many = s.components > 2;
  effort e = m <= 500     ? effort{2050, 200}
             : m <= 1000  ? effort{2050, 20}
             : m <= 10000 ? effort{2050, 4}
             : m <= 50000 ? effort{500, 2}
                          : effort{120, 2};
  if (many) e = {400, m <= 1000 ? Index{8} : Index{2}};
  if (grows) e = {100, 4};
  if (run.quick()) e = grows ? effort{40, 2} : many ? effort{100, 6} : m <= 500 ? effort{100, 300} : effort{20, 2};
  return effort{run.given.integer("generations", e.generations), run.given.integer("replicates", e.replicates)};
}

/// A hundred generations and those of `spread`.
inline std::vector<Index> recorded(Index generations) {
  std::vector<Index> all = example::spread(generations);
  for (double t = 1; t < static_cast<double>(generations); t = std::max(t + 1, 1.06 * t))
    all.push_back(static_cast<Index>(t));
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace mixture_walk
