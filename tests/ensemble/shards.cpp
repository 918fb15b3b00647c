// An ensemble in parts: shards, files of records, and going on where one stopped.
#include "support/statistics.hpp"

#include <cmath>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>

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
  // Each replicate knows its place, so two that meet may come in any order.
  records swapped = run(shard(eleven, 1, 2));
  swapped.append(run(shard(eleven, 0, 2)));
  CHECK(same(swapped, whole));
  CHECK(swapped.first_replicate == 0);
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
  CHECK(back.failures[0].message == "it broke\nhere");
}

namespace {

/// What `append` says of records that do not belong.
std::string refused(records all, const records& more) {
  const records before = all;
  try {
    all.append(more);
  } catch (const std::invalid_argument& error) {
    CHECK(same(all, before));
    return error.what();
  }
  return "nothing";
}
bool has(const std::string& text, const std::string& word) { return text.find(word) != std::string::npos; }

}  // namespace

TEST_CASE("joining: what is of another ensemble, or there already, is refused by what differs") {
  const auto part = [](Index k, replication many = eleven, plan p = how) {
    return run_ensemble(chain, p, shard(std::move(many), k, 3), serial_executor{},
                        metric{"variance", [](const auto& g) { return g.model.variance(); }});
  };
  const records first = part(0);
  const auto with = [](auto change) {
    replication many = eleven;
    change(many);
    return many;
  };
  const auto planned = [](auto change) {
    plan p = how;
    change(p);
    return p;
  };
  CHECK(refused(first, part(1)) == "nothing");
  CHECK(has(refused(first, part(1, with([](auto& m) { m.seed = 4; }))), "it has seed '4' and not '3'"));
  CHECK(has(refused(first, part(1, with([](auto& m) { m.condition = 9; }))), "condition '9' and not '0'"));
  CHECK(has(refused(first, part(1, with([](auto& m) { m.program = "floor .1"; }))), "program 'floor .1' and not ''"));
  CHECK(has(refused(first, part(1, eleven, planned([](auto& p) { p.samples = 6; }))),
            "samples per generation '6' and not '5'"));
  CHECK(has(refused(first, part(1, eleven, planned([](auto& p) { p.generations = 7; }))), "number of generations '7'"));
  CHECK(has(refused(first, part(1, eleven, planned([](auto& p) { p.how = draw::stored; }))),
            "way of drawing 'stored' and not"));
  CHECK(has(refused(first, part(1, eleven, planned([](auto& p) { p.stop.degenerate = true; }))),
            "stopping rule 'degenerate res"));
  const records linear = part(1, eleven, planned([](auto& p) { p.samples = schedule::linear(5, 1); }));
  CHECK(linear.origin->samples.starts_with("5 to 10 in 6 steps, hash "));
  CHECK(has(refused(first, linear), "samples per generation"));
  CHECK(part(1, eleven, planned([](auto& p) { p.samples = schedule([](Index t) { return t == 3 ? 9 : 5 + t; }); })).origin !=
        linear.origin);
  records other = first;
  other.origin->version = "0.0.1";
  CHECK(has(refused(part(1), other), "version of simulacra '0.0.1' and not '"));
  other.origin.reset();
  CHECK(has(refused(part(1), other), "more.origin"));
  CHECK(has(refused(first, first), "a shard was given twice"));
  CHECK(has(refused(part(0, with([](auto& m) { m.replicates = 30; })), first), "replicates 0 to 3, of which number 0"));
  CHECK(has(refused(first, part(2)), "replicates 4 to 7 would be missing"));
  CHECK(has(refused(part(2), first), "replicates 4 to 7 would be missing"));
  CHECK(
      has(refused(run(eleven), records({"variance", "mean"}, {1, 4, 6}, 1)), "is 'mean'; it must be 'a \"mean\", fitted'"));
  CHECK(has(refused(run(eleven), records({"variance"}, {1, 4, 6}, 1)), "more.metrics().size()"));
  CHECK(has(refused(first, records({"variance"}, {1, 4, 5}, 1)), "more.generations()[2]' is 5; it must be 6"));
}

TEST_CASE("joining: a shard that was stopped is not taken for finished, and its rest joins it") {
  const records whole = run(eleven);
  CHECK(whole.complete());
  std::stop_source stop;
  replication many = eleven;
  many.stop = stop.get_token();
  many.progress = [&](Index done, Index) {
    if (done == 4) stop.request_stop();
  };
  records half = run(many);
  CHECK((half.stopped && half.finished() == 4 && !half.complete()));
  const auto path = scratch("half.csv");
  std::filesystem::remove(path);
  CHECK_FALSE(has_complete_records(path));
  save_records(path, half);
  CHECK_FALSE(has_complete_records(path));
  half = load_records(path);
  replication rest = eleven;
  rest.first_replicate = 4;
  rest.replicates = 7;
  half.append(run(rest));
  CHECK(same(half, whole));
  CHECK((half.complete() && !half.stopped));
  save_records(path, half);
  CHECK(has_complete_records(path));
  // A replicate that ended with an error has ended; the loop must not run it for ever.
  half.discard(2);
  CHECK_FALSE(half.complete());
  half.failures.push_back({2, {3, 0}, "no"});
  CHECK(half.complete());
  // The shards of the documented loop, in files, with the fingerprint that they were made with.
  records all = load_records(path);
  for (Index k = 0; k < 3; ++k) {
    replication named = eleven;
    named.program = "line\nbreak \\n é\x01 ";
    save_records(scratch("shard" + std::to_string(k)), run(shard(named, k, 3)));
  }
  records parts = load_records(scratch("shard0"));
  for (Index k = 1; k < 3; ++k) parts.append(load_records(scratch("shard" + std::to_string(k))));
  CHECK(same(parts, whole));
  CHECK(parts.origin->program == "line\nbreak \\n é\x01 ");
  CHECK(parts.origin->seed == 3);
  CHECK(has(refused(parts, whole), "program"));
}

TEST_CASE("a file that is no file of records is refused with its line") {
  const std::string good = records_csv(run(eleven));
  CHECK(said(good) == "nothing");
  CHECK(said("").find("line 0: the file ends too early") != std::string::npos);
  CHECK(said("replicate,generation,x\n").find("line 1: this is no file of records") != std::string::npos);
  CHECK(said(good.substr(0, good.size() - 3)).find(": the file is cut short") != std::string::npos);
  CHECK(said(good.substr(0, good.rfind("\n10,6") + 1)).find("in the middle of a replicate") != std::string::npos);
  CHECK(said(good.substr(0, good.find("\n10,1") + 1)).find("11 replicates should be there, and 10 are") !=
        std::string::npos);
  std::string worse = good;
  worse.replace(worse.find("\n0,4,") + 5, 3, "x.y");
  CHECK(said(worse).find(": 'x.y") != std::string::npos);
  CHECK(said(good + "3,1,0,0\n").find("replicates must increase") != std::string::npos);
  CHECK_THROWS_AS(static_cast<void>(load_records(scratch("there_is_none.csv"))), std::runtime_error);
}
