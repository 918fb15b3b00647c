#pragma once

#include <cmath>

namespace simulacra::detail {

/// A sum that does not mind how many terms it has: rounded once, but for a second-order error in the sum of their sizes
/// (Neumaier 1974). Infinite terms make it infinite, or NaN if of both signs.
class compensated_sum {
 public:
  void add(double term) noexcept {
    const double total = sum_ + term;
    lost_ += std::abs(sum_) >= std::abs(term) ? (sum_ - total) + term : (term - total) + sum_;
    sum_ = total;
  }
  [[nodiscard]] double value() const noexcept { return std::isfinite(sum_) ? sum_ + lost_ : sum_; }

 private:
  double sum_ = 0, lost_ = 0;
};

}  // namespace simulacra::detail
