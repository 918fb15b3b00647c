#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace simulacra::detail {

/// Builds tables of aliases: columns that are filled up to 1, each by its own symbol and at most one other. Keeps its lists, so that many
/// tables can be made without asking for memory each time.
/// Source: Vose (1991), "A linear algorithm for generating random numbers with a given distribution", IEEE Trans. Software Eng.
class alias_columns {
 public:
  /// Takes the heights of the columns, 1 on average, and uses them up. Calls pair(low, high, threshold) for each column `low` of which
  /// the part above threshold / 2^64 belongs to `high`. O(columns).
  template <class Pair>
  void build(std::span<double> height, Pair&& pair) {
    light_.clear();
    large_.clear();
    for (std::size_t i = 0; i < height.size(); ++i) (height[i] < 1 ? light_ : large_).push_back(i);
    while (!light_.empty() && !large_.empty()) {
      const std::size_t low = light_.back(), high = large_.back();
      light_.pop_back();
      pair(low, high, threshold(height[low]));
      height[high] = (height[high] + height[low]) - 1;
      if (height[high] < 1) {
        large_.pop_back();
        light_.push_back(high);
      }
    }
  }

  /// The columns that rounding left without a partner: they are full to within it.
  [[nodiscard]] const std::vector<std::size_t>& light() const noexcept { return light_; }
  [[nodiscard]] const std::vector<std::size_t>& large() const noexcept { return large_; }

 private:
  /// height * 2^64, for a height in [0, 1).
  static std::uint64_t threshold(double height) noexcept {
    return static_cast<std::uint64_t>((height > 0 ? height : 0) * 0x1p64);
  }

  std::vector<std::size_t> light_, large_;
};

}  // namespace simulacra::detail
