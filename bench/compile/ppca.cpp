// The largest unit that a page shows: an ensemble of PPCA refits with a ledger and a distance between samples.
#include <cstdint>
#include <cstdio>

#include <simulacra/latent.hpp>
#include <simulacra/ledger.hpp>
#include <simulacra/metrics.hpp>
#include <simulacra/simulacra.hpp>

namespace sim = simulacra;

int main() {
  const sim::ppca<double> truth(sim::point<double>::Zero(4), sim::ppca<double>::loadings_type::Ones(4, 1), 0.5);
  const sim::ppca_estimator<double> fit(sim::divisor::n, {.latent = 1});
  const sim::experiment what{truth, fit, sim::accumulate{}};
  sim::stream rng(7);
  const sim::feature_space space(sim::random_fourier_features(sim::gaussian_kernel(2.0), 4, 256, rng));
  const sim::samples<double> reference = truth.sample(200, rng);
  const sim::records all = sim::run_ensemble(
      what, {.generations = 10, .samples = 50}, {.replicates = 20, .seed = 1, .generations = {1, 10}},
      sim::thread_executor{}, sim::ledger(what, space),
      sim::metric{"mmd_sq", [&](const auto& g) {
                    sim::stream own = g.root.at(static_cast<std::uint64_t>(g.number), sim::purpose::metric, 0);
                    return sim::mmd_squared(sim::gaussian_kernel(2.0), g.model.sample(200, own), reference);
                  }});
  for (const auto& name : all.metrics()) std::printf("%s\n", name.c_str());
}
