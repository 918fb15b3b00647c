// Distances between samples: by pairs, by features, on the line; and a test by permutations.

#include <cmath>
#include <cstdint>

#include <benchmark/benchmark.h>

#include <simulacra/hilbert/random_fourier.hpp>
#include <simulacra/metrics.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>

namespace sim = simulacra;

namespace {

template <int D>
sim::samples<double, D> normals(sim::Index d, sim::Index n, double mean, std::uint64_t seed) {
  sim::stream rng(seed);
  sim::samples<double, D> x(d, n);
  for (sim::Index i = 0; i < x.size(); ++i) x.data()[i] = mean + sim::standard_normal(rng);
  return x;
}

/// Runs `distance(x, y)` on two samples of range(1) observations in range(0) dimensions.
template <int D, class Distance>
void run(benchmark::State& state, Distance&& distance) {
  const auto x = normals<D>(state.range(0), state.range(1), 0, 1), y = normals<D>(state.range(0), state.range(1), 0.1, 2);
  for (auto _ : state) benchmark::DoNotOptimize(distance(x, y));
  state.SetItemsProcessed(state.iterations() * 2 * state.range(1));  // observations
}

template <int D>
void mmd_gaussian(benchmark::State& state) {
  const sim::gaussian_kernel k(std::sqrt(static_cast<double>(state.range(0))));
  run<D>(state, [&](const auto& x, const auto& y) { return sim::mmd_squared(k, x, y); });
}
BENCHMARK(mmd_gaussian<1>)->Args({1, 10000})->Unit(benchmark::kMillisecond);
BENCHMARK(mmd_gaussian<2>)->Args({2, 10000})->Unit(benchmark::kMillisecond);
BENCHMARK(mmd_gaussian<sim::dynamic>)->Args({10, 10000})->Unit(benchmark::kMillisecond);

template <int D>
void mmd_unbiased(benchmark::State& state) {
  const sim::gaussian_kernel k(std::sqrt(static_cast<double>(state.range(0))));
  run<D>(state, [&](const auto& x, const auto& y) { return sim::mmd_squared_unbiased(k, x, y).value; });
}
BENCHMARK(mmd_unbiased<2>)->Args({2, 10000})->Unit(benchmark::kMillisecond);

template <int D>
void mmd_laplace(benchmark::State& state) {
  const sim::laplace_kernel k(std::sqrt(static_cast<double>(state.range(0))));
  run<D>(state, [&](const auto& x, const auto& y) { return sim::mmd_squared(k, x, y); });
}
BENCHMARK(mmd_laplace<2>)->Args({2, 10000})->Unit(benchmark::kMillisecond);

void mmd_laplace_on_the_line(benchmark::State& state) {
  const sim::laplace_kernel k(1);
  run<1>(state, [&](const auto& x, const auto& y) { return sim::mmd_squared_on_the_line(k, x, y); });
}
BENCHMARK(mmd_laplace_on_the_line)->Args({1, 10000})->Args({1, 1000000})->Unit(benchmark::kMillisecond);

template <int D>
void mmd_features(benchmark::State& state) {
  sim::stream rng(1);
  const sim::random_fourier_features map(sim::gaussian_kernel(1), state.range(0), 1024, rng);
  run<D>(state, [&](const auto& x, const auto& y) { return sim::mmd_squared(map, x, y); });
}
BENCHMARK(mmd_features<2>)->Args({2, 10000})->Unit(benchmark::kMillisecond);
BENCHMARK(mmd_features<sim::dynamic>)->Args({10, 10000})->Unit(benchmark::kMillisecond);

/// 999 relabellings.
template <int D>
void permutation_test(benchmark::State& state) {
  const sim::gaussian_kernel k(1);
  sim::stream rng(1);
  run<D>(state, [&](const auto& x, const auto& y) { return sim::two_sample_test(k, x, y, 999, rng).p_value; });
}
BENCHMARK(permutation_test<2>)->Args({2, 100})->Args({2, 1000})->Unit(benchmark::kMillisecond);

void wasserstein_1(benchmark::State& state) {
  run<1>(state, [](const auto& x, const auto& y) { return sim::wasserstein(x, y, 1); });
}
BENCHMARK(wasserstein_1)->Args({1, 10000})->Args({1, 1000000})->Unit(benchmark::kMillisecond);

template <int D>
void sliced(benchmark::State& state) {
  sim::stream rng(1);
  run<D>(state, [&](const auto& x, const auto& y) { return sim::sliced_wasserstein(x, y, 2, 100, rng).value; });
}
BENCHMARK(sliced<sim::dynamic>)->Args({10, 10000})->Unit(benchmark::kMillisecond);

template <int D>
void energy(benchmark::State& state) {
  run<D>(state, [](const auto& x, const auto& y) { return sim::energy_distance(x, y); });
}
BENCHMARK(energy<1>)->Args({1, 1000000})->Unit(benchmark::kMillisecond);
BENCHMARK(energy<2>)->Args({2, 10000})->Unit(benchmark::kMillisecond);

}  // namespace
