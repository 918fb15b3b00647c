#pragma once

#include <cmath>
#include <complex>
#include <concepts>

#include <simulacra/core/compensated_sum.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/theory/detail/arguments.hpp>

/// Differences of gamma functions that stay accurate when they are differences of nearly equal numbers.
///
/// With M samples a generation everything that happens is of order 1/M. The textbook route, `lgamma(x + t) - lgamma(x)`, has
/// an *absolute* error of 1e-16 times x log x: for M = 1e9 nothing of the answer is left. Here the leading terms are
/// cancelled on paper, so that the *relative* error is a few units of rounding for every M.
namespace simulacra::theory::detail {

/// \f$\log(1+x) - x\f$ without cancellation, for real or complex x.
template <class T>
T log1p_minus(T x) {
  if (std::abs(x) >= 0.3) return std::log(1.0 + x) - x;
  const T s = x / (2.0 + x);  // log(1 + x) = 2 atanh(s), and x = 2 s + x s
  const T square = s * s;
  T tail = 0;
  for (int j = 23; j >= 3; j -= 2) tail = tail * square + 1.0 / j;
  return 2.0 * s * square * tail - x * s;
}

/// \f$\log(1+x)\f$ for real or complex x.
template <class T>
T log_one_plus(T x) {
  if constexpr (std::floating_point<T>)
    return std::log1p(x);
  else
    return std::abs(x) < 0.3 ? x + log1p_minus(x) : std::log(1.0 + x);
}

/// What Stirling's formula leaves: \f$\log\Gamma(z) - (z-\tfrac12)\log z + z - \tfrac12\log 2\pi\f$, for Re z >= 10.
template <class T>
T stirling_remainder(T z) {
  const T square = 1.0 / (z * z);
  T sum = -3617.0 / 122400;
  for (const double c : {1.0 / 156, -691.0 / 360360, 1.0 / 1188, -1.0 / 1680, 1.0 / 1260, -1.0 / 360, 1.0 / 12})
    sum = sum * square + c;
  return sum / z;
}

/// \f$\log\Gamma(a+t) - \log\Gamma(a) - t\log a\f$ for a > 0 and real or complex t with Re t > -a. It is of order 1/a.
template <class T>
T log_gamma_ratio(double a, T t) {
  if (t == T(0) || t == T(1)) return T(0);
  // Stirling's series wants a large argument: walk up by Gamma(z + 1) = z Gamma(z).
  T walked = 0;
  double base = a;
  for (; base < 10 || base + std::real(t) < 10; base += 1) walked -= log_one_plus(t / base);
  const T x = t / base;
  return walked + t * std::log1p((base - a) / a) + base * log1p_minus(x) + (t - 0.5) * log_one_plus(x) +
         (stirling_remainder(base + t) - stirling_remainder(T(base)));
}

/// \f$\psi(x) - \log x\f$ for x > 0: negative, and -1/(2x) to leading order. By Stirling's series, after a walk up by
/// \f$\psi(x) = \psi(x+1) - 1/x\f$. (Boost.Math has this function and the next, and costs whoever includes it two seconds.)
inline double digamma_minus_log(double x) {
  double base = x, walked = 0;
  for (; base < 10; base += 1) walked -= 1 / base;
  const double square = 1 / (base * base);
  double sum = 3617.0 / 8160;
  for (const double c : {-1.0 / 12, 691.0 / 32760, -1.0 / 132, 1.0 / 240, -1.0 / 252, 1.0 / 120, -1.0 / 12})
    sum = sum * square + c;
  const double series = sum * square - 0.5 / base;
  if (base == x) return series;
  return series + (walked + (x > 1 ? std::log1p((base - x) / x) : std::log(base) - std::log(x)));
}

/// \f$\psi'(x)\f$ for x > 0, likewise: all terms of the walk are positive.
inline double trigamma(double x) {
  double base = x, walked = 0;
  for (; base < 10; base += 1) walked += 1 / (base * base);
  const double square = 1 / (base * base);
  double sum = -3617.0 / 510;
  for (const double c : {7.0 / 6, -691.0 / 2730, 5.0 / 66, -1.0 / 30, 1.0 / 42, -1.0 / 30, 1.0 / 6}) sum = sum * square + c;
  return walked + (0.5 * square + sum * square / base + 1 / base);
}

/// Half the degrees of freedom of the variance of M samples.
inline double shape_of(Index samples) { return (real(samples) - 1) / 2; }

/// The logarithm of what the divisor does to the mean of a variance: 0 if unbiased, log(1 - 1/M) for maximum likelihood.
inline double log_bias(Index samples, divisor by) { return by == divisor::n ? std::log1p(-1 / real(samples)) : 0; }

/// \f$\log E\,(S/\sigma^2)^{k/2}\f$ of the variance S of M normal samples.
inline double log_moment(double k, Index samples, divisor by) {
  const double m = real(samples);
  if (by == divisor::n && k == 4) return std::log1p(-1 / (m * m));  // of order 1/M^2, the difference of two of order 1/M
  return log_gamma_ratio(shape_of(samples), k / 2) + k / 2 * log_bias(samples, by);
}

/// \f$(1+x)^n - 1\f$ for x >= -1.
inline double power_minus_one(double x, double n) { return n == 0 ? 0 : std::expm1(n * std::log1p(x)); }

/// \f$(1+x)^n\f$ for x >= -1: what `power_minus_one` is not where that is nearly -1.
inline double power_of_one_plus(double x, double n) { return n == 0 ? 1 : std::exp(n * std::log1p(x)); }

/// \f$a\,b\,e^x\f$, which may be in range where a factor of it is not.
inline double times_exp(double a, double b, double x) {
  if (!(std::abs(x) < 1e5)) return a * b * std::exp(x);
  constexpr double log_two = 0x1.62e42fefa39efp-1, log_two_rest = 0x1.abc9e3b39803fp-56;
  int of_a = 0, of_b = 0;
  a = std::frexp(a, &of_a);
  b = std::frexp(b, &of_b);
  const double k = std::nearbyint(x / log_two), rest = std::fma(-k, log_two, x) - k * log_two_rest;
  return std::ldexp(a * b * std::exp(rest), of_a + of_b + static_cast<int>(k));
}

/// \f$\log(x/y)\f$, careful where the two are nearly equal.
inline double log_quotient(double x, double y) {
  const double difference = (x - y) / y;
  return std::abs(difference) < 0.5 ? std::log1p(difference) : std::log(x) - std::log(y);
}

using simulacra::detail::compensated_sum;

}  // namespace simulacra::theory::detail
