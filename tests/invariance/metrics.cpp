#include "invariance/rig.hpp"

#include <doctest/doctest.h>

#include <simulacra/hilbert/kernels.hpp>
#include <simulacra/metrics/distribution_functions.hpp>
#include <simulacra/metrics/energy_distance.hpp>
#include <simulacra/metrics/mmd.hpp>
#include <simulacra/metrics/two_sample_test.hpp>
#include <simulacra/metrics/wasserstein.hpp>
#include <simulacra/random/stream.hpp>

using namespace invariance;
namespace sim = simulacra;

namespace {

/// The data's two parts: those on one side of a line that cuts the rig's data unevenly. Which part an observation is in goes with the observation,
/// so that it may be moved, repeated and weighted like any other.
struct parts {
  data x, y;
  weights wx, wy;
};

parts parted(const data& all, const weights& w, const unit& in) {
  std::vector<Index> first, second;
  for (Index i = 0; i < all.cols(); ++i) {
    const double last = (all(all.rows() - 1, i) - in.shift) / in.scale;
    const auto sixty_fourths = static_cast<long long>(std::llround(64 * last));
    (((sixty_fourths % 5) + 5) % 5 < 2 ? first : second).push_back(i);
  }
  const auto take = [](const auto& from, const std::vector<Index>& which) {
    data x(from.rows(), static_cast<Index>(which.size()));
    for (Index i = 0; i < x.cols(); ++i) x.col(i) = from.col(which[static_cast<std::size_t>(i)]);
    return x;
  };
  parts p{take(all, first), take(all, second), {}, {}};
  if (w.size() > 0) {
    const data row = w.transpose();
    p.wx = take(row, first).transpose();
    p.wy = take(row, second).transpose();
  }
  return p;
}

/// A metric f(parts, unit) whose value goes with the unit to the power that is named.
template <class F>
subject metric(const std::string& name, Index d, double power, bool weighted, F f) {
  return {.name = name,
          .x = grid_data(d, 30),
          .read =
              [f, power](const data& x, const weights& w, const unit& in) {
                reading r;
                const double v = f(parted(x, w, in), in);
                (power > 0 ? r.lengths : r.pure).push_back(power == 0 ? v : std::pow(v, 1 / power));
                return r;
              },
          .weighted = weighted,
          .of_mean_rounding = 0,  // distances are made of differences of observations, and those are exact
          .exempt = {{relation::one_observation, "one observation makes no two samples, of which one would be empty"},
                     {relation::all_equal, "equal observations are all in one part, and the other would be empty"},
                     {relation::few, "of two observations both may be in one part, and the other would be empty"}}};
}

sim::samples<double, 1> line(const data& x) { return sim::samples<double, 1>(x); }

void put(subject s, const std::string& repetition_reason = "") {
  if (!repetition_reason.empty()) s.exempt[relation::repetition] = repetition_reason;
  put_through(s);
}

}  // namespace

TEST_CASE("invariance: Wasserstein distances") {
  for (const double p : {1.0, 2.0, 4.0, 7.5})
    put(metric("wasserstein, p = " + std::to_string(p), 1, 1, true,
               [p](const parts& a, const unit&) { return sim::wasserstein(line(a.x), line(a.y), p, a.wx, a.wy); }));
  put(metric("sliced_wasserstein", 3, 1, false, [](const parts& a, const unit&) {
    sim::stream rng(3);
    return sim::sliced_wasserstein(a.x, a.y, 2, 8, rng).value;
  }));
}

TEST_CASE("invariance: energy distances") {
  put(metric("energy_distance on the line", 1, 1, true,
             [](const parts& a, const unit&) { return sim::energy_distance(line(a.x), line(a.y), a.wx, a.wy); }));
  put(metric("energy_distance in space", 3, 1, true,
             [](const parts& a, const unit&) { return sim::energy_distance(a.x, a.y, a.wx, a.wy); }));
}

TEST_CASE("invariance: MMD") {
  const auto wide = [](const unit& in) { return sim::gaussian_kernel(2 * in.scale); };
  put(metric("mmd_squared, Gaussian kernel", 2, 0, true,
             [wide](const parts& a, const unit& in) { return sim::mmd_squared(wide(in), a.x, a.y, a.wx, a.wy); }));
  const std::string pairs = "the pairs of an observation with itself are left out, and not those of two that are equal";
  put(metric("mmd_squared_unbiased, value", 2, 0, false,
             [wide](const parts& a, const unit& in) { return sim::mmd_squared_unbiased(wide(in), a.x, a.y).value; }),
      pairs);
  put(metric("mmd_squared_unbiased, error", 2, 0, false,
             [wide](const parts& a, const unit& in) { return sim::mmd_squared_unbiased(wide(in), a.x, a.y).error; }),
      pairs);
  put(metric("mmd_squared, Laplace kernel", 2, 0, true, [](const parts& a, const unit& in) {
    return sim::mmd_squared(sim::laplace_kernel(3 * in.scale), a.x, a.y, a.wx, a.wy);
  }));
  put(metric("median_distance", 2, 1, false,
             [](const parts& a, const unit&) {
               sim::stream rng(4);
               return sim::median_distance(a.y, rng);
             }),
      "the distances of equal observations, which are 0, are among those of which it is the median");
}

TEST_CASE("invariance: distribution functions") {
  put(metric("kolmogorov_smirnov, statistic", 1, 0, true, [](const parts& a, const unit&) {
    return sim::kolmogorov_smirnov(line(a.x), line(a.y), a.wx, a.wy).statistic;
  }));
  put(metric("cramer_von_mises, statistic", 1, 0, false,
             [](const parts& a, const unit&) { return sim::cramer_von_mises(line(a.x), line(a.y)).statistic; }),
      "the statistic grows with n, as n m / (n + m)");
}
