#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace simulacra::detail {

/// The length in bytes of the code point that begins at `at`, or 0 where the bytes are no UTF-8 (RFC 3629: no surrogates,
/// nothing above U+10FFFF, no more bytes than are needed).
inline std::size_t code_point_length(std::string_view s, std::size_t at) noexcept {
  const auto byte = [&](std::size_t i) { return at + i < s.size() ? static_cast<unsigned char>(s[at + i]) : 0u; };
  const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return byte(i) >= low && byte(i) <= high;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF)
    return follows(1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF) && follows(2) ? 3 : 0;
  if (lead >= 0xF0 && lead <= 0xF4)
    return follows(1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF) && follows(2) && follows(3) ? 4 : 0;
  return 0;
}

/// A byte that is no text, as four letters: \xE9.
inline void append_byte(std::string& text, char c) {
  constexpr char digits[] = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  text.append("\\x").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
}

/// Text that can be shown on one line: control characters and bytes that are no UTF-8 as \xE9, and no more than so many bytes of it.
inline std::string shown(std::string_view text, std::size_t most = 40) {
  std::string all;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = code_point_length(text, i);
    if (i + (length > 0 ? length : 1) > most) return all + "...";
    if (length == 0 || static_cast<unsigned char>(text[i]) < 0x20 || text[i] == '\x7F')
      append_byte(all, text[i]);
    else
      all += text.substr(i, length);
    i += length > 0 ? length : 1;
  }
  return all;
}

}  // namespace simulacra::detail
