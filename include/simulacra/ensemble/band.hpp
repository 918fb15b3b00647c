#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/numerics/mean_and_spread.hpp>
#include <simulacra/numerics/student_t.hpp>

namespace simulacra {

/// From a number to a number.
struct interval {
  double lower = std::numeric_limits<double>::quiet_NaN(), upper = std::numeric_limits<double>::quiet_NaN();
};

/// What replicates say about one number: its mean with the Monte Carlo standard error, its spread, and its quantiles
/// (linear between order statistics: type 7 of Hyndman and Fan 1996, as NumPy's and R's default).
struct band {
  static constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

  Index count = 0;  ///< replicates that have the number; a lineage that ended earlier, or a NaN, does not
  double mean = undefined;
  double mcse = undefined;  ///< standard error of the mean, sd / sqrt(count); undefined below two replicates
  double sd = undefined;    ///< standard deviation over replicates, divisor count - 1
  double q05 = undefined, q25 = undefined, q50 = undefined, q75 = undefined, q95 = undefined;
  Index missing = 0;    ///< replicates that were asked and have no number (NaN)
  Index infinite = 0;   ///< of `count`; one is enough to make mean, sd and mcse infinite: no number of replicates mends that
  double leverage = 0;  ///< \f$ \sum |x_i-\bar x|^3 / (\sum (x_i-\bar x)^2)^{3/2} \f$, in [0, 1]: see `carried_by_few`

  /// Whether a few replicates carry the mean, or one is infinite: then the mean says little about the expectation, and its
  /// standard error less. A collapsing variance is the case in point: its expectation is kept up by lineages too rare to be met.
  ///
  /// `leverage` is Lyapunov's ratio, to which the distance of a studentised mean from its normal law is proportional: 1.60/sqrt(n)
  /// of normal data, 2.41/sqrt(n) of exponential, 1/sqrt(k) where k equal values are all the spread. A skewness in the mean
  /// of that size, \f$\kappa\f$, moves a limit z by about \f$\kappa(2z^2+1)/6\f$ (Hall 1992, section 2.6), so |z| = 5 by \f$8.5\kappa\f$. Carried is
  /// called what moves it by 2 or more, to where an alarm is no longer rare, and is worse than exponential data of that count:
  /// \f[ \kappa > \max(2/8.5,\ 2.5/\sqrt n). \f]
  /// Of 4000 samples each of 100 log-normal numbers of log sd 4, mean 1, 68 % have |z| > 5 and all of these are carried (of 20: all
  /// but a seventh; below eight replicates nothing can be told, and it says no). Of 1000 normal or exponential numbers none is.
  [[nodiscard]] bool carried_by_few() const noexcept {
    return infinite > 0 || leverage > std::fmax(2 / 8.5, 2.5 / std::sqrt(static_cast<double>(count)));
  }

  /// The interval that holds the expectation with a confidence: mean -+ t mcse, t the quantile of Student's law with
  /// count - 1 degrees of freedom. Right for normal numbers at every count, and for others as far as `carried_by_few` says
  /// no; NaN below two replicates, the whole line where a replicate is infinite.
  /// @param confidence  in (0, 1)   @throw std::invalid_argument otherwise
  [[nodiscard]] simulacra::interval interval(double confidence = 0.95) const {
    argument::require(confidence > 0 && confidence < 1, "band::interval", "confidence", confidence, "lie in (0, 1)");
    if (count < 2) return {};
    constexpr double endless = std::numeric_limits<double>::infinity();
    if (infinite > 0) return {-endless, endless};
    const double reach = mcse > 0 ? detail::student_quantile(confidence, static_cast<double>(count - 1)) * mcse : 0;
    return {mean - reach, mean + reach};
  }
};

namespace detail {

/// Between two neighbouring order statistics, `fraction` of the way up.
inline double between_order_statistics(double below, double above, double fraction) {
  if (fraction == 0 || !std::isfinite(below) || above == below) return below;
  const double step = above - below;  // infinite where the two are 1e308 and -1e308: then the halves are weighed
  return std::isfinite(step) || !std::isfinite(above) ? below + fraction * step : (1 - fraction) * below + fraction * above;
}

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
  return between_order_statistics(below, *std::min_element(at(low + 1), values.end()), fraction);
}

}  // namespace detail

/// The band of some replicates' values. NaNs are left out and counted in `missing`; infinities stay, are counted in `infinite`, and make
/// mean, sd and mcse infinite (a mean of both infinities is NaN). Sums are compensated and taken about the mean: equal values
/// are their own mean with sd 0, and neither an offset of 1e12 nor a size of 1e300 costs a digit. O(n).
/// @param values  one per replicate; used as scratch
[[nodiscard]] inline band band_of(std::vector<double>& values) {
  band b;
  b.missing = static_cast<Index>(values.size());
  values.erase(std::remove_if(values.begin(), values.end(), [](double v) { return std::isnan(v); }), values.end());
  b.count = static_cast<Index>(values.size());
  b.missing -= b.count;
  if (values.empty()) return b;
  const auto [mean, sd, ratio] = detail::spread_of(values);
  b.mean = mean;
  b.sd = sd;
  b.mcse = sd / std::sqrt(static_cast<double>(values.size()));
  b.leverage = ratio;
  b.infinite = std::count_if(values.begin(), values.end(), [](double v) { return std::isinf(v); });
  std::size_t from = 0;
  b.q05 = detail::next_quantile(values, 0.05, from);
  b.q25 = detail::next_quantile(values, 0.25, from);
  b.q50 = detail::next_quantile(values, 0.50, from);
  b.q75 = detail::next_quantile(values, 0.75, from);
  b.q95 = detail::next_quantile(values, 0.95, from);
  return b;
}

}  // namespace simulacra
