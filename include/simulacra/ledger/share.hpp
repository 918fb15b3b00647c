#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <simulacra/ensemble/band.hpp>
#include <simulacra/ensemble/records.hpp>
#include <simulacra/numerics/mean_and_spread.hpp>

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

namespace detail {

/// The mean over replicates of the standard errors in a ledger's column, each times a number of its replicate; 0 where there is no such
/// column, since then nothing was drawn. The draws are the same in every replicate, so their errors add like numbers and not like
/// squares: this is the error of the mean where they are of one mind, and more than it where they are not.
inline double shared_error(const records& all, std::size_t row, const std::string& column,
                           const std::vector<double>& times) {
  if (std::find(all.metrics().begin(), all.metrics().end(), column) == all.metrics().end()) return 0;
  const std::vector<double> each = all.values(row, all.column(column));
  double sum = 0, weight = 0;
  for (std::size_t i = 0; i < each.size(); ++i)
    if (each[i] == each[i] && times[i] == times[i]) {
      sum += each[i] * times[i];
      weight += times[i];
    }
  return weight > 0 ? sum / weight : 0;
}

}  // namespace detail

/// The band of a column of a `ledger`, of which `mcse` also holds what all replicates have in common: the error of laws that were
/// placed by draws, which no number of replicates makes less (`<name>_se`; such columns are there where a law may have been drawn).
/// Elsewhere it is the records' own band.
/// @param row   of `all.generations()`   @param name  of the column, with the ledger's prefix: "distance_sq", "part_statistical", ...
/// @throw std::invalid_argument if the records hold no such column
[[nodiscard]] inline band ledger_band(const records& all, std::size_t row, std::string_view name) {
  std::vector<double> values = all.values(row, all.column(std::string(name)));
  const std::vector<double> equally(values.size(), 1.0);
  band result = band_of(values);
  result.mcse = std::hypot(result.mcse, detail::shared_error(all, row, std::string(name) + "_se", equally));
  return result;
}

/// The share of a term in an ensemble's records of a `ledger`: mean part over mean squared distance. Its `mcse` holds the error of
/// laws that were placed by draws as well, which all replicates share.
/// @param row   of `all.generations()`   @param name  of the term, such as "statistical"
/// @param prefix  of the ledger's columns
/// @throw std::invalid_argument if the records hold no such term
[[nodiscard]] inline band share_of(const records& all, std::size_t row, std::string_view name,
                                   const std::string& prefix = "") {
  const std::vector<double> distances = all.values(row, all.column(prefix + "distance_sq"));
  band result = ratio_of_means(all.values(row, all.column(prefix + "part_" + std::string(name))), distances);
  const std::string column = prefix + "share_" + std::string(name) + "_se";
  result.mcse = std::hypot(result.mcse, detail::shared_error(all, row, column, distances));
  return result;
}

}  // namespace simulacra
