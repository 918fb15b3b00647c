// How fast must data grow? A Gaussian is refitted to M_i samples of its last self. The squared Wasserstein distance to the truth is
// sum 1/M_i + 2 (1 - prod c4(M_i)) on average, so it stays bounded exactly if sum 1/M_i does: linear growth is not enough, n^1.1 is.
// Shumailov et al. (2024) say "superlinear"; here is what it costs.
//
// Builds on: gaussian_walk. New here: schedules, and limits over infinitely many refits.

#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory/schedules.hpp>
#include <simulacra/theory/wasserstein.hpp>

#include "common/session.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;

namespace {

struct growth {
  std::string name;
  sim::schedule sizes;
  double limit;  // of the mean squared distance; infinite where it has none
};

std::vector<growth> growths(Index first) {
  const auto m = static_cast<double>(first);
  const double never = std::numeric_limits<double>::infinity();
  const auto power = [m](double p) {
    return [m, p](Index t) { return static_cast<Index>(std::ceil(m * std::pow(static_cast<double>(t + 1), p))); };
  };
  return {{"constant", first, never},
          {"linear", sim::schedule::linear(first, first), never},
          {"n^1.1", power(1.1), theory::power_schedule_limit(m, 1.1).wasserstein},
          {"quadratic", power(2), theory::power_schedule_limit(m, 2).wasserstein},
          {"geometric", sim::schedule::geometric(first, 2), theory::geometric_schedule_limit(m, 2).wasserstein}};
}

double risk_after(const sim::schedule& sizes, Index generation) {
  std::vector<Index> all;
  for (Index t = 0; t < generation; ++t) all.push_back(sizes(t));
  return theory::wasserstein_risk_mean(all, sim::divisor::n_minus_1);
}

void walk(example::session& run, const growth& how, Index generations, Index replicates, sim::table& out) {
  if (run.stopped()) return;
  const sim::gaussian<double, 1> truth(0, 1);
  const sim::experiment what{truth, sim::gaussian_estimator<double, 1>(sim::divisor::n_minus_1), sim::replace{}};
  sim::replication runs = run.replication(replicates, how.name);
  runs.generations = example::spread(generations);
  const auto records =
      sim::run_ensemble(what, {.generations = generations, .samples = how.sizes}, runs, run.threads(),
                        sim::metric{"w2_sq", [](const auto& g) { return wasserstein_squared(g.model, g.truth); }},
                        sim::metric{"variance", [](const auto& g) { return g.model.variance(); }});
  run.add(
      out, records, {how.name},
      [&](std::string_view metric, Index t) { return metric == "w2_sq" ? risk_after(how.sizes, t) : 1.0; },
      // Where M is constant the variance's own tails grow too heavy for any mean over replicates.
      [&](const sim::table_row& row) { return how.name != "constant" || row.generation * 3 <= how.sizes(0); });
}

example::figure picture(const sim::table& out, const std::vector<growth>& all) {
  example::figure f(out);
  f << "set multiplot layout 1,2 margins 0.06,0.985,0.2,0.92 spacing 0.08\n"
    << example::log_axis("x") << example::log_axis("y") << "set xlabel 'generation' offset 0,0.4\n"
    << example::legend_below() << "set title 'squared Wasserstein distance; dotted: its limit'\n";
  example::plot_list distance, spread;
  std::vector<std::string> median;  // the mean is 1, and where M is constant a few replicates carry it
  int colour = 0;
  for (const growth& how : all) {
    const std::string title = how.name == "n^1.1" ? "n^{1.1}" : how.name;
    distance.mean(f.over_generations({how.name}, "w2_sq"), ++colour, title);
    if (std::isfinite(how.limit))
      distance.add(sim::argument::text(how.limit) + " with lines lt " + std::to_string(colour) + " dt (1,2) lw 1.5 notitle");
    const example::curve v = f.over_generations({how.name}, "variance");
    spread.band(v, colour);
    if (!v.empty) median.push_back(v.name + " using 1:10 with lines lt " + std::to_string(colour) + " notitle");
  }
  for (const std::string& line : median) spread.add(line);
  f << distance.text() << "unset key\n"
    << example::linear_axis("y") << "set yrange [0:2]\nset title 'variance (truth: 1), median and 5 to 95 %'\n"
    << spread.text("");
  return f;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(argc, argv,
                      {"schedules",
                       "sample sizes that grow: where the distance to the truth stays bounded for ever",
                       {{"samples", "M0", "samples of the first refit (default: 100)"},
                        {"generations", "T", "refits (default: 1000)"},
                        {"replicates", "R", "runs behind each mean (default: 4000)"}}},
                      [](example::session& run) {
                        const Index first = run.given.integer("samples", 100, 2);
                        const Index generations = run.number("generations", 1000, 100);
                        const Index replicates = run.number("replicates", 4000, 400);
                        run.record().set("samples", first).set("generations", generations).set("replicates", replicates);
                        sim::table out({"growth"});
                        const std::vector<growth> all = growths(first);
                        for (const growth& how : all) walk(run, how, generations, replicates, out);
                        run.save(out, picture(out, all), 1300, 520);
                      });
}
