// What happens to a Gaussian that is fitted to its own samples, again and again: the one-dimensional figure of Shumailov et
// al. (2024), with what theory says drawn into it, and the same in any dimension.
//
// Builds on: nothing. Read this one first.

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory.hpp>

#include "common/session.hpp"
#include "picture.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;

namespace {

struct setting {
  std::string recipe;
  sim::divisor by;
  Index dimension, samples;
};

sim::any_recipe recipe_named(const std::string& name) {
  if (name == "replace") return sim::replace{};
  if (name == "accumulate") return sim::accumulate{};
  if (name == "accumulate_subsample") return sim::accumulate_subsample{};
  if (name == "preserve_fixed") return sim::preserve{0.1, sim::preserve::real::fixed};
  return sim::preserve{0.1, sim::preserve::real::redrawn};
}

/// What is expected of each metric, where it is known in closed form.
double expected(const setting& s, std::string_view metric, Index t) {
  const auto d = static_cast<double>(s.dimension);
  if (s.recipe == "replace") {
    if (metric == "mean_error_sq") return d * theory::mean_error(s.samples, t, s.by);
    if (metric == "variance") return theory::variance_mean(s.samples, t, s.by);
    if (metric == "log_det") return static_cast<double>(t) * theory::log_det_rate(s.dimension, s.samples, s.by);
    if (metric == "kl_to_truth") return theory::kl_to_truth(s.dimension, s.samples, t, s.by);
    if (metric == "kl_from_truth") return theory::kl_from_truth(s.dimension, s.samples, t, s.by);
    if (s.dimension == 1) {
      if (metric == "sigma") return theory::sigma_moment(1, s.samples, t, s.by);
      if (metric == "w2_sq") return theory::wasserstein_risk_mean(s.samples, t, s.by);
    }
  }
  if (s.recipe == "accumulate") {
    if (metric == "mean_error_sq") return d * theory::accumulate_mean_error(s.samples, t, s.by);
    if (metric == "variance") return theory::accumulate_variance(s.samples, t, s.by);
  }
  if (s.recipe == "accumulate_subsample" && s.by == sim::divisor::n) {
    if (metric == "mean_error_sq") return d * theory::accumulate_subsample_mean_error(s.samples, t);
    if (metric == "variance") return theory::accumulate_subsample_variance(s.samples, t);
  }
  return std::numeric_limits<double>::quiet_NaN();
}

/// Whether the mean over replicates is a yardstick there: under `replace` the variance itself has tails so heavy, once the
/// generations are many against the samples, that a mean over a thousand runs tells nothing. Its logarithm always does.
bool trusted(const setting& s, const sim::table_row& row) {
  if (row.metric == "log_det" || s.recipe != "replace") return true;
  const Index reach = row.metric == "kl_from_truth" ? 10 : 3;
  return row.generation * s.dimension * reach <= s.samples;
}

template <int D>
void walk(example::session& run, const setting& s, sim::draw how, Index generations, Index replicates, sim::table& out) {
  const auto truth = sim::gaussian<double, D>::standard(s.dimension);
  const sim::experiment what{truth, sim::gaussian_estimator<double, D>(s.by), recipe_named(s.recipe)};

  const auto records = sim::run_ensemble(
      what, {.generations = generations, .samples = s.samples, .how = how},
      run.replication(replicates, s.recipe + " M=" + std::to_string(s.samples)), run.threads(),
      sim::metric{"mean_error_sq", [](const auto& g) { return (g.model.mean() - g.truth.mean()).squaredNorm(); }},
      sim::metric{"variance", [](const auto& g) { return g.model.covariance().trace() / double(g.model.dimension()); }},
      sim::metric{"sigma",
                  [](const auto& g) { return std::sqrt(g.model.covariance().trace() / double(g.model.dimension())); }},
      sim::metric{"log_det", [](const auto& g) { return g.model.log_determinant(); }},
      sim::metric{"w2_sq", [](const auto& g) { return wasserstein_squared(g.model, g.truth); }},
      sim::metric{"kl_to_truth", [](const auto& g) { return kl_divergence(g.model, g.truth); }},
      sim::metric{"kl_from_truth", [](const auto& g) { return kl_divergence(g.truth, g.model); }});
  const std::vector<std::string> conditions{s.recipe, example::name_of(s.by), std::to_string(s.dimension),
                                            std::to_string(s.samples)};
  run.add(
      out, records, conditions, [&](std::string_view metric, Index t) { return expected(s, metric, t); },
      [&](const sim::table_row& row) { return trusted(s, row); });

  // The paper shows single runs: the first replicate, as metrics of its own.
  if (!records.has(0)) return;
  for (const char* metric : {"mean_error_sq", "sigma", "variance"})
    for (std::size_t row = 0; row < records.generations().size(); ++row) {
      const double value = records.at(0, row, records.column(metric));
      out.add({conditions, records.generations()[row], std::string(metric) + "_one_run", {.count = 1, .mean = value}});
    }
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"gaussian_walk",
       "a Gaussian refitted to its own samples, generation after generation",
       {{"recipe", "NAME",
         "replace, accumulate, accumulate_subsample, preserve_fixed, preserve_redrawn (default: replace and accumulate)"},
        example::divisor_flag(),
        {"dimension", "D", "dimension (default: 1)"},
        {"samples", "M[,M...]", "fresh samples per generation (default: 100,500,1000,10000)"},
        {"generations", "T", "refits (default: 1000)"},
        {"replicates", "R", "runs behind each band (default: 1000)"},
        example::draw_flag()}},
      [](example::session& run) {
        const std::vector<std::string> all{"replace", "accumulate", "accumulate_subsample", "preserve_fixed",
                                           "preserve_redrawn"};
        const auto recipes = run.given.choices("recipe", {"replace", "accumulate"}, all);
        const Index dimension = run.given.integer("dimension", 1);
        const auto samples =
            run.settings("samples", run.quick() ? std::vector<Index>{100, 1000} : std::vector<Index>{100, 500, 1000, 10000});
        const Index generations = run.number("generations", 1000, 200), replicates = run.number("replicates", 1000, 200);
        run.record()
            .set("generations", generations)
            .set("replicates", replicates)
            .set("draw", run.given.text("draw", "cheapest"));

        sim::table out({"recipe", "divisor", "dimension", "samples"});
        for (const std::string& recipe : recipes)
          for (const Index m : samples) {
            if (run.stopped()) break;
            setting s{recipe, run.by(), dimension, m};
            if (dimension == 1)
              walk<1>(run, s, run.draw(), generations, replicates, out);
            else
              walk<sim::dynamic>(run, s, run.draw(), generations, replicates, out);
            if (!gaussian_walk::draws_distance(recipe, std::to_string(dimension))) continue;
            s.by = s.by == sim::divisor::n ? sim::divisor::n_minus_1 : sim::divisor::n;
            walk<1>(run, s, run.draw(), generations, replicates, out);
          }
        run.save(out, gaussian_walk::picture(out, recipes, {example::name_of(run.by()), std::to_string(dimension)}, samples),
                 1300, 450 * static_cast<int>(gaussian_walk::rows(recipes, std::to_string(dimension))));
      });
}
