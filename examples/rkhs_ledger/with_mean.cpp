// A kernel mean with weights on the simplex, by so many pairwise steps.

#include "rkhs_ledger.hpp"

namespace rkhs_ledger {

sim::records with_mean(const setting& s, const space& in, const sim::replication& many, const sim::thread_executor& on) {
  const sim::kernel_mean_estimator<double, 1> e(
      landmarks(s.landmarks),
      {.length_scale = 1,
       .bandwidth = 0.5,
       .solver = {
           .solver = sim::simplex_solver::pairwise, .tolerance = 0, .max_iterations = static_cast<Index>(s.procedure)}});
  return run(e, s, in, many, on);
}

}  // namespace rkhs_ledger
