// Density estimation in a Hilbert space has one knob for each error: how many landmarks the space has, how many samples
// there are, and how much is spent on the procedure (solver steps, random features, a ridge). Does each error fall when its
// own knob is turned, and only then? The ledger is asked, for four estimators.
//
// Builds on: error_ledger. New here: the estimators of simulacra/rkhs.hpp, each with an exact learner of its own family
// beside it (`ideal()`) and its limit at infinitely many data in closed form or by quadrature (`population_fit`), so that no
// corner is noisy.

#include "rkhs_ledger.hpp"

#include <cstddef>
#include <cstdio>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/session.hpp"
#include "picture.hpp"

namespace sim = simulacra;
using rkhs_ledger::errors;
using rkhs_ledger::knobs;
using rkhs_ledger::procedure;
using rkhs_ledger::setting;
using sim::Index;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
std::vector<setting> settings_of(const procedure& p, Index landmarks, Index samples, Index generations, bool quick) {
  std::vector<setting> all;
  const setting standard{p.estimator, "", 0, landmarks, samples, p.standard, generations};
  const auto turn = [&](const std::string& knob, const std::vector<double>& positions) {
    for (std::size_t i = 0; i < positions.size(); ++i) {
      if (quick && i != 0 && i + 1 != positions.size()) continue;
      setting s = standard;
      s.knob = knob;
      s.value = positions[i];
      if (knob == "landmarks") s.landmarks = static_cast<Index>(s.value);
      if (knob == "samples") s.samples = static_cast<Index>(s.value);
      if (knob == "procedure") s.procedure = s.value;
      all.push_back(s);
    }
  };
  turn("landmarks", {3, 4, 5, 6, 8, 10, 13, 16});
  turn("procedure", p.positions);
  turn("samples", {20, 50, 100, 200, 500, 1000, 2000, 5000});
  return all;
}

sim::records run_one(example::session& run, const setting& s, const rkhs_ledger::space& in, Index replicates) {
  const auto many = run.replication(replicates, s.estimator + ", " + s.knob + " " + sim::argument::text(s.value));
  if (s.estimator == "mean") return with_mean(s, in, many, run.threads());
  if (s.estimator == "features") return with_features(s, in, many, run.threads());
  if (s.estimator == "psd") return with_psd(s, in, many, run.threads());
  return with_score(s, in, many, run.threads());
}

/// Adds the three squared errors of the last generation's fit, and the distance.
double add(example::session& run, const setting& s, const sim::records& all, sim::table& out) {
  run.report(all);
  const std::size_t last = all.generations().size() - 1;
  double worst = 0;
  for (const double r : all.values(last, all.column("residual")))
    if (!(r <= worst)) worst = r;
  for (const std::string& metric :
       {std::string("distance_sq"), "step_" + errors[0] + "_sq", "step_" + errors[1] + "_sq", "step_" + errors[2] + "_sq"})
    out.add({{s.estimator, s.knob, sim::argument::text(rkhs_ledger::position(s))},
             all.generations()[last],
             metric,
             all.at(last, all.column(metric)),
             unknown});
  return worst;
}

/// The one error that falls with another's knob, for a reason: where the family holds the truth, it is the best in any
/// features that tell its members apart, be they few. So landmarks that end the expressivity error end that of the features
/// too.
bool is_excused(const std::string& estimator, const std::string& knob, const std::string& error) {
  return estimator == "features" && knob == "landmarks" && error == "approximation";
}

/// Says how much each error fell along each knob. @return whether each fell tenfold along its own, and none to a third along
/// another
bool verdict(const sim::table& out, const procedure& p) {
  bool kept = true;
  for (std::size_t k = 0; k < knobs.size(); ++k) {
    const auto lines = rkhs_ledger::along(out, p.estimator, knobs[k]);
    std::printf("rkhs_ledger: %-8s %-10s", p.estimator.c_str(), knobs[k].c_str());
    for (std::size_t e = 0; e < errors.size(); ++e) {
      const double left = lines.back()[2 + e] / lines.front()[2 + e];
      std::printf("  %s x %.2g", errors[e].c_str(), left);
      kept = kept && (e == k ? left < 0.1 : left > 1.0 / 3 || is_excused(p.estimator, knobs[k], errors[e]));
    }
    std::printf("\n");
  }
  return kept;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"rkhs_ledger",
       "each error falls when, and only when, its own knob is turned: landmarks, procedure, samples",
       {{"estimator", "NAME", "mean, features, psd, score (default: all four)"},
        {"landmarks", "M", "where that knob stands while others are turned (default: 8)"},
        {"samples", "N", "the same for samples (default: 300)"},
        {"generations", "T", "refits; the errors shown are those of the last fit (default: 1)"},
        {"replicates", "R", "runs behind each mean (default: 100)"}}},
      [](example::session& run) {
        const Index landmarks = run.given.integer("landmarks", 8, 2), samples = run.given.integer("samples", 300, 2);
        const Index generations = run.given.integer("generations", 1), replicates = run.number("replicates", 100, 4);
        run.record()
            .set("landmarks", landmarks)
            .set("samples", samples)
            .set("generations", generations)
            .set("replicates", replicates);
        std::vector<procedure> estimators;
        const std::string only = run.given.choice("estimator", "all", {"all", "mean", "features", "psd", "score"});
        for (const procedure& p : rkhs_ledger::all_estimators())
          if (only == "all" || only == p.estimator) estimators.push_back(p);

        const rkhs_ledger::space in(sim::grid_features(sim::grid_axis{-10, 10, 80}));  // L2 of densities
        sim::table out({"estimator", "knob", "position"});
        double worst_residual = 0;
        for (const procedure& p : estimators)
          for (const setting& s : settings_of(p, landmarks, samples, generations, run.quick())) {
            if (run.stopped()) break;
            const double worst = add(run, s, run_one(run, s, in, replicates), out);
            if (!(worst <= worst_residual)) worst_residual = worst;
          }
        if (!(worst_residual <= 1e-10))
          throw std::runtime_error("the identity does not hold: residual " + sim::argument::text(worst_residual));
        run.record().set("worst_residual", worst_residual);
        if (!run.stopped()) {
          bool kept = true;
          for (const procedure& p : estimators) kept = verdict(out, p) && kept;
          const bool standard = !run.given.has("landmarks") && !run.given.has("samples") && generations == 1;
          if (standard && !run.quick() && !kept)
            throw std::runtime_error("an error fell with another's knob, or not with its own");
        }
        run.save(out, rkhs_ledger::picture(out, estimators), 1500, 340 * static_cast<int>(estimators.size()));
      });
}
