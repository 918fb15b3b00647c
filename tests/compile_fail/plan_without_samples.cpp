// must not compile: how many samples a generation draws is for the caller to say
// expect: samples|no default constructor|no matching
#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>

int main() {
#ifdef CORRECTED
  const simulacra::plan how{.generations = 10, .samples = 100};
#else
  const simulacra::plan how{.generations = 10};
#endif
  return static_cast<int>(how.generations);
}
