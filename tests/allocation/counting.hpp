#pragma once

// Counts what the process allocates. Include it before anything of Eigen's. Eigen takes its memory by std::malloc, past operator new,
// so it is told to assert that it may, and an assertion is an exception here.

#include <cstddef>
#include <stdexcept>

#define EIGEN_RUNTIME_NO_MALLOC
#undef eigen_assert
#define eigen_assert(holds)                       \
  do {                                            \
    if (!(holds)) throw std::logic_error(#holds); \
  } while (false)
#include <Eigen/Core>

namespace simulacra_test {

/// Calls of operator new so far.
extern std::size_t allocations;

/// How often f allocates by operator new. @throw std::logic_error if it allocates by Eigen
template <class F>
std::size_t allocations_of(F f) {
  struct forbidden {
    forbidden() { Eigen::internal::set_is_malloc_allowed(false); }
    ~forbidden() { Eigen::internal::set_is_malloc_allowed(true); }
  };
  const std::size_t before = allocations;
  const forbidden here;
  f();
  return allocations - before;
}

}  // namespace simulacra_test
