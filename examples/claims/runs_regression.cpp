#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/ensemble.hpp>
#include <simulacra/linear.hpp>
#include <simulacra/recursion.hpp>

#include "runs.hpp"

namespace claims {
namespace {

/// Weights of length 1 over some inputs, with labels of that noise.
template <class Inputs>
auto truth_over(const Inputs& inputs, Index d, double noise) {
  return sim::linear_model<Inputs>(sim::point<>::Constant(d, 1 / std::sqrt(static_cast<double>(d))), noise, inputs);
}

template <class Inputs>
sim::records walk(const Inputs& inputs, const regression_chain& chain, const budget& b, Index runs) {
  const sim::experiment what{truth_over(inputs, chain.dimension, 1),
                             sim::least_squares(inputs, {.noise = sim::label_noise::known(1)}), chain.recipe};
  return sim::run_ensemble(
      what, {.generations = chain.generations, .samples = chain.rows},
      {.replicates = runs, .seed = b.key.seed, .condition = b.key.condition, .generations = {chain.generations}}, b.threads,
      sim::metric{"risk", [](const auto& g) { return sim::excess_risk(g.truth, g.model); }});
}

}  // namespace

sim::records run(const regression_chain& chain, const budget& b, Index runs) {
  const sim::gaussian<> fresh = sim::gaussian<>::standard(chain.dimension);
  if (!chain.same_inputs) return walk(fresh, chain, b, runs);
  sim::stream rng(b.key);
  return walk(sim::fixed_inputs<>(fresh.sample(chain.rows, rng)), chain, b, runs);
}

std::vector<double> misled_fits(Index dimension, Index rows, Index synthetic, double error, double noise, const budget& b,
                                Index runs) {
  const sim::gaussian<> inputs = sim::gaussian<>::standard(dimension);
  const auto truth = truth_over(inputs, dimension, noise);
  sim::point<> misled = truth.weights();
  misled[0] += std::sqrt(error);
  const sim::linear_model<sim::gaussian<>> generator(misled, noise, inputs);
  const sim::least_squares fit(inputs, {.noise = sim::label_noise::known(noise)});
  using summary = typename decltype(fit)::summary;
  std::vector<double> risk(static_cast<std::size_t>(runs));
  b.threads.for_each_index(runs, [&](Index r) {
    sim::stream rng(b.key, {.replicate = static_cast<std::uint64_t>(r)});
    summary both = truth.sample_summary(rows - synthetic, sim::as<summary>{}, rng);
    both.merge(generator.sample_summary(synthetic, sim::as<summary>{}, rng));
    risk[static_cast<std::size_t>(r)] = sim::excess_risk(truth, fit.fit(both, rng).model);
  });
  return risk;
}

}  // namespace claims
