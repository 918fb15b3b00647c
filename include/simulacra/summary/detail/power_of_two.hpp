#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace simulacra::detail {

/// v * 2^e for any e: the same as `std::ldexp`, without the call in the common case.
template <class T>
T times_power_of_two(T v, std::int64_t e) noexcept {
  if (e >= -1000 && e <= 1000) [[likely]]  // 2^e is a normal double, and the product is rounded once
    return static_cast<T>(static_cast<double>(v) * std::bit_cast<double>(static_cast<std::uint64_t>(e + 1023) << 52));
  if (e < -2200) return v * T(0);  // whatever v is, nothing is left
  return std::ldexp(v, static_cast<int>(e > 5000 ? 5000 : e));
}

}  // namespace simulacra::detail
