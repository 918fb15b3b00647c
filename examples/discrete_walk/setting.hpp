#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <simulacra/core/types.hpp>

#include "common/session.hpp"

namespace sim = simulacra;
using sim::Index;

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// A truth, and what is done with it. Symbols are in the order of their probability, the most frequent first.
struct setting {
  std::string law;
  std::vector<double> p;
  Index samples;
  std::string recipe;
  double smoothing;

  [[nodiscard]] Index symbols() const { return static_cast<Index>(p.size()); }
  [[nodiscard]] bool two() const { return p.size() == 2; }
  [[nodiscard]] bool wright_fisher() const { return recipe == "replace" && smoothing == 0; }
  [[nodiscard]] Index real() const { return static_cast<Index>(std::llround(0.1 * static_cast<double>(samples))); }
  [[nodiscard]] double heterozygosity() const {
    double sum = 0;
    for (const double q : p) sum += q * (1 - q);
    return sum;
  }
  /// Ranks whose extinction is followed: some of the first hundred, or the rarest of fewer.
  [[nodiscard]] std::vector<Index> ranks() const {
    std::vector<Index> all;
    for (const Index rank : {3, 10, 30, 100})
      if (rank < symbols()) all.push_back(rank);
    if (symbols() <= 100) all.push_back(symbols());
    return all;
  }
};

inline std::vector<std::string> conditions(const setting& s) {
  return {s.law, std::to_string(s.symbols()), std::to_string(s.samples), s.recipe, sim::argument::text(s.smoothing)};
}
