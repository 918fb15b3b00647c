#include "counting.hpp"

#include "support/statistics.hpp"

#include <simulacra/families/gaussian/embedding.hpp>
#include <simulacra/hilbert/space.hpp>

namespace {

using simulacra_test::allocations_of;
using namespace simulacra;

template <int D>
void check_dimension(Index d) {
  stream rng(1);
  const feature_space fourier(random_fourier_features(matern32_kernel(1.0), d, 2 * 75, rng));
  const auto law = gaussian<double, D>::standard(d);
  const samples<double, D> x = law.sample(300, rng);
  const weights<double> w = weights<double>::Ones(300), none;
  auto u = fourier.zero(), v = fourier.zero();
  CHECK(allocations_of([&] {
          fourier.embed(law, u);
          fourier.embed_data(x, w, v);
          fourier.embed_data(x, none, v);
          fourier.embed_data(x.middleCols(3, 7), none, v);
          fourier.add(u, -1, v);
          fourier.set_zero(v);
          static_cast<void>(fourier.inner(u, v) + fourier.relative_variance(u));
        }) == 0);
  const feature_space landmarks(nystrom_features<gaussian_kernel, double, D>(gaussian_kernel(0.7), law.sample(90, rng)));
  const feature_space second(moment_features{d});
  u = landmarks.zero();
  v = second.zero();
  CHECK(allocations_of([&] {
          landmarks.embed_data(x, w, u);
          second.embed_data(x, none, v);
        }) == 0);
}

}  // namespace

TEST_CASE("allocation: embedding laws and data in features takes none") {
  check_dimension<1>(1);
  check_dimension<2>(2);
  check_dimension<dynamic>(3);
  const feature_space grid(grid_features({-4, 4, 20}));
  auto u = grid.zero();
  const gaussian<double, 1> law(0.0, 1.0);
  const samples<double, 1> x = samples<double, 1>::Random(1, 100);
  CHECK(allocations_of([&] {
          grid.embed_data(x, weights<double>(), u);
          grid.embed(law, u);
        }) == 0);
}

TEST_CASE("allocation: the counter counts") {
  CHECK(allocations_of([] {
          int* volatile kept = new int(3);  // or the compiler does without
          delete kept;
        }) == 1);
}
