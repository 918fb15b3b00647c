// How much of a model's distance from the truth is due to the family, how much to the procedure, how much to finite data? The
// question of Shumailov et al. (2024), answered for each generation by an identity that holds to rounding; docs/error_decomposition.md
// derives it.
//
// Builds on: gaussian_walk, bring_your_own. New here: `ledger(experiment, space, options)`, which is a probe like a metric. Three
// columns: a Gaussian for a Gaussian truth; a Gaussian for a truth that none can be; two Gaussians for that truth, fitted by EM that
// is stopped early. Above, each generation forgets; below, all data are kept.

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/session.hpp"
#include "error_ledger.hpp"
#include "expected.hpp"
#include "picture.hpp"

namespace sim = simulacra;
using error_ledger::setting;
using sim::Index;

namespace {

sim::records run_one(example::session& run, const setting& s, const error_ledger::space& in) {
  const auto many = run.replication(s.replicates, s.truth + ", " + s.estimator + ", " + s.recipe);
  if (s.estimator == "laplace") return with_laplace(s, in, many, run.threads());
  if (s.estimator == "mixture") return with_mixture(s, in, many, run.threads());
  return with_gaussian(s, in, many, run.threads());
}

/// Adds rows to the table, a share being the ratio of two means.
/// @return the worst residual of the identity in any row; a NaN stays
double add(example::session& run, const setting& s, const sim::records& all, sim::table& out) {
  run.report(all);
  double worst = 0;
  for (std::size_t row = 0; row < all.generations().size(); ++row)
    for (const double r : all.values(row, all.column("residual")))
      if (!(r <= worst)) worst = r;
  for (std::size_t k = 0; k < all.metrics().size(); ++k)
    for (std::size_t row = 0; row < all.generations().size(); ++row) {
      const std::string& metric = all.metrics()[k];
      const bool share = metric.starts_with("share_");
      const Index t = all.generations()[row];
      const sim::table_row made{{s.truth, s.estimator, s.recipe},
                                t,
                                metric,
                                share ? sim::share_of(all, row, metric.substr(6)) : all.at(row, k),
                                error_ledger::expected(s, metric, t)};
      out.add(made);
      if (example::is_spread(t, s.generations)) run.check(made);
    }
  return worst;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"error_ledger",
       "how much of the distance from the truth is expressivity, approximation, and statistical error",
       {{"truth", "NAME", "gaussian, mixture (two normals 4 apart), laplace, student (3 degrees)"},
        {"estimator", "NAME", "gaussian, laplace, mixture (two Gaussians by EM)"},
        {"recipe", "NAME",
         "replace, accumulate, preserve_fixed, preserve_redrawn, window (default: replace and accumulate)"},
        {"metric", "mmd|l2", "random features of a Gaussian kernel, or densities on a grid (default: mmd)"},
        {"features", "N", "random features, or cells of the grid (default: 512)"},
        {"reference", "N", "draws for a corner without a closed form (default: 20000)"},
        {"iterations", "N", "at which EM is stopped, from a random start (default: 10)"},
        {"samples", "M", "fresh samples per generation (default: 200)"},
        {"generations", "T", "refits (default: 40)"},
        {"replicates", "R", "runs behind each mean (default: 400; a tenth for EM)"}}},
      [](example::session& run) {
        const std::vector<std::string> truths{"gaussian", "mixture", "laplace", "student"},
            estimators{"gaussian", "laplace", "mixture"},
            recipes{"replace", "accumulate", "preserve_fixed", "preserve_redrawn", "window"};
        const Index generations = run.number("generations", 40, 15), replicates = run.number("replicates", 400, 100);
        const Index samples = run.given.integer("samples", 200, 4), iterations = run.given.integer("iterations", 10);
        const Index reference = run.number("reference", 20'000, 4'000), features = run.number("features", 512, 128);
        const std::string metric = run.given.choice("metric", "mmd", {"mmd", "l2"});
        run.record()
            .set("generations", generations)
            .set("replicates", replicates)
            .set("samples", samples)
            .set("metric", metric);
        run.record().set("features", features).set("reference", reference).set("iterations", iterations);

        // Who names a truth or an estimator gets that pair; else the three columns, each under two recipes.
        std::vector<setting> all;
        const auto add_setting = [&](const std::string& truth, const std::string& estimator, const std::string& recipe) {
          const bool slow = estimator == "mixture" && !run.given.has("replicates");
          all.push_back({truth, estimator, recipe, samples, generations,
                         slow ? (std::max)(replicates / 10, Index{10}) : replicates, reference, iterations});
        };
        const std::string recipe = run.given.choice("recipe", "", [&] {
          auto r = recipes;
          r.push_back("");
          return r;
        }());
        if (run.given.has("truth") || run.given.has("estimator")) {
          add_setting(run.given.choice("truth", "gaussian", truths), run.given.choice("estimator", "gaussian", estimators),
                      recipe.empty() ? "replace" : recipe);
        } else {
          for (const std::string& r :
               recipe.empty() ? std::vector<std::string>{"replace", "accumulate"} : std::vector<std::string>{recipe}) {
            add_setting("gaussian", "gaussian", r);
            add_setting("mixture", "gaussian", r);
            // With all data kept each training law is a mixture that no two Gaussians are, and its projection a long search.
            if (r == "replace" || !recipe.empty()) add_setting("mixture", "mixture", r);
          }
        }

        sim::stream rng(run.seed());
        const error_ledger::space in(
            metric == "mmd" ? error_ledger::chosen_features{sim::random_fourier_features(sim::gaussian_kernel(1.0), 1,
                                                                                         features + features % 2, rng)}
                            : error_ledger::chosen_features{sim::grid_features(sim::grid_axis{-20, 20, features})});
        sim::table out({"truth", "estimator", "recipe"});
        double worst_residual = 0;
        for (const setting& s : all) {
          if (run.stopped()) break;
          const double worst = add(run, s, run_one(run, s, in), out);
          if (!(worst <= worst_residual)) worst_residual = worst;
        }
        if (!(worst_residual <= 1e-10))
          throw std::runtime_error("the identity does not hold: residual " + sim::argument::text(worst_residual));
        run.record().set("worst_residual", worst_residual);
        std::printf("error_ledger: the terms add up to the distance to %.1e in every row of every replicate\n",
                    worst_residual);
        run.save(out, error_ledger::picture(out, all), all.size() == 1 ? 700 : 1600, all.size() > 3 ? 900 : 500);
      });
}
