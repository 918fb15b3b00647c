// A verifier between a model and what it publishes: what passes is what the next model reads. Three questions. Where does a verifier lead that
// lets pass what lies in a window (left)? How often do right answers win under one that errs (middle)? And when does one help that has
// itself learned from a few real points (right)?
//
// Builds on: curation. New here: verified, which rejects, and verified_by, whose verifier is fitted to real data once a lineage.

#include <cmath>
#include <string>
#include <vector>

#include <simulacra/categorical.hpp>
#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory.hpp>

#include "common/session.hpp"
#include "verifier/known_variance.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;

namespace {

const sim::gaussian<double, 1> truth(0, 1);
constexpr double reach = 1.5;  ///< of the verifier that has learned, in standard deviations
const auto trust_all = [](const sim::table_row&) { return true; };

/// What lies in a window about c passes; the variance is known to be 1.
void lead(example::session& run, double c, double r, sim::table& out) {
  const auto inside = [c, r](const auto& x) { return std::abs(x[0] - c) < r; };
  const sim::experiment what{truth, known_variance, sim::replace{}, sim::verified(inside)};
  // So many samples that a chain is nearly that of infinitely many: the map bends too little to be seen.
  const auto records = sim::run_ensemble(what, {.generations = 12, .samples = run.number("window", 4000, 1000)},
                                         run.replication(200, "window"), run.threads(),
                                         sim::metric{"mean", [](const auto& g) { return g.model.mean()[0]; }});
  run.add(
      out, records, {"window", sim::argument::text(c)},
      [&](std::string_view, Index n) { return theory::verified_window(0, c, r, n - 1).mean; }, trust_all);
}

/// A tenth of the answers are right. Right ones pass a verifier with `ratio` times the probability of wrong ones.
void judge(example::session& run, double ratio, sim::table& out) {
  const auto right = [](const auto& x) { return x[0] == 1; };
  const double keep = ratio < 1 ? ratio : 1, pass = ratio < 1 ? 1 : 1 / ratio;
  const sim::experiment what{sim::categorical{0.9, 0.1}, sim::categorical_estimator(2), sim::replace{},
                             sim::verified(right, {.keep = keep, .pass = pass})};
  const auto records =
      sim::run_ensemble(what, {.generations = 500, .samples = 50}, run.replication(run.number("runs", 4000, 500), "noisy"),
                        run.threads(), sim::metric{"right", [](const auto& g) { return g.model.probability(1); }});
  run.add(
      out, records, {"noisy", sim::argument::text(ratio)},
      [&](std::string_view, Index n) { return n == 500 ? theory::noisy_verifier_fixation(0.1, 50, ratio) : std::nan(""); },
      [](const sim::table_row& row) {  // what hardly ever happens has no standard error to speak of
        const double count = static_cast<double>(row.values.count);
        return row.generation == 500 && row.theory * count > 20 && (1 - row.theory) * count > 20;
      });
}

/// A verifier about the mean of m real points, or none (m = 0): the squared error of the mean after so many generations.
void learn(example::session& run, Index m, const sim::plan& how, sim::table& out) {
  const auto error = sim::metric{"squared_error", [](const auto& g) { return g.model.mean()[0] * g.model.mean()[0]; }};
  const auto near = [](const auto& v, const auto& x) { return std::abs(x[0] - v.mean()[0]) < reach; };
  const auto with = [&](const auto& decoder) {
    return sim::run_ensemble(sim::experiment{truth, known_variance, sim::replace{}, decoder}, how,
                             run.replication(run.number("replicates", 1000, 200), "learned"), run.threads(), error);
  };
  const auto records = m == 0 ? with(sim::as_is{}) : with(sim::verified_by(m, known_variance, near));
  run.add(
      out, records, {"learned", std::to_string(m)},
      [&](std::string_view, Index n) {
        return m == 0 ? static_cast<double>(n) / static_cast<double>(how.samples(0))
                      : squared_error(m, reach, how.samples(0), n);
      },
      [&](const sim::table_row& row) { return row.generation == how.generations; });
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(argc, argv,
                      {"verifier",
                       "what a verifier does to a chain: a window, one that errs, and one that has learned from real points",
                       {{"window", "M", "samples of each generation under the window (default: 4000)"},
                        {"runs", "R", "runs of the verifier that errs (default: 4000)"},
                        {"replicates", "R", "runs of the verifier that has learned (default: 1000)"}}},
                      [](example::session& run) {
                        sim::table out({"verifier", "setting"});
                        const std::vector<double> ratios{0.8, 0.9, 1, 1.02, 1.05, 1.1, 1.2, 1.4, 2};
                        const std::vector<Index> points{0, 5, 10, 20, 50, 100, 200, 500};
                        const sim::plan how{.generations = 50, .samples = 500};
                        for (const double c : {0.3, 1.0, 2.0})
                          if (!run.stopped()) lead(run, c, 1, out);
                        for (const double ratio : ratios)
                          if (!run.stopped()) judge(run, ratio, out);
                        for (const Index m : points)
                          if (!run.stopped()) learn(run, m, how, out);
                        run.save(out, picture(out, how), 1500, 520);
                      });
}
