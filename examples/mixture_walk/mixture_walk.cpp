// What happens to a Gaussian mixture that is fitted by EM to its own samples, again and again: the mixture experiment of
// Shumailov et al. (2024). One round blob, two components; and, by --truth, shapes that no small mixture can hold.
//
// Builds on: gaussian_walk. New here: EM with all three errors of the paper at once, a lineage whose models are kept on the way
// (snapshots), and what is exact even so. An EM step leaves the mean of the data and their covariance (plus the floor) to the
// mixture as a whole, whatever the responsibilities are, so the whole obeys the law of a single Gaussian fit to the letter
// although its components follow no law in closed form.
//
// At large M the distances jump where the samples hardly move: that is EM stopping at its tolerance, the paper's approximation error.
// With  --samples 50000 --generations 50 --replicates 2 --tolerance 1e-8  it is several times smaller, and hardly jumps.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/mixture.hpp>
#include <simulacra/recursion.hpp>

#include "common/session.hpp"
#include "mixture_walk/picture.hpp"
#include "mixture_walk/settings.hpp"
#include "mixture_walk/snapshots.hpp"
#include "mixture_walk/truth.hpp"

using namespace mixture_walk;
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// Reads each generation, and remembers the first fit. The reference stands for the truth: the truth itself, or a large fit.
class walk_probe {
 public:
  explicit walk_probe(law reference) : reference_(std::move(reference)) {}

  [[nodiscard]] std::vector<std::string> names() const {
    return {"l2_to_truth", "l2_to_first_fit", "variance", "mean_error_sq", "component_sd", "smallest_log_det", "components"};
  }

  template <class Generation>
  void operator()(const Generation& g, std::span<double> out) {
    const law& now = g.model;
    if (g.number == 1) first_ = now;
    out[0] = l2_squared(now, reference_);
    out[1] = g.number == 1 ? unknown : l2_squared(now, *first_);
    out[2] = now.covariance().trace() / 2;
    out[3] = (now.mean() - reference_.mean()).squaredNorm();
    double mean_log = 0, smallest = std::numeric_limits<double>::infinity();
    for (Index j = 0; j < now.size(); ++j) {
      mean_log += now.component(j).log_determinant() / static_cast<double>(now.size());
      smallest = std::min(smallest, now.component(j).log_determinant());
    }
    out[4] = std::exp(mean_log / 4);
    out[5] = smallest;
    out[6] = static_cast<double>(now.size());
  }

 private:
  law reference_;
  std::optional<law> first_;
};

/// What is exact: the covariance of the whole is that of the data and the floor r, so on average v' = (1 - 1/M) v + r; and its
/// mean walks by v / M each generation. Known for the blob, whose covariance is I, under `replace`.
double expected(const setting& s, std::string_view metric, Index t) {
  if (s.shape != "blob" || s.recipe != "replace") return unknown;
  const double m = static_cast<double>(s.samples), kept = 1 - 1 / m;
  double v = 1, walked = 0;
  for (Index i = 0; i < t; ++i) {
    walked += 2 * v / m;
    v = kept * v + s.floor;
  }
  if (metric == "variance") return v;
  if (metric == "mean_error_sq") return walked;
  return unknown;
}

/// Those means are no yardstick once the generations are many against the samples: see gaussian_walk.
bool trusted(const setting& s, const sim::table_row& row) { return row.generation * 5 <= s.samples; }

/// What the L2 distance to the truth is measured from. The blob is a Gaussian; of the other shapes the fit to a large sample
/// stands for it, so that the distance is to the best that this procedure makes of the truth.
law reference(const setting& s, const sim::stream& root) {
  if (s.shape == "blob") return law(sim::gaussian<double, 2>::standard());
  sim::stream rng = root.at(0, sim::purpose::reference);
  const auto many = truth{s.shape}.sample(100'000, rng);
  return fit_of(s).fit(many, rng).model;
}

void walk(example::session& run, const setting& s, const effort& e, sim::table& out) {
  const sim::experiment what{truth{s.shape}, fit_of(s), recipe_named(s.recipe)};
  auto many = run.replication(e.replicates, s.shape + " M=" + std::to_string(s.samples));
  many.generations = recorded(e.generations);
  const auto records = sim::run_ensemble(what, {.generations = e.generations, .samples = s.samples}, many, run.threads(),
                                         walk_probe(reference(s, sim::stream(run.seed()))));
  for (const sim::status went : {sim::status::degenerate, sim::status::not_converged})
    run.record().set("fits_" + std::string(sim::name_of(went)) + "_of_" + std::to_string(s.samples) + "_samples",
                     records.fits[static_cast<std::size_t>(went)]);
  run.add(
      out, records, conditions(s), [&](std::string_view metric, Index t) { return expected(s, metric, t); },
      [&](const sim::table_row& row) { return trusted(s, row); });
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"mixture_walk",
       "a Gaussian mixture refitted by EM to its own samples: one blob, or a shape that it cannot hold",
       {{"truth", "NAME", "blob, moons, rings, pinwheel (default: blob)"},
        {"components", "K", "at most so many, with full covariances (default: 2 for the blob, else 8)"},
        {"samples", "M[,M...]", "fresh samples per generation (default: 500,1000,10000,50000,200000)"},
        {"generations", "T", "refits (default: 2050, fewer where M is large or all data are kept)"},
        {"replicates", "R", "runs behind each band (default: what takes some seconds)"},
        {"recipe", "NAME", "replace, accumulate, preserve, which keeps 10 % of real data (default: replace)"},
        {"floor", "R", "variance that is added to every component in every direction (default: 1e-6, as in the paper)"},
        {"tolerance", "EPS", "EM stops when the mean log-likelihood changes by less (default: 1e-5, as in the paper)"}}},
      [](example::session& run) {
        const std::string shape = run.given.choice("truth", "blob", {"blob", "moons", "rings", "pinwheel"});
        const std::string recipe = run.given.choice("recipe", "replace", {"replace", "accumulate", "preserve"});
        const Index components = run.given.integer("components", shape == "blob" ? 2 : 8);
        const double floor = run.given.real("floor", 1e-6), tolerance = run.given.real("tolerance", 1e-5);

        const setting any{shape, recipe, components, 0, floor, tolerance};
        const std::vector<setting> settings = settings_of(run, any);
        const setting drawn = drawn_of(run, any);
        run.record()
            .set("floor", floor)
            .set("tolerance", tolerance)
            .set("components", components)
            .set("reference", shape == "blob" ? "truth" : "fit to 100000 samples");
        sim::table out({"truth", "recipe", "components", "samples", "floor", "tolerance"});
        Index last = 1;
        for (const setting& s : settings) {
          if (run.stopped()) break;
          const effort e = effort_for(run, s);
          last = std::max(last, e.generations);
          walk(run, s, e, out);
        }
        const auto models = snapshots(run, drawn, out);
        run.save(out, picture(out, drawn, models, settings, last, run.seed()), 1700, 800);
      });
}
