#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include <simulacra/theory/kernel_law.hpp>
#include <simulacra/theory/rkhs.hpp>
#include <support/statistics.hpp>

using namespace simulacra;
using namespace simulacra::theory;

namespace {
constexpr auto paired = fourier_features::paired;
constexpr auto phase = fourier_features::phase;
constexpr double tight = 2e-14;
}  // namespace

TEST_CASE("theory/rkhs: values of the theory notes") {
  CHECK_CLOSE(mean_embedding_mse(1, 1, 1, 50), 0.008452994616207485, tight);
  CHECK_CLOSE(rbf_residual(1, 1, .8), 0.4583736308584794, tight);
  CHECK_CLOSE(rbf_eigenvalue(0, 1, .8), 0.5416263691415206, tight);
  CHECK_CLOSE(rbf_residual(5, 1, .8), 0.02023476331151997, tight);
  CHECK_CLOSE(rff_variance(.7, 1, 100, paired), 0.001500583104825674, tight);
  CHECK_CLOSE(rff_variance(.7, 1, 100, phase), 0.005750291552412837, tight);
}

TEST_CASE("theory/rkhs: one embedding is one generation of the universal law") {
  for (const Index d : {1, 2, 50})
    for (const double l : {.01, 1.0, 30.0}) {
      const double initial = 1 - std::pow(1 + 2 * 1.7 / (l * l), -static_cast<double>(d) / 2);
      CHECK_CLOSE(mean_embedding_mse(d, 1.7, l, 20), kernel_distance(initial, 20, 1, workflow::replace), 1e-12);
    }
  CHECK_CLOSE(mean_embedding_mse(1, 1, 1e9, 3), 1e-18 / 3, 1e-14);  // no cancellation
}

TEST_CASE("theory/rkhs: feature variances by summing over frequencies") {
  // E over w ~ N(0, 1/l^2) by the trapezoidal rule, over the phase by eight equal steps: exact to rounding.
  for (const double l : {.5, 1.0, 2.5})
    for (const double x : {0.0, .3, 1.1})
      for (const double y : {0.0, .9}) {
        double mean = 0, cosine = 0, shifted = 0;
        const double step = 0.05;
        for (double z = -12; z < 12; z += step) {
          const double weight = step * std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi), w = z / l;
          mean += weight * std::cos(w * (x - y));
          cosine += weight * std::cos(w * (x - y)) * std::cos(w * (x - y));
          for (int j = 0; j < 8; ++j) {
            const double b = 2 * std::numbers::pi * j / 8, product = 2 * std::cos(w * x + b) * std::cos(w * y + b);
            shifted += weight * product * product / 8;
          }
        }
        CHECK(std::abs(rff_variance(std::abs(x - y), l, 60, paired) - (cosine - mean * mean) / 30) < 1e-15);
        CHECK(std::abs(rff_variance(std::abs(x - y), l, 60, phase) - (shifted - mean * mean) / 60) < 1e-15);
      }
  CHECK(rff_variance(0, 1, 2, paired) == 0);
  CHECK_CLOSE(rff_variance(1e-6, 1, 2, paired), 0.5e-24, 1e-11);  // no cancellation: (d/l)^4 / D
  CHECK_CLOSE(rff_variance(1e200, 1, 2, phase), 0.5, 1e-15);
}

TEST_CASE("theory/rkhs: the spectrum has the kernel's moments") {
  for (const Index d : {1, 2, 3})
    for (const double s : {.2, 1.0, 3.0}) {
      CAPTURE(d);
      CAPTURE(s);
      const double l = .8, power = -static_cast<double>(d) / 2;
      double one = 0, square = 0;
      const Index last = 8000;
      for (Index i = last; i-- > 0;) {
        const double value = rbf_eigenvalue(i, s, l, d);
        one += value, square += value * value;
      }
      // The trace is k(x, x) = 1; the sum of squares is E k(X, X')^2, and k^2 is such a kernel too.
      CHECK_CLOSE(one + rbf_residual(last, s, l, d), 1.0, 1e-12);
      CHECK_CLOSE(square, std::pow(1 + 4 * s * s / (l * l), power), 1e-5);
    }
  CHECK_CLOSE(rbf_eigenvalue(3, 1, .8, 2), rbf_eigenvalue(5, 1, .8, 2), 1e-15);  // levels of 1, 2, 3, ... in the plane
  CHECK(rbf_eigenvalue(6, 1, .8, 2) < .5 * rbf_eigenvalue(5, 1, .8, 2));
}

TEST_CASE("theory/rkhs: residuals are what the eigenvalues leave, in any dimension") {
  for (const Index d : {1, 2, 5, 40})
    for (const double ratio : {.03, 1.0, 8.0}) {
      double left = 1;
      for (Index m = 0; m < 200; ++m) {
        if (left > 1e-3) CHECK_CLOSE(rbf_residual(m, ratio, 1, d), left, 1e-11);
        left -= rbf_eigenvalue(m, ratio, 1, d);
        CHECK(rbf_residual(m + 1, ratio, 1, d) <= rbf_residual(m, ratio, 1, d));
      }
    }
}

TEST_CASE("theory/rkhs: extreme scales") {
  // Wide kernel: B ~ (s/l)^2. Narrow kernel: 1 - B ~ l/s, and the spectrum is flat.
  CHECK_CLOSE(rbf_residual(1, 1e-9, 1), 1e-18, 1e-14);
  CHECK_CLOSE(rbf_eigenvalue(2, 1e-9, 1), 1e-36, 1e-14);
  CHECK_CLOSE(rbf_eigenvalue(0, 1e12, 1), 1e-12, 1e-11);
  CHECK_CLOSE(rbf_residual(1'000'000'000'000, 1e12, 1), std::exp(-1.0), 1e-11);
  CHECK_CLOSE(rbf_residual(1'000'000'000'000, 1e12, 1, 3), 1.0, 1e-11);
  CHECK_CLOSE(rbf_residual(1, 1e-3, 1, 2), 2 * rbf_eigenvalue(1, 1e-3, 1, 2), 1e-5);
}
