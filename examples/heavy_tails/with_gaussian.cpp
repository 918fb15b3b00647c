// A Gaussian by maximum likelihood: what tails there are, it has not.
#include <simulacra/gaussian.hpp>

#include "heavy_tails/walk.hpp"

namespace heavy_tails {

sim::records with_gaussian(const truth& law, const setting& s, const space& in, const sim::replication& many,
                           const sim::thread_executor& on) {
  return walk(sim::gaussian_estimator<double, 1>(sim::divisor::n), law, s, in, many, on);
}

}  // namespace heavy_tails
