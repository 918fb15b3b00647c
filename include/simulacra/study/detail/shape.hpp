#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/ensemble/records.hpp>
#include <simulacra/study/detail/frame.hpp>

namespace simulacra::detail {

/// What is recorded of a cell, and by which plan: it must be the same for all of its replicates.
struct cell_shape {
  std::vector<std::string> metrics;
  std::vector<Index> generations;
  std::string plan;

  [[nodiscard]] std::size_t width() const noexcept { return metrics.size() * generations.size(); }

  /// What another one has that is different, in words; empty where they are equal.
  [[nodiscard]] std::string difference_to(const cell_shape& other) const {
    const auto join = [](const auto& list, auto text) {
      std::string all;
      for (const auto& entry : list) all.append(all.empty() ? "" : ", ").append(text(entry));
      return all;
    };
    const auto same = [](const std::string& v) { return v; };
    if (plan != other.plan) return "the plan '" + other.plan + "' and not '" + plan + "'";
    if (metrics != other.metrics)
      return "the metrics '" + join(other.metrics, same) + "' and not '" + join(metrics, same) + "'";
    if (generations != other.generations)
      return "other recorded generations, " + argument::text(other.generations.size()) + " up to " +
             argument::text(other.generations.empty() ? Index{0} : other.generations.back()) + " and not " +
             argument::text(generations.size()) + " up to " +
             argument::text(generations.empty() ? Index{0} : generations.back());
    return {};
  }
};

inline cell_shape shape_of(const records& all) {
  cell_shape shape{all.metrics(), all.generations(), {}};
  if (all.origin)
    shape.plan = argument::text(all.origin->generations) + " generations, samples " + all.origin->samples + ", drawn " +
                 all.origin->draw + ", ended by " + (all.origin->stop.empty() ? "nothing" : all.origin->stop);
  return shape;
}

inline std::vector<std::byte> shape_frame(std::uint64_t key, const std::string& cell, const cell_shape& shape) {
  packer pack = payload();
  pack.whole(key).text(cell).text(shape.plan).whole(std::uint64_t{shape.metrics.size()});
  for (const std::string& m : shape.metrics) pack.text(m);
  pack.whole(std::uint64_t{shape.generations.size()});
  for (const Index t : shape.generations) pack.whole(std::int64_t{t});
  return framed(frame_kind::shape, std::move(pack));
}

inline bool read_shape(unpacker& in, cell_shape& shape) {
  shape.plan = in.text();
  const std::uint64_t metrics = in.whole();
  if (metrics > in.left() / 8) return false;
  for (std::uint64_t k = 0; k < metrics; ++k) shape.metrics.push_back(in.text());
  const std::uint64_t generations = in.whole();
  if (generations > in.left() / 8) return false;
  for (std::uint64_t k = 0; k < generations; ++k) shape.generations.push_back(in.index());
  return in.good();
}

/// A block of replicates: `count` of a cell from `first` on. Its numbers lie column by column, so that one metric at one generation can be
/// read alone; NaN stands for a replicate that failed.
inline std::vector<std::byte> block_frame(std::uint64_t key, const records& all, Index count, double seconds) {
  packer pack = payload();
  pack.whole(key).whole(std::int64_t{all.first_replicate}).whole(std::int64_t{count}).real(seconds);
  pack.whole(std::uint64_t{status_count});
  for (const Index fits : all.fits) pack.whole(std::int64_t{fits});
  std::vector<std::size_t> failed;
  for (std::size_t k = 0; k < all.failures.size(); ++k)
    if (all.failures[k].replicate < all.first_replicate + count) failed.push_back(k);
  pack.whole(std::uint64_t{failed.size()});
  for (const std::size_t k : failed) {
    const replicate_failure& f = all.failures[k];
    pack.whole(std::int64_t{f.replicate})
        .whole(std::int64_t{f.generation})
        .whole(std::uint64_t{all.has(f.replicate - all.first_replicate)});
    pack.text(f.message);
  }
  std::vector<double> column(static_cast<std::size_t>(count));
  const std::size_t width = all.metrics().size() * all.generations().size();
  for (std::size_t k = 0; k < width; ++k) {
    for (Index r = 0; r < count; ++r)
      column[static_cast<std::size_t>(r)] = all.has(r) ? all.of(r)[k] : std::numeric_limits<double>::quiet_NaN();
    pack.reals(column);
  }
  return framed(frame_kind::block, std::move(pack));
}

}  // namespace simulacra::detail
