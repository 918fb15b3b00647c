// Scaling laws that are fitted, against exact sums over Zipf's law and against laws that are known.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include <simulacra/random/normal.hpp>
#include <simulacra/study/scaling_fit.hpp>
#include <simulacra/theory/scaling.hpp>

#include "support/statistics.hpp"
#include "support/throws.hpp"

using namespace simulacra;
using simulacra_test::throws;
using simulacra_test::z_limit;
using simulacra_test::z_score;

namespace {

using numbers = std::vector<double>;
const numbers decades{1e2, 1e3, 1e4, 1e5, 1e6};

numbers losses_of(const numbers& sizes, double floor, double coefficient, double exponent) {
  numbers all;
  for (const double t : sizes) all.push_back(floor + coefficient * std::pow(t, -exponent));
  return all;
}

/// Losses times (1 + noise), R of each size; with `shared`, one noise of each replicate is in all sizes.
std::vector<numbers> replicates_of(const numbers& losses, Index count, double noise, double shared, stream& rng) {
  std::vector<numbers> all(losses.size());
  for (Index r = 0; r < count; ++r) {
    const double common = shared * standard_normal(rng);
    for (std::size_t j = 0; j < losses.size(); ++j)
      all[j].push_back(losses[j] * (1 + common + noise * standard_normal(rng)));
  }
  return all;
}

}  // namespace

TEST_CASE("scaling: a line through logarithms, and its error") {
  // Exact sums over five decades, mpmath.
  for (const auto& [exponent, slope] : {std::pair{1.5, 0.362225599051}, std::pair{1.1, 0.319865003633}}) {
    numbers losses;
    for (const double t : decades) losses.push_back(theory::zipf_exact_missing_mass(100'000, exponent, t));
    numbers errors{0.1, 0.05, 0.02, 0.01, 0.005};
    for (std::size_t j = 0; j < errors.size(); ++j) errors[j] *= losses[j];
    const scaling_fit fit = fit_scaling(decades, losses, scaling_form::power, errors);
    CHECK_CLOSE(fit.exponent.value, slope, 1e-10);
    CHECK_CLOSE(fit.exponent.error, 0.008974251758445, 1e-7);
    CHECK(fit.late_exponent.value == fit.exponent.value);
    CHECK(fit.floor.value == 0);
    CHECK(fit.floor.error == 0);
    CHECK(std::isinf(fit.crossover.value));
    CHECK(fit.misfit > 0.02);  // it is no power law, and says so
  }
}

TEST_CASE("scaling: the exponent is that of the sizes tried, and not that of the limit") {
  // Over a narrow range it is the exact sum's own slope there; 1 - 1/b = 0.09 is far from it.
  for (const double t : {1e2, 1e4, 1e6}) {
    numbers sizes, losses;
    for (int k = -2; k <= 2; ++k) sizes.push_back(t * std::pow(1.01, k));
    for (const double size : sizes) losses.push_back(theory::zipf_exact_missing_mass(100'000, 1.1, size));
    const double slope = fit_scaling(sizes, losses, scaling_form::power).exponent.value;
    CHECK_CLOSE(slope, theory::zipf_loss_slope(100'000, 1.1, t / 1.01, t * 1.01), 1e-4);
    CHECK(slope > 0.15);
  }
}

TEST_CASE("scaling: laws with a floor and broken laws are found again") {
  numbers sizes;
  for (int k = 0; k <= 12; ++k) sizes.push_back(std::pow(10, 1 + k / 3.0));
  for (const double exponent : {0.2, 0.5, 1.3})
    for (const double floor : {0.0, 1e-3, 0.2, -1e-8})
      for (const double unit : {1e-200, 1.0, 1e150}) {
        const scaling_fit fit =
            fit_scaling(sizes, losses_of(sizes, floor * unit, 3 * unit, exponent), scaling_form::power_with_floor);
        INFO(exponent, " ", floor, " ", unit);
        CHECK_CLOSE(fit.exponent.value, exponent, 1e-7);
        CHECK_CLOSE(fit.coefficient.value / unit, 3.0, 1e-6);
        CHECK(std::abs(fit.floor.value / unit - floor) < 1e-8);
        CHECK(fit.misfit < 1e-9);
        if (floor >= 1e-3) CHECK_CLOSE(fit.crossover.value, theory::scaling_crossover(3, exponent, floor), 1e-5);
        CHECK_CLOSE(fit(777.0) / unit, floor + 3 * std::pow(777.0, -exponent), 1e-7);
      }
  for (const double at : {100.0, 300.0, sizes[5], 2e4})
    for (const double late : {0.1, 0.9}) {
      numbers losses;
      for (const double t : sizes)
        losses.push_back(2 * std::pow((std::min)(t, at), -0.4) * std::pow((std::max)(t / at, 1.0), -late));
      const scaling_fit fit = fit_scaling(sizes, losses, scaling_form::broken_power);
      INFO(at, " ", late);
      CHECK_CLOSE(fit.exponent.value, 0.4, 1e-10);
      CHECK_CLOSE(fit.late_exponent.value, late, 1e-10);
      CHECK_CLOSE(fit.crossover.value, at, 1e-10);
      CHECK_CLOSE(fit(1e6), 2 * std::pow(at, late - 0.4) * std::pow(1e6, -late), 1e-9);
      CHECK_CLOSE(fit.slope(1e6), late, 1e-10);
      CHECK_CLOSE(fit.slope(11), 0.4, 1e-10);
    }
}

TEST_CASE("scaling: errors are what estimates scatter by, for each form, paired or not") {
  numbers sizes;
  for (int k = 0; k <= 8; ++k) sizes.push_back(std::pow(10, 1 + k / 2.0));
  numbers broken;
  for (const double t : sizes)
    broken.push_back(2 * std::pow((std::min)(t, 500.0), -0.4) * std::pow((std::max)(t / 500, 1.0), -1.0));
  const auto check = [&](const numbers& truth, scaling_form form, bool paired, auto number, double right) {
    stream rng(stream_key{9, 0}, {.component = static_cast<std::uint32_t>(form)});
    std::vector<double> z;
    for (int k = 0; k < 400; ++k) {
      const scaling_fit fit = fit_scaling(sizes, replicates_of(truth, 50, 0.1, paired ? 0.2 : 0.0, rng), form, paired);
      const estimate e = number(fit);
      CHECK(e.count == 50);
      z.push_back((e.value - right) / e.error);
    }
    double squares = 0;
    for (const double v : z) squares += v * v / 400;
    // Student's z of 49 degrees of freedom: mean square 49 / 47, and its standard error about sqrt(2 / 400).
    CHECK_Z(squares, 49.0 / 47, 1.1 * std::sqrt(2.0 / 400));
    CHECK(std::abs(z_score(squares, 1.5, 1.1 * std::sqrt(2.0 / 400))) > z_limit);
  };
  const auto exponent = [](const scaling_fit& f) { return f.exponent; };
  const auto coefficient = [](const scaling_fit& f) { return f.coefficient; };
  const numbers plain = losses_of(sizes, 0, 3, 0.5), floored = losses_of(sizes, 0.05, 3, 0.5);
  check(plain, scaling_form::power, false, exponent, 0.5);
  check(plain, scaling_form::power, true, coefficient, 3.0);
  check(
      floored, scaling_form::power_with_floor, false, [](const scaling_fit& f) { return f.floor; }, 0.05);
  check(floored, scaling_form::power_with_floor, true, exponent, 0.5);
  check(
      broken, scaling_form::broken_power, false, [](const scaling_fit& f) { return f.late_exponent; }, 1.0);
}

TEST_CASE("scaling: a form with more numbers never fits worse, whatever the losses") {
  const numbers flat(6, 0.25), rising{1, 2, 3, 5, 8, 13}, sizes{1, 3, 10, 30, 100, 300};
  CHECK(fit_scaling(sizes, flat, scaling_form::power).exponent.value == 0);
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    stream rng(stream_key{seed, 9});
    numbers losses = seed == 0 ? flat : rising;
    if (seed > 1)
      for (double& v : losses) v = std::exp(3 * standard_normal(rng));
    const double power = fit_scaling(sizes, losses, scaling_form::power).misfit;
    for (const scaling_form form : {scaling_form::power_with_floor, scaling_form::broken_power}) {
      const scaling_fit fit = fit_scaling(sizes, losses, form, losses);
      CHECK(fit.misfit <= power * (1 + 1e-9) + 1e-12);
      CHECK((std::isfinite(fit.exponent.value) && std::isfinite(fit.floor.value) && !std::isnan(fit.exponent.error)));
    }
  }
}

TEST_CASE("scaling: mistakes") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const numbers four{1, 2, 3, 4}, down{4, 3, 2, 1};
  CHECK(throws([] { static_cast<void>(fit_scaling(numbers{1}, numbers{1}, scaling_form::power)); }, "fit_scaling", "sizes",
               "1"));
  CHECK(throws([&] { static_cast<void>(fit_scaling(four, down, scaling_form::broken_power)); }, "sizes.size()", "4", "5"));
  CHECK(throws([&] { static_cast<void>(fit_scaling(down, down, scaling_form::power)); }, "sizes", "3", "increase"));
  CHECK(throws([&] { static_cast<void>(fit_scaling(four, numbers{1, 1, 0, 1}, scaling_form::power)); }, "losses", "0"));
  CHECK(throws([&] { static_cast<void>(fit_scaling(four, numbers{1, 1, nan, 1}, scaling_form::power)); }, "losses", "nan"));
  CHECK(throws(
      [&] {
        static_cast<void>(fit_scaling(four, down, scaling_form::power, numbers{1, 1}));
      },
      "errors.size()", "2"));
  CHECK(throws(
      [&] {
        static_cast<void>(fit_scaling(four, down, scaling_form::power, numbers{1, 1, -1, 1}));
      },
      "errors", "-1"));
  const std::vector<numbers> uneven{{1, 2}, {1, 2}, {1, 2, 3}, {1, 2}};
  CHECK(
      throws([&] { static_cast<void>(fit_scaling(four, uneven, scaling_form::power, true)); }, "replicates", "3", "paired"));
  CHECK(fit_scaling(four, uneven, scaling_form::power).exponent.count == 2);
  CHECK(throws([&] { static_cast<void>(fit_scaling(four, std::vector<numbers>(4, {1}), scaling_form::power)); },
               "replicates", "1"));
}
