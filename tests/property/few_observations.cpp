#include "property/replicates.hpp"

#include <cmath>
#include <limits>
#include <vector>

/// Lineages of n <= d observations: they span n - 1 directions from the first generation on, and no rounding may add one, or end them.
using namespace simulacra_test;

namespace {

/// How many of some replicates did not go on to the end as `degenerate`, fit by fit, and with at most this rank.
template <class T>
int lost(const any_recipe& recipe, Index d, Index n, Index rank, draw how, std::uint64_t first, std::uint64_t last,
         Index generations, double far = 0) {
  const experiment e{gaussian<T>(point<T>::Constant(d, static_cast<T>(far)), square<T>::Identity(d, d)),
                     gaussian_estimator<T>(divisor::n), recipe};
  int count = 0;
  for (std::uint64_t r = first; r <= last; ++r) {
    bool alike = true;
    const auto line = run_lineage(e, plan{.generations = generations, .samples = n, .how = how},
                                  stream(stream_key{1, 37}, {.replicate = r}), [&](const auto& g) {
                                    alike = alike && g.result.what == status::degenerate &&
                                            g.model.factor().rank() <= rank && g.model.covariance().allFinite();
                                  });
    count += alike && line.generations == generations ? 0 : 1;
  }
  return count;
}

}  // namespace

// Of 200 replicates 7, 7 and 2 ended as `resolution` with a trace of about 1, stored ones more: dust of the size of the means'
// rounding lay across the subspace of the data.
TEST_CASE("few observations: kept and pooled they are degenerate, all alike, and no lineage ends") {
  for (const draw how : every_way) {
    CAPTURE(how == draw::stored);
    CHECK(lost<double>(accumulate{}, 2, 2, 1, how, 0, 99, 40) == 0);
    CHECK(lost<double>(accumulate{}, 3, 2, 1, how, 0, 99, 40) == 0);
    CHECK(lost<double>(accumulate{}, 10, 5, 4, how, 0, 99, 40) == 0);
    CHECK(lost<double>(accumulate{}, 10, 5, 4, how, 0, 9, 40, 1e6) == 0);
    for (const std::uint64_t r : {54U, 64U, 68U}) CHECK(lost<double>(accumulate{}, 31, 10, 9, how, r, r, 60) == 0);
  }
}

TEST_CASE("few observations: the same in float, and wherever sources are merged or kept data drawn again") {
  for (const draw how : every_way) {
    CAPTURE(how == draw::stored);
    CHECK(lost<float>(accumulate{}, 3, 2, 1, how, 0, 49, 40) == 0);
    CHECK(lost<float>(accumulate{}, 10, 5, 4, how, 0, 49, 40) == 0);
    CHECK(lost<double>(window{3}, 3, 2, 1, how, 0, 49, 40) == 0);
    CHECK(lost<double>(window{3}, 5, 4, 3, how, 0, 49, 40) == 0);
    CHECK(lost<double>(general_process{0.5, 0.5, 0.0}, 5, 4, 3, how, 0, 49, 40) == 0);
    CHECK(lost<double>(preserve{0.5, preserve::real::fixed}, 10, 5, 4, how, 0, 49, 40) == 0);
    CHECK(lost<double>(preserve{0.5, preserve::real::fixed, preserve::place::on_top}, 10, 6, 5, how, 0, 49, 40) == 0);
  }
  CHECK(lost<double>(accumulate_subsample{}, 3, 2, 1, draw::stored, 0, 49, 40) == 0);
  CHECK(lost<double>(accumulate_subsample{}, 10, 5, 4, draw::stored, 0, 49, 40) == 0);
}
// Two points that are picked from a pool may agree to rounding by chance, which one fit in 10^4 does in float: that is what is said of these
// fits and of no others, by the exact spread of what was picked, and the chain goes on to wider ones where it may.
TEST_CASE("few observations: picked from a pool, in float, resolution is said of spreads within rounding only") {
  const experiment e{gaussian<float>::standard(1), gaussian_estimator<float>(divisor::n), accumulate_subsample{}};
  plan p{.generations = 60, .samples = 2, .how = draw::stored};
  p.stop.resolution = false;
  int said = 0;
  for (std::uint64_t r = 0; r < 500; ++r) {
    double last = 0;
    const auto line = run_lineage(e, p, stream(stream_key{1, 37}, {.replicate = r}), [&](const auto& g) {
      const double a = g.data.data(0, 0), b = g.data.data(0, 1), spread = std::abs(a - b) / std::abs(a + b);
      last = static_cast<double>(g.model.covariance()(0, 0));
      const bool rounded = g.result.what == status::resolution;
      said += rounded ? 1 : 0;
      CHECK(rounded ? spread < 33 * 0x1p-23 : spread > 31 * 0x1p-23);
      CHECK(std::abs(std::sqrt(last) - std::abs(a - b) / 2) <= 2 * 0x1p-23 * (std::abs(a) + std::abs(b)));
    });
    CHECK(line.generations == 60);
  }
  CHECK(said > 0);
}
TEST_CASE("too few observations: n at most d is degenerate has the right rank and goes on without NaN") {
  for (const draw how : every_way)
    for (const Index m : {Index{2}, Index{3}}) {
      CAPTURE(m);
      CAPTURE(how == draw::stored);
      const experiment e{gaussian<>::standard(5), gaussian_estimator<>(divisor::n), replace{}};
      plan p{.generations = 60, .samples = m, .how = how};
      p.stop.resolution = false;
      const auto line = run_lineage(e, p, stream(41), [&](const auto& g) {
        CHECK_FALSE(g.result.ok());
        CHECK(g.model.mean().allFinite());
        CHECK(g.model.covariance().allFinite());
        CHECK(g.model.factor().rank() <= m - 1);
        if (how != draw::stored || g.number < 4) CHECK(g.model.factor().rank() == m - 1);
        CHECK(g.model.log_determinant() == -std::numeric_limits<double>::infinity());
        stream rng(9);
        CHECK(g.model.sample(4, rng).allFinite());
      });
      CHECK(line.generations == 60);
      CHECK(line.events[0].result.what == status::degenerate);
      CHECK(line.events[0].first == 1);
    }
}
