#pragma once

#include "support/statistics.hpp"
#include "support/throws.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <simulacra/families/kernel/density.hpp>

namespace simulacra_test {

using namespace simulacra;

/// Points that another program can make as well: sin(1.3 i + 2.1 k + offset) (1 + i / 10).
inline samples<> waves(Index d, Index n, double offset = 0) {
  samples<> x(d, n);
  for (Index i = 0; i < n; ++i)
    for (Index k = 0; k < d; ++k)
      x(k, i) = std::sin(1.3 * static_cast<double>(i) + 2.1 * static_cast<double>(k) + offset) *
                (1 + 0.1 * static_cast<double>(i));
  return x;
}

/// Weights that another program can make as well: 1 + 7 i mod 5.
inline weights<double> uneven(Index n) {
  weights<double> w(n);
  for (Index i = 0; i < n; ++i) w[i] = static_cast<double>(1 + i * 7 % 5);
  return w;
}

/// f(kernel), for each.
template <class F>
void for_each_kernel(F f) {
  f(smoothing::gaussian{});
  f(smoothing::tophat{});
  f(smoothing::epanechnikov{});
  f(smoothing::biweight{});
  f(smoothing::triangular{});
  f(smoothing::exponential{});
  f(smoothing::cosine{});
}

}  // namespace simulacra_test
