#pragma once

#include <cmath>
#include <memory>
#include <string_view>

#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>

#include "common/session.hpp"
#include "setting.hpp"

/// The third part: a model that learns on line forgets.
namespace mitigations {

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
inline void forget(example::session& run, double replay, Index samples, Index generations, Index replicates,
                   sim::table& out) {
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

}  // namespace mitigations
