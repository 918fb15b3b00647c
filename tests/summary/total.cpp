#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include <simulacra/core/summary.hpp>
#include <simulacra/summary/total.hpp>

#include <support/statistics.hpp>
#include <support/throws.hpp>

namespace sim = simulacra;
using sim::Index;

static_assert(sim::summary<sim::total> && sim::summary_of<sim::total, sim::samples<Index, 1>>);
static_assert(sim::summary_of<sim::total, sim::samples<float, 1>> && sim::summary_of<sim::total, sim::samples<double, 1>>);

using simulacra_test::message_of, simulacra_test::says;

TEST_CASE("total: count, weight and sum merge, fold and are reweighted") {
  sim::samples<Index, 1> x(1, 4);
  x << 3, 0, 1, 2;
  sim::weights<double> w(4);
  w << 1, 1, 0.5, 2;
  sim::total t;
  CHECK(t.count() == 0);
  t.fold(x);
  CHECK(t.count() == 4);
  CHECK(t.weight() == 4);
  CHECK(t.sum().value() == 6);
  CHECK(t.mean().value() == 1.5);
  CHECK(t == sim::total(4, sim::scaled_number(6)));
  t.fold(x, w);
  CHECK(t.count() == 8);
  CHECK(t.weight() == 8.5);
  CHECK(t.sum().value() == 13.5);
  t.reweight(0.5);
  CHECK(t.count() == 8);
  CHECK(t.weight() == 4.25);
  CHECK(t.sum().value() == 6.75);
  CHECK(merge(t, sim::total{}) == t);
  CHECK(merge(sim::total{}, t) == t);
  sim::total parts;
  parts.fold(x.leftCols(1).eval());
  parts.fold(x.rightCols(3).eval());
  parts.fold(sim::samples<Index, 1>(1, 0));
  CHECK(parts == sim::total::of(x));
}

TEST_CASE_TEMPLATE("total: real observations", T, float, double) {
  sim::samples<T, 1> x(1, 3);
  x << T(0.5), T(0), T(2);
  CHECK(sim::total::of(x).sum().value() == 2.5);
  x[1] = -T(1);
  CHECK(message_of([&] { (void)sim::total::of(x); }).find("-1 at column 1") != std::string::npos);
  x[1] = std::numeric_limits<T>::infinity();
  CHECK(says(message_of([&] { (void)sim::total::of(x); }), "total::of", "x"));
}

TEST_CASE("total: a caller's mistake names function and argument") {
  sim::samples<Index, 1> x(1, 2);
  x << 1, -2;
  CHECK(message_of([&] { (void)sim::total::of(x); }).find("-2 at column 1") != std::string::npos);
  x[1] = 2;
  sim::weights<double> w(2);
  w << 1, -1;
  CHECK(says(message_of([&] { (void)sim::total::of(x, w); }), "total::of", "w"));
  w[1] = std::numeric_limits<double>::quiet_NaN();
  CHECK(says(message_of([&] { (void)sim::total::of(x, w); }), "total::of", "w"));
  CHECK(says(message_of([&] { (void)sim::total::of(x, w.head(1).eval()); }), "total::of", "w"));
  CHECK(says(message_of([] { (void)sim::total(-1, sim::scaled_number(0)); }), "total", "count"));
  CHECK(says(message_of([] { (void)sim::total{}.mean(); }), "total::mean", "weight()"));
  sim::total t;
  for (const double bad : {-1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
    CHECK(says(message_of([&] { t.reweight(bad); }), "total::reweight", "c"));
}

TEST_CASE("scaled_number: a double as long as it can be one, and beyond") {
  using sim::scaled_number;
  CHECK(scaled_number(0.3).value() == 0.3);
  CHECK(scaled_number(0.3).times(3).value() == 0.3 * 3);
  CHECK(scaled_number(0).is_zero());
  CHECK(scaled_number(0).log() == -std::numeric_limits<double>::infinity());
  CHECK(scaled_number(0).plus(scaled_number(1e-300)) == scaled_number(1e-300));
  CHECK(scaled_number(5e-324).value() == 5e-324);
  CHECK(scaled_number((std::numeric_limits<double>::max)()).value() == (std::numeric_limits<double>::max)());

  scaled_number x(1);
  for (int i = 0; i < 10000; ++i) x = x.times(1e-3);
  CHECK(x.value() == 0);
  CHECK_CLOSE(x.log(), -30000 * std::log(10.0), 1e-12);
  CHECK_CLOSE(scaled_number::ratio(x.times(3), x), 3, 1e-15);
  CHECK_CLOSE(scaled_number::log_ratio(x.times(3), x), std::log(3.0), 1e-15);
  CHECK(x.plus(x) == x.times(2));
  CHECK(x.plus(scaled_number(1)) == scaled_number(1));
  CHECK(scaled_number(1).plus(x) == scaled_number(1));
  for (int i = 0; i < 10000; ++i) x = x.divided_by(1e-3);
  CHECK_CLOSE(x.value(), 1, 1e-11);
  CHECK(scaled_number(1e200).times(1e300).times(1e300).divided_by(1e300).divided_by(1e300).value() ==
        doctest::Approx(1e200));
  // the same number reached by two ways: 2^-300 over and under the border of the exponent
  CHECK(scaled_number(0x1p-300).times(0x1p200) == scaled_number(0x1p-100));
  CHECK(scaled_number(0x1p-100) == scaled_number(0x1p-300).times(0x1p200));
  CHECK(!(scaled_number(0x1p-300) == scaled_number(0x1p-100)));
}
