// A program of its own: these replace the process's operator new.
#include "counting.hpp"

#include <cstdlib>
#include <new>

namespace simulacra_test {
std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
  ++simulacra_test::allocations;
  if (void* p = std::malloc(size == 0 ? 1 : size)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
