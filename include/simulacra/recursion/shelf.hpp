#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include <simulacra/core/types.hpp>
#include <simulacra/recursion/ingredient.hpp>

namespace simulacra::detail {

/// Keeps the values of the last so many generations, or of every one. Putting a value in takes constant time, and takes no
/// memory once the shelf is full.
template <class V>
class shelf {
 public:
  explicit shelf(Index depth) : depth_(depth) {}

  [[nodiscard]] bool keeps_any() const noexcept { return depth_ != 0; }

  /// Generations are put in order, one after the other.
  void put(Index generation, V value) {
    if (depth_ == 0) return;
    newest_ = generation;
    if (depth_ == everything || static_cast<Index>(values_.size()) < depth_)
      values_.push_back(std::move(value));
    else
      values_[slot(generation)] = std::move(value);
    if (first_ < 0) first_ = generation;
  }

  /// The value that putting this generation in would push out, or null: for whoever wants to use it again.
  [[nodiscard]] const V* outgoing(Index generation) const {
    return depth_ > 0 && static_cast<Index>(values_.size()) == depth_ ? &values_[slot(generation)] : nullptr;
  }

  /// Lets go of generations before this one. Amortised constant time per value; only where every generation is kept.
  void forget_before(Index generation) {
    const Index old = generation - first_;
    if (depth_ != everything || values_.empty() || 2 * old < static_cast<Index>(values_.size())) return;
    const Index gone = (std::min)(old, static_cast<Index>(values_.size()));
    if (gone <= 0) return;
    values_.erase(values_.begin(), values_.begin() + gone);
    first_ += gone;
  }

  /// The value of a generation, or null where it was not kept.
  [[nodiscard]] const V* find(Index generation) const {
    const auto kept = static_cast<Index>(values_.size());
    if (generation > newest_ || generation <= newest_ - kept) return nullptr;
    return &values_[slot(generation)];
  }

 private:
  [[nodiscard]] std::size_t slot(Index generation) const {
    const Index place = generation - first_;
    return static_cast<std::size_t>(depth_ == everything ? place : place % depth_);
  }

  Index depth_;
  Index first_ = -1, newest_ = -1;
  std::vector<V> values_;
};

}  // namespace simulacra::detail
