#include "property/log_determinant.hpp"

using namespace simulacra_test;

TEST_CASE("deep collapse: 1e5 generations keep the exact law of the log determinant and of each direction") {
  constexpr double n = 1e5;
  for (const draw how : {draw::streamed, draw::collapsed})
    for (const divisor by : {divisor::n, divisor::n_minus_1}) {
      const experiment e{gaussian<double, 2>::standard(), gaussian_estimator<double, 2>(by), replace{}};
      const auto line = run_lineage(e, plan{.generations = 100000, .samples = 20, .how = how}, stream(31));
      REQUIRE(line.generations == 100000);
      CHECK(line.events.empty());
      const double big = divided_by(by, 20);
      CHECK_Z(line.model->log_determinant(), n * rate(2, 20, big), std::sqrt(n * log_variance(2, 20)));
      for (Index i = 0; i < 2; ++i) {
        const double nu = 19.0 - static_cast<double>(i);
        CHECK_Z(2 * line.model->factor().log_diagonal(i), n * (digamma(nu / 2) + std::log(2 / big)),
                std::sqrt(n * trigamma(nu / 2)));
      }
      const double wrong = n * rate(2, 20, by == divisor::n ? 19 : 20);
      CHECK_FALSE(agrees((line.model->log_determinant() - wrong) / std::sqrt(n * log_variance(2, 20))));
      CHECK(line.model->mean().allFinite());
      stream rng(1);
      CHECK(line.model->sample(3, rng).allFinite());
    }
}

TEST_CASE("deep collapse: the Lyapunov spectrum of oracle 11 and a lineage of 1e6 generations in 1-D") {
  const experiment three{gaussian<double, 3>::standard(), gaussian_estimator<double, 3>(divisor::n_minus_1), replace{}};
  const auto line = run_lineage(three, plan{.generations = 50000, .samples = 8}, stream(32));
  const std::array<double, 3> oracle{-0.1496063278501248, -0.3299786333969009, -0.5496063278501249};
  for (Index i = 0; i < 3; ++i)
    CHECK_Z(2 * line.model->factor().log_diagonal(i) / 5e4, oracle[static_cast<std::size_t>(i)],
            std::sqrt(trigamma((7.0 - static_cast<double>(i)) / 2) / 5e4));
  const experiment one{gaussian<double, 1>::standard(), gaussian_estimator<double, 1>(divisor::n), replace{}};
  const auto long_line = run_lineage(one, plan{.generations = 1000000, .samples = 100}, stream(33));
  CHECK(long_line.events.empty());
  CHECK_Z(long_line.model->log_determinant() / 1e6, -0.02018535470177428, std::sqrt(0.02040745504687999 / 1e6));
  CHECK_FALSE(
      agrees((long_line.model->log_determinant() / 1e6 + 0.01013501884827283) / std::sqrt(0.02040745504687999 / 1e6)));
}

TEST_CASE("deep collapse: float has the same law over 2e4 generations") {
  const experiment e{gaussian<float, 2>::standard(), gaussian_estimator<float, 2>(divisor::n), replace{}};
  for (const draw how : {draw::streamed, draw::collapsed}) {
    const auto line = run_lineage(e, plan{.generations = 20000, .samples = 20, .how = how}, stream(34));
    REQUIRE(line.generations == 20000);
    CHECK(line.events.empty());
    CHECK_Z(line.model->log_determinant(), 2e4 * rate(2, 20, 20), std::sqrt(2e4 * log_variance(2, 20)));
  }
}

TEST_CASE("deep collapse: stored chains end with resolution while every number still means something") {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const experiment e{gaussian<double, 2>::standard(), gaussian_estimator<double, 2>(divisor::n), replace{}};
    const auto line = run_lineage(e, plan{.generations = 5000, .samples = 20, .how = draw::stored}, stream(seed));
    CHECK(line.why == ending::outcome);
    CHECK(line.last.what == status::resolution);
    CHECK(line.model->covariance().trace() > std::exp(2 * -37.0));
    // The narrower direction is lost first: degenerate, and the chain goes on in the other one.
    REQUIRE(line.events.size() == 2);
    CHECK(line.events[0].result.what == status::degenerate);
    CHECK(line.events[0].first < line.events[1].first);
    CHECK(line.events[1].first == line.generations);
    // Until then, the two ways of drawing tell the same story to a few digits: the same normals, no rounding.
    const plan before{.generations = line.events[0].first - 40, .samples = 20, .how = draw::streamed};
    const auto streamed = run_lineage(e, before, stream(seed));
    plan as_stored = before;
    as_stored.how = draw::stored;
    const auto stored = run_lineage(e, as_stored, stream(seed));
    CHECK(std::abs(streamed.model->log_determinant() - stored.model->log_determinant()) < 0.05);
  }
}

TEST_CASE("deep collapse: a truncated decoder streams in standard units and never freezes") {
  const experiment e{gaussian<double, 1>::standard(), gaussian_estimator<double, 1>(divisor::n), replace{}, truncated(2.0)};
  for (const draw how : {draw::streamed, draw::cheapest}) {
    const auto line = run_lineage(e, plan{.generations = 3000, .samples = 50, .how = how}, stream(5));
    CHECK(line.generations == 3000);
    CHECK(line.events.empty());
    CHECK(line.model->log_determinant() < -600);
  }
}
