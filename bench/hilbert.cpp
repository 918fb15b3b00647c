// Embeddings: of a law in closed form, of data through features, and inner products of exact vectors.

#include <benchmark/benchmark.h>

#include <simulacra/families/gaussian/embedding.hpp>
#include <simulacra/families/gaussian/signed.hpp>
#include <simulacra/hilbert/space.hpp>

namespace sim = simulacra;

namespace {

template <int D>
void law_in_random_features(benchmark::State& state) {
  const auto d = static_cast<sim::Index>(state.range(0)), features = static_cast<sim::Index>(state.range(1));
  sim::stream rng(1);
  const sim::feature_space s(sim::random_fourier_features(sim::gaussian_kernel(1.0), d, features, rng));
  const auto law = sim::gaussian<double, D>::standard(d);
  auto v = s.zero();
  for (auto _ : state) {
    s.embed(law, v);
    benchmark::DoNotOptimize(v.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * features / 2);
}
BENCHMARK(law_in_random_features<1>)->Args({1, 1024});
BENCHMARK(law_in_random_features<2>)->Args({2, 1024});
BENCHMARK(law_in_random_features<sim::dynamic>)->Args({10, 1024});

template <int D>
void data_in_random_features(benchmark::State& state) {
  const auto d = static_cast<sim::Index>(state.range(0)), n = static_cast<sim::Index>(state.range(1)),
             features = static_cast<sim::Index>(state.range(2));
  sim::stream rng(1);
  const sim::feature_space s(sim::random_fourier_features(sim::gaussian_kernel(1.0), d, features, rng));
  const auto x = sim::gaussian<double, D>::standard(d).sample(n, rng);
  auto v = s.zero();
  for (auto _ : state) {
    s.embed_data(x, {}, v);
    benchmark::DoNotOptimize(v.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * n * features / 2);  // pairs of a cosine and a sine
}
BENCHMARK(data_in_random_features<1>)->Args({1, 1000, 1024});
BENCHMARK(data_in_random_features<2>)->Args({2, 1000, 1024});
BENCHMARK(data_in_random_features<sim::dynamic>)->Args({10, 1000, 1024});

template <int D>
void data_in_rkhs(benchmark::State& state) {
  const auto n = static_cast<sim::Index>(state.range(0));
  sim::stream rng(1);
  const sim::gaussian_rkhs<double, D> s(1.0);
  const auto law = sim::gaussian<double, D>::standard(D);
  auto u = s.zero(), v = s.zero();
  s.embed_data(law.sample(n, rng), {}, u);
  s.embed_data(law.sample(n, rng), {}, v);
  for (auto _ : state) benchmark::DoNotOptimize(s.inner(u, v));
  state.SetItemsProcessed(state.iterations() * n * n);  // pairs of laws
}
BENCHMARK(data_in_rkhs<1>)->Arg(300);
BENCHMARK(data_in_rkhs<2>)->Arg(300);

}  // namespace
