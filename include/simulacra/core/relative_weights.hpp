#pragma once

#include <cmath>
#include <concepts>
#include <limits>
#include <string_view>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>

namespace simulacra::detail {

enum class no_weight { refused, allowed };

/// Weights as numbers that can be computed with in T. **Weights are relative**: only their ratios matter, so 1e-300 times
/// each of them, or 1e300 times, is the same. Squares and products of weights as they come need not be in range, nor a
/// double's weight in float; so those whose largest is far from 1 are divided by one power of two, which costs no digit.
/// (Weights near 1 are left where and what they are.)
template <class T = double>
class relative_weights {
 public:
  /// @param w  one weight >= 0 and finite for each of n observations; null or empty: all are 1
  /// @param none  whether all may be 0
  /// @throw std::invalid_argument in the name of `function` otherwise
  template <class U>
  relative_weights(const weights<U>* w, Index n, std::string_view function, std::string_view name = "w",
                   no_weight none = no_weight::refused)
      : total_(static_cast<double>(n)) {
    if (w == nullptr || w->size() == 0) return;
    argument::require(w->size() == n, function, name, w->size(), "have one entry per observation");
    argument::require_finite(*w, function, name);
    argument::require(w->minCoeff() >= U(0), function, name, w->minCoeff(), "have no negative entry");
    const double largest = static_cast<double>(w->maxCoeff());
    argument::require(none == no_weight::allowed || largest > 0, function, name, largest,
                      "have a positive entry (this is the largest)");
    if (largest > 0 && !(largest < reach && largest > 1 / reach)) {
      exponent_ = std::ilogb(largest);
      exponent_ -= exponent_ % 2;  // even, so that roots of weights move by a power of two as well
    }
    if constexpr (std::same_as<T, U>) {
      if (exponent_ == 0) {
        own_ = w;
        total_ = w->template cast<double>().sum();
        return;
      }
    }
    moved_.resize(n);
    for (Index i = 0; i < n; ++i) moved_[i] = static_cast<T>(std::ldexp(static_cast<double>((*w)[i]), -exponent_));
    total_ = moved_.template cast<double>().sum();
    own_ = &moved_;
  }
  relative_weights(const relative_weights&) = delete;
  relative_weights& operator=(const relative_weights&) = delete;

  /// The weights, over 2^exponent(); null where all are 1.
  [[nodiscard]] const weights<T>* get() const noexcept { return own_; }
  [[nodiscard]] T operator[](Index i) const noexcept { return own_ == nullptr ? T(1) : (*own_)[i]; }
  [[nodiscard]] double total() const noexcept { return total_; }  ///< the sum of these
  [[nodiscard]] int exponent() const noexcept { return exponent_; }

 private:
  static constexpr double reach = std::numeric_limits<T>::digits > 24 ? 0x1p64 : 0x1p16;

  weights<T> moved_{};
  const weights<T>* own_ = nullptr;
  double total_;
  int exponent_ = 0;
};

/// The weights brought to sum 1; 1/n each where w is empty. @throw std::invalid_argument as above
inline weights<double> shares_of(const weights<double>& w, Index n, std::string_view function, std::string_view name = "w") {
  const relative_weights<> relative(&w, n, function, name);
  if (relative.get() == nullptr) return weights<double>::Constant(n, 1 / relative.total());
  return *relative.get() / relative.total();
}

}  // namespace simulacra::detail
