// Does a Gaussian collapse when data are kept? The grid of Kazdan et al. (2024): three recipes, four dimensions, four sample sizes, one
// hundred lineages each, as a study that may be killed, resumed, and split over threads, array jobs or MPI ranks.
//
// Builds on: gaussian_walk.

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory.hpp>

#include "common/study_session.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;

namespace {

const std::vector<std::string> recipes{"replace", "accumulate", "accumulate_subsample"};

sim::design grid(bool quick) {
  sim::design all;
  all.axis("dimension", quick ? std::vector<Index>{1, 3} : std::vector<Index>{1, 3, 10, 31});
  all.axis("samples", quick ? std::vector<Index>{10, 100} : std::vector<Index>{10, 32, 100, 316});
  return all.axis("recipe", recipes).shared("recipe");  // the same random numbers for all three
}

sim::records run_cell(const sim::cell& c, Index generations, const sim::replication& many) {
  const auto truth = sim::gaussian<double>::standard(c.integer("dimension"));
  return sim::run_ensemble(
      sim::experiment{truth, sim::gaussian_estimator<double>(sim::divisor::n), sim::recipe_named(c.name("recipe"))},
      {.generations = generations, .samples = c.integer("samples")}, many, sim::serial_executor{},
      sim::metric{"w2_sq", [](const auto& g) { return wasserstein_squared(g.model, g.truth); }},
      sim::metric{"mean_error_sq", [](const auto& g) { return (g.model.mean() - g.truth.mean()).squaredNorm(); }},
      sim::metric{"variance", [](const auto& g) { return g.model.covariance().trace() / double(g.model.dimension()); }});
}

double expected(const sim::cell& c, std::string_view metric, Index t) {
  const Index m = c.integer("samples");
  const double d = c.real("dimension");
  const std::string& recipe = c.name("recipe");
  if (recipe == "replace") {
    if (metric == "variance") return theory::variance_mean(m, t, sim::divisor::n);
    if (metric == "mean_error_sq") return d * theory::mean_error(m, t, sim::divisor::n);
    if (metric == "w2_sq" && d == 1) return theory::wasserstein_risk_mean(m, t, sim::divisor::n);
  } else if (recipe == "accumulate") {
    if (metric == "variance") return theory::accumulate_variance(m, t, sim::divisor::n);
    if (metric == "mean_error_sq") return d * theory::accumulate_mean_error(m, t, sim::divisor::n);
  } else {
    if (metric == "variance") return theory::accumulate_subsample_variance(m, t);
    if (metric == "mean_error_sq") return d * theory::accumulate_subsample_mean_error(m, t);
  }
  return std::numeric_limits<double>::quiet_NaN();
}

/// Whether a mean over replicates tells something: where a chain has collapsed, rare lineages keep its expectation up.
bool trusted(const sim::table_row& row) {
  const Index d = std::stoll(row.conditions[0]), m = std::stoll(row.conditions[1]);
  return row.conditions[2] != "replace" || row.generation * d * 3 <= m;
}

example::figure picture(const sim::table& out, const sim::design& cells, Index last) {
  example::figure f(out);
  f << "set multiplot layout 2,3 margins 0.07,0.98,0.15,0.95 spacing 0.06,0.13\n"
    << example::log_axis("x")
    << "set xlabel 'samples a generation (" + std::to_string(last) + " generations)' offset 0,0.4\n"
    << example::legend_below();
  std::vector<std::string> dimensions;
  for (const sim::cell& c : cells.cells())
    if (dimensions.empty() || dimensions.back() != c.name("dimension")) dimensions.push_back(c.name("dimension"));
  for (const std::string metric : {"w2_sq", "variance"})
    for (const std::string& recipe : recipes) {
      example::plot_list list;
      int colour = 0;
      for (const std::string& d : dimensions) {
        const auto curve = f.over(
            recipe + " " + metric + " d = " + d,
            [&](const sim::table_row& row) {
              return row.generation == last && row.metric == metric && row.conditions[0] == d && row.conditions[2] == recipe;
            },
            [](const sim::table_row& row) { return std::stod(row.conditions[1]); });
        list.band_and_mean(curve, ++colour, "d = " + d);
      }
      f << "set title \"" + example::words(recipe) + (metric == "w2_sq" ? ": squared W_2" : ": variance (truth: 1)") + "\"\n"
        << (metric == "w2_sq" ? example::log_axis("y") + "set yrange [1e-3:200]\n"
                              : example::linear_axis("y") + "set yrange [0:1.6]\n")
        << list.text() << "unset key\n";
    }
  return f;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run_study(
      argc, argv,
      {"gaussian_study",
       "Kazdan et al.'s grid of Gaussians: recipe x dimension x samples",
       {{"generations", "T", "refits (default: 100)"}}},
      [](example::session& run) -> example::study_plan {
        const Index generations = run.number("generations", 100, 20);
        const sim::design cells = grid(run.quick());
        return {.grid = cells,
                .replicates = 100,
                .program = "divisor n, " + std::to_string(generations) + " generations",
                .generations = example::spread(generations),
                .body = [=](const sim::cell& c, const sim::replication& many) { return run_cell(c, generations, many); },
                .theory = expected,
                .trusted = trusted,
                .until_metric = "w2_sq",
                .picture = [=](const sim::table& out, const sim::study_result&) { return picture(out, cells, generations); },
                .about = {{"aims", "whether keeping data prevents collapse, over dimension and sample size"},
                          {"data_generating_mechanisms", "samples of a standard Gaussian, and of the models fitted to them"},
                          {"estimands", "squared W_2 distance from the truth, squared error of the mean, mean variance"},
                          {"methods", "maximum likelihood under replace, accumulate, accumulate_subsample"},
                          {"performance_measures", "mean over replicates with its Monte Carlo error, quantiles"}}};
      });
}
