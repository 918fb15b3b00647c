#pragma once

#include <cstdint>

namespace simulacra {

/// A 128-bit product of two 64-bit words, as its two halves.
struct wide_product {
  std::uint64_t high, low;
};

/// The full product of two words; the same halves with and without a 128-bit type in the compiler.
constexpr wide_product multiply_wide(std::uint64_t a, std::uint64_t b) noexcept {
#ifdef __SIZEOF_INT128__
  __extension__ using wide = unsigned __int128;
  const wide p = static_cast<wide>(a) * b;
  return {static_cast<std::uint64_t>(p >> 64), static_cast<std::uint64_t>(p)};
#else
  const std::uint64_t a0 = a & 0xFFFFFFFFu, a1 = a >> 32, b0 = b & 0xFFFFFFFFu, b1 = b >> 32;
  const std::uint64_t middle = a1 * b0 + (a0 * b0 >> 32);
  const std::uint64_t carry = a0 * b1 + (middle & 0xFFFFFFFFu);
  return {a1 * b1 + (middle >> 32) + (carry >> 32), a * b};
#endif
}

}  // namespace simulacra
