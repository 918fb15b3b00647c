#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/io.hpp>
#include <simulacra/mixture.hpp>

namespace mixture_modes {

namespace sim = simulacra;
using sim::Index;

inline constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
using law = sim::gaussian_mixture<double, 1>;

/// Modes of standard deviation 1 on a line, `apart` from one to the next, rare and frequent ones in turn.
struct modes {
  std::vector<double> weights;
  double apart;

  [[nodiscard]] law truth() const {
    std::vector<sim::gaussian<double, 1>> components;
    for (std::size_t j = 0; j < weights.size(); ++j) components.emplace_back(apart * static_cast<double>(j), 1.0);
    return {weights, components};
  }
  [[nodiscard]] double heterozygosity() const {
    double same = 0;
    for (const double w : weights) same += w * w;
    return 1 - same;
  }
};

struct setting {
  std::string estimator;  ///< labelled, em
  Index samples;
  double floor, apart;
};

inline std::vector<std::string> conditions(const setting& s) {
  return {s.estimator, std::to_string(s.samples), sim::argument::text(s.apart), sim::argument::text(s.floor)};
}

const law& plain(const law& p) { return p; }
const law& plain(const sim::labelled_mixture<double, 1>& p) { return p.law(); }

/// Reads the weights of the truth's modes. With labels known they are the components'. Without, a component belongs to the mode
/// whose mean its own is nearest to; a mode is lost when no component belongs to it.
class mode_probe {
 public:
  mode_probe(modes of, bool labels) : of_(std::move(of)), labels_(labels) {}

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all{"heterozygosity", "modes_left", "weight_error_sq"};
    for (std::size_t j = 1; j <= of_.weights.size(); ++j) all.push_back("lost_" + std::to_string(j));
    return all;
  }

  template <class Generation>
  void operator()(const Generation& g, std::span<double> out) {
    const law& now = plain(g.model);
    const std::size_t k = of_.weights.size();
    std::vector<double> w(k, 0.0);
    for (Index j = 0; j < now.size(); ++j) {
      auto mode = static_cast<std::size_t>(j);
      if (!labels_) {
        const double nearest = std::round(now.component(j).mean()[0] / of_.apart);
        mode = static_cast<std::size_t>(std::clamp(nearest, 0.0, static_cast<double>(k - 1)));
      }
      w[mode] += now.weight(j);
    }
    double same = 0, off = 0, left = 0;
    for (std::size_t j = 0; j < k; ++j) {
      same += w[j] * w[j];
      off += (w[j] - of_.weights[j]) * (w[j] - of_.weights[j]);
      left += w[j] > 0 ? 1 : 0;
      out[3 + j] = w[j] > 0 ? 0 : 1;
    }
    out[0] = 1 - same;
    out[1] = left;
    out[2] = off;
  }

 private:
  modes of_;
  bool labels_;
};

}  // namespace mixture_modes
