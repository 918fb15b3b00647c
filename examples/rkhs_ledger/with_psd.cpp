// A non-negative model by least squares with a ridge.

#include "rkhs_ledger.hpp"

namespace rkhs_ledger {

sim::records with_psd(const setting& s, const space& in, const sim::replication& many, const sim::thread_executor& on) {
  const sim::psd_estimator<double, 1> e(landmarks(s.landmarks), {.length_scale = 1, .ridge = s.procedure});
  return run(e, s, in, many, on);
}

}  // namespace rkhs_ledger
