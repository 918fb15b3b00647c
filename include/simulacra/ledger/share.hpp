#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <simulacra/ensemble/band.hpp>
#include <simulacra/ensemble/records.hpp>

namespace simulacra {

/// The ratio of the means of two numbers over replicates, with its Monte Carlo error by the delta method: the standard error of the
/// mean of a - r b over |mean b|, r the ratio. `sd` is that error times the root of the count; quantiles are those of the
/// single replicates' ratios. Replicates that lack either number are left out.
[[nodiscard]] inline band ratio_of_means(const std::vector<double>& above, const std::vector<double>& below) {
  std::vector<double> a, b, ratios;
  for (std::size_t i = 0; i < above.size(); ++i)
    if (above[i] == above[i] && below[i] == below[i]) {
      a.push_back(above[i]);
      b.push_back(below[i]);
      ratios.push_back(above[i] / below[i]);
    }
  band result = band_of(ratios);
  if (a.empty()) return result;
  double sum_a = 0, sum_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum_a += a[i];
    sum_b += b[i];
  }
  const double n = static_cast<double>(a.size());
  result.count = static_cast<Index>(a.size());
  result.mean = sum_a / sum_b;
  if (a.size() < 2) return result;
  double squares = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double rest = a[i] - result.mean * b[i];
    squares += rest * rest;
  }
  result.sd = std::sqrt(squares / (n - 1)) / std::abs(sum_b / n);
  result.mcse = result.sd / std::sqrt(n);
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
