#pragma once

#include <cmath>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/reward.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/numerics/scaled_factor.hpp>

namespace simulacra::detail {

/// What becomes of N(mu, F F') whose density is multiplied by e^r, r of constant curvature A and slope g at mu:
/// \f[ \Sigma' = F (I + F^T A F)^{-1} F^T, \qquad \mu' = \mu + \Sigma' g, \qquad
///     \log E e^r = r(\mu) + \tfrac12 g^T \Sigma' g - \tfrac12 \log\det (I + F^T A F) \f]
/// No inverse of Sigma: directions that are lost stay lost.
template <int D>
struct tilt {
  square<double, D> factor;  ///< B, lower, with Sigma' = F B B' F'
  point<double, D> shift;    ///< mu' - mu
  double log_mean;           ///< log E e^r
};

/// @throw std::invalid_argument unless I + F' A F is finite  O(d^3)
template <class T, int D, class R>
tilt<D> tilt_of(const point<T, D>& mean, const scaled_factor<T, D>& factor, const R& reward) {
  const Index d = mean.size();
  const point<double, D> at = mean.template cast<double>();
  const square<double, D> f = factor.dense().template cast<double>();
  square<double, D> a(d, d), m(d, d);
  point<double, D> slope(d);
  for (Index j = 0; j < d; ++j) {
    slope[j] = static_cast<double>(reward.slope(at, j));
    for (Index i = 0; i < d; ++i) a(i, j) = static_cast<double>(reward.curvature(i, j));
  }
  m.noalias() = f.transpose() * (a * f);
  for (Index j = 0; j < d; ++j) m(j, j) += 1;
  argument::require(m.allFinite() && slope.allFinite(), "gaussian::tilted", "reward", "too steep for this law",
                    "be such that its curvature times the covariance is finite");

  // U upper with U U' = I + F' A F, so that B = U'^-1 is lower as F is.
  square<double, D> u = square<double, D>::Zero(d, d), b = square<double, D>::Zero(d, d);
  for (Index j = d - 1; j >= 0; --j) {
    double pivot = m(j, j);
    for (Index k = j + 1; k < d; ++k) pivot -= u(j, k) * u(j, k);
    u(j, j) = std::sqrt(pivot > 1 ? pivot : 1.0);  // a Schur complement of what is at least I
    for (Index i = 0; i < j; ++i) {
      double sum = m(i, j);
      for (Index k = j + 1; k < d; ++k) sum -= u(i, k) * u(j, k);
      u(i, j) = sum / u(j, j);
    }
  }
  double log_mean = static_cast<double>(reward(at));
  for (Index j = 0; j < d; ++j) {
    log_mean -= std::log(u(j, j));
    b(j, j) = 1 / u(j, j);
    for (Index i = j + 1; i < d; ++i) {
      double sum = 0;
      for (Index k = j; k < i; ++k) sum += u(k, i) * b(k, j);
      b(i, j) = -sum / u(i, i);
    }
  }
  const point<double, D> seen = f.transpose() * slope, half = b.transpose() * seen, turned = b * half;
  point<double, D> shift = f * turned;
  return {b, shift, log_mean + half.squaredNorm() / 2};
}

}  // namespace simulacra::detail
