#pragma once

#include <cmath>

#include <simulacra/random/uniform.hpp>

namespace simulacra {

/// A standard exponential number (mean 1), by inversion: -log(U). Always positive and finite (at most 36.8). One word, and
/// decreasing in it, which keeps paired runs with common random numbers paired; a ziggurat would be about twice as fast and
/// neither.
[[nodiscard]] inline double standard_exponential(stream& rng) { return -std::log(uniform_open(rng)); }

}  // namespace simulacra
