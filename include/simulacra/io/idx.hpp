#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/io/read_file.hpp>

namespace simulacra {

/// Bytes with a shape, as the files of MNIST have them; the last index runs fastest.
struct idx_array {
  std::vector<Index> shape;
  std::string bytes;
};

/// Reads an IDX file of unsigned bytes: two zero bytes, the type (8), the number of dimensions, each dimension as four bytes, the highest
/// first, then the numbers. It must be unpacked: `gunzip` comes first where the name ends in .gz.
/// @throw std::runtime_error that names the file and the offset at which it is not what it should be: cut short, too long, of
///        another type, empty
[[nodiscard]] inline idx_array read_idx(const std::filesystem::path& path) {
  constexpr std::string_view function = "read_idx";
  idx_array all{{}, detail::whole_file(function, path)};
  const std::size_t size = all.bytes.size();
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(all.bytes[i])); };
  const auto cut_short = [&](std::size_t needed, const std::string& what) {
    if (size < needed)
      detail::reject_file(function, path,
                          "is cut short: " + what + " needs " + argument::text(needed) +
                              " bytes, and the file ends at offset " + argument::text(size));
  };
  cut_short(4, "the magic number");
  if (byte(0) != 0 || byte(1) != 0)
    detail::reject_file(function, path, "is no IDX file: it must begin with two bytes of 0 (offset 0)");
  if (byte(2) != 8)
    detail::reject_file(function, path,
                        "has numbers of type " + argument::text(byte(2)) + " (offset 2); only unsigned bytes, 8, are read");
  const std::size_t dimensions = byte(3), begin = 4 + 4 * dimensions;
  if (dimensions == 0) detail::reject_file(function, path, "has no dimension (offset 3)");
  cut_short(begin, "the header");
  std::size_t count = 1;
  for (std::size_t k = 0; k < dimensions; ++k) {
    const std::size_t at = 4 + 4 * k, n = byte(at) << 24 | byte(at + 1) << 16 | byte(at + 2) << 8 | byte(at + 3);
    if (n == 0) detail::reject_file(function, path, "has a dimension of 0 (offset " + argument::text(at) + ")");
    if (n > (std::size_t{1} << 40) / count)  // more than a terabyte: the header is wrong
      detail::reject_file(function, path, "has a shape that no file fills (offset " + argument::text(at) + ")");
    count *= n;
    all.shape.push_back(static_cast<Index>(n));
  }
  cut_short(begin + count, "its shape");
  if (size > begin + count)
    detail::reject_file(function, path,
                        "has " + argument::text(size - begin - count) + " bytes too many from offset " +
                            argument::text(begin + count) + " on");
  all.bytes.erase(0, begin);
  return all;
}

/// Reads an IDX file whose first dimension counts observations: one column for each, the other dimensions in a row (the pixels of an
/// image line by line), from 0 to 1. @throw std::runtime_error as `read_idx`
template <class T = double>
[[nodiscard]] samples<T> read_idx_samples(const std::filesystem::path& path) {
  const idx_array all = read_idx(path);
  const Index n = all.shape.front(), d = static_cast<Index>(all.bytes.size()) / n;
  samples<T> x(d, n);
  for (Index i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<T>(static_cast<unsigned char>(all.bytes[static_cast<std::size_t>(i)])) / T(255);
  return x;
}

/// Reads an IDX file of one dimension, as labels are. @throw std::runtime_error as `read_idx`, or if it has more dimensions
[[nodiscard]] inline std::vector<Index> read_idx_labels(const std::filesystem::path& path) {
  const idx_array all = read_idx(path);
  if (all.shape.size() != 1)
    detail::reject_file("read_idx_labels", path,
                        "has " + argument::text(all.shape.size()) + " dimensions (offset 3); labels have 1");
  std::vector<Index> labels;
  labels.reserve(all.bytes.size());
  for (const char c : all.bytes) labels.push_back(static_cast<Index>(static_cast<unsigned char>(c)));
  return labels;
}

}  // namespace simulacra
