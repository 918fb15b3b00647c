#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <ios>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <simulacra/core/argument.hpp>

/// Files as a whole, for the readers of text.
namespace simulacra::detail {

/// What a file that begins like this is, in words, where it is no text but a container of one; empty where nothing is known of it.
inline std::string_view container_of(std::string_view content) {
  constexpr std::pair<std::string_view, std::string_view> known[]{
      {"\x1F\x8B", "compressed (gzip)"},
      {"\x1F\x9D", "compressed (compress)"},
      {"BZh", "compressed (bzip2)"},
      {"\xFD\x37zXZ", "compressed (xz)"},
      {"\x28\xB5\x2F\xFD", "compressed (zstd)"},
      {"PK\x03\x04", "an archive (zip)"},
      {"mmap lm http://kheafield.com/code", "a binary model of KenLM"}};
  for (const auto& [begins, what] : known)
    if (content.starts_with(begins)) return what;
  return {};
}

/// The bytes of a file. @param reject  is called with the reason where it is no file, or cannot be read, and does not return
template <class F>
[[nodiscard]] std::string whole_file(const std::filesystem::path& path, F&& reject,
                                     std::string_view missing = "there is no such file") {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) reject(std::string(missing));
  if (std::filesystem::is_directory(status)) reject("this is a folder, and no file");
  if (std::filesystem::is_character_file(status) || std::filesystem::is_block_file(status))
    reject("this is a device, and no file");
  std::ifstream file(path, std::ios::binary);
  if (!file) reject("the file cannot be read");
  std::string content;
  const std::uintmax_t size = std::filesystem::is_regular_file(status) ? std::filesystem::file_size(path, error) : 0;
  try {
    if (!error) content.reserve(static_cast<std::size_t>(size));
    char block[1 << 16];
    while (file.read(block, sizeof block), file.gcount() > 0) content.append(block, static_cast<std::size_t>(file.gcount()));
  } catch (const std::bad_alloc&) {
    reject("the file has " + argument::text(size) + " bytes, more than memory can be had for");
  } catch (const std::length_error&) {
    reject("the file has " + argument::text(size) + " bytes, more than a text can");
  }
  if (file.bad()) reject("the file cannot be read");
  return content;
}

}  // namespace simulacra::detail
