// N-gram models: counting and smoothing, drawing, querying, beam search, a whole generation. Of WikiText-2's validation text, where
// $SIMULACRA_DATA or ../shared/data has it; else of a made-up text of about its size, which has less to be learnt.

#include <cstdint>
#include <cstdlib>
#include <filesystem>

#include <benchmark/benchmark.h>

#include <simulacra/language.hpp>
#include <simulacra/recursion.hpp>

namespace sim = simulacra;
using sim::Index;

namespace {

struct texts {
  Index symbols = 0, bytes = 0;
  sim::corpus blocks;
};

texts read() {
  const char* set = std::getenv("SIMULACRA_DATA");
  const std::filesystem::path file = std::filesystem::path(set != nullptr ? set : "../shared/data") / "wikitext2_valid.txt";
  std::error_code error;
  if (std::filesystem::exists(file, error)) {
    const sim::text_lines lines = sim::read_text(file);
    const sim::vocabulary words = sim::vocabulary_of(lines, sim::text_unit::word);
    return {words.size(), static_cast<Index>(std::filesystem::file_size(file)),
            sim::blocks_of(lines, words, sim::text_unit::word)};
  }
  // Words by Zipf's law, each drawn again from a few that go with the one before it.
  sim::stream rng(1);
  const sim::ngram source = sim::random_markov_source({.order = 1, .words = 1000, .concentration = 0.01}, rng);
  return {source.symbols(), 1'100'000, source.sample(3400, rng)};
}

const texts& text() {
  static const texts all = read();
  return all;
}

template <int N>
sim::ngram_estimator<N> estimator() {
  return sim::ngram_estimator<N>({.by = sim::ngram_smoothing::kneser_ney, .symbols = text().symbols});
}

/// Counts and model; bytes are those of the text.
template <int N>
void train(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(estimator<N>().fit(text().blocks).model.symbols());
  state.SetBytesProcessed(state.iterations() * text().bytes);
}
BENCHMARK(train<3>)->Unit(benchmark::kMillisecond);
BENCHMARK(train<5>)->Unit(benchmark::kMillisecond);

template <int N>
void draw(benchmark::State& state) {
  const sim::ngram m = estimator<N>().fit(text().blocks).model;
  sim::stream rng(2);
  for (auto _ : state) benchmark::DoNotOptimize(m.sample(1000, rng).tokens());
  state.SetItemsProcessed(state.iterations() * 1000 * m.length());
}
BENCHMARK(draw<3>)->Unit(benchmark::kMillisecond);
BENCHMARK(draw<5>)->Unit(benchmark::kMillisecond);

/// Of text that the model was not trained on: the blocks of another model.
template <int N>
void query(benchmark::State& state) {
  const sim::ngram m = estimator<N>().fit(text().blocks).model;
  sim::stream rng(3);
  const sim::corpus x = estimator<2>().fit(text().blocks).model.sample(1000, rng);
  for (auto _ : state) benchmark::DoNotOptimize(sim::perplexity(m, x));
  state.SetItemsProcessed(state.iterations() * x.tokens());
}
BENCHMARK(query<3>)->Unit(benchmark::kMillisecond);
BENCHMARK(query<5>)->Unit(benchmark::kMillisecond);

void beams(benchmark::State& state) {
  const sim::corpus prompts = text().blocks.front(100);
  const auto decoded = sim::prompted(prompts, sim::beam_search({.width = 5}))(estimator<3>().fit(text().blocks).model);
  sim::stream rng(4);
  for (auto _ : state) benchmark::DoNotOptimize(decoded.sample(100, rng).tokens());
  state.SetItemsProcessed(state.iterations() * prompts.tokens());
}
BENCHMARK(beams)->Unit(benchmark::kMillisecond);

/// Generations of a lineage: as many blocks as there are, drawn, counted and smoothed.
void generation(benchmark::State& state) {
  const sim::data_law truth(text().blocks);
  const sim::experiment what{truth, estimator<3>(), sim::replace{}};
  std::uint64_t replicate = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(
        sim::run_lineage(what, {.generations = 5, .samples = truth.size()}, sim::stream({1, 0}, {.replicate = replicate++}))
            .generations);
  state.SetItemsProcessed(state.iterations() * 5);
}
BENCHMARK(generation)->Unit(benchmark::kMillisecond);

}  // namespace
