#pragma once

#include <cmath>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <simulacra/core/types.hpp>

namespace simulacra::detail {

/// The inverse of a symmetric positive definite matrix. @return whether it is one
inline bool invert(const Eigen::MatrixXd& a, Eigen::MatrixXd& inverse) {
  const Eigen::LLT<Eigen::MatrixXd> factor(a);
  if (factor.info() != Eigen::Success) return false;
  inverse = factor.solve(Eigen::MatrixXd::Identity(a.rows(), a.rows()));
  return inverse.allFinite();
}

/// The Gaussian that a base and monomials in u = (x - c) / s make, as a function
/// \f$ \text{log\_height} - \tfrac12 (x - \mu)^T P (x - \mu) \f$. (In matrices of any size: they are small, and compile
/// once.)
struct gaussian_envelope {
  Eigen::VectorXd mean{};
  Eigen::MatrixXd root{};       ///< R with R R' the covariance
  Eigen::MatrixXd precision{};  ///< P
  double log_height = 0;
  double log_mass = 0;  ///< of its integral
  bool exists = false;  ///< whether P is positive definite

  /// @param theta  of u_a, then of u_a u_b for a <= b, as far as `degree` goes
  static gaussian_envelope of(const Eigen::VectorXd& base_mean, const Eigen::MatrixXd& base_covariance,
                              const Eigen::VectorXd& c, double s, int degree, const Eigen::VectorXd& theta) {
    constexpr double log_two_pi = 1.837877066409345483560659472811235279;
    gaussian_envelope e;
    const Index d = base_mean.size();
    Eigen::MatrixXd base_precision, covariance;
    if (!invert(base_covariance, base_precision)) return e;
    const Eigen::LLT<Eigen::MatrixXd> spread(base_covariance);
    e.precision = base_precision;
    const Eigen::VectorXd shift = base_mean - c;
    Eigen::VectorXd b = base_precision * shift;  // as a function of v = x - c: -v'Pv/2 + b'v + constant
    Index at = 0;
    if (degree >= 1)
      for (Index a = 0; a < d; ++a, ++at) b[a] += theta[at] / s;
    if (degree == 2)
      for (Index k = 0; k < d; ++k)
        for (Index a = 0; a <= k; ++a, ++at) {
          e.precision(a, k) -= theta[at] / s / s;
          e.precision(k, a) -= theta[at] / s / s;
        }
    if (!e.precision.allFinite() || !invert(e.precision, covariance)) return e;
    const Eigen::LLT<Eigen::MatrixXd> factor(covariance);
    const Eigen::VectorXd apart = covariance * b;
    e.mean = c + apart;
    if (factor.info() != Eigen::Success || !e.mean.allFinite()) return e;
    e.root = factor.matrixL();
    const double base_root = Eigen::MatrixXd(spread.matrixL()).diagonal().array().log().sum();
    e.log_height =
        -0.5 * (static_cast<double>(d) * log_two_pi + shift.dot(base_precision * shift) - b.dot(apart)) - base_root;
    e.log_mass = e.log_height + 0.5 * static_cast<double>(d) * log_two_pi + e.root.diagonal().array().log().sum();
    e.exists = true;
    return e;
  }
};

}  // namespace simulacra::detail
