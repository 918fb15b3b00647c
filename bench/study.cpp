// What the harness of a study costs: opening a journal of a million replicates of ten numbers, by the replicates a block; and how much of a
// study of blocks of a tenth of a second is not spent in them (`harness_percent`; the machine's disk is in it).

#include "common.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>

#include <unistd.h>

#include <simulacra/random/uniform.hpp>
#include <simulacra/study.hpp>

namespace sim = simulacra;
using sim::Index;

namespace {

using watch = std::chrono::steady_clock;

double seconds_since(watch::time_point begun) { return std::chrono::duration<double>(watch::now() - begun).count(); }

std::filesystem::path folder() {
  return std::filesystem::temp_directory_path() / ("bench-study-" + std::to_string(::getpid()));
}

sim::design two_cells() { return sim::design().axis("n", {1, 2}); }

sim::records ten_numbers(const sim::replication& many) {
  sim::records all({"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}, {1}, many.replicates);
  all.first_replicate = many.first_replicate;
  for (Index i = 0; i < many.replicates; ++i) {
    sim::stream rng({many.seed, many.condition}, {.replicate = static_cast<std::uint64_t>(many.first_replicate + i)});
    for (double& v : all.of(i)) v = sim::uniform(rng);
    all.accept(i);
  }
  return all;
}

void study_open(benchmark::State& state) {
  const sim::study_options how{.replicates = 500000, .block = static_cast<Index>(state.range(0))};
  std::filesystem::remove_all(folder());
  sim::study(two_cells(), how, folder()).run(sim::thread_executor{}, [](const sim::cell&, const sim::replication& many) {
    return ten_numbers(many);
  });
  for (auto _ : state) {
    const sim::study s(two_cells(), how, folder());
    benchmark::DoNotOptimize(s.cells().data());
  }
  std::filesystem::remove_all(folder());
}
BENCHMARK(study_open)->Arg(1000)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();

void study_blocks(benchmark::State& state) {
  double inside = 0, all = 0;
  for (auto _ : state) {
    std::filesystem::remove_all(folder());
    const auto begun = watch::now();
    sim::study(two_cells(), {.replicates = 20, .block = 1}, folder())
        .run(sim::serial_executor{}, [&](const sim::cell&, const sim::replication& many) {
          const auto entered = watch::now();
          sim::records made = ten_numbers(many);
          while (seconds_since(entered) < 0.1) {
          }
          inside += seconds_since(entered);
          return made;
        });
    all += seconds_since(begun);
  }
  state.counters["harness_percent"] = 100 * (all - inside) / all;
  std::filesystem::remove_all(folder());
}
BENCHMARK(study_blocks)->Iterations(1)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
