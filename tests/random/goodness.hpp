#pragma once

#include <support/statistics.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

/// Goodness of fit of a sampler, as z-scores that are standard normal for a right one and huge for a wrong one.
namespace simulacra_test {

/// Counts `n` draws in `bins` equiprobable bins of the reference. `Draw`: () -> double; `Cdf`: double -> [0, 1].
template <class Draw, class Cdf>
double equiprobable_z(std::size_t n, std::size_t bins, Draw&& draw, Cdf&& cdf) {
  std::vector<double> observed(bins, 0.0);
  const std::vector<double> expected(bins, static_cast<double>(n) / static_cast<double>(bins));
  for (std::size_t i = 0; i < n; ++i)
    ++observed[std::min(bins - 1, static_cast<std::size_t>(cdf(draw()) * static_cast<double>(bins)))];
  return chi_square_z(observed, expected);
}

/// Counts `n` draws of whole numbers against `Mass`: long long -> probability. Neighbouring values are pooled, from
/// `first` on, until at least 20 are expected of each pool; the last pool takes all that is left.
template <class Draw, class Mass>
double whole_number_z(std::size_t n, long long first, long long last, Draw&& draw, Mass&& mass) {
  std::vector<double> expected;
  std::vector<long long> upper;  // of each pool, inclusive
  double pool = 0, total = 0;
  for (long long k = first; k <= last; ++k) {
    pool += mass(k) * static_cast<double>(n);
    if (pool >= 20) {
      expected.push_back(pool);
      upper.push_back(k);
      total += pool;
      pool = 0;
    }
  }
  expected.back() += static_cast<double>(n) - total;
  std::vector<double> observed(expected.size(), 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    const auto where = std::lower_bound(upper.begin(), upper.end(), static_cast<long long>(draw())) - upper.begin();
    ++observed[std::min(observed.size() - 1, static_cast<std::size_t>(where))];
  }
  return chi_square_z(observed, expected);
}

}  // namespace simulacra_test
