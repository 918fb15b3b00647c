#pragma once

#include <cstdint>

#include <simulacra/core/argument.hpp>
#include <simulacra/numerics/multiply.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// A uniform number in [0, 1): one of the 2^53 multiples of 2^-53. One word.
[[nodiscard]] constexpr double uniform(stream& rng) noexcept { return static_cast<double>(rng() >> 11) * 0x1p-53; }

/// A uniform number in the open interval (0, 1): the 2^52 odd multiples of 2^-53, symmetric about 1/2, so that neither
/// log(u) nor log(1 - u) is ever infinite. One word.
[[nodiscard]] constexpr double uniform_open(stream& rng) noexcept {
  return (static_cast<double>(rng() >> 12) + 0.5) * 0x1p-52;
}

namespace detail {

/// Uniform on {0, ..., n - 1} for n >= 1, unchecked, for loops that have checked once. The high half of word * n; a word
/// whose low half falls under 2^64 mod n is drawn again, which makes every value equally likely.
[[nodiscard]] constexpr std::uint64_t uniform_below(std::uint64_t n, stream& rng) noexcept {
  wide_product p = multiply_wide(rng(), n);
  if (p.low < n) [[unlikely]] {
    const std::uint64_t excess = (0 - n) % n;
    while (p.low < excess) p = multiply_wide(rng(), n);
  }
  return p.high;
}

}  // namespace detail

/// A uniform index in {0, ..., n - 1}, without bias. Usually one word; another with probability under n / 2^64.
/// Throws `std::invalid_argument` unless n >= 1.
/// Source: Lemire (2019), "Fast random integer generation in an interval", ACM TOMACS.
[[nodiscard]] inline Index uniform_index(Index n, stream& rng) {
  argument::require(n >= 1, "uniform_index", "n", n, "be at least 1");
  return static_cast<Index>(detail::uniform_below(static_cast<std::uint64_t>(n), rng));
}

}  // namespace simulacra
