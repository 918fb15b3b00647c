// Whether the losses of a search have settled.
#include "support/statistics.hpp"

#include <limits>

#include <simulacra/core/loss_history.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>

using namespace simulacra;

namespace {

/// Losses that fall by `fall` over each quarter, with noise.
loss_history line(int steps, double fall, double noise, std::uint64_t seed) {
  loss_history h;
  stream rng(seed);
  for (int i = 0; i < steps; ++i) h.add(3 - 4 * fall * i / steps + noise * standard_normal(rng));
  return h;
}

}  // namespace

TEST_CASE("loss history: the fall of a straight line, however many steps there are") {
  for (const int steps : {64, 1000, 100000, 123456}) {
    const auto t = line(steps, 0.5, 0, 1).last_quarter();
    CHECK_CLOSE(t.fall, 0.5, 0.0625);  // what is no whole number of parts is left out
    CHECK(t.standard_error < 1e-9);
    CHECK_CLOSE(t.level, 3 - 3.5 * 0.5, 0.03);
  }
}

TEST_CASE("loss history: noise, its error, and what is too short, too noisy, or past the range has not settled") {
  // The line's fall over w steps of independent noise s has the standard error s sqrt(12 / w), near enough.
  double squares = 0;
  int settled = 0, falling = 0, hidden = 0;
  constexpr int runs = 400;
  for (std::uint64_t k = 0; k < runs; ++k) {
    const auto h = line(1600, 0, 1, k);
    const double fall = h.last_quarter().fall;
    squares += fall * fall;
    settled += h.settled(0.7) ? 1 : 0;
    falling += line(1600, 0.7, 1, k).settled(0.7) ? 1 : 0;
    hidden += h.settled(0.1) ? 1 : 0;
  }
  const double variance = 12.0 / 400;
  CHECK_Z(squares / runs, variance * 256 / 255, variance * std::sqrt(2.0 / runs));  // 16 (16^2) / (16^2 - 1) / 16
  CHECK(settled > 0.9 * runs);                                                      // 2 errors are 0.35
  CHECK(falling < 0.07 * runs);  // P(t_14 < -2) is 0.033; four binomial errors more are 0.036
  CHECK(hidden < 0.17 * runs);   // a fall of 0 with an error of 0.17: P(t_14 < 0.1 / 0.173 - 2) is 0.09
  CHECK_FALSE(line(15, 0, 0, 1).settled(1));
  CHECK(line(16, 0, 0, 1).settled(1));
  loss_history past = line(100, 0, 0, 1);
  past.add(std::numeric_limits<double>::quiet_NaN());
  CHECK_FALSE(past.settled(1e300));
}
