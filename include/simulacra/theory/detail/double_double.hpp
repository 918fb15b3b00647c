#pragma once

#include <cmath>

#include <simulacra/theory/detail/arguments.hpp>

namespace simulacra::theory::detail {

/// A number with about 32 digits, held as the unevaluated sum of two doubles (Dekker 1971; Hida, Li and Bailey 2001).
///
/// It is here for one reason: a variance of order 1/M^2 that is a difference of moments of order 1. At M = 1e9 that
/// difference has lost 18 digits, which is more than double or long double have.
struct double_double {
  double high = 0, low = 0;

  double_double() = default;
  double_double(double value) : high(value) {}  // NOLINT(google-explicit-constructor): numbers convert
  explicit operator double() const { return high; }

  /// The exact sum of two doubles.
  static double_double sum(double a, double b) {
    const double s = a + b, part = s - a;
    return make(s, (a - (s - part)) + (b - part));
  }
  /// The exact product of two doubles.
  static double_double product(double a, double b) {
    const double p = a * b;
    return make(p, std::fma(a, b, -p));
  }

  friend double_double operator+(double_double a, double_double b) {
    const double_double s = sum(a.high, b.high), t = sum(a.low, b.low);
    const double_double first = quick(s.high, s.low + t.high);
    return quick(first.high, first.low + t.low);
  }
  friend double_double operator-(double_double a) { return make(-a.high, -a.low); }
  friend double_double operator-(double_double a, double_double b) { return a + (-b); }
  friend double_double operator*(double_double a, double_double b) {
    const double_double p = product(a.high, b.high);
    return quick(p.high, p.low + (a.high * b.low + a.low * b.high));
  }
  friend double_double operator/(double_double a, double_double b) {
    const double first = a.high / b.high;  // long division, a double of the quotient at a time
    double_double rest = a - double_double(first) * b;
    const double second = rest.high / b.high;
    rest = rest - double_double(second) * b;
    return quick(first, second) + double_double(rest.high / b.high);
  }
  friend double_double sqrt(double_double a) {
    if (!(a.high > 0)) return double_double(std::sqrt(a.high));
    const double_double guess = std::sqrt(a.high);
    return guess + (a - guess * guess) / (guess + guess);  // one step of Newton doubles the digits
  }

 private:
  static double_double make(double high, double low) {
    double_double result;
    result.high = high;
    result.low = low;
    return result;
  }
  static double_double quick(double a, double b) {  // |a| >= |b|
    const double s = a + b;
    return make(s, b - (s - a));
  }
};

/// c4(M) to about 30 digits.
///
/// \f$\log c_4 = \sum_{j\,\mathrm{odd}} (2^{-j}-2)\,B_{j+1}/(j(j+1)a^j)\f$ with \f$a = (M-1)/2\f$, after walking up by
/// \f$c_4(M) = c_4(M+2)\sqrt{1-M^{-2}}\f$ to where the series is good for 30 digits.
inline double_double c4_double_double(Index samples) {
  struct fraction {
    double over, under;
  };
  static constexpr fraction bernoulli[] = {
      {1, 6},       {-1, 30},       {1, 42},       {-1, 30},           {5, 66},     {-691, 2730}, {7, 6}, {-3617, 510},
      {43867, 798}, {-174611, 330}, {854513, 138}, {-236364091, 2730}, {8553103, 6}};
  double m = real(samples);
  double_double squares = 1;
  for (; m < 80; m += 2) squares = squares * (double_double(1) - double_double(1) / double_double::product(m, m));

  const double_double inverse = double_double(2) / double_double::sum(m, -1);
  double_double power = inverse, logarithm = 0;
  double half = 0.5;  // 2^-j
  for (int i = 0; i < 13; ++i) {
    const double j = 2.0 * i + 1;
    const double_double over = (half - 2) * bernoulli[i].over, under = bernoulli[i].under * j * (j + 1);
    logarithm = logarithm + over / under * power;
    power = power * inverse * inverse;
    half /= 4;
  }
  double_double exponential = 1;  // |logarithm| < 1/300: fourteen terms of Taylor's series
  for (int i = 14; i >= 1; --i) exponential = double_double(1) + logarithm / double_double(i) * exponential;
  return exponential * sqrt(squares);
}

}  // namespace simulacra::theory::detail
