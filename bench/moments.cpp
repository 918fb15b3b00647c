// Summaries: moments of stored observations, and merging two.

#include <benchmark/benchmark.h>

#include <simulacra/gaussian.hpp>

namespace sim = simulacra;

namespace {

template <int D>
void moments_of(benchmark::State& state) {
  const auto d = static_cast<sim::Index>(state.range(0)), n = static_cast<sim::Index>(state.range(1));
  sim::stream rng(1);
  const auto x = sim::gaussian<double, D>::standard(d).sample(n, rng);
  for (auto _ : state) {
    auto m = sim::moments<double, D>::of(x);
    benchmark::DoNotOptimize(m);
  }
  state.SetItemsProcessed(state.iterations() * n);
}
BENCHMARK(moments_of<1>)->Args({1, 1000});
BENCHMARK(moments_of<2>)->Args({2, 10000});
BENCHMARK(moments_of<sim::dynamic>)->Args({10, 10000})->Args({100, 10000});

template <int D>
void merge(benchmark::State& state) {
  const auto d = static_cast<sim::Index>(state.range(0));
  sim::stream rng(1);
  const auto law = sim::gaussian<double, D>::standard(d);
  const auto a = law.sample_summary(10 * d, sim::as<sim::moments<double, D>>{}, rng);
  const auto b = law.sample_summary(10 * d, sim::as<sim::moments<double, D>>{}, rng);
  for (auto _ : state) {
    auto both = merge(a, b);
    benchmark::DoNotOptimize(both);
  }
}
BENCHMARK(merge<1>)->Arg(1);
BENCHMARK(merge<sim::dynamic>)->Arg(10)->Arg(100);

}  // namespace
