// must not compile: fit takes the stream, also where nothing about it is random
// expect: simulacra: the estimator needs a const member fit
// first: these words are in the first error, and not somewhere below
#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>

namespace sim = simulacra;

struct estimator {
#ifdef CORRECTED
  sim::gaussian<double, 1> fit(const sim::samples<double, 1>& x, sim::stream&) const { return {x.mean(), 1.0}; }
#else
  sim::gaussian<double, 1> fit(const sim::samples<double, 1>& x) const { return {x.mean(), 1.0}; }
#endif
};

int main() {
  const sim::experiment what{sim::gaussian<double, 1>(0, 1), estimator{}, sim::replace{}};
  static_cast<void>(sim::run_lineage(what, {.generations = 1, .samples = 2}, sim::stream(1)));
}
