// must not compile: a warm start needs an estimator that can be told where to begin
// expect: simulacra: a warm_started estimator needs a const member starting_from
#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>

namespace sim = simulacra;

struct estimator : sim::gaussian_estimator<double, 1> {
  estimator() : sim::gaussian_estimator<double, 1>(sim::divisor::n) {}
#ifdef CORRECTED
  estimator starting_from(const sim::gaussian<double, 1>&) const { return *this; }
#endif
};

int main() {
  const sim::experiment what{sim::gaussian<double, 1>(0, 1), sim::warm_started(estimator{}), sim::replace{}};
  static_cast<void>(sim::run_lineage(what, {.generations = 1, .samples = 2}, sim::stream(1)));
}
