#include "goodness.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

#include <simulacra/random/permutation.hpp>

using simulacra::Index;
using simulacra::stream;
using simulacra_test::chi_square_z;
using simulacra_test::z_limit;

namespace {

/// Number of an ordered tuple of indices in mixed radix, for counting.
std::size_t code(const std::vector<Index>& tuple, Index base) {
  Index number = 0;
  for (const Index entry : tuple) number = number * base + entry;
  return static_cast<std::size_t>(number);
}

/// Whether all ordered tuples without repetition are equally likely, as a z-score.
template <class Draw>
double tuples_z(Index base, Index length, int n, Draw draw) {
  std::size_t cells = 1, allowed = 1;
  for (Index i = 0; i < length; ++i) {
    cells *= static_cast<std::size_t>(base);
    allowed *= static_cast<std::size_t>(base - i);
  }
  std::vector<double> counts(cells, 0.0), observed;
  for (int i = 0; i < n; ++i) ++counts[code(draw(), base)];
  for (const double count : counts)
    if (count > 0) observed.push_back(count);
  observed.resize(std::max(allowed, observed.size()), 0.0);
  return chi_square_z(observed, std::vector<double>(observed.size(), n / static_cast<double>(allowed)));
}

/// Everyone's error: each entry is swapped with one of all, so that the n^n equally likely runs do not divide by n!.
std::vector<Index> naive_permutation(Index n, stream& rng) {
  std::vector<Index> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), Index{0});
  for (auto& entry : order) std::swap(entry, order[static_cast<std::size_t>(simulacra::uniform_index(n, rng))]);
  return order;
}

}  // namespace

TEST_CASE("permutation: all orders equally likely, and the naive shuffle fails") {
  stream rng(1);
  for (const Index n : {Index{2}, Index{3}, Index{5}})
    CHECK_Z(tuples_z(n, n, 120000, [&] { return simulacra::permutation(n, rng); }), 0, 1);
  CHECK(tuples_z(5, 5, 120000, [&] { return naive_permutation(5, rng); }) > z_limit);
}

TEST_CASE("permutation: is one, and shuffle of the identity is the same") {
  stream a(2), b(2);
  auto order = simulacra::permutation(1000, a);
  std::vector<Index> identity(1000);
  std::iota(identity.begin(), identity.end(), Index{0});
  auto shuffled = identity;
  simulacra::shuffle(shuffled, b);
  CHECK(order == shuffled);
  CHECK(a.position() == b.position());
  std::sort(order.begin(), order.end());
  CHECK(order == identity);
  CHECK(simulacra::permutation(0, a).empty());
  CHECK(simulacra::permutation(1, a) == std::vector<Index>{0});
}

TEST_CASE("subsample: ordered tuples equally likely, by both ways of storing, and it fails for an index that is left out") {
  stream rng(3);
  CHECK_Z(tuples_z(6, 3, 120000, [&] { return simulacra::subsample(6, 3, rng); }), 0, 1);     // written out
  CHECK_Z(tuples_z(20, 2, 380000, [&] { return simulacra::subsample(20, 2, rng); }), 0, 1);   // written out: 2 >= 20 / 8
  CHECK_Z(tuples_z(40, 2, 1560000, [&] { return simulacra::subsample(40, 2, rng); }), 0, 1);  // sparse
  CHECK(tuples_z(40, 2, 1560000, [&] { return simulacra::subsample(39, 2, rng); }) > z_limit);
}

TEST_CASE("subsample: is the beginning of the permutation from the same words") {
  for (const Index k : {Index{0}, Index{1}, Index{10}, Index{124}, Index{125}, Index{126}, Index{999}, Index{1000}}) {
    stream a(4), b(4);
    const auto part = simulacra::subsample(1000, k, a);
    const auto all = simulacra::permutation(1000, b);
    CHECK(part.size() == static_cast<std::size_t>(k));
    CHECK(std::equal(part.begin(), part.end(), all.begin()));
  }
}

TEST_CASE("subsample: distinct and in range, out of a population that no memory holds") {
  stream rng(5);
  const Index population = Index{1} << 60;
  auto part = simulacra::subsample(population, 100000, rng);
  double mean = 0;
  for (const Index i : part) mean += static_cast<double>(i) / static_cast<double>(population) / 1e5;
  CHECK_Z(mean, 0.5, std::sqrt(1.0 / 12 / 1e5));
  std::sort(part.begin(), part.end());
  CHECK(std::adjacent_find(part.begin(), part.end()) == part.end());
  CHECK(part.front() >= 0);
  CHECK(part.back() < population);
  // Dense enough for the sparse way to meet places that have moved.
  auto dense = simulacra::subsample(100000, 12000, rng);
  std::sort(dense.begin(), dense.end());
  CHECK(std::adjacent_find(dense.begin(), dense.end()) == dense.end());
}

TEST_CASE("permutation and subsample: arguments") {
  stream rng(6);
  CHECK_THROWS_AS(static_cast<void>(simulacra::permutation(-1, rng)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(simulacra::subsample(-1, 0, rng)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(simulacra::subsample(3, -1, rng)), std::invalid_argument);
  CHECK_THROWS_WITH_AS(static_cast<void>(simulacra::subsample(3, 4, rng)),
                       "simulacra::subsample: argument 'k' is 4; it must be between 0 and the population",
                       std::invalid_argument);
}
