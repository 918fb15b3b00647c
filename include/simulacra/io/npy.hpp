#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <initializer_list>
#include <span>
#include <string>
#include <type_traits>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/io/text.hpp>

namespace simulacra {

/// Numbers with a shape, as the bytes of NumPy's `.npy` format, version 1.0, in C order (the last index runs fastest).
/// @throw std::invalid_argument if the shape does not hold as many numbers as there are
template <class T>
  requires(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>)
[[nodiscard]] std::string npy(std::span<const T> values, std::span<const Index> shape) {
  static_assert(std::endian::native == std::endian::little || std::endian::native == std::endian::big);
  std::string axes;
  Index size = 1;
  for (const Index n : shape) {
    argument::require(n >= 0, "npy", "shape", n, "have no negative entry");
    size *= n;
    axes.append(axes.empty() ? "" : ", ").append(argument::text(n));
  }
  if (shape.size() == 1) axes += ',';  // as Python writes a tuple of one
  argument::require(size == static_cast<Index>(values.size()), "npy", "values.size()", values.size(),
                    "fill the shape exactly");
  const char kind = std::is_floating_point_v<T> ? 'f' : (std::is_signed_v<T> ? 'i' : 'u');
  const char order = sizeof(T) == 1 ? '|' : (std::endian::native == std::endian::little ? '<' : '>');
  std::string header = std::string("{'descr': '") + order + kind + argument::text(sizeof(T)) +
                       "', 'fortran_order': False, 'shape': (" + axes + "), }";
  // Magic, version, the header's length, and the header padded so that the numbers start at a multiple of 64.
  constexpr std::size_t preamble = 10;
  header.append(63 - (preamble + header.size()) % 64, ' ').append("\n");
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size() & 0xFF);
  bytes += static_cast<char>(header.size() >> 8);
  bytes += header;
  const std::size_t begin = bytes.size();
  bytes.resize(begin + values.size_bytes());
  if (!values.empty()) std::memcpy(bytes.data() + begin, values.data(), values.size_bytes());
  return bytes;
}

/// Saves observations as an array of shape (n, d): one per row, as NumPy has them. A `samples` matrix, d x n and column-major,
/// has its numbers in that order already.
template <class T, int D>
void save_npy(const std::filesystem::path& path, const samples<T, D>& x) {
  const std::array<Index, 2> shape{x.cols(), x.rows()};
  write_file(path, npy(std::span<const T>(x.data(), static_cast<std::size_t>(x.size())), std::span<const Index>(shape)));
}

/// Saves numbers of any shape.
template <class T>
void save_npy(const std::filesystem::path& path, std::span<const T> values, std::initializer_list<Index> shape) {
  write_file(path, npy(values, std::span<const Index>(shape.begin(), shape.size())));
}

}  // namespace simulacra
