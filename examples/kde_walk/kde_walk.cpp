// What happens to a kernel density estimate that is fitted to its own samples? With a fixed bandwidth h it does not collapse: each
// refit adds noise of variance h^2 and each sample of M loses 1/M of the spread, so the spread settles at M h^2 while the
// whole drifts away. All of that is known in closed form, error and all, also when all data are kept. Below, what no
// formula covers: toy data of other shapes, and the held-out log-likelihood over bandwidths and sample sizes, after Kazdan et
// al. (2024), "Collapse or thrive?".
//
// Builds on: gaussian_walk. New here: kernel densities, closed forms between them and a Gaussian truth, a truth of one's own.

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <simulacra/gaussian.hpp>
#include <simulacra/kernel.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory.hpp>

#include "common/session.hpp"
#include "kde_walk/picture.hpp"
#include "kde_walk/shapes.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using kde_walk::conditions;
using sim::Index;

namespace {

constexpr double length_scale = 1;  ///< of the kernel of MMD

sim::any_recipe recipe_named(const std::string& name) {
  if (name == "replace") return sim::replace{};
  return sim::accumulate{};
}

template <int D>
using fixed = sim::kernel_density_estimator<double, D, sim::fixed_bandwidth>;

double expected(std::string_view metric, Index t, const std::string& recipe, Index samples, double h) {
  const auto kept = recipe == "replace" ? theory::workflow::replace : theory::workflow::accumulate;
  if (metric == "mise") return theory::kde_mise(1, 1, h, samples, t, kept);
  if (metric == "mmd_squared") return theory::kde_mmd2(1, 1, h, samples, t, length_scale, kept);
  if (metric == "spread") return theory::kde_spread(1, h, samples, t, kept);
  return theory::kde_second_moment(1, h, samples, t, kept);
}

/// The chain from a standard normal truth, of which everything is known.
void normal_walk(example::session& run, const std::string& recipe, Index samples, double h, Index generations,
                 Index replicates, sim::table& out) {
  const sim::experiment what{sim::gaussian<double, 1>::standard(), fixed<1>({.bandwidth = sim::fixed_bandwidth(h)}),
                             recipe_named(recipe)};
  auto many = run.replication(replicates, "normal " + recipe);
  many.generations = example::spread(generations);
  const auto records = sim::run_ensemble(
      what, {.generations = generations, .samples = samples}, many, run.threads(),
      sim::metric{"mise", [](const auto& g) { return l2_squared(g.model, g.truth); }},
      sim::metric{"mmd_squared", [](const auto& g) { return mmd_squared(g.model, g.truth, length_scale); }},
      sim::metric{"spread", [](const auto& g) { return g.model.covariance()(0, 0); }},
      sim::metric{"second_moment", [](const auto& g) { return g.model.covariance()(0, 0) + g.model.mean().squaredNorm(); }});
  run.add(
      out, records, conditions("normal", recipe, samples, h),
      [&](std::string_view metric, Index t) { return expected(metric, t, recipe, samples, h); },
      [](const sim::table_row&) { return true; });
}

/// The chain from a shape: minus the mean log density of 500 new points of the truth, the same ones in every generation of a lineage.
void shape_walk(example::session& run, example::shape truth, const std::string& recipe, Index samples, double h,
                Index generations, Index replicates, sim::table& out) {
  const std::string name = name_of(truth.what);
  const sim::experiment what{truth, fixed<2>({.bandwidth = sim::fixed_bandwidth(h)}), recipe_named(recipe)};
  auto many = run.replication(replicates, name + " " + recipe);
  many.generations = {1, generations};
  const auto records = sim::run_ensemble(what, {.generations = generations, .samples = samples}, many, run.threads(),
                                         sim::metric{"held_out_nll", [](const auto& g) {
                                                       sim::stream rng = g.root.at(0, sim::purpose::metric);
                                                       const sim::samples<double, 2> fresh = g.truth.sample(500, rng);
                                                       Eigen::VectorXd log_density(500);
                                                       g.model.log_density_into(fresh, log_density);
                                                       return -log_density.mean();
                                                     }});
  run.add(
      out, records, conditions(name, recipe, samples, h),
      [](std::string_view, Index) { return std::numeric_limits<double>::quiet_NaN(); },
      [](const sim::table_row&) { return false; });
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"kde_walk",
       "a kernel density refitted to its own samples: error and moments in closed form, and shapes in the plane",
       {{"recipe", "NAME[,NAME]", "replace, accumulate (default: both)"},
        {"samples", "M[,M...]",
         "fresh samples per generation (default: 30 for the normal truth, 32 and 316 for the shapes)"},
        {"bandwidth", "H[,H...]", "fixed bandwidth (default: 0.3, and 0.02 to 2 for the shapes)"},
        {"generations", "T", "refits (default: 100, and 20 for the shapes)"},
        {"replicates", "R", "runs behind each mean for the normal truth (default: 200)"},
        {"shape-replicates", "R", "runs behind each mean for the shapes (default: 10)"}}},
      [](example::session& run) {
        const auto recipes = run.given.choices("recipe", {"replace", "accumulate"}, {"replace", "accumulate"});
        // The normal truth is run at one setting, the first that is given; the shapes at all of them.
        const Index samples = run.settings("samples", std::vector<Index>{run.quick() ? 20 : 30}).front();
        const double h = run.settings("bandwidth", std::vector<double>{0.3}).front();
        if (!(h > 0)) throw example::usage_error("--bandwidth must be > 0");
        const Index generations = run.number("generations", 100, 10), replicates = run.number("replicates", 200, 200);
        using kind = example::shape::kind;
        const kde_walk::sweep s{
            {kind::blobs, kind::circles, kind::moons, kind::swiss_roll},
            run.settings("samples", run.quick() ? std::vector<Index>{32} : std::vector<Index>{32, 316}),
            run.settings("bandwidth", run.quick() ? std::vector<double>{0.1, 0.3, 1}
                                                  : std::vector<double>{0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2}),
            run.number("generations", 20, 5),
            run.number("shape-replicates", 10, 3)};
        run.record()
            .set("samples", samples)
            .set("bandwidth", h)
            .set("generations", generations)
            .set("replicates", replicates);

        sim::table out({"truth", "recipe", "samples", "bandwidth"});
        for (const std::string& recipe : recipes) {
          if (!run.stopped()) normal_walk(run, recipe, samples, h, generations, replicates, out);
          for (const auto what : s.shapes)
            for (const Index m : s.samples)
              for (const double width : s.bandwidths)
                if (!run.stopped()) shape_walk(run, {what}, recipe, m, width, s.generations, s.replicates, out);
        }
        run.save(out, kde_walk::picture(out, recipes, samples, h, s), 1700, 800);
      });
}
