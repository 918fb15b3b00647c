#pragma once

#include <simulacra/core/types.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>

namespace simulacra {

/// One of 0, ..., n - 1, with probability in proportion to weight(i) >= 0, whose sum is `total` > 0. Rounding never picks what has no weight.
/// O(n), one word; for many draws by the same weights see `alias_table`.
template <class F>
[[nodiscard]] Index draw_index(Index n, double total, F&& weight, stream& rng) {
  double left = uniform(rng) * total;
  Index last = 0;
  for (Index i = 0; i < n; ++i) {
    const double p = weight(i);
    if (!(p > 0)) continue;
    last = i;
    if ((left -= p) < 0) break;
  }
  return last;
}

}  // namespace simulacra
