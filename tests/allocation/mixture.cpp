#include "counting.hpp"

#include <vector>

#include <doctest/doctest.h>

#include <simulacra/families/gaussian/estimator.hpp>
#include <simulacra/families/mixture/em.hpp>

using simulacra_test::allocations_of;
using namespace simulacra;

TEST_CASE("mixture: an iteration of EM allocates nothing") {
  for (const covariance_type what :
       {covariance_type::full, covariance_type::diagonal, covariance_type::spherical, covariance_type::tied})
    for (const Index d : {Index{1}, Index{2}, Index{7}, Index{40}})
      for (const double floor : {0.0, 1e-3}) {
        stream rng(1);
        std::vector<gaussian<>> modes;
        for (Index j = 0; j < 3; ++j)
          modes.emplace_back(point<>(point<>::Constant(d, 3.0 * static_cast<double>(j))),
                             square<>(square<>::Identity(d, d)));
        const gaussian_mixture<> truth({1, 2, 3}, modes);
        const samples<> x = truth.sample(1500, rng);
        mixture_em<> em(x, nullptr, gaussian_estimator<>(divisor::n).fit(x, rng).model,
                        {.components = 3, .covariance = what, .floor = floor});
        em.start(truth, rng);
        em.step(rng);  // takes what all the others need
        CHECK(allocations_of([&] {
                for (int i = 0; i < 10; ++i) em.step(rng);
              }) == 0);
        CHECK(em.lost() == 0);
      }
}
