#include "invariance/rig.hpp"

#include <vector>

#include <doctest/doctest.h>

#include <simulacra/ensemble/band.hpp>

using namespace invariance;

TEST_CASE("invariance: bands") {
  put_through(
      {.name = "band_of",
       .x = grid_data(1, 40),
       .read =
           [](const data& x, const weights&, const unit&) {
             std::vector<double> values(x.data(), x.data() + x.size());
             const simulacra::band b = simulacra::band_of(values);
             return reading{
                 .said = "ok", .places = {b.mean, b.q05, b.q25, b.q50, b.q75, b.q95}, .lengths = {b.sd, b.mcse}, .pure = {}};
           },
       .weighted = false,
       .tolerance = 1e-13,
       .of_mean_rounding = 0,
       .exempt = {{relation::repetition, "twice as many replicates have a smaller standard error"},
                  {relation::one_observation, "one replicate has a mean and no spread, which is said by NaN"}}});
}
