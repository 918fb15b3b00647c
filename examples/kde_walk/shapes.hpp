#pragma once

#include <cmath>
#include <string>

#include <simulacra/core/types.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>

namespace example {

namespace sim = simulacra;
using sim::Index;

/// Data in the plane that no Gaussian fits: the toy sets of scikit-learn's `make_blobs`, `make_circles`, `make_moons` and the spiral of
/// `make_swiss_roll` seen from above, all about as wide as a few units. A truth needs no more than this.
struct shape {
  enum class kind { blobs, circles, moons, swiss_roll };
  kind what;

  [[nodiscard]] Index dimension() const { return 2; }

  [[nodiscard]] sim::samples<double, 2> sample(Index n, sim::stream& rng) const {
    sim::samples<double, 2> x(2, n);
    for (Index i = 0; i < n; ++i) x.col(i) = one(rng);
    return x;
  }

 private:
  [[nodiscard]] sim::point<double, 2> one(sim::stream& rng) const {
    constexpr double pi = 3.141592653589793;
    const double pick = sim::uniform(rng), along = sim::uniform(rng);
    const sim::point<double, 2> noise(sim::standard_normal(rng), sim::standard_normal(rng));
    const double angle = pi * along;
    switch (what) {
      case kind::blobs: {
        const double corner = 2 * pi * std::floor(3 * pick) / 3;
        return 2 * sim::point<double, 2>(std::cos(corner), std::sin(corner)) + 0.4 * noise;
      }
      case kind::circles:
        return (pick < 0.5 ? 1.0 : 2.0) * sim::point<double, 2>(std::cos(2 * angle), std::sin(2 * angle)) + 0.1 * noise;
      case kind::moons:
        if (pick < 0.5) return sim::point<double, 2>(2 * std::cos(angle) - 1, 2 * std::sin(angle) - 0.5) + 0.15 * noise;
        return sim::point<double, 2>(1 - 2 * std::cos(angle), 0.5 - 2 * std::sin(angle)) + 0.15 * noise;
      case kind::swiss_roll: break;
    }
    const double t = 1.5 * (1 + 2 * along);  // turns of half a circle
    return 0.2 * t * pi * sim::point<double, 2>(std::cos(pi * t), std::sin(pi * t)) + 0.1 * noise;
  }
};

inline std::string name_of(shape::kind what) {
  switch (what) {
    case shape::kind::blobs: return "blobs";
    case shape::kind::circles: return "circles";
    case shape::kind::moons: return "moons";
    case shape::kind::swiss_roll: break;
  }
  return "swiss_roll";
}

}  // namespace example
