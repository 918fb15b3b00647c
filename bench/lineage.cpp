// Whole lineages through `run_lineage` with one observer: recipes in one dimension, ways of drawing in several.

#include "common.hpp"

namespace sim = simulacra;
using sim::Index;

namespace {

double seen = 0;

template <int D, class Recipe>
void lineage(benchmark::State& state, Recipe recipe, sim::draw how) {
  const auto d = static_cast<Index>(state.range(0)), m = static_cast<Index>(state.range(1));
  const sim::experiment what{sim::gaussian<double, D>::standard(d),
                             sim::gaussian_estimator<double, D>(sim::divisor::n_minus_1), recipe};
  const Index generations = bench::stretch(how, d, m);
  std::uint64_t replicate = 0;
  for (auto _ : state)
    sim::run_lineage(what, {.generations = generations, .samples = m, .how = how},
                     sim::stream({1, 0}, {.replicate = replicate++}), [](const auto& g) { seen += g.model.mean()[0]; });
  state.SetItemsProcessed(state.iterations() * generations);
  state.counters["ns/generation"] = benchmark::Counter(static_cast<double>(state.iterations() * generations) * 1e-9,
                                                       benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

const bool registered = [] {
  const auto one = [](const char* name, auto recipe, sim::draw how) {
    benchmark::RegisterBenchmark((std::string("lineage/") + name + "/" + bench::word(how)).c_str(),
                                 [=](benchmark::State& s) { lineage<1>(s, recipe, how); })
        ->Args({1, 1000});
  };
  for (const sim::draw how : {sim::draw::stored, sim::draw::streamed, sim::draw::collapsed}) {
    one("replace", sim::replace{}, how);
    const auto many = [how](benchmark::State& s) { lineage<sim::dynamic>(s, sim::replace{}, how); };
    benchmark::RegisterBenchmark((std::string("lineage/replace/") + bench::word(how)).c_str(), many)
        ->Args({10, 100})
        ->Args({10, 10000})
        ->Args({100, 1000});
  }
  one("accumulate", sim::accumulate{}, sim::draw::collapsed);
  one("preserve", sim::preserve{0.1}, sim::draw::collapsed);
  one("accumulate_subsample", sim::accumulate_subsample{}, sim::draw::stored);
  return true;
}();

}  // namespace
