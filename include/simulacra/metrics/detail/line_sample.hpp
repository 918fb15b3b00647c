#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string_view>
#include <vector>

#include <boost/sort/pdqsort/pdqsort.hpp>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>

/// Weighted samples of the line, sorted.
namespace simulacra::detail {

/// The share of all mass up to a point and the share beyond it, each to its own last digit: near 1 the first says nothing any more.
struct mass_end {
  double below = 0, above = 1;
};

/// Points in ascending order, and what share of all weight lies on each; no shares where all are equal.
struct line_sample {
  std::vector<double> x;
  std::vector<double> share;   ///< empty, or as many as points, adding to 1; points without weight are left out
  std::vector<mass_end> ends;  ///< where shares are: the mass up to and with each point

  [[nodiscard]] Index size() const noexcept { return static_cast<Index>(x.size()); }
  [[nodiscard]] double share_of(std::size_t i) const noexcept {
    return share.empty() ? 1 / static_cast<double>(x.size()) : share[i];
  }
  /// The mass up to and with point i: the fraction that is nearest to the true one, so that equal ones are equal to the bit.
  [[nodiscard]] mass_end end_of(std::size_t i) const noexcept {
    if (!ends.empty()) return ends[i];
    const auto n = static_cast<double>(x.size());
    return {static_cast<double>(i + 1) / n, static_cast<double>(x.size() - i - 1) / n};
  }
};

/// A sum of two doubles that do not overlap: 106 bits, in which sums of weights are as good as exact.
class long_sum {
 public:
  void add(double v) noexcept {  // Knuth's sum of two, and the rest to the rest
    const double sum = high_ + v, of_v = sum - high_;
    low_ += (high_ - (sum - of_v)) + (v - of_v);
    high_ = sum + low_;
    low_ -= high_ - sum;
  }
  /// The ratio of two, rounded once, or nearly.
  [[nodiscard]] double over(const long_sum& total) const noexcept {
    const double ratio = high_ / total.high_;
    const double rest = std::fma(-ratio, total.high_, high_) + (low_ - ratio * total.low_);
    return ratio + rest / total.high_;
  }
  [[nodiscard]] double value() const noexcept { return high_; }

 private:
  double high_ = 0, low_ = 0;
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
  const double largest = w.maxCoeff();
  argument::require(largest > 0, function, name_of_weights, largest, "have a positive entry");
  // A power of two, so that only ratios of weights matter, to the last bit.
  const double unit = std::ldexp(1.0, (std::min)(-std::ilogb(largest), 1023));
  struct weighted {
    double x, w;
  };
  std::vector<weighted> all;
  all.reserve(static_cast<std::size_t>(w.size()));
  long_sum total;
  for (Index i = 0; i < x.cols(); ++i) {
    const double weight = w[i] * unit;
    if (!(weight > 0)) continue;
    all.push_back({static_cast<double>(x[i]), weight});
    total.add(weight);
  }
  boost::sort::pdqsort(all.begin(), all.end(), [](const weighted& a, const weighted& b) { return a.x < b.x; });
  long_sum below, above;
  s.ends.resize(all.size());
  s.x.reserve(all.size());
  s.share.reserve(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    s.x.push_back(all[i].x);
    s.share.push_back(all[i].w / total.value());
    below.add(all[i].w);
    s.ends[i].below = below.over(total);
    const std::size_t j = all.size() - 1 - i;  // from the other end
    s.ends[j].above = above.over(total);
    above.add(all[j].w);
  }
  s.ends.back() = {1, 0};
  return s;
}

/// The mass between two ends, from whichever side they are nearer to.
inline double mass_between(const mass_end& from, const mass_end& to) noexcept {
  const double mass = to.below <= 0.5    ? to.below - from.below
                      : from.above < 0.5 ? from.above - to.above
                                         : (0.5 - from.below) + (0.5 - to.above);
  return mass > 0 ? mass : 0;
}

/// Calls f(i, j, mass) for what is carried from point i of one to point j of the other when mass goes in order, from quantile to quantile;
/// the masses add to the number that is returned. Equal weights are walked in whole units, m for each of n points and n for each of m, so
/// that nothing is rounded; others along one common list of ends. Two ends are one where they differ by what the rounding of the
/// weights themselves makes of a sum of them, and no point's mass is as small as that.
template <class Carry>
double carry_in_order(const line_sample& a, const line_sample& b, Carry&& carry) {
  const std::size_t n = a.x.size(), m = b.x.size();
  std::size_t i = 0, j = 0;
  if (a.share.empty() && b.share.empty()) {
    if (n == m) {
      for (; i < n; ++i) carry(i, i, 1.0);
      return static_cast<double>(n);
    }
    std::size_t left_a = m, left_b = n;
    while (i < n) {  // and j < m: both are used up at once
      const std::size_t carried = (std::min)(left_a, left_b);
      carry(i, j, static_cast<double>(carried));
      left_a -= carried;
      left_b -= carried;
      if (left_a == 0) ++i, left_a = m;
      if (left_b == 0) ++j, left_b = n;
    }
    return static_cast<double>(n) * static_cast<double>(m);
  }
  constexpr double grain = 4 * std::numeric_limits<double>::epsilon();
  const auto mass_after = [](const line_sample& s, std::size_t k) { return k + 1 < s.x.size() ? s.share_of(k + 1) : 1; };
  mass_end from;
  while (i < n && j < m) {
    const mass_end of_a = a.end_of(i), of_b = b.end_of(j);
    const bool low = of_a.below <= 0.5 && of_b.below <= 0.5;
    const double apart = low ? of_a.below - of_b.below : of_b.above - of_a.above;
    const double smallest = (std::min)({a.share_of(i), b.share_of(j), mass_after(a, i), mass_after(b, j)}),
                 rounding = grain * (low ? of_a.below : (std::max)(of_a.above, of_b.above));
    const bool same = apart == 0 || std::abs(apart) <= (std::min)(rounding, smallest / 8);
    const mass_end& to = apart <= 0 ? of_a : of_b;
    carry(i, j, mass_between(from, to));
    from = to;
    if (same || apart < 0) ++i;
    if (same || apart > 0) ++j;
  }
  return 1;
}

/// The difference of two masses up to a point, each from the side on which it is small, so that the weight of a far point counts
/// however light it is. Exactly 0 where they are equal.
inline double difference_of(const mass_end& f, const mass_end& g) noexcept {
  return f.above < 0.5 && g.above < 0.5 ? g.above - f.above : f.below - g.below;
}

/// Walks over the distinct values of two samples in ascending order: f(value, next value, F - G, mass of the first there, mass of the
/// second there), F and G the distribution functions at the value and up to the next, and their difference to its own last digits. At the
/// last value `next` is that value.
template <class Visit>
void walk_together(const line_sample& a, const line_sample& b, Visit&& visit) {
  const std::size_t n = a.x.size(), m = b.x.size();
  std::size_t i = 0, j = 0;
  mass_end f, g;
  // What is at one value, from `first` on; equal shares are counted, not added up.
  const auto mass_of = [](const line_sample& s, double at, std::size_t& k) {
    const std::size_t first = k;
    double sum = 0;
    for (; k < s.x.size() && s.x[k] == at; ++k)
      if (!s.share.empty()) sum += s.share[k];
    return s.share.empty() ? static_cast<double>(k - first) / static_cast<double>(s.x.size()) : sum;
  };
  while (i < n || j < m) {
    const double at = j == m ? a.x[i] : i == n ? b.x[j] : (std::min)(a.x[i], b.x[j]);
    const double of_a = mass_of(a, at, i), of_b = mass_of(b, at, j);
    if (i > 0) f = a.end_of(i - 1);
    if (j > 0) g = b.end_of(j - 1);
    const double next = i == n && j == m ? at : j == m ? a.x[i] : i == n ? b.x[j] : (std::min)(a.x[i], b.x[j]);
    visit(at, next, difference_of(f, g), of_a, of_b);
  }
}

}  // namespace simulacra::detail
