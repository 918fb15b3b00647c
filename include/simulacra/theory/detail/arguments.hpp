#pragma once

#include <limits>
#include <span>
#include <string_view>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>

/// The checks that most closed forms share. Conditions are written so that a NaN fails them.
namespace simulacra::theory::detail {

inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// A count as a number that can be computed with.
inline double real(Index count) { return static_cast<double>(count); }

inline void check_samples(std::string_view function, Index samples, Index least = 2) {
  argument::require(samples >= least, function, "samples", samples, least == 1 ? "be at least 1" : "be at least 2");
}

inline void check_generation(std::string_view function, Index generation) {
  argument::require(generation >= 0, function, "generation", generation, "not be negative");
}

inline void check_positive(std::string_view function, std::string_view name, double value) {
  argument::require(value > 0 && value < infinity, function, name, value, "be positive and finite");
}

inline void check_not_negative(std::string_view function, std::string_view name, double value) {
  argument::require(value >= 0 && value < infinity, function, name, value, "be finite and not negative");
}

inline void check_probability(std::string_view function, std::string_view name, double value) {
  argument::require(value >= 0 && value <= 1, function, name, value, "lie in [0, 1]");
}

inline void check_dimension(std::string_view function, Index dimension) {
  argument::require(dimension >= 1, function, "dimension", dimension, "be at least 1");
}

/// An enumeration can be cast from any integer: anything but the two divisors is a caller's mistake.
inline void check_divisor(std::string_view function, divisor by) {
  argument::require(by == divisor::n || by == divisor::n_minus_1, function, "by", static_cast<int>(by),
                    "be divisor::n or divisor::n_minus_1");
}

/// The three arguments that every chain of Gaussian refits has.
inline void check_chain(std::string_view function, Index samples, Index generation, divisor by) {
  check_samples(function, samples);
  check_generation(function, generation);
  check_divisor(function, by);
}

inline void check_schedule(std::string_view function, std::span<const Index> schedule, divisor by) {
  for (const Index samples : schedule)
    argument::require(samples >= 2, function, "schedule", samples, "hold at least 2 samples for every refit");
  check_divisor(function, by);
}

}  // namespace simulacra::theory::detail
