#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/io/text.hpp>

namespace simulacra {

namespace detail {

/// The head of an `.npy` file: magic, version, the length of the header and the header, padded so that the numbers start at a multiple
/// of 64. Version 1.0, or 2.0 where 16 bits do not hold the length of the header.
template <class T>
  requires(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>)
std::string npy_head(std::size_t values, std::span<const Index> shape) {
  static_assert(std::endian::native == std::endian::little || std::endian::native == std::endian::big);
  std::string axes;
  const auto most = static_cast<std::size_t>((std::numeric_limits<Index>::max)());
  std::size_t size = 1;
  bool empty = false, fits = true;  // an axis of 0 makes the product 0 wherever it stands
  for (const Index n : shape) {
    argument::require(n >= 0, "npy", "shape", n, "have no negative entry");
    empty = empty || n == 0;
    fits = fits && (n == 0 || size <= most / static_cast<std::size_t>(n));
    if (fits && n > 0) size *= static_cast<std::size_t>(n);
    axes.append(axes.empty() ? "" : ", ").append(argument::text(n));
  }
  if (shape.size() == 1) axes += ',';  // as Python writes a tuple of one
  argument::require(empty ? values == 0 : fits && size == values, "npy", "values.size()", values, "fill the shape exactly");
  const char kind = std::is_floating_point_v<T> ? 'f' : (std::is_signed_v<T> ? 'i' : 'u');
  const char order = sizeof(T) == 1 ? '|' : (std::endian::native == std::endian::little ? '<' : '>');
  std::string header = std::string("{'descr': '") + order + kind + argument::text(sizeof(T)) +
                       "', 'fortran_order': False, 'shape': (" + axes + "), }";
  std::size_t preamble = 10;
  const auto padded = [&] { return (preamble + header.size()) / 64 * 64 + 64 - preamble; };
  const bool longer = padded() > 0xFFFF;
  if (longer) preamble = 12;
  const std::size_t length = padded();
  argument::require(length <= 0xFFFFFFFF, "npy", "shape.size()", shape.size(), "make a header under 2^32 bytes");
  header.append(length - 1 - header.size(), ' ').append("\n");
  std::string head(longer ? "\x93NUMPY\x02\x00" : "\x93NUMPY\x01\x00", 8);
  for (std::size_t k = 8; k < preamble; ++k) head += static_cast<char>(length >> 8 * (k - 8) & 0xFF);
  return head + header;
}

template <class T>
std::string_view bytes_of(std::span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

}  // namespace detail

/// Numbers with a shape, as the bytes of NumPy's `.npy` format in C order (the last index runs fastest).
/// @throw std::invalid_argument if the shape does not hold as many numbers as there are
template <class T>
  requires(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>)
[[nodiscard]] std::string npy(std::span<const T> values, std::span<const Index> shape) {
  std::string bytes = detail::npy_head<T>(values.size(), shape);
  return bytes += detail::bytes_of(values);
}

/// Saves numbers of any shape; no copy of them is made.
/// @throw std::invalid_argument as `npy`   @throw std::runtime_error naming the path if it cannot be written
template <class T>
void save_npy(const std::filesystem::path& path, std::span<const T> values, std::span<const Index> shape) {
  const std::string head = detail::npy_head<T>(values.size(), shape);
  output_file file(path, "save_npy");
  file.write(head);
  file.write(detail::bytes_of(values));
  file.commit();
}
template <class T>
void save_npy(const std::filesystem::path& path, std::span<const T> values, std::initializer_list<Index> shape) {
  save_npy(path, values, std::span<const Index>(shape.begin(), shape.size()));
}

/// Saves observations as an array of shape (n, d): one per row, as NumPy has them. A `samples` matrix, d x n and column-major,
/// has its numbers in that order already.
template <class T, int D>
void save_npy(const std::filesystem::path& path, const samples<T, D>& x) {
  const std::array<Index, 2> shape{x.cols(), x.rows()};
  save_npy(path, std::span<const T>(x.data(), static_cast<std::size_t>(x.size())), std::span<const Index>(shape));
}

}  // namespace simulacra
