#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <istream>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/parse_number.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/core/utf8.hpp>
#include <simulacra/io/read_file.hpp>
#include <simulacra/io/text_reader.hpp>

namespace simulacra {

/// Whether the first row of a CSV file names the columns.
enum class csv_header {
  automatic,  ///< if every field of it looks like a name; see `read_samples_csv`
  yes,        ///< it does, whatever is in it
  no          ///< it is an observation
};

/// How a CSV file is read: `{.columns = 3, .header = csv_header::yes}`.
struct csv_options {
  Index columns = 0;  ///< how many fields a row has; 0: as many as the first one
  csv_header header = csv_header::automatic;
};

namespace detail {

/// Whether a letter begins at a place of a text, as names of columns have them: of ASCII, `_`, or a code point that is no sign, mark, kind of
/// blank or currency. (What is no UTF-8 is none: an old text has the blank 0xA0 before a number.)
inline bool letter_at(std::string_view text, std::size_t at, std::size_t length) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[at + i])); };
  const auto within = [](std::uint32_t c, std::uint32_t from, std::uint32_t to) { return c >= from && c <= to; };
  std::uint32_t c = byte(0);
  if (length == 1) return within(c | 0x20u, 'a', 'z') || c == '_';
  if (length == 0) return false;
  c &= 0xFFu >> (length + 1);
  for (std::size_t i = 1; i < length; ++i) c = c << 6 | (byte(i) & 0x3Fu);
  if (within(c, 0x80, 0xBF)) return c == 0xAA || c == 0xB5 || c == 0xBA;
  return !within(c, 0x2000, 0x2BFF) && !within(c, 0x3000, 0x303F) && !within(c, 0xFE00, 0xFE6F) && c != 0xFEFF &&
         !within(c, 0xFF00, 0xFF20) && !within(c, 0xFFE0, 0xFFFF) && c != 0xD7 && c != 0xF7;
}

/// Whether a field looks like the name of a column: a letter is in it and comes before the first digit, and it is no word for a number, for
/// a value that is missing, or for an error of a spreadsheet (#DIV/0!, Err:502).
inline bool is_column_name(std::string_view field) {
  if (field.empty() || (field.front() == '#' && (field.ends_with('!') || field.ends_with('?'))) || field.starts_with("Err:"))
    return false;
  std::size_t first = 0;
  for (std::size_t length = 0;; first += length) {
    if (first >= field.size() || (field[first] >= '0' && field[first] <= '9')) return false;
    const std::size_t whole = code_point_length(field, first);
    if (letter_at(field, first, whole)) break;
    length = (std::max)(whole, std::size_t{1});
  }
  std::string word;
  for (const char c : field.substr(first))
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & '\x80') != 0)
      word += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const std::string_view no :
       {"na", "nan", "nat", "null", "nil", "none", "missing", "undefined", "inf", "infinity", "true", "false"})
    if (word == no) return false;
  return !(word.starts_with("nan") && field.find('(') != std::string_view::npos);
}

/// The header by its looks: every field is a name or empty, and there is a name.
inline bool is_csv_header(std::span<const std::string_view> fields) {
  bool named = false;
  for (const std::string_view field : fields) {
    if (!field.empty() && !is_column_name(field)) return false;
    named = named || !field.empty();
  }
  return named;
}

/// @param function  what messages call it   @param names  if not null, becomes the fields of the header
template <class T>
samples<T> csv_samples(std::istream& in, std::string_view name, const csv_options& how, std::size_t piece,
                       std::string_view function = "read_samples_csv", std::vector<std::string>* names = nullptr) {
  argument::require(how.columns >= 0, function, "columns", how.columns, "not be negative");
  text_reader reader(in, function, name, piece);
  std::vector<T> numbers;
  Index columns = how.columns, rows = 0;
  for (bool first = true; reader.next_record();) {
    const std::span<const std::string_view> fields = reader.fields();
    if (fields.size() == 1 && fields[0].empty() && reader.text().empty()) continue;
    const bool header =
        first && (how.header == csv_header::yes || (how.header == csv_header::automatic && is_csv_header(fields)));
    if (header && names != nullptr) names->assign(fields.begin(), fields.end());
    for (std::size_t k = 0; k < fields.size() && !header; ++k) {
      T value{};
      std::string_view field = fields[k];  // a quoted number may have blanks inside its quotes
      while (!field.empty() && (field.front() == ' ' || field.front() == '\t')) field.remove_prefix(1);
      while (!field.empty() && (field.back() == ' ' || field.back() == '\t')) field.remove_suffix(1);
      if (!parse_number(field, value) || !(std::abs(value) <= (std::numeric_limits<T>::max)()))
        reader.fail("field " + argument::text(k + 1) + " is '" + shown(fields[k]) + "'; it must be a finite number" +
                    (first && how.header == csv_header::automatic
                         ? " (where the first row names the columns, say .header = csv_header::yes)"
                         : ""));
      if (numbers.size() == numbers.capacity())
        require_memory(function, name, 3.0 * sizeof(T) * static_cast<double>(numbers.size()));
      numbers.push_back(value);
    }
    if (columns == 0) columns = static_cast<Index>(fields.size());
    if (static_cast<Index>(fields.size()) != columns)
      reader.fail(argument::text(fields.size()) + " fields; it must have " + argument::text(columns));
    rows += header ? 0 : 1;
    first = false;
  }
  if (rows == 0) reject_file(function, name, "holds no observation");
  return Eigen::Map<const samples<T>>(numbers.data(), columns, rows);
}

}  // namespace detail

/// Reads observations from a CSV file: one in a row, so the transpose of `samples`; d x n is returned. What `samples_csv` writes is read.
///
/// Fields may be in quotes (RFC 4180), numbers too; empty lines and byte order marks are passed over; lines end with `\n` or `\r\n`; numbers
/// are read whatever the locale, with a sign or without, and what is too small for T is 0.
///
/// The first row names the columns (`csv_header::automatic`) if each of its fields is a name or empty, and one at least is a name. A name has a
/// letter or `_` in it before any digit, so does not begin as a number does, with or without a sign, a quote or a currency, and is none of the
/// words na, nan, nat, null, nil, none, missing, undefined, inf, infinity, true, false, in letters of any size, nor what a spreadsheet says of an
/// error (`#DIV/0!`). Any other first row is an observation, so nothing vanishes: `NA,NA`, `--` and `1.0D+03` are errors there as everywhere. Names such as `0,1` look like an
/// observation: say `.header = csv_header::yes`.
///
/// Memory: the numbers, up to three times while they grow; not the file.
/// @throw std::runtime_error that names the file and the line of the first row that is too short or too long, of the first field
///        that is no finite number (or none of type T), or a file without a row, that is no text, or needs more memory than there is
template <class T = double>
[[nodiscard]] samples<T> read_samples_csv(const std::filesystem::path& path, const csv_options& how) {
  std::ifstream file = detail::opened("read_samples_csv", path);
  return detail::csv_samples<T>(file, path.string(), how, std::size_t{1} << 16);
}
template <class T = double>
[[nodiscard]] samples<T> read_samples_csv(const std::filesystem::path& path, Index columns = 0) {
  return read_samples_csv<T>(path, csv_options{.columns = columns});
}

/// The same of a text in memory. @param name  what messages call it
template <class T = double>
[[nodiscard]] samples<T> parse_samples_csv(std::string_view text, std::string_view name = "text",
                                           const csv_options& how = {}) {
  detail::text_in_memory in(text);
  return detail::csv_samples<T>(in, name, how, detail::piece_of(text.size()));
}

}  // namespace simulacra
