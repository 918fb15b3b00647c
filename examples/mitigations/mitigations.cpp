// What slows collapse, and what two related failures look like. Left: the expected variance of a Gaussian that is refitted to its own
// samples, with what is said to help: some real data (does), noise on the data (does, and overshoots), mixing pairs of observations and
// resampling (make it worse), a floor under the variance (holds it there). Each has a recursion for its expectation. Middle: poisoning. A share of
// what every model publishes comes from elsewhere; after some generations a small share has done what a large one does at once. Right: catastrophic
// forgetting. A model of task A that learns on line is trained on, generation by generation, with task B's data, and loses A, unless some of
// A's data are shown again.
//
// Builds on: gaussian_walk, recipes. New here: `augmented` estimators, the decoder `poisoned`, and `warm_started`.

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory.hpp>

#include "common/session.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
using normal = sim::gaussian<double, 1>;
using normal_estimator = sim::gaussian_estimator<double, 1>;

std::vector<std::string> conditions(const std::string& part, const std::string& how, double strength, Index samples) {
  return {part, how, sim::argument::text(strength), std::to_string(samples)};
}

sim::replication many(example::session& run, const std::string& what, Index replicates, Index generations) {
  auto how = run.replication(replicates, what);
  how.generations = example::spread(generations);
  return how;
}

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

struct pace {
  std::string how;
  double strength;
};

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

// ---- forgetting ----

/// Learns on line: its first two moments go a share of the way to those of each generation's data, from where the model before left
/// them, as stochastic approximation does with a constant rate.
struct online_estimator {
  double rate;
  normal begin{0, 1};

  [[nodiscard]] normal fit(const sim::samples<double, 1>& x, sim::stream&) const {
    const double before = begin.mean()[0], mean = before + rate * (x.mean() - before);
    const double square = (1 - rate) * (begin.variance() + before * before) + rate * x.array().square().mean();
    return {mean, square - mean * mean};
  }
  [[nodiscard]] online_estimator starting_from(const normal& model) const { return {rate, model}; }
};

/// A model of task A, N(-2, 1), is trained on task B, N(2, 1), in whose data a share is A's.
void forget(example::session& run, double replay, Index samples, Index generations, Index replicates, sim::table& out) {
  constexpr double rate = 0.05;
  const normal a(-2, 1), b(2, 1);
  const sim::contaminated<normal, normal> shown(b, std::make_shared<const normal>(a), replay);
  const auto only_new = [](Index, Index m) { return sim::ingredients{sim::from_truth(m)}; };
  const auto records =
      sim::run_ensemble(sim::experiment{shown, sim::warm_started(online_estimator{rate, a}), only_new},
                        {.generations = generations, .samples = samples}, many(run, "forgetting", replicates, generations),
                        run.threads(), sim::metric{"mean", [](const auto& g) { return g.model.mean()[0]; }},
                        sim::metric{"kl_of_task_a", [a](const auto& g) { return sim::kl_divergence(a, g.model); }});
  const double limit = (1 - replay) * 2 - replay * 2;
  run.add(
      out, records, conditions("forgetting", "replay", replay, samples),
      [=](std::string_view metric, Index t) {
        return metric == "mean" ? limit + std::pow(1 - rate, static_cast<double>(t)) * (-2 - limit) : unknown;
      },
      [](const sim::table_row&) { return true; });
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"mitigations",
       "what slows collapse, and two related failures: poisoning and forgetting",
       {{"samples", "M", "observations per generation (default: 100)"},
        {"generations", "T", "refits (default: 300)"},
        {"replicates", "R", "runs behind each mean (default: 4000)"}}},
      [](example::session& run) {
        const Index samples = run.given.integer("samples", 100, 8), generations = run.number("generations", 300, 60),
                    replicates = run.number("replicates", 4000, 400), few = (std::max)(Index{100}, replicates / 20);
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
          forget(run, replay, samples, rounds, few, out);
        }

        example::figure f(out);
        f << "set multiplot layout 1,3 margins 0.045,0.99,0.13,0.92 spacing 0.055,0.1\nset xlabel 'generation' offset "
             "0,0.4\n"
          << example::log_axis("x") << example::log_axis("y") << "set key bottom left\n";
        example::plot_list paces_drawn, poisons, losses;
        int colour = 0;
        for (const pace& p : all)
          paces_drawn.mean(f.over_generations(conditions("pace", p.how, p.strength, samples), "variance"), ++colour,
                           p.how + (p.strength > 0 ? " " + sim::argument::text(p.strength) : ""));
        f << "set title \"mitigations: expected variance\"\n" << paces_drawn.text();
        colour = 0;
        for (const Index t : {Index{2}, Index{10}, rounds})
          for (const std::string how : {"replace", "10 % real"}) {
            if (t == 2 && how != "replace") continue;  // the two hardly differ yet
            const auto line = f.over(
                how + ": mean after " + std::to_string(t) + " generations",
                [&](const sim::table_row& row) {
                  return row.conditions[0] == "poisoning" && row.generation == t && row.conditions[1] == how;
                },
                [](const sim::table_row& row) { return std::stod(row.conditions[2]); });
            poisons.mean(line, ++colour, how + ", " + std::to_string(t) + " generations");
          }
        f << example::linear_axis("y")
          << "set xlabel 'share of draws that are poisoned' offset 0,0.4\nset key top left\nset yrange [0:8]\n"
          << "set title \"poisoning: the mean (clean 0, poison 5)\"\n"
          << poisons.text();
        colour = 0;
        for (const double replay : replays)
          losses.band_and_mean(f.over_generations(conditions("forgetting", "replay", replay, samples), "kl_of_task_a"),
                               ++colour, sim::argument::text(100 * replay) + " % of task A shown again");
        f << "set xlabel 'generation' offset 0,0.4\nset yrange [0:*]\n"
          << "set title \"forgetting: KL of task A from the model\"\n"
          << losses.text("");
        run.save(out, f, 1500, 520);
      });
}
