#pragma once

#include <simulacra/gaussian.hpp>

#include "support/statistics.hpp"

// Every member of every template for every scalar and dimension: what no test calls must compile as well.
// (clang 14 instantiates members whose constraint does not hold, so it leaves out the one class that has such members.)
#if defined(__clang__) && __clang_major__ < 16
#define SIMULACRA_TEST_INSTANTIATE_LAW(T, D)
#else
#define SIMULACRA_TEST_INSTANTIATE_LAW(T, D) template class simulacra::gaussian<T, D>;
#endif
#define SIMULACRA_TEST_INSTANTIATE(T, D)              \
  template class simulacra::scaled_factor<T, D>;      \
  template class simulacra::moments<T, D>;            \
  template class simulacra::truncated_gaussian<T, D>; \
  template class simulacra::gaussian_estimator<T, D>; \
  SIMULACRA_TEST_INSTANTIATE_LAW(T, D)

namespace simulacra_test {

using namespace simulacra;

template <class T, int D>
void use(Index d) {
  stream rng(1);
  const auto p = gaussian<T, D>::standard(d);
  const auto q = gaussian_estimator<T, D>(divisor::n).fit(p.sample(20, rng), rng).model;
  CHECK(kl_divergence(p, q) > 0);
  CHECK(wasserstein_squared(p, q) > 0);
  CHECK(l2_squared(p, q) > 0);
  CHECK(entropy(q) < entropy(p) + 1);
  CHECK(merge(moments<T, D>::of(p.sample(3, rng)), moments<T, D>::of(p.sample(4, rng))).count() == 7);
}

}  // namespace simulacra_test
