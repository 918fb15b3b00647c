// Counts what is allocated: through operator new, and through Eigen. A program of its own, since both are changes to all of it.
#define EIGEN_RUNTIME_NO_MALLOC
#undef NDEBUG
#include "support/statistics.hpp"

#include <cstdlib>
#include <new>

#include <simulacra/families/gaussian/embedding.hpp>
#include <simulacra/hilbert/space.hpp>

namespace {

long allocations = 0;

/// How often f allocates by operator new; Eigen's own allocations are assertions that end the program.
template <class F>
long allocations_of(F f) {
  const long before = allocations;
  Eigen::internal::set_is_malloc_allowed(false);
  f();
  Eigen::internal::set_is_malloc_allowed(true);
  return allocations - before;
}

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

void* operator new(std::size_t size) {
  ++allocations;
  if (void* p = std::malloc(size == 0 ? 1 : size)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }

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
