// must not compile: the truth has to be sampled from
// expect: simulacra: the truth must be a model
#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>

namespace sim = simulacra;

struct no_model {
  sim::Index dimension() const { return 1; }
#ifdef CORRECTED
  sim::samples<double, 1> sample(sim::Index n, sim::stream& rng) const {
    return sim::gaussian<double, 1>(0, 1).sample(n, rng);
  }
#endif
};

int main() { sim::check_experiment<no_model, sim::gaussian_estimator<double, 1>, sim::replace, sim::as_is>(); }
