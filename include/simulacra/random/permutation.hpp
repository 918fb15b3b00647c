#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>

namespace simulacra {

/// Puts `values` in a uniformly random order: for i = 0, 1, ..., swaps the i-th with one of those from i on.
/// O(n); one word per value but the last, almost surely. Source: Fisher, Yates (1938); Durstenfeld (1964).
inline void shuffle(std::span<Index> values, stream& rng) noexcept {
  for (std::size_t i = 0; i + 1 < values.size(); ++i)
    std::swap(values[i], values[i + static_cast<std::size_t>(detail::uniform_below(values.size() - i, rng))]);
}

/// The numbers 0, ..., n - 1 in a uniformly random order. O(n). Throws `std::invalid_argument` if n < 0.
[[nodiscard]] inline std::vector<Index> permutation(Index n, stream& rng) {
  argument::require(n >= 0, "permutation", "n", n, "be at least 0");
  argument::require_room(n, 1, sizeof(Index), "permutation", "n");
  std::vector<Index> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), Index{0});
  shuffle(order, rng);
  return order;
}

namespace detail {

/// The array 0, 1, 2, ... of any length of which only the changed entries are stored: open addressing, linear probing.
class sparse_iota {
 public:
  explicit sparse_iota(std::size_t changes) : slots_(std::bit_ceil(2 * changes + 2)), mask_(slots_.size() - 1) {}

  [[nodiscard]] std::uint64_t operator[](std::uint64_t place) const noexcept {
    const slot& s = slots_[find(place)];
    return s.used ? s.value : place;
  }
  void set(std::uint64_t place, std::uint64_t value) noexcept { slots_[find(place)] = {place, value, true}; }

 private:
  struct slot {
    std::uint64_t place = 0, value = 0;
    bool used = false;
  };

  [[nodiscard]] std::size_t find(std::uint64_t place) const noexcept {
    const std::uint64_t mixed = place * 0x9E3779B97F4A7C15u;  // the high bits of the product depend on all of `place`
    std::size_t i = static_cast<std::size_t>(mixed >> 32) & mask_;
    while (slots_[i].used && slots_[i].place != place) i = (i + 1) & mask_;
    return i;
  }

  std::vector<slot> slots_;
  std::size_t mask_;
};

}  // namespace detail

/// k distinct indices out of 0, ..., population - 1, drawn without replacement, in the order in which they were drawn: the
/// first k entries of `permutation(population)` from the same words. All ordered k-tuples are equally likely.
/// O(k) time, and O(min(k, population)) memory: a population far larger than k is never written out.
/// Throws `std::invalid_argument` unless 0 <= k <= population.
[[nodiscard]] inline std::vector<Index> subsample(Index population, Index k, stream& rng) {
  argument::require(population >= 0, "subsample", "population", population, "be at least 0");
  argument::require(k >= 0 && k <= population, "subsample", "k", k, "be between 0 and the population");
  argument::require_room(k, 2, 2 * sizeof(Index), "subsample", "k");
  const auto size = static_cast<std::uint64_t>(population), count = static_cast<std::uint64_t>(k);
  const auto last = [size](std::uint64_t i) { return i + 1 == size; };  // no choice is left, and `shuffle` takes no word

  if (count >= size / 8) {
    std::vector<Index> order(static_cast<std::size_t>(size));
    std::iota(order.begin(), order.end(), Index{0});
    for (std::uint64_t i = 0; i < count && !last(i); ++i)
      std::swap(order[i], order[i + detail::uniform_below(size - i, rng)]);
    order.resize(static_cast<std::size_t>(count));
    return order;
  }
  std::vector<Index> chosen(static_cast<std::size_t>(count));
  detail::sparse_iota order(chosen.size());
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t j = i + detail::uniform_below(size - i, rng);
    chosen[static_cast<std::size_t>(i)] = static_cast<Index>(order[j]);
    order.set(j, order[i]);  // place i is never looked at again
  }
  return chosen;
}

}  // namespace simulacra
