#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <simulacra/ensemble/executor.hpp>

namespace sim = simulacra;
using sim::Index;

static_assert(sim::executor<sim::serial_executor>);
static_assert(sim::executor<sim::thread_executor>);
static_assert(!sim::executor<int>);

TEST_CASE("every index is done once, for any number of threads") {
  for (const Index threads : {0, 1, 2, 7, 100}) {
    std::vector<std::atomic<int>> times(501);
    sim::thread_executor{threads}.for_each_index(501, [&](Index i) { ++times[static_cast<std::size_t>(i)]; });
    for (const auto& t : times) CHECK(t == 1);
  }
  int calls = 0;
  sim::thread_executor{4}.for_each_index(0, [&](Index) { ++calls; });
  CHECK(calls == 0);
}

TEST_CASE("the lowest index that threw is thrown on") {
  for (const Index threads : {1, 3}) {
    try {
      sim::thread_executor{threads}.for_each_index(100, [](Index i) {
        if (i >= 10) throw std::runtime_error(std::to_string(i));
      });
      FAIL("nothing was thrown");
    } catch (const std::runtime_error& error) {
      CHECK(std::string(error.what()) == "10");
    }
  }
}

TEST_CASE("a stop leaves the rest undone") {
  std::stop_source stop;
  std::atomic<Index> done{0};
  sim::thread_executor{3}.for_each_index(
      100000,
      [&](Index) {
        if (++done == 50) stop.request_stop();
      },
      stop.get_token());
  CHECK(done >= 50);
  CHECK(done < 60);
}

TEST_CASE("threads: no more than there are indices, nor than a few for each core") {
  const auto cores = static_cast<Index>(std::max(1u, std::thread::hardware_concurrency()));
  CHECK(sim::thread_executor{1000}.workers_for(1000000) == std::max<Index>(4 * cores, 8));
  CHECK(sim::thread_executor{1000}.workers_for(3) == 3);
  CHECK(sim::thread_executor{0}.workers_for(1000000) == cores);
  CHECK(sim::thread_executor{2}.workers_for(1000000) == 2);
  CHECK(sim::thread_executor{7}.workers_for(0) == 1);
}
