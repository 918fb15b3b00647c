#pragma once

#include <cmath>
#include <numbers>
#include <string>

#include <simulacra/core/types.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>

/// Laws in the plane that are no mixture of a few Gaussians, and the paper's one blob. All fit into [-3, 3]^2.
namespace mixture_walk {

namespace sim = simulacra;
using sim::Index;

/// A law by its name: `blob` is N(0, I), `moons` two half circles that interlock, `rings` two circles, one in the other, and
/// `pinwheel` five arms, each a stretched Gaussian that is bent the more the further out it lies.
struct truth {
  std::string shape;

  [[nodiscard]] Index dimension() const { return 2; }

  [[nodiscard]] sim::samples<double, 2> sample(Index n, sim::stream& rng) const {
    sim::samples<double, 2> x(2, n);
    for (Index i = 0; i < n; ++i) x.col(i) = shape == "blob" ? noise(1, rng) : one(rng);
    return x;
  }

 private:
  static constexpr double pi = std::numbers::pi;

  static sim::point<double, 2> noise(double sd, sim::stream& rng) {
    const double a = sim::standard_normal(rng), b = sim::standard_normal(rng);
    return {sd * a, sd * b};
  }
  static sim::point<double, 2> on_circle(double radius, double angle) {
    return {radius * std::cos(angle), radius * std::sin(angle)};
  }

  [[nodiscard]] sim::point<double, 2> one(sim::stream& rng) const {
    const double coin = sim::uniform(rng), turn = sim::uniform(rng);
    if (shape == "moons") {
      const sim::point<double, 2> upper = on_circle(1.5, pi * turn) + sim::point<double, 2>(-0.75, -0.375);
      return (coin < 0.5 ? upper : sim::point<double, 2>(-upper)) + noise(0.12, rng);
    }
    if (shape == "rings") return on_circle(coin < 0.5 ? 1 : 2.3, 2 * pi * turn) + noise(0.12, rng);
    // pinwheel
    const double along = 1.35 + 0.45 * sim::standard_normal(rng), across = 0.14 * sim::standard_normal(rng);
    const double angle = 2 * pi * std::floor(5 * coin) / 5 + 0.8 * along;
    const double cosine = std::cos(angle), sine = std::sin(angle);
    return {cosine * along - sine * across, sine * along + cosine * across};
  }
};

}  // namespace mixture_walk
