#pragma once

#include "support/statistics.hpp"
#include "support/throws.hpp"

#include <cmath>
#include <initializer_list>
#include <limits>
#include <vector>

#include <simulacra/core/types.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra_test {

using namespace simulacra;

inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

inline samples<double, 1> line(std::initializer_list<double> values) {
  samples<double, 1> x(1, static_cast<Index>(values.size()));
  Index i = 0;
  for (const double v : values) x[i++] = v;
  return x;
}

inline weights<double> weighing(std::initializer_list<double> values) { return line(values).transpose(); }

/// Samples that other programs can make again: sin(i), i = 1, ..., 40, and cos(1.3 j) + 0.2, j = 1, ..., 25, on the line; in the plane
/// (sin i, 1.5 cos 2i) and (cos(1.3 j) + 0.2, sin 0.7 j). Their weights are 1 + i mod 3 and 1 + (j mod 4) / 2.
template <int D>
samples<double, D> waves(bool second) {
  samples<double, D> x(D, second ? 25 : 40);
  for (Index i = 0; i < x.cols(); ++i) {
    const auto t = static_cast<double>(i + 1);
    x(0, i) = second ? std::cos(1.3 * t) + 0.2 : std::sin(t);
    if constexpr (D == 2) x(1, i) = second ? std::sin(0.7 * t) : 1.5 * std::cos(2 * t);
  }
  return x;
}
inline weights<double> wave_weights(bool second) {
  weights<double> w(second ? 25 : 40);
  for (Index i = 0; i < w.size(); ++i) w[i] = 1 + static_cast<double>((i + 1) % (second ? 4 : 3)) * (second ? 0.5 : 1);
  return w;
}

/// n draws of N(mean, spread^2 I).
template <int D>
samples<double, D> normal_sample(Index d, Index n, double mean, double spread, stream& rng) {
  samples<double, D> x(d, n);
  for (Index i = 0; i < n; ++i)
    for (Index k = 0; k < d; ++k) x(k, i) = mean + spread * standard_normal(rng);
  return x;
}

inline stream stream_of(std::uint64_t seed, std::uint64_t replicate) {
  return stream(stream_key{seed, 0}, {.replicate = replicate});
}

}  // namespace simulacra_test
