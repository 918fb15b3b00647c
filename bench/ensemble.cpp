// Ensembles on one thread and on two: wall-clock time, since that is what threads are for, and beside it the CPU time of all
// threads together. Where the latter is the same for one and two, a quiet machine takes half the time on two.

#include "common.hpp"

#include <simulacra/ensemble.hpp>

namespace sim = simulacra;
using sim::Index;

namespace {

template <int D>
void ensemble(benchmark::State& state) {
  const auto threads = static_cast<Index>(state.range(0)), d = static_cast<Index>(state.range(1));
  const sim::experiment what{sim::gaussian<double, D>::standard(d), sim::gaussian_estimator<double, D>(sim::divisor::n),
                             sim::replace{}};
  const Index generations = 200, replicates = d == 1 ? 1000 : 200;
  for (auto _ : state) {
    const auto records = sim::run_ensemble(what, {.generations = generations, .samples = 1000}, {.replicates = replicates},
                                           sim::thread_executor{threads},
                                           sim::metric{"mean", [](const auto& g) { return g.model.mean()[0]; }},
                                           sim::metric{"log_det", [](const auto& g) { return g.model.log_determinant(); }});
    benchmark::DoNotOptimize(records.of(0).data());
  }
  state.SetItemsProcessed(state.iterations() * generations * replicates);
}
BENCHMARK(ensemble<1>)->Args({1, 1})->Args({2, 1})->UseRealTime()->MeasureProcessCPUTime();
BENCHMARK(ensemble<sim::dynamic>)->Args({1, 10})->Args({2, 10})->UseRealTime()->MeasureProcessCPUTime();

}  // namespace
