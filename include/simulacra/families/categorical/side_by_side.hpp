#pragma once

#include <cstddef>

#include <simulacra/core/argument.hpp>

namespace simulacra::detail {

/// Calls f(p_i, q_i) for every symbol that at least one of the two laws has.
template <class Law, class F>
void for_each_symbol(const Law& p, const Law& q, const char* function, F&& f) {
  argument::require(p.symbols() == q.symbols(), function, "q.symbols()", q.symbols(), "equal that of p");
  const auto a = p.support(), b = q.support();
  const auto pa = p.support_probabilities(), qb = q.support_probabilities();
  std::size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    if (j == b.size() || (i < a.size() && a[i] < b[j]))
      f(pa[i++], 0.0);
    else if (i == a.size() || b[j] < a[i])
      f(0.0, qb[j++]);
    else
      f(pa[i++], qb[j++]);
  }
}

}  // namespace simulacra::detail
