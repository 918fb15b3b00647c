// One generation of the Gaussian family, drawn and fitted, in each way of drawing; without the loop around it.

#include "common.hpp"

namespace sim = simulacra;
using sim::Index;

namespace {

template <int D>
void generation(benchmark::State& state, sim::draw how) {
  const auto d = static_cast<Index>(state.range(0)), m = static_cast<Index>(state.range(1));
  using summary = sim::moments<double, D>;
  const auto truth = sim::gaussian<double, D>::standard(d);
  const sim::gaussian_estimator<double, D> estimator(sim::divisor::n_minus_1);
  const sim::stream root(1);
  const Index stretch = bench::stretch(how, d, m);
  auto model = truth;
  sim::samples<double, D> x(d, m);
  Index t = 0;
  for (auto _ : state) {
    if (t % stretch == 0) model = truth;
    sim::stream rng = root.at(static_cast<std::uint64_t>(t++), sim::purpose::sample);
    if (how == sim::draw::stored) {
      model.sample_into(x, rng);
      model = estimator.fit(x, rng).model;
    } else if (how == sim::draw::streamed) {
      model = estimator.fit(model.stream_summary(m, sim::as<summary>{}, rng)).model;
    } else {
      model = estimator.fit(model.sample_summary(m, sim::as<summary>{}, rng)).model;
    }
    benchmark::DoNotOptimize(model.mean()[0]);
  }
}

const bool registered = [] {
  for (const sim::draw how : {sim::draw::stored, sim::draw::streamed, sim::draw::collapsed}) {
    const std::string name = std::string("generation/") + bench::word(how);
    const auto add = [&](auto* run, std::vector<std::pair<int, int>> sizes) {
      for (const auto& [d, m] : sizes)
        benchmark::RegisterBenchmark(name.c_str(), [run, how](benchmark::State& s) { run(s, how); })->Args({d, m});
    };
    add(generation<1>, {{1, 1000}});
    add(generation<2>, {{2, 10000}});
    add(generation<sim::dynamic>, {{10, 100}, {10, 10000}, {100, 1000}, {100, 10000}});
    if (how == sim::draw::collapsed) add(generation<1>, {{1, 10}, {1, 1000000}});
  }
  return true;
}();

}  // namespace
