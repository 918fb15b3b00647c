#pragma once

#include <simulacra/kernel.hpp>

#include "support/statistics.hpp"

// Every member for every scalar and dimension: what no test calls must compile as well.

#define SIMULACRA_TEST_INSTANTIATE_KERNEL(T, D)             \
  template class simulacra::kernel_density<T, D>;           \
  template class simulacra::kernel_density_estimator<T, D>; \
  template class simulacra::kernel_density_estimator<T, D, simulacra::fixed_bandwidth>;

namespace simulacra_test {

using namespace simulacra;

template <class T, int D>
void use_kernel_density(Index d) {
  stream rng(1);
  const gaussian<T, D> truth = gaussian<T, D>::standard(d);
  const samples<T, D> x = truth.sample(200, rng);
  for (const bool shrink : {false, true})
    for (const auto shape : {bandwidth_shape::scalar, bandwidth_shape::diagonal, bandwidth_shape::full}) {
      const kernel_density_estimator<T, D, silverman> fit(
          {.bandwidth = silverman(divisor::n, shape), .shrink = shrink, .nominal_samples = 200});
      const auto f = fit.fit(x, rng);
      CHECK(f.result.ok());
      CHECK(l2_squared(f.model, truth) < 0.01);
      CHECK(mmd_squared(f.model, truth, 1.0) < 0.05);
      CHECK(mmd_squared(f.model, fit.project(truth), 1.0) < 0.05);
      const samples<T, D> y = f.model.sample(20, rng);
      Eigen::VectorXd out(20);
      f.model.log_density_into(y, out);
      for (Index i = 0; i < 20; ++i) CHECK(std::abs(f.model.log_density(y.col(i)) - out[i]) < 1e-10);
      const auto twice = fit.project(f.model);
      CHECK(twice.sample(5, rng).allFinite());
      CHECK(static_cast<double>((twice.mean() - f.model.mean()).norm()) < 1e-6);
    }
}

}  // namespace simulacra_test
