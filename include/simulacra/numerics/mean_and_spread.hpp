#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

#include <simulacra/core/compensated_sum.hpp>

namespace simulacra::detail {

/// Mean and spread of numbers of any size, in any order, however far from 0: what is computed from many numbers says so here.
struct mean_and_spread {
  double mean = std::numeric_limits<double>::quiet_NaN();
  double sd = std::numeric_limits<double>::quiet_NaN();  ///< divisor n - 1; NaN below two numbers
  /// \f$ \sum |x_i-\bar x|^3 / (\sum (x_i-\bar x)^2)^{3/2} \f$: 1 where one number is all the spread, 0 where there is none
  double lyapunov_ratio = 0;
};

/// Numbers that come in pieces, the same ones as often as they are asked for: `each(f)` calls f with a span of every piece, in order. What is
/// made of them depends on the numbers and their order, and not on where pieces end.
///
/// The mean, rounded twice: a compensated sum, and the mean of what is left about it. Equal numbers are their own mean. Where a
/// sum leaves the range the mean need not. Infinite numbers make it infinite; of both signs, NaN. O(n), in two passes.
template <class Pieces>
double mean_of_pieces(const Pieces& each) {
  for (const double unit : {1.0, 0x1p-64}) {  // a smaller unit where the sum overflows
    compensated_sum sum;
    std::size_t count = 0;
    each([&](std::span<const double> values) {
      for (const double v : values) sum.add(v * unit);
      count += values.size();
    });
    if (count == 0) break;
    const auto n = static_cast<double>(count);
    const double mean = sum.value() / n;
    if (!std::isfinite(mean)) continue;
    compensated_sum rest;
    each([&](std::span<const double> values) {
      for (const double v : values) {
        rest.add(v * unit);
        rest.add(-mean);
      }
    });
    return (mean + rest.value() / n) / unit;
  }
  bool any = false;
  compensated_sum endless;
  each([&](std::span<const double> values) {
    for (const double v : values)
      if (!std::isfinite(v)) endless.add(v);
    any = any || !values.empty();
  });
  return any ? endless.value() : std::numeric_limits<double>::quiet_NaN();
}

/// The same with the spread about it: infinite where a number is. Squares are taken in units of the largest deviation, so that none
/// leaves the range. O(n), in four passes.
template <class Pieces>
mean_and_spread spread_of_pieces(const Pieces& each) {
  mean_and_spread result{mean_of_pieces(each)};
  double largest = 0;
  bool finite = true;
  std::size_t count = 0;
  each([&](std::span<const double> values) {
    for (const double v : values) {
      largest =
          std::fmax(largest, std::abs(v / 2 - result.mean / 2));  // halves: a difference of two finite numbers may not be
      finite = finite && std::isfinite(v);
    }
    count += values.size();
  });
  if (count < 2) return result;
  result.sd = finite ? 0 : std::numeric_limits<double>::infinity();
  if (!finite) result.lyapunov_ratio = 1;
  if (!finite || !(largest > 0)) return result;
  compensated_sum squares, cubes, rest;
  each([&](std::span<const double> values) {
    for (const double v : values) {
      const double off = (v / 2 - result.mean / 2) / largest;
      rest.add(off);
      squares.add(off * off);
      cubes.add(std::abs(off * off * off));
    }
  });
  const auto n = static_cast<double>(count);
  const double sum = std::fmax(0.0, squares.value() - rest.value() * rest.value() / n);  // the mean is rounded, too
  result.sd = 2 * (largest * std::sqrt(sum / (n - 1)));
  result.lyapunov_ratio = cubes.value() / (squares.value() * std::sqrt(squares.value()));
  return result;
}

/// The mean of numbers that lie side by side. O(n).
inline double mean_of(std::span<const double> values) {
  return mean_of_pieces([values](auto&& f) { f(values); });
}

/// Their mean and spread. O(n).
inline mean_and_spread spread_of(std::span<const double> values) {
  return spread_of_pieces([values](auto&& f) { f(values); });
}

}  // namespace simulacra::detail
