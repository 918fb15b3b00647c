#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include <simulacra/theory/accumulate.hpp>
#include <simulacra/theory/detail/kernel_density.hpp>
#include <simulacra/theory/kernel_law.hpp>

/// A Gaussian kernel density estimate with a fixed bandwidth h, refitted again and again to M of its own samples a
/// generation. The truth is \f$N(0,\sigma^2 I_d)\f$. It does not collapse: its spread settles at \f$Mh^2\f$, while its mean
/// walks at random.
///
/// Generation 0 is the truth, generation 1 the estimate from M real samples; `workflow::replace` fits generation n to the
/// last M samples, `workflow::accumulate` to all n M. In what follows \f$\varphi(v)=(2\pi v)^{-d/2}\f$.
namespace simulacra::theory {

namespace detail {

/// `accumulate` is a recursion of n steps at some hundreds of frequencies: a few seconds for so many generations.
inline constexpr Index most_spectral_generations = 1'000'000;

inline void check_kernel_chain(std::string_view function, Index dimension, double variance, Index samples, Index generation,
                               workflow kept) {
  check_dimension(function, dimension);
  check_positive(function, "target_variance", variance);
  check_samples(function, samples, 1);
  check_generation(function, generation);
  check_workflow(function, kept);
}

inline double kernel_chain_distance(std::string_view function, const gaussian_product& psi, double eta, Index dimension,
                                    Index samples, Index generation, workflow kept) {
  if (generation == 0) return 0;
  // One generation is the same in both; the finite sum has a single term then.
  if (kept == workflow::replace || generation == 1)
    return exponential_in_range(function, dimension, log_replace_distance(psi, eta, samples, generation));
  argument::require(generation <= most_spectral_generations, function, "generation", generation,
                    "be at most 1000000 with workflow::accumulate");
  return exponential_in_range(function, dimension, log_accumulate_distance(psi, eta, samples, generation));
}

}  // namespace detail

/// The mean integrated squared error of generation n, \f$E\int(\hat p_n-p_0)^2\f$.
///
/// Replace, with \f$Q_n=\frac1M\sum_{j<n}(1-\frac1M)^j\varphi(2(j+1)h^2)+(1-\frac1M)^n\varphi(2\sigma^2+2nh^2)\f$:
/// \f[ Q_n-2\varphi(2\sigma^2+nh^2)+\varphi(2\sigma^2) \f]
/// Accumulate, with \f$K=e^{-h^2|w|^2/2}\f$, \f$f=e^{-\sigma^2|w|^2/2}\f$, from \f$A_1=\frac1M+(1-\frac1M)f^2,\ B_1=f\f$:
/// \f[ (2\pi)^{-d}\!\int (K^2A_n-2KB_nf+f^2)\,dw,\quad
///     A_{s+1}=\frac{A_s[(s+K)^2-\frac{K^2}M]+\frac1M}{(s+1)^2},\quad B_{s+1}=\frac{s+K}{s+1}B_s \f]
/// @param dimension d >= 1
/// @param target_variance \f$\sigma^2\f$ of the truth in each coordinate, > 0
/// @param bandwidth h > 0, the standard deviation of the kernel; within a factor 1e70 of \f$\sigma\f$
/// @param samples M >= 1 new samples a generation
/// @param generation n >= 0; at most 1e6 with `workflow::accumulate`
/// @return in units of a density; relative error 1e-12 (1e-11 for d or n in the hundred thousands)
/// @throw std::invalid_argument if an argument is out of range, or the result is out of double's. Cost O(min(n, 7e4))
/// (replace) or O(500 n) (accumulate).
/// Source: one generation is classical (Marron and Wand 1992); derived for this library.
inline double kde_mise(Index dimension, double target_variance, double bandwidth, Index samples, Index generation,
                       workflow kept) {
  constexpr auto name = "theory::kde_mise";
  detail::check_kernel_chain(name, dimension, target_variance, samples, generation, kept);
  const double eta = detail::squared_ratio(name, "bandwidth", bandwidth, target_variance);
  const detail::gaussian_product psi{detail::real(dimension) / 2, 0, target_variance};
  return detail::kernel_chain_distance(name, psi, eta, dimension, samples, generation, kept);
}

/// The mean squared maximum mean discrepancy of generation n from the truth, under the kernel
/// \f$e^{-|x-y|^2/(2l^2)}\f$.
///
/// The above with \f$\varphi(v)=(1+v/l^2)^{-d/2}\f$, or with the weight \f$N(w;0,l^{-2}I)\f$ in place of
/// \f$(2\pi)^{-d}\f$.
/// @param bandwidth h >= 0; with 0 the model is the empirical measure of its data, and this is `kernel_distance`
/// @param length_scale l > 0, within a factor 1e70 of \f$\sigma\f$; the other arguments, errors and cost as above
/// Source: derived for this library.
inline double kde_mmd2(Index dimension, double target_variance, double bandwidth, Index samples, Index generation,
                       double length_scale, workflow kept) {
  constexpr auto name = "theory::kde_mmd2";
  detail::check_kernel_chain(name, dimension, target_variance, samples, generation, kept);
  const double shift = detail::squared_ratio(name, "length_scale", length_scale, target_variance);
  const detail::gaussian_product psi{detail::real(dimension) / 2, shift, target_variance};
  if (bandwidth == 0) return kernel_distance(-std::expm1(psi.logarithm(2)), samples, generation, kept);
  const double eta = detail::squared_ratio(name, "bandwidth", bandwidth, target_variance);
  return detail::kernel_chain_distance(name, psi, eta, dimension, samples, generation, kept);
}

/// The mean spread of generation n: the variance of the model about its own mean, summed over the coordinates.
///
/// \f[ V_{s+1}=(1-\tfrac1M)V_s+h^2\to Mh^2\ \text{(replace)},\qquad
///     V_{s+1}=\Bigl(1-\frac1{M(s+1)^2}\Bigr)V_s+\frac{h^2}{s+1}\ \text{(accumulate)} \f]
/// a coordinate, from \f$V_0=\sigma^2\f$.
/// @param dimension d >= 1
/// @param target_variance \f$\sigma^2\f$ of the truth in each coordinate, > 0
/// @param bandwidth h >= 0
/// @param samples M >= 1
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1) (replace) or O(min(n, 1e6)) (accumulate).
/// Source: derived for this library.
inline double kde_spread(Index dimension, double target_variance, double bandwidth, Index samples, Index generation,
                         workflow kept) {
  constexpr auto name = "theory::kde_spread";
  detail::check_kernel_chain(name, dimension, target_variance, samples, generation, kept);
  detail::check_not_negative(name, "bandwidth", bandwidth);
  const double d = detail::real(dimension), n = detail::real(generation), m = detail::real(samples);
  if (generation == 0) return d * target_variance;
  const double added = bandwidth * bandwidth;
  if (kept == workflow::replace) {
    if (samples == 1) return d * added;
    return d * (target_variance * detail::power_of_one_plus(-1 / m, n) - added * m * detail::power_minus_one(-1 / m, n));
  }
  constexpr Index last = 1'000'000;
  detail::compensated_sum sum;
  sum.add(target_variance);
  for (Index s = 1; s <= (std::min)(generation, last); ++s) {
    const double t = detail::real(s);
    sum.add(added / t - sum.value() / (m * t * t));
  }
  double spread = sum.value();
  if (generation > last) {  // from here on to first order in 1/(M s^2): the second is 1e-13 of the sum
    const double begin = detail::real(last) + 1, end = n + 1;
    const double left = (detail::trigamma(begin) - detail::trigamma(end)) / m;  // sum of 1/(M s^2)
    const double terms = detail::digamma_minus_log(end) - detail::digamma_minus_log(begin) + std::log(end / begin);
    const double squares = detail::trigamma(begin) - detail::trigamma(end);
    spread = spread * std::exp(-left) + added * (terms * (1 + detail::trigamma(end) / m) - squares / m);
  }
  return d * spread;
}

/// The mean second moment of generation n about the truth's mean, \f$E|X-\mu_0|^2\f$: spread and wandering of the mean
/// together.
///
/// \f[ d\,(\sigma^2+nh^2)\ \text{(replace)},\qquad d\,(\sigma^2+h^2H_n),\ H_n=\sum_{s\le n}\tfrac1s\ \text{(accumulate)} \f]
/// whatever M. Arguments and errors as above; cost O(1).
/// Source: derived for this library.
inline double kde_second_moment(Index dimension, double target_variance, double bandwidth, Index samples, Index generation,
                                workflow kept) {
  constexpr auto name = "theory::kde_second_moment";
  detail::check_kernel_chain(name, dimension, target_variance, samples, generation, kept);
  detail::check_not_negative(name, "bandwidth", bandwidth);
  const double n = detail::real(generation);
  double smoothings = n;
  if (kept == workflow::accumulate && generation > 1000) {
    smoothings = detail::digamma_minus_log(n + 1) + std::log(n + 1) + std::numbers::egamma;
  } else if (kept == workflow::accumulate) {
    smoothings = 0;
    for (Index s = generation; s > 0; --s) smoothings += 1 / detail::real(s);
  }
  return detail::real(dimension) * (target_variance + bandwidth * bandwidth * smoothings);
}

/// The two above in one dimension.
inline double kde_spread(double target_variance, double bandwidth, Index samples, Index generation, workflow kept) {
  return kde_spread(1, target_variance, bandwidth, samples, generation, kept);
}
inline double kde_second_moment(double target_variance, double bandwidth, Index samples, Index generation, workflow kept) {
  return kde_second_moment(1, target_variance, bandwidth, samples, generation, kept);
}

}  // namespace simulacra::theory
