// must not compile: a recipe returns a list of ingredients
// expect: simulacra: a recipe is a const callable recipe
#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>

namespace sim = simulacra;

struct my_recipe {
#ifdef CORRECTED
  sim::ingredients operator()(sim::Index t, sim::Index m) const { return {sim::from_model(t, m)}; }
#else
  void operator()(sim::Index, sim::Index) const {}
#endif
};

int main() { sim::check_experiment<sim::gaussian<double, 1>, sim::gaussian_estimator<double, 1>, my_recipe, sim::as_is>(); }
