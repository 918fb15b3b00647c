// Programs of version 0.1 compile, and mean what they meant.

#include <doctest/doctest.h>

#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace sim = simulacra;

TEST_CASE("renamed: what had another name in 0.1") {
  const sim::samples<double, 1> x = sim::samples<double, 1>::LinSpaced(5, 0, 4);
  const auto largest = [](const auto& v) { return v[0]; };
  const sim::gaussian_estimator<double, 1> fit(sim::divisor::n);
  const sim::plan how{.generations = 3, .samples = 5, .how = sim::draw::stored};
  const auto before = sim::run_lineage(
      sim::experiment{sim::data_source(x), fit, sim::mixture(.5, .25, .25), sim::best_by(2, largest)}, how, sim::stream(7));
  const auto now =
      sim::run_lineage(sim::experiment{sim::data_law(x), fit, sim::general_process(.5, .25, .25), sim::best_of(2, largest)},
                       how, sim::stream(7));
  REQUIRE((before.model && now.model));
  CHECK(before.model->mean()[0] == now.model->mean()[0]);
  CHECK(before.model->variance() == now.model->variance());
}
