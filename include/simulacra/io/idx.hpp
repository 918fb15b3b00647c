#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <ios>
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

namespace detail {

/// The longest header: four bytes, and four for each of 255 dimensions.
inline constexpr std::size_t longest_idx_header = 4 + 4 * std::size_t{255};

/// The shape in the header of an IDX file, checked against the length of the file before anything of that length is asked for.
/// @param begin  the first bytes of the file, the whole header if the file has it
/// @param size   bytes of the file
inline std::vector<Index> idx_shape(std::string_view begin, std::size_t size, std::string_view name) {
  constexpr std::string_view function = "read_idx";
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(begin[i])); };
  const auto cut_short = [&](std::size_t needed, const std::string& what) {
    if (size < needed)
      reject_file(function, name,
                  "is cut short: " + what + " needs " + argument::text(needed) + " bytes, and the file ends at offset " +
                      argument::text(size));
  };
  reject_gzip(function, name, begin);
  cut_short(4, "the magic number");
  if (byte(0) != 0 || byte(1) != 0)
    reject_file(function, name, "is no IDX file: it must begin with two bytes of 0 (offset 0)");
  if (byte(2) != 8)
    reject_file(function, name,
                "has numbers of type " + argument::text(byte(2)) + " (offset 2); only unsigned bytes, 8, are read");
  const std::size_t dimensions = byte(3), header = 4 + 4 * dimensions;
  if (dimensions == 0) reject_file(function, name, "has no dimension (offset 3)");
  cut_short(header, "the header");
  std::vector<Index> shape;
  std::size_t count = 1;
  for (std::size_t k = 0; k < dimensions; ++k) {
    const std::size_t at = 4 + 4 * k, n = byte(at) << 24 | byte(at + 1) << 16 | byte(at + 2) << 8 | byte(at + 3);
    if (n == 0) reject_file(function, name, "has a dimension of 0 (offset " + argument::text(at) + ")");
    if (n > (std::size_t{1} << 40) / count)  // more than a terabyte: the header is wrong
      reject_file(function, name, "has a shape that no file fills (offset " + argument::text(at) + ")");
    count *= n;
    shape.push_back(static_cast<Index>(n));
  }
  cut_short(header + count, "its shape");
  if (size > header + count)
    reject_file(function, name,
                "has " + argument::text(size - header - count) + " bytes too many from offset " +
                    argument::text(header + count) + " on");
  return shape;
}

/// Bytes from 0 to 255 as numbers from 0 to 1, a column for each of the first dimension.
template <class T>
samples<T> idx_samples(const idx_array& all, std::string_view name) {
  require_memory("read_idx_samples", name, static_cast<double>(all.bytes.size()) * sizeof(T));
  const Index n = all.shape.front(), d = static_cast<Index>(all.bytes.size()) / n;
  samples<T> x(d, n);
  for (Index i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<T>(static_cast<unsigned char>(all.bytes[static_cast<std::size_t>(i)])) / T(255);
  return x;
}

}  // namespace detail

/// Takes the bytes of an IDX file apart; see `read_idx`. @param name  what messages call it
[[nodiscard]] inline idx_array parse_idx(std::string_view bytes, std::string_view name = "bytes") {
  idx_array all{detail::idx_shape(bytes.substr(0, detail::longest_idx_header), bytes.size(), name), {}};
  all.bytes = bytes.substr(4 + 4 * all.shape.size());
  return all;
}

/// Reads an IDX file of unsigned bytes: two zero bytes, the type (8), the number of dimensions, each dimension as four bytes, the highest
/// first, then the numbers. It must be unpacked: `gunzip` comes first where the name ends in .gz.
/// @throw std::runtime_error that names the file and the offset at which it is not what it should be: cut short, too long, of
///        another type, empty; or that says how many bytes of memory it needs, where there are not that many
[[nodiscard]] inline idx_array read_idx(const std::filesystem::path& path) {
  constexpr std::string_view function = "read_idx";
  std::ifstream file = detail::opened(function, path);
  const std::string name = path.string();
  if (!std::filesystem::is_regular_file(path)) return parse_idx(detail::all_of(file, function, name), name);
  const auto size = static_cast<std::size_t>(std::filesystem::file_size(path));
  std::string begin((std::min)(size, detail::longest_idx_header), '\0');
  const auto take = [&](std::string& bytes) {
    if (!file.read(bytes.data(), static_cast<std::streamsize>(bytes.size())))
      detail::reject_file(function, name, "cannot be read to its end");
  };
  take(begin);
  idx_array all{detail::idx_shape(begin, size, name), {}};
  const std::size_t header = 4 + 4 * all.shape.size();
  detail::require_memory(function, name, static_cast<double>(size));
  all.bytes.resize(size - header);
  file.seekg(static_cast<std::streamoff>(header));
  take(all.bytes);
  return all;
}

/// Reads an IDX file whose first dimension counts observations: one column for each, the other dimensions in a row (the pixels of an
/// image line by line), from 0 to 1. @throw std::runtime_error as `read_idx`
template <class T = double>
[[nodiscard]] samples<T> read_idx_samples(const std::filesystem::path& path) {
  return detail::idx_samples<T>(read_idx(path), path.string());
}

/// Reads an IDX file of one dimension, as labels are. @throw std::runtime_error as `read_idx`, or if it has more dimensions
[[nodiscard]] inline std::vector<Index> read_idx_labels(const std::filesystem::path& path) {
  const idx_array all = read_idx(path);
  if (all.shape.size() != 1)
    detail::reject_file("read_idx_labels", path.string(),
                        "has " + argument::text(all.shape.size()) + " dimensions (offset 3); labels have 1");
  detail::require_memory("read_idx_labels", path.string(), static_cast<double>(all.bytes.size()) * sizeof(Index));
  std::vector<Index> labels;
  labels.reserve(all.bytes.size());
  for (const char c : all.bytes) labels.push_back(static_cast<Index>(static_cast<unsigned char>(c)));
  return labels;
}

}  // namespace simulacra
