#pragma once

#include <cmath>
#include <complex>
#include <numbers>

#include <boost/math/special_functions/gamma.hpp>

#include <simulacra/theory/detail/gamma.hpp>
#include <simulacra/theory/detail/policy.hpp>

/// How likely it is that a Gaussian chain (`gaussian_chain.hpp`) has not collapsed yet: exactly, and by the known bounds.
namespace simulacra::theory {

namespace detail {

/// The law of \f$Y = \log(\sigma_n^2/\sigma^2)\f$, by its cumulant generating function \f$K(t) = \log E e^{tY}\f$, Re t >
/// -shape.
struct log_variance_law {
  double shape, bias, generations;

  log_variance_law(Index samples, Index generation, divisor by)
      : shape(shape_of(samples)), bias(log_bias(samples, by)), generations(real(generation)) {}

  template <class T>
  T cumulant(T t) const {
    return generations * (log_gamma_ratio(shape, t) + t * bias);
  }
  double slope(double t) const { return generations * (digamma_minus_log(shape + t) + std::log1p(t / shape) + bias); }
  double curvature(double t) const { return generations * trigamma(shape + t); }
};

/// The zero of an increasing function between `low` (where it is negative) and `high` (where it is positive).
template <class Function>
double bisect(const Function& f, double low, double high) {
  for (int step = 0; step < 200; ++step) {
    const double middle = low + (high - low) / 2;
    if (middle == low || middle == high) break;
    (f(middle) < 0 ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

/// \f$P(Y > y)\f$ if `upper`, \f$P(Y < y)\f$ if not, with small relative error however small it is.
///
/// Inversion \f$\frac1{2\pi i}\int e^{K(t)-ty}\,dt/t\f$ along the vertical line through the saddle point of the integrand to
/// the right of 0 (upper tail) or to its left (lower tail, up to a sign): there the integrand is as large as the answer, so
/// nothing cancels. It is analytic in a strip and dies exponentially, so that the trapezoidal rule doubles its digits with
/// every halving of the step.
inline double tail_probability(const log_variance_law& law, double y, bool upper) {
  const auto exponent = [&](double t) { return law.cumulant(t) - t * y; };
  const auto saddle = [&](double t) { return law.slope(t) - y - 1 / t; };

  double c = 0;
  if (upper) {
    double high = 1 / std::sqrt(law.curvature(0));
    for (; saddle(high) < 0; high *= 2)
      if (exponent(high) < -800) return 0;  // Chernoff's bound is below the smallest double already
    c = bisect(saddle, 0, high);
  } else {
    c = bisect(saddle, -law.shape, 0);
  }
  const double at_saddle = law.cumulant(c);
  if (at_saddle - c * y < -800) return 0;

  // The integrand in units of its value on the real axis; its modulus decreases with tau.
  const auto integrand = [&](double tau) {
    const std::complex<double> t(c, tau);
    return std::exp(law.cumulant(t) - at_saddle - std::complex<double>(0, tau * y)) * (c / t);
  };
  const auto sum_from = [&](double first, double step) {
    compensated_sum sum;
    for (double k = 0;; ++k) {
      const auto value = integrand(first + k * step);
      sum.add(value.real());
      if (std::abs(value) * (k + 1) < 1e-18) return sum.value();
    }
  };
  double step = 1 / std::sqrt(law.curvature(c) + 1 / (c * c));
  double trapezoid = step * (0.5 + sum_from(step, step));
  for (int halvings = 0; halvings < 12; ++halvings) {
    const double midpoint = step * sum_from(step / 2, step);
    const double difference = midpoint - trapezoid;
    trapezoid = (trapezoid + midpoint) / 2;
    step /= 2;
    if (std::abs(difference) <= 1e-9 * std::abs(trapezoid)) break;  // the next difference is about the square of this one
  }
  return std::exp(at_saddle - c * y) / std::abs(c) * trapezoid * std::numbers::inv_pi;
}

inline void check_survival(const char* name, double epsilon, Index samples, Index generation, divisor by, double sigma) {
  check_positive(name, "epsilon", epsilon);
  check_chain(name, samples, generation, by);
  check_positive(name, "sigma", sigma);
}

}  // namespace detail

/// The probability that the model's standard deviation still exceeds epsilon in generation n, \f$P(\sigma_n > \epsilon)\f$.
///
/// \f[ \frac1{2\pi i}\int_{c-i\infty}^{c+i\infty} \Bigl[(2/D)^{t}\,\Gamma(\tfrac{M-1}2+t)/\Gamma(\tfrac{M-1}2)\Bigr]^n
///     (\epsilon/\sigma)^{-2t}\,\frac{dt}{t}, \qquad c > 0 \f]
/// Accurate to 1e-10 *relative*, far into the tail of small probabilities (0 below the smallest double).
/// @param epsilon threshold in the unit of sigma, > 0
/// @param samples M >= 2
/// @param generation n >= 0; at 0 the answer is 1 or 0, at 1 an incomplete gamma function
/// @param sigma standard deviation of the truth, > 0
/// @throw std::invalid_argument if an argument is out of range.
/// Cost: a few hundred complex gamma functions, whatever n and M (thousands for n = 2 and tiny epsilon).
/// Source: inversion formula Gil-Pelaez (1951), line of integration Lugannani and Rice (1980); derived for this library.
inline double survival(double epsilon, Index samples, Index generation, divisor by, double sigma = 1) {
  detail::check_survival("theory::survival", epsilon, samples, generation, by, sigma);
  if (generation == 0) return epsilon < sigma ? 1 : 0;
  const double y = 2 * detail::log_quotient(epsilon, sigma);
  if (generation == 1) {
    const double limit = std::exp(y - detail::log_bias(samples, by));  // epsilon^2 in units of E G, times (M - 1)/D
    const double shape = detail::shape_of(samples);
    return limit < 1e200 ? boost::math::gamma_q(shape, shape * limit, detail::policy()) : 0;
  }
  const detail::log_variance_law law(samples, generation, by);
  return y > law.slope(0) ? detail::tail_probability(law, y, true) : 1 - detail::tail_probability(law, y, false);
}

/// Markov's bound on `survival`: \f$(\sigma/\epsilon)\,E\,\sigma_n/\sigma\f$. It may exceed 1.
///
/// Arguments and errors as for `survival`. Cost O(1). Source: Bertrand et al. (2024).
inline double survival_bound_markov(double epsilon, Index samples, Index generation, divisor by, double sigma = 1) {
  detail::check_survival("theory::survival_bound_markov", epsilon, samples, generation, by, sigma);
  return std::exp(detail::real(generation) * detail::log_moment(1, samples, by) - detail::log_quotient(epsilon, sigma));
}

/// The bound \f$(\sigma/\epsilon)\,e^{-n/(4M-1)}\f$ on `survival` with `divisor::n_minus_1` (and so with `divisor::n`). It
/// may exceed 1.
///
/// Arguments and errors as for `survival`. Cost O(1). Source: Suresh et al. (2024).
inline double survival_bound_suresh(double epsilon, Index samples, Index generation, double sigma = 1) {
  detail::check_survival("theory::survival_bound_suresh", epsilon, samples, generation, divisor::n_minus_1, sigma);
  return std::exp(-detail::real(generation) / (4 * detail::real(samples) - 1) - detail::log_quotient(epsilon, sigma));
}

/// Chernoff's bound on `survival`: \f$\min_{t\ge0} (\sigma/\epsilon)^t\,E(\sigma_n/\sigma)^t\f$, which never exceeds 1.
///
/// Arguments and errors as for `survival`. Cost O(1), by bisection. Source: derived for this library.
inline double survival_bound_chernoff(double epsilon, Index samples, Index generation, divisor by, double sigma = 1) {
  detail::check_survival("theory::survival_bound_chernoff", epsilon, samples, generation, by, sigma);
  if (generation == 0) return epsilon < sigma ? 1 : 0;
  const double y = 2 * detail::log_quotient(epsilon, sigma);
  const detail::log_variance_law law(samples, generation, by);
  if (y <= law.slope(0)) return 1;
  double high = 1 / std::sqrt(law.curvature(0));
  for (; law.slope(high) < y; high *= 2)
    if (law.cumulant(high) - high * y < -800) return 0;
  const double c = detail::bisect([&](double t) { return law.slope(t) - y; }, 0, high);
  return std::exp(law.cumulant(c) - c * y);
}

}  // namespace simulacra::theory
