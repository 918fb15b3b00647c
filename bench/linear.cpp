// Regressions: a generation of least squares in each way of drawing, fits to pairs that are there, and logistic regression.

#include <cmath>
#include <string>

#include <simulacra/linear.hpp>

#include "common.hpp"

namespace {

namespace sim = simulacra;
using sim::Index;

const sim::regression_options unit_noise{.noise = sim::label_noise::known(1)};

sim::linear_model<> truth_of(Index d) { return {sim::point<>::Ones(d), 1, sim::gaussian<>::standard(d)}; }

/// Generations of a chain, as `run_lineage` does them: how, d, n.
void generation(benchmark::State& state) {
  const auto how = static_cast<sim::draw>(state.range(0));
  const sim::experiment what{truth_of(state.range(1)),
                             sim::least_squares(sim::gaussian<>::standard(state.range(1)), unit_noise), sim::replace{}};
  constexpr Index stretch = 100;
  std::uint64_t replicate = 0;
  for (auto _ : state) {
    const auto line = sim::run_lineage(what, {.generations = stretch, .samples = state.range(2), .how = how},
                                       sim::stream({1, 0}, {.replicate = replicate++}));
    benchmark::DoNotOptimize(line.generations);
  }
  state.SetItemsProcessed(state.iterations() * stretch);
  state.SetLabel(bench::word(how));
}
BENCHMARK(generation)
    ->ArgsProduct({{static_cast<Index>(sim::draw::stored), static_cast<Index>(sim::draw::collapsed)}, {10}, {1000, 10000}})
    ->Args({static_cast<Index>(sim::draw::stored), 100, 10000})
    ->Unit(benchmark::kMicrosecond);

void ridge_fit(benchmark::State& state) {
  sim::stream rng(2);
  const auto pairs = truth_of(state.range(0)).sample(state.range(1), rng);
  const sim::ridge by(sim::gaussian<>::standard(state.range(0)), {.size = 1}, unit_noise);
  for (auto _ : state) benchmark::DoNotOptimize(by.fit(pairs, rng));
}
BENCHMARK(ridge_fit)->Args({10, 1000})->Args({100, 10000})->Unit(benchmark::kMicrosecond);

void logistic_fit(benchmark::State& state) {
  const Index d = state.range(0);
  const sim::gaussian<> inputs = sim::gaussian<>::standard(d);
  sim::stream rng(3);
  const auto pairs =
      sim::logistic_model<>(sim::point<>::Ones(d) / std::sqrt(static_cast<double>(d)), inputs).sample(state.range(1), rng);
  const sim::logistic_regression<sim::gaussian<>> by(inputs);
  for (auto _ : state) benchmark::DoNotOptimize(by.fit(pairs, rng));
}
BENCHMARK(logistic_fit)->Args({10, 1000})->Args({10, 100000})->Args({100, 10000})->Unit(benchmark::kMicrosecond);

}  // namespace
