#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/numerics/multiply.hpp>
#include <simulacra/random/alias_columns.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/weights.hpp>

namespace simulacra {

/// Draws symbols 0, ..., K - 1 with given weights in constant time, from a table made once in O(K).
///
/// One word per draw: the high half of word * K picks a column, the low half a side of it. Every symbol has its probability
/// to within 2^-53 or so, in absolute terms; a symbol of weight 0 is never drawn.
/// Source: Walker (1977), table construction after Vose (1991), "A linear algorithm for generating random numbers with a
/// given distribution", IEEE Trans. Software Eng.
class alias_table {
 public:
  /// Throws `std::invalid_argument` unless the weights are finite and >= 0 with a positive finite sum.
  explicit alias_table(std::span<const double> weights) : columns_(weights.size()) {
    const double sum = detail::require_weights(weights, "alias_table", "weights");
    const std::size_t size = weights.size();
    std::vector<double> height(size);
    std::size_t heaviest = 0;
    for (std::size_t i = 0; i < size; ++i) {
      height[i] = weights[i] / sum * static_cast<double>(size);  // 1 on average
      if (weights[i] > weights[heaviest]) heaviest = i;
    }
    detail::alias_columns builder;
    builder.build(height, [this](std::size_t low, std::size_t high, std::uint64_t threshold) {
      columns_[low] = {threshold, high};
    });
    // Rounding leaves some columns without a partner. They are full to within it; one of weight 0 belongs to another symbol.
    for (const std::size_t i : builder.large()) columns_[i] = {0, i};
    for (const std::size_t i : builder.light()) columns_[i] = {0, weights[i] > 0 ? i : heaviest};
  }

  /// A symbol. Exactly one word.
  [[nodiscard]] Index operator()(stream& rng) const noexcept {
    const wide_product p = multiply_wide(rng(), columns_.size());
    const column& c = columns_[static_cast<std::size_t>(p.high)];
    return static_cast<Index>(p.low < c.threshold ? p.high : c.alias);
  }

  /// K, the number of symbols.
  [[nodiscard]] Index size() const noexcept { return static_cast<Index>(columns_.size()); }

 private:
  struct column {
    std::uint64_t threshold = 0;
    std::size_t alias = 0;
  };

  std::vector<column> columns_;
};

}  // namespace simulacra
