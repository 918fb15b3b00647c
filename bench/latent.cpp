// Latent-variable models: a fit and a generation of PPCA, a density, a training of an autoencoder as large as one of 1500 small digits.

#include <cmath>
#include <cstdint>
#include <span>

#include <benchmark/benchmark.h>

#include <simulacra/latent.hpp>
#include <simulacra/recursion.hpp>

namespace sim = simulacra;

namespace {

/// A law in d dimensions with q of its own.
sim::ppca<> law(sim::Index d, sim::Index q) {
  sim::stream rng(1);
  sim::samples<> w(d, q);
  sim::fill_normal(std::span(w.data(), static_cast<std::size_t>(w.size())), rng);
  return {sim::point<>(sim::point<>::Zero(d)), w, 0.5};
}

void ppca_closed_form(benchmark::State& state) {
  const sim::Index d = state.range(0), q = state.range(1);
  sim::stream rng(2);
  const auto m = law(d, q).sample_summary(10 * d, sim::as<sim::moments<>>{}, rng);
  const sim::ppca_estimator<> fit(sim::divisor::n, {.latent = q});
  for (auto _ : state) benchmark::DoNotOptimize(fit.fit(m));
}
BENCHMARK(ppca_closed_form)->Args({5, 2})->Args({64, 10})->Args({200, 10})->Unit(benchmark::kMicrosecond);

/// One step of EM, or of the gradient.
template <sim::ppca_method How>
void ppca_hundred_steps(benchmark::State& state) {
  const sim::Index d = state.range(0), q = state.range(1);
  sim::stream rng(2);
  const auto m = law(d, q).sample_summary(10 * d, sim::as<sim::moments<>>{}, rng);
  const sim::ppca_estimator<> fit(sim::divisor::n, {.latent = q, .method = How, .tolerance = 0, .max_iterations = 100});
  for (auto _ : state) benchmark::DoNotOptimize(fit.fit(m));
  state.SetItemsProcessed(state.iterations() * 100);
}
BENCHMARK(ppca_hundred_steps<sim::ppca_method::em>)->Args({5, 2})->Args({64, 10})->Unit(benchmark::kMicrosecond);
BENCHMARK(ppca_hundred_steps<sim::ppca_method::adam>)->Args({5, 2})->Args({64, 10})->Unit(benchmark::kMicrosecond);

/// A generation in each way of drawing: n = 1500.
template <sim::draw How>
void ppca_generation(benchmark::State& state) {
  const sim::Index d = state.range(0), q = state.range(1);
  const sim::experiment what{law(d, q), sim::ppca_estimator<>(sim::divisor::n, {.latent = q}), sim::replace{}};
  std::uint64_t replicate = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(sim::run_lineage(what, {.generations = 10, .samples = 1500, .how = How},
                                              sim::stream({1, 0}, {.replicate = replicate++}))
                                 .generations);
  state.SetItemsProcessed(state.iterations() * 10);
}
BENCHMARK(ppca_generation<sim::draw::stored>)->Args({64, 10})->Unit(benchmark::kMillisecond);
BENCHMARK(ppca_generation<sim::draw::streamed>)->Args({64, 10})->Unit(benchmark::kMillisecond);
BENCHMARK(ppca_generation<sim::draw::collapsed>)->Args({64, 10})->Unit(benchmark::kMillisecond);

void ppca_log_density(benchmark::State& state) {
  const auto p = law(state.range(0), state.range(1));
  sim::stream rng(3);
  const sim::samples<> x = p.sample(1000, rng);
  for (auto _ : state)
    for (sim::Index i = 0; i < x.cols(); ++i) benchmark::DoNotOptimize(p.log_density(x.col(i)));
  state.SetItemsProcessed(state.iterations() * x.cols());
}
BENCHMARK(ppca_log_density)->Args({64, 10});

void factor_analysis_hundred_steps(benchmark::State& state) {
  const sim::Index d = state.range(0), q = state.range(1);
  sim::stream rng(2);
  const auto m = law(d, q).sample_summary(10 * d, sim::as<sim::moments<>>{}, rng);
  const sim::factor_estimator<> fit(sim::divisor::n, {.latent = q, .tolerance = 0, .max_iterations = 100});
  for (auto _ : state) benchmark::DoNotOptimize(fit.fit(m));
  state.SetItemsProcessed(state.iterations() * 100);
}
BENCHMARK(factor_analysis_hundred_steps)->Args({64, 10})->Unit(benchmark::kMicrosecond);

/// 1500 images of 64 pixels, 64-128-10, 300 epochs of 23 steps on batches of 64: one generation of examples/digits_walk.
template <class T>
void vae_generation(benchmark::State& state) {
  sim::stream rng(4);
  sim::samples<T> x(64, 1500);
  for (sim::Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<T>(sim::uniform(rng));
  const sim::vae_estimator<T> fit({.latent = 10, .hidden = {128}, .epochs = 300, .collapsed = 0});
  for (auto _ : state) benchmark::DoNotOptimize(fit.fit(x, rng).result.what);
  state.SetItemsProcessed(state.iterations() * 300 * 23);  // steps
}
BENCHMARK(vae_generation<float>)->Unit(benchmark::kMillisecond);
BENCHMARK(vae_generation<double>)->Unit(benchmark::kMillisecond);

}  // namespace
