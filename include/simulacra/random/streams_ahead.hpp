#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

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
    philox4x64::counter_type counter = like.base_;
    counter[1] = number * group;
    for (std::size_t k = 0; k < group; ++k, ++counter[1]) {
      const auto four = philox4x64::block(counter, like.key_);
      for (std::size_t lane = 0; lane < 4; ++lane) words_[4 * k + lane] = four[lane];
    }
  }

  std::uint64_t made_ = 0;  ///< t / 16 of the streams whose words are there; those of 0 never are
  std::array<std::uint64_t, 4 * group> words_;
};

}  // namespace simulacra
