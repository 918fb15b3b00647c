// Random numbers: words, normals in bulk and one by one, chi-squares, Bartlett factors, and a stream made and used once.

#include <span>
#include <vector>

#include <benchmark/benchmark.h>

#include <simulacra/core/types.hpp>
#include <simulacra/random.hpp>

namespace sim = simulacra;

namespace {

void words(benchmark::State& state) {
  std::vector<std::uint64_t> x(static_cast<std::size_t>(state.range(0)));
  sim::stream rng(1);
  for (auto _ : state) {
    rng.fill(x);
    benchmark::DoNotOptimize(x.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(words)->Arg(1000);

template <class T>
void normals(benchmark::State& state) {
  std::vector<T> x(static_cast<std::size_t>(state.range(0)));
  sim::stream rng(1);
  for (auto _ : state) {
    sim::fill_normal(std::span<T>(x), rng);
    benchmark::DoNotOptimize(x.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(normals<double>)->Arg(10)->Arg(1000)->Arg(100000);
BENCHMARK(normals<float>)->Arg(1000);

void normal_one_by_one(benchmark::State& state) {
  sim::stream rng(1);
  for (auto _ : state) benchmark::DoNotOptimize(sim::standard_normal(rng));
}
BENCHMARK(normal_one_by_one);

void chi_square(benchmark::State& state) {
  sim::stream rng(1);
  const sim::chi_square_sampler draw(static_cast<double>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(draw(rng));
}
BENCHMARK(chi_square)->Arg(1)->Arg(10)->Arg(1000);

void bartlett(benchmark::State& state) {
  const auto d = static_cast<sim::Index>(state.range(0));
  sim::square<double> factor(d, d);
  sim::stream rng(1);
  for (auto _ : state) {
    sim::fill_bartlett<double, sim::dynamic>(factor, 10 * d, rng);
    benchmark::DoNotOptimize(factor.data());
  }
}
BENCHMARK(bartlett)->Arg(10)->Arg(100);

/// All that a collapsed generation in one dimension has to draw, from a stream of its own.
void address_and_two_draws(benchmark::State& state) {
  const sim::stream root(1);
  std::uint64_t t = 0;
  for (auto _ : state) {
    sim::stream rng = root.at(t++, sim::purpose::sample);
    benchmark::DoNotOptimize(sim::standard_normal(rng));
    benchmark::DoNotOptimize(sim::chi_square(999.0, rng));
  }
}
BENCHMARK(address_and_two_draws);

}  // namespace
