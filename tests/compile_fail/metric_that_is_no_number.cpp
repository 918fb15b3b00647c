// must not compile: a metric is one number, and what was measured with an error is two
// expect: simulacra: a metric must return one number
#include <simulacra/ensemble.hpp>
#include <simulacra/gaussian.hpp>
#include <simulacra/metrics/measured.hpp>
#include <simulacra/recursion.hpp>

namespace sim = simulacra;

int main() {
  const sim::experiment what{sim::gaussian<double, 1>(0, 1), sim::gaussian_estimator<double, 1>(sim::divisor::n),
                             sim::replace{}};
  const auto distance = [](const auto& g) { return sim::measured{g.model.variance(), 0.1}; };
#ifdef CORRECTED
  const sim::metric probe{"distance", [distance](const auto& g) { return distance(g).value; }};
#else
  const sim::metric probe{"distance", distance};
#endif
  static_cast<void>(sim::run_ensemble(what, {.generations = 1, .samples = 2}, {.replicates = 2}, probe));
}
