// When does a mixture lose a mode? Well-separated Gaussians are refitted to their own samples with the labels known: then the
// weights are the Wright-Fisher chain of population genetics (Wright 1931) exactly, whatever the components do, and a mode that
// gets no sample is gone. Beside it EM, which must find the labels out, and for which there is no such theory.
//
// Builds on: discrete_walk, mixture_walk. New here: data with labels (`labelled_mixture`), whose draws can be collapsed:
// multinomial counts, and the exact law of each component's moments.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <simulacra/mixture.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory.hpp>

#include "common/session.hpp"
#include "modes.hpp"
#include "picture.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using mixture_modes::conditions;
using mixture_modes::modes;
using mixture_modes::setting;
using mixture_modes::unknown;
using sim::Index;

namespace {

/// "lost_3" -> 3
std::size_t number_in(std::string_view metric) {
  return static_cast<std::size_t>(std::stol(std::string(metric.substr(metric.rfind('_') + 1))));
}

double expected(const modes& m, const setting& s, std::string_view metric, Index t) {
  if (s.estimator != "labelled") return unknown;
  if (metric == "heterozygosity") return theory::heterozygosity(m.heterozygosity(), s.samples, t);
  if (metric == "weight_error_sq") return theory::squared_drift(m.heterozygosity(), s.samples, t);
  if (metric == "modes_left") return theory::distinct_symbols(m.weights, s.samples, t);
  return theory::extinction_probability(m.weights[number_in(metric) - 1], s.samples, t);
}

/// An event that hardly any replicate sees, or hardly any misses, has no usable standard error: fifty are wanted on either side.
bool trusted(const modes& m, const setting& s, const sim::table_row& row) {
  const auto n = static_cast<double>(row.values.count);
  const auto both = [n](double yes, double no) { return yes * n >= 50 && no * n >= 50; };
  if (row.metric.starts_with("lost_")) return both(row.theory, 1 - row.theory);
  // Once hardly any lineage has two modes left (then two draws differ in a third of cases), the same holds of the others.
  if (!(theory::heterozygosity(m.heterozygosity(), s.samples, row.generation) * n >= 50.0 / 3)) return false;
  if (row.metric == "modes_left") return both(static_cast<double>(m.weights.size()) - row.theory, row.theory - 1);
  return true;
}

template <class Truth, class Estimator>
void walk(example::session& run, const modes& m, const setting& s, const Truth& truth, const Estimator& fit,
          Index generations, Index replicates, sim::table& out) {
  auto many = run.replication(replicates, s.estimator);
  many.generations = example::spread(generations);
  for (double t = 1; t < static_cast<double>(generations); t = std::max(t + 1, 1.1 * t))
    many.generations.push_back(static_cast<Index>(t));
  std::sort(many.generations.begin(), many.generations.end());
  many.generations.erase(std::unique(many.generations.begin(), many.generations.end()), many.generations.end());
  const bool labels = s.estimator == "labelled";
  // A lineage goes on when its modes have become points: which of them is drawn does not depend on their spread.
  const sim::plan how{.generations = generations, .samples = s.samples, .stop = {.resolution = false}};
  const auto records = sim::run_ensemble(sim::experiment{truth, fit, sim::replace{}}, how, many, run.threads(),
                                         mixture_modes::mode_probe(m, labels));
  run.add(
      out, records, conditions(s), [&](std::string_view metric, Index t) { return expected(m, s, metric, t); },
      [&](const sim::table_row& row) { return trusted(m, s, row); });
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"mixture_modes",
       "which modes does a mixture lose, and when? labels known, beside EM",
       {{"samples", "M", "fresh samples per generation (default: 30)"},
        {"apart", "DELTA", "distance of neighbouring modes in standard deviations (default: 10)"},
        {"generations", "T", "refits (default: 200)"},
        {"replicates", "R", "runs behind each mean with labels (default: 2000)"},
        {"em-replicates", "R", "runs behind each mean of EM (default: 1000)"},
        {"floor", "R", "variance that is added to every component (default: 0 with labels, 1e-6 for EM)"},
        {"estimator", "NAME", "labelled, em (default: both)"}}},
      [](example::session& run) {
        const modes m{{0.15, 0.5, 0.05, 0.3}, run.given.real("apart", 10)};
        if (!(m.apart > 0)) throw example::usage_error("--apart must be > 0");
        const Index samples = run.given.integer("samples", 30, 2), generations = run.number("generations", 200, 100);
        const Index replicates = run.number("replicates", 2000, 1000),
                    em_replicates = run.number("em-replicates", 1000, 100);
        const std::string only = run.given.choice("estimator", "both", {"both", "labelled", "em"});
        run.record().set("samples", samples).set("generations", generations).set("apart", m.apart);

        std::vector<setting> settings;
        if (only != "em") settings.push_back({"labelled", samples, run.given.real("floor", 0), m.apart});
        if (only != "labelled") settings.push_back({"em", samples, run.given.real("floor", 1e-6), m.apart});
        sim::table out({"estimator", "samples", "apart", "floor"});
        for (const setting& s : settings) {
          if (run.stopped()) break;
          if (s.estimator == "labelled")
            walk(run, m, s, sim::labelled_mixture<double, 1>(m.truth()),
                 sim::labelled_mixture_estimator<double, 1>(sim::divisor::n, {.shrinkage = 0, .floor = s.floor}),
                 generations, replicates, out);
          else
            walk(run, m, s, m.truth(),
                 sim::mixture_estimator<double, 1>(
                     {.components = static_cast<Index>(m.weights.size()), .restarts = 3, .floor = s.floor}),
                 generations, em_replicates, out);
        }
        const auto lines =
            mixture_modes::one_run(run, m, {"labelled", samples, run.given.real("floor", 0), m.apart}, generations);
        run.save(out, mixture_modes::picture(out, m, settings, generations, lines), 1300, 850);
      });
}
