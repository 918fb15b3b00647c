#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <type_traits>
#include <vector>

#include <simulacra/core/types.hpp>
#include <simulacra/sums/detail/box.hpp>

namespace simulacra::detail::gauss {

/// A point and its number in the caller's data.
template <int D>
struct numbered {
  place<D> x;
  Index number;
};

/// Points brought together in cells that fit in a side, or hold few points.
///
/// A stretch of points that is too wide is dealt into slabs of equal width across all of its wide directions in turn, as a
/// counting sort does, and each slab is looked at again. So nothing depends on a grid that spans the data: ordinary data
/// take one round for each dimension, and an outlier at 1e300, or data at every scale at once, take a round for each factor
/// of a thousand. O(n) for a round.
template <int D>
class partition {
 public:
  partition(double side, Index few) : side_(side), few_(few) {}

  /// Calls `emit(points, count, box)` for one cell after another, neighbours mostly one after the other. Uses up `points`.
  template <class Emit>
  void operator()(std::vector<numbered<D>>& points, Emit&& emit) {
    other_.resize(points.size());
    using given = std::remove_reference_t<Emit>;
    divide(points.data(), other_.data(), static_cast<Index>(points.size()),
           {[](void* to, const numbered<D>* p, Index n, const box<D>& around) { (*static_cast<given*>(to))(p, n, around); },
            &emit});
  }

 private:
  static constexpr Index most_slabs = 1024, points_per_slab = 4;

  /// Whoever takes the cells, by address: dividing is compiled once for all of them, and one call for each cell is nothing.
  struct taker {
    void (*call)(void*, const numbered<D>*, Index, const box<D>&);
    void* to;
  };

  void divide(numbered<D>* here, numbered<D>* there, Index n, const taker& emit) {
    box<D> around;
    for (Index k = 0; k < n; ++k) around.take_in(here[k].x);
    if (n <= few_ || around.fits(side_)) {
      emit.call(emit.to, here, n, around);
      return;
    }
    // The widest direction first; how many slabs make cells of about the right size, were the points spread evenly.
    std::size_t axis = 0;
    int directions = 0;
    for (std::size_t i = 0; i < D; ++i) {
      if (around.high[i] - around.low[i] > around.high[axis] - around.low[axis]) axis = i;
      if (around.high[i] - around.low[i] > side_) ++directions;
    }
    const double wanted = std::ceil((around.high[axis] - around.low[axis]) / side_);
    const double worth = 1 + std::pow(static_cast<double>(n) / points_per_slab, 1.0 / directions);
    const auto slabs = static_cast<Index>((std::clamp)((std::min)(wanted, worth), 2.0, static_cast<double>(most_slabs)));
    // Halves, since the whole width may overflow.
    const double low = 0.5 * around.low[axis];
    const double per_slab = static_cast<double>(slabs) / (0.5 * around.high[axis] - low);
    const auto slab_of = [=](const numbered<D>& p) {
      return (std::min)(static_cast<Index>((0.5 * p.x[axis] - low) * per_slab), slabs - 1);
    };
    std::vector<Index> start(static_cast<std::size_t>(slabs) + 1, 0);
    for (Index k = 0; k < n; ++k) ++start[static_cast<std::size_t>(slab_of(here[k])) + 1];
    for (std::size_t s = 1; s < start.size(); ++s) start[s] += start[s - 1];
    for (Index k = 0; k < n; ++k) there[start[static_cast<std::size_t>(slab_of(here[k]))]++] = here[k];
    Index first = 0;
    for (Index s = 0; s < slabs; ++s) {  // each start has moved to its slab's end
      const Index end = start[static_cast<std::size_t>(s)];
      if (end > first) divide(there + first, here + first, end - first, emit);
      first = end;
    }
  }

  double side_;
  Index few_;
  std::vector<numbered<D>> other_;
};

}  // namespace simulacra::detail::gauss
