#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <simulacra/core/mean_and_spread.hpp>
#include <simulacra/ensemble/band.hpp>
#include <simulacra/ensemble/records.hpp>

namespace simulacra {

/// The ratio of the means of two numbers over replicates, with its Monte Carlo error by the delta method: the standard error of the
/// mean of a - r b over |mean b|, r the ratio. `sd` is that error times the root of the count, `leverage` that of the a - r b; quantiles
/// (type 7) are those of the single replicates' ratios. Replicates that lack either number are left out.
[[nodiscard]] inline band ratio_of_means(const std::vector<double>& above, const std::vector<double>& below) {
  std::vector<double> a, b, ratios;
  for (std::size_t i = 0; i < above.size(); ++i)
    if (above[i] == above[i] && below[i] == below[i]) {
      a.push_back(above[i]);
      b.push_back(below[i]);
      ratios.push_back(above[i] / below[i]);
    }
  band result = band_of(ratios);  // 0 / 0 has no ratio, and still a part in both means
  result.count = static_cast<Index>(a.size());
  result.missing = static_cast<Index>(above.size() - a.size());
  result.infinite = 0;
  for (std::size_t i = 0; i < a.size(); ++i) result.infinite += std::isinf(a[i]) || std::isinf(b[i]) ? 1 : 0;
  if (a.empty()) return result;
  const double mean_a = detail::mean_of(a), mean_b = detail::mean_of(b);
  result.mean = mean_a / mean_b;
  result.leverage = 0;
  result.sd = result.mcse = band::undefined;
  if (a.size() < 2) return result;
  if (result.infinite > 0) {
    result.sd = result.mcse = std::numeric_limits<double>::infinity();
    return result;
  }
  std::vector<double> rests;
  for (std::size_t i = 0; i < a.size(); ++i) rests.push_back(a[i] - result.mean * b[i]);
  const auto rest = detail::spread_of(rests);
  result.sd = rest.sd / std::abs(mean_b);
  result.mcse = result.sd / std::sqrt(static_cast<double>(a.size()));
  result.leverage = rest.lyapunov_ratio;
  return result;
}

/// The share of a term in an ensemble's records of a `ledger`: mean part over mean squared distance.
/// @param row   of `all.generations()`   @param name  of the term, such as "statistical"
/// @throw std::invalid_argument if the records hold no such term
[[nodiscard]] inline band share_of(const records& all, std::size_t row, std::string_view name) {
  return ratio_of_means(all.values(row, all.column("part_" + std::string(name))),
                        all.values(row, all.column("distance_sq")));
}

}  // namespace simulacra
