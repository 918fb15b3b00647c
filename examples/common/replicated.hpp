#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/session.hpp"

namespace example {

/// Adds a row to a table: a number of so many replicates, each by a stream of its own, beside what theory says it is on average.
/// @param trusted  whether the number has a law with tails so light that its mean is a yardstick
/// @param condition  a number of its own for each row   @param one  called as `one(stream)`; returns the number
template <class F>
void add_replicated(session& run, sim::table& out, std::vector<std::string> conditions, Index generation,
                    std::string_view metric, double theory, bool trusted, std::uint64_t condition, Index replicates,
                    F&& one) {
  if (run.stopped()) return;
  std::vector<double> values(static_cast<std::size_t>(replicates));
  run.threads().for_each_index(
      replicates,
      [&](Index i) {
        sim::stream rng({run.seed(), condition}, {.replicate = static_cast<std::uint64_t>(i)});
        values[static_cast<std::size_t>(i)] = one(rng);
      },
      run.stop());
  if (run.stopped()) return;
  const sim::table_row row{std::move(conditions), generation, std::string(metric), sim::band_of(values), theory};
  out.add(row);
  if (trusted) run.check(row);
}

}  // namespace example
