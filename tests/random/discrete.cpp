#include "goodness.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <vector>

#include <simulacra/random/discrete.hpp>

using simulacra::alias_table;
using simulacra::Index;
using simulacra::stream;
using simulacra_test::chi_square_z;
using simulacra_test::z_limit;

namespace {

/// Draws from a table of `used`, compared with `weights`. A symbol of weight 0 that is drawn fails at once.
double fit_z(const std::vector<double>& used, const std::vector<double>& weights, std::size_t n, std::uint64_t seed) {
  const alias_table table(used);
  stream rng(seed);
  std::vector<double> counts(weights.size(), 0.0), observed, expected;
  for (std::size_t i = 0; i < n; ++i) ++counts.at(static_cast<std::size_t>(table(rng)));
  double total = 0;
  for (const double w : weights) total += w;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    if (weights[k] == 0) {
      CHECK(counts[k] == 0);
      continue;
    }
    observed.push_back(counts[k]);
    expected.push_back(static_cast<double>(n) * weights[k] / total);
  }
  CHECK(rng.position() == n);
  return chi_square_z(observed, expected);
}

std::vector<double> zipf(std::size_t size) {
  std::vector<double> weights(size);
  for (std::size_t k = 0; k < size; ++k) weights[k] = 1 / static_cast<double>(k + 1);
  return weights;
}

}  // namespace

TEST_CASE("alias_table: goodness of fit, and it fails for weights that are off") {
  CHECK_Z(fit_z({1, 1}, {1, 1}, 1000000, 1), 0, 1);
  CHECK_Z(fit_z({1, 2, 3, 4}, {1, 2, 3, 4}, 1000000, 2), 0, 1);
  CHECK_Z(fit_z({0, 5, 0, 1e-3, 0}, {0, 5, 0, 1e-3, 0}, 1000000, 3), 0, 1);
  CHECK_Z(fit_z(zipf(1000), zipf(1000), 2000000, 4), 0, 1);
  CHECK_Z(fit_z(std::vector<double>(333, 7e200), std::vector<double>(333, 1.0), 1000000, 5), 0, 1);
  CHECK(fit_z({1, 2, 3, 4.05}, {1, 2, 3, 4}, 1000000, 6) > z_limit);
  auto shifted = zipf(1000);
  std::swap(shifted[20], shifted[21]);
  CHECK(fit_z(shifted, zipf(1000), 20000000, 7) > z_limit);
}

TEST_CASE("alias_table: edges and arguments") {
  stream rng(8);
  const std::vector<double> one = {5e-324};
  const alias_table table(one);
  CHECK(table.size() == 1);
  CHECK(table(rng) == 0);

  // Rounding leaves columns without a partner here; those of weight 0 must still never be drawn.
  std::vector<double> awkward(1001, 0.0);
  for (std::size_t k = 0; k < awkward.size(); k += 2) awkward[k] = 0.1 * static_cast<double>(k % 7 + 1);
  const alias_table odd(awkward);
  for (int i = 0; i < 200000; ++i) REQUIRE(odd(rng) % 2 == 0);

  const auto make = [](std::vector<double> weights) { return alias_table(weights); };
  constexpr double infinity = std::numeric_limits<double>::infinity();
  CHECK_THROWS_AS(make({}), std::invalid_argument);
  CHECK_THROWS_AS(make({0, 0}), std::invalid_argument);
  CHECK_THROWS_AS(make({1, -1}), std::invalid_argument);
  CHECK_THROWS_AS(make({1, infinity}), std::invalid_argument);
  CHECK_THROWS_AS(make({1, std::numeric_limits<double>::quiet_NaN()}), std::invalid_argument);
  CHECK_THROWS_WITH_AS(make({0}),
                       "simulacra::alias_table: argument 'weights' is of sum 0; it must have a positive and finite sum",
                       std::invalid_argument);
}
