// How do I study a law and an estimator of my own? Write two structs, about fifteen lines each: no base class, no macro. Here is
// a Laplace law, which the library does not have, fitted by maximum likelihood: the median, and the mean absolute deviation
// from it. (What collapse does to it is Shumailov et al. (2024)'s story again; the exact law of its scale, with the location
// known, is that of the exponential law's mean: a product of Gamma(M) variables over M.)
//
// Builds on: gaussian_walk. New here: `laplace` and `laplace_mle`, in laplace.hpp. Everything else is the library's: one lineage (program
// 1), an ensemble with its table beside theory (program 2), the same with other recipes, and the error ledger (program 3), which need
// no change in the two structs. Two one-line members tell the ledger more: the characteristic function, where the law lies exactly;
// `ideal`, that this fit is the best there is.

#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <simulacra/ledger.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory.hpp>

#include "common/session.hpp"
#include "laplace.hpp"
#include "picture.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using bring_your_own::laplace;
using bring_your_own::laplace_mle;
using sim::Index;

namespace {

/// Program 1: one lineage. An observer sees each generation; what is returned is the last model and how it all went.
void one_lineage(const sim::stream& root, Index samples, Index generations) {
  const sim::experiment what{laplace{}, laplace_mle{}, sim::replace{}};
  std::printf("one lineage, M = %lld:\n  generation  location     scale\n", static_cast<long long>(samples));
  const auto line = sim::run_lineage(what, {.generations = generations, .samples = samples}, root, [&](const auto& g) {
    if (g.number == generations || g.number * 4 % generations == 0)
      std::printf("  %10lld  %8.4f  %8.4f\n", static_cast<long long>(g.number), g.model.location, g.model.scale);
  });
  std::printf("  it %s after %lld generations\n", line.why == sim::ending::completed ? "was completed" : "ended",
              static_cast<long long>(line.generations));
}

/// Program 3: the error ledger. The family holds the truth and the fit is exact, so what the ledger finds is statistical; what it
/// says of the other two is the error of the reference draws by which it found the corners.
void one_ledger(const sim::stream& root, Index samples, Index generations) {
  const sim::experiment what{laplace{}, laplace_mle{}, sim::replace{}};
  sim::stream rng = root.at(0, sim::purpose::user);
  const sim::feature_space space(sim::random_fourier_features(sim::laplace_kernel(1.0), 1, 256, rng));
  sim::ledger books(what, space, {.reference = 20'000});
  sim::run_lineage(what, {.generations = generations, .samples = samples}, root, books);
  std::printf("its ledger:\n  generation  distance^2  statistical  expressivity  error of the latter\n");
  for (const sim::ledger_row& row : books.rows())
    if (row.generation == generations || row.generation * 4 % generations == 0)
      std::printf("  %10lld  %10.6f  %11.6f  %12.6f  %19.6f\n", static_cast<long long>(row.generation), row.distance_sq,
                  row.squared_of(sim::term::statistical), row.squared_of(sim::term::expressivity),
                  row.error_squared[sim::index_of(sim::term::expressivity)]);
}

/// What is known. With the location known the scale is a mean of |x - location|, so its own mean stays what it was under every
/// recipe, and without a recipe its logarithm is a sum of independent log Gamma(M) - log M. With the location fitted the law is
/// symmetric about the truth's, so that the location is right on average; nothing else has a closed form, and that cell of the
/// table stays empty.
double expected(const std::string& estimator, const std::string& recipe, std::string_view metric, Index samples, Index t) {
  if (metric == "location") return 0;
  if (estimator == "known_location") {
    if (metric == "location_error_sq") return 0;
    if (metric == "scale") return 1;
    if (metric == "log_scale" && recipe == "replace") return static_cast<double>(t) * theory::exponential_log_rate(samples);
  }
  return std::numeric_limits<double>::quiet_NaN();
}

/// Under `replace` the scale is a product of ever more random factors. Its mean is no yardstick once its tails are heavy, which
/// begins where generations reach a third of the samples; its logarithm always is. With all data kept, or with enough real ones
/// among enough draws for the fourth moment to stay finite, the tails stay light.
bool trusted(const std::string& recipe, const sim::table_row& row, Index samples) {
  const double m = static_cast<double>(samples);
  const bool light =
      recipe == "accumulate" ||
      (recipe == "preserve" && std::pow(0.9, 4) * (1 + 1 / m) * (1 + 2 / m) * (1 + 3 / m) < 0.9 && samples >= 10);
  return light || row.metric == "log_scale" || row.generation * 3 <= samples;
}

sim::any_recipe recipe_named(const std::string& name) {
  if (name == "accumulate") return sim::accumulate{};
  if (name == "preserve") return sim::preserve(0.1);
  return sim::replace{};
}

/// Program 2: an ensemble, under any recipe.
void many(example::session& run, const std::string& estimator, const std::string& recipe, Index samples, Index generations,
          Index replicates, sim::table& out) {
  const laplace_mle fit = estimator == "known_location" ? laplace_mle{0.0} : laplace_mle{};
  const auto records = sim::run_ensemble(
      sim::experiment{laplace{}, fit, recipe_named(recipe)}, {.generations = generations, .samples = samples},
      run.replication(replicates, estimator + " " + recipe), run.threads(),
      sim::metric{"scale", [](const auto& g) { return g.model.scale; }},
      sim::metric{"log_scale", [](const auto& g) { return std::log(g.model.scale); }},
      sim::metric{"location", [](const auto& g) { return g.model.location - g.truth.location; }},
      sim::metric{"location_error_sq", [](const auto& g) { return std::pow(g.model.location - g.truth.location, 2); }});
  run.add(
      out, records, {estimator, recipe, std::to_string(samples)},
      [&](std::string_view metric, Index t) { return expected(estimator, recipe, metric, samples, t); },
      [&](const sim::table_row& row) { return trusted(recipe, row, samples); });
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(argc, argv,
                      {"bring_your_own",
                       "a Laplace law and its estimator, brought by the user, under the library's recipes",
                       {{"recipe", "NAME[,NAME...]", "replace, accumulate, preserve (default: all three)"},
                        {"samples", "M", "fresh samples per generation (default: 50)"},
                        {"generations", "T", "refits (default: 100)"},
                        {"replicates", "R", "runs behind each band (default: 1000)"}}},
                      [](example::session& run) {
                        const std::vector<std::string> estimators{"mle", "known_location"};
                        const std::vector<std::string> known{"replace", "accumulate", "preserve"};
                        const auto recipes = run.given.choices("recipe", known, known);
                        const Index samples = run.given.integer("samples", 50, 2);
                        const Index generations = run.number("generations", 100, 50),
                                    replicates = run.number("replicates", 1000, 200);
                        run.record().set("generations", generations).set("replicates", replicates);

                        one_lineage(sim::stream(run.seed()), samples, generations);
                        one_ledger(sim::stream(run.seed()), samples, generations);

                        sim::table out({"estimator", "recipe", "samples"});
                        for (const std::string& estimator : estimators)
                          for (const std::string& recipe : recipes)
                            if (!run.stopped()) many(run, estimator, recipe, samples, generations, replicates, out);
                        run.save(out, bring_your_own::picture(out, estimators, recipes, samples, generations), 1700, 520);
                      });
}
