#pragma once

#include <cmath>

#include <simulacra/theory/accumulate.hpp>
#include <simulacra/theory/workflow.hpp>

/// One law for every kernel: when the model *is* the empirical measure of its training data, the spread
/// \f$D_n=E\,k(X,X)-E\,k(X,X')\f$ inside the model is multiplied by the same factors, whatever the kernel and the truth.
/// With \f$k=\delta\f$ it is heterozygosity, with \f$k=xy\f$ a Gaussian's variance (`divisor::n`), with a Gaussian kernel
/// the loss in an RKHS.
namespace simulacra::theory {

namespace detail {

inline double log_kernel_factor(const char* name, double initial, Index samples, Index generation, workflow kept) {
  check_not_negative(name, "initial", initial);
  check_samples(name, samples, 1);
  check_generation(name, generation);
  check_workflow(name, kept);
  if (generation == 0) return 0;
  if (samples == 1) return -infinity;
  if (kept == workflow::replace) return real(generation) * std::log1p(-1 / real(samples));
  return log_accumulate(samples, generation, divisor::n);
}

}  // namespace detail

/// The mean spread of generation n in the geometry of any kernel.
///
/// \f[ D_0\,(1-1/M)^n\ \text{(replace)},\qquad D_0\prod_{s\le n}\Bigl(1-\frac1{M s^2}\Bigr)\ \text{(accumulate)} \f]
/// @param initial \f$D_0=E\,k(X,X)-E\,k(X,X')\f$ of the truth, >= 0
/// @param samples M >= 1
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(min(n, 1000)). Source: derived for this library.
inline double kernel_spread(double initial, Index samples, Index generation, workflow kept) {
  return initial * std::exp(detail::log_kernel_factor("theory::kernel_spread", initial, samples, generation, kept));
}

/// The mean squared distance (MMD squared) of generation n from the truth, \f$D_0-D_n\f$. Arguments, errors and cost as
/// above.
inline double kernel_distance(double initial, Index samples, Index generation, workflow kept) {
  return -initial * std::expm1(detail::log_kernel_factor("theory::kernel_distance", initial, samples, generation, kept));
}

}  // namespace simulacra::theory
