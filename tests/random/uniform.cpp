#include "goodness.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include <simulacra/random/exponential.hpp>
#include <simulacra/random/uniform.hpp>

using simulacra::Index;
using simulacra::stream;
using simulacra_test::chi_square_z;
using simulacra_test::equiprobable_z;
using simulacra_test::z_limit;

TEST_CASE("uniform: 53 bits from 0 to below 1, 52 and a half between 0 and 1") {
  constexpr double at_compile_time = [] {
    stream rng(1);
    return simulacra::uniform(rng);
  }();
  stream rng(1);
  CHECK(simulacra::uniform(rng) == at_compile_time);
  for (int i = 0; i < 1000; ++i) {
    const double u = simulacra::uniform(rng), open = simulacra::uniform_open(rng);
    CHECK(u * 0x1p53 == std::floor(u * 0x1p53));
    CHECK(open * 0x1p53 == std::floor(open * 0x1p53));
    CHECK(std::fmod(open * 0x1p53, 2.0) == 1);
    CHECK((u >= 0 && u < 1 && open > 0 && open < 1));
  }
}

TEST_CASE("uniform: goodness of fit, and it fails for one that is off") {
  const auto identity = [](double u) { return u; };
  stream rng(2);
  CHECK_Z(equiprobable_z(
              500000, 1000, [&] { return simulacra::uniform(rng); }, identity),
          0, 1);
  CHECK_Z(equiprobable_z(
              500000, 1000, [&] { return simulacra::uniform_open(rng); }, identity),
          0, 1);
  CHECK(equiprobable_z(
            500000, 1000, [&] { return 0.999 * simulacra::uniform(rng); }, identity) > z_limit);
  double sum = 0;
  for (int i = 0; i < 500000; ++i) sum += simulacra::uniform(rng);
  CHECK_Z(sum / 500000, 0.5, std::sqrt(1.0 / 12 / 500000));
}

namespace {

template <class Draw>
double index_z(Index n, Draw draw) {
  std::vector<double> observed(static_cast<std::size_t>(n), 0.0);
  for (Index i = 0; i < 500 * n; ++i) ++observed.at(static_cast<std::size_t>(draw()));
  return chi_square_z(observed, std::vector<double>(static_cast<std::size_t>(n), 500.0));
}

/// A share of draws in the lower half of a range, as a z-score.
template <class Draw>
double lower_half_z(Index n, Draw draw) {
  int below = 0;
  for (int i = 0; i < 100000; ++i) below += draw() < n / 2;
  const double p = static_cast<double>(n / 2) / static_cast<double>(n);
  return (below - 100000 * p) / std::sqrt(100000 * p * (1 - p));
}

}  // namespace

TEST_CASE("uniform_index: equally likely, for small and huge ranges") {
  stream rng(3);
  CHECK(simulacra::uniform_index(1, rng) == 0);
  for (const Index n : {Index{2}, Index{3}, Index{7}, Index{10}, Index{1000}})
    CHECK_Z(index_z(n, [&] { return simulacra::uniform_index(n, rng); }), 0, 1);
  // Ranges that do not divide 2^64, where a plain remainder would show: 3/4 of 2^63.
  const Index big = Index{3} << 61;
  CHECK_Z(lower_half_z(big, [&] { return simulacra::uniform_index(big, rng); }), 0, 1);

  // Planted bugs: the last index never drawn; a biased remainder.
  CHECK(index_z(10, [&] { return simulacra::uniform_index(9, rng); }) > z_limit);
  CHECK(std::abs(lower_half_z(big, [&] { return static_cast<Index>(rng() % static_cast<std::uint64_t>(big)); })) > z_limit);
}

TEST_CASE("uniform_index: rejects an empty range") {
  stream rng(4);
  CHECK_THROWS_WITH_AS(static_cast<void>(simulacra::uniform_index(0, rng)),
                       "simulacra::uniform_index: argument 'n' is 0; it must be at least 1", std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(simulacra::uniform_index(-1, rng)), std::invalid_argument);
  const Index lowest = std::numeric_limits<Index>::min();
  CHECK_THROWS_AS(static_cast<void>(simulacra::uniform_index(lowest, rng)), std::invalid_argument);
  CHECK(rng.position() == 0);
}

TEST_CASE("standard_exponential: goodness of fit, one word each, and it fails for a rate that is 1 per cent off") {
  stream rng(5);
  const auto cdf = [](double x) { return -std::expm1(-x); };
  CHECK_Z(equiprobable_z(
              500000, 500, [&] { return simulacra::standard_exponential(rng); }, cdf),
          0, 1);
  CHECK(rng.position() == 500000);
  CHECK(equiprobable_z(
            500000, 20, [&] { return 1.01 * simulacra::standard_exponential(rng); }, cdf) > z_limit);
  double sum = 0, squares = 0, smallest = 1, largest = 0;
  for (int i = 0; i < 1000000; ++i) {
    const double x = simulacra::standard_exponential(rng);
    sum += x;
    squares += x * x;
    smallest = std::fmin(smallest, x);
    largest = std::fmax(largest, x);
  }
  CHECK_Z(sum / 1e6, 1, 1e-3);
  CHECK_Z(squares / 1e6, 2, std::sqrt(20.0) * 1e-3);  // E x^4 - (E x^2)^2 = 24 - 4
  CHECK(smallest > 0);
  CHECK(largest < 36.8);
}
