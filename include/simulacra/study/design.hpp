#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>

namespace simulacra {

/// A value on an axis of a design: a number or a name.
class level {
 public:
  level(std::string name) : text_(std::move(name)) {}  // NOLINT: a level is what it is made of
  level(const char* name) : text_(name) {}
  template <class T>
    requires std::is_arithmetic_v<T>
  level(T value) : number_(static_cast<double>(value)), is_number_(true) {
    argument::require(value - value == 0, "level", "value", value, "be finite");
    // Whole numbers have one text, whatever type they came as.
    if (std::integral<T>)
      text_ = argument::text(value);
    else if (std::abs(number_) < 0x1p53 && number_ == std::floor(number_))
      text_ = argument::text(static_cast<std::int64_t>(number_));
    else
      text_ = argument::text(number_);
  }

  [[nodiscard]] bool is_number() const noexcept { return is_number_; }
  [[nodiscard]] double number() const noexcept { return number_; }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  friend bool operator==(const level& a, const level& b) { return a.is_number_ == b.is_number_ && a.text_ == b.text_; }

 private:
  std::string text_;
  double number_ = 0;
  bool is_number_ = false;
};

/// One condition of a design: a value on each axis.
class cell {
 public:
  cell(std::vector<std::string> axes, std::vector<level> levels, Index position, std::uint64_t key, std::uint64_t condition)
      : axes_(std::move(axes)), levels_(std::move(levels)), position_(position), key_(key), condition_(condition) {}

  /// The value on an axis, as a number, a whole number, or text (a number's too).
  /// @throw std::invalid_argument if there is no such axis, or its value is of another kind
  [[nodiscard]] double real(std::string_view axis) const {
    const level& value = at(axis);
    argument::require(value.is_number(), "cell", "axis", axis, "have numbers on it, and '" + value.text() + "' is a name");
    return value.number();
  }
  [[nodiscard]] Index integer(std::string_view axis) const {
    const double value = real(axis);
    argument::require(value == std::floor(value) && std::abs(value) < 0x1p53, "cell", "axis", axis,
                      "have whole numbers on it, and " + at(axis).text() + " is none");
    return static_cast<Index>(value);
  }
  [[nodiscard]] const std::string& name(std::string_view axis) const { return at(axis).text(); }
  [[nodiscard]] const level& at(std::string_view axis) const {
    for (std::size_t k = 0; k < axes_.size(); ++k)
      if (axes_[k] == axis) return levels_[k];
    std::string names;
    for (const std::string& known : axes_) names.append(names.empty() ? "" : ", ").append(known);
    argument::reject("cell", "axis", axis, "be one of the design's: " + names);
  }

  [[nodiscard]] const std::vector<std::string>& axes() const noexcept { return axes_; }
  [[nodiscard]] const std::vector<level>& levels() const noexcept { return levels_; }
  /// The values as text, in the order of the axes.
  [[nodiscard]] std::vector<std::string> texts() const {
    std::vector<std::string> all;
    for (const level& value : levels_) all.push_back(value.text());
    return all;
  }
  /// "dimension=3, recipe=replace"
  [[nodiscard]] std::string text() const {
    std::string all;
    for (std::size_t k = 0; k < axes_.size(); ++k)
      all.append(k == 0 ? "" : ", ").append(axes_[k]).append("=").append(levels_[k].text());
    return all.empty() ? "the only cell" : all;
  }

  [[nodiscard]] Index position() const noexcept {
    return position_;
  }  ///< in the design, from 0; it may change as a grid grows
  [[nodiscard]] std::uint64_t key() const noexcept { return key_; }  ///< by which files know it: a hash of its values
  /// The condition of its streams: a hash of its values on all axes that do not share random numbers.
  [[nodiscard]] std::uint64_t condition() const noexcept { return condition_; }

 private:
  std::vector<std::string> axes_;
  std::vector<level> levels_;
  Index position_;
  std::uint64_t key_, condition_;
};

/// A grid of conditions. Cells are what the axes make of each other:
/// ```
/// design grid;
/// grid.axis("dimension", {1, 3, 10}).axis("recipe", {"replace", "accumulate"});           // crossed: 6 cells
/// grid.zip({"samples", "epochs"}, {{10, 100}, {100, 10}});                                // go together: 12 cells
/// grid.where([](const cell& c) { return c.integer("samples") > c.integer("dimension"); });  // and 10 of those
/// grid.shared("recipe");  // recipes share their random numbers, so that their differences have less noise
/// ```
/// A cell's number for streams and files is a hash of the names of its axes and its values on them, and of nothing else: neither the order
/// of the axes, nor which other cells there are. A grid that grows keeps its cells, and what was computed of them.
class design {
 public:
  /// Crosses what there is with the values of one more axis.
  /// @throw std::invalid_argument if the name is empty or taken, or there is no value, or one twice
  design& axis(std::string name, const std::vector<level>& values) {
    std::vector<std::vector<level>> rows;
    for (const level& value : values) rows.push_back({value});
    return cross("design::axis", {std::move(name)}, rows);
  }
  /// The same for values that were computed: a vector of numbers or of strings.
  template <class T>
    requires(!std::same_as<T, level>)
  design& axis(std::string name, const std::vector<T>& values) {
    return axis(std::move(name), std::vector<level>(values.begin(), values.end()));
  }

  /// Crosses what there is with axes that go together, a row for each of their combinations.
  design& zip(std::vector<std::string> names, const std::vector<std::vector<level>>& rows) {
    return cross("design::zip", std::move(names), rows);
  }

  /// Keeps the cells that `keep` says yes to.
  design& where(const std::function<bool(const cell&)>& keep) {
    std::vector<std::vector<level>> left;
    for (const cell& c : cells())
      if (keep(c)) left.push_back(c.levels());
    rows_ = std::move(left);
    return *this;
  }

  /// Cells that differ on this axis alone share their random numbers. @throw std::invalid_argument if there is no such axis
  design& shared(std::string_view axis) {
    argument::require(std::find(axes_.begin(), axes_.end(), axis) != axes_.end(), "design::shared", "axis", axis,
                      "be an axis of this design");
    if (std::find(shared_.begin(), shared_.end(), axis) == shared_.end()) shared_.emplace_back(axis);
    return *this;
  }

  /// The cells, the last axis running fastest.
  [[nodiscard]] std::vector<cell> cells() const {
    std::vector<cell> all;
    for (const std::vector<level>& row : rows_)
      all.emplace_back(axes_, row, static_cast<Index>(all.size()), hash(row, false), hash(row, true));
    return all;
  }
  [[nodiscard]] Index size() const noexcept { return static_cast<Index>(rows_.size()); }
  [[nodiscard]] const std::vector<std::string>& axes() const noexcept { return axes_; }
  [[nodiscard]] const std::vector<std::string>& shared_axes() const noexcept { return shared_; }

 private:
  design& cross(std::string_view function, std::vector<std::string> names, const std::vector<std::vector<level>>& values) {
    for (const std::string& name : names) {
      argument::require(!name.empty(), function, "name", "empty", "say what the axis is");
      argument::require(std::find(axes_.begin(), axes_.end(), name) == axes_.end(), function, "name", name,
                        "be none of the axes that there are");
      axes_.push_back(name);
    }
    argument::require(!values.empty(), function, "values.size()", values.size(), "be at least 1");
    for (std::size_t i = 0; i < values.size(); ++i) {
      argument::require(values[i].size() == names.size(), function, "row", values[i].size(), "have a value for each name");
      for (std::size_t k = 0; k < i; ++k)
        if (values[i] == values[k])
          argument::reject(function, "values", "'" + values[i].front().text() + "' twice", "differ");
    }
    std::vector<std::vector<level>> crossed;
    for (const std::vector<level>& row : rows_)
      for (const std::vector<level>& value : values) {
        crossed.push_back(row);
        crossed.back().insert(crossed.back().end(), value.begin(), value.end());
      }
    rows_ = std::move(crossed);
    return *this;
  }

  /// FNV-1a of the names and values by the alphabet of the names, and then every bit mixed with every other (splitmix64).
  [[nodiscard]] std::uint64_t hash(const std::vector<level>& row, bool of_streams) const {
    std::vector<std::string> parts;
    for (std::size_t k = 0; k < axes_.size(); ++k)
      if (!of_streams || std::find(shared_.begin(), shared_.end(), axes_[k]) == shared_.end())
        parts.push_back(axes_[k] + '\0' + (row[k].is_number() ? '#' : '$') + row[k].text() + '\0');
    std::sort(parts.begin(), parts.end());
    std::uint64_t h = 0xCBF29CE484222325u;
    for (const std::string& part : parts)
      for (const char c : part) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
    h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9u;
    h = (h ^ (h >> 27)) * 0x94D049BB133111EBu;
    return h ^ (h >> 31);
  }

  std::vector<std::string> axes_, shared_;
  std::vector<std::vector<level>> rows_{{}};
};

}  // namespace simulacra
