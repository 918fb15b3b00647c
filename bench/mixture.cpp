// Mixtures: an iteration of EM, a whole generation as the paper has it, sampling.

#include <cmath>
#include <vector>

#include <benchmark/benchmark.h>

#include <simulacra/mixture.hpp>
#include <simulacra/recursion.hpp>

namespace sim = simulacra;

namespace {

/// k components of covariance I about three standard deviations apart: they overlap, so that EM has work to do.
template <int D>
sim::gaussian_mixture<double, D> overlapping(sim::Index k, sim::Index d) {
  sim::stream rng(1);
  std::vector<sim::gaussian<double, D>> components;
  const sim::samples<double, D> means = sim::gaussian<double, D>::standard(d).sample(k, rng);
  for (sim::Index j = 0; j < k; ++j)
    components.emplace_back(sim::point<double, D>(3 / std::sqrt(2.0 * static_cast<double>(d)) * means.col(j)),
                            sim::square<double, D>(sim::square<double, D>::Identity(d, d)));
  return {std::vector<double>(static_cast<std::size_t>(k), 1.0), std::move(components)};
}

template <int D, sim::covariance_type Type>
void em_iteration(benchmark::State& state) {
  const sim::Index k = state.range(0), d = state.range(1), n = state.range(2);
  sim::stream rng(2);
  const auto truth = overlapping<D>(k, d);
  const auto x = truth.sample(n, rng);
  sim::mixture_em<double, D> em(x, nullptr, sim::gaussian_estimator<double, D>(sim::divisor::n).fit(x, rng).model,
                                {.components = k, .covariance = Type});
  em.start(truth, rng);
  for (auto _ : state) benchmark::DoNotOptimize(em.step(rng));
  state.SetItemsProcessed(state.iterations() * n * k);
}
BENCHMARK(em_iteration<2, sim::covariance_type::full>)->Args({2, 2, 1000})->Args({2, 2, 10000})->Args({5, 2, 100000});
BENCHMARK(em_iteration<sim::dynamic, sim::covariance_type::full>)
    ->Args({5, 10, 10000})
    ->Args({20, 10, 10000})
    ->Args({5, 50, 10000})
    ->Args({20, 50, 10000})
    ->Args({5, 10, 100000})
    ->Args({20, 10, 100000})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(em_iteration<sim::dynamic, sim::covariance_type::tied>)->Args({20, 10, 10000})->Unit(benchmark::kMillisecond);
BENCHMARK(em_iteration<sim::dynamic, sim::covariance_type::diagonal>)->Args({20, 10, 10000})->Unit(benchmark::kMillisecond);

/// One generation of the paper's chain, as `run_lineage` does it: 1000 points of the last model, two components, tolerance
/// 1e-5.
void paper_generation(benchmark::State& state) {
  using estimator = sim::mixture_estimator<double, 2>;
  const sim::experiment what{sim::gaussian_mixture<double, 2>(sim::gaussian<double, 2>::standard()),
                             estimator({.components = 2, .tolerance = 1e-5, .max_iterations = 2000, .floor = 1e-6}),
                             sim::replace{}};
  std::uint64_t replicate = 0;
  for (auto _ : state) {
    const auto line =
        sim::run_lineage(what, {.generations = 20, .samples = 1000}, sim::stream({1, 0}, {.replicate = replicate++}));
    benchmark::DoNotOptimize(line.generations);
  }
  state.SetItemsProcessed(state.iterations() * 20);
}
BENCHMARK(paper_generation)->Unit(benchmark::kMillisecond);

template <int D>
void sample(benchmark::State& state) {
  const auto law = overlapping<D>(state.range(0), state.range(1));
  sim::stream rng(3);
  sim::samples<double, D> x(state.range(1), state.range(2));
  for (auto _ : state) {
    law.sample_into(x, rng);
    benchmark::DoNotOptimize(x.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(2));
}
BENCHMARK(sample<2>)->Args({2, 2, 10000});
BENCHMARK(sample<sim::dynamic>)->Args({20, 10, 10000});

}  // namespace
