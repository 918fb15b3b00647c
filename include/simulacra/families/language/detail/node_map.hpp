#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace simulacra::detail {

/// No node.
inline constexpr std::uint32_t no_node = ~std::uint32_t{0};

/// From (history, word) to a node: a hash table with open addressing and linear probing, at most two thirds full.
class node_map {
 public:
  [[nodiscard]] std::uint32_t find(std::uint32_t history, std::uint32_t word) const noexcept {
    if (slots_.empty()) return no_node;
    for (std::size_t i = place(history, word);; i = (i + 1) & mask_) {
      const slot& s = slots_[i];
      if (s.history == history && s.word == word) return s.node;
      if (s.node == no_node) return no_node;
    }
  }

  /// The node of (history, word), or `fresh`, which becomes it, if there was none.
  std::uint32_t find_or_insert(std::uint32_t history, std::uint32_t word, std::uint32_t fresh) {
    if (3 * (size_ + 1) > 2 * slots_.size()) grow();
    for (std::size_t i = place(history, word);; i = (i + 1) & mask_) {
      slot& s = slots_[i];
      if (s.history == history && s.word == word) return s.node;
      if (s.node == no_node) {
        s = {history, word, fresh};
        ++size_;
        return fresh;
      }
    }
  }

  void reserve(std::size_t entries) {
    while (3 * (entries + 1) > 2 * slots_.size()) grow();
  }

 private:
  struct slot {
    std::uint32_t history = no_node, word = no_node, node = no_node;
  };

  [[nodiscard]] std::size_t place(std::uint32_t history, std::uint32_t word) const noexcept {
    // The high bits of the second product depend on all bits of both.
    std::uint64_t key = (std::uint64_t{history} << 32 | word) * 0x9E3779B97F4A7C15u;
    key ^= key >> 32;
    return static_cast<std::size_t>((key * 0xD6E8FEB86659FD93u) >> 32) & mask_;
  }

  void grow() {
    std::vector<slot> old(slots_.empty() ? std::size_t{64} : 2 * slots_.size());
    old.swap(slots_);
    mask_ = slots_.size() - 1;
    for (const slot& s : old) {
      if (s.node == no_node) continue;
      std::size_t i = place(s.history, s.word);
      while (slots_[i].node != no_node) i = (i + 1) & mask_;
      slots_[i] = s;
    }
  }

  std::vector<slot> slots_;
  std::size_t mask_ = 0, size_ = 0;
};

}  // namespace simulacra::detail
