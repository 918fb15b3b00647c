#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <functional>
#include <limits>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>

namespace simulacra {

/// How many fresh observations m_t generation t = 0, 1, ... draws: a constant, or any function of t.
///
/// Whether variance survives is decided here: under `replace` with unbiased fits it does exactly if sum 1 / m_t is finite, so
/// for a schedule that grows faster than linearly.
class schedule {
 public:
  /// m_t = samples, always. @throw std::invalid_argument unless samples >= 1
  schedule(Index samples) : constant_(samples) {  // implicit: {.samples = 100} is a schedule
    argument::require(samples >= 1, "schedule", "samples", samples, "be at least 1");
  }

  /// m_t = f(t). Each value is checked when it is asked for. @throw std::invalid_argument if f is an empty function
  template <class F>
    requires(std::invocable<const F&, Index> && !std::convertible_to<F, Index>)
  schedule(F f) : function_(std::move(f)) {
    argument::require(function_ != nullptr, "schedule", "f", "empty", "be callable");
  }

  /// m_t = first + t * step; it stops growing at 2^63 - 1. @throw std::invalid_argument unless first >= 1 and step >= 0
  static schedule linear(Index first, Index step) {
    argument::require(first >= 1, "schedule::linear", "first", first, "be at least 1");
    argument::require(step >= 0, "schedule::linear", "step", step, "not be negative");
    return schedule([first, step](Index t) {
      constexpr Index most = (std::numeric_limits<Index>::max)();
      return step > 0 && t > (most - first) / step ? most : first + t * step;
    });
  }

  /// m_t = first * ratio^t, rounded down; it stops growing at 2^53, or at first where that is more.
  /// @throw std::invalid_argument unless first, ratio >= 1
  static schedule geometric(Index first, double ratio) {
    argument::require(first >= 1, "schedule::geometric", "first", first, "be at least 1");
    argument::require(ratio >= 1 && ratio <= (std::numeric_limits<double>::max)(), "schedule::geometric", "ratio", ratio,
                      "be at least 1 and finite");
    return schedule([first, ratio](Index t) {
      constexpr double most = 9007199254740992.0;
      const double m = static_cast<double>(first) * std::pow(ratio, static_cast<double>(t));
      return (std::max)(first, static_cast<Index>(m < most ? m : most));
    });
  }

  /// @throw std::invalid_argument if a function of the caller's gives less than 1
  [[nodiscard]] Index operator()(Index t) const {
    if (!function_) [[likely]]
      return constant_;
    const Index m = function_(t);
    argument::require(m >= 1, "schedule", "f(t)", m, "be at least 1");
    return m;
  }

 private:
  Index constant_ = 1;
  std::function<Index(Index)> function_;
};

}  // namespace simulacra
