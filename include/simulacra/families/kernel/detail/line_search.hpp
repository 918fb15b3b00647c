#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/families/kernel/detail/binned_roughness.hpp>
#include <simulacra/families/kernel/detail/cosine_series.hpp>

/// The search for the fixed point of the plug-in rule on a line, at whatever distance its outliers are.
///
/// What is smoothed for a time t spreads by its root. Points further apart than some such lengths do not meet, so the data
/// fall into parts whose roughness adds up, and each has a cosine series of its own length: how many coefficients are needed
/// does not depend on how far the outliers are.
namespace simulacra::detail {

/// Points on a line, ascending, with weights that add to 1.
struct line_points {
  std::vector<double> x, w;
  double n = 0;  ///< effective sample size

  [[nodiscard]] double range() const { return x.back() - x.front(); }
};

/// Points in order, in units of about their half width at half height, from their median. (`unit` is a power of two.)
inline line_points in_order(const Eigen::ArrayXd& x, const Eigen::ArrayXd& w, double n, double& unit) {
  std::vector<std::pair<double, double>> both;
  both.reserve(static_cast<std::size_t>(x.size()));
  for (Index i = 0; i < x.size(); ++i) both.emplace_back(x[i], w[i]);
  std::sort(both.begin(), both.end());  // by value, then weight: the order of the data cannot matter
  const auto at = [&both](double share) {
    return both[static_cast<std::size_t>(share * static_cast<double>(both.size()))].first;
  };
  const double middle = at(0.5);
  double half = at(0.75) / 2 - at(0.25) / 2;
  if (!(half > 0)) half = both.back().first / 2 - both.front().first / 2;
  int exponent = 0;
  std::frexp(half, &exponent);
  unit = std::ldexp(1.0, (std::clamp)(exponent, -1021, 1023));
  line_points p;
  p.n = n;
  for (const auto& [value, weight] : both) {
    // Beyond 2^450 units nothing is nearer to its neighbours for being cut off there.
    p.x.push_back((std::clamp)((value / 2 - middle / 2) / unit * 2, -0x1p450, 0x1p450));
    p.w.push_back(weight);
  }
  return p;
}

/// Where log ratio(t) changes its sign between low and high, to 1e-14 of t: false position after Dowell and Jarratt (1971).
template <class Ratio>
double crossing(const Ratio& ratio, double low, double high, double at_low, double at_high) {
  double a = std::log(low), b = std::log(high), fa = std::log(at_low), fb = std::log(at_high);
  for (int step = 0; step < 100 && b - a > 1e-14; ++step) {
    double c = std::isfinite(fa) && std::isfinite(fb) && fa != fb ? b - fb * (b - a) / (fb - fa) : 0.5 * (a + b);
    if (!(c > a && c < b)) c = 0.5 * (a + b);
    if (!(c > a && c < b)) break;
    const double fc = std::log(ratio(std::exp(c)));
    if (fc == 0) return std::exp(c);
    if (fc > 0) {
      if (fa > 0 && step > 0) fb *= 0.5;
      a = c;
      fa = fc;
    } else {
      fa *= step > 0 ? 0.5 : 1;
      b = c;
      fb = fc;
    }
    if (std::abs(fc) < 1e-15) return std::exp(c);
  }
  return std::exp(0.5 * (a + b));
}

/// The parts of points that do not meet within the time `widest`, each with the coefficients that the time `least` asks for.
inline std::vector<line_part> parts_on_a_line(const line_points& p, double least, double widest) {
  const double gap = 18 * std::sqrt(widest);
  const bool whole = !(p.range() > gap);
  std::vector<line_part> parts;
  double in_one_place = 0;
  for (std::size_t first = 0, last = 0; first < p.x.size(); first = last) {
    last = first + 1;
    while (last < p.x.size() && p.x[last] - p.x[last - 1] <= gap) ++last;
    const double extent = p.x[last - 1] - p.x[first];
    line_part part;
    if (extent == 0) {
      double weight = 0;
      for (std::size_t i = first; i < last; ++i) weight += p.w[i];
      in_one_place += weight * weight;
      continue;
    }
    part.length = whole ? 2 * extent : (std::max)(2 * extent, 2 * gap);
    const double wanted = std::ceil(part.length / cosine_pi * std::sqrt(60 / least));
    const Index count = static_cast<Index>((std::min)((std::max)(wanted, 8.0), 0x1p22));
    const Index size = static_cast<Index>(last - first);
    Eigen::ArrayXd z(size), w(size);
    const double middle = p.x[first] + 0.5 * extent;
    for (Index i = 0; i < size; ++i) {
      z[i] = 0.5 + (p.x[first + static_cast<std::size_t>(i)] - middle) / part.length;
      w[i] = p.w[first + static_cast<std::size_t>(i)];
    }
    part.a2 = squared_cosine_coefficients(z, w, count).array();
    part.square = (Eigen::ArrayXd::LinSpaced(count, 1, static_cast<double>(count)) * (cosine_pi / part.length)).square();
    parts.push_back(std::move(part));
  }
  if (in_one_place > 0) {
    parts.emplace_back();
    parts.back().alone = in_one_place;
  }
  return parts;
}

/// The fixed point near t, in digits; false if there is none within a factor of 8.
inline bool fixed_point_near(const line_points& p, double t, double widest, double& found) {
  double low = t / 2, high = t, reached = 0;
  for (int attempt = 0; attempt < 8; ++attempt) {
    const series_roughness rough(parts_on_a_line(p, t / 8, 4 * widest), p.n);
    reached = 0;
    const auto ratio = [&rough, &reached](double at) { return plug_in_ratio(rough, at, reached); };
    low = t / 2;
    high = t;
    double at_low = ratio(low), at_high = ratio(high);
    while (!(at_low > 1) && low > t / 7) {
      high = low;
      at_high = at_low;
      low /= 2;
      at_low = ratio(low);
    }
    while (at_high > 1 && high < 7 * t) {
      low = high;
      at_low = at_high;
      high *= 2;
      at_high = ratio(high);
    }
    const bool there = at_low > 1 && at_high <= 1;
    if (there) found = crossing(ratio, low, high, at_low, at_high);
    if (reached <= 4 * widest || !std::isfinite(reached)) return there;
    widest = reached;
  }
  return false;
}

/// The least t at which the plug-in rule falls from above t to below it: its stable fixed point. (Below the distances of all
/// points, and of those in one place, it is a multiple of t.) A t of 0.1 of twice the range squared is the end of the search.
inline bool fixed_point_on_a_line(const line_points& p, double& t) {
  const double length = 2 * p.range();
  double least_gap = length;
  for (std::size_t i = 1; i < p.x.size(); ++i)
    if (p.x[i] > p.x[i - 1]) least_gap = (std::min)(least_gap, p.x[i] - p.x[i - 1]);
  const double coarse = 60 / (9.8 * 256 * 256) * length * length, end = 0.1 * length * length;
  bool was_above = false;
  double at = (std::max)(least_gap * least_gap / 256, (std::numeric_limits<double>::min)() * 0x1p40);
  const double ladder = p.x.size() > 20000 ? 4 : 2;
  for (; at < coarse; at *= ladder) {
    double widest = 0;
    const double ratio = plug_in_ratio(binned_roughness(p.x, p.w, p.n, at), at, widest);
    bool above = ratio > 1 || widest > 16 * at;  // beyond the reach of the bins, and far above
    if (was_above && !above) above = !fixed_point_near(p, at, (std::max)(widest, at), t);
    if (was_above && !above) return true;
    was_above = above;
  }
  const series_roughness rough(parts_on_a_line(p, coarse, length * length), p.n);
  double widest = 0;
  const auto ratio = [&rough, &widest](double x) { return plug_in_ratio(rough, x, widest); };
  double low = coarse, at_low = ratio(low);
  if (was_above && !(at_low > 1) && fixed_point_near(p, low, widest, t)) return true;
  for (double high = low; low <= end;) {
    high = low * 1.41421356237309504880;
    const double at_high = ratio(high);
    if (at_low > 1 && at_high <= 1 && high <= end) {
      t = crossing(ratio, low, high, at_low, at_high);
      return true;
    }
    low = high;
    at_low = at_high;
  }
  return false;
}

}  // namespace simulacra::detail
