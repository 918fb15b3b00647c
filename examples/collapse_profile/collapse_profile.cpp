// Has it collapsed? It depends on whom you ask: papers have given the word eight meanings. Here six chains are judged by all eight, each
// with its Monte Carlo error: a Gaussian and a mixture of four modes, under three rules for what a generation is trained on.
//
// Builds on: gaussian_walk, mixture_walk, recipes. New here: the metrics of tails, made-up data and modes, and `collapse_profile`.

#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <simulacra/gaussian.hpp>
#include <simulacra/metrics.hpp>
#include <simulacra/mixture.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory.hpp>

#include "common/session.hpp"
#include "picture.hpp"
#include "probe.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using collapse_profile::chain_report;
using collapse_profile::mixture_law;
using collapse_profile::normal;
using collapse_profile::unknown;
using sim::Index;

namespace {

/// One family under one recipe, at the sample size of the profile and at others for the scaling law.
template <class Truth, class Estimator, class Recipe>
chain_report study(example::session& run, const std::string& family, const std::string& name, const Truth& truth,
                   const Estimator& fit, const Recipe& recipe, const sim::samples<double, 1>& modes, Index samples,
                   Index generations, Index replicates, const sim::theory_curve& expected, sim::table& out) {
  sim::stream rng({run.seed(), 99}, {});
  const auto sets = sim::level_sets_of(truth, 0.05, 0.001, 200'000, rng);
  const collapse_profile::profile_probe<Truth> probe(truth, sets, modes, generations);
  sim::collapse_series s;
  s.real_tail = sets.tail - sets.outside;
  s.real_outside = sets.outside;
  s.real_tail_error = sets.tail_error;
  s.real_outside_error = sets.outside_error;
  const auto experiment = sim::experiment{truth, fit, recipe};
  const auto read = [](const sim::records& all, std::size_t row, std::string_view metric) {
    const sim::band b = all.at(row, all.column(metric));
    return sim::measured{b.mean, b.mcse};
  };
  for (const Index m : {samples / 2, samples, samples * 2, samples * 4}) {
    auto many = run.replication(replicates, family + " " + name);
    many.generations = example::spread(generations);
    const auto all = sim::run_ensemble(experiment, {.generations = generations, .samples = m}, many, run.threads(), probe);
    run.add(
        out, all, {family, name, std::to_string(m)},
        [&](std::string_view metric, Index t) {
          return metric == "variance" && m == samples ? expected(metric, t) : unknown;
        },
        [](const sim::table_row&) { return true; });
    s.sizes.push_back(m);
    s.first_risk.push_back(read(all, 0, "mmd_sq"));
    s.last_risk.push_back(read(all, all.generations().size() - 1, "mmd_sq"));
    if (m != samples) continue;
    s.generations = all.generations();
    s.replicates = all.finished();
    // What generations of a lineage have in common is known where every lineage has every number.
    bool whole = all.finished() >= 2;
    for (std::size_t row = 0; row < s.generations.size(); ++row)
      for (const std::string_view metric : {"mmd_sq", "variance"}) {
        const sim::band b = all.at(row, all.column(metric));
        whole = whole && b.count == all.finished() && b.infinite == 0;
      }
    for (std::size_t row = 0; row < s.generations.size(); ++row) {
      if (whole) {
        s.risk_by_replicate.push_back(all.values(row, all.column("mmd_sq")));
        s.variance_by_replicate.push_back(all.values(row, all.column("variance")));
      } else {
        s.risk.push_back(read(all, row, "mmd_sq"));
        s.variance.push_back(read(all, row, "variance"));
      }
      s.tail.push_back(read(all, row, "tail"));
      s.outside.push_back(read(all, row, "outside"));
      if (modes.cols() > 1) s.modes.push_back(read(all, row, "modes"));
    }
  }
  return {family, name, sim::collapse_profile(s)};
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"collapse_profile",
       "has it collapsed? six chains, judged by the eight definitions of the literature",
       {{"samples", "M", "fresh observations per generation (default: 100)"},
        {"generations", "T", "refits (default: 100)"},
        {"replicates", "R", "runs behind each mean (default: 400)"}}},
      [](example::session& run) {
        const Index samples = run.given.integer("samples", 100, 20), generations = run.number("generations", 100, 10),
                    replicates = run.number("replicates", 400, 100);
        run.record().set("samples", samples).set("generations", generations).set("replicates", replicates);
        const normal bell(0, 1);
        const mixture_law four({0.4, 0.3, 0.2, 0.1}, {normal(-9, 1), normal(-3, 1), normal(3, 1), normal(9, 1)});
        sim::samples<double, 1> modes(1, 4);
        modes << -9, -3, 3, 9;
        const sim::samples<double, 1> none(1, 1);
        const sim::gaussian_estimator<double, 1> maximum_likelihood(sim::divisor::n);
        const sim::mixture_estimator<double, 1> em(
            {.components = 4, .tolerance = 1e-4, .max_iterations = 200, .floor = 1e-6});

        sim::table out({"family", "recipe", "samples"});
        std::vector<chain_report> all;
        const auto both = [&](const std::string& name, const auto& recipe, const sim::theory_curve& variance) {
          if (run.stopped()) return;
          all.push_back(study(run, "Gaussian", name, bell, maximum_likelihood, recipe, none, samples, generations,
                              replicates, variance, out));
          all.push_back(study(
              run, "mixture", name, four, em, recipe, modes, samples, generations, run.quick() ? 20 : replicates / 10,
              [](std::string_view, Index) { return unknown; }, out));
        };
        both("replace", sim::replace{}, [=](std::string_view, Index t) {
          return std::pow(1 - 1 / static_cast<double>(samples), static_cast<double>(t));
        });
        both("accumulate", sim::accumulate{},
             [=](std::string_view, Index t) { return theory::accumulate_variance(samples, t, sim::divisor::n); });
        both("10 % real", sim::general_process(0.9, 0, 0.1), [=](std::string_view, Index t) {
          return theory::mixture_gaussian_moments(0.9, 0, 0.1, samples, t - 1, sim::divisor::n).fitted_variance;
        });
        if (all.empty()) return;
        collapse_profile::print(all);
        run.save(out, collapse_profile::picture(out, all, samples), 1600, 620);
      });
}
