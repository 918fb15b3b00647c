#include "support/statistics.hpp"

#include <cmath>
#include <initializer_list>
#include <limits>

#include <simulacra/families/kernel/density.hpp>
#include <simulacra/families/mixture/law.hpp>
#include <simulacra/families/one_parameter/exponential.hpp>
#include <simulacra/metrics/distribution_functions.hpp>
#include <simulacra/metrics/energy_distance.hpp>

/// Means and second moments of numbers at the ends of the range: right where they are in it, infinite with their sign where not, and
/// never NaN.
using namespace simulacra;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("ends of the range: the mean of an exponential law's data is in it wherever they are") {
  stream rng(1);
  const exponential_estimator<> estimator;
  samples<double, 1> x(1, 4);
  x << 1, 2, 4, 5;
  weights<double> w(4);
  w << 1, 2, 1, 4;
  for (const double unit : {0x1p-1000, 1.0, 0x1.8p1021}) {
    const samples<double, 1> y = x * (unit / 5);
    const auto plain = estimator.fit(y, rng);
    CHECK_CLOSE(plain.model.scale(), 3 * (unit / 5), 1e-15);
    CHECK(plain.result.ok());
    CHECK(std::isfinite(plain.model.log_density(y(0, 3))));
    for (const double scale : {1e-300, 0x1p-60, 1.0, 1e15, 1e300})
      CHECK_CLOSE(estimator.fit(y, weights<double>(w * scale), rng).model.scale(), 3.625 * (unit / 5), 1e-15);
  }
  const samples<double, 1> nines = samples<double, 1>::Constant(1, 7, 9e307);
  const auto law = estimator.fit(nines, rng).model;
  CHECK_CLOSE(law.scale(), 9e307, 1e-15);
  CHECK_CLOSE(law.log_density(9e307), -std::log(9e307) - 1, 1e-15);
  total twice = total::of(nines);
  twice.fold(nines);
  CHECK_CLOSE(twice.mean().value(), 9e307, 1e-15);
}

TEST_CASE("ends of the range: covariances beyond it are infinite with their sign") {
  samples<double, 2> x(2, 3);
  x << 1, -1, 0, -1, 1, 2;
  const auto signs = [](const square<double, 2>& c) {
    CHECK(c(0, 0) == infinity);
    CHECK(c(1, 1) == infinity);
    CHECK(c(0, 1) == -infinity);
    CHECK(c(1, 0) == -infinity);
  };
  signs(kernel_density<double, 2>(samples<double, 2>(x * 1e300), 1e299).covariance());
  square<double, 2> f;
  f << 1e300, 0, -1e300, 1e300;
  signs(kernel_density<double, 2>(x, bandwidth_matrix<2>::factor(f)).covariance());
  signs(bandwidth_matrix<2>::factor(f).covariance());
  const auto thin = [](double a, double b) { return gaussian<double, 2>({a, b}, square<double, 2>::Identity()); };
  signs(gaussian_mixture<double, 2>({1, 1, 1}, {thin(1e300, -1e300), thin(-1e300, 1e300), thin(0, 2e300)}).covariance());
  signs(gaussian_mixture<double, 2>({1, 9}, {thin(-1.7e308, 1.7e308), thin(1.7e308, -1.7e308)}).covariance());
  const auto law = gaussian<double, 2>::from_factor({0, 0}, scaled_factor<double, 2>::from_lower(f));
  signs(law.covariance());
  signs(gaussian_mixture<double, 2>({1, 1}, {law, thin(0, 0)}).covariance());
  // Three directions, the last two apart: infinities of both signs meet in one entry.
  square<> g(3, 3);
  g << 1e300, 0, 0, 1e300, 1e300, 0, 1e300, -2e300, 1e300;
  const square<> c = scaled_factor<>::from_lower(g).second_moment();
  CHECK_FALSE(c.hasNaN());
  CHECK(c(2, 1) == -infinity);
  CHECK(bandwidth_matrix<>::factor(g).covariance() == c);
  // Where they are in the range they are what they were.
  const square<double, 2> small = kernel_density<double, 2>(x, 0.5).covariance();
  CHECK_CLOSE(small(0, 0), 2.0 / 3 + 0.25, 1e-15);
  CHECK_CLOSE(small(0, 1), -2.0 / 3, 1e-15);
}

TEST_CASE("distances on the line: a far point counts however light it is, at either end") {
  const auto line = [](std::initializer_list<double> v) {
    return samples<double, 1>(Eigen::Map<const samples<double, 1>>(v.begin(), 1, static_cast<Index>(v.size())));
  };
  const auto weighing = [](std::initializer_list<double> v) {
    return weights<double>(Eigen::Map<const weights<double>>(v.begin(), static_cast<Index>(v.size())));
  };
  const auto far = line({0, 1e12}), near = line({0}), back = line({-1e12, 0});
  for (const double e : {1e-3, 1e-9, 1e-15, 1e-30}) {
    const double share = e / (1 + e);
    CHECK_CLOSE(energy_distance(far, near, weighing({1, e})), 2e12 * share * share, 1e-14);
    CHECK_CLOSE(energy_distance(back, near, weighing({e, 1})), 2e12 * share * share, 1e-14);
    CHECK_CLOSE(kolmogorov_smirnov(far, near, weighing({1, e})).statistic, share, 1e-14);
    CHECK_CLOSE(kolmogorov_smirnov(back, near, weighing({e, 1})).statistic, share, 1e-14);
    CHECK(energy_distance(far, line({0, 1e12, 1e12}), weighing({2, 2 * e}), weighing({4, 2 * e, 2 * e})) == 0);
  }
}
