#pragma once

#include <charconv>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <ios>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include <simulacra/core/argument.hpp>

namespace simulacra {

/// Writes a file whole or not at all: to a temporary name beside it, then renamed.
/// @throw std::runtime_error naming the path if it cannot be written
inline void write_file(const std::filesystem::path& path, std::string_view content) {
  const auto fail = [&](std::string_view why) {
    throw std::runtime_error("simulacra::write_file: cannot write " + path.string() + ": " + std::string(why));
  };
  std::error_code error;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
  if (error) fail(error.message());
  std::filesystem::path unfinished = path;
  unfinished += ".part";
  {
    std::ofstream file(unfinished, std::ios::binary | std::ios::trunc);
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
    file.close();
    if (!file) fail("the disk or its permissions did not allow it");
  }
  std::filesystem::rename(unfinished, path, error);
  if (error) fail(error.message());
}

namespace detail {

/// A number as it stands in our files: the shortest text that reads back as the same double; `nan`, `inf`, `-inf` in words.
inline std::string number(double v) {
  if (std::isnan(v)) return "nan";
  if (std::isinf(v)) return v > 0 ? "inf" : "-inf";
  return argument::text(v);
}

/// A field of a CSV file (RFC 4180): in quotes where it must be.
inline std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

/// A JSON string, quotes included (RFC 8259).
inline std::string json_string(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(c)));
      quoted += escape;
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

}  // namespace detail

}  // namespace simulacra
