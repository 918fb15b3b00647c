#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <simulacra/core/types.hpp>
#include <simulacra/study/detail/cell_blocks.hpp>

/// The numbers of a cell, from where they lie. `read(file, from, to, bytes)` reads bytes of one of the files.
namespace simulacra::detail {

/// Columns `begin` to `end` of replicates 0 to `count` - 1, column by column; a replicate that is not there has NaN.
template <class Read>
std::vector<double> columns_of(const cell_blocks& cell, std::size_t begin, std::size_t end, Index count, const Read& read) {
  const auto rows = static_cast<std::size_t>(count);
  std::vector<double> all((end - begin) * rows, std::numeric_limits<double>::quiet_NaN());
  std::vector<double> block;
  for (const auto& [from, part] : cell.parts) {
    if (from >= count) break;
    // The columns of a block lie side by side: one read.
    const auto wanted = static_cast<std::size_t>((std::min)(part.count, count - from));
    const auto length = static_cast<std::size_t>(part.block_count),
               skipped = static_cast<std::size_t>(from - part.block_first);
    block.resize((end - begin) * length);
    read(part.file, part.numbers_at + 8 * begin * length, block.data(), 8 * block.size());
    for (std::size_t k = 0; k < end - begin; ++k)
      std::copy_n(block.data() + k * length + skipped, wanted, all.data() + k * rows + static_cast<std::size_t>(from));
  }
  return all;
}

/// Calls f with the numbers of one column, of the replicates below `count` that are there and left numbers: in order, and in pieces, so that
/// the column need not be held.
template <class Read, class F>
void each_piece_of(const cell_blocks& cell, std::size_t column, Index count, const Read& read, F&& f) {
  constexpr Index most = Index{1} << 16;
  std::vector<double> piece;
  auto failed = cell.failures.begin();
  for (const auto& [begin, part] : cell.parts) {
    const Index end = (std::min)(begin + part.count, count);
    const std::uint64_t column_at = part.numbers_at + 8 * column * static_cast<std::uint64_t>(part.block_count);
    for (Index from = begin; from < end; from += most) {
      const Index to = (std::min)(end, from + most);
      piece.resize(static_cast<std::size_t>(to - from));
      read(part.file, column_at + 8 * static_cast<std::uint64_t>(from - part.block_first), piece.data(), 8 * piece.size());
      auto kept = piece.begin(), next = kept;
      for (; failed != cell.failures.end() && failed->first < to; ++failed) {
        if (failed->second.second || failed->first < from) continue;
        const auto gap = piece.begin() + (failed->first - from);
        kept = std::copy(next, gap, kept);
        next = gap + 1;
      }
      kept = std::copy(next, piece.end(), kept);
      f(std::span<const double>(piece.data(), static_cast<std::size_t>(kept - piece.begin())));
    }
  }
}

}  // namespace simulacra::detail
