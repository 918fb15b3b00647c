#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace simulacra::packets {

/// Memory on a boundary of 64 bytes, whatever flags a unit is compiled with: a packet of any level lies in one line of the cache.
template <class T>
struct aligned {
  using value_type = T;
  static constexpr std::align_val_t boundary{64};

  aligned() = default;
  template <class U>
  aligned(const aligned<U>&) noexcept {}

  [[nodiscard]] T* allocate(std::size_t n) {
    if (n > static_cast<std::size_t>(-1) / sizeof(T)) throw std::bad_array_new_length();
    return static_cast<T*>(::operator new(n * sizeof(T), boundary));
  }
  void deallocate(T* at, std::size_t) noexcept { ::operator delete(at, boundary); }

  template <class U>
  friend bool operator==(const aligned&, const aligned<U>&) noexcept {
    return true;
  }
};

using aligned_doubles = std::vector<double, aligned<double>>;

}  // namespace simulacra::packets
