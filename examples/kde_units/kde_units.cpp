// Does a model collapse because the data were in metres? Under the rules of thumb as scikit-learn has them, a bandwidth is
// n^(-1/5) *of whatever the unit is*. So the same chain of refits, on the same data, loses its variance when lengths are in
// millimetres and explodes when they are in decametres. Rules that are scaled by the data do not care.
//
// Builds on: kde_walk. New here: bandwidth selectors, and estimates that are shrunk so that smoothing adds no variance.

#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/gaussian.hpp>
#include <simulacra/kernel.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory.hpp>

#include "common/session.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;

namespace {

/// How tall people are, say: a deviation of 1 in the first unit.
struct unit {
  std::string name;
  double size;  ///< the standard deviation of the truth in this unit
};

std::vector<std::string> conditions(const std::string& rule, const unit& u, Index samples) {
  return {rule, u.name, std::to_string(samples)};
}

/// The mean variance in units of the truth's.
double expected(const std::string& rule, const unit& u, Index samples, Index t) {
  const double m = static_cast<double>(samples), c = std::pow(m, -0.2), steps = static_cast<double>(t);
  if (rule == "unscaled") return theory::kde_spread(1, c / u.size, samples, t, theory::workflow::replace);
  return std::pow((1 - 1 / m) * (rule == "shrunk" ? 1 : 1 + c * c), steps);
}

template <class Selector>
void walk(example::session& run, const std::string& rule, const unit& u, Index samples, Index generations, Index replicates,
          const sim::kernel_density_options<Selector>& options, sim::table& out) {
  const sim::gaussian<double, 1> truth(0.0, u.size * u.size);
  const sim::experiment what{truth, sim::kernel_density_estimator<double, 1, Selector>(options), sim::replace{}};
  auto many = run.replication(replicates, rule + ", " + u.name);
  many.generations = example::spread(generations);
  const auto records = sim::run_ensemble(
      what, {.generations = generations, .samples = samples}, many, run.threads(),
      sim::metric{"relative_variance", [](const auto& g) { return g.model.covariance()(0, 0) / g.truth.variance(); }},
      sim::metric{"log_relative_variance",
                  [](const auto& g) { return std::log(g.model.covariance()(0, 0) / g.truth.variance()); }});
  run.add(
      out, records, conditions(rule, u, samples),
      [&](std::string_view metric, Index t) {
        return metric == "relative_variance" ? expected(rule, u, samples, t) : std::numeric_limits<double>::quiet_NaN();
      },
      // The variance of a chain that is scaled by its own data is a product: once the generations are many against the
      // samples, its mean over some hundred runs is a matter of luck.
      [&](const sim::table_row& row) { return rule == "unscaled" || row.generation * 3 <= samples; });
}

example::figure picture(const sim::table& out, const std::vector<unit>& units, Index samples) {
  example::figure f(out);
  f << "set multiplot layout 1,3 margins 0.05,0.985,0.13,0.92 spacing 0.05\nset xlabel 'generation' offset 0,0.4\n"
    << example::log_axis("x") << example::log_axis("y") << "set yrange [1e-4:1e6]\nunset key\n";
  for (const auto& [rule, title] :
       {std::pair{"unscaled", "h = M^{-1/5}, as published: variance / truth's"},
        std::pair{"scott", "Scott's rule scaled by the data"}, std::pair{"shrunk", "scaled by the data, and shrunk"}}) {
    example::plot_list list;
    int colour = 0;
    for (const unit& u : units)
      list.band_and_mean(f.over_generations(conditions(rule, u, samples), "relative_variance"), ++colour, u.name);
    // The curves of all units lie on each other where a rule is scaled, so there is room for their names.
    f << "set title \"" + std::string(title) + "\"\n"
      << (std::string(rule) == "scott" ? "set key bottom right\n" : "unset key\n") << list.text();
  }
  return f;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"kde_units",
       "the same chain in three units of measurement, under bandwidths that are scaled by the data and such that are not",
       {{"samples", "M", "fresh samples per generation (default: 100)"},
        {"generations", "T", "refits (default: 1000)"},
        {"replicates", "R", "runs behind each band (default: 400)"}}},
      [](example::session& run) {
        const Index samples = run.given.integer("samples", 100, 2);
        const Index generations = run.number("generations", 1000, 50), replicates = run.number("replicates", 400, 200);
        const std::vector<unit> units{{"millimetres", 100}, {"decimetres", 1}, {"metres", 0.1}, {"decametres", 0.01}};
        run.record().set("samples", samples).set("generations", generations).set("replicates", replicates);

        sim::table out({"rule", "unit", "samples"});
        for (const unit& u : units) {
          if (run.stopped()) break;
          walk<sim::unscaled_rule>(run, "unscaled", u, samples, generations, replicates, {.bandwidth = {}}, out);
          walk<sim::scott>(run, "scott", u, samples, generations, replicates, {.bandwidth = sim::scott(sim::divisor::n)},
                           out);
          walk<sim::scott>(run, "shrunk", u, samples, generations, replicates,
                           {.bandwidth = sim::scott(sim::divisor::n), .shrink = true}, out);
        }
        run.save(out, picture(out, units, samples), 1500, 470);
      });
}
