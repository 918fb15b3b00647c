#include "support/statistics.hpp"

#include <cmath>
#include <limits>

#include <simulacra/families/categorical/estimator.hpp>
#include <simulacra/families/gaussian/estimator.hpp>
#include <simulacra/families/kernel/density.hpp>
#include <simulacra/families/kernel/selectors.hpp>
#include <simulacra/families/latent/ppca_estimator.hpp>
#include <simulacra/families/one_parameter/bernoulli.hpp>
#include <simulacra/families/one_parameter/exponential.hpp>
#include <simulacra/families/one_parameter/poisson.hpp>
#include <simulacra/hilbert/kernels.hpp>
#include <simulacra/hilbert/random_fourier.hpp>
#include <simulacra/ledger/functionals.hpp>
#include <simulacra/metrics/energy_distance.hpp>
#include <simulacra/metrics/mmd.hpp>
#include <simulacra/metrics/wasserstein.hpp>

using namespace simulacra;

TEST_CASE("weights are relative: every estimator, distance and feature takes them at any scale") {
  samples<double, 1> x(1, 5), y(1, 4);
  x << 1, 2, 3, 4, 10;
  y << 0, 2, 5, 7;
  samples<double> plane(2, 5), other(2, 4);
  plane << 1, 2, 3, 4, 10, -1, 4, 0, 2, 2;
  other << 0, 1, 1, 3, 2, 2, 0, 5;
  samples<Index, 1> symbols(1, 5), bits(1, 5);
  symbols << 0, 1, 1, 2, 0;
  bits << 0, 1, 1, 0, 1;
  const weights<double> w = (weights<double>(5) << 1, 1, 2, 1, 1).finished(), one = weights<double>::Ones(4);
  stream rng(1);
  const gaussian_estimator<double, 1> line(divisor::n_minus_1);
  const gaussian_estimator<float, 1> narrow(divisor::n_minus_1);
  const samples<float, 1> short_x = x.cast<float>();
  const ppca_estimator<double> factors(divisor::n, {.latent = 1});
  const gaussian_kernel k(1.5);
  const random_fourier_features fourier(k, 2, 16, rng);
  Eigen::VectorXd features(fourier.features()), moved(fourier.features());
  fourier.mean_into(plane, &w, features);
  const auto ppca_law = factors.fit(plane, w, rng).model;
  const kernel_density<double, 1> density(x, w, 0.5);
  for (const double s :
       {1e-30, 1e30, 1e-50, 1e50, 1e-155, 1e160, 1e-170, 1e-300, 1e300, 1e-308, std::numeric_limits<double>::denorm_min()}) {
    INFO("scale ", s);
    const weights<double> v = w * s, u = one * s;
    CHECK_CLOSE(line.fit(x, v, rng).model.covariance()(0, 0), 10.892857142857142, 1e-14);
    CHECK_CLOSE(static_cast<double>(narrow.fit(short_x, v, rng).model.covariance()(0, 0)), 10.892857142857142, 1e-6);
    CHECK((factors.fit(plane, v, rng).model.covariance() - ppca_law.covariance()).norm() <
          1e-13 * ppca_law.covariance().norm());
    CHECK_CLOSE(exponential_estimator<double>().fit(x, v, rng).model.mean()[0], 23.0 / 6, 1e-14);
    CHECK_CLOSE(poisson_estimator().fit(symbols, v, rng).model.rate(), 5.0 / 6, 1e-14);
    CHECK_CLOSE(bernoulli_estimator().fit(bits, v, rng).model.probability(), 4.0 / 6, 1e-14);
    CHECK_CLOSE(categorical_estimator(3).fit(symbols, v, rng).model.probability(1), 0.5, 1e-14);
    CHECK_CLOSE(effective_sample_size(5, v), 36.0 / 8, 1e-14);
    CHECK_CLOSE((kernel_density<double, 1>(x, v, 0.5).log_density(x.col(2))), density.log_density(x.col(2)), 1e-14);
    CHECK_CLOSE(mmd_squared(k, x, y, v, u), mmd_squared(k, x, y, w, one), 1e-13);
    CHECK_CLOSE(mmd_squared_unbiased(k, x, y, v, u), mmd_squared_unbiased(k, x, y, w, one), 1e-13);
    CHECK_CLOSE(energy_distance(plane, other, v, u), energy_distance(plane, other, w, one), 1e-13);
    CHECK_CLOSE(wasserstein(x, y, 2, v, u), wasserstein(x, y, 2, w, one), 1e-13);
    CHECK_CLOSE(detail::variance_of{}(plane, v), detail::variance_of{}(plane, w), 1e-14);
    CHECK_CLOSE(detail::quantile_of{0.7}(x, v), 4, 0);
    fourier.mean_into(plane, &v, moved);
    CHECK((moved - features).norm() < 1e-14);
  }
}
