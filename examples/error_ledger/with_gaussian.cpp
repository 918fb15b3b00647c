// A Gaussian by maximum likelihood: exact, so that no approximation error is left; every corner has a closed form. Its risk splits
// exactly too (Pythagoras).

#include "error_ledger.hpp"

namespace error_ledger {

sim::records with_gaussian(const setting& s, const space& in, const sim::replication& many, const sim::thread_executor& on) {
  const sim::gaussian_estimator<double, 1> fit(sim::divisor::n);
  return with_truth(s.truth, [&](const auto& truth) {
    const sim::experiment what{truth, fit, recipe_named(s.recipe)};
    return sim::run_ensemble(what, plan_of(s), many, on, sim::ledger(what, in, {.reference = s.reference}),
                             sim::risk_ledger(what));
  });
}

}  // namespace error_ledger
