#include <doctest/doctest.h>

#include <cmath>
#include <csignal>
#include <limits>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <simulacra/ensemble.hpp>
#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>

#include "support/statistics.hpp"

namespace sim = simulacra;
using sim::Index;

namespace {

const auto variance = sim::metric{"variance", [](const auto& g) { return g.model.variance(); }};
const auto mean = sim::metric{"mean", [](const auto& g) { return g.model.mean()[0]; }};

auto walk() {
  return sim::experiment{sim::gaussian<double, 1>(0, 1), sim::gaussian_estimator<double, 1>(sim::divisor::n),
                         sim::replace{}};
}

bool same(const sim::records& a, const sim::records& b, Index replicates) {
  for (Index r = 0; r < replicates; ++r) {
    const auto x = a.of(r), y = b.of(r);
    if (!std::equal(x.begin(), x.end(), y.begin(), y.end())) return false;
  }
  return true;
}

/// Throws what it is told to in the replicate that it is told to.
struct moody_estimator {
  using summary = sim::moments<double, 1>;
  sim::gaussian_estimator<double, 1> inner{sim::divisor::n};
  int kind = 0;
  sim::fitted<sim::gaussian<double, 1>> fit(const summary& m, sim::stream& rng) const {
    if (rng.where().replicate == 3 && rng.where().generation == 5) {
      if (kind == 0) throw std::domain_error("will not");
      if (kind == 1) throw std::runtime_error("cannot");
      throw std::invalid_argument("must not");
    }
    return inner.fit(m, rng);
  }
};

/// Numbers the generations that it has seen.
struct count_generations {
  double seen = 0;
  [[nodiscard]] std::vector<std::string> names() const { return {"seen", "twice"}; }
  void operator()(const auto& g, std::span<double> out) {
    seen += 1;
    out[0] = seen;
    out[1] = 2 * static_cast<double>(g.number);
  }
};

/// A probe with a member that a metric has too.
struct remembers {
  double value = 0;
  [[nodiscard]] std::vector<std::string> names() const { return {"remembered"}; }
  void operator()(const auto&, std::span<double> out) { out[0] = value += 1; }
};

}  // namespace

TEST_CASE("an ensemble is the same bits for 1, 2 and 7 threads and serially") {
  const sim::plan how{.generations = 40, .samples = 30};
  const sim::replication many{.replicates = 50, .seed = 9};
  const auto serial = sim::run_ensemble(walk(), how, many, sim::serial_executor{}, variance, mean);
  for (const Index threads : {1, 2, 7})
    CHECK(same(serial, sim::run_ensemble(walk(), how, many, sim::thread_executor{threads}, variance, mean), 50));
  // and the check can fail: another seed is another ensemble
  CHECK(!same(serial, sim::run_ensemble(walk(), how, {.replicates = 50, .seed = 10}, sim::serial_executor{}, variance, mean),
              50));
}

TEST_CASE("the first 100 of 300 replicates are the 100") {
  const sim::plan how{.generations = 10, .samples = 20};
  const auto few = sim::run_ensemble(walk(), how, {.replicates = 100}, variance);
  const auto more = sim::run_ensemble(walk(), how, {.replicates = 300}, variance);
  CHECK(same(few, more, 100));
  const auto later = sim::run_ensemble(walk(), how, {.replicates = 100, .first_replicate = 200}, variance);
  for (Index r = 0; r < 100; ++r) CHECK(later.at(r, 9, 0) == more.at(200 + r, 9, 0));
}

TEST_CASE("conditions share random numbers or not, by their number") {
  const sim::plan how{.generations = 5, .samples = 20};
  const auto a = sim::run_ensemble(walk(), how, {.replicates = 5, .condition = 1}, variance);
  const auto b = sim::run_ensemble(walk(), how, {.replicates = 5, .condition = 1}, variance);
  const auto c = sim::run_ensemble(walk(), how, {.replicates = 5, .condition = 2}, variance);
  CHECK(same(a, b, 5));
  CHECK(!same(a, c, 5));
}

TEST_CASE("only the generations that are asked for are recorded, and they are the same numbers") {
  const sim::plan how{.generations = 20, .samples = 20};
  const auto all = sim::run_ensemble(walk(), how, {.replicates = 4}, variance, mean);
  const auto some = sim::run_ensemble(walk(), how, {.replicates = 4, .generations = {1, 7, 20}}, variance, mean);
  CHECK(some.generations() == std::vector<Index>{1, 7, 20});
  for (Index r = 0; r < 4; ++r)
    for (const std::size_t k : {0u, 1u}) {
      CHECK(some.at(r, 0, k) == all.at(r, 0, k));
      CHECK(some.at(r, 1, k) == all.at(r, 6, k));
      CHECK(some.at(r, 2, k) == all.at(r, 19, k));
    }
}

TEST_CASE("the ensemble mean and its error agree with theory, and a wrong theory is found out") {
  const auto all = sim::run_ensemble(walk(), {.generations = 10, .samples = 50}, {.replicates = 4000}, variance, mean);
  const auto v = all.at(9, all.column("variance"));
  CHECK_Z(v.mean, std::pow(1 - 1.0 / 50, 10), v.mcse);
  CHECK(std::abs(simulacra_test::z_score(v.mean, 1.0, v.mcse)) > simulacra_test::z_limit);  // the unbiased divisor's value
}

TEST_CASE("a domain_error ends a lineage, is kept with its key, and leaves the later numbers out") {
  const sim::experiment what{sim::gaussian<double, 1>(0, 1), moody_estimator{}, sim::replace{}};
  const auto all = sim::run_ensemble(what, {.generations = 10, .samples = 20}, {.replicates = 8, .seed = 77}, variance);
  REQUIRE(all.failures.size() == 1);
  CHECK(all.failures[0].replicate == 3);
  CHECK(all.failures[0].key == sim::stream_key{77, 0});
  CHECK(all.failures[0].message == "will not");
  CHECK(all.at(4, 0).count == 8);
  CHECK(all.at(5, 0).count == 7);
  CHECK(all.fits[static_cast<std::size_t>(sim::status::ok)] == 7 * 10 + 5);
  CHECK(all.fits[static_cast<std::size_t>(sim::status::failed)] == 1);
}

TEST_CASE("another exception drops the replicate, keeps its key, and the others go on") {
  const sim::experiment what{sim::gaussian<double, 1>(0, 1), moody_estimator{.kind = 1}, sim::replace{}};
  const auto all = sim::run_ensemble(what, {.generations = 10, .samples = 20}, {.replicates = 8}, variance);
  REQUIRE(all.failures.size() == 1);
  CHECK(all.failures[0].message == "cannot");
  CHECK(!all.has(3));
  CHECK(all.finished() == 7);
  CHECK(all.at(9, 0).count == 7);
}

TEST_CASE("a caller's mistake is thrown on at once") {
  const sim::experiment what{sim::gaussian<double, 1>(0, 1), moody_estimator{.kind = 2}, sim::replace{}};
  CHECK_THROWS_WITH_AS(sim::run_ensemble(what, {.generations = 10, .samples = 20}, {.replicates = 8}, variance), "must not",
                       std::invalid_argument);
  const auto one = [&](sim::replication many) {
    return sim::run_ensemble(walk(), {.generations = 5, .samples = 9}, many, variance);
  };
  CHECK_THROWS_WITH_AS(one({.replicates = 0}), "simulacra::run_ensemble: argument 'replicates' is 0; it must be at least 1",
                       std::invalid_argument);
  CHECK_THROWS_AS(one({.replicates = 2, .generations = {3, 2}}), std::invalid_argument);
  CHECK_THROWS_AS(one({.replicates = 2, .generations = {6}}), std::invalid_argument);
  CHECK_THROWS_AS(sim::run_ensemble(walk(), {.generations = 5, .samples = 9}, {.replicates = 2}, variance, variance),
                  std::invalid_argument);
  CHECK_THROWS_AS(
      sim::run_ensemble(walk(), {.generations = 5, .samples = 9}, {.replicates = 2}, sim::thread_executor{-1}, variance),
      std::invalid_argument);
}

TEST_CASE("a stopped ensemble keeps what is finished, and only that") {
  std::stop_source stop;
  Index told = 0;
  const auto all = sim::run_ensemble(walk(), {.generations = 100, .samples = 20},
                                     {.replicates = 1000,
                                      .progress =
                                          [&](Index done, Index) {
                                            told = done;
                                            if (done == 10) stop.request_stop();
                                          },
                                      .stop = stop.get_token()},
                                     sim::serial_executor{}, variance);
  CHECK(all.stopped);
  CHECK(told == 10);
  CHECK(all.finished() == 10);
  CHECK(all.at(99, 0).count == 10);
  const auto whole = sim::run_ensemble(walk(), {.generations = 100, .samples = 20}, {.replicates = 10}, variance);
  CHECK(same(whole, all, 10));
}

TEST_CASE("Ctrl-C asks the token to stop and does not end the program") {
  sim::interrupt ctrl_c;
  CHECK(!ctrl_c.happened());
  std::raise(SIGINT);
  for (int i = 0; i < 200 && !ctrl_c.happened(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  CHECK(ctrl_c.happened());
  CHECK(ctrl_c.token().stop_requested());
}

TEST_CASE("a probe may remember, and each replicate has its own") {
  const auto all = sim::run_ensemble(walk(), {.generations = 9, .samples = 20}, {.replicates = 20, .generations = {4, 9}},
                                     count_generations{}, variance);
  CHECK(all.metrics() == std::vector<std::string>{"seen", "twice", "variance"});
  for (Index r = 0; r < 20; ++r) {
    CHECK(all.at(r, 0, 0) == 4);
    CHECK(all.at(r, 1, 0) == 9);
    CHECK(all.at(r, 1, 1) == 18);
  }
  CHECK_THROWS_WITH_AS(
      static_cast<void>(all.column("nothing")),
      "simulacra::records::column: argument 'metric' is nothing; it must be one of those that were recorded: "
      "seen, twice, variance",
      std::invalid_argument);
}

TEST_CASE("what remembers sees every generation, whatever its members are called") {
  const auto all = sim::run_ensemble(walk(), {.generations = 9, .samples = 20}, {.replicates = 2, .generations = {9}},
                                     remembers{}, sim::metric{"calls", [n = 0.0](const auto&) mutable { return n += 1; }});
  CHECK(all.at(0, 0, 0) == 9);
  CHECK(all.at(1, 0, 1) == 9);
}

TEST_CASE("a chain that diverges ends by itself and not the ensemble") {
  for (const sim::draw how : {sim::draw::collapsed, sim::draw::streamed, sim::draw::stored}) {
    const sim::experiment what{sim::gaussian<double, 1>(0, 1), sim::gaussian_estimator<double, 1>(sim::divisor::n),
                               sim::replace{}, sim::inflated{1e8}};
    const auto all = sim::run_ensemble(what, {.generations = 200, .samples = 20, .how = how}, {.replicates = 3}, variance);
    CHECK(all.finished() == 3);
    CHECK(all.failures.size() == 3);
    CHECK(all.at(0, 0).count == 3);
    CHECK(all.at(199, 0).count == 0);
  }
}

TEST_CASE("observers and probes do not change the numbers") {
  const auto with = sim::run_ensemble(walk(), {.generations = 30, .samples = 20}, {.replicates = 3}, variance, mean);
  const sim::stream root({1, 0}, {.replicate = 2});
  const auto bare = sim::run_lineage(walk(), {.generations = 30, .samples = 20}, root);
  CHECK(bare.model->variance() == with.at(2, 29, 0));
}
