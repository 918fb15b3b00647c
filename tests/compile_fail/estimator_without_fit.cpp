// must not compile: an estimator needs fit(x, rng); the first thing the user reads is a sentence that says so
// expect: simulacra: the estimator needs a const member fit
#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>

namespace sim = simulacra;

#ifdef CORRECTED
using estimator = sim::gaussian_estimator<double, 1>;
#else
struct estimator {
  explicit estimator(sim::divisor) {}
  int fit(int x) const { return x; }
};
#endif

int main() {
  const sim::experiment what{sim::gaussian<double, 1>(0, 1), estimator(sim::divisor::n), sim::replace{}};
  static_cast<void>(sim::run_lineage(what, {.generations = 1, .samples = 2}, sim::stream(1)));
}
