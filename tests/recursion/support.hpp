#pragma once

#include "support/statistics.hpp"
#include "support/throws.hpp"

#include <cstdint>
#include <vector>

#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>

namespace simulacra_test {

using namespace simulacra;

inline const gaussian<double, 1> normal(0.0, 1.0);

template <class Recipe>
auto chain(Recipe r, divisor by = divisor::n) {
  return experiment{normal, gaussian_estimator<double, 1>(by), std::move(r)};
}

/// A recipe given as a function, with what it keeps.
template <class F>
struct by_hand {
  F list;
  retention what{};
  ingredients operator()(Index t, Index m) const { return list(t, m); }
  [[nodiscard]] retention keeps() const { return what; }
};
template <class F>
by_hand(F) -> by_hand<F>;
template <class F>
by_hand(F, retention) -> by_hand<F>;

/// How many observations each generation was fitted to.
template <class Chain>
std::vector<Index> counts(const Chain& e, const plan& p) {
  std::vector<Index> n;
  run_lineage(e, p, stream(1), [&n](const auto& g) { n.push_back(g.data.count()); });
  return n;
}

}  // namespace simulacra_test
