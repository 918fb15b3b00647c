// must not compile: a decoder needs the model's member of its name
// expect: simulacra: the decoder cannot sample this model
#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>

namespace sim = simulacra;

/// A law without temperature.
struct uniform_law {
  double end;
  sim::Index dimension() const { return 1; }
  sim::samples<double, 1> sample(sim::Index n, sim::stream& rng) const {
    sim::samples<double, 1> x(1, n);
    for (auto& v : x.reshaped()) v = end * static_cast<double>(rng() >> 11) * 0x1p-53;
    return x;
  }
#ifdef CORRECTED
  uniform_law tempered(double) const { return *this; }
#endif
};
struct uniform_estimator {
  uniform_law fit(const sim::samples<double, 1>& x, sim::stream&) const { return {x.maxCoeff()}; }
};

int main() { sim::check_experiment<uniform_law, uniform_estimator, sim::replace, sim::tempered>(); }
