// Metrics of classifiers: confusion, calibration, accuracy by group.
#include "support/statistics.hpp"
#include "support/throws.hpp"

#include <cmath>
#include <tuple>
#include <vector>

#include <simulacra/metrics/classes.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>

using namespace simulacra;
using namespace simulacra_test;

TEST_CASE("classes: what was called what, by hand") {
  samples<double, 1> labels(8);
  labels << 0, 0, 0, 1, 1, 2, 2, 2;
  samples<Index, 1> called(8), group(8);
  called << 0, 1, 0, 1, 1, 2, 0, 2;
  group << 7, 7, 3, 3, 7, 7, 3, 3;
  const auto table = confusion(labels, called, 4);
  CHECK(table.counts(0, 0) == 2);
  CHECK(table.counts(0, 1) == 1);
  CHECK(table.counts(2, 0) == 1);
  CHECK(table.total() == 8);
  CHECK(table.accuracy() == 0.75);
  CHECK_CLOSE(table.recall(0), 2.0 / 3, 1e-15);
  CHECK_CLOSE(table.precision(1), 2.0 / 3, 1e-15);
  CHECK(std::isnan(table.recall(3)));
  CHECK_CLOSE(table.balanced_accuracy(), (2.0 / 3 + 1 + 2.0 / 3) / 3, 1e-15);
  const auto by = accuracy_by_group(labels, called, group);
  REQUIRE(by.size() == 2);
  CHECK(by[0].group == 3);
  CHECK(by[0].count == 4);
  CHECK(by[0].accuracy == 0.75);
  CHECK(by[1].accuracy == 0.75);

  samples<double, 1> bad = labels;
  bad[2] = 0.5;
  CHECK(throws([&] { std::ignore = confusion(bad, called, 4); }, "labels"));
  CHECK(throws([&] { std::ignore = confusion(labels, called, 2); }, "labels"));
  CHECK(throws([&] { std::ignore = confusion(labels.head(3), called, 4); }, "called.size()"));
  CHECK(throws([&] { std::ignore = confusion(labels, called, 0); }, "classes"));
  CHECK(throws([&] { std::ignore = confusion(labels.head(0), called.head(0), 2); }, "labels"));
  CHECK(throws([&] { std::ignore = accuracy_by_group(labels, called, group.head(2)); }, "groups.size()"));
}

TEST_CASE("classes: probabilities that are frequencies, and some that are not") {
  point<> p(6);
  p << 0, 0.1, 0.3, 0.6, 0.9, 1;
  samples<float, 1> y(6);
  y << 0, 1, 0, 1, 1, 1;
  const auto c = calibration_of(p, y, 2);
  CHECK(c.bins[0].count == 3);
  CHECK_CLOSE(c.bins[0].predicted, 0.4 / 3, 1e-15);
  CHECK_CLOSE(c.bins[1].observed, 1, 1e-15);
  CHECK_CLOSE(c.expected_error, 0.5 * (0.2 + 0.5 / 3), 1e-14);
  CHECK_CLOSE(c.largest_error, 0.2, 1e-14);
  CHECK_CLOSE(c.brier, (0.81 + 0.09 + 0.16 + 0.01) / 6, 1e-14);

  // Labels drawn by the probabilities, and by their squares: in each bin the share has a binomial error.
  const Index n = 50'000;
  stream rng(1);
  point<> drawn(n);
  samples<double, 1> fair(n), unfair(n);
  for (Index i = 0; i < n; ++i) {
    drawn[i] = uniform(rng);
    fair[i] = uniform(rng) < drawn[i] ? 1 : 0;
    unfair[i] = uniform(rng) < drawn[i] * drawn[i] ? 1 : 0;
  }
  const auto good = calibration_of(drawn, fair), bad = calibration_of(drawn, unfair);
  for (const auto& bin : good.bins)
    CHECK_Z(bin.observed, bin.predicted, std::sqrt(bin.predicted * (1 - bin.predicted) / static_cast<double>(bin.count)));
  const auto& middle = bad.bins[5];
  CHECK(std::abs(z_score(middle.observed, middle.predicted, 0.5 / std::sqrt(static_cast<double>(middle.count)))) > z_limit);
  CHECK_CLOSE(bad.expected_error, 1.0 / 6, 0.05);  // E p - p^2
  CHECK_CLOSE(good.brier, 1.0 / 6, 0.05);          // E p (1 - p)

  CHECK(throws([&] { std::ignore = calibration_of(p, y, 0); }, "bins"));
  p[2] = 1.5;
  CHECK(throws([&] { std::ignore = calibration_of(p, y); }, "probabilities"));
  y[1] = 2;
  CHECK(throws([&] { std::ignore = calibration_of(p, y); }, "labels"));
}
