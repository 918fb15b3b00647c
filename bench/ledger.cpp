// What the error ledger adds to a lineage: one generation of a Gaussian in two dimensions, stored draws, with and without it (the
// limit that was set: three times the bare generation at 1024 features and M = 1000, corners in closed form); and one generation of a
// plug-in, a Laplace law on the line, by what it says of itself.

#include <algorithm>
#include <cmath>
#include <complex>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <vector>

#include "common.hpp"

#include <simulacra/ledger.hpp>
#include <simulacra/random.hpp>

namespace sim = simulacra;
using sim::Index;

namespace {

double seen = 0;

template <class Recipe>
void generations(benchmark::State& state, const Recipe& recipe, bool with_ledger) {
  const Index features = state.range(0), samples = state.range(1);
  const sim::experiment what{sim::gaussian<double, 2>::standard(), sim::gaussian_estimator<double, 2>(sim::divisor::n),
                             recipe};
  sim::stream rng(1);
  const sim::feature_space space(sim::random_fourier_features(sim::gaussian_kernel(1.0), 2, features, rng));
  const sim::plan how{.generations = 100, .samples = samples, .how = sim::draw::stored};
  sim::ledger books(what, space);
  for (auto _ : state) {
    if (with_ledger)
      sim::run_lineage(what, how, sim::stream(2), books);
    else
      sim::run_lineage(what, how, sim::stream(2), [](const auto& g) { seen += g.model.mean()[0]; });
  }
  state.counters["ns/generation"] = benchmark::Counter(static_cast<double>(state.iterations() * how.generations) * 1e-9,
                                                       benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

/// Where its characteristic function is known it lies in the features in closed form, and elsewhere by draws.
template <bool Knows>
struct laplace {
  double location = 0, scale = 1;

  [[nodiscard]] Index dimension() const { return 1; }
  [[nodiscard]] sim::samples<double, 1> sample(Index n, sim::stream& rng) const {
    sim::samples<double, 1> x(1, n);
    for (Index i = 0; i < n; ++i)
      x[i] = location + scale * (sim::standard_exponential(rng) - sim::standard_exponential(rng));
    return x;
  }
  [[nodiscard]] std::complex<double> characteristic_function(const Eigen::VectorXd& w) const
    requires Knows
  {
    return std::polar(1 / (1 + scale * scale * w[0] * w[0]), location * w[0]);
  }
};

enum class says { nothing, ideal, corners };

/// Maximum likelihood. It may say that it is its own ideal, or what it makes of laws of its own kind.
template <says What, bool Knows>
struct laplace_mle {
  using law = laplace<Knows>;

  [[nodiscard]] law fit(const sim::samples<double, 1>& x, sim::stream&) const {
    std::vector<double> v(x.data(), x.data() + x.cols());
    const auto middle = v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2);
    std::nth_element(v.begin(), middle, v.end());
    return {*middle, (x.array() - *middle).abs().mean()};
  }
  [[nodiscard]] laplace_mle ideal() const
    requires(What != says::nothing)
  {
    return *this;
  }
  [[nodiscard]] law project(const law& t) const
    requires(What == says::corners)
  {
    return t;
  }
  template <class Law>
    requires std::same_as<Law, law>
  [[nodiscard]] law population_fit(const Law& t) const
    requires(What == says::corners)
  {
    return t;
  }
};

template <says What, bool Knows>
void plug_in(benchmark::State& state, bool with_ledger) {
  const sim::experiment what{laplace<Knows>{}, laplace_mle<What, Knows>{}, sim::replace{}};
  sim::stream rng(1);
  const sim::feature_space space(sim::random_fourier_features(sim::gaussian_kernel(1.0), 1, 512, rng));
  const sim::plan how{.generations = 10, .samples = 100};
  sim::ledger books(what, space, {.reference = state.range(0)});
  for (auto _ : state) {
    if (with_ledger)
      sim::run_lineage(what, how, sim::stream(2), books);
    else
      sim::run_lineage(what, how, sim::stream(2), [](const auto& g) { seen += g.model.scale; });
  }
  state.counters["ms/generation"] = benchmark::Counter(static_cast<double>(state.iterations() * how.generations) * 1e-3,
                                                       benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

const bool registered = [] {
  const auto plugged = [](const char* name, auto run, bool with, std::initializer_list<Index> references) {
    auto* made = benchmark::RegisterBenchmark(name, [run, with](benchmark::State& s) { run(s, with); });
    for (const Index n : references) made->Arg(n);
  };
  plugged("ledger/plug_in/bare", plug_in<says::nothing, false>, false, {100'000});
  plugged("ledger/plug_in/fit", plug_in<says::nothing, false>, true, {100'000, 10'000});
  plugged("ledger/plug_in/fit,ideal", plug_in<says::ideal, false>, true, {100'000, 10'000});
  plugged("ledger/plug_in/fit,ideal,cf", plug_in<says::ideal, true>, true, {100'000, 10'000});
  plugged("ledger/plug_in/corners,cf", plug_in<says::corners, true>, true, {100'000});
  for (const bool with : {false, true}) {
    const std::string tail = with ? "/ledger" : "/bare";
    benchmark::RegisterBenchmark(("ledger/replace" + tail).c_str(),
                                 [with](benchmark::State& s) { generations(s, sim::replace{}, with); })
        ->Args({1024, 1000})
        ->Args({256, 1000});
    benchmark::RegisterBenchmark(("ledger/window_2" + tail).c_str(), [with](benchmark::State& s) {
      generations(s, sim::window(2), with);
    })->Args({256, 1000});
  }
  return true;
}();

}  // namespace
