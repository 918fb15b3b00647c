// must not compile: a risk is a mean of log densities, and a model without one would have NaN in every row
// expect: simulacra: the ledger of risk needs a density
#include <simulacra/gaussian.hpp>
#include <simulacra/ledger/risk_ledger.hpp>
#include <simulacra/recursion.hpp>

namespace sim = simulacra;

struct narrow {
  sim::gaussian<double, 1> law{0, 1};

  sim::Index dimension() const { return 1; }
  sim::samples<double, 1> sample(sim::Index n, sim::stream& rng) const { return law.sample(n, rng); }
#ifdef CORRECTED
  double log_density(const sim::point<double, 1>& x) const { return law.log_density(x); }
#endif
};

struct always_narrow {
  narrow fit(const sim::samples<double, 1>&, sim::stream&) const { return {}; }
  always_narrow ideal() const { return {}; }
};

int main() {
  const sim::experiment what{narrow{}, always_narrow{}, sim::replace{}};
  sim::risk_ledger risks(what);
  static_cast<void>(sim::run_lineage(what, {.generations = 1, .samples = 2}, sim::stream(1), risks));
}
