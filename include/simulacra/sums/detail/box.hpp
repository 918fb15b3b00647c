#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>

#include <simulacra/core/types.hpp>

namespace simulacra::detail::gauss {

template <int D>
using place = std::array<double, static_cast<std::size_t>(D)>;

/// The smallest box with sides along the axes that holds some points.
template <int D>
struct box {
  place<D> low = filled((std::numeric_limits<double>::infinity)());
  place<D> high = filled(-(std::numeric_limits<double>::infinity)());

  void take_in(const place<D>& x) {
    for (std::size_t i = 0; i < D; ++i) {
      low[i] = (std::min)(low[i], x[i]);
      high[i] = (std::max)(high[i], x[i]);
    }
  }

  void take_in(const box& b) {
    take_in(b.low);
    take_in(b.high);
  }

  [[nodiscard]] place<D> middle() const {
    place<D> m;
    for (std::size_t i = 0; i < D; ++i) m[i] = low[i] + 0.5 * (high[i] - low[i]);
    return m;
  }

  /// Whether no coordinate of a point in it is further than half of `side` from its middle. (The middle is rounded: beyond
  /// 2^53 a box may be as wide as `side` and not fit.)
  [[nodiscard]] bool fits(double side) const {
    const place<D> m = middle();
    const double reach = 0.5 * side * (1 + 1e-9);
    bool all = true;
    for (std::size_t i = 0; i < D; ++i) all = all && high[i] - m[i] <= reach && m[i] - low[i] <= reach;
    return all;
  }

  static place<D> filled(double value) {
    place<D> p;
    p.fill(value);
    return p;
  }
};

/// Half the least squared distance of a point in `a` from one in `b`, never more than it is.
template <int D>
double nearest_half_square(const box<D>& a, const box<D>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < D; ++i) {
    const double gap = (std::max)((std::max)(a.low[i] - b.high[i], b.low[i] - a.high[i]), 0.0);
    sum += (0.5 * gap) * gap;
  }
  return sum * (1 - 1e-14);
}

/// Half the greatest squared distance of a point in `a` from one in `b`, never less than it is.
template <int D>
double farthest_half_square(const box<D>& a, const box<D>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < D; ++i) {
    const double reach = (std::max)(a.high[i] - b.low[i], b.high[i] - a.low[i]);
    sum += (0.5 * reach) * reach;
  }
  return sum * (1 + 1e-14);
}

}  // namespace simulacra::detail::gauss
