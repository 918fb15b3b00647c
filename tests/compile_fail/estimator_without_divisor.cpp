// must not compile: the divisor is never a default, since n and n - 1 collapse differently
// expect: no matching function|no matching constructor|could not convert
#include <simulacra/gaussian.hpp>

namespace sim = simulacra;

int main() {
#ifdef CORRECTED
  const sim::gaussian_estimator<double, 1> estimator(sim::divisor::n);
#else
  const sim::gaussian_estimator<double, 1> estimator;
#endif
  return static_cast<int>(estimator.by());
}
