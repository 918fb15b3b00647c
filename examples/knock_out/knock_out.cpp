// What would have happened without one of the three errors? The recursion is run eight times under common random numbers, each source of
// error present or not: finite data or infinitely many, EM that is stopped early or the best that EM can find, two Gaussians or three.
// The truth has three modes.
//
// Builds on: error_ledger. New here: `run_knock_outs`, which takes main effects, interactions and Shapley values from the eight.

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include <simulacra/ledger.hpp>
#include <simulacra/mixture.hpp>
#include <simulacra/recursion.hpp>

#include "common/session.hpp"
#include "picture.hpp"

namespace sim = simulacra;
using sim::error_sources;
using sim::Index;

namespace {

using law = sim::gaussian_mixture<double, 1>;
constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

law three_normals() {
  return law({0.3, 0.4, 0.3},
             {sim::gaussian<double, 1>(-4, 1), sim::gaussian<double, 1>(0, 1), sim::gaussian<double, 1>(4, 1)});
}

/// A grid on which distances of laws on the line are integrated: wide enough for the truth, and fine enough for a component that is a
/// fiftieth as wide.
constexpr double left = -16, step = 0.005;
constexpr int cells = 6400;

double at(int k) { return left + step * (k + 0.5); }

/// The integral of p log(p / q) by the midpoint rule.
double kl(const law& p, const law& q) {
  double sum = 0;
  for (int k = 0; k < cells; ++k) {
    const sim::point<double, 1> x(at(k));
    const double log_p = p.log_density(x);
    sum += step * std::exp(log_p) * (log_p - q.log_density(x));
  }
  return sum;
}

/// The mean over levels u of the squared difference of the u-quantiles.
double w2_squared(const law& p, const law& q) {
  constexpr std::size_t levels = 4000;
  const auto quantiles = [](const law& l) {
    std::vector<double> all;
    double mass = 0;
    for (int k = 0; k < cells && all.size() < levels; ++k) {
      mass += step * std::exp(l.log_density(sim::point<double, 1>(at(k))));
      while (all.size() < levels && mass * static_cast<double>(levels) >= static_cast<double>(all.size()) + 0.5)
        all.push_back(at(k));
    }
    all.resize(levels, at(cells - 1));
    return all;
  };
  const auto a = quantiles(p), b = quantiles(q);
  double sum = 0;
  for (std::size_t i = 0; i < levels; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum / static_cast<double>(levels);
}

sim::any_recipe recipe_named(const std::string& name) {
  if (name == "accumulate") return sim::accumulate{};
  if (name == "preserve") return sim::preserve(0.1, sim::preserve::real::redrawn);
  return sim::replace{};
}

std::string name_of(const error_sources& s) {
  if (s.number() == 0) return "none";
  return std::string(s.expressivity ? "E" : "") + (s.approximation ? "A" : "") + (s.statistical ? "S" : "");
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"knock_out",
       "the three errors switched off one by one: main effects, interactions, Shapley values",
       {{"recipe", "NAME", "replace, preserve (10 % real, redrawn) or accumulate (default: replace)"},
        {"iterations", "N", "at which EM is stopped where the approximation error is present (default: 3)"},
        {"reference", "N", "draws for infinitely many data (default: 20000)"},
        {"samples", "M", "samples per generation (default: 300)"},
        {"generations", "T", "refits (default: 10)"},
        {"replicates", "R", "runs behind each mean (default: 100)"}}},
      [](example::session& run) {
        const Index generations = run.number("generations", 10, 2), replicates = run.number("replicates", 100, 6);
        const Index samples = run.given.integer("samples", 300, 20), iterations = run.given.integer("iterations", 3);
        const Index reference = run.number("reference", 20'000, 2'000);
        const std::string recipe = run.given.choice("recipe", "replace", {"replace", "preserve", "accumulate"});
        run.record().set("generations", generations).set("replicates", replicates).set("samples", samples);
        run.record().set("iterations", iterations).set("reference", reference);

        const sim::mixture_estimator<double, 1> two({.components = 2, .max_iterations = iterations});
        const sim::mixture_estimator<double, 1> three({.components = 3, .max_iterations = iterations});
        const law truth = three_normals();
        const sim::knock_out_records all = sim::run_knock_outs(
            sim::experiment{truth, two, recipe_named(recipe)}, three, {.generations = generations, .samples = samples},
            run.replication(replicates, recipe), reference, run.threads(),
            sim::metric{"mmd_sq", [](const auto& g) { return mmd_squared(g.model, g.truth, 1.0); }},
            sim::metric{"w2_sq", [](const auto& g) { return w2_squared(g.truth, g.model); }},
            sim::metric{"kl_from_truth", [](const auto& g) { return kl(g.truth, g.model); }});

        sim::table out({"recipe", "quantity"});
        for (std::size_t k = 0; k < all.metrics().size(); ++k) {
          const auto add = [&](const std::string& what, const sim::band& b, double theory = unknown) {
            const sim::table_row row{{recipe, what}, generations, all.metrics()[k], b, theory};
            out.add(row);
            run.check(row);
          };
          for (std::size_t c = 0; c < sim::knock_out_records::chains; ++c) {
            // Where all three are off nothing goes wrong: the family holds the truth, the learner is ideal, the data are infinite.
            const bool nothing = c == 0 && recipe == "replace";
            add("y_" + name_of(error_sources::of(c)), all.value(error_sources::of(c), k), nothing ? 0.0 : unknown);
          }
          for (std::size_t c = 1; c < sim::knock_out_records::chains; ++c)
            add("effect_" + name_of(error_sources::of(c)), all.effect(error_sources::of(c), k));
          add("shapley_E", all.shapley(sim::term::expressivity, k));
          add("shapley_A", all.shapley(sim::term::approximation, k));
          add("shapley_S", all.shapley(sim::term::statistical, k));
        }
        run.save(out, knock_out::picture(out, all.metrics(), recipe), 1700, 520);
      });
}
