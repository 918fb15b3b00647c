#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/utf8.hpp>
#include <simulacra/io/output_file.hpp>

namespace simulacra::detail {

/// A number as it stands in our files: the shortest text that reads back as the same double; `nan`, `inf`, `-inf` in words.
inline std::string number(double v) {
  if (std::isnan(v)) return "nan";
  if (std::isinf(v)) return v > 0 ? "inf" : "-inf";
  return argument::text(v);
}

/// A field of a CSV file (RFC 4180): in quotes where it must be. Blanks at an end and a mark of a comment are quoted, too.
inline std::string csv_field(std::string_view text) {
  const bool plain =
      text.find_first_of(",\"\r\n") == std::string_view::npos && !text.starts_with('#') &&
      (text.empty() || (text.front() != ' ' && text.front() != '\t' && text.back() != ' ' && text.back() != '\t'));
  if (plain) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

/// A JSON string, quotes included (RFC 8259). A byte that is no UTF-8, which JSON cannot hold, stands in it as \xE9.
inline std::string json_string(std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string quoted = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    const std::size_t length = code_point_length(text, i);
    if (length == 0) {
      quoted += '\\';
      append_byte(quoted, c);
    } else if (c == '"' || c == '\\') {
      quoted.append(1, '\\').append(1, c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      quoted.append("\\u00").append(1, digits[c >> 4]).append(1, digits[c & 15]);
    } else {
      quoted += text.substr(i, length);
    }
    i += length > 0 ? length : 1;
  }
  return quoted + '"';
}

/// One word of a shell, whatever is in it.
inline std::string shell_word(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + '\'';
}

/// A relative path that no command takes for a flag, for a pipe, or for a word of its own such as `-` and `~`.
inline std::string plain_path(std::string_view path) {
  return (path.starts_with('/') || path.starts_with("./") || path.starts_with("../") ? "" : "./") + std::string(path);
}

}  // namespace simulacra::detail
