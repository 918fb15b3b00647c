// A Laplace law by maximum likelihood, as a user brings it: corners without a closed form come from reference draws.

#include "error_ledger.hpp"

namespace error_ledger {

sim::records with_laplace(const setting& s, const space& in, const sim::replication& many, const sim::thread_executor& on) {
  const laplace_mle fit;
  return with_truth(s.truth, [&](const auto& truth) {
    const sim::experiment what{truth, fit, recipe_named(s.recipe)};
    return sim::run_ensemble(what, plan_of(s), many, on, sim::ledger(what, in, {.reference = s.reference}));
  });
}

}  // namespace error_ledger
