#pragma once

#include <cmath>
#include <type_traits>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <simulacra/core/types.hpp>

namespace simulacra::detail {

/// The inverse of a symmetric positive definite matrix. @return whether it is one
template <class Real = double>
bool invert(const std::type_identity_t<square<Real>>& a, square<Real>& inverse) {
  const Eigen::LLT<square<Real>> factor(a);
  if (factor.info() != Eigen::Success) return false;
  inverse = factor.solve(square<Real>::Identity(a.rows(), a.rows()));
  return inverse.allFinite();
}

/// The Gaussian that a base and monomials in u = (x - c) / s make, as a function
/// \f$ \text{log\_height} - \tfrac12 (x - \mu)^T P (x - \mu) \f$. (In matrices of any size: they are small, and compile
/// once; a template of the kind of number, which is double, so that only who calls it compiles it.)
template <class Real = double>
struct gaussian_envelope {
  point<Real> mean{};
  square<Real> root{};       ///< R with R R' the covariance
  square<Real> precision{};  ///< P
  double log_height = 0;
  double log_mass = 0;  ///< of its integral
  bool exists = false;  ///< whether P is positive definite

  /// @param theta  of u_a, then of u_a u_b for a <= b, as far as `degree` goes
  static gaussian_envelope of(const point<Real>& base_mean, const square<Real>& base_covariance, const point<Real>& c,
                              double s, int degree, const point<Real>& theta) {
    constexpr double log_two_pi = 1.837877066409345483560659472811235279;
    gaussian_envelope e;
    const Index d = base_mean.size();
    square<Real> base_precision, covariance;
    if (!invert<Real>(base_covariance, base_precision)) return e;
    const Eigen::LLT<square<Real>> spread(base_covariance);
    e.precision = base_precision;
    const point<Real> shift = base_mean - c;
    point<Real> b = base_precision * shift;  // as a function of v = x - c: -v'Pv/2 + b'v + constant
    Index at = 0;
    if (degree >= 1)
      for (Index a = 0; a < d; ++a, ++at) b[a] += theta[at] / s;
    if (degree == 2)
      for (Index k = 0; k < d; ++k)
        for (Index a = 0; a <= k; ++a, ++at) {
          e.precision(a, k) -= theta[at] / s / s;
          e.precision(k, a) -= theta[at] / s / s;
        }
    if (!e.precision.allFinite() || !invert<Real>(e.precision, covariance)) return e;
    const Eigen::LLT<square<Real>> factor(covariance);
    const point<Real> apart = covariance * b;
    e.mean = c + apart;
    if (factor.info() != Eigen::Success || !e.mean.allFinite()) return e;
    e.root = factor.matrixL();
    const double base_root = square<Real>(spread.matrixL()).diagonal().array().log().sum();
    e.log_height =
        -0.5 * (static_cast<double>(d) * log_two_pi + shift.dot(base_precision * shift) - b.dot(apart)) - base_root;
    e.log_mass = e.log_height + 0.5 * static_cast<double>(d) * log_two_pi + e.root.diagonal().array().log().sum();
    e.exists = true;
    return e;
  }
};

}  // namespace simulacra::detail
