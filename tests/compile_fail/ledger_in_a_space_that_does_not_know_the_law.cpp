// must not compile: an exact space holds combinations of Gaussians, and a law that is none has no place in it
// expect: simulacra: the ledger's space must be able to embed the truth
#include <simulacra/gaussian.hpp>
#include <simulacra/ledger.hpp>
#include <simulacra/recursion.hpp>

namespace sim = simulacra;

/// Always 0.
struct on_a_point {
  sim::Index dimension() const { return 1; }
  sim::samples<double, 1> sample(sim::Index n, sim::stream&) const { return sim::samples<double, 1>::Zero(1, n); }
};
#ifdef CORRECTED
using truth = sim::gaussian<double, 1>;
#else
using truth = on_a_point;
#endif

using chain = sim::experiment<truth, sim::gaussian_estimator<double, 1>, sim::replace>;

int main() { return static_cast<int>(sizeof(sim::ledger<chain, sim::gaussian_rkhs<double, 1>>) % 1); }
