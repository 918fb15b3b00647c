// What slows collapse, and what two related failures look like. Left: the expected variance of a Gaussian that is refitted to its own
// samples, with what is said to help: some real data (does), noise on the data (does, and overshoots), mixing pairs of observations and
// resampling (make it worse), a floor under the variance (holds it there). Each has a recursion for its expectation. Middle: poisoning. A share of
// what every model publishes comes from elsewhere; after some generations a small share has done what a large one does at once. Right: catastrophic
// forgetting. A model of task A that learns on line is trained on, generation by generation, with task B's data, and loses A, unless some of
// A's data are shown again.
//
// Builds on: gaussian_walk, recipes. New here: `augmented` estimators, the decoder `poisoned`, and `warm_started`.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory.hpp>

#include "common/session.hpp"
#include "forgetting.hpp"
#include "picture.hpp"
#include "setting.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using mitigations::conditions;
using mitigations::many;
using mitigations::normal;
using mitigations::normal_estimator;
using mitigations::pace;
using sim::Index;

namespace {

/// E of the variance after one generation more, if it is v now: see `augmentation` for what each does to data of M observations.
struct step {
  double factor = 1, added = 0;

  [[nodiscard]] double after(Index generations) const {
    double v = 1;
    for (Index t = 0; t < generations; ++t) v = factor * v + added;
    return v;
  }
};

// ---- what slows collapse ----

template <class Estimator, class Recipe>
void chain(example::session& run, const pace& p, Index samples, Index generations, Index replicates, const Estimator& fit,
           const Recipe& recipe, const sim::theory_curve& expected, sim::table& out) {
  const auto records =
      sim::run_ensemble(sim::experiment{normal(0, 1), fit, recipe}, {.generations = generations, .samples = samples},
                        many(run, p.how, replicates, generations), run.threads(),
                        sim::metric{"variance", [](const auto& g) { return g.model.variance(); }});
  // The law of a product of many random factors has heavy tails: a mean is a yardstick while they are few.
  run.add(out, records, conditions("pace", p.how, p.strength, samples), expected,
          [samples](const sim::table_row& row) { return 2 * row.generation <= samples; });
}

void paces(example::session& run, const std::vector<pace>& all, Index samples, Index generations, Index replicates,
           sim::table& out) {
  const double m = 1 - 1 / static_cast<double>(samples);
  const normal_estimator fit(sim::divisor::n);
  for (const pace& p : all) {
    if (run.stopped()) return;
    const auto follow = [&](const step& s, const auto& estimator) {
      chain(
          run, p, samples, generations, replicates, estimator, sim::replace{},
          [s](std::string_view, Index t) { return s.after(t); }, out);
    };
    const double x = p.strength;
    if (p.how == "nothing") follow({m, 0}, fit);
    if (p.how == "bootstrap") follow({m * m, 0}, sim::augmented(fit, {.bootstrap = true}));
    if (p.how == "jitter") follow({m * (1 + x * x * m), 0}, sim::augmented(fit, {.jitter = x}));
    if (p.how == "mixup") {
      const double r = (x + 1) / (2 * x + 1);
      follow({m * (r - (r - 0.25) * (1 - m)), 0}, sim::augmented(fit, {.mixup = x}));
    }
    if (p.how == "floor") follow({m, x}, normal_estimator(sim::divisor::n, {.shrinkage = 0, .floor = x}));
    if (p.how == "real data")
      chain(
          run, p, samples, generations, replicates, fit, sim::general_process(1 - x, 0, x),
          [=](std::string_view, Index t) {
            return theory::mixture_gaussian_moments(1 - x, 0, x, samples, t - 1, sim::divisor::n).fitted_variance;
          },
          out);
  }
}

// ---- poisoning ----

/// The mean after so many generations, where a share of each model's draws has mean `at` and a share of the data is real.
double poisoned_mean(double at, double share, double real, Index generations) {
  double m = 0;
  for (Index t = 1; t < generations; ++t) m = (1 - real) * ((1 - share) * m + share * at);
  return m;
}

template <class Recipe>
void poison(example::session& run, const std::string& how, const Recipe& recipe, double real, double share, Index samples,
            Index generations, Index replicates, sim::table& out) {
  constexpr double at = 5;
  const auto records = sim::run_ensemble(
      sim::experiment{normal(0, 1), normal_estimator(sim::divisor::n), recipe, sim::poisoned(normal(at, 0.01), share)},
      {.generations = generations, .samples = samples}, many(run, how, replicates, generations), run.threads(),
      sim::metric{"mean", [](const auto& g) { return g.model.mean()[0]; }});
  run.add(
      out, records, conditions("poisoning", how, share, samples),
      [=](std::string_view, Index t) { return poisoned_mean(at, share, real, t); },
      [](const sim::table_row&) { return true; });
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(argc, argv,
                      {"mitigations",
                       "what slows collapse, and two related failures: poisoning and forgetting",
                       {{"samples", "M", "observations per generation (default: 100)"},
                        {"generations", "T", "refits (default: 300)"},
                        {"replicates", "R", "runs behind each mean (default: 4000)"}}},
                      [](example::session& run) {
                        const Index samples = run.given.integer("samples", 100, 8),
                                    generations = run.number("generations", 300, 60),
                                    replicates = run.number("replicates", 4000, 400),
                                    few = (std::max)(Index{100}, replicates / 20);
                        run.record().set("samples", samples).set("generations", generations).set("replicates", replicates);
                        const std::vector<pace> all{{"nothing", 0},   {"bootstrap", 0}, {"mixup", 0.02},
                                                    {"jitter", 0.12}, {"floor", 1e-3},  {"real data", 0.1}};
                        const std::vector<double> shares{0.01, 0.02, 0.05, 0.1, 0.2, 0.4}, replays{0, 0.1, 0.3};
                        sim::table out({"part", "how", "strength", "samples"});
                        paces(run, all, samples, generations, replicates, out);
                        const Index rounds = (std::min)(generations, Index{100});
                        for (const double share : shares) {
                          if (run.stopped()) break;
                          poison(run, "replace", sim::replace{}, 0, share, samples, rounds, few, out);
                          poison(run, "10 % real", sim::general_process(0.9, 0, 0.1), 0.1, share, samples, rounds, few, out);
                        }
                        for (const double replay : replays) {
                          if (run.stopped()) break;
                          mitigations::forget(run, replay, samples, rounds, few, out);
                        }

                        run.save(out, mitigations::picture(out, all, replays, samples, rounds), 1500, 520);
                      });
}
