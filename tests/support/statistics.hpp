#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

/// The yardsticks of the statistical tests: deviations in units of a *derived* standard error, never a tuned tolerance.
namespace simulacra_test {

/// The largest |z| that a correct program may show: about 7e-6 false alarms per check if the seed were free, none as it is fixed.
inline constexpr double z_limit = 4.5;

/// Mean and standard error of independent values, two passes.
struct mean_and_error {
  double mean = 0, standard_error = 0;
};

inline mean_and_error mean_of(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  double sum = 0;
  for (const double v : values) sum += v;
  const double mean = sum / n;
  double squares = 0;
  for (const double v : values) squares += (v - mean) * (v - mean);
  return {mean, std::sqrt(squares / (n - 1) / n)};
}

/// Deviation of an estimate in standard errors. A standard error of zero counts as agreement only if the values are equal.
inline double z_score(double estimate, double expected, double standard_error) {
  if (standard_error > 0) return (estimate - expected) / standard_error;
  return estimate == expected ? 0.0 : std::numeric_limits<double>::infinity();
}

/// Whether two numbers agree to `relative` of the second, or to `absolute` where the second is tiny.
inline bool close(double value, double expected, double relative, double absolute = 0) {
  if (value == expected) return true;
  return std::abs(value - expected) <= std::fmax(relative * std::abs(expected), absolute);
}

/// Pearson's statistic of counts against probabilities as a z-score by Wilson and Hilferty's cube root (1931).
inline double chi_square_z(std::span<const double> observed, std::span<const double> expected) {
  double statistic = 0;
  for (std::size_t i = 0; i < observed.size(); ++i)
    statistic += (observed[i] - expected[i]) * (observed[i] - expected[i]) / expected[i];
  const double degrees = static_cast<double>(observed.size() - 1);
  const double spread = 2.0 / (9.0 * degrees);
  return (std::cbrt(statistic / degrees) - (1 - spread)) / std::sqrt(spread);
}

}  // namespace simulacra_test

/// Fails unless |estimate - expected| <= 4.5 standard errors, and shows all three with z.
#define CHECK_Z(estimate, expected, standard_error)                                                              \
  do {                                                                                                           \
    const double z_estimate_ = (estimate), z_expected_ = (expected), z_error_ = (standard_error);                \
    const double z_value_ = simulacra_test::z_score(z_estimate_, z_expected_, z_error_);                         \
    INFO("estimate ", z_estimate_, ", expected ", z_expected_, ", standard error ", z_error_, ", z ", z_value_); \
    CHECK(std::abs(z_value_) <= simulacra_test::z_limit);                                                        \
  } while (false)

/// Fails unless the two agree to a relative error.
#define CHECK_CLOSE(value, expected, relative)                                        \
  do {                                                                                \
    const double close_value_ = (value), close_expected_ = (expected);                \
    INFO("value ", close_value_, ", expected ", close_expected_, ", relative error ", \
         (close_value_ - close_expected_) / close_expected_);                         \
    CHECK(simulacra_test::close(close_value_, close_expected_, (relative)));          \
  } while (false)
