#include <doctest/doctest.h>

#include <array>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/throws.hpp"

#include <simulacra/core/summary.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>
#include <simulacra/summary/counts.hpp>

namespace sim = simulacra;
using sim::Index;

static_assert(sim::summary<sim::counts> && sim::summary_of<sim::counts, sim::samples<Index, 1>>);

using simulacra_test::message_of, simulacra_test::says;

namespace {

sim::samples<Index, 1> drawn(Index n, Index symbols, sim::stream& rng) {
  sim::samples<Index, 1> x(1, n);
  for (Index i = 0; i < n; ++i) x[i] = sim::uniform_index(symbols, rng);
  return x;
}

}  // namespace

TEST_CASE("counts: holds what occurred, in order, and K grows with the data") {
  sim::counts c;
  CHECK(c.symbols() == 0);
  CHECK(c.count() == 0);
  CHECK(c.weight() == 0);
  sim::samples<Index, 1> x(1, 5);
  x << 4, 0, 4, 2, 4;
  c.fold(x);
  CHECK(c.symbols() == 5);
  CHECK(c.count() == 5);
  CHECK(c.weight() == 5);
  REQUIRE(c.entries().size() == 3);
  CHECK(c.entries()[0] == sim::counts::entry{0, 1});
  CHECK(c.entries()[1] == sim::counts::entry{2, 1});
  CHECK(c.entries()[2] == sim::counts::entry{4, 3});
  CHECK(c.weight_of(4) == 3);
  CHECK(c.weight_of(3) == 0);
  CHECK(c.weight_of(-1) == 0);
  CHECK(c.weight_of(100) == 0);
  CHECK(c == sim::counts::of_table(std::array<Index, 5>{1, 0, 1, 0, 3}));
  CHECK(c == sim::counts(5, 5, {{0, 1}, {2, 1}, {4, 3}}));
  sim::counts wide(9);
  wide.merge(c);
  CHECK(wide.symbols() == 9);
  CHECK(wide.weight() == 5);
  c.merge(sim::counts(7));
  CHECK(c.symbols() == 7);
}

TEST_CASE("counts: folding in parts, in any order, is folding everything, by table and by sorting") {
  sim::stream rng(1);
  for (const Index symbols : {Index{1}, Index{5}, Index{1000}, Index{1000000000000}}) {
    const auto x = drawn(200, symbols, rng);
    const sim::counts whole = sim::counts::of(x);
    sim::counts parts, backwards;
    for (Index first = 0; first < 200; first += 40) {
      parts.fold(x.middleCols(first, 40).eval());
      backwards.fold(x.middleCols(160 - first, 40).eval());
    }
    parts.fold(sim::samples<Index, 1>(1, 0));
    CHECK(parts == whole);
    CHECK(backwards == whole);
    CHECK(merge(whole, sim::counts{}) == whole);
    CHECK(merge(sim::counts{}, whole) == whole);
    double sum = 0;
    for (const auto& e : whole.entries()) sum += e.weight;
    CHECK(sum == 200);
  }
}

TEST_CASE("counts: weights count, and weight 0 leaves no trace but the count") {
  for (const Index far : {Index{3}, Index{1000000}}) {  // by table, by sorting
    sim::samples<Index, 1> x(1, 4);
    x << 1, far, 1, 2;
    sim::weights<double> w(4);
    w << 0.5, 2, 0.25, 0;
    sim::counts c;
    c.fold(x, w);
    CHECK(c.count() == 4);
    CHECK(c.weight() == 2.75);
    CHECK(c.entries().size() == 2);
    CHECK(c.weight_of(1) == 0.75);
    CHECK(c.weight_of(far) == 2);
    c.reweight(2);
    CHECK(c.count() == 4);
    CHECK(c.weight() == 5.5);
    CHECK(c.weight_of(1) == 1.5);
    c.reweight(0);
    CHECK(c.weight() == 0);
    CHECK(c.entries().empty());
    CHECK(c.count() == 4);
  }
}

TEST_CASE("counts: a caller's mistake names function, argument and place") {
  sim::samples<Index, 1> x(1, 3);
  x << 1, 0, -7;
  CHECK(says(message_of([&] { (void)sim::counts::of(x); }), "counts::of", "x"));
  CHECK(message_of([&] { (void)sim::counts::of(x); }).find("-7 at column 2") != std::string::npos);
  x[2] = 1;
  sim::weights<double> w(3);
  w << 1, 2, -1;
  CHECK(says(message_of([&] { (void)sim::counts::of(x, w); }), "counts::of", "w"));
  w[2] = std::numeric_limits<double>::quiet_NaN();
  CHECK(says(message_of([&] { (void)sim::counts::of(x, w); }), "counts::of", "w"));
  CHECK(says(message_of([&] { (void)sim::counts::of(x, w.head(2).eval()); }), "counts::of", "w"));
  CHECK(says(message_of([] { (void)sim::counts(-1); }), "counts", "symbols"));
  CHECK(says(message_of([] { (void)sim::counts(2, 2, {{1, 1}, {0, 1}}); }), "counts", "entries"));
  CHECK(says(message_of([] { (void)sim::counts(2, 1, {{2, 1}}); }), "counts", "entries"));
  CHECK(says(message_of([] { (void)sim::counts(2, 0, {{1, 0}}); }), "counts", "entries"));
  CHECK(says(message_of([] { (void)sim::counts(2, 3, {{1, 2}}); }), "counts", "count"));
  CHECK(says(message_of([] { (void)sim::counts::of_table(std::array<Index, 2>{1, -1}); }), "counts::of_table", "table"));
  sim::counts c;
  for (const double bad : {-1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
    CHECK(says(message_of([&] { c.reweight(bad); }), "counts::reweight", "c"));
}
