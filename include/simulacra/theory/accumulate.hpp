#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include <boost/math/special_functions/gamma.hpp>

#include <simulacra/theory/detail/gamma.hpp>
#include <simulacra/theory/detail/policy.hpp>

/// A one-dimensional Gaussian refitted to *everything* drawn so far, M new samples a generation ("accumulate"; Gerstgrasser
/// et al. 2024, Kazdan et al. 2024), or to M drawn without replacement from everything ("accumulate-subsample"). The spread
/// converges to a positive limit: no collapse. All in units of the truth's variance; in d dimensions the same factors
/// multiply the truth's covariance. "Fit of generation n" is the fit to n M samples, the first M of them real.
namespace simulacra::theory {

namespace detail {

/// Up to here products are multiplied out; beyond, they are completed in closed form.
inline constexpr Index direct_generations = 1000;

/// \f$\log(\sin z/z)\f$ for 0 <= z < pi.
inline double log_sinc(double z) {
  if (z > 0.1) return std::log(std::sin(z) / z);
  const double s = z * z;
  return -s * (1.0 / 6 + s * (1.0 / 180 + s * (1.0 / 2835 + s * (1.0 / 37800 + s / 467775))));
}

/// The roots of \f$M s^2 - s - 1\f$, on which the unbiased product hangs.
struct accumulate_roots {
  double plus, minus, inverse;
  explicit accumulate_roots(Index samples) : inverse(1 / real(samples)) {
    plus = (inverse + std::sqrt(inverse * inverse + 4 * inverse)) / 2;
    minus = -inverse / plus;
  }
};

inline double lgamma(double x) { return boost::math::lgamma(x, policy()); }

/// \f$\log\lim_n E S_n\f$; not for M = 1.
inline double log_accumulate_limit(Index samples, divisor by) {
  if (by == divisor::n) return log_sinc(std::numbers::pi / std::sqrt(real(samples)));
  const accumulate_roots r(samples);
  return lgamma(2 - r.inverse) - lgamma(2 - r.plus) - lgamma(2 - r.minus);
}

/// \f$\log E S_n\f$; not for M = 1.
inline double log_accumulate(Index samples, Index generation, divisor by) {
  const double m = real(samples);
  if (generation <= direct_generations) {
    compensated_sum sum;
    for (Index s = by == divisor::n ? 1 : 2; s <= generation; ++s) {
      const double t = real(s);
      sum.add(std::log1p(-1 / (by == divisor::n ? m * t * t : t * (m * t - 1))));
    }
    return sum.value();
  }
  const double next = real(generation) + 1;
  if (by == divisor::n) {  // the limit less the factors not yet reached, sum over s > n of 1/(M s^2) + 1/(2 M^2 s^4) + ...
    const double middle = next - 0.5;
    return log_accumulate_limit(samples, by) + (trigamma(next) + 1 / (6 * m * middle * middle * middle)) / m;
  }
  // The product is a ratio of gamma functions at n + 1 times its own limit.
  const accumulate_roots r(samples);
  return log_accumulate_limit(samples, by) +
         (log_gamma_ratio(next, -r.plus) + log_gamma_ratio(next, -r.minus) - log_gamma_ratio(next, -r.inverse));
}

inline void check_accumulate(const char* name, Index samples, Index generation, divisor by) {
  check_divisor(name, by);
  check_samples(name, samples, by == divisor::n ? 1 : 2);
  check_generation(name, generation);
}

}  // namespace detail

/// The mean of the fitted variance in generation n when all data are kept, in units of the truth's.
///
/// \f[ \prod_{s=1}^n\Bigl(1-\frac1{M s^2}\Bigr)\ (\texttt{n}),\qquad
///     \prod_{s=2}^n\Bigl(1-\frac1{s(Ms-1)}\Bigr)\ (\texttt{n\_minus\_1}) \f]
/// @param samples M new samples a generation; >= 1 (`n`, where M = 1 gives 0) or >= 2 (`n_minus_1`)
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(min(n, 1000)).
/// Source: `n` Kazdan et al. (2024); `n_minus_1` derived for this library.
inline double accumulate_variance(Index samples, Index generation, divisor by) {
  detail::check_accumulate("theory::accumulate_variance", samples, generation, by);
  if (samples == 1) return generation == 0 ? 1 : 0;
  return std::exp(detail::log_accumulate(samples, generation, by));
}

/// The limit of `accumulate_variance` as n grows: positive for M >= 2.
///
/// \f[ \frac{\sin(\pi/\sqrt M)}{\pi/\sqrt M}\ (\texttt{n}),\qquad
///     \frac{\Gamma(2-1/M)}{\Gamma(2-r_+)\,\Gamma(2-r_-)},\ r_\pm=\frac{1\pm\sqrt{1+4M}}{2M}\ (\texttt{n\_minus\_1}) \f]
/// @param samples M, as above
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: as above.
inline double accumulate_variance_limit(Index samples, divisor by) {
  detail::check_accumulate("theory::accumulate_variance_limit", samples, 0, by);
  return samples == 1 ? 0 : std::exp(detail::log_accumulate_limit(samples, by));
}

/// The mean squared error of the fitted mean when all data are kept, in units of the truth's variance.
///
/// \f[ 1 - E S_n\ (\texttt{n}),\qquad \frac1M+\sum_{s=2}^n\frac{E S_{s-1}}{M s^2}\ (\texttt{n\_minus\_1}) \f]
/// @param samples M, as above
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(min(n, 1000)) (`n`) or O(min(n, 1e6)) (`n_minus_1`).
/// Source: derived for this library.
inline double accumulate_mean_error(Index samples, Index generation, divisor by) {
  detail::check_accumulate("theory::accumulate_mean_error", samples, generation, by);
  if (generation == 0) return 0;
  if (samples == 1) return 1;
  if (by == divisor::n) return -std::expm1(detail::log_accumulate(samples, generation, by));

  constexpr Index last = 1'000'000;  // from here on E S is constant to 1e-12, and the rest is a difference of trigammas
  const double m = detail::real(samples);
  detail::compensated_sum sum;
  double variance = 1;
  sum.add(1 / m);
  for (Index s = 2; s <= (std::min)(generation, last); ++s) {
    const double t = detail::real(s);
    sum.add(variance / (m * t * t));
    variance *= 1 - 1 / (t * (m * t - 1));
  }
  if (generation > last)
    sum.add(variance / m * (detail::trigamma(detail::real(last) + 1) - detail::trigamma(detail::real(generation) + 1)));
  return sum.value();
}

namespace detail {

/// The logarithm of the mean variance (divisor n) of the pool of n M samples under accumulate-subsample, n >= 1.
inline double log_subsample_pool(Index samples, Index generation) {
  constexpr Index last = 1'000'000;
  const double m = real(samples);
  compensated_sum sum;
  sum.add(std::log1p(-1 / m));
  for (Index s = 1; s < (std::min)(generation, last); ++s) {
    const double t = real(s);
    sum.add(std::log1p(-((2 * m - 1) * t - m) / (m * (m * t - 1) * (t + 1) * (t + 1))));
  }
  if (generation > last)  // the factors are 1 - (2M - 1)/(M(t + 1))^2 up to 1e-6 of that, and all of the rest is 2e-6/M
    sum.add(-(2 * m - 1) / (m * m) * (trigamma(real(last) + 1) - trigamma(real(generation) + 1)));
  return sum.value();
}

inline double log_subsample_fit(Index samples, Index generation) {
  const double m = real(samples), n = real(generation);
  return log_subsample_pool(samples, generation) + std::log1p(-(n - 1) / (m * n - 1));
}

inline void check_subsample(const char* name, Index samples, Index generation) {
  check_samples(name, samples);
  check_generation(name, generation);
}

}  // namespace detail

/// The mean of the *fitted* variance (divisor n) under accumulate-subsample, in units of the truth's.
///
/// \f[ E S_n = V_n\,\frac{(M-1)\,n}{Mn-1},\qquad V_1=1-\frac1M,\qquad
///     V_{t+1}=V_t\Bigl[1-\frac{2Mt-M-t}{M(Mt-1)(t+1)^2}\Bigr] \f]
/// where V is the variance of the pool. It converges (no collapse), with about twice the loss of `accumulate_variance`.
/// @param samples M >= 2 new samples a generation, and drawn for each fit
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(min(n, 1e6)). Source: derived for this library.
inline double accumulate_subsample_variance(Index samples, Index generation) {
  detail::check_subsample("theory::accumulate_subsample_variance", samples, generation);
  return generation == 0 ? 1 : std::exp(detail::log_subsample_fit(samples, generation));
}

/// The mean variance (divisor n) of the pool under accumulate-subsample, V above. Arguments, errors and cost as there.
inline double accumulate_subsample_pool_variance(Index samples, Index generation) {
  detail::check_subsample("theory::accumulate_subsample_pool_variance", samples, generation);
  return generation == 0 ? 1 : std::exp(detail::log_subsample_pool(samples, generation));
}

/// The mean squared error of the fitted mean under accumulate-subsample, \f$1-E S_n\f$. Arguments, errors and cost as above.
inline double accumulate_subsample_mean_error(Index samples, Index generation) {
  detail::check_subsample("theory::accumulate_subsample_mean_error", samples, generation);
  return generation == 0 ? 0 : -std::expm1(detail::log_subsample_fit(samples, generation));
}

}  // namespace simulacra::theory
