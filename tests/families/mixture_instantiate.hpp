#pragma once

#include <simulacra/mixture.hpp>

#include "support/statistics.hpp"

// Every member of every template for every scalar and dimension: what no test calls must compile as well.

#define SIMULACRA_TEST_INSTANTIATE_MIXTURE(T, D)                \
  template class simulacra::gaussian_mixture<T, D>;             \
  template class simulacra::mixture_em<T, D>;                   \
  template class simulacra::mixture_estimator<T, D>;            \
  template class simulacra::labelled_moments<T, D>;             \
  template class simulacra::labelled_mixture<T, D>;             \
  template class simulacra::labelled_mixture_estimator<T, D>;

namespace simulacra_test {

using namespace simulacra;

template <class T, int D>
void use_mixture(Index d) {
  stream rng(1);
  const point<T, D> far_off = point<T, D>::Constant(d, T(6));
  const gaussian<T, D> one = gaussian<T, D>::standard(d), moved(far_off, square<T, D>(square<T, D>::Identity(d, d)));
  const gaussian_mixture<T, D> truth({0.5, 0.5}, {one, moved});
  const samples<T, D> x = truth.sample(400, rng);
  for (const covariance_type what : {covariance_type::full, covariance_type::diagonal, covariance_type::spherical, covariance_type::tied}) {
    const auto f = mixture_estimator<T, D>({.components = 2, .covariance = what}).fit(x, rng);
    CHECK(f.result.ok());
    const gaussian_mixture<T, D> q = in_order_of(truth, f.model);
    CHECK((q.component(1).mean() - far_off).norm() < 1);
    CHECK(l2_squared(truth, q) < l2_squared(truth, one));
    CHECK(mmd_squared(truth, q, 1.0) < 0.05);
    CHECK(criteria(q, what, x).bic > 0);
    const auto bounds = entropy_bounds(q);
    CHECK(bounds.lower <= bounds.upper);
  }
}

}  // namespace simulacra_test
