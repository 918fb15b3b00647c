// What should a generation be trained on? All regimes of the literature side by side: forgetting (Shumailov et al. 2024),
// keeping everything (Gerstgrasser et al. 2024; Kazdan et al. 2024), a share of real data (Shumailov et al.; Alemohammad et al.
// 2024, "Self-consuming generative models go MAD"), and real data with the best weight (He et al. 2025, the golden ratio).
//
// Builds on: gaussian_walk. New here: a regime is a recipe, a list of ingredients; recipes can be swapped at run time
// (`any_recipe`); and all of them run under common random numbers (the same seed and condition), so that what differs between
// two curves is the regime and not the luck. The last regime needs an estimator of its own, of a mean whose variance is known.
// The regimes, and what is known of each, are in regimes.hpp.
//
// With divisor n one thing is known of *every* regime here whose data are drawn as the models are (--inflation 1):
//     E variance + E mean_error_sq = variance of the truth,
// whatever is kept or mixed, since the fit reproduces the first two moments of its data (metric `second_moment`).

#include <string>
#include <string_view>
#include <vector>

#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>

#include "common/session.hpp"
#include "recipes/picture.hpp"
#include "recipes/regimes.hpp"

namespace {

/// A mean whose variance is known to be 1: what He et al. study.
const sim::gaussian_mean_estimator<double, 1> known_variance(1);

template <class Estimator>
void walk(example::session& run, const regime& r, const Estimator& estimator, const common& c, Index generations,
          Index replicates, sim::table& out) {
  const sim::experiment what{sim::gaussian<double, 1>::standard(), estimator, r.recipe, sim::inflated(c.inflation)};
  const sim::draw how =
      r.recipe.keeps().stored ? sim::draw::stored : run.draw();  // single observations cannot be picked otherwise
  const auto records = sim::run_ensemble(
      what, {.generations = generations, .samples = c.samples, .how = how}, run.replication(replicates, r.name),
      run.threads(),  // no condition is named: all regimes share their random numbers
      sim::metric{"variance", [](const auto& g) { return g.model.variance(); }},
      sim::metric{"mean_error_sq", [](const auto& g) { return g.model.mean()[0] * g.model.mean()[0]; }},
      sim::metric{"second_moment", [](const auto& g) { return g.model.variance() + g.model.mean()[0] * g.model.mean()[0]; }},
      sim::metric{"log_det", [](const auto& g) { return g.model.log_determinant(); }},
      sim::metric{"w2_sq", [](const auto& g) { return wasserstein_squared(g.model, g.truth); }},
      sim::metric{"kl_to_truth", [](const auto& g) { return kl_divergence(g.model, g.truth); }});
  run.add(
      out, records, {r.name, example::name_of(c.by), std::to_string(c.samples), sim::argument::text(c.inflation)},
      [&](std::string_view metric, Index t) { return expected(r, c, metric, t); },
      [&](const sim::table_row& row) { return trusted(r, c, row); });
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(argc, argv,
                      {"recipes",
                       "all regimes of training data side by side, under common random numbers",
                       {{"recipe", "NAME", "one of the names in the table's first column (default: all)"},
                        {"samples", "M", "fresh samples per generation (default: 100)"},
                        {"generations", "T", "refits (default: 200)"},
                        {"replicates", "R", "runs behind each mean (default: 1000)"},
                        {"inflation", "LAMBDA", "models are sampled with their variance times this (default: 1)"},
                        example::divisor_flag(),
                        example::draw_flag()}},
                      [](example::session& run) {
                        const common c{run.by(), run.given.integer("samples", 100, 4), run.given.real("inflation", 1)};
                        if (!(c.inflation > 0)) throw example::usage_error("--inflation must be > 0");
                        const Index generations = run.number("generations", 200, 100),
                                    replicates = run.number("replicates", 1000, 200);
                        run.record()
                            .set("generations", generations)
                            .set("replicates", replicates)
                            .set("draw", run.given.text("draw", "cheapest"));

                        std::vector<regime> regimes = all_regimes(c);
                        if (run.given.has("recipe")) {
                          std::vector<std::string> names;
                          for (const regime& r : regimes) names.push_back(r.name);
                          const std::string chosen = run.given.choice("recipe", "", names);
                          std::erase_if(regimes, [&](const regime& r) { return r.name != chosen; });
                        }
                        sim::table out({"recipe", "divisor", "samples", "inflation"});
                        for (const regime& r : regimes) {
                          if (run.stopped()) break;
                          if (r.known_variance)
                            walk(run, r, known_variance, c, generations, replicates, out);
                          else
                            walk(run, r, sim::gaussian_estimator<double, 1>(c.by), c, generations, replicates, out);
                        }
                        run.save(out, picture(out, regimes, c, generations), run.given.has("recipe") ? 800 : 1700, 900);
                      });
}
