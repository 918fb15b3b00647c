#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/divergences.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/hilbert/kernels.hpp>

/// Inner products of Gaussian laws in the Hilbert space of the Gaussian kernel, and the distance that they make.
namespace simulacra {

namespace detail {

/// A Gaussian law as its closed forms with others read it: its mean and its factor in double, unscaled. What has collapsed
/// below the smallest double has no covariance next to a kernel's length scale.
template <int D>
struct plain_gaussian {
  point<double, D> mean;
  square<double, D> factor;

  template <class T>
  explicit plain_gaussian(const gaussian<T, D>& law)
      : mean(law.mean().template cast<double>()), factor(law.factor().dense().template cast<double>()) {}
};

/// det(A) and m' adj(A) m for \f$ A = t I + \sum_k g_k g_k^T \f$ in the plane, where the g are the columns of two lower factors.
/// By the formula of Cauchy and Binet all terms are squares, so nothing cancels however thin the laws are.
struct planar_form {
  double determinant, adjugate;

  planar_form(const square<double, 2>& f, const square<double, 2>& g, const point<double, 2>& m, double t) {
    const double f_ff = f(0, 0) * f(1, 1), f_gg = g(0, 0) * g(1, 1);
    const double tilt = f(0, 0) * g(1, 0) - f(1, 0) * g(0, 0);  // the two first columns
    const double across = f(0, 0) * g(1, 1), along = g(0, 0) * f(1, 1);
    const double trace = f.squaredNorm() + g.squaredNorm();
    determinant = t * t + t * trace + (f_ff * f_ff + f_gg * f_gg) + (tilt * tilt + across * across + along * along);
    const double f0 = f(0, 0) * m[1] - f(1, 0) * m[0], g0 = g(0, 0) * m[1] - g(1, 0) * m[0];
    const double f1 = f(1, 1) * m[0], g1 = g(1, 1) * m[0];
    adjugate = t * m.squaredNorm() + (f0 * f0 + g0 * g0 + f1 * f1 + g1 * g1);
  }
};

/// \f$ E\,k(X, Y) \f$ of two independent Gaussians and the Gaussian kernel of length scale l.
template <int D>
double kernel_mean(const plain_gaussian<D>& p, const plain_gaussian<D>& q, double l) {
  if constexpr (D == 1) {
    const double f = p.factor(0, 0) / l, g = q.factor(0, 0) / l, apart = (p.mean[0] - q.mean[0]) / l,
                 wide = 1 + f * f + g * g;
    return std::exp(-0.5 * apart * apart / wide) / std::sqrt(wide);
  } else if constexpr (D == 2) {
    const planar_form a(p.factor / l, q.factor / l, (p.mean - q.mean) / l, 1);
    return std::exp(-0.5 * a.adjugate / a.determinant) / std::sqrt(a.determinant);
  } else {
    const Index d = p.mean.size();
    const auto f = scaled_factor<double, D>::from_lower(p.factor / l),
               g = scaled_factor<double, D>::from_lower(q.factor / l);
    const auto wide = f.plus(g, square<double, D>::Identity(d, d));
    return std::exp(-0.5 * (wide.log_determinant() + wide.mahalanobis_squared((p.mean - q.mean) / l)));
  }
}

}  // namespace detail

/// The inner product of the embeddings of two Gaussian laws in the Hilbert space of the Gaussian kernel,
/// \f[ E\,k(X, Y) = \det(I + S/l^2)^{-1/2} \exp(-\tfrac12 (\mu_p-\mu_q)^T (S + l^2 I)^{-1} (\mu_p-\mu_q)), \qquad
///     S = \Sigma_p + \Sigma_q, \f]
/// also where they are singular: then of the points that are left. O(d^3). @throw std::invalid_argument if the dimensions differ
template <class T, int D>
[[nodiscard]] double inner_product(const gaussian<T, D>& p, const gaussian<T, D>& q, const gaussian_kernel& k) {
  detail::require_same_dimension(p, q, "inner_product");
  return detail::kernel_mean(detail::plain_gaussian<D>(p), detail::plain_gaussian<D>(q), k.length_scale());
}

/// The squared maximum mean discrepancy of two Gaussian laws in the Gaussian kernel, which is at most 2: the squared distance of
/// their embeddings. @throw std::invalid_argument if the dimensions differ.  O(d^3).
template <class T, int D>
[[nodiscard]] double mmd_squared(const gaussian<T, D>& p, const gaussian<T, D>& q, const gaussian_kernel& k) {
  return (std::max)(0.0, inner_product(p, p, k) - 2 * inner_product(p, q, k) + inner_product(q, q, k));
}

}  // namespace simulacra
