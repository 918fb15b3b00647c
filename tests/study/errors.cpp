#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

#include <simulacra/random/exponential.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/uniform.hpp>
#include <simulacra/study.hpp>

#include "support/statistics.hpp"
#include "support/throws.hpp"

namespace sim = simulacra;
using sim::Index;

namespace {

constexpr double endless = std::numeric_limits<double>::infinity();
constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("Wilson's interval") {
  struct row {
    Index k, of;
    double confidence, lower, upper;
  };
  // mpmath, 40 digits
  for (const row& r : {row{5, 100, 0.95, 0.02154367915436797, 0.1117504692319191}, row{0, 100, 0.95, 0, 0.03699349820698567},
                       row{950, 1000, 0.95, 0.9346861797557492, 0.9618697376072512}, row{0, 1, 0.95, 0, 0.7934506856227625},
                       row{37, 60, 0.95, 0.4901759582409993, 0.7291172762591797},
                       row{1, 1000000, 0.99, 1.174054749996323e-7, 8.517433834755595e-6},
                       row{999999997, 1000000000, 0.9, 0.9999999924934018, 0.9999999988010548},
                       row{2, 3, 0.5, 0.4722581768593911, 0.8171827498413868}, row{1, 1, 0.999, 0.08454824818316508, 1}}) {
    const sim::interval i = sim::wilson_interval(r.k, r.of, r.confidence);
    INFO(r.k, " of ", r.of);
    CHECK_CLOSE(i.lower, r.lower, 1e-13);
    CHECK_CLOSE(i.upper, r.upper, 1e-13);
  }
  // A confidence of which 1 - (1 - c) keeps four digits: z^2 = pi c^2 / 2.
  CHECK_CLOSE(sim::wilson_interval(0, 1, 1e-12).upper / 1.5707963267948966e-24, 1.0, 1e-13);
  CHECK_THROWS_AS(static_cast<void>(sim::wilson_interval(2, 1)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(sim::wilson_interval(-1, 1)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(sim::wilson_interval(0, 0)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(sim::wilson_interval(0, 1, 1)), std::invalid_argument);
}

TEST_CASE("order statistics around a quantile") {
  struct row {
    Index replicates;
    double p, confidence;
    Index lower, upper;
    double coverage;
  };
  // Sums of binomial probabilities with 40 digits. Where P(B < 1) = 1/64 is alpha/2 exactly, it counts.
  for (const row& r :
       {row{100, 0.5, 0.95, 40, 61, 0.9647997997822952}, row{1000, 0.95, 0.95, 936, 964, 0.9580952682226541},
        row{1000, 0.01, 0.95, 4, 18, 0.9760947634979771}, row{20, 0.99, 0.95, 19, 21, 0.9831406623643482},
        row{1, 0.5, 0.95, 0, 2, 1}, row{6, 0.5, 0.96875, 1, 6, 0.96875}, row{10000, 0.01, 0.99, 75, 128, 0.9923419346626165},
        row{100000, 0.3, 0.9, 29762, 30239, 0.9001971592878844}, row{37, 0.2, 0.5, 6, 10, 0.586634459335194},
        row{500, 0.001, 0.999, 0, 5, 0.9998306363192243}, row{50, 1e-20, 0.95, 0, 1, 1},
        row{20000, 0.9999, 0.999999, 19988, 20001, 0.9999997932310263}}) {
    const sim::order_interval i = sim::quantile_interval(r.replicates, r.p, r.confidence);
    INFO("R = ", r.replicates, ", p = ", r.p);
    CHECK(i.lower == r.lower);
    CHECK(i.upper == r.upper);
    CHECK_CLOSE(i.coverage, r.coverage, 1e-11);
  }
  const sim::order_interval large = sim::quantile_interval(100000000, 0.37);  // scipy
  CHECK(large.lower == 36990537);
  CHECK(large.upper == 37009464);
  CHECK_CLOSE(large.coverage, 1 - 0.02498992246854993 - 0.02499290327075413, 1e-9);
  CHECK_THROWS_AS(static_cast<void>(sim::quantile_interval(0, 0.5)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(sim::quantile_interval(10, 0)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(sim::quantile_interval(10, 1)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(sim::quantile_interval(10, no_number)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(sim::quantile_interval(10, 0.5, 0)), std::invalid_argument);
}

TEST_CASE("the error of a ratio of means") {
  CHECK_CLOSE(sim::ratio_error(2, 1, 0.25, 0.5, 0.1, 100), 0.0340036762718386, 1e-13);
  CHECK_CLOSE(sim::ratio_error(1, 3, 1, 4, 1.9, 1000), 0.04, 1e-13);
  CHECK_CLOSE(sim::ratio_error(0.1, 0.001, 0.0001, 1e-6, 0, 10000), 0.000100498756211209, 1e-13);
  CHECK_CLOSE(sim::ratio_error(-2, 1, 0.25, 0.5, -0.1, 100), 0.0340036762718386, 1e-13);  // both signs of x
  CHECK(sim::ratio_error(2, 6, 1, 9, 3, 10) == 0);                                        // y = 3 x
  CHECK_CLOSE(sim::ratio_error(2e200, 1e200, 0.25e300, 0.5e300, 0.1e300, 100), 0.0340036762718386e-50, 1e-13);
  CHECK(sim::ratio_error(0, 1, 1, 1, 0, 10) == endless);
  CHECK(simulacra_test::throws([] { static_cast<void>(sim::ratio_error(1, 1, 1, 1, 2, 10)); }, "ratio_error", "covariance"));
  CHECK(simulacra_test::throws([] { static_cast<void>(sim::ratio_error(1, 1, -1, 1, 0, 10)); }, "var_x", "-1"));
  CHECK(simulacra_test::throws([] { static_cast<void>(sim::ratio_error(1, 1, 1, no_number, 0, 10)); }, "var_y"));
  CHECK(simulacra_test::throws([] { static_cast<void>(sim::ratio_error(1, 1, 1, 1, 0, 0)); }, "replicates"));

  const std::vector<double> x{1, 2, 4, no_number, 3}, y{2, 3, 9, 1, no_number};
  const sim::estimate r = sim::estimated_ratio(x, y);  // of the first three: means 7/3, 14/3; sxx 7/3, syy 43/3, sxy 17/3
  CHECK(r.count == 3);
  CHECK_CLOSE(r.value, 2, 1e-15);
  CHECK_CLOSE(r.error, std::sqrt((43.0 / 3 - 4 * 17.0 / 3 + 4 * 7.0 / 3) / 3) / (7.0 / 3), 1e-13);
  CHECK_CLOSE(r.bias, (2 * 7.0 / 3 - 17.0 / 3) / 3 / (49.0 / 9), 1e-13);
}

TEST_CASE("errors of deviations, variances, root mean squares and differences") {
  CHECK_CLOSE(sim::deviation_error(1, 3, 100), 0.0707106781186548, 1e-13);
  CHECK_CLOSE(sim::deviation_error(1, 9, 100), 0.14142135623731, 1e-13);
  CHECK_CLOSE(sim::variance_error(1, 3, 100), 0.14213381090374, 1e-13);
  CHECK_CLOSE(sim::variance_error(1, 9, 100), 0.283199611938329, 1e-13);
  const double p = 0.01, q = 0.99;
  CHECK_CLOSE(sim::variance_error(p * q, (1 - 3 * p * q) / (p * q), 2), 0.0696562272880178, 1e-12);

  const std::vector<double> e{1, 2, 4, 8};
  CHECK_CLOSE(sim::estimated_rmse(e).value, 4.60977222864644, 1e-13);
  CHECK_CLOSE(sim::estimated_rmse(e).error, 1.58508674841474, 1e-13);
  CHECK_CLOSE(sim::jackknifed_rmse(e).error, 1.86459256963431, 1e-13);
  std::vector<double> huge = e;
  for (double& v : huge) v *= -1e300;
  CHECK_CLOSE(sim::estimated_rmse(huge).error, 1.58508674841474e300, 1e-13);
  CHECK(sim::estimated_rmse(std::vector<double>{0, 0}).error == 0);

  CHECK_CLOSE(sim::paired_error(1, 1, 0.9, 100), 0.0447213595499958, 1e-13);
  CHECK_CLOSE(sim::paired_error(1, 2, 0, 100), 0.223606797749979, 1e-13);
  CHECK_CLOSE(sim::paired_error(1, 1, 0.9999, 10), 0.00447213595499958, 1e-11);
  const std::vector<double> a{5, 7, 9, no_number}, b{4, 6, 8.5, 1};
  const sim::estimate d = sim::paired_difference(a, b);
  CHECK(d.count == 3);
  CHECK_CLOSE(d.value, 2.5 / 3, 1e-15);
  CHECK_CLOSE(d.error, std::sqrt(1.0 / 12 / 3), 1e-14);
  CHECK_THROWS_AS(
      static_cast<void>(sim::paired_difference(a, e).value + sim::paired_difference(a, std::span(e).first(2)).value),
      std::invalid_argument);

  CHECK(sim::estimated_deviation(std::vector<double>{1}).count == 1);
  CHECK(std::isnan(sim::estimated_deviation(std::vector<double>{1}).value));
  CHECK(sim::estimated_deviation(std::vector<double>{3, 3, 3}).error == 0);
  CHECK_CLOSE(sim::estimated_probability(5, 100).error, 0.0217944947177034, 1e-13);
  CHECK_CLOSE(sim::estimated_mean(std::vector<double>{1, 2, 3}).interval().upper, 2 + 4.302652729749464 / std::sqrt(3.0),
              1e-10);
  CHECK(std::isnan(sim::estimated_mean(std::vector<double>{1}).interval().upper));
}

TEST_CASE("errors of a deviation and a quantile are the spread of such over repetitions") {
  // 2000 repetitions. Of R = 100 exponential numbers the exact sd of X_(50) is 0.0992530, and the density-free error has mean 0.108759
  // (sums of 1/j^2 and 1/j); R = 100 normal numbers, mean of the error of sd about 0.0707 (it is biased by O(1/R): 0.0698 to 0.0708).
  std::vector<double> errors, deviations;
  sim::stream rng({.seed = 5}, {});
  std::vector<double> values(100);
  for (int repetition = 0; repetition < 2000; ++repetition) {
    for (double& v : values) v = -std::log(sim::uniform_open(rng));
    errors.push_back(sim::estimated_quantile(values, 0.5).error);
    for (double& v : values) v = sim::standard_normal(rng);
    deviations.push_back(sim::estimated_deviation(values).value);
  }
  const auto quantile = simulacra_test::mean_of(errors);
  CHECK_Z(quantile.mean, 0.108758981638994, quantile.standard_error);
  CHECK_FALSE(std::abs(quantile.mean - 0.0992530430937186) < 4.5 * quantile.standard_error);  // the twin: not the exact sd
  const sim::estimate spread = sim::estimated_deviation(deviations);
  const double exact = 0.07088812050083;  // sqrt(1 - c4(100)^2)
  CHECK_Z(spread.value, exact, spread.error);
  CHECK_FALSE(std::abs(spread.value - 0.1) < 4.5 * spread.error);  // the twin: the error of a mean
  CHECK(sim::estimated_quantile(std::vector<double>{1, 2, 3}, 0.5).error == endless);
}

TEST_CASE("survival of lineages with censoring") {
  // Freireich's 6-MP arm (Kaplan-Meier's classic; R's survival::survfit): S(6) = .857143, S(10) = .752941, S(23) = .448179
  const std::vector<sim::lifetime> lives{{6, true},   {6, true},   {6, true},   {6, false}, {7, true},   {9, false},
                                         {10, true},  {10, false}, {11, false}, {13, true}, {16, true},  {17, false},
                                         {19, false}, {20, false}, {22, true},  {23, true}, {25, false}, {32, false},
                                         {32, false}, {34, false}, {35, false}};
  const sim::survival_curve curve = sim::kaplan_meier(lives);
  CHECK(curve.steps().size() == 7);
  CHECK_CLOSE(curve.survival(6), 6.0 / 7, 1e-14);
  CHECK_CLOSE(curve.survival(10), 0.7529411764705882, 1e-14);
  CHECK_CLOSE(curve.survival(30), 0.4481792717086835, 1e-13);
  CHECK_CLOSE(curve.error(6), std::sqrt(6.0 / 7 * (1.0 / 7) / 21), 1e-14);  // no censoring before: binomial
  CHECK_CLOSE(curve.error(23), 0.13459146, 1e-6);                           // R prints 0.1346
  CHECK(curve.survival(5.9) == 1);
  CHECK(curve.quantile(0.5) == 23);
  CHECK(curve.quantile(0.9) == endless);
  CHECK(curve.last() == 35);
  CHECK(std::isnan(curve.survival(36)));

  const std::vector<double> times{3, endless, 5, no_number, 3};
  const sim::survival_curve probed = sim::kaplan_meier(times, 10);
  CHECK_CLOSE(probed.survival(3), 0.5, 1e-15);
  CHECK_CLOSE(probed.survival(10), 0.25, 1e-15);
  const std::vector<double> all{1, 2};
  CHECK(sim::kaplan_meier(all, 10).survival(100) == 0);
  CHECK(sim::kaplan_meier(all, 10).error(2) == 0);
  CHECK_THROWS_AS(static_cast<void>(sim::kaplan_meier(times, 4)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(sim::kaplan_meier(std::vector<double>{no_number}, 4)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(sim::kaplan_meier(std::vector<sim::lifetime>{{-1, true}})), std::invalid_argument);
}
