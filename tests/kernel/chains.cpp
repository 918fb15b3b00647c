#include "kernel/support.hpp"

#include <array>
#include <cstdint>

#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/families/kernel/divergences.hpp>
#include <simulacra/families/kernel/estimator.hpp>
#include <simulacra/recursion/any_recipe.hpp>
#include <simulacra/recursion/experiment.hpp>
#include <simulacra/recursion/lineage.hpp>
#include <simulacra/recursion/recipes.hpp>
#include <simulacra/theory/kernel_density.hpp>

using namespace simulacra_test;
using theory::workflow;

namespace {

/// What is looked at in some generations of many chains: squared error, squared MMD, spread, second moment.
using four = std::array<std::vector<double>, 4>;

/// The truth is N(0, variance I).
template <int D, class Estimator>
std::vector<four> chains(const any_recipe& recipe, const Estimator& fit, double variance, Index m,
                         const std::vector<Index>& generations, std::uint64_t count, std::uint64_t seed,
                         double length_scale) {
  const gaussian<double, D> truth(point<double, D>::Zero(), square<double, D>(square<double, D>::Identity() * variance));
  const auto self = as_kernel_density(truth);
  const double pp = inner_product(self, self), kk = inner_product(self, self, gaussian_kernel(length_scale));
  std::vector<four> seen(generations.size());
  for (std::uint64_t r = 0; r < count; ++r)
    run_lineage(experiment{truth, fit, recipe}, {.generations = generations.back(), .samples = m},
                stream(stream_key{seed, 0}, {.replicate = r}), [&](const auto& g) {
                  for (std::size_t i = 0; i < generations.size(); ++i) {
                    if (generations[i] != g.number) continue;
                    const auto& q = g.model;
                    const gaussian_kernel k(length_scale);
                    seen[i][0].push_back(inner_product(q, q) - 2 * inner_product(q, self) + pp);
                    seen[i][1].push_back(inner_product(q, q, k) - 2 * inner_product(q, self, k) + kk);
                    const double spread = q.covariance().trace();
                    seen[i][2].push_back(spread);
                    seen[i][3].push_back(spread + q.mean().squaredNorm());
                  }
                });
  return seen;
}

std::array<double, 4> expected(Index d, double variance, double h, Index m, Index t, double l, workflow kept) {
  return {theory::kde_mise(d, variance, h, m, t, kept), theory::kde_mmd2(d, variance, h, m, t, l, kept),
          theory::kde_spread(d, variance, h, m, t, kept), theory::kde_second_moment(d, variance, h, m, t, kept)};
}

template <int D>
void check_chain(const any_recipe& recipe, workflow kept, Index m, double h, const std::vector<Index>& generations,
                 std::uint64_t count, std::uint64_t seed) {
  const kernel_density_estimator<double, D, fixed_bandwidth> fit({.bandwidth = fixed_bandwidth(h)});
  const auto seen = chains<D>(recipe, fit, 1.5, m, generations, count, seed, 0.8);
  for (std::size_t i = 0; i < generations.size(); ++i) {
    CAPTURE(generations[i]);
    const auto theory = expected(D, 1.5, h, m, generations[i], 0.8, kept);
    for (std::size_t what = 0; what < 4; ++what) {
      CAPTURE(what);
      const mean_and_error e = mean_of(seen[i][what]);
      CHECK_Z(e.mean, theory[what], e.standard_error);
    }
  }
}

}  // namespace

TEST_CASE("kernel density chains: error and moments under replace agree with theory in one and two dimensions") {
  check_chain<1>(replace{}, workflow::replace, 20, 0.5, {1, 2, 10, 100}, 1500, 21);
  check_chain<2>(replace{}, workflow::replace, 20, 0.6, {1, 3, 30, 100}, 1500, 22);
}

TEST_CASE("kernel density chains: error and moments under accumulate agree with theory in one and two dimensions") {
  check_chain<1>(accumulate{}, workflow::accumulate, 10, 0.5, {1, 2, 10}, 1500, 23);
  check_chain<1>(accumulate{}, workflow::accumulate, 5, 0.5, {100}, 150, 24);
  check_chain<2>(accumulate{}, workflow::accumulate, 10, 0.6, {1, 5}, 1500, 25);
  check_chain<2>(accumulate{}, workflow::accumulate, 5, 0.6, {100}, 150, 28);
}

TEST_CASE("kernel density chains: a bandwidth 10 per cent off and the other workflow are seen") {
  const kernel_density_estimator<double, 1, fixed_bandwidth> off({.bandwidth = fixed_bandwidth(0.55)});
  const auto seen = chains<1>(replace{}, off, 1.5, 20, {10}, 1500, 26, 0.8);
  const auto right = expected(1, 1.5, 0.5, 20, 10, 0.8, workflow::replace),
             other = expected(1, 1.5, 0.55, 20, 10, 0.8, workflow::accumulate);
  for (const std::size_t what : {0u, 1u, 2u, 3u}) {
    const mean_and_error e = mean_of(seen[0][what]);
    if (what > 1)
      CHECK(std::abs(z_score(e.mean, right[what], e.standard_error)) > z_limit);  // the distances are near their least
    CHECK(std::abs(z_score(e.mean, other[what], e.standard_error)) > z_limit);
  }
}

TEST_CASE(
    "kernel density chains: an adaptive bandwidth multiplies the spread by (1 - 1/M)(1 + c c), a shrunk one by 1 - 1/M") {
  const double m = 20, c = std::pow(m, -0.2);
  for (const bool shrink : {false, true}) {
    const kernel_density_estimator<double, 1, scott> fit({.bandwidth = scott(divisor::n), .shrink = shrink});
    const auto seen = chains<1>(replace{}, fit, 1.5, 20, {4}, 3000, 27, 0.8);
    const double kept = 1 - 1 / m, factor = kept * (shrink ? 1 : 1 + c * c);
    const mean_and_error e = mean_of(seen[0][2]);
    CHECK_Z(e.mean, 1.5 * std::pow(factor, 4), e.standard_error);
    CHECK(std::abs(z_score(e.mean, 1.5 * std::pow(1.05 * factor, 4), e.standard_error)) > z_limit);
  }
}
