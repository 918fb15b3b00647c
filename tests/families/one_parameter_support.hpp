#pragma once

#include "support/statistics.hpp"
#include "support/throws.hpp"

#include <array>
#include <cstdint>
#include <vector>

#include <simulacra/recursion.hpp>

namespace simulacra_test {

inline constexpr std::array ways{simulacra::draw::stored, simulacra::draw::streamed, simulacra::draw::collapsed};

/// What n draws add up to, however they are drawn.
template <class Summary, class Law>
Summary drawn(const Law& law, simulacra::Index n, simulacra::draw how, simulacra::stream& rng) {
  if (how == simulacra::draw::stored) return Summary::of(law.sample(n, rng));
  return how == simulacra::draw::streamed ? law.stream_summary(n, simulacra::as<Summary>{}, rng)
                                          : law.sample_summary(n, simulacra::as<Summary>{}, rng);
}

/// f(last model) of many lineages.
template <class Experiment, class F>
std::vector<double> ends(std::uint64_t seed, const Experiment& what, simulacra::Index generations, simulacra::Index m,
                         simulacra::draw how, std::uint64_t replicates, F&& f) {
  std::vector<double> values;
  for (std::uint64_t r = 0; r < replicates; ++r) {
    const simulacra::stream root({seed, 0}, {.replicate = r});
    values.push_back(
        f(*simulacra::run_lineage(what, simulacra::plan{.generations = generations, .samples = m, .how = how}, root).model));
  }
  return values;
}

/// How far the mean of independent values is from what it should be, in standard errors.
inline double z_of(const std::vector<double>& values, double expected) {
  const mean_and_error found = mean_of(values);
  return z_score(found.mean, expected, found.standard_error);
}

}  // namespace simulacra_test
