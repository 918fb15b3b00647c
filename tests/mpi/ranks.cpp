// Ensembles and studies on ranks: run by mpirun with 1, 2, 3 and 5 of them.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

#include <unistd.h>

#include <simulacra/families/gaussian/estimator.hpp>
#include <simulacra/io/records_file.hpp>
#include <simulacra/mpi.hpp>
#include <simulacra/random/uniform.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/study.hpp>

#include "support/throws.hpp"

namespace sim = simulacra;
using sim::Index;
using simulacra_test::throws;
namespace fs = std::filesystem;

namespace {

template <class Executor>
sim::records ensemble(const Executor& on, Index replicates, Index thrower = -1) {
  const sim::experiment what{sim::gaussian<double, 1>(0, 1), sim::gaussian_estimator<double, 1>(sim::divisor::n),
                             sim::replace{}};
  Index at = 0;
  return sim::run_ensemble(what, {.generations = 4, .samples = 10}, {.replicates = replicates, .seed = 7}, on,
                           sim::metric{"mean", [](const auto& g) { return g.model.mean()[0]; }},
                           sim::metric{"odd", [&at, thrower](const auto& g) {
                                         at = static_cast<Index>(g.root.where().replicate);
                                         if (thrower == -2 || at == thrower) throw std::runtime_error("odd one out");
                                         return at == 2 ? std::numeric_limits<double>::quiet_NaN() : g.model.variance();
                                       }});
}

sim::records body(const sim::cell& c, const sim::replication& many) {
  sim::records all({"x"}, {1, 2}, many.replicates);
  all.first_replicate = many.first_replicate;
  for (Index i = 0; i < many.replicates; ++i) {
    sim::stream rng({many.seed, many.condition}, {.replicate = static_cast<std::uint64_t>(many.first_replicate + i)});
    for (double& v : all.of(i)) v = c.real("n") * sim::uniform(rng);
    all.accept(i);
  }
  return all;
}

sim::design grid() { return sim::design().axis("n", {1, 2, 3, 4}); }

/// A folder that all ranks know and the first one clears.
fs::path shared_folder(const sim::mpi_executor& on, const char* name) {
  const fs::path path = fs::temp_directory_path() / ("simulacra-mpi-" + std::to_string(on.ranks()) + "-" + name);
  if (on.is_first()) fs::remove_all(path);
  on.any(false);
  return path;
}

std::string serial_table(const sim::study_options& how, const sim::mpi_executor& on, bool until) {
  const fs::path path =
      fs::temp_directory_path() / ("simulacra-mpi-serial-" + std::to_string(on.ranks()) + "-" + std::to_string(on.rank()));
  fs::remove_all(path);
  sim::study s(grid(), how, path);
  if (until) s.until({.metric = "x", .mcse = 0.05, .relative = true, .least = 20});
  const std::string csv = s.run(sim::serial_executor{}, body).table().csv();
  fs::remove_all(path);
  return csv;
}

}  // namespace

TEST_CASE("every index is run once, by whoever is free") {
  const sim::mpi_executor on(MPI_COMM_WORLD);
  for (const Index n : {0, 1, 100}) {
    std::vector<int> ran(static_cast<std::size_t>(n)), all(ran.size());
    on.for_each_index(n, [&](Index i) { ++ran[static_cast<std::size_t>(i)]; });
    MPI_Allreduce(ran.data(), all.data(), static_cast<int>(n), MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    CHECK(all == std::vector<int>(static_cast<std::size_t>(n), 1));
  }
}

TEST_CASE("an ensemble on ranks has the bits of one on a thread, on every rank") {
  const sim::records right = ensemble(sim::serial_executor{}, 23);
  for (const Index piece : {Index{1} << 30, Index{100}}) {  // in one piece, and in many
    const sim::records all = ensemble(sim::mpi_executor(MPI_COMM_WORLD, piece), 23);
    CHECK(sim::records_csv(all) == sim::records_csv(right));
    CHECK(all.fits == right.fits);
  }
}

TEST_CASE("what a replicate throws is its failure on every rank, and what all throw is thrown on all") {
  const sim::mpi_executor on(MPI_COMM_WORLD);
  const sim::records right = ensemble(sim::serial_executor{}, 9, 4), all = ensemble(on, 9, 4);
  CHECK(sim::records_csv(all) == sim::records_csv(right));
  CHECK(all.failures.size() == 1);
  CHECK(throws<std::runtime_error>([&] { ensemble(on, 9, -2); }, "odd one out"));
}

TEST_CASE("an error on one rank ends the call on all") {
  const sim::mpi_executor on(MPI_COMM_WORLD);
  const auto run = [&] {
    on.for_each_index(50, [](Index i) {
      if (i == 5) throw std::domain_error("five is right out");
    });
  };
  CHECK(throws<std::exception>(run, "five is right out"));
  std::stop_source stop;
  if (on.is_first()) stop.request_stop();
  on.for_each_index(
      50, [](Index) {}, stop.get_token());
  CHECK(on.any(on.is_first()));
  CHECK_FALSE(on.any(false));
}

TEST_CASE("a study on ranks is the same bytes") {
  const sim::mpi_executor on(MPI_COMM_WORLD);
  const sim::study_options how{.replicates = 60, .seed = 2, .block = 4};
  for (const bool until : {false, true}) {
    const fs::path path = shared_folder(on, until ? "until" : "study");
    sim::study s(grid(), how, path);
    if (until) s.until({.metric = "x", .mcse = 0.05, .relative = true, .least = 20});
    const sim::study_result all = s.run(on, body);
    CHECK(all.complete());
    CHECK(all.table().csv() == serial_table(how, on, until));
    on.any(false);
    if (on.is_first()) fs::remove_all(path);
  }
}

TEST_CASE("one rank cannot write: all say so") {
  const sim::mpi_executor on(MPI_COMM_WORLD);
  const fs::path path = shared_folder(on, "gone");
  sim::study s(grid(), {.replicates = 60, .seed = 2, .block = 4}, path);
  on.any(false);
  if (on.is_first()) fs::remove_all(path);
  on.any(false);
  CHECK(throws<std::runtime_error>([&] { s.run(on, body); }, "study"));
}

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int failed = 0;
  if (argc == 3 && std::string(argv[1]) == "die") {  // a study in which the last rank dies, and then one that goes on
    const sim::mpi_executor on(MPI_COMM_WORLD);
    int blocks = 0;
    sim::study s(grid(), {.replicates = 60, .seed = 2, .block = 4}, argv[2]);
    const bool again = s.status().done() > 0;
    const auto all = s.run(on, [&](const sim::cell& c, const sim::replication& many) {
      if (!again) ::usleep(3000);  // so that every rank gets some
      if (!again && on.rank() == on.ranks() - 1 && ++blocks == 3) std::raise(SIGKILL);
      return body(c, many);
    });
    failed = all.table().csv() == serial_table({.replicates = 60, .seed = 2}, on, false) && again ? 0 : 1;
  } else {
    failed = doctest::Context(argc, argv).run();
  }
  MPI_Finalize();
  return failed;
}
