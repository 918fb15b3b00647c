#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include <simulacra/random/stream.hpp>
#include <simulacra/random/ziggurat_table.hpp>

namespace simulacra {

namespace detail {

/// One word, cut into its independent parts: layer (bits 0-7) and signed magnitude (bits 10-63, two's complement). No bit
/// serves twice; sharing them is the flaw that Doornik (2005), "An improved ziggurat method to generate normal random
/// samples", found.
struct ziggurat_candidate {
  std::size_t layer;
  double x;

  explicit ziggurat_candidate(std::uint64_t word) noexcept
      : layer(word & 0xFFu), x(static_cast<double>(static_cast<std::int64_t>(word) >> 10) * ziggurat::layers[layer].scale) {}

  [[nodiscard]] bool inside() const noexcept { return std::abs(x) < ziggurat::layers[layer].inside; }
};

/// What becomes of a word outside the fast region, about 1 in 70: wedge, tail, or all over again. The further words that
/// this takes are SplitMix64's, started from the word itself: so a word has one normal, and a normal one word.
/// Source of SplitMix64: Steele, Lea, Flood (2014), "Fast splittable pseudorandom number generators".
[[gnu::noinline]] inline double ziggurat_slow(std::uint64_t word) noexcept {
  const auto next = [&word] {
    word += 0x9E3779B97F4A7C15u;
    std::uint64_t mixed = word;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
  };
  const auto open = [&next] { return (static_cast<double>(next() >> 12) + 0.5) * 0x1p-52; };

  for (ziggurat_candidate c(word);; c = ziggurat_candidate(next())) {
    if (c.inside()) return c.x;
    if (c.layer == 0) {  // beyond R, exactly: Marsaglia (1964)
      for (;;) {
        const double beyond = -std::log(open()) / ziggurat::x[1];
        const double height = -std::log(open());
        if (2 * height >= beyond * beyond) return std::copysign(ziggurat::x[1] + beyond, c.x);
      }
    }
    const double y = ziggurat::f[c.layer] + open() * (ziggurat::f[c.layer + 1] - ziggurat::f[c.layer]);
    if (y < std::exp(-0.5 * c.x * c.x)) return c.x;
  }
}

/// The standard normal number of a word.
[[gnu::always_inline, nodiscard]] inline double normal_of(std::uint64_t word) noexcept {
  const ziggurat_candidate c(word);
  if (c.inside()) [[likely]]
    return c.x;
  return ziggurat_slow(word);
}

}  // namespace detail

/// A standard normal number: a ziggurat of 256 layers with a 53-bit magnitude and an exact tail.
///
/// Exactly one word per number, so the n-th normal of a stream is a function of its n-th word: draws stay paired under
/// common random numbers, and any of them can be reached by `seek`. (The 1 in 70 that need more randomness hash their own
/// word for it. Each value thus has a probability that is a multiple of 2^-64, as with inversion.)
/// Source: Marsaglia, Tsang (2000), "The ziggurat method for generating random variables", J. Statistical Software 5(8);
/// the bits are assigned after Doornik (2005).
[[gnu::always_inline, nodiscard]] inline double standard_normal(stream& rng) noexcept { return detail::normal_of(rng()); }

/// Fills `out` with standard normal numbers: the values, and the position after them, of that many calls of
/// `standard_normal` (for float: rounded). Faster, since words are made in bulk.
template <class T>
  requires std::same_as<T, float> || std::same_as<T, double>
void fill_normal(std::span<T> out, stream& rng) noexcept {
  std::array<std::uint64_t, 256> words;
  for (std::size_t done = 0; done < out.size();) {
    const std::size_t count = (std::min)(words.size(), out.size() - done);
    rng.fill(std::span(words).first(count));
    T* const to = out.data() + done;
    for (std::size_t i = 0; i < count; ++i) to[i] = static_cast<T>(detail::normal_of(words[i]));
    done += count;
  }
}

}  // namespace simulacra
