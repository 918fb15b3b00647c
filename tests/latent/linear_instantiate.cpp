// Every member of every template for every scalar and dimension: what no test calls must compile as well.
#include "support.hpp"

#include <simulacra/families/latent/factor_analysis.hpp>
#include <simulacra/families/latent/ppca_estimator.hpp>
#include <simulacra/families/latent/ppca_sgd_estimator.hpp>

#define SIMULACRA_TEST_INSTANTIATE_LATENT(T, D)       \
  template class simulacra::factor_model<T, D>;       \
  template class simulacra::ppca<T, D>;               \
  template class simulacra::ppca_estimator<T, D>;     \
  template class simulacra::ppca_sgd_estimator<T, D>; \
  template class simulacra::factor_estimator<T, D>;

SIMULACRA_TEST_INSTANTIATE_LATENT(double, 2)
SIMULACRA_TEST_INSTANTIATE_LATENT(float, simulacra::dynamic)

namespace {

using namespace simulacra_test;

template <class T, int D>
void use(Index d) {
  stream rng(1);
  const Index q = d > 1 ? 1 : 0;
  const ppca<T, D> truth(point<T, D>(point<T, D>::Constant(d, T(2))),
                         typename ppca<T, D>::loadings_type(ppca<T, D>::loadings_type::Ones(d, q)), T(0.5));
  const samples<T, D> x = truth.sample(2000, rng);
  for (const ppca_method how : {ppca_method::closed_form, ppca_method::em, ppca_method::gradient, ppca_method::adam}) {
    const auto f = ppca_estimator<T, D>(divisor::n, {.latent = q, .method = how}).fit(x, rng);
    CHECK(kl_divergence(truth, f.model) < 0.02);
  }
  const auto h = ppca_sgd_estimator<T, D>({.latent = q, .steps = 4000, .learning_rate = 0.05, .decay = 0.02}).fit(x, rng);
  CHECK(kl_divergence(truth, h.model) < 0.02);
  const auto g =
      factor_estimator<T, D>(divisor::n, {.latent = q}).fit(truth.stream_summary(2000, as<moments<T, D>>{}, rng), rng);
  CHECK(kl_divergence(truth.as_gaussian(), g.model) < 0.02);
  CHECK(cross_entropy(truth, g.model) > entropy(truth) - 1e-3);
  CHECK(g.model.encode(x).rows() == q);
}

}  // namespace

TEST_CASE("linear latent laws: float and double, fixed and run-time dimensions") {
  use<double, 2>(2);
  use<float, dynamic>(4);
  use<double, 1>(1);
}
