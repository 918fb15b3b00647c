// must not compile: a divisor is one of two named things, not a flag
// expect: cannot convert|cannot initialize
#include <simulacra/core/types.hpp>

int main() {
#ifdef CORRECTED
  const simulacra::divisor by = simulacra::divisor::n_minus_1;
#else
  const simulacra::divisor by = true;
#endif
  return static_cast<int>(by);
}
