// Sums of Gaussian kernels: every pair, and by cells.

#include <cmath>
#include <cstdint>

#include <benchmark/benchmark.h>

#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/sums/gauss_sum.hpp>

namespace sim = simulacra;

namespace {

/// Two bumps three standard deviations apart, in units of half of Scott's bandwidth: what a kernel density is evaluated on.
template <int D>
sim::samples<double, D> two_bumps(sim::Index d, sim::Index n, std::uint64_t seed) {
  sim::stream rng(seed);
  sim::samples<double, D> x(d, n);
  for (sim::Index i = 0; i < x.size(); ++i) x.data()[i] = sim::standard_normal(rng);
  for (sim::Index i = 0; i < n; ++i) x(0, i) = 0.5 * x(0, i) + (i % 2 == 0 ? 1.5 : -1.5);
  return x / (0.5 * std::pow(static_cast<double>(n), -1.0 / static_cast<double>(d + 4)));
}

template <int D>
void exact(benchmark::State& state) {
  const sim::Index d = state.range(0), n = state.range(1);
  const auto x = two_bumps<D>(d, n, 1), y = two_bumps<D>(d, n, 2);
  const sim::gauss_sum<double, D> sum(x);
  Eigen::VectorXd g(n);
  for (auto _ : state) {
    sum.values_into(y, g);
    benchmark::DoNotOptimize(g.data());
  }
  state.SetItemsProcessed(state.iterations() * n * n);  // pairs
}
BENCHMARK(exact<1>)->Args({1, 10000})->Unit(benchmark::kMillisecond);
BENCHMARK(exact<2>)->Args({2, 10000})->Unit(benchmark::kMillisecond);
BENCHMARK(exact<3>)->Args({3, 10000})->Unit(benchmark::kMillisecond);
BENCHMARK(exact<sim::dynamic>)->Args({10, 10000})->Unit(benchmark::kMillisecond);

/// Sources and queries both, and the time that it takes to sort them.
template <int D>
void fast(benchmark::State& state) {
  const sim::Index n = state.range(0);
  const double error = std::pow(10.0, -static_cast<double>(state.range(1)));
  const auto x = two_bumps<D>(D, n, 1), y = two_bumps<D>(D, n, 2);
  Eigen::VectorXd g(n);
  for (auto _ : state) {
    const sim::gauss_sum<double, D> sum(x, {}, {.how = sim::evaluation::method::fast, .relative_error = error});
    sum.values_into(y, g);
    benchmark::DoNotOptimize(g.data());
  }
  state.SetItemsProcessed(state.iterations() * 2 * n);  // points
}
BENCHMARK(fast<1>)
    ->Args({10000, 4})
    ->Args({10000, 10})
    ->Args({100000, 10})
    ->Args({1000000, 10})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(fast<2>)->Args({10000, 4})->Args({100000, 4})->Args({100000, 10})->Unit(benchmark::kMillisecond);
BENCHMARK(fast<3>)->Args({10000, 4})->Unit(benchmark::kMillisecond);

/// Logarithms far from all sources, where every value underflows.
void far_logarithms(benchmark::State& state) {
  const sim::Index n = state.range(0);
  const auto x = two_bumps<2>(2, n, 1);
  const sim::samples<double, 2> y = (two_bumps<2>(2, n, 2).array() + 1e4).matrix();
  Eigen::VectorXd g(n);
  const sim::gauss_sum<double, 2> sum(x, {}, {.relative_error = 1e-6});
  for (auto _ : state) {
    sum.log_values_into(y, g);
    benchmark::DoNotOptimize(g.data());
  }
  state.SetItemsProcessed(state.iterations() * n);
}
BENCHMARK(far_logarithms)->Arg(10000)->Unit(benchmark::kMillisecond);

}  // namespace
