#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <ios>
#include <istream>
#include <stdexcept>
#include <streambuf>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/io/text.hpp>

namespace simulacra::detail {

/// Says what is wrong with a file: `simulacra::<function>: <path>: <what>`.
[[noreturn]] inline void reject_file(std::string_view function, std::string_view name, std::string_view what) {
  throw std::runtime_error("simulacra::" + std::string(function) + ": " + std::string(name) + ": " + std::string(what));
}

/// Refuses what this machine has no memory for, before it is asked for: a system that promises more than it has ends the program
/// in the middle of its work.
inline void require_memory(std::string_view function, std::string_view name, double bytes) {
  const std::size_t most = argument::most_bytes();
  if (bytes > static_cast<double>(most))
    reject_file(function, name,
                "needs " + (bytes < 9e15 ? argument::text(static_cast<std::uint64_t>(bytes)) : argument::text(bytes)) +
                    " bytes of memory, and this machine has " + argument::text(most));
}

/// An open file, or what comes out of a pipe. @throw std::runtime_error naming it if it is a folder or a device, or cannot be opened
inline std::ifstream opened(std::string_view function, const std::filesystem::path& path) {
  std::error_code none;
  const auto type = std::filesystem::status(path, none).type();
  if (type == std::filesystem::file_type::directory) reject_file(function, path.string(), "is a folder, not a file");
  if (type == std::filesystem::file_type::block || type == std::filesystem::file_type::character)
    reject_file(function, path.string(), "is a device, not a file");
  std::ifstream file(path, std::ios::binary);
  if (!file) reject_file(function, path.string(), "cannot be opened");
  return file;
}

/// The length of a file in bytes; 0 of a pipe, whose end nobody knows.
inline std::uintmax_t length_of(const std::filesystem::path& path) {
  std::error_code none;
  const bool known = std::filesystem::is_regular_file(path, none);
  const std::uintmax_t size = known ? std::filesystem::file_size(path, none) : 0;
  return none ? 0 : size;
}

/// What comes out of a pipe, whose length shows at its end; memory grows with what is there, and with nothing that it says of itself.
inline std::string all_of(std::istream& file, std::string_view function, std::string_view name) {
  std::string bytes;
  for (std::vector<char> piece(std::size_t{1} << 16); file;) {
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    bytes.append(piece.data(), static_cast<std::size_t>(file.gcount()));
    require_memory(function, name, 2.0 * static_cast<double>(bytes.size()));
  }
  if (file.bad()) reject_file(function, name, "cannot be read to its end");
  return bytes;
}

/// Refuses what gzip made: it begins with these two bytes.
inline void reject_gzip(std::string_view function, std::string_view name, std::string_view begin) {
  if (begin.starts_with("\x1F\x8B"))
    reject_file(function, name, "is compressed by gzip; unpack it first: gunzip --keep -- " + shell_word(plain_path(name)));
}

/// How much of a text of known length is read at once.
inline std::size_t piece_of(std::size_t length) { return (std::min)(length + 1, std::size_t{1} << 16); }

/// A text in memory as a stream, without a copy.
class text_in_memory : private std::streambuf, public std::istream {
 public:
  explicit text_in_memory(std::string_view text) : std::istream(nullptr) {
    char* begin = const_cast<char*>(text.data());  // only read
    setg(begin, begin, begin + text.size());
    rdbuf(static_cast<std::streambuf*>(this));
  }
};

}  // namespace simulacra::detail
