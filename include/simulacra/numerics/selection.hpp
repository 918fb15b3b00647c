#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace simulacra::detail {

/// The bits of a number as a whole number that is ordered as it is; both zeros are one. No NaN.
inline std::uint64_t ordered_bits(double value) {
  constexpr std::uint64_t sign = std::uint64_t{1} << 63;
  const auto bits = std::bit_cast<std::uint64_t>(value + 0.0);
  return (bits & sign) != 0 ? ~bits : bits | sign;
}
inline double from_ordered_bits(std::uint64_t ordered) {
  constexpr std::uint64_t sign = std::uint64_t{1} << 63;
  return std::bit_cast<double>((ordered & sign) != 0 ? ordered & ~sign : ~ordered);
}

/// Exact order statistics of numbers that are too many to be held: those of the given ranks, counted from 0. Numbers that agree in their
/// leading bits are counted, by sixteen bits more in each pass, until those that may be wanted are few enough to be sorted.
/// Memory: 0.5 MiB a rank and `few` numbers; at most five passes, most often three.
/// @param each   calls what it is given with a span of every piece, the same numbers each time; none is NaN (see `mean_of_pieces`)
/// @param ranks  each below the count of the numbers, in any order, some may be equal
template <class Pieces>
std::vector<double> order_statistics(const Pieces& each, const std::vector<std::uint64_t>& ranks,
                                     std::uint64_t few = 1 << 16) {
  constexpr unsigned step = 16;
  struct group {
    std::uint64_t lead = 0;               ///< bits that its numbers begin with
    std::uint64_t size = 0, skipped = 0;  ///< how many there are, and how many are smaller
    std::vector<std::uint64_t> counts{};
  };
  std::vector<group> groups(1);  // in order
  const auto with = [](std::vector<group>& all, std::uint64_t lead) {
    const auto at =
        std::lower_bound(all.begin(), all.end(), lead, [](const group& g, std::uint64_t l) { return g.lead < l; });
    return at != all.end() && at->lead == lead ? &*at : nullptr;
  };
  unsigned known = 0;
  const auto lead_of = [&known](std::uint64_t bits) { return known == 0 ? 0 : bits >> (64 - known); };
  for (std::uint64_t wanted = few + 1; known < 64 && wanted > few; known += step) {
    for (group& g : groups) g.counts.assign(std::size_t{1} << step, 0);
    each([&](std::span<const double> values) {
      for (const double v : values) {
        const std::uint64_t bits = ordered_bits(v);
        if (group* g = with(groups, lead_of(bits))) ++g->counts[(bits >> (64 - known - step)) & ((1u << step) - 1)];
      }
    });
    std::vector<group> next;
    for (group& g : groups) {
      std::uint64_t skipped = g.skipped;
      for (std::size_t k = 0; k < g.counts.size(); skipped += g.counts[k++]) {
        const std::uint64_t end = skipped + g.counts[k];
        if (std::any_of(ranks.begin(), ranks.end(), [&](std::uint64_t r) { return r >= skipped && r < end; }))
          next.push_back({(g.lead << step) | k, g.counts[k], skipped});
      }
      g.counts = {};
    }
    groups = std::move(next);
    wanted = 0;
    for (const group& g : groups) wanted += g.size;
  }
  std::vector<std::vector<std::uint64_t>> members(groups.size());
  if (known < 64) {
    each([&](std::span<const double> values) {
      for (const double v : values) {
        const std::uint64_t bits = ordered_bits(v);
        if (group* g = with(groups, lead_of(bits))) members[static_cast<std::size_t>(g - groups.data())].push_back(bits);
      }
    });
    for (auto& m : members) std::sort(m.begin(), m.end());
  }
  std::vector<double> found;
  for (const std::uint64_t r : ranks)
    for (std::size_t k = 0; k < groups.size(); ++k)
      if (r >= groups[k].skipped && r < groups[k].skipped + groups[k].size)
        found.push_back(from_ordered_bits(known == 64 ? groups[k].lead : members[k][r - groups[k].skipped]));
  return found;
}

}  // namespace simulacra::detail
