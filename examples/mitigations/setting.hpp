#pragma once

#include <limits>
#include <string>
#include <vector>

#include <simulacra/gaussian.hpp>

#include "common/session.hpp"

/// What the three parts have in common.
namespace mitigations {

namespace sim = simulacra;
using sim::Index;

inline constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
using normal = sim::gaussian<double, 1>;
using normal_estimator = sim::gaussian_estimator<double, 1>;

inline std::vector<std::string> conditions(const std::string& part, const std::string& how, double strength, Index samples) {
  return {part, how, sim::argument::text(strength), std::to_string(samples)};
}

inline sim::replication many(example::session& run, const std::string& what, Index replicates, Index generations) {
  auto how = run.replication(replicates, what);
  how.generations = example::spread(generations);
  return how;
}

struct pace {
  std::string how;
  double strength;
};

}  // namespace mitigations
