// What the error ledger adds to a lineage: one generation of a Gaussian in two dimensions, stored draws, with and without it. (The
// limit that was set: three times the bare generation at 1024 features and M = 1000, corners in closed form.)

#include "common.hpp"

#include <simulacra/ledger.hpp>

namespace sim = simulacra;
using sim::Index;

namespace {

double seen = 0;

template <class Recipe>
void generations(benchmark::State& state, const Recipe& recipe, bool with_ledger) {
  const Index features = state.range(0), samples = state.range(1);
  const sim::experiment what{sim::gaussian<double, 2>::standard(), sim::gaussian_estimator<double, 2>(sim::divisor::n),
                             recipe};
  sim::stream rng(1);
  const sim::feature_space space(sim::random_fourier_features(sim::gaussian_kernel(1.0), 2, features, rng));
  const sim::plan how{.generations = 100, .samples = samples, .how = sim::draw::stored};
  sim::ledger books(what, space);
  for (auto _ : state) {
    if (with_ledger)
      sim::run_lineage(what, how, sim::stream(2), books);
    else
      sim::run_lineage(what, how, sim::stream(2), [](const auto& g) { seen += g.model.mean()[0]; });
  }
  state.counters["ns/generation"] = benchmark::Counter(static_cast<double>(state.iterations() * how.generations) * 1e-9,
                                                       benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

const bool registered = [] {
  for (const bool with : {false, true}) {
    const std::string tail = with ? "/ledger" : "/bare";
    benchmark::RegisterBenchmark(("ledger/replace" + tail).c_str(),
                                 [with](benchmark::State& s) { generations(s, sim::replace{}, with); })
        ->Args({1024, 1000})
        ->Args({256, 1000});
    benchmark::RegisterBenchmark(("ledger/window_2" + tail).c_str(), [with](benchmark::State& s) {
      generations(s, sim::window(2), with);
    })->Args({256, 1000});
  }
  return true;
}();

}  // namespace
