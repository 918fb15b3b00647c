#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <vector>

#include <boost/sort/pdqsort/pdqsort.hpp>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>

/// Weighted samples of the line, sorted.
namespace simulacra::detail {

/// Points in ascending order, and what share of all weight lies on each; no shares where all are equal.
struct line_sample {
  std::vector<double> x;
  std::vector<double> share;  ///< empty, or as many as points, adding to 1; points without weight are left out

  [[nodiscard]] Index size() const noexcept { return static_cast<Index>(x.size()); }
  [[nodiscard]] double share_of(std::size_t i) const noexcept {
    return share.empty() ? 1 / static_cast<double>(x.size()) : share[i];
  }
};

/// @throw std::invalid_argument if there is no point, one is not finite, or weights are not one for each, negative, not finite, or all 0
template <class T>
line_sample sorted_sample(const samples<T, 1>& x, const weights<double>& w, std::string_view function, std::string_view name,
                          std::string_view name_of_weights) {
  argument::require(x.cols() >= 1, function, name, x.cols(), "have at least one column (this is their number)");
  argument::require_finite(x, function, name);
  line_sample s;
  if (w.size() == 0) {
    s.x.assign(x.data(), x.data() + x.cols());
    boost::sort::pdqsort_branchless(s.x.begin(), s.x.end());
    return s;
  }
  argument::require(w.size() == x.cols(), function, name_of_weights, w.size(), "have one entry per observation");
  argument::require_finite(w, function, name_of_weights);
  argument::require(w.minCoeff() >= 0, function, name_of_weights, w.minCoeff(), "have no negative entry");
  const double largest = w.maxCoeff();  // sums of ratios to it cannot overflow
  argument::require(largest > 0, function, name_of_weights, largest, "have a positive entry");
  struct weighted {
    double x, w;
  };
  std::vector<weighted> all;
  double total = 0;
  for (Index i = 0; i < x.cols(); ++i) {
    if (!(w[i] > 0)) continue;
    all.push_back({static_cast<double>(x[i]), w[i] / largest});
    total += w[i] / largest;
  }
  boost::sort::pdqsort(all.begin(), all.end(), [](const weighted& a, const weighted& b) { return a.x < b.x; });
  for (const weighted& point : all) {
    s.x.push_back(point.x);
    s.share.push_back(point.w / total);
  }
  return s;
}

/// Walks over the distinct values of two samples in ascending order: f(value, next value, F, G, mass of the first there, mass of the second there), F and G the
/// distribution functions at the value and up to the next. At the last value `next` is that value.
template <class Visit>
void walk_together(const line_sample& a, const line_sample& b, Visit&& visit) {
  const std::size_t n = a.x.size(), m = b.x.size();
  std::size_t i = 0, j = 0;
  double f = 0, g = 0;
  while (i < n || j < m) {
    const double at = j == m ? a.x[i] : i == n ? b.x[j] : (std::min)(a.x[i], b.x[j]);
    double of_a = 0, of_b = 0;
    for (; i < n && a.x[i] == at; ++i) of_a += a.share_of(i);
    for (; j < m && b.x[j] == at; ++j) of_b += b.share_of(j);
    // Equal shares are counted, not added up, so that both functions end at exactly 1.
    f = a.share.empty() ? static_cast<double>(i) / static_cast<double>(n) : i == n ? 1.0 : f + of_a;
    g = b.share.empty() ? static_cast<double>(j) / static_cast<double>(m) : j == m ? 1.0 : g + of_b;
    const double next = i == n && j == m ? at : j == m ? a.x[i] : i == n ? b.x[j] : (std::min)(a.x[i], b.x[j]);
    visit(at, next, f, g, of_a, of_b);
  }
}

}  // namespace simulacra::detail
