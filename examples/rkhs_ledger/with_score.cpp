// A kernel exponential family by score matching with a ridge, under a broad Gaussian.

#include "rkhs_ledger.hpp"

namespace rkhs_ledger {

sim::records with_score(const setting& s, const space& in, const sim::replication& many, const sim::thread_executor& on) {
  const sim::score_matching_estimator<double, 1> e(sim::score_basis<1>::of_landmarks(landmarks(s.landmarks), 1, 0),
                                                   {.ridge = s.procedure, .base = sim::gaussian<double, 1>(0, 9)});
  return run(e, s, in, many, on);
}

}  // namespace rkhs_ledger
