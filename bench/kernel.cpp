// Kernel densities: log densities by every pair, sampling, a generation of a chain, closed forms, bandwidth selectors.

#include <vector>

#include <benchmark/benchmark.h>

#include <simulacra/gaussian.hpp>
#include <simulacra/kernel.hpp>
#include <simulacra/recursion.hpp>

namespace sim = simulacra;

namespace {

template <int D>
sim::samples<double, D> normal(sim::Index d, sim::Index n, std::uint64_t seed) {
  sim::stream rng(seed);
  return sim::gaussian<double, D>::standard(d).sample(n, rng);
}

/// A bandwidth of half of Scott's.
template <int D, class Kernel = sim::smoothing::gaussian>
sim::kernel_density<double, D, Kernel> density(sim::Index d, sim::Index n) {
  const auto x = normal<D>(d, n, 1);
  return {x, sim::scott(sim::divisor::n, sim::bandwidth_shape::scalar, 0.5)(x, {}, Kernel{}).value};
}

/// <d>/<n>, at n places: a pair of a point and a place is an item.
template <int D, class Kernel>
void log_density(benchmark::State& state) {
  const sim::Index d = state.range(0), n = state.range(1);
  const auto p = density<D, Kernel>(d, n);
  const auto y = normal<D>(d, n, 2);
  Eigen::VectorXd out(n);
  for (auto _ : state) {
    p.log_density_into(y, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * n * n);
}
BENCHMARK(log_density<1, sim::smoothing::gaussian>)->Args({1, 1000})->Args({1, 10000})->Unit(benchmark::kMillisecond);
BENCHMARK(log_density<2, sim::smoothing::gaussian>)->Args({2, 10000})->Unit(benchmark::kMillisecond);
BENCHMARK(log_density<sim::dynamic, sim::smoothing::gaussian>)->Args({10, 10000})->Unit(benchmark::kMillisecond);
BENCHMARK(log_density<1, sim::smoothing::epanechnikov>)->Args({1, 10000})->Unit(benchmark::kMillisecond);
BENCHMARK(log_density<1, sim::smoothing::exponential>)->Args({1, 10000})->Unit(benchmark::kMillisecond);
BENCHMARK(log_density<1, sim::smoothing::cosine>)->Args({1, 10000})->Unit(benchmark::kMillisecond);

/// The same by the method that `evaluation` picks for a relative error of 1e-10.
template <int D>
void log_density_fast(benchmark::State& state) {
  const sim::Index d = state.range(0), n = state.range(1);
  const auto p = density<D>(d, n);
  const auto y = normal<D>(d, n, 2);
  Eigen::VectorXd out(n);
  for (auto _ : state) {
    sim::log_density_into(p, y, out, {.relative_error = 1e-10});
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * n * n);
}
BENCHMARK(log_density_fast<1>)->Args({1, 10000})->Args({1, 100000})->Unit(benchmark::kMillisecond);
BENCHMARK(log_density_fast<2>)->Args({2, 10000})->Unit(benchmark::kMillisecond);

/// One place at a time.
template <int D>
void log_density_of_one(benchmark::State& state) {
  const sim::Index d = state.range(0), n = state.range(1);
  const auto p = density<D>(d, n);
  const sim::point<double, D> x = sim::point<double, D>::Constant(d, 0.3);
  for (auto _ : state) benchmark::DoNotOptimize(p.log_density(x));
  state.SetItemsProcessed(state.iterations() * n);
}
BENCHMARK(log_density_of_one<1>)->Args({1, 10000});
BENCHMARK(log_density_of_one<sim::dynamic>)->Args({10, 10000});

template <int D, class Kernel>
void sample(benchmark::State& state) {
  const auto p = density<D, Kernel>(state.range(0), state.range(1));
  sim::stream rng(3);
  sim::samples<double, D> x(state.range(0), 10000);
  for (auto _ : state) {
    p.sample_into(x, rng);
    benchmark::DoNotOptimize(x.data());
  }
  state.SetItemsProcessed(state.iterations() * 10000);
}
BENCHMARK(sample<1, sim::smoothing::gaussian>)->Args({1, 1000})->Args({1, 100000});
BENCHMARK(sample<2, sim::smoothing::epanechnikov>)->Args({2, 1000});

/// Twenty generations of <M> points, as `run_lineage` does them.
template <class Recipe>
void chain(benchmark::State& state) {
  const sim::experiment what{
      sim::gaussian<double, 1>::standard(),
      sim::kernel_density_estimator<double, 1, sim::scott>({.bandwidth = sim::scott(sim::divisor::n)}), Recipe{}};
  std::uint64_t replicate = 0;
  for (auto _ : state) {
    const auto line = sim::run_lineage(what, {.generations = 20, .samples = state.range(0)},
                                       sim::stream({1, 0}, {.replicate = replicate++}));
    benchmark::DoNotOptimize(line.generations);
  }
  state.SetItemsProcessed(state.iterations() * 20);
}
BENCHMARK(chain<sim::replace>)->Arg(100)->Arg(10000);
BENCHMARK(chain<sim::accumulate>)->Arg(100);

void squared_error(benchmark::State& state) {
  const auto p = density<1>(1, state.range(0));
  const auto truth = sim::gaussian<double, 1>::standard();
  for (auto _ : state) benchmark::DoNotOptimize(sim::l2_squared(p, truth));
  state.SetItemsProcessed(state.iterations() * state.range(0) * state.range(0));
}
BENCHMARK(squared_error)->Arg(1000);

template <int D, class Selector>
void select(benchmark::State& state) {
  const auto x = normal<D>(D, state.range(0), 1);
  const Selector rule{};
  for (auto _ : state) benchmark::DoNotOptimize(rule(x, {}, sim::smoothing::gaussian{}).value.diagonal()[0]);
}
BENCHMARK(select<1, sim::improved_sheather_jones>)->Arg(1000)->Arg(100000)->Unit(benchmark::kMicrosecond);
BENCHMARK(select<2, sim::improved_sheather_jones>)->Arg(1000)->Unit(benchmark::kMicrosecond);
BENCHMARK(select<1, sim::least_squares_cv>)->Arg(1000)->Unit(benchmark::kMicrosecond);

}  // namespace
