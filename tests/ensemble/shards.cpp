// An ensemble in parts: shards, files of records, and going on where one stopped.
#include "support/statistics.hpp"

#include <cmath>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <string>

#include <simulacra/ensemble.hpp>
#include <simulacra/gaussian.hpp>
#include <simulacra/io.hpp>
#include <simulacra/recursion.hpp>

using namespace simulacra;

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
const experiment chain{gaussian<double, 1>(0, 1), gaussian_estimator<double, 1>(divisor::n), replace{}};
const plan how{.generations = 6, .samples = 5};
const replication eleven{.replicates = 11, .seed = 3, .generations = {1, 4, 6}};

records run(const replication& many) {
  return run_ensemble(
      chain, how, many, serial_executor{}, metric{"variance", [](const auto& g) { return g.model.variance(); }},
      metric{"a \"mean\", fitted", [](const auto& g) { return g.number == 6 ? undefined : g.model.mean()[0]; }});
}

bool same(const records& a, const records& b) {
  if (a.metrics() != b.metrics() || a.generations() != b.generations() || a.replicates() != b.replicates() ||
      a.fits != b.fits)
    return false;
  for (Index r = 0; r < a.replicates(); ++r) {
    if (a.has(r) != b.has(r)) return false;
    for (std::size_t i = 0; i < a.of(r).size(); ++i) {
      const double x = a.of(r)[i], y = b.of(r)[i];
      if (!(x == y || (std::isnan(x) && std::isnan(y)))) return false;
    }
  }
  return true;
}

std::filesystem::path scratch(const std::string& name) {
  const auto folder = std::filesystem::temp_directory_path() / "simulacra_shards_test";
  std::filesystem::create_directories(folder);
  return folder / name;
}

/// What load_records says of a file with this content.
std::string said(const std::string& content) {
  const auto path = scratch("bad.csv");
  write_file(path, content);
  try {
    static_cast<void>(load_records(path));
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "nothing";
}

}  // namespace

TEST_CASE("shards of an ensemble, one behind the other, are the ensemble") {
  const records whole = run(eleven);
  for (const Index of : {1, 2, 3, 11}) {
    records parts = run(shard(eleven, 0, of));
    for (Index k = 1; k < of; ++k) parts.append(run(shard(eleven, k, of)));
    CHECK(same(parts, whole));
  }
  // in another order they are not
  records swapped = run(shard(eleven, 1, 2));
  swapped.append(run(shard(eleven, 0, 2)));
  CHECK_FALSE(same(swapped, whole));
  CHECK_THROWS_AS(static_cast<void>(shard(eleven, 3, 3)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(shard(eleven, 0, 12)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(shard(eleven, 0, 0)), std::invalid_argument);
}

TEST_CASE("records of other metrics or generations cannot be appended") {
  records all = run(eleven);
  CHECK_THROWS_AS(all.append(records({"variance"}, {1, 4, 6}, 1)), std::invalid_argument);
  CHECK_THROWS_AS(all.append(records(all.metrics(), {1, 4}, 1)), std::invalid_argument);
}

TEST_CASE("records read back from their file are the same bits, with what failed and what is missing") {
  records all = run(eleven);
  all.discard(4);
  all.failures.push_back({4, {3, 7}, "it broke\nhere"});
  all.stopped = true;
  const auto path = scratch("records.csv");
  save_records(path, all);
  const records back = load_records(path);
  CHECK_FALSE(back.has(4));
  for (Index r = 0; r < 11; ++r)
    if (r != 4) CHECK(back.has(r));
  all.discard(4);
  for (double& v : all.of(4)) v = undefined;
  CHECK(same(all, back));
  CHECK(back.stopped);
  REQUIRE(back.failures.size() == 1);
  CHECK(back.failures[0].replicate == 4);
  CHECK(back.failures[0].key.condition == 7);
  CHECK(back.failures[0].message == "it broke here");
}

TEST_CASE("a file that is no file of records is refused with its line") {
  const std::string good = records_csv(run(eleven));
  CHECK(said(good) == "nothing");
  CHECK(said("").find("line 0: the file ends too early") != std::string::npos);
  CHECK(said("replicate,generation,x\n").find("line 1: this is no file of records") != std::string::npos);
  CHECK(said(good.substr(0, good.size() - 3)).find(": the file is cut short") != std::string::npos);
  CHECK(said(good.substr(0, good.rfind("\n10,6") + 1)).find("in the middle of a replicate") != std::string::npos);
  std::string worse = good;
  worse.replace(worse.find("\n0,4,") + 5, 3, "x.y");
  CHECK(said(worse).find("line 8: 'x.y") != std::string::npos);
  CHECK(said(good + "3,1,0,0\n").find("replicates must increase") != std::string::npos);
  CHECK_THROWS_AS(static_cast<void>(load_records(scratch("there_is_none.csv"))), std::runtime_error);
}
