#pragma once

#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/families/kernel/density.hpp>
#include <simulacra/hilbert/kernels.hpp>
#include <simulacra/numerics/triangle.hpp>

/// Closed forms between kernel densities with the Gaussian smoothing kernel, and between one and a Gaussian law: sums over all pairs of
/// points, in tiles. Squared distances are differences of sums that may be close: within about 1e-14 of the scale of the
/// two laws the result is rounding, and is clamped at 0.
namespace simulacra {

namespace detail {

/// A G with G G' = F F' + H H' + l^2 I.
template <int D>
bandwidth_matrix<D> joint_bandwidth(const bandwidth_matrix<D>& f, const bandwidth_matrix<D>& h, double l) {
  const Index d = f.dimension();
  if (f.shape() == bandwidth_shape::full || h.shape() == bandwidth_shape::full) {
    Eigen::MatrixXd rows(3 * d, d);
    rows << f.lower().transpose(), h.lower().transpose(), Eigen::MatrixXd(Eigen::MatrixXd::Identity(d, d) * l);
    return bandwidth_matrix<D>::factor(triangle_of_columns<D>(rows));
  }
  square<double, D> sum = square<double, D>::Zero(d, d);
  for (Index k = 0; k < d; ++k) sum(k, k) = std::hypot(f.diagonal()[k], h.diagonal()[k], l);
  return bandwidth_matrix<D>::factor(sum);
}

/// \f$ \sum_{ij} w_i v_j N(x_i - y_j; 0, G G^T) \f$, in logarithms plus `log_scale`.
template <class T, int D>
double mean_over_pairs(const kernel_density<T, D>& p, const kernel_density<T, D>& q, const bandwidth_matrix<D>& g,
                       double log_scale) {
  const kernel_density<T, D> wide(p.points(), p.weights_of_points(), g);
  Eigen::VectorXd logarithms(q.size());
  wide.log_density_into(q.points(), logarithms);
  double sum = 0;
  for (Index j = 0; j < q.size(); ++j)
    if (q.weight(j) > 0) sum += q.weight(j) * std::exp(logarithms[j] + log_scale);
  return sum;
}

template <class T, int D>
void require_one_dimension(const kernel_density<T, D>& p, const kernel_density<T, D>& q, const char* function) {
  argument::require(p.dimension() == q.dimension(), function, "q.dimension()", q.dimension(), "equal that of p");
}

/// pp - 2 pq + qq as a squared distance: never negative, and infinite where two infinities meet.
inline double squared_distance_of(double pp, double pq, double qq) {
  const double square = pp - 2 * pq + qq;
  return square >= 0 ? square : std::isnan(square) ? std::numeric_limits<double>::infinity() : 0;
}

}  // namespace detail

/// A Gaussian law as a kernel density of one point.
template <class T, int D>
[[nodiscard]] kernel_density<T, D> as_kernel_density(const gaussian<T, D>& law) {
  return kernel_density<T, D>(samples<T, D>(law.mean()),
                              bandwidth_matrix<D>::factor(square<double, D>(law.factor().dense().template cast<double>())));
}

/// \f$ \int p q = \sum_{ij} w_i v_j N(x_i - y_j; 0, F F^T + G G^T) \f$, the inner product of the two densities.
/// @throw std::invalid_argument if the dimensions differ.  O(n m d).
template <class T, int D>
[[nodiscard]] double inner_product(const kernel_density<T, D>& p, const kernel_density<T, D>& q) {
  detail::require_one_dimension(p, q, "inner_product");
  return detail::mean_over_pairs(p, q, detail::joint_bandwidth(p.bandwidth(), q.bandwidth(), 0), 0);
}
template <class T, int D>
[[nodiscard]] double inner_product(const kernel_density<T, D>& p, const gaussian<T, D>& q) {
  return inner_product(p, as_kernel_density(q));
}
template <class T, int D>
[[nodiscard]] double inner_product(const gaussian<T, D>& p, const kernel_density<T, D>& q) {
  return inner_product(q, as_kernel_density(p));
}

/// The squared L2 distance of the densities, \f$ \int (p - q)^2 \f$: the integrated squared error, where q is the truth.
template <class T, int D>
[[nodiscard]] double l2_squared(const kernel_density<T, D>& p, const kernel_density<T, D>& q) {
  if (p == q) return 0;
  return detail::squared_distance_of(inner_product(p, p), inner_product(p, q), inner_product(q, q));
}
template <class T, int D>
[[nodiscard]] double l2_squared(const kernel_density<T, D>& p, const gaussian<T, D>& q) {
  return l2_squared(p, as_kernel_density(q));
}
template <class T, int D>
[[nodiscard]] double l2_squared(const gaussian<T, D>& p, const kernel_density<T, D>& q) {
  return l2_squared(q, as_kernel_density(p));
}

/// The mean of the Gaussian kernel \f$ k(x, y) = \exp(-|x - y|^2 / (2 l^2)) \f$ between independent draws of p and q: the inner product of
/// their embeddings, \f$ (2 \pi l^2)^{d/2} \sum_{ij} w_i v_j N(x_i - y_j; 0, F F^T + G G^T + l^2 I) \f$. Laws without a density
/// need no care.
/// @param k  the kernel, or its length scale   @throw std::invalid_argument if the dimensions differ.  O(n m d).
template <class T, int D>
[[nodiscard]] double inner_product(const kernel_density<T, D>& p, const kernel_density<T, D>& q, const gaussian_kernel& k) {
  detail::require_one_dimension(p, q, "inner_product");
  const double l = k.length_scale(), log_two_pi = 1.837877066409345483560659472811;
  return detail::mean_over_pairs(p, q, detail::joint_bandwidth(p.bandwidth(), q.bandwidth(), l),
                                 static_cast<double>(p.dimension()) * (0.5 * log_two_pi + std::log(l)));
}
template <class T, int D>
[[nodiscard]] double inner_product(const kernel_density<T, D>& p, const gaussian<T, D>& q, const gaussian_kernel& k) {
  return inner_product(p, as_kernel_density(q), k);
}
template <class T, int D>
[[nodiscard]] double inner_product(const gaussian<T, D>& p, const kernel_density<T, D>& q, const gaussian_kernel& k) {
  return inner_product(q, as_kernel_density(p), k);
}
template <class T, int D>
[[nodiscard]] double kernel_mean(const kernel_density<T, D>& p, const kernel_density<T, D>& q, double length_scale) {
  return inner_product(p, q, gaussian_kernel(length_scale));
}

/// The squared maximum mean discrepancy in the Gaussian kernel, between 0 and 2.
template <class T, int D>
[[nodiscard]] double mmd_squared(const kernel_density<T, D>& p, const kernel_density<T, D>& q, const gaussian_kernel& k) {
  if (p == q) return 0;
  return detail::squared_distance_of(inner_product(p, p, k), inner_product(p, q, k), inner_product(q, q, k));
}
template <class T, int D>
[[nodiscard]] double mmd_squared(const kernel_density<T, D>& p, const gaussian<T, D>& q, const gaussian_kernel& k) {
  return mmd_squared(p, as_kernel_density(q), k);
}
template <class T, int D>
[[nodiscard]] double mmd_squared(const gaussian<T, D>& p, const kernel_density<T, D>& q, const gaussian_kernel& k) {
  return mmd_squared(q, as_kernel_density(p), k);
}
template <class T, int D>
[[nodiscard]] double mmd_squared(const kernel_density<T, D>& p, const kernel_density<T, D>& q, double length_scale) {
  return mmd_squared(p, q, gaussian_kernel(length_scale));
}
template <class T, int D>
[[nodiscard]] double mmd_squared(const kernel_density<T, D>& p, const gaussian<T, D>& q, double length_scale) {
  return mmd_squared(p, q, gaussian_kernel(length_scale));
}
template <class T, int D>
[[nodiscard]] double mmd_squared(const gaussian<T, D>& p, const kernel_density<T, D>& q, double length_scale) {
  return mmd_squared(p, q, gaussian_kernel(length_scale));
}

}  // namespace simulacra
