#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <concepts>
#include <variant>

#include <simulacra/gaussian.hpp>
#include <simulacra/hilbert.hpp>
#include <simulacra/random.hpp>

/// Laws and an estimator that the library does not have, brought along; and a feature map that is chosen at run time.
namespace error_ledger {

namespace sim = simulacra;
using sim::Index;

/// The law with density exp(-|x - location| / scale) / (2 scale).
struct laplace {
  double location = 0, scale = 1;

  [[nodiscard]] Index dimension() const { return 1; }
  [[nodiscard]] sim::samples<double, 1> sample(Index n, sim::stream& rng) const {
    sim::samples<double, 1> x(1, n);
    for (double& v : x.reshaped()) v = location + scale * (sim::standard_exponential(rng) - sim::standard_exponential(rng));
    return x;
  }
  [[nodiscard]] sim::point<double, 1> mean() const { return sim::point<double, 1>(location); }
  [[nodiscard]] sim::square<double, 1> covariance() const { return sim::square<double, 1>(2 * scale * scale); }
  [[nodiscard]] double log_density(const sim::point<double, 1>& x) const {
    return -std::abs(x[0] - location) / scale - std::log(2 * scale);
  }
  [[nodiscard]] std::complex<double> characteristic_function(const Eigen::VectorXd& w) const {
    return std::polar(1 / (1 + scale * scale * w[0] * w[0]), location * w[0]);
  }
  friend bool operator==(const laplace&, const laplace&) = default;
};

/// Student's law with three degrees of freedom: finite variance, infinite fourth moment.
struct student {
  [[nodiscard]] Index dimension() const { return 1; }
  [[nodiscard]] sim::samples<double, 1> sample(Index n, sim::stream& rng) const {
    sim::samples<double, 1> x(1, n);
    for (double& v : x.reshaped()) v = sim::standard_normal(rng) / std::sqrt(sim::chi_square(3, rng) / 3);
    return x;
  }
  [[nodiscard]] sim::point<double, 1> mean() const { return sim::point<double, 1>(0.0); }
  [[nodiscard]] sim::square<double, 1> covariance() const { return sim::square<double, 1>(3.0); }
  [[nodiscard]] double log_density(const sim::point<double, 1>& x) const {
    return std::log(2 / (3.141592653589793 * std::sqrt(3.0))) - 2 * std::log1p(x[0] * x[0] / 3);
  }
  [[nodiscard]] std::complex<double> characteristic_function(const Eigen::VectorXd& w) const {
    const double r = std::sqrt(3.0) * std::abs(w[0]);
    return (1 + r) * std::exp(-r);
  }
};

/// Maximum likelihood for the Laplace law: the median, and the mean absolute deviation from it. It is exact, so it is its own ideal;
/// its projections have closed forms for a Gaussian and for its own family.
struct laplace_mle {
  [[nodiscard]] laplace fit(const sim::samples<double, 1>& x, sim::stream&) const {
    sim::samples<double, 1> sorted = x;
    const Index half = x.cols() / 2;
    std::nth_element(sorted.data(), sorted.data() + half, sorted.data() + x.cols());
    double median = sorted[half];
    if (x.cols() % 2 == 0) median = (median + *std::max_element(sorted.data(), sorted.data() + half)) / 2;
    return {median, (x.array() - median).abs().mean()};
  }
  [[nodiscard]] laplace_mle ideal() const { return {}; }
  [[nodiscard]] laplace project(const laplace& law) const { return law; }
  [[nodiscard]] laplace project(const sim::gaussian<double, 1>& law) const {
    return {law.mean()[0], std::sqrt(2 * law.variance() / 3.141592653589793)};
  }
  template <class Law>
    requires(std::same_as<Law, laplace> || std::same_as<Law, sim::gaussian<double, 1>>)
  [[nodiscard]] laplace population_fit(const Law& law) const {
    return project(law);
  }
};

/// Random Fourier features or a grid, chosen at run time: any law that embeds in both embeds in this.
struct chosen_features {
  std::variant<sim::random_fourier_features, sim::grid_features> map;

  [[nodiscard]] Index dimension() const { return 1; }
  [[nodiscard]] Index features() const {
    return std::visit([](const auto& m) { return static_cast<Index>(m.features()); }, map);
  }
  template <class X>
  void mean_into(const X& x, const sim::weights<double>* w, Eigen::Ref<Eigen::VectorXd> out) const {
    std::visit([&](const auto& m) { m.mean_into(x, w, out); }, map);
  }
  template <class X>
  void features_into(const X& x, Eigen::Ref<Eigen::VectorXd> out) const {
    mean_into(x, nullptr, out);
  }
  [[nodiscard]] double relative_variance(const Eigen::VectorXd& v) const {
    const auto* random = std::get_if<sim::random_fourier_features>(&map);
    return random != nullptr ? random->relative_variance(v) : 0;
  }
};

/// (The map's type is deduced and compared first, so that asking about another map does not ask this question again.)
template <class Law, std::same_as<chosen_features> Map>
  requires(sim::embeds_in<Law, sim::random_fourier_features> && sim::embeds_in<Law, sim::grid_features>)
void embed_into(const Law& law, const Map& map, Eigen::Ref<Eigen::VectorXd> out) {
  std::visit([&](const auto& m) { embed_into(law, m, out); }, map.map);
}

}  // namespace error_ledger
