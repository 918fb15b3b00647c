// How long do three modes live? Mixtures refitted by EM are heavy, and cells differ tenfold in what they cost; some lineages do not live to
// see the event. A study deals the blocks out, and Kaplan-Meier curves take the survivors into account.
//
// Builds on: mixture_modes, gaussian_study. New here: times that are censored.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <simulacra/mixture.hpp>
#include <simulacra/recursion.hpp>

#include "common/study_session.hpp"

namespace sim = simulacra;
using sim::Index;

namespace {

using law = sim::gaussian_mixture<double, 1>;
constexpr double never = std::numeric_limits<double>::infinity();

/// Three modes of standard deviation 1, `apart` from one to the next.
law truth_of(double apart) {
  std::vector<sim::gaussian<double, 1>> components;
  for (const double place : {-apart, 0.0, apart}) components.emplace_back(place, 1.0);
  return {std::vector<double>{0.2, 0.5, 0.3}, components};
}

/// The generation at which some mode first had no component within half the distance to the next; infinite until then.
struct first_loss {
  double apart;
  double lost = never;

  [[nodiscard]] std::vector<std::string> names() const { return {"modes_left", "first_loss"}; }

  template <class Generation>
  void operator()(const Generation& g, std::span<double> out) {
    double left = 0;
    for (const double mode : {-apart, 0.0, apart}) {
      bool met = false;
      for (Index j = 0; j < g.model.size(); ++j)
        met = met || (g.model.weight(j) > 0 && std::abs(g.model.component(j).mean()[0] - mode) < apart / 2);
      left += met ? 1 : 0;
    }
    if (left < 3) lost = std::min(lost, static_cast<double>(g.number));
    out[0] = left;
    out[1] = lost;
  }
};

sim::records run_cell(const sim::cell& c, Index generations, const sim::replication& many) {
  const law truth = truth_of(c.real("apart"));
  const sim::experiment what{
      truth,
      sim::mixture_estimator<double, 1>(
          {.components = 3, .start = sim::mixture_start::given, .given = {truth}, .restarts = 0, .max_iterations = 200}),
      sim::recipe_named(c.name("recipe"))};
  return sim::run_ensemble(what,
                           {.generations = generations, .samples = c.integer("samples"), .stop = {.resolution = false}},
                           many, sim::serial_executor{}, first_loss{c.real("apart")});
}

/// Curves of survival: what of the lineages still has its three modes.
example::figure picture(const sim::table& out, const sim::study_result& all, Index last) {
  example::figure f(out);
  f << "set multiplot layout 1,2 margins 0.06,0.98,0.2,0.92 spacing 0.08\nset xlabel 'generation' offset 0,0.4\n"
    << "set yrange [0:1.02]\n"
    << example::legend_below(2);
  for (const std::string recipe : {"replace", "accumulate"}) {
    example::plot_list list;
    int colour = 0;
    for (const sim::cell& c : all.cells()) {
      if (c.name("recipe") != recipe) continue;
      const sim::survival_curve curve = sim::kaplan_meier(all.values(c, "first_loss", last), static_cast<double>(last));
      std::vector<std::vector<double>> lines{{0, 1, 0}};
      for (const sim::survival_step& s : curve.steps()) {  // down at the step
        lines.push_back({s.time, lines.back()[1], lines.back()[2]});
        lines.push_back({s.time, s.survival, s.error});
      }
      lines.push_back({static_cast<double>(last), lines.back()[1], lines.back()[2]});
      const std::string name = f.numbers("survival, " + c.text(), lines), lt = std::to_string(++colour);
      list.add(name + " using 1:($2-$3):($2+$3) with filledcurves lt " + lt + " notitle");
      list.add(name + " using 1:2 with lines lt " + lt + " title \"" + c.name("apart") + " apart, M = " + c.name("samples") +
               "\"");
    }
    f << "set title \"" + recipe + ": all three modes are there (Kaplan-Meier)\"\n" << list.text() << "unset key\n";
  }
  return f;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run_study(
      argc, argv,
      {"mixture_study",
       "how long the modes of a mixture live, by distance, samples and recipe",
       {{"generations", "T", "refits (default: 25)"}}},
      [](example::session& run) -> example::study_plan {
        const Index generations = run.number("generations", 25, 10);
        sim::design cells;
        cells.axis("apart", run.quick() ? std::vector<double>{3} : std::vector<double>{2.5, 4});
        cells.axis("samples", run.quick() ? std::vector<Index>{30} : std::vector<Index>{30, 100});
        cells.axis("recipe", {"replace", "accumulate"}).shared("recipe");
        return {
            .grid = cells,
            .replicates = run.quick() ? 20 : 50,
            .program = std::to_string(generations) + " generations",
            .generations = example::spread(generations),
            .body = [=](const sim::cell& c, const sim::replication& many) { return run_cell(c, generations, many); },
            .theory = {},
            .trusted = [](const sim::table_row&) { return false; },
            .until_metric = "modes_left",
            .picture = [=](const sim::table& out, const sim::study_result& all) { return picture(out, all, generations); },
            .about = {{"aims", "how long a mixture keeps its modes"},
                      {"data_generating_mechanisms", "samples of three Gaussians, and of the mixtures fitted to them"},
                      {"estimands", "the generation at which a mode is first lost, censored at the last"},
                      {"methods", "EM from the truth's parameters under replace and accumulate"},
                      {"performance_measures", "Kaplan-Meier curves with Greenwood's error"}},
            .height = 500};
      });
}
