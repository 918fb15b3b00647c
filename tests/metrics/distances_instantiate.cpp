// Every distance with float and double, in one, two and a run-time number of dimensions.
#include "support.hpp"

#include <simulacra/metrics.hpp>

using namespace simulacra_test;

namespace {

/// Half of each sample's coordinates are 0, half 1; the other's are 1 and 2: a shift by 1, of four points.
template <class T, int D>
samples<T, D> steps(Index d, int from) {
  samples<T, D> x(d, 4);
  for (Index i = 0; i < 4; ++i)
    for (Index k = 0; k < d; ++k) x(k, i) = static_cast<T>(from + static_cast<int>(i) / 2);
  return x;
}

template <class T, int D>
void distances(Index d) {
  const auto x = steps<T, D>(d, 0), y = steps<T, D>(d, 1);
  const auto size = static_cast<double>(d);
  stream rng(1);
  const auto e = [size](double r2) { return std::exp(-0.5 * size * r2); };
  // Own pairs: apart by 0 or 1, half each; across: by 1, 2, 0, 1, a quarter each.
  const double expected = 2 * (0.5 + 0.5 * e(1)) - 2 * (0.5 * e(1) + 0.25 * e(4) + 0.25);
  CHECK(mmd_squared(gaussian_kernel(1), x, y) == doctest::Approx(expected).epsilon(1e-12));
  CHECK(mmd_squared_unbiased(gaussian_kernel(1), x, y).error > 0);
  CHECK(mmd_squared(laplace_kernel(1), x, y) > 0);
  CHECK(mmd_squared_by_blocks(gaussian_kernel(1), x, y, 2).error >= 0);
  CHECK(mmd_squared_by_features(random_fourier_features(gaussian_kernel(1), d, 64, rng), x, y).value > 0);
  CHECK(two_sample_test(gaussian_kernel(1), x, y, 9, rng).p_value <= 1);
  CHECK(median_distance(x, rng) == doctest::Approx(std::sqrt(size)));  // 0, 0, 1, 1, 1, 1
  // 2 * sqrt(d) * (1 + 2 + 0 + 1) / 4 less twice sqrt(d) / 2
  CHECK(energy_distance(x, y) == doctest::Approx(std::sqrt(size)).epsilon(1e-12));
  CHECK(sliced_wasserstein(x, y, 2, 8, rng).value <= std::sqrt(size) * (1 + 1e-6));
  CHECK(coverage_of_modes(samples<double, D>(steps<double, D>(d, 0)), 0.5, x).unassigned.value == 0);
}

}  // namespace

TEST_CASE("distances: float and double, D = 1, 2, dynamic") {
  distances<double, 1>(1);
  distances<double, 2>(2);
  distances<double, dynamic>(3);
  distances<float, 1>(1);
  distances<float, 2>(2);
  distances<float, dynamic>(3);
  const auto x = steps<float, 1>(1, 0), y = steps<float, 1>(1, 1);
  CHECK(wasserstein(x, y, 2) == 1);
  CHECK(wasserstein(
            x, [](double u) { return u < 0.5 ? 1.0 : 2.0; }, 2) == doctest::Approx(1));
  CHECK(kolmogorov_smirnov(x, y).statistic == 0.5);
  CHECK(cramer_von_mises(x, y).statistic > 0);
  CHECK(mmd_squared_on_the_line(laplace_kernel(1), x, y) > 0);
  CHECK(mmd_squared_unbiased_on_the_line(laplace_kernel(1), x, y) > 0);
}
