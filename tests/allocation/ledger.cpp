// The ledger allocates nothing per generation where corners have closed forms and no data are kept.
#include "counting.hpp"

#include "support/statistics.hpp"

#include <optional>
#include <span>
#include <vector>

#include <simulacra/gaussian.hpp>
#include <simulacra/ledger.hpp>
#include <simulacra/recursion.hpp>

using namespace simulacra;

namespace {

/// Lets a ledger read into the same row again and again, and counts what it allocates from generation 20 on. (The loop itself may
/// allocate: stored draws and merged summaries do.)
template <class Ledger>
struct frugal {
  Ledger books;
  std::vector<double> out;
  std::size_t taken = 0;

  explicit frugal(const Ledger& l) : books(l), out(books.names().size()) {}
  template <class F>
  void count(Index generation, F&& f) {
    if (generation < 20)
      f();
    else
      taken += simulacra_test::allocations_of(f);
  }
  template <class Part, class Observations>
  void gathered(const Part& part, const Observations& o) {
    count(part.generation, [&] { books.gathered(part, o); });
  }
  template <class Generation>
  void operator()(const Generation& g) {
    count(g.number, [&] { books(g, std::span<double>(out)); });
  }
};

template <class Experiment, class Space>
std::size_t allocations_after_20(const Experiment& what, const Space& space, draw how) {
  frugal watch(ledger(what, space));
  run_lineage(what, {.generations = 220, .samples = 50, .how = how}, stream(1), watch);
  return watch.taken;
}

}  // namespace

TEST_CASE("ledger: no allocation per generation with closed-form corners") {
  const auto truth = gaussian<double, 2>::standard();
  stream rng(1);
  const feature_space<random_fourier_features> fourier(random_fourier_features(gaussian_kernel(1.0), 2, 256, rng));
  const gaussian_estimator<double, 2> fit(divisor::n);
  for (const draw how : {draw::stored, draw::collapsed})
    CHECK(allocations_after_20(experiment{truth, fit, replace{}}, fourier, how) == 0);
  CHECK(allocations_after_20(experiment{truth, fit, preserve(0.2, preserve::real::redrawn)}, fourier, draw::collapsed) == 0);
  CHECK(allocations_after_20(experiment{truth, fit, fresh_real(10)}, fourier, draw::collapsed) == 0);
  // The twin that must fail: kept data have accounts of their own, and those take room.
  const feature_space<moment_features> moments_only(moment_features(2));
  CHECK_THROWS_AS(allocations_after_20(experiment{truth, fit, accumulate{}}, moments_only, draw::collapsed),
                  std::logic_error);
}
