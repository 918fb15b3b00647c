#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Eigenvalues>
#include <Eigen/Jacobi>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/numerics/singular.hpp>

/// Closed forms between two Gaussians. All of them are differences of numbers that may be close: within about 1e-14 of the
/// scale of the two laws the result is rounding, and is clamped at 0.
namespace simulacra {

namespace detail {

/// The sum of the singular values of a matrix by one-sided Jacobi rotations, which keep the digits of the smallest: pairs of
/// columns are turned until all are orthogonal, and then their lengths are the singular values. Hestenes (1958).
template <class T>
double nuclear_norm_by_rotations(square<T> m) {
  const T scale = m.cwiseAbs().maxCoeff();
  if (!(scale > T(0))) return 0;
  m /= scale;
  constexpr int sweeps = 60;  // about ten are needed; the bound is for what is not finite
  bool turned = true;
  for (int sweep = 0; turned && sweep < sweeps; ++sweep) {
    turned = false;
    for (Index p = 0; p < m.cols(); ++p)
      for (Index q = p + 1; q < m.cols(); ++q) {
        const T a = m.col(p).squaredNorm(), b = m.col(q).squaredNorm(), c = m.col(p).dot(m.col(q));
        if (!(std::abs(c) > 4 * std::numeric_limits<T>::epsilon() * std::sqrt(a) * std::sqrt(b))) continue;
        Eigen::JacobiRotation<T> turn;
        turn.makeJacobi(a, c, b);
        m.applyOnTheRight(p, q, turn);
        turned = true;
      }
  }
  return static_cast<double>(scale) * static_cast<double>(m.colwise().norm().sum());
}

/// The sum of the singular values of a matrix. As square roots of the eigenvalues of M'M, which is fast; by rotations where
/// the smallest would lose its digits to the squaring.
template <class T, int D>
double nuclear_norm(const square<T, D>& m) {
  if (m.rows() == 1) return std::abs(static_cast<double>(m(0, 0)));
  if (m.rows() == 2) {
    const double determinant = static_cast<double>(m(0, 0)) * static_cast<double>(m(1, 1)) -
                               static_cast<double>(m(0, 1)) * static_cast<double>(m(1, 0));
    return std::sqrt(static_cast<double>(m.squaredNorm()) + 2 * std::abs(determinant));
  }
  if constexpr (D == dynamic || D > 2) {
    const Eigen::SelfAdjointEigenSolver<square<T>> squared(square<T>(m.transpose() * m), Eigen::EigenvaluesOnly);
    const auto& values = squared.eigenvalues();
    if (values[0] > T(1e-6) * values[values.size() - 1]) return static_cast<double>(values.cwiseSqrt().sum());
  }
  return nuclear_norm_by_rotations<T>(m);
}

}  // namespace detail

/// The squared 2-Wasserstein distance (Bures): \f$ |\mu_p - \mu_q|^2 + \mathrm{tr}\Sigma_p + \mathrm{tr}\Sigma_q
///     - 2 \mathrm{tr} (\Sigma_p^{1/2} \Sigma_q \Sigma_p^{1/2})^{1/2} \f$,
/// in squared units of the data. The last trace is the sum of the singular values of \f$ F_p^T F_q \f$, so singular
/// covariances need no care. @throw std::invalid_argument if the dimensions differ.  O(d^3).
/// Reference: Givens and Shortt (1984), "A class of Wasserstein metrics for probability distributions".
template <class T, int D>
[[nodiscard]] double wasserstein_squared(const gaussian<T, D>& p, const gaussian<T, D>& q) {
  detail::require_same_dimension(p, q, "wasserstein_squared");
  const double apart = static_cast<double>((p.mean() - q.mean()).squaredNorm());
  const square<T, D> f = p.factor().dense(), g = q.factor().dense();
  if (p.dimension() == 1) {
    const double widths = static_cast<double>(std::abs(f(0, 0)) - std::abs(g(0, 0)));
    return apart + widths * widths;
  }
  if constexpr (D != 1) {
    const square<T, D> product = f.transpose() * g;
    const double traces = static_cast<double>(f.squaredNorm()) + static_cast<double>(g.squaredNorm());
    return apart + (std::max)(0.0, traces - 2 * detail::nuclear_norm<T, D>(product));
  } else {
    return apart;  // not reached
  }
}

/// \f$ \int p q = N(\mu_p - \mu_q; 0, \Sigma_p + \Sigma_q) \f$, the inner product of the two densities; where the sum of the
/// covariances is singular, infinite if the means differ along what is left of it only, to rounding, and 0 if not.  O(d^3).
template <class T, int D>
[[nodiscard]] double inner_product(const gaussian<T, D>& p, const gaussian<T, D>& q) {
  detail::require_same_dimension(p, q, "inner_product");
  constexpr double log_two_pi = 1.837877066409345483560659472811235279;
  const auto sum = p.factor().plus(q.factor(), samples<T, D>(p.dimension(), 0));
  const double distance =
      sum.mahalanobis_squared(point<T, D>(p.mean() - q.mean()), 0, rounding_of_difference<T>(p.mean(), q.mean()));
  if (distance == std::numeric_limits<double>::infinity()) return 0;
  return std::exp(-0.5 * (static_cast<double>(p.dimension()) * log_two_pi + sum.log_determinant() + distance));
}

/// The squared L2 distance of the densities, \f$ \int (p - q)^2 \f$. It grows without bound as one of them collapses, and is
/// infinite between two different laws one of which is singular.
template <class T, int D>
[[nodiscard]] double l2_squared(const gaussian<T, D>& p, const gaussian<T, D>& q) {
  if (p == q) return 0;
  const double square = inner_product(p, p) - 2 * inner_product(p, q) + inner_product(q, q);
  return square >= 0 ? square : std::isnan(square) ? std::numeric_limits<double>::infinity() : 0;
}

}  // namespace simulacra
