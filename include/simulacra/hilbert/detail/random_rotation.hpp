#pragma once

#include <cstddef>
#include <span>

#include <simulacra/core/types.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra::detail {

/// A d x d orthogonal matrix from the uniform (Haar) law: normal columns, each freed of those before it. Twice, since what is
/// left after once may be short, and then is not quite orthogonal. O(d^3).
inline square<> random_rotation(Index d, stream& rng) {
  square<> q(d, d);
  fill_normal(std::span(q.data(), static_cast<std::size_t>(d * d)), rng);
  for (Index j = 0; j < d; ++j) {
    for (int time = 0; time < 2; ++time)
      for (Index i = 0; i < j; ++i) q.col(j) -= q.col(i).dot(q.col(j)) * q.col(i);
    q.col(j) /= q.col(j).norm();
  }
  return q;
}

}  // namespace simulacra::detail
