#include "invariance/rig.hpp"

#include <doctest/doctest.h>

#include <simulacra/families/categorical/estimator.hpp>
#include <simulacra/families/one_parameter/bernoulli.hpp>
#include <simulacra/families/one_parameter/poisson.hpp>
#include <simulacra/random/stream.hpp>

using namespace invariance;
namespace sim = simulacra;

namespace {

/// Small whole numbers made of the rig's: 0 to `most`.
sim::samples<Index, 1> whole(const data& x, Index most) {
  sim::samples<Index, 1> k(1, x.cols());
  for (Index i = 0; i < x.cols(); ++i) k(0, i) = static_cast<Index>(std::llround(64 * std::abs(x(0, i)))) % (most + 1);
  return k;
}

template <class Estimator, class Numbers>
subject counting(const std::string& name, const Estimator& e, Index most, Numbers numbers) {
  const std::string fixed = "symbols and counts have no unit and no origin";
  return {
      .name = name,
      .x = grid_data(1, 24),
      .read =
          [e, most, numbers](const data& x, const weights& w, const unit&) {
            sim::stream rng(5);
            const auto k = whole(x, most);
            const auto done = w.size() > 0 ? e.fit(k, w, rng) : e.fit(k, rng);
            return reading{
                .said = std::string(name_of(done.result.what)), .places = {}, .lengths = {}, .pure = numbers(done.model)};
          },
      .exempt = {{relation::near_translation, fixed},
                 {relation::far_translation, fixed},
                 {relation::small_scale, fixed},
                 {relation::large_scale, fixed}}};
}

}  // namespace

TEST_CASE("invariance: counts") {
  const auto mean = [](const auto& m) { return std::vector<double>{m.mean()[0]}; };
  put_through(counting("bernoulli_estimator", sim::bernoulli_estimator{}, 1, mean));
  put_through(counting("poisson_estimator", sim::poisson_estimator{}, 9, mean));
  put_through(counting("categorical_estimator", sim::categorical_estimator(10), 9, [](const sim::categorical& m) {
    const auto p = m.probabilities();
    return std::vector<double>(p.begin(), p.end());
  }));
}
