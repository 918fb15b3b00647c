#pragma once

#include <filesystem>
#include <fstream>
#include <ios>
#include <stdexcept>
#include <string>
#include <string_view>

namespace simulacra::detail {

/// Says what is wrong with a file: `simulacra::<function>: <path>: <what>`.
[[noreturn]] inline void reject_file(std::string_view function, const std::filesystem::path& path, std::string_view what) {
  throw std::runtime_error("simulacra::" + std::string(function) + ": " + path.string() + ": " + std::string(what));
}

/// A file as it is. @throw std::runtime_error naming it if it cannot be read
inline std::string whole_file(std::string_view function, const std::filesystem::path& path) {
  std::error_code none;
  if (std::filesystem::is_directory(path, none)) reject_file(function, path, "is a folder, not a file");
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) reject_file(function, path, "cannot be opened");
  const std::streamoff size = file.tellg();
  std::string bytes(size > 0 ? static_cast<std::size_t>(size) : 0, '\0');
  file.seekg(0);
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file) reject_file(function, path, "cannot be read to its end");
  if (bytes.size() >= 2 && bytes[0] == '\x1F' && bytes[1] == '\x8B')
    reject_file(function, path, "is compressed by gzip; unpack it first: gunzip --keep " + path.string());
  return bytes;
}

}  // namespace simulacra::detail
