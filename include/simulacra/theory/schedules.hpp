#pragma once

#include <cmath>

#include <simulacra/theory/detail/gamma.hpp>

/// Sample sizes that grow: where the risk of a chain of Gaussian refits (`divisor::n_minus_1`, sigma 1) stays for ever. It is bounded if and
/// only if \f$\sum1/M_i\f$ is. Constant and linear growth diverge. The sizes here need not be whole.
namespace simulacra::theory {

/// Limits over infinitely many refits.
struct schedule_limit {
  double mean_error;   ///< \f$\sum_i1/M_i\f$, of the mean
  double wasserstein;  ///< \f$\sum_i1/M_i+2(1-\prod_ic_4(M_i))\f$, of the squared 2-Wasserstein distance
};

namespace detail {

/// \f$\sum_{i>n}i^{-s}\f$ for s > 1 and n >= 50, by Euler and Maclaurin's formula at n + 1/2.
inline double power_tail(double n, double s) {
  const double a = n + 0.5, first = std::pow(a, 1 - s) / (s - 1), step = std::pow(a, -s - 1) * s;
  return first - step / 24 + 7 * step * (s + 1) * (s + 2) / (a * a) / 5760;
}

/// \f$\log c_4(M)\f$ of a real M > 1.
inline double log_c4(double size) { return log_gamma_ratio((size - 1) / 2, 0.5); }

}  // namespace detail

/// Sizes \f$M_i=M_0\,i^p\f$, i = 1, 2, ...: \f$\sum1/M_i=\zeta(p)/M_0\f$.
///
/// @param first M0 >= 2
/// @param power p > 1; the limits are infinite for p <= 1
/// @throw std::invalid_argument if an argument is out of range. Cost: 1000 logarithms of gamma functions. Source: derived for this library.
inline schedule_limit power_schedule_limit(double first, double power) {
  constexpr auto name = "theory::power_schedule_limit";
  argument::require(first >= 2 && first < detail::infinity, name, "first", first, "be finite and at least 2");
  argument::require(std::isfinite(power), name, "power", power, "be finite");
  if (power <= 1) return {detail::infinity, detail::infinity};
  constexpr int direct = 1000;
  detail::compensated_sum shares, logarithms;
  for (int i = 1; i <= direct; ++i) {
    const double size = first * std::pow(i, power);
    shares.add(1 / size);
    logarithms.add(size < 1e300 ? detail::log_c4(size) : 0);
  }
  // log c4(M) = -1/(4M) - 1/(4M^2) - 5/(24M^3) - ..., with M beyond 2000.
  double scale = 1;
  int order = 0;
  for (const double c : {1.0 / 4, 1.0 / 4, 5.0 / 24, 1.0 / 8, 1.0 / 20}) {
    scale /= first, ++order;
    const double tail = scale * detail::power_tail(direct, power * order);
    if (order == 1) shares.add(tail);
    logarithms.add(-c * tail);
  }
  return {shares.value(), shares.value() - 2 * std::expm1(logarithms.value())};
}

/// Sizes \f$M_i=M_0\,b^{i-1}\f$, i = 1, 2, ...: \f$\sum1/M_i=b/((b-1)M_0)\f$.
///
/// @param first M0 >= 2
/// @param ratio b >= 1.001; the limits are infinite for b <= 1
/// @throw std::invalid_argument if an argument is out of range. Cost O(1/log b). Source: derived for this library.
inline schedule_limit geometric_schedule_limit(double first, double ratio) {
  constexpr auto name = "theory::geometric_schedule_limit";
  argument::require(first >= 2 && first < detail::infinity, name, "first", first, "be finite and at least 2");
  argument::require(std::isfinite(ratio) && (ratio <= 1 || ratio >= 1.001), name, "ratio", ratio,
                    "be finite, and at least 1.001 or at most 1");
  if (ratio <= 1) return {detail::infinity, detail::infinity};
  detail::compensated_sum logarithms;
  double size = first;
  for (; size < 1e8; size *= ratio) logarithms.add(detail::log_c4(size));
  logarithms.add(-(1 / size) * (ratio / (ratio - 1)) / 4);  // the rest of a geometric series, to 1/M of itself
  logarithms.add(-(1 / size) * (1 / size) * (ratio * ratio / (ratio * ratio - 1)) / 4);
  const double shares = ratio / (ratio - 1) / first;
  return {shares, shares - 2 * std::expm1(logarithms.value())};
}

}  // namespace simulacra::theory
