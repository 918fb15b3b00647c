#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <simulacra/numerics/simd_level.hpp>
#include <simulacra/random/philox.hpp>

// Sixteen blocks of Philox at a time, for x86-64 machines that have AVX-512. The machine is asked at run time, so a build
// for the baseline has it too. Integers only, hence the same words as `philox4x64::block`; tests/random compares them.
// Written in the vector extension that g++ and clang++ share: the intrinsics' header costs 0.2 s of every compilation and
// g++ 12 warns about it. Define SIMULACRA_NO_SIMD to leave this out.
#ifdef SIMULACRA_SIMD_LEVELS
#define SIMULACRA_PHILOX_AVX512 1

namespace simulacra::detail {

/// Whether these are to be used: the machine has them, and the environment does not say otherwise.
[[nodiscard]] inline bool has_avx512() { return packets::used_level() == packets::level::avx512; }

/// How many words `philox_avx512` makes at a time: two vectors of eight blocks, since one alone would wait for its products.
inline constexpr std::size_t philox_group = 64;

/// The words of blocks with one counter after the other, in order, `groups` times 64 of them.
/// @tparam Word  which word of the counter it is that counts
template <int Word>
[[gnu::target("avx512f,avx512dq"), gnu::noinline]] inline void philox_avx512(std::uint64_t number,
                                                                             const philox4x64::counter_type& rest,
                                                                             const philox4x64::key_type& key,
                                                                             std::uint64_t* out,
                                                                             std::size_t groups) noexcept {
  using vector = std::uint64_t __attribute__((vector_size(64)));
  constexpr std::uint64_t low_half = 0xFFFFFFFFu;
  constexpr std::uint64_t m0 = philox4x64::multiplier0, m1 = philox4x64::multiplier1;
  const vector zero{}, mask = zero + low_half;
  const vector m0_all = zero + m0, m0_low = zero + (m0 & low_half), m0_high = zero + (m0 >> 32);
  const vector m1_all = zero + m1, m1_low = zero + (m1 & low_half), m1_high = zero + (m1 >> 32);
  const vector ramp{0, 1, 2, 3, 4, 5, 6, 7};
  constexpr int width = 2;

  for (; groups > 0; --groups) {
    vector c0[width], c1[width], c2[width], c3[width];
    for (int g = 0; g < width; ++g, number += 8) {
      c0[g] = Word == 0 ? ramp + number : zero + rest[0];
      c1[g] = Word == 1 ? ramp + number : zero + rest[1];
      c2[g] = zero + rest[2];
      c3[g] = zero + rest[3];
    }
    std::uint64_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < philox4x64::rounds; ++round) {
#pragma GCC unroll 2
      for (int g = 0; g < width; ++g) {
        // The high half of a product, from four 32-bit ones.
        const vector a_low = c0[g] & mask, a_high = c0[g] >> 32;
        const vector a_middle = a_high * m0_low + ((a_low * m0_low) >> 32);
        const vector a_carry = a_low * m0_high + (a_middle & mask);
        const vector a = a_high * m0_high + (a_middle >> 32) + (a_carry >> 32);
        const vector b_low = c2[g] & mask, b_high = c2[g] >> 32;
        const vector b_middle = b_high * m1_low + ((b_low * m1_low) >> 32);
        const vector b_carry = b_low * m1_high + (b_middle & mask);
        const vector b = b_high * m1_high + (b_middle >> 32) + (b_carry >> 32);
        const vector a_product = c0[g] * m0_all, b_product = c2[g] * m1_all;
        c0[g] = b ^ c1[g] ^ k0;
        c2[g] = a ^ c3[g] ^ k1;
        c1[g] = b_product;
        c3[g] = a_product;
      }
      k0 += philox4x64::weyl0;
      k1 += philox4x64::weyl1;
    }
    for (int g = 0; g < width; ++g, out += 32) {
      // From a vector per word of a block to one block after the other.
      const vector even = __builtin_shufflevector(c0[g], c1[g], 0, 8, 2, 10, 4, 12, 6, 14);
      const vector odd = __builtin_shufflevector(c0[g], c1[g], 1, 9, 3, 11, 5, 13, 7, 15);
      const vector even_tail = __builtin_shufflevector(c2[g], c3[g], 0, 8, 2, 10, 4, 12, 6, 14);
      const vector odd_tail = __builtin_shufflevector(c2[g], c3[g], 1, 9, 3, 11, 5, 13, 7, 15);
      const vector left = __builtin_shufflevector(even, even_tail, 0, 1, 8, 9, 4, 5, 12, 13);       // blocks 0, 4
      const vector left_odd = __builtin_shufflevector(odd, odd_tail, 0, 1, 8, 9, 4, 5, 12, 13);     // blocks 1, 5
      const vector right = __builtin_shufflevector(even, even_tail, 2, 3, 10, 11, 6, 7, 14, 15);    // blocks 2, 6
      const vector right_odd = __builtin_shufflevector(odd, odd_tail, 2, 3, 10, 11, 6, 7, 14, 15);  // blocks 3, 7
      const vector blocks[4] = {__builtin_shufflevector(left, left_odd, 0, 1, 2, 3, 8, 9, 10, 11),
                                __builtin_shufflevector(right, right_odd, 0, 1, 2, 3, 8, 9, 10, 11),
                                __builtin_shufflevector(left, left_odd, 4, 5, 6, 7, 12, 13, 14, 15),
                                __builtin_shufflevector(right, right_odd, 4, 5, 6, 7, 12, 13, 14, 15)};
      std::memcpy(out, blocks, sizeof blocks);
    }
  }
}

}  // namespace simulacra::detail
#endif
