// A kernel density with Scott's bandwidth: no tail beyond the largest observation but the kernel's.
#include <simulacra/families/kernel/estimator.hpp>
#include <simulacra/families/kernel/selectors.hpp>

#include "heavy_tails/walk.hpp"

namespace heavy_tails {

sim::records with_kernel(const truth& law, const setting& s, const space& in, const sim::replication& many,
                         const sim::thread_executor& on) {
  return walk(sim::kernel_density_estimator<double, 1, sim::scott>({.bandwidth = sim::scott(sim::divisor::n)}), law, s, in,
              many, on);
}

}  // namespace heavy_tails
