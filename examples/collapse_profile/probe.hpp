#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/metrics.hpp>
#include <simulacra/mixture.hpp>

#include "common/session.hpp"

namespace collapse_profile {

namespace sim = simulacra;
using sim::Index;

inline constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
using normal = sim::gaussian<double, 1>;
using mixture_law = sim::gaussian_mixture<double, 1>;

/// Everything that the profile asks for, read off a generation; masses by draws of the model.
template <class Truth>
class profile_probe {
 public:
  profile_probe(Truth truth, sim::level_sets sets, sim::samples<double, 1> modes, Index last)
      : truth_(std::move(truth)), sets_(sets), modes_(std::move(modes)), last_(last) {}

  [[nodiscard]] std::vector<std::string> names() const { return {"mmd_sq", "variance", "tail", "outside", "modes"}; }

  template <class Generation>
  void operator()(const Generation& g, std::span<double> out) {
    if (!example::is_spread(g.number, last_)) return;  // nobody records the others
    sim::stream rng = g.root.at(static_cast<std::uint64_t>(g.number), sim::purpose::metric, 1);
    const sim::samples<double, 1> x = g.model.sample(500, rng);
    const auto masses = sim::masses_in(sets_, truth_, x);
    out[0] = mmd_squared(mixture_law(g.model), mixture_law(truth_), 1.0);
    out[1] = g.model.covariance()(0, 0);
    out[2] = masses.tail.value;
    out[3] = masses.outside.value;
    out[4] = modes_.cols() > 1 ? sim::coverage_of_modes(modes_, 2, x, 5).covered.value : unknown;
  }

 private:
  Truth truth_;
  sim::level_sets sets_;
  sim::samples<double, 1> modes_;
  Index last_;
};

}  // namespace collapse_profile
