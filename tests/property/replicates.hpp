#pragma once

#include "support/statistics.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>

namespace simulacra_test {

using namespace simulacra;

inline constexpr std::array<draw, 3> every_way{draw::stored, draw::streamed, draw::collapsed};

/// f(last model) of each replicate, one column per number that f returns.
template <class Chain, class F>
auto replicates(const Chain& chain, const plan& how, std::uint64_t seed, std::uint64_t count, F f) {
  using row = decltype(f(*run_lineage(chain, plan{.generations = 1, .samples = 2}, stream(0)).model));
  std::array<std::vector<double>, std::tuple_size_v<row>> columns;
  for (std::uint64_t r = 0; r < count; ++r) {
    const auto line = run_lineage(chain, how, stream(stream_key{seed, 0}, {.replicate = r}));
    REQUIRE(line.generations == how.generations);
    const row values = f(*line.model);
    for (std::size_t i = 0; i < values.size(); ++i) columns[i].push_back(values[i]);
  }
  return columns;
}

inline double z_of_mean(const std::vector<double>& values, double expected) {
  const mean_and_error m = mean_of(values);
  return z_score(m.mean, expected, m.standard_error);
}

/// Deviation of the second moment about a known mean from a known variance.
inline double z_of_variance(const std::vector<double>& values, double mean, double expected) {
  std::vector<double> squares;
  for (const double v : values) squares.push_back((v - mean) * (v - mean));
  return z_of_mean(squares, expected);
}

inline bool agrees(double z) { return std::abs(z) <= z_limit; }

}  // namespace simulacra_test
