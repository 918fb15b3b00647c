#pragma once

#include "support/statistics.hpp"
#include "support/throws.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <vector>

#include <simulacra/ensemble.hpp>
#include <simulacra/gaussian.hpp>
#include <simulacra/hilbert.hpp>
#include <simulacra/ledger.hpp>
#include <simulacra/random.hpp>
#include <simulacra/recursion.hpp>

namespace simulacra_test {

using namespace simulacra;

/// Half N(-a, 1), half N(a, 1): a law that no Gaussian is.
struct two_normals {
  double apart = 2;

  [[nodiscard]] Index dimension() const { return 1; }
  [[nodiscard]] samples<double, 1> sample(Index n, stream& rng) const {
    samples<double, 1> x(1, n);
    for (Index i = 0; i < n; ++i) x[i] = standard_normal(rng) + (uniform(rng) < 0.5 ? -apart : apart);
    return x;
  }
  [[nodiscard]] point<double, 1> mean() const { return point<double, 1>(0.0); }
  [[nodiscard]] square<double, 1> covariance() const { return square<double, 1>(1 + apart * apart); }
  [[nodiscard]] double log_density(const point<double, 1>& x) const {
    const double left = -0.5 * (x[0] + apart) * (x[0] + apart), right = -0.5 * (x[0] - apart) * (x[0] - apart);
    const double top = (std::max)(left, right);
    return top + std::log(0.5 * (std::exp(left - top) + std::exp(right - top))) - 0.918938533204672741780329736406;
  }
  [[nodiscard]] std::complex<double> characteristic_function(const Eigen::VectorXd& w) const {
    return std::exp(-0.5 * w[0] * w[0]) * std::cos(apart * w[0]);
  }
};

/// A Laplace law and its maximum likelihood, as a user would bring them. What the estimator says of itself beyond `fit` is set by
/// `Knows`: nothing, that it is its own ideal, or its projections too.
struct laplace {
  double location = 0, scale = 1;

  [[nodiscard]] Index dimension() const { return 1; }
  [[nodiscard]] samples<double, 1> sample(Index n, stream& rng) const {
    samples<double, 1> x(1, n);
    for (Index i = 0; i < n; ++i) x[i] = location + scale * (standard_exponential(rng) - standard_exponential(rng));
    return x;
  }
  [[nodiscard]] point<double, 1> mean() const { return point<double, 1>(location); }
  [[nodiscard]] square<double, 1> covariance() const { return square<double, 1>(2 * scale * scale); }
  [[nodiscard]] double log_density(const point<double, 1>& x) const {
    return -std::abs(x[0] - location) / scale - std::log(2 * scale);
  }
  [[nodiscard]] std::complex<double> characteristic_function(const Eigen::VectorXd& w) const {
    return std::polar(1 / (1 + scale * scale * w[0] * w[0]), location * w[0]);
  }
  friend bool operator==(const laplace&, const laplace&) = default;
};

enum class knows { nothing, ideal, projection };

template <knows Knows>
struct laplace_mle {
  [[nodiscard]] laplace fit(const samples<double, 1>& x, stream&) const {
    std::vector<double> v(x.data(), x.data() + x.cols());
    const auto middle = v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2);
    std::nth_element(v.begin(), middle, v.end());
    return {*middle, (x.array() - *middle).abs().mean()};
  }
  [[nodiscard]] laplace_mle ideal() const
    requires(Knows != knows::nothing)
  {
    return *this;
  }
  /// The median and the mean absolute deviation of a Gaussian.
  [[nodiscard]] laplace project(const gaussian<double, 1>& law) const
    requires(Knows == knows::projection)
  {
    return {law.mean()[0], std::sqrt(2 * law.variance() / 3.141592653589793)};
  }
  [[nodiscard]] laplace project(const laplace& law) const
    requires(Knows == knows::projection)
  {
    return law;
  }
  template <class Law>
  [[nodiscard]] laplace population_fit(const Law& law) const
    requires requires(const laplace_mle& e) { e.project(law); }
  {
    return project(law);
  }
};

/// The space of random Fourier features of a Gaussian kernel, on the line.
inline feature_space<random_fourier_features> fourier_space(Index features = 128, double length = 1,
                                                            std::uint64_t seed = 1) {
  stream rng(seed);
  return feature_space<random_fourier_features>(random_fourier_features(gaussian_kernel(length), 1, features, rng));
}

/// Every row's residual, and the sum of shares less 1: the worst of them.
inline double worst_misfit(const std::vector<ledger_row>& rows, const std::vector<term>& terms) {
  double worst = 0;
  for (const ledger_row& row : rows) {
    double shares = 0;
    for (const term t : terms) shares += row.share(t);
    for (const double misfit : {row.residual, std::abs(shares - 1)})
      if (!(misfit <= worst)) worst = misfit;  // a NaN too
    if (worst != worst) return 1;
  }
  return worst;
}

}  // namespace simulacra_test
