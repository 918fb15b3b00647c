// The same kernel mean with an exact solver, by so many random Fourier features in place of the kernel.

#include "rkhs_ledger.hpp"

namespace rkhs_ledger {

sim::records with_features(const setting& s, const space& in, const sim::replication& many, const sim::thread_executor& on) {
  sim::stream rng(sim::stream_key{many.seed, 1});
  sim::random_fourier_features map(sim::gaussian_kernel(1.0), 1, 2 * static_cast<Index>(s.procedure / 2), rng);
  const sim::feature_mean_estimator<sim::random_fourier_features, double, 1> e(std::move(map), landmarks(s.landmarks),
                                                                               {.length_scale = 1, .bandwidth = 0.5});
  return run(e, s, in, many, on);
}

}  // namespace rkhs_ledger
