#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <simulacra/recursion.hpp>

#include "common/session.hpp"
#include "mixture_walk/settings.hpp"
#include "mixture_walk/truth.hpp"

namespace mixture_walk {

/// A model of the lineage that is drawn. `later`: refits after the first.
struct shown {
  Index later;
  law model;
};

/// One lineage, its models kept on the way: those that so many refits after the first made.
inline std::vector<shown> snapshots(example::session& run, const setting& s, sim::table& out) {
  const bool grows = s.recipe == "accumulate";
  const Index longest = run.given.integer("generations", grows ? (run.quick() ? 51 : 101) : run.quick() ? 201 : 2050);
  std::vector<Index> wanted;
  for (const Index later : {0, 50, 100, 150, 200, 350, 2000})
    if (later < std::max<Index>(1, longest)) wanted.push_back(later);
  const sim::experiment what{truth{s.shape}, fit_of(s), recipe_named(s.recipe)};
  std::vector<shown> all;
  sim::run_lineage(what, {.generations = wanted.back() + 1, .samples = s.samples}, sim::stream(run.seed()),
                   [&](const auto& g) {
                     if (std::find(wanted.begin(), wanted.end(), g.number - 1) != wanted.end())
                       all.push_back({g.number - 1, g.model});
                     return run.stopped() ? sim::flow::stop : sim::flow::go_on;
                   });
  for (const shown& one : all)
    for (Index j = 0; j < one.model.size(); ++j) {
      const auto& c = one.model.component(j);
      const auto add = [&](const std::string& name, double value) {
        out.add({conditions(s), one.later + 1, "component_" + std::to_string(j + 1) + name, {.count = 1, .mean = value}});
      };
      const auto covariance = c.covariance();
      add("_weight", one.model.weight(j));
      add("_mean_x", c.mean()[0]);
      add("_mean_y", c.mean()[1]);
      add("_variance_x", covariance(0, 0));
      add("_covariance", covariance(1, 0));
      add("_variance_y", covariance(1, 1));
    }
  return all;
}

}  // namespace mixture_walk
