#pragma once

#include <cmath>
#include <span>

#include <simulacra/theory/detail/double_double.hpp>
#include <simulacra/theory/detail/gamma.hpp>

/// The squared 2-Wasserstein distance between the truth and the n-th model of a one-dimensional Gaussian chain
/// (`gaussian_chain.hpp`), \f$R_n = (\mu_n-\mu_0)^2 + (\sigma_n-\sigma)^2\f$: its mean, its variance, and the kurtosis of
/// the data.
namespace simulacra::theory {

namespace detail {

/// Mixed moments of a line of refits, sigma = 1: Y = sigma_n, and T, the variance of mu_n given all the variances.
template <class Real>
struct chain_moments {
  Real y1 = 1, y2 = 1, y3 = 1, y4 = 1;  ///< E Y, E Y^2, E Y^3, E Y^4
  Real t = 0, ty = 0, ty2 = 0, t2 = 0;  ///< E T, E TY, E TY^2, E T^2
};

/// Two lines of refits, the second starting where the first ended: \f$Y = Y_1 Y_2\f$ and \f$T = T_1 + Y_1^2 T_2\f$ with the
/// two independent. Only positive terms, so nothing cancels.
template <class Real>
chain_moments<Real> concatenate(const chain_moments<Real>& a, const chain_moments<Real>& b) {
  return {a.y1 * b.y1,
          a.y2 * b.y2,
          a.y3 * b.y3,
          a.y4 * b.y4,
          a.t + a.y2 * b.t,
          a.ty * b.y1 + a.y3 * b.ty,
          a.ty2 * b.y2 + a.y4 * b.ty2,
          a.t2 + Real(2) * a.ty2 * b.t + a.y4 * b.t2};
}

/// A single refit to M samples. Only c4 is transcendental: the second, third and fourth moment follow from it rationally.
inline chain_moments<double_double> one_refit(Index samples, divisor by) {
  using number = double_double;
  const number m = real(samples), one = 1, two = 2, freedom = m - one;
  const number e1 = c4_double_double(samples);
  const number bias = by == divisor::n ? freedom / m : one;
  const number root = sqrt(bias);
  chain_moments<number> result;
  result.y1 = e1 * root;
  result.y2 = bias;
  result.y3 = e1 * m / freedom * bias * root;
  result.y4 = (one + two / freedom) * bias * bias;
  result.t = one / m;
  result.ty = result.t * result.y1;
  result.ty2 = result.t * result.y2;
  result.t2 = result.t * result.t;
  return result;
}

/// n refits to M samples each, by repeated doubling: O(log n).
inline chain_moments<double_double> many_refits(Index samples, Index generation, divisor by) {
  chain_moments<double_double> result, block = one_refit(samples, by);
  for (Index left = generation; left > 0; left /= 2) {
    if (left % 2 == 1) result = concatenate(result, block);
    if (left > 1) block = concatenate(block, block);
  }
  return result;
}

/// The variance of \f$R = T Z^2 + B\f$, \f$B = (Y-1)^2\f$, from the mixed moments.
inline double risk_variance(const chain_moments<double_double>& e) {
  using number = double_double;
  const number one = 1, two = 2, three = 3, four = 4, six = 6;
  const number b = e.y2 - two * e.y1 + one;
  const number tb = e.ty2 - two * e.ty + e.t;
  const number b2 = e.y4 - four * e.y3 + six * e.y2 - four * e.y1 + one;
  const number mean = e.t + b;
  const auto value = static_cast<double>(three * e.t2 + two * tb + b2 - mean * mean);
  return std::isfinite(value) ? value : infinity;  // inf - inf: the fourth moment is past the largest double
}

}  // namespace detail

/// The mean of the squared 2-Wasserstein distance after one refit for each entry of the schedule.
///
/// \f[ \sigma^2\Bigl[\sum_i \frac1{M_i} + 2\Bigl(1-\prod_i c_4(M_i)\Bigr)\Bigr]\ (\texttt{n\_minus\_1}),\qquad
///     2\sigma^2\Bigl(1-\prod_i c_4(M_i)\sqrt{1-1/M_i}\Bigr)\ (\texttt{n}) \f]
/// The first grows without bound unless \f$\sum 1/M_i < \infty\f$; the second never exceeds \f$2\sigma^2\f$, since then
/// \f$E(\mu_n-\mu_0)^2 + E\,\sigma_n^2 = \sigma^2\f$ in every generation. To leading order both are \f$\tfrac32\sigma^2\sum
/// 1/M_i\f$.
/// @param schedule samples of refit i+1 in entry i, each >= 2; empty means the truth itself, at distance 0
/// @param sigma standard deviation of the truth, > 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(n), a run of equal entries being cheap.
/// Source: leading order Shumailov et al. (2024); exact forms derived for this library.
inline double wasserstein_risk_mean(std::span<const Index> schedule, divisor by, double sigma = 1) {
  constexpr auto name = "theory::wasserstein_risk_mean";
  detail::check_schedule(name, schedule, by);
  detail::check_positive(name, "sigma", sigma);
  detail::compensated_sum shares, logarithms;
  Index known = 0;
  double logarithm = 0;
  for (const Index samples : schedule) {
    if (samples != known) logarithm = detail::log_moment(1, known = samples, by);
    logarithms.add(logarithm);
    if (by == divisor::n_minus_1) shares.add(1 / detail::real(samples));
  }
  return sigma * sigma * (shares.value() - 2 * std::expm1(logarithms.value()));
}

/// The mean of the squared 2-Wasserstein distance after n refits to M samples each: the schedule's formula in O(1).
///
/// @param samples M >= 2
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range. Source: as above.
inline double wasserstein_risk_mean(Index samples, Index generation, divisor by, double sigma = 1) {
  constexpr auto name = "theory::wasserstein_risk_mean";
  detail::check_chain(name, samples, generation, by);
  detail::check_positive(name, "sigma", sigma);
  const double n = detail::real(generation), walk = by == divisor::n_minus_1 ? n / detail::real(samples) : 0;
  return sigma * sigma * (walk - 2 * std::expm1(n * detail::log_moment(1, samples, by)));
}

/// The variance of the squared 2-Wasserstein distance after n refits to M samples each.
///
/// \f[ 3\,E T^2 + 2\,E\,TB + E B^2 - (E T + E B)^2,\qquad T = \frac1M\sum_{i<n}\sigma_i^2,\quad B = (\sigma_n-1)^2 \f]
/// in units of \f$\sigma^4\f$, for both divisors; \f$\tfrac52\,n^2/M^2\f$ as \f$n/M\to0\f$. Under `n_minus_1` it grows like
/// \f$((M+1)/(M-1))^n\f$, and is +inf past the largest double.
/// @param samples M >= 2
/// @param generation n >= 0
/// @param sigma standard deviation of the truth, > 0
/// @throw std::invalid_argument if an argument is out of range.
/// Cost O(log n), in double-double arithmetic since the terms cancel to order \f$(n/M)^2\f$. Source: derived for this
/// library.
inline double wasserstein_risk_variance(Index samples, Index generation, divisor by, double sigma = 1) {
  constexpr auto name = "theory::wasserstein_risk_variance";
  detail::check_chain(name, samples, generation, by);
  detail::check_positive(name, "sigma", sigma);
  const double ratio = detail::real(generation) / detail::real(samples), square = sigma * sigma;
  if (ratio < 1e-11) return square * square * 2.5 * ratio * ratio;  // the next term is smaller by the ratio itself
  return square * square * detail::risk_variance(detail::many_refits(samples, generation, by));
}

/// The variance of the squared 2-Wasserstein distance for any schedule; formula and arguments as above.
///
/// Where \f$\sum 1/M_i < 10^{-11}\f$ the leading term, \f$\tfrac52(\sum 1/M_i)^2\f$.
/// @throw std::invalid_argument if an argument is out of range. Cost O(n). Source: derived for this library.
inline double wasserstein_risk_variance(std::span<const Index> schedule, divisor by, double sigma = 1) {
  constexpr auto name = "theory::wasserstein_risk_variance";
  detail::check_schedule(name, schedule, by);
  detail::check_positive(name, "sigma", sigma);
  detail::compensated_sum shares;
  for (const Index samples : schedule) shares.add(1 / detail::real(samples));
  const double square = sigma * sigma, ratio = shares.value();
  if (ratio < 1e-11) return square * square * 2.5 * ratio * ratio;  // as above
  detail::chain_moments<detail::double_double> all, refit;
  Index known = 0;
  for (const Index samples : schedule) {
    if (samples != known) refit = detail::one_refit(known = samples, by);
    all = detail::concatenate(all, refit);
  }
  return square * square * detail::risk_variance(all);
}

/// The kurtosis (3 for a normal law) of one observation drawn from the n-th model, all randomness included.
///
/// \f[ 3\,E v^2/(E v)^2, \qquad v = T + \sigma_n^2 \f]
/// @param samples M >= 2
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(log n). Source: derived for this library.
inline double kurtosis(Index samples, Index generation, divisor by) {
  detail::check_chain("theory::kurtosis", samples, generation, by);
  const auto e = detail::many_refits(samples, generation, by);
  const auto mean = e.t + e.y2;
  const auto square = e.t2 + detail::double_double(2) * e.ty2 + e.y4;
  const auto value = static_cast<double>(detail::double_double(3) * square / (mean * mean));
  return std::isfinite(value) ? value : detail::infinity;
}

}  // namespace simulacra::theory
