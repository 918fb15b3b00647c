#pragma once

#include <cmath>
#include <numbers>

#include <simulacra/theory/detail/gamma.hpp>

/// Binomial and beta-binomial probabilities to a relative error of about 1e-15 (Loader 2000): Stirling's formula cancelled on paper.
namespace simulacra::theory::detail {

/// What Stirling's formula leaves, for every x > 0. (`stirling_remainder` is the same from 10 on.)
inline double stirling_error(double x) {
  double walked = 0;
  for (; x < 10; x += 1) walked += (x + 0.5) * (x < 1 ? std::log1p(x) - std::log(x) : std::log1p(1 / x)) - 1;
  return walked + stirling_remainder(x);
}

/// \f$x\,[\log r-(r-1)]\f$, a part of a deviance, given \f$r\f$ and \f$x(r-1)\f$ as well, neither of which the other knows to the digit.
inline double deviance_part(double x, double ratio, double difference) {
  if (x < 1e-280) return -difference;  // the logarithm of what may leave the range, times next to nothing
  const double relative = difference / x;
  return x * (std::abs(relative) < 0.3 ? log1p_minus(relative) : std::log(ratio) - relative);
}

/// The probability of k successes in M.
///
/// Given the mean number of successes and of failures, since neither can be had from the other without rounding.
inline double binomial(double k, double m, double mean, double failures) {
  if (k < 0 || k > m) return 0;
  if (mean <= 0) return k == 0 ? 1 : 0;
  if (failures <= 0) return k == m ? 1 : 0;
  const auto log_share = [m](double x, double other) { return x < other ? std::log(x / m) : std::log1p(-other / m); };
  if (k == 0) return std::exp(m * log_share(failures, mean));
  if (k == m) return std::exp(m * log_share(mean, failures));
  const double rest = m - k, exponent = stirling_error(m) - stirling_error(k) - stirling_error(rest) +
                                        deviance_part(k, mean / k, mean - k) +
                                        deviance_part(rest, failures / rest, failures - rest);
  return std::exp(exponent) * std::sqrt(m / (2 * std::numbers::pi * k * rest));
}

/// The probability of k successes in M whose probability has the law Beta(a, b), \f$\binom Mk\,B(a+k,b+M-k)/B(a,b)\f$; a, b > 0.
///
/// By \f$\Gamma(a)\Gamma(b)/\Gamma(a+b)\f$ as the reciprocal of a binomial coefficient, all three coefficients at one and the same
/// probability (a+k)/(a+b+M), which drops out: what is left are two deviances and what Stirling's formula leaves.
inline double beta_binomial(double k, double m, double a, double b) {
  if (k < 0 || k > m) return 0;
  const double rest = m - k, x = a + k, y = b + rest, prior = a + b, total = prior + m;
  const double share = x / total, other = y / total, shift = rest * (a / total) - k * (b / total);  // m share - k
  double exponent = (stirling_error(prior) - stirling_error(total)) + (stirling_error(x) - stirling_error(a)) +
                    (stirling_error(y) - stirling_error(b)) + deviance_part(a, x / a * (prior / total), -shift) +
                    deviance_part(b, y / b * (prior / total), shift);
  double scale = std::sqrt((a / x) * (b / y) * (total / prior));
  if (k == 0 || k == m) {
    const double part = k == 0 ? other : share, missing = k == 0 ? share : other;
    exponent += m * (part < missing ? std::log(part) : std::log1p(-missing));
  } else {
    exponent += stirling_error(m) - stirling_error(k) - stirling_error(rest) + deviance_part(k, x / k * (m / total), shift) +
                deviance_part(rest, y / rest * (m / total), -shift);
    scale *= std::sqrt(m / (2 * std::numbers::pi * k * rest));
  }
  return scale * std::exp(exponent);
}

}  // namespace simulacra::theory::detail
