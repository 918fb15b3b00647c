#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/ensemble/records.hpp>
#include <simulacra/study/detail/frame.hpp>
#include <simulacra/study/detail/shape.hpp>

namespace simulacra::detail {

/// Where the replicates of one cell lie in the files of a journal, and what their blocks say beside numbers.
struct cell_blocks {
  /// Replicates of a block that are counted: of several with the same replicate the first that was read.
  struct part {
    std::size_t file;
    std::uint64_t numbers_at;
    Index block_first, block_count, count;
  };

  std::optional<cell_shape> shape;
  std::map<Index, part> parts;                                   ///< by their first replicate; disjoint
  std::map<Index, std::pair<replicate_failure, bool>> failures;  ///< with whether numbers are left of it
  std::array<Index, status_count> fits{};
  double seconds = 0;
  std::map<Index, std::string> troubles;  ///< what was thrown by blocks that could not be run, by their first replicate

  /// The troubles that are not mended since, a sentence each.
  void say_troubles(const std::string& cell, std::vector<std::string>& to) const {
    for (const auto& [first, message] : troubles)
      if (!missing(first + 1, first).empty())
        to.push_back(cell + " could not be run from replicate " + argument::text(first) + " on: " + message);
  }

  /// Takes a block whose key has been read. @return false if it cannot be one
  bool add(std::size_t file, std::uint64_t payload_at, unpacker in, std::uint64_t condition) {
    const Index first = in.index(), count = in.index();
    constexpr Index most = Index{1} << 60;
    if (!shape || first < 0 || count < 1 || first > most || count > most) return false;
    const double took = in.real();
    std::array<Index, status_count> ended{};
    const std::uint64_t kinds = in.whole();
    for (std::uint64_t k = 0; k < kinds && in.good(); ++k) {
      const Index number = in.index();
      if (k < status_count) ended[static_cast<std::size_t>(k)] = number;
    }
    std::vector<std::pair<replicate_failure, bool>> failed;
    for (std::uint64_t n = in.whole(); n > 0 && in.good(); --n) {
      replicate_failure f;
      f.replicate = in.index();
      f.generation = in.index();
      const bool left = in.whole() != 0;
      f.message = in.text();
      f.key.condition = condition;
      failed.emplace_back(std::move(f), left);
    }
    const auto width = static_cast<std::uint64_t>(shape->width()), rows = static_cast<std::uint64_t>(count);
    if (!in.good() || in.left() / 8 / rows != width || in.left() != 8 * rows * width) return false;
    if (!cover(file, payload_at + in.at(), first, count)) return true;
    seconds += took;
    for (std::size_t k = 0; k < status_count; ++k) fits[k] += ended[k];
    for (auto& f : failed) {
      const Index replicate = f.first.replicate;
      failures.emplace(replicate, std::move(f));
    }
    return true;
  }

  /// Which replicates from `begin` up to but not including `end` are not there: from, and up to but not including.
  [[nodiscard]] std::vector<std::pair<Index, Index>> missing(Index end, Index begin = 0) const {
    std::vector<std::pair<Index, Index>> gaps;
    Index next = begin;
    auto each = parts.upper_bound(begin);
    if (each != parts.begin()) --each;
    for (; each != parts.end() && each->first < end; ++each) {
      if (each->first > next) gaps.emplace_back(next, each->first);
      next = (std::max)(next, each->first + each->second.count);
    }
    if (next < end) gaps.emplace_back(next, end);
    return gaps;
  }

 private:
  /// Counts what of a block is not there yet. @return whether anything is new
  bool cover(std::size_t file, std::uint64_t numbers_at, Index first, Index count) {
    bool any = false;
    Index next = first;
    const Index end = first + count;
    auto other = parts.upper_bound(first);
    if (other != parts.begin()) {
      const auto before = std::prev(other);
      next = (std::max)(next, before->first + before->second.count);
    }
    while (next < end) {
      const Index until = other == parts.end() ? end : (std::min)(end, other->first);
      if (until > next) {
        parts.emplace_hint(other, next, part{file, numbers_at, first, count, until - next});
        any = true;
      }
      if (other == parts.end()) break;
      next = (std::max)(next, other->first + other->second.count);
      ++other;
    }
    return any;
  }
};

}  // namespace simulacra::detail
