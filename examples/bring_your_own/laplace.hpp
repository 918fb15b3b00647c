#pragma once

#include <algorithm>
#include <complex>
#include <optional>

#include <simulacra/core/types.hpp>
#include <simulacra/random/exponential.hpp>

/// What the user brings: a law, and an estimator of it.
namespace bring_your_own {

namespace sim = simulacra;
using sim::Index;

/// The law with density exp(-|x - location| / scale) / (2 scale). A model needs no more than the first two functions.
struct laplace {
  double location = 0, scale = 1;

  [[nodiscard]] Index dimension() const { return 1; }
  [[nodiscard]] sim::samples<double, 1> sample(Index n, sim::stream& rng) const {
    sim::samples<double, 1> x(1, n);
    for (double& value : x.reshaped())  // the difference of two exponential numbers
      value = location + scale * (sim::standard_exponential(rng) - sim::standard_exponential(rng));
    return x;
  }
  [[nodiscard]] std::complex<double> characteristic_function(const Eigen::VectorXd& w) const {
    return std::polar(1 / (1 + scale * scale * w[0] * w[0]), location * w[0]);
  }
};

/// Maximum likelihood: the median, and the mean absolute deviation from it, or from the location where that is known.
struct laplace_mle {
  std::optional<double> location{};

  [[nodiscard]] laplace fit(const sim::samples<double, 1>& x, sim::stream&) const {
    const double centre = location ? *location : median(x);
    return {centre, (x.array() - centre).abs().mean()};
  }
  [[nodiscard]] laplace_mle ideal() const { return *this; }

 private:
  static double median(sim::samples<double, 1> x) {
    const Index half = x.cols() / 2;
    std::nth_element(x.data(), x.data() + half, x.data() + x.cols());
    return x.cols() % 2 == 1 ? x[half] : (x[half] + *std::max_element(x.data(), x.data() + half)) / 2;
  }
};

}  // namespace bring_your_own
