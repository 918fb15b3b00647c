#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <istream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/labelled.hpp>
#include <simulacra/core/parse_number.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/io/csv_samples.hpp>
#include <simulacra/io/read_file.hpp>

namespace simulacra {

/// How a CSV file of labelled data is read: `{.labels = "price"}`.
struct csv_labels {
  /// The column that holds the labels: its name in the first row; with `csv_header::no`, its number, from 1. All others are inputs.
  std::string labels;
  /// `automatic` is `yes` here: a column that has a name has it in the first row.
  csv_header header = csv_header::automatic;
};

namespace detail {

template <class T>
labelled_numbers<T> csv_labelled(std::istream& in, std::string_view name, const csv_labels& how, std::size_t piece) {
  constexpr std::string_view function = "read_labelled_csv";
  argument::require(!how.labels.empty(), function, "labels", "''", "name a column");
  const bool named = how.header != csv_header::no;
  Index column = 0;
  if (!named)
    argument::require(parse_number(how.labels, column) && column >= 1, function, "labels", how.labels,
                      "be the number of a column, from 1: there is no header");
  std::vector<std::string> names;
  samples<T> all = csv_samples<T>(in, name, {.header = named ? csv_header::yes : csv_header::no}, piece, function, &names);
  if (named) {
    const auto found = std::find(names.begin(), names.end(), how.labels);
    if (found == names.end()) {
      std::string there;
      for (const std::string& other : names) there += (there.empty() ? "" : ", ") + shown(other);
      reject_file(function, name, "has no column '" + shown(how.labels) + "'; there are: " + there);
    }
    if (std::find(found + 1, names.end(), how.labels) != names.end())
      reject_file(function, name, "has more than one column '" + shown(how.labels) + "'");
    column = found - names.begin() + 1;
  }
  if (column > all.rows())
    reject_file(function, name, "has " + argument::text(all.rows()) + " columns, and no column " + argument::text(column));
  if (all.rows() < 2) reject_file(function, name, "has no column beside its labels");
  labelled_numbers<T> pairs{samples<T>(all.rows() - 1, all.cols()), samples<T, 1>(all.row(column - 1))};
  pairs.x.topRows(column - 1) = all.topRows(column - 1);
  pairs.x.bottomRows(all.rows() - column) = all.bottomRows(all.rows() - column);
  return pairs;
}

}  // namespace detail

/// Reads labelled data from a CSV file, a pair in a row: one column holds the labels, the others are inputs, in their order. Fields are
/// read as by `read_samples_csv`; every one must be a finite number, classes too: a file of `0` and `1` is what `logistic_regression` takes.
/// Memory: the numbers, up to three times while they grow; not the file.
/// @throw std::invalid_argument if `labels` is empty, or no number where there is no header
/// @throw std::runtime_error that names the file if there is no such column, more than one, or no other, or as `read_samples_csv`
template <class T = double>
[[nodiscard]] labelled_numbers<T> read_labelled_csv(const std::filesystem::path& path, const csv_labels& how) {
  std::ifstream file = detail::opened("read_labelled_csv", path);
  return detail::csv_labelled<T>(file, path.string(), how, std::size_t{1} << 16);
}

/// The same of a text in memory. @param name  what messages call it
template <class T = double>
[[nodiscard]] labelled_numbers<T> parse_labelled_csv(std::string_view text, const csv_labels& how,
                                                     std::string_view name = "text") {
  detail::text_in_memory in(text);
  return detail::csv_labelled<T>(in, name, how, detail::piece_of(text.size()));
}

}  // namespace simulacra
