#pragma once

#include <array>
#include <cstdint>

#include <simulacra/numerics/multiply.hpp>

namespace simulacra {

/// Philox4x64-10: a keyed bijection of 256-bit counters, ten rounds. Each counter gives four independent-looking words, in
/// any order, on any machine, with no state in between; two different counters under one key can never overlap.
/// Same words as C++26's `std::philox4x64`, which starts from counter 0 and adds 1 to the first counter word per block.
/// Source: Salmon, Moraes, Dror, Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", SC'11.
struct philox4x64 {
  using counter_type = std::array<std::uint64_t, 4>;
  using key_type = std::array<std::uint64_t, 2>;

  static constexpr int rounds = 10;
  static constexpr std::uint64_t multiplier0 = 0xD2E7470EE14C6C93u;
  static constexpr std::uint64_t multiplier1 = 0xCA5A826395121157u;
  static constexpr std::uint64_t weyl0 = 0x9E3779B97F4A7C15u;  ///< the golden ratio
  static constexpr std::uint64_t weyl1 = 0xBB67AE8584CAA73Bu;  ///< sqrt(3) - 1

  /// The four words of one counter. Twenty wide multiplications, ten deep; no branches, no memory. Always inlined: passing
  /// arrays through memory makes clang 14's code three times slower than the arithmetic.
  [[gnu::always_inline]] static constexpr counter_type block(counter_type counter, key_type key) noexcept {
    std::uint64_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    std::uint64_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < rounds; ++round) {
      const wide_product p0 = multiply_wide(multiplier0, c0);
      const wide_product p1 = multiply_wide(multiplier1, c2);
      c0 = p1.high ^ c1 ^ k0;
      c1 = p1.low;
      c2 = p0.high ^ c3 ^ k1;
      c3 = p0.low;
      k0 += weyl0;
      k1 += weyl1;
    }
    return {c0, c1, c2, c3};
  }
};

}  // namespace simulacra
