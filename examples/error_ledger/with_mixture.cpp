// Two Gaussians by EM that is stopped early: the family holds its own models, and what goes wrong beyond noise is the procedure.

#include "error_ledger.hpp"

namespace error_ledger {

sim::records with_mixture(const setting& s, const space& in, const sim::replication& many, const sim::thread_executor& on) {
  const sim::mixture_estimator<double, 1> fit(
      {.components = 2, .start = sim::mixture_start::random_responsibilities, .max_iterations = s.iterations});
  return with_truth(s.truth, [&](const auto& truth) {
    const sim::experiment what{truth, fit, recipe_named(s.recipe)};
    return sim::run_ensemble(what, plan_of(s), many, on, sim::ledger(what, in, {.reference = s.reference}));
  });
}

}  // namespace error_ledger
