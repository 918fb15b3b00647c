#pragma once

#include "support/statistics.hpp"

#include <cmath>
#include <span>
#include <stdexcept>
#include <string>

#include <simulacra/core/types.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra_test::hilbert {

using namespace simulacra;
using namespace simulacra_test;

/// Whether f throws `std::invalid_argument`, and what it says holds every one of the words.
template <class F, class... Words>
bool refuses(F f, Words... words) {
  try {
    static_cast<void>(f());
  } catch (const std::invalid_argument& error) {
    const std::string said = error.what();
    INFO(said);
    return ((said.find(words) != std::string::npos) && ...);
  }
  return false;
}

/// d x n standard normal numbers.
template <int D>
samples<double, D> normals(Index d, Index n, stream& rng) {
  samples<double, D> x(d, n);
  fill_normal(std::span(x.data(), static_cast<std::size_t>(d * n)), rng);
  return x;
}

}  // namespace simulacra_test::hilbert
