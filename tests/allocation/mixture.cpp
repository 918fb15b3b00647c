// A program of its own: it counts every allocation of the process, Eigen's too, which do not go through operator new.

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdlib>
#include <new>
#include <stdexcept>

namespace {
std::size_t allocations = 0;
}

// Eigen takes its memory by std::malloc. So that this is seen too, it is told to assert that it may, and to throw where not.
#define EIGEN_RUNTIME_NO_MALLOC
#define eigen_assert(holds)                           \
  do {                                                \
    if (!(holds)) throw std::logic_error(#holds);     \
  } while (false)
#include <Eigen/Core>

#include <simulacra/families/gaussian/estimator.hpp>
#include <simulacra/families/mixture/em.hpp>

void* operator new(std::size_t size) {
  ++allocations;
  if (void* p = std::malloc(size)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }

using namespace simulacra;

TEST_CASE("mixture: an iteration of EM allocates nothing") {
  for (const covariance_type what : {covariance_type::full, covariance_type::diagonal, covariance_type::spherical, covariance_type::tied})
    for (const Index d : {Index{1}, Index{2}, Index{7}, Index{40}})
      for (const double floor : {0.0, 1e-3}) {
        stream rng(1);
        std::vector<gaussian<>> modes;
        for (Index j = 0; j < 3; ++j)
          modes.emplace_back(point<>(point<>::Constant(d, 3.0 * static_cast<double>(j))), square<>(square<>::Identity(d, d)));
        const gaussian_mixture<> truth({1, 2, 3}, modes);
        const samples<> x = truth.sample(1500, rng);
        mixture_em<> em(x, nullptr, gaussian_estimator<>(divisor::n).fit(x, rng).model,
                        {.components = 3, .covariance = what, .floor = floor});
        em.start(truth, rng);
        em.step(rng);  // takes what all the others need
        const std::size_t before = allocations;
        Eigen::internal::set_is_malloc_allowed(false);
        for (int i = 0; i < 10; ++i) CHECK_NOTHROW(em.step(rng));
        Eigen::internal::set_is_malloc_allowed(true);
        CHECK(allocations == before);
        CHECK(em.lost() == 0);
      }
}

TEST_CASE("mixture: the counting notices an allocation, of Eigen's too") {
  Eigen::internal::set_is_malloc_allowed(false);
  CHECK_THROWS_AS(square<>(square<>::Zero(9, 9)), std::logic_error);
  Eigen::internal::set_is_malloc_allowed(true);
  const std::size_t before = allocations;
  const std::vector<gaussian<>> one(1, gaussian<>::standard(1));
  CHECK(allocations > before);
}
