#pragma once

#include <simulacra/mixture.hpp>

#include "support/statistics.hpp"

// Every member of every template for every scalar and dimension: what no test calls must compile as well.

#define SIMULACRA_TEST_INSTANTIATE_MIXTURE(T, D)     \
  template class simulacra::gaussian_mixture<T, D>;  \
  template class simulacra::mixture_em<T, D>;        \
  template class simulacra::mixture_estimator<T, D>; \
  template class simulacra::labelled_moments<T, D>;  \
  template class simulacra::labelled_mixture<T, D>;  \
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
  for (const covariance_type what :
       {covariance_type::full, covariance_type::diagonal, covariance_type::spherical, covariance_type::tied}) {
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
  // A handful of points, repeated ones among them, in small and large units: an outcome, and never a NaN.
  for (int round = 0; round < 48; ++round) {
    const Index n = 2 + round % 9, k = 1 + round % 2;
    samples<T, D> few = truth.sample(n, rng) * (round % 3 == 0 ? T(1) : round % 3 == 1 ? T(1e-15) : T(1e15));
    if (round % 4 == 0) few.col(0) = few.col(1);
    const auto f = mixture_estimator<T, D>({.components = k,
                                            .covariance = static_cast<covariance_type>(round % 4),
                                            .start = static_cast<mixture_start>(round % 3),
                                            .max_iterations = 100,
                                            .floor = round % 5 == 0 ? 1e-3 : 0,
                                            .lost = static_cast<lost_component>(round / 4 % 3),
                                            .lost_floor = 1e-4})
                       .fit(few, rng);
    for (Index j = 0; j < f.model.size(); ++j) {
      CHECK(f.model.weight(j) > 0);
      CHECK(f.model.component(j).mean().allFinite());
      CHECK(f.model.component(j).factor().matrix().allFinite());
    }
    CHECK(f.result.ok() == f.result.reason.empty());
  }
}

}  // namespace simulacra_test
