#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/io/text.hpp>

/// What writer and reader of the files of records agree upon.
namespace simulacra::detail {

/// Bytes of memory that records of a shape take.
inline double records_bytes(Index replicates, std::size_t generations, std::size_t metrics) {
  return static_cast<double>(replicates) * (8 * static_cast<double>(generations) * static_cast<double>(metrics) + 1);
}

/// What a file of any length may ask for in memory; beyond that so many times its length, for replicates that were not finished.
inline constexpr double always_believed = 1 << 28, times_its_length = 4096;

/// What no file of records can hold, in words; nothing if all is well.
inline std::string fault_of_columns(const std::vector<std::string>& metrics, const std::vector<Index>& generations) {
  if (metrics.empty()) return "there is no metric";
  std::vector<std::string_view> names(metrics.begin(), metrics.end());
  std::sort(names.begin(), names.end());
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (names[k].empty()) return "a metric has no name";
    if (names[k].find('\0') != std::string_view::npos) return "the name of a metric has a byte of 0";
    if (k > 0 && names[k] == names[k - 1]) return "the metric '" + shown(names[k]) + "' is there twice";
  }
  for (std::size_t k = 0; k < generations.size(); ++k)
    if (generations[k] < 0 || (k > 0 && generations[k] <= generations[k - 1]))
      return "generation " + argument::text(generations[k]) + " is not above the one before";
  return {};
}

/// Text on one line, and back: a backslash is written twice, a line break as \n, what else is below a blank as \x1F.
inline std::string escaped(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (c == '\\')
      line += "\\\\";
    else if (c == '\n')
      line += "\\n";
    else if (static_cast<unsigned char>(c) < 0x20)
      append_byte(line, c);
    else
      line += c;
  }
  return line;
}
inline std::string unescaped(std::string_view line) {
  const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; };
  std::string text;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i], next = i + 1 < line.size() ? line[i + 1] : '\0';
    if (c != '\\' || (next != '\\' && next != 'n' && next != 'x')) {
      text += c;
    } else if (next != 'x') {
      text += next == 'n' ? '\n' : '\\';
      ++i;
    } else if (i + 3 < line.size() && digit(line[i + 2]) >= 0 && digit(line[i + 3]) >= 0) {
      text += static_cast<char>(16 * digit(line[i + 2]) + digit(line[i + 3]));
      i += 3;
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace simulacra::detail
