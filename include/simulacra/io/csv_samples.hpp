#pragma once

#include <charconv>
#include <cmath>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/io/read_file.hpp>

namespace simulacra {

/// Reads observations from a CSV file: one in a row, so the transpose of `samples`; d x n is returned. What `samples_csv` writes is read.
/// A first line in which no field is a number, `nan` and `inf` being numbers, is a header. Empty lines and a byte order mark are
/// passed over; numbers are read whatever the locale, with a sign or without.
/// @param columns  how many fields a row has; 0: as many as the first one
/// @throw std::runtime_error that names the file and the line of the first row that is too short or too long, of the first field
///        that is no finite number (or none of type T), or a file without a row
template <class T = double>
[[nodiscard]] samples<T> read_samples_csv(const std::filesystem::path& path, Index columns = 0) {
  constexpr std::string_view function = "read_samples_csv";
  constexpr double largest = static_cast<double>((std::numeric_limits<T>::max)());
  argument::require(columns >= 0, function, "columns", columns, "not be negative");
  const std::string text = detail::whole_file(function, path);
  std::string_view all(text);
  if (all.starts_with("\xEF\xBB\xBF")) all.remove_prefix(3);
  std::vector<T> numbers, row;
  Index rows = 0, line = 0;
  bool first = true;  ///< nothing but empty lines was read so far
  const auto reject = [&](const std::string& what) {
    detail::reject_file(function, path, "line " + argument::text(line) + ": " + what);
  };
  for (std::size_t begin = 0; begin < all.size();) {
    std::size_t end = all.find('\n', begin);
    if (end == std::string_view::npos) end = all.size();
    std::string_view rest = all.substr(begin, end - begin);
    begin = end + 1;
    ++line;
    if (!rest.empty() && rest.back() == '\r') rest.remove_suffix(1);
    if (rest.find_first_not_of(" \t") == std::string_view::npos) continue;
    row.clear();
    Index fields = 0, bad = 0;
    bool header = std::exchange(first, false);
    std::string_view first_bad;
    for (bool more = true; more;) {
      const std::size_t comma = rest.find(',');
      std::string_view field = rest.substr(0, comma);
      more = comma != std::string_view::npos;
      if (more) rest.remove_prefix(comma + 1);
      while (!field.empty() && (field.front() == ' ' || field.front() == '\t')) field.remove_prefix(1);
      while (!field.empty() && (field.back() == ' ' || field.back() == '\t')) field.remove_suffix(1);
      ++fields;
      double value = 0;
      const std::size_t sign = field.size() > 1 && field[0] == '+' && field[1] != '-' ? 1 : 0;  // from_chars takes no plus
      const auto [stop, error] = std::from_chars(field.data() + sign, field.data() + field.size(), value);
      const bool number = !field.empty() && error != std::errc::invalid_argument && stop == field.data() + field.size();
      header = header && !number;
      if (!number || error != std::errc{} || !(std::abs(value) <= largest)) {
        if (bad == 0) first_bad = field;
        bad = bad == 0 ? fields : bad;
        continue;
      }
      row.push_back(static_cast<T>(value));
    }
    if (bad > 0 && !header)
      reject("field " + argument::text(bad) + " is '" + std::string(first_bad.substr(0, 40)) +
             "'; it must be a finite number");
    if (columns == 0) columns = fields;
    if (fields != columns) reject(argument::text(fields) + " fields; it must have " + argument::text(columns));
    if (header) continue;
    numbers.insert(numbers.end(), row.begin(), row.end());
    ++rows;
  }
  if (rows == 0) detail::reject_file(function, path, "holds no observation");
  return Eigen::Map<const samples<T>>(numbers.data(), columns, rows);
}

}  // namespace simulacra
