#pragma once

#include <array>
#include <cstdint>

namespace simulacra {

/// Philox4x64-10: a keyed bijection of 256-bit counters, ten rounds. Each counter gives four independent-looking words, in
/// any order, on any machine, with no state in between; two different counters under one key can never overlap.
/// Same words as C++26's `std::philox4x64`, which starts from counter 0 and adds 1 to the first counter word per block.
/// Source: Salmon, Moraes, Dror, Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", SC'11.
struct philox4x64 {
  using counter_type = std::array<std::uint64_t, 4>;
  using key_type = std::array<std::uint64_t, 2>;

  static constexpr int rounds = 10;

  /// The four words of one counter. About 60 multiplications deep; no branches, no memory.
  static constexpr counter_type block(counter_type counter, key_type key) noexcept {
    for (int round = 0; round < rounds; ++round) {
      const auto [high0, low0] = multiply(0xD2E7470EE14C6C93u, counter[0]);
      const auto [high1, low1] = multiply(0xCA5A826395121157u, counter[2]);
      counter = {high1 ^ counter[1] ^ key[0], low1, high0 ^ counter[3] ^ key[1], low0};
      key[0] += 0x9E3779B97F4A7C15u;  // the golden ratio
      key[1] += 0xBB67AE8584CAA73Bu;  // sqrt(3) - 1
    }
    return counter;
  }

 private:
  struct product {
    std::uint64_t high, low;
  };

  static constexpr product multiply(std::uint64_t a, std::uint64_t b) noexcept {
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
};

}  // namespace simulacra
