#pragma once

// What the benchmarks share: chains in every way of drawing, and the name of a run.

#include <algorithm>
#include <cstdint>
#include <string>

#include <benchmark/benchmark.h>

#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>

namespace bench {

namespace sim = simulacra;
using sim::Index;

inline const char* word(sim::draw how) {
  return how == sim::draw::stored ? "stored" : how == sim::draw::streamed ? "streamed" : "collapsed";
}

/// Generations of one lineage: stored draws live in data units, and must not come near the rounding of their mean.
inline Index stretch(sim::draw how, Index d, Index m) {
  return how == sim::draw::stored ? std::clamp<Index>(m / (10 * d), 10, 1000) : 1000;
}

}  // namespace bench
