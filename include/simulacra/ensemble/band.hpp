#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>

namespace simulacra {

/// What replicates say about one number: its mean with the Monte Carlo standard error, its spread, and its quantiles.
struct band {
  static constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

  Index count = 0;  ///< replicates that have the number; a lineage that ended earlier, or a NaN, does not
  double mean = undefined;
  double mcse = undefined;  ///< standard error of the mean, sd / sqrt(count); undefined below two replicates
  double sd = undefined;    ///< standard deviation over replicates, divisor count - 1
  double q05 = undefined, q25 = undefined, q50 = undefined, q75 = undefined, q95 = undefined;
  Index missing = 0;  ///< replicates that do not have the number
};

namespace detail {

/// The p-quantile of values, by linear interpolation between order statistics (Hyndman and Fan's type 7). Reorders `values`
/// from `from` on, so that quantiles asked for in increasing order share their work.
inline double next_quantile(std::vector<double>& values, double p, std::size_t& from) {
  const double place = p * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(place);
  const auto at = [&](std::size_t k) { return values.begin() + static_cast<std::ptrdiff_t>(k); };
  std::nth_element(at(from), at(low), values.end());
  const double below = values[low];
  from = low;
  const double fraction = place - static_cast<double>(low);
  if (fraction == 0 || low + 1 == values.size() || !std::isfinite(below)) return below;
  const double above = *std::min_element(at(low + 1), values.end());
  return above == below ? below : below + fraction * (above - below);
}

}  // namespace detail

/// The band of some replicates' values. NaNs are left out and show in `missing`; infinities stay, and make mean and sd say so.
/// O(n). @param values  one per replicate; used as scratch
[[nodiscard]] inline band band_of(std::vector<double>& values) {
  const std::size_t all = values.size();
  values.erase(std::remove_if(values.begin(), values.end(), [](double v) { return std::isnan(v); }), values.end());
  band b;
  b.count = static_cast<Index>(values.size());
  b.missing = static_cast<Index>(all - values.size());
  if (values.empty()) return b;
  const auto n = static_cast<double>(values.size());
  double sum = 0;
  for (const double v : values) sum += v;
  b.mean = sum / n;
  if (values.size() > 1) {
    double squares = 0;
    for (const double v : values) squares += (v - b.mean) * (v - b.mean);
    b.sd = std::sqrt(squares / (n - 1));
    b.mcse = b.sd / std::sqrt(n);
  }
  std::size_t from = 0;
  b.q05 = detail::next_quantile(values, 0.05, from);
  b.q25 = detail::next_quantile(values, 0.25, from);
  b.q50 = detail::next_quantile(values, 0.50, from);
  b.q75 = detail::next_quantile(values, 0.75, from);
  b.q95 = detail::next_quantile(values, 0.95, from);
  return b;
}

}  // namespace simulacra
