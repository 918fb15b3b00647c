#include "invariance/rig.hpp"

#include <cmath>
#include <string>

#include <doctest/doctest.h>

#include <simulacra/families/rkhs/herding.hpp>
#include <simulacra/families/rkhs/kernel_mean.hpp>
#include <simulacra/families/rkhs/psd_estimator.hpp>
#include <simulacra/families/rkhs/score_matching.hpp>
#include <simulacra/random/stream.hpp>

using namespace invariance;
namespace sim = simulacra;

namespace {

using line = sim::samples<double, 1>;

/// Landmarks of the rig's line, in a unit.
line landmarks(Index m, const unit& in) {
  line z(1, m);
  for (Index i = 0; i < m; ++i)
    z(0, i) = in.scale * (-8 + 16 * static_cast<double>(i) / static_cast<double>(m - 1)) + in.shift;
  return z;
}

/// What is said beside the outcome and the mean: the deviation. Its square leaves the range in some units, so laws of points say where these
/// are, or what they weigh.
template <class Model>
void add_shape(reading& r, const Model& m) {
  if constexpr (requires { m.points(Index{}); }) {
    const auto z = m.points(8);
    r.places.insert(r.places.end(), z.data(), z.data() + z.size());
  } else if constexpr (requires { m.weights(); }) {
    r.pure.assign(m.weights().data(), m.weights().data() + m.weights().size());
  } else {
    r.lengths.push_back(std::sqrt(m.covariance()(0, 0)));
  }
}

/// A subject whose models have a mean and a shape on the line; `make(unit)` makes the estimator.
template <class Make>
subject on_the_line(const std::string& name, double tolerance, Make make) {
  return {
      .name = name,
      .x = grid_data(1, 24),
      .read =
          [make](const data& x, const weights& w, const unit& in) {
            sim::stream rng(5);
            const auto e = make(in);
            const auto done = w.size() > 0 ? e.fit(line(x), w, rng) : e.fit(line(x), rng);
            reading r{
                .said = std::string(name_of(done.result.what)), .places = {done.model.mean()[0]}, .lengths = {}, .pure = {}};
            add_shape(r, done.model);
            return r;
          },
      .tolerance = tolerance};
}

}  // namespace

TEST_CASE("invariance: kernel means") {
  put_through(on_the_line("kernel_mean_estimator", 1e-6, [](const unit& in) {
    return sim::kernel_mean_estimator<double, 1>(landmarks(9, in), {.length_scale = 2 * in.scale, .bandwidth = in.scale});
  }));
  subject s = on_the_line("herding_estimator", 1e-10,
                          [](const unit& in) { return sim::herding_estimator<double, 1>({.length_scale = 2 * in.scale}); });
  put_through(s);
}

TEST_CASE("invariance: non-negative models") {
  put_through(on_the_line("psd_estimator", 1e-4, [](const unit& in) {
    return sim::psd_estimator<double, 1>(landmarks(9, in), {.length_scale = 2 * in.scale});
  }));
}

TEST_CASE("invariance: score matching") {
  put_through(on_the_line("score_matching_estimator", 1e-6, [](const unit& in) {
    // The penalty stands beside a Fisher divergence, which is in units of 1 / length^2.
    return sim::score_matching_estimator<double, 1>(sim::score_basis<1>::of_landmarks(landmarks(9, in), 2 * in.scale, 2),
                                                    {.ridge = 0.01 / in.scale / in.scale});
  }));
}
