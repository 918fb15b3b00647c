#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <simulacra/numerics/multiply.hpp>
#include <simulacra/random/philox.hpp>
#include <simulacra/random/philox_avx512.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// The streams of one purpose in generation after generation, `root.at(t, use)` for t, t + 1, ..., with their first four words made for
/// sixteen generations at a time. The same words as ever, since a stream is its address; but no generation waits for the ten rounds of
/// products that make them, and a machine with AVX-512 makes all sixteen in little more than the time of eight.
/// For whoever takes few words of each: a summary that is drawn from its law, not the observations of one.
class streams_ahead {
 public:
  /// The same as `root.at(t, use)`. Always of one root and one purpose; the first sixteen are not made ahead, so that short lineages
  /// pay for nothing that they do not use.
  [[gnu::always_inline, nodiscard]] stream at(const stream& root, std::uint64_t t, purpose use) noexcept {
    stream made = root.at(t, use);
    if (t < group) return made;
    const std::size_t place = t % group;
    if (place == 0 || t / group != made_) [[unlikely]]
      make(made, t / group);
    for (std::size_t lane = 0; lane < 4; ++lane) made.words_[lane] = words_[4 * place + lane];
    made.loaded_ = 0;
    return made;
  }

 private:
  static constexpr std::size_t group = 16;

  /// @param like  a stream of that root and purpose, in any generation
  [[gnu::noinline]] void make(const stream& like, std::uint64_t number) noexcept {
    made_ = number;
#ifdef SIMULACRA_PHILOX_AVX512
    static_assert(4 * group == detail::philox_group);
    if (detail::has_avx512()) return detail::philox_avx512<1>(number * group, like.base_, like.key_, words_.data(), 1);
#endif
    for (std::size_t k = 0; k < group; k += 2) make_two(like, number * group + k, words_.data() + 4 * k);
  }

  /// Two blocks side by side: one alone would wait for its products.
  static void make_two(const stream& like, std::uint64_t t, std::uint64_t* out) noexcept {
    std::uint64_t c0[2], c1[2] = {t, t + 1}, c2[2], c3[2];
    std::uint64_t k0 = like.key_[0], k1 = like.key_[1];
    for (int g = 0; g < 2; ++g) c0[g] = 0, c2[g] = like.base_[2], c3[g] = like.base_[3];
    for (int round = 0; round < philox4x64::rounds; ++round) {
#pragma GCC unroll 2
      for (int g = 0; g < 2; ++g) {
        const wide_product p0 = multiply_wide(philox4x64::multiplier0, c0[g]);
        const wide_product p1 = multiply_wide(philox4x64::multiplier1, c2[g]);
        c0[g] = p1.high ^ c1[g] ^ k0;
        c1[g] = p1.low;
        c2[g] = p0.high ^ c3[g] ^ k1;
        c3[g] = p0.low;
      }
      k0 += philox4x64::weyl0;
      k1 += philox4x64::weyl1;
    }
    for (int g = 0; g < 2; ++g, out += 4) out[0] = c0[g], out[1] = c1[g], out[2] = c2[g], out[3] = c3[g];
  }

  std::uint64_t made_ = 0;  ///< t / 16 of the streams whose words are there; those of 0 never are
  std::array<std::uint64_t, 4 * group> words_;
};

}  // namespace simulacra
