#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <type_traits>

#include <simulacra/random/philox.hpp>
#include <simulacra/random/philox_avx512.hpp>

namespace simulacra {

/// What a stream is for. Each purpose has draws of its own, so a draw that is added in one place shifts no other.
enum class purpose : std::uint32_t { truth, sample, decode, subsample, fit, reference, metric, user };

/// Where a stream stands in an experiment.
struct coordinates {
  std::uint64_t generation = 0;
  std::uint64_t replicate = 0;
  purpose use = purpose::user;
  std::uint32_t component = 0;  ///< tells apart several streams of one purpose: ingredients, restarts, chains
  std::uint32_t member = 0;     ///< of a population, below 2^24; a lineage is member 0

  friend bool operator==(const coordinates&, const coordinates&) = default;
};

/// What the user chooses: the seed of the experiment, and the condition under which it is run. Conditions with equal numbers
/// share their random numbers; different numbers make them independent.
struct stream_key {
  std::uint64_t seed = 0;
  std::uint64_t condition = 0;

  friend bool operator==(const stream_key&, const stream_key&) = default;
};

/// A stream of random 64-bit words, addressed by coordinates: key = (seed, condition), counter = (block, generation,
/// replicate, and member, purpose and component). No two addresses share a word, making one costs nothing, and any can be made again
/// alone, on any machine. 2^64 words per address; past that it repeats.
///
/// Meets `std::uniform_random_bit_generator`. It is a value, is passed last, by reference, and is consumed; models and
/// estimators never store one.
class stream {
 public:
  using result_type = std::uint64_t;

  explicit constexpr stream(stream_key key, coordinates where = {}) noexcept
      : key_{key.seed, key.condition},
        base_{0, where.generation, where.replicate,
              (static_cast<std::uint64_t>(where.member) << 40) | (static_cast<std::uint64_t>(where.use) << 32) |
                  where.component} {}
  explicit constexpr stream(std::uint64_t seed) noexcept : stream(stream_key{seed, 0}) {}

  static constexpr result_type(min)() noexcept { return 0; }
  static constexpr result_type(max)() noexcept { return ~result_type{0}; }

  /// The next word.
  [[gnu::always_inline]] constexpr result_type operator()() noexcept {
    const std::uint64_t number = position_ >> 2;
    if (number != loaded_) load(number);
    return words_[static_cast<std::size_t>(position_++ & 3u)];
  }

  /// The next `out.size()` words: the same as that many calls, faster.
  constexpr void fill(std::span<result_type> out) noexcept {
    std::size_t i = 0;
    while (i < out.size() && (position_ & 3u) != 0) out[i++] = (*this)();
#ifdef SIMULACRA_PHILOX_AVX512
    const std::size_t groups = (out.size() - i) / detail::philox_group;
    if (out.size() - i >= 24 && !std::is_constant_evaluated() && detail::has_avx512()) {
      detail::philox_avx512<0>(position_ >> 2, base_, key_, out.data() + i, groups);
      i += groups * detail::philox_group;
      position_ += groups * detail::philox_group;
      if (const std::size_t rest = out.size() - i; rest >= 24) {  // cheaper than one block after the other
        std::array<result_type, detail::philox_group> whole;
        detail::philox_avx512<0>(position_ >> 2, base_, key_, whole.data(), 1);
        for (std::size_t k = 0; k < rest; ++k) out[i + k] = whole[k];
        position_ += rest;
        return;
      }
    }
#endif
    for (; i + 4 <= out.size(); i += 4, position_ += 4) {
      const auto words = block(position_ >> 2);
      for (std::size_t lane = 0; lane < 4; ++lane) out[i + lane] = words[lane];
    }
    while (i < out.size()) out[i++] = (*this)();
  }

  /// How many words have been consumed.
  [[nodiscard]] constexpr std::uint64_t position() const noexcept { return position_; }

  /// Goes to the word with the given number, forwards or back, at once.
  constexpr void seek(std::uint64_t position) noexcept { position_ = position; }

  /// The fresh stream of another generation and purpose of this seed, condition, replicate and member.
  [[nodiscard]] constexpr stream at(std::uint64_t generation, purpose use, std::uint32_t component = 0) const noexcept {
    return stream(key(), {generation, base_[2], use, component, static_cast<std::uint32_t>(base_[3] >> 40)});
  }

  /// A fresh stream of another member of this seed, condition and replicate: the root of that member's draws.
  [[nodiscard]] constexpr stream of_member(std::uint32_t member) const noexcept {
    return stream(key(), {0, base_[2], purpose::user, 0, member});
  }

  [[nodiscard]] constexpr stream_key key() const noexcept { return {key_[0], key_[1]}; }
  [[nodiscard]] constexpr coordinates where() const noexcept {
    return {base_[1], base_[2], static_cast<purpose>((base_[3] >> 32) & 0xff), static_cast<std::uint32_t>(base_[3]),
            static_cast<std::uint32_t>(base_[3] >> 40)};
  }

 private:
  friend class streams_ahead;

  /// Kept out of line: with a block of Philox in every place that takes a word, compilers inline nothing else there.
  [[gnu::noinline]] constexpr void load(std::uint64_t number) noexcept {
    const auto words = block(number);
    for (std::size_t lane = 0; lane < 4; ++lane) words_[lane] = words[lane];
    loaded_ = number;
  }

  [[gnu::always_inline, nodiscard]] constexpr philox4x64::counter_type block(std::uint64_t number) const noexcept {
    return philox4x64::block({number, base_[1], base_[2], base_[3]}, key_);
  }

  philox4x64::key_type key_;
  philox4x64::counter_type base_;
  philox4x64::counter_type words_{};
  std::uint64_t position_ = 0;
  std::uint64_t loaded_ = ~std::uint64_t{0};  ///< the number of the block in `words_`; none has this one
};

}  // namespace simulacra
