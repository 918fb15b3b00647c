#include <doctest/doctest.h>

#include <cmath>
#include <csignal>
#include <limits>
#include <set>
#include <span>
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
      if (kind == 3) throw std::runtime_error("");
      if (kind == 4) throw 4;
      if (kind == 5) throw std::domain_error("");
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
  const sim::experiment mute{sim::gaussian<double, 1>(0, 1), moody_estimator{.kind = 5}, sim::replace{}};
  const auto said = sim::run_ensemble(mute, {.generations = 10, .samples = 20}, {.replicates = 8, .seed = 77}, variance);
  REQUIRE(said.failures.size() == 1);
  CHECK(said.failures[0].message == "an exception without words");  // a failure is told from none by its note
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

TEST_CASE("nothing is lost: whatever one replicate throws is its failure, with key, generation and message") {
  const sim::plan how{.generations = 10, .samples = 20};
  const sim::replication many{.replicates = 8, .seed = 5, .condition = 6, .first_replicate = 2};
  const auto one_failure = [&](const sim::records& all, const std::string& message, Index generation) {
    CHECK(all.finished() == 7);
    CHECK(!all.has(1));
    REQUIRE(all.failures.size() == 1);
    CHECK(all.failures[0].replicate == 3);
    CHECK(all.failures[0].key == sim::stream_key{5, 6});
    CHECK(all.failures[0].message == message);
    CHECK(all.failures[0].generation == generation);
    CHECK(all.complete());
  };
  for (const int kind : {1, 2, 3, 4}) {  // in the fit to the data of generation 5
    const sim::experiment what{sim::gaussian<double, 1>(0, 1), moody_estimator{.kind = kind}, sim::replace{}};
    const char* const words[] = {"", "cannot", "must not", "an exception without words",
                                 "an exception that is no std::exception"};
    one_failure(sim::run_ensemble(what, how, many, variance), words[kind], 6);
  }
  const auto of_metric =
      sim::run_ensemble(walk(), how, many, sim::metric{"number", [](const auto& g) {
                                                         if (g.root.where().replicate == 3 && g.number == 4)
                                                           return std::stod("none");
                                                         return g.model.variance();
                                                       }});
  one_failure(of_metric, "stod", 4);
}

TEST_CASE("nothing is lost: only what all replicates throw alike is thrown on") {
  const auto throws_when = [](auto when) {
    return sim::metric{"it", [when](const auto& g) {
                         if (when(g)) throw std::invalid_argument("all of us");
                         return 1.0;
                       }};
  };
  const auto run = [&](auto when) {
    return sim::run_ensemble(walk(), {.generations = 10, .samples = 20}, {.replicates = 6}, throws_when(when));
  };
  CHECK_THROWS_WITH_AS(run([](const auto& g) { return g.number == 7; }), "all of us", std::invalid_argument);
  const auto apart = run([](const auto& g) { return g.number == 1 + static_cast<Index>(g.root.where().replicate); });
  CHECK(apart.finished() == 0);
  CHECK(apart.failures.size() == 6);
  CHECK(run([](const auto& g) { return g.number == 7 && g.root.where().replicate != 2; }).failures.size() == 5);
}

TEST_CASE("nothing is lost: an exception of progress is kept, and it is not called again") {
  Index calls = 0;
  const auto all = sim::run_ensemble(walk(), {.generations = 10, .samples = 20},
                                     {.replicates = 30,
                                      .progress =
                                          [&](Index done, Index) {
                                            ++calls;
                                            if (done == 4) throw std::runtime_error("no terminal");
                                          }},
                                     variance);
  CHECK(all.finished() == 30);
  CHECK(all.progress_failure == "no terminal");
  CHECK(calls == 4);
}

TEST_CASE("nothing is lost: NaN ends its lineage as a failure, and bands count what they miss") {
  const auto nan_of = [](double x) { return x - x == 0 && x > 0.3 ? std::nan("") : x; };
  struct laplace {
    double location = 0;
    [[nodiscard]] Index dimension() const { return 1; }
    [[nodiscard]] sim::samples<double, 1> sample(Index n, sim::stream& rng) const {
      return sim::gaussian<double, 1>(0, 1).sample(n, rng).array() + location;
    }
  };
  struct divides {
    decltype(nan_of) f;
    laplace fit(const sim::samples<double, 1>& x, sim::stream&) const { return {f(x.mean())}; }
  };
  const sim::experiment what{laplace{}, divides{nan_of}, sim::replace{}};
  const auto all = sim::run_ensemble(what, {.generations = 5, .samples = 10}, {.replicates = 200},
                                     sim::metric{"location", [](const auto& g) { return g.model.location; }});
  const auto last = all.at_generation(5, "location");
  CHECK(last.count < 200);
  CHECK(last.missing == 200 - last.count);
  CHECK(static_cast<Index>(all.failures.size()) == last.missing);  // also those whose last fit is NaN
  CHECK(all.fits[static_cast<std::size_t>(sim::status::failed)] == last.missing);
}

TEST_CASE("the truth is recorded as generation 0 where it is asked for") {
  const auto all = sim::run_ensemble(walk(), {.generations = 3, .samples = 20}, {.replicates = 4, .generations = {0, 1, 3}},
                                     variance, mean);
  CHECK(all.at_generation(0, "variance").mean == 1);
  CHECK(all.at_generation(0, "variance").sd == 0);
  CHECK(all.fits[0] == 12);
  const auto without = sim::run_ensemble(walk(), {.generations = 3, .samples = 20}, {.replicates = 4}, variance, mean);
  CHECK(all.values_at_generation(3, "mean") == without.values_at_generation(3, "mean"));
}

TEST_CASE("records: what is not there is refused, and a generation is found by its number") {
  const auto all = sim::run_ensemble(walk(), {.generations = 200, .samples = 20},
                                     {.replicates = 5, .generations = {1, 20, 200}}, variance);
  CHECK(all.at_generation(20, 0).mean == all.at(1, 0).mean);
  CHECK(all.row_of(200) == 2);
  CHECK_THROWS_WITH_AS(
      static_cast<void>(all.at_generation(21, 0)),
      "simulacra::records::row_of: argument 'generation' is 21; it must be one that was recorded: 1, 20, 200",
      std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(all.at(20, 0)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(all.at(200, 0)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(all.at(0, 1)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(all.values(3, 0)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(all.at(0, 3, 0)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(all.of(5)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(all.has(-1)), std::invalid_argument);
}

TEST_CASE("a caller's mistake is thrown on at once, before anything is run") {
  Index fits = 0;
  const auto counting = sim::metric{"fits", [&fits](const auto&) { return static_cast<double>(++fits); }};
  const auto ask = [&](auto recipe, sim::plan how) {
    const sim::experiment what{sim::gaussian<double, 1>(0, 1), sim::gaussian_estimator<double, 1>(sim::divisor::n), recipe};
    return sim::run_ensemble(what, how, {.replicates = 2}, sim::serial_executor{}, counting);
  };
  const auto list = [](Index t, Index m) {  // wrong from generation 7 on
    return sim::ingredients{sim::from_model(t, m), sim::from_model(t < 7 ? t : t + 1, m)};
  };
  CHECK_THROWS_AS(ask(list, {.generations = 10, .samples = 5}), std::invalid_argument);
  CHECK_THROWS_AS(ask([](Index t, Index m) { return sim::ingredients{sim::from_model(t, t < 7 ? m : -m)}; },
                      {.generations = 10, .samples = 5}),
                  std::invalid_argument);
  CHECK_THROWS_AS(ask(sim::accumulate_subsample{}, {.generations = 10, .samples = 5, .how = sim::draw::collapsed}),
                  std::invalid_argument);
  CHECK_THROWS_AS(ask(sim::replace{}, {.generations = 10, .samples = 5, .snapshot_every = -1}), std::invalid_argument);
  CHECK(fits == 0);
  CHECK_THROWS_WITH_AS(sim::records({"without generations"}, {}, Index{1} << 62), doctest::Contains("bytes"),
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(sim::run_ensemble(walk(), {.generations = 5, .samples = 9}, {.replicates = Index{1} << 40}, variance),
                       doctest::Contains("bytes"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(sim::run_ensemble(walk(), {.generations = Index{1} << 40, .samples = 9}, {.replicates = 1}, variance),
                       doctest::Contains("8796093022208 bytes"), std::invalid_argument);
  const auto one = [&](sim::replication many) {
    return sim::run_ensemble(walk(), {.generations = 5, .samples = 9}, many, variance);
  };
  CHECK_THROWS_WITH_AS(one({.replicates = 0}), "simulacra::run_ensemble: argument 'replicates' is 0; it must be at least 1",
                       std::invalid_argument);
  constexpr Index most = std::numeric_limits<Index>::max();
  CHECK_THROWS_WITH_AS(one({.replicates = 2, .first_replicate = most}), doctest::Contains("at most 2^62"),
                       std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(sim::shard({.replicates = 9, .first_replicate = most - 3}, 1, 2)),
                  std::invalid_argument);
  CHECK_THROWS_AS(one({.replicates = 2, .generations = {3, 2}}), std::invalid_argument);
  CHECK_THROWS_AS(one({.replicates = 2, .generations = {6}}), std::invalid_argument);
  CHECK_THROWS_AS(sim::run_ensemble(walk(), {.generations = 5, .samples = 9}, {.replicates = 2}, variance, variance),
                  std::invalid_argument);
  CHECK_THROWS_AS(
      sim::run_ensemble(walk(), {.generations = 5, .samples = 9}, {.replicates = 2}, sim::thread_executor{-1}, variance),
      std::invalid_argument);
}

TEST_CASE("a schedule that throws is met by those lineages that come to it, and asked no further before") {
  const sim::experiment what{sim::gaussian<double, 1>(0, 1), moody_estimator{}, sim::replace{}};
  const auto run = [&](auto number) {
    return sim::run_ensemble(what, {.generations = 10, .samples = sim::schedule(number)}, {.replicates = 8}, variance);
  };
  const auto all = run([](Index t) {  // replicate 3 has ended in generation 6
    if (t == 7) throw std::runtime_error("no more");
    return Index{20};
  });
  CHECK((all.finished() == 1 && all.has(3) && all.failures.size() == 8));
  CHECK((all.failures[0].message == "no more" && all.failures[0].generation == 8));
  CHECK(all.origin->samples == "20");
  // What every lineage meets, or is a mistake of the plan, is found before the first replicate.
  CHECK_THROWS_WITH_AS(run([](Index t) -> Index { throw std::runtime_error(t == 0 ? "none" : "later"); }), "none",
                       std::runtime_error);
  CHECK_THROWS_WITH_AS(run([](Index t) { return 7 - t; }),
                       "simulacra::schedule: argument 'f(t)' is 0; it must be at least 1", std::invalid_argument);
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

namespace {

/// The first generation with a variance below a half, which ends the lineage; infinite until then.
struct time_to_half {
  double when = std::numeric_limits<double>::infinity();
  [[nodiscard]] std::vector<std::string> names() const { return {"time"}; }
  sim::flow operator()(const auto& g, std::span<double> out) {
    if (g.model.variance() < 0.5) when = static_cast<double>(g.number);
    out[0] = when;
    return std::isfinite(when) ? sim::flow::stop : sim::flow::go_on;
  }
};

}  // namespace

TEST_CASE("a probe may end a lineage, and what it said last stands") {
  const sim::plan how{.generations = 20, .samples = 10};
  const sim::replication many{.replicates = 40, .seed = 2, .generations = {5, 10, 20}};
  const auto all = sim::run_ensemble(walk(), how, many, sim::serial_executor{}, variance, time_to_half{});
  const auto full = sim::run_ensemble(walk(), how, {.replicates = 40, .seed = 2}, sim::serial_executor{}, variance);
  CHECK(all.finished() == 40);
  CHECK_FALSE(all.stopped);
  CHECK(all.failures.empty());
  Index early = 0;
  for (Index r = 0; r < 40; ++r) {
    double when = std::numeric_limits<double>::infinity();
    for (Index t = 20; t >= 1; --t)
      if (full.at(r, static_cast<std::size_t>(t - 1), 0) < 0.5) when = static_cast<double>(t);
    early += when < 20 ? 1 : 0;
    for (std::size_t row = 0; row < 3; ++row) {
      const auto t = static_cast<double>(all.generations()[row]);
      CHECK(all.at(r, row, 1) == (when <= t ? when : std::numeric_limits<double>::infinity()));
      CHECK(std::isnan(all.at(r, row, 0)) == (when < t));
    }
  }
  CHECK(early > 20);
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
