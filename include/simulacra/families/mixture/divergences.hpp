#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/divergences.hpp>
#include <simulacra/families/mixture/law.hpp>

/// Closed forms between mixtures of Gaussians. Squared distances are differences of sums that may be close: within about
/// 1e-14 of the scale of the two laws the result is rounding, and is clamped at 0.
namespace simulacra {

namespace detail {

/// sum_ij w_i w_j f(component i of p, component j of q), pairs without weight left out; half of the pairs where p is q.
template <class T, int D, class F>
double sum_over_pairs(const gaussian_mixture<T, D>& p, const gaussian_mixture<T, D>& q, F&& f) {
  const bool same = &p == &q;
  double sum = 0;
  for (Index i = 0; i < p.size(); ++i)
    for (Index j = same ? i : 0; j < q.size(); ++j) {
      const double w = p.weight(i) * q.weight(j);
      if (w > 0) sum += (same && j > i ? 2 : 1) * w * f(p.component(i), q.component(j));
    }
  return sum;
}

/// pp - 2 pq + qq as a squared distance: never negative, and infinite where two infinities meet.
inline double distance_from_products(double pp, double pq, double qq) {
  const double square = pp - 2 * pq + qq;
  return square >= 0 ? square : std::isnan(square) ? std::numeric_limits<double>::infinity() : 0;
}

template <class T, int D>
void require_same_dimension(const gaussian_mixture<T, D>& p, const gaussian_mixture<T, D>& q, const char* function) {
  argument::require(p.dimension() == q.dimension(), function, "q.dimension()", q.dimension(), "equal that of p");
}

}  // namespace detail

/// \f$ \int p q = \sum_{ij} w_i v_j N(\mu_i - \nu_j; 0, \Sigma_i + T_j) \f$, the inner product of the two densities.
/// @throw std::invalid_argument if the dimensions differ.  O(k_p k_q d^3).
template <class T, int D>
[[nodiscard]] double inner_product(const gaussian_mixture<T, D>& p, const gaussian_mixture<T, D>& q) {
  detail::require_same_dimension(p, q, "inner_product");
  return detail::sum_over_pairs(p, q, [](const auto& a, const auto& b) { return inner_product(a, b); });
}
template <class T, int D>
[[nodiscard]] double inner_product(const gaussian_mixture<T, D>& p, const gaussian<T, D>& q) {
  return inner_product(p, gaussian_mixture<T, D>(q));
}
template <class T, int D>
[[nodiscard]] double inner_product(const gaussian<T, D>& p, const gaussian_mixture<T, D>& q) {
  return inner_product(gaussian_mixture<T, D>(p), q);
}

/// The squared L2 distance of the densities, \f$ \int (p - q)^2 \f$. It grows without bound as a component collapses, and is
/// infinite between two different laws one of which has a singular component.
template <class T, int D>
[[nodiscard]] double l2_squared(const gaussian_mixture<T, D>& p, const gaussian_mixture<T, D>& q) {
  if (p == q) return 0;
  return detail::distance_from_products(inner_product(p, p), inner_product(p, q), inner_product(q, q));
}
template <class T, int D>
[[nodiscard]] double l2_squared(const gaussian_mixture<T, D>& p, const gaussian<T, D>& q) {
  return l2_squared(p, gaussian_mixture<T, D>(q));
}
template <class T, int D>
[[nodiscard]] double l2_squared(const gaussian<T, D>& p, const gaussian_mixture<T, D>& q) {
  return l2_squared(gaussian_mixture<T, D>(p), q);
}

/// The mean of the Gaussian kernel \f$ k(x, y) = \exp(-|x - y|^2 / (2 l^2)) \f$ between independent draws of p and q: the
/// inner product of their embeddings,
/// \f[ E k(X, Y) = \sum_{ij} w_i v_j \det(I + S_{ij} / l^2)^{-1/2}
///     \exp(-\tfrac12 m_{ij}^T (l^2 I + S_{ij})^{-1} m_{ij}), \f]
/// with m the difference of the means and S the sum of the covariances. Singular components need no care.
/// @param length_scale  l > 0 and finite
/// @throw std::invalid_argument if it is not, or the dimensions differ.  O(k_p k_q d^3).
template <class T, int D>
[[nodiscard]] double kernel_mean(const gaussian_mixture<T, D>& p, const gaussian_mixture<T, D>& q, double length_scale) {
  detail::require_same_dimension(p, q, "kernel_mean");
  argument::require(length_scale > 0 && length_scale <= (std::numeric_limits<double>::max)(), "kernel_mean", "length_scale",
                    length_scale, "be > 0 and finite");
  const Index d = p.dimension();
  const samples<T, D> kernel = samples<T, D>(square<T, D>::Identity(d, d) * static_cast<T>(length_scale));
  const double log_kernel = 2 * static_cast<double>(d) * std::log(length_scale);
  return detail::sum_over_pairs(p, q, [&](const gaussian<T, D>& a, const gaussian<T, D>& b) {
    const auto sum = a.factor().plus(b.factor(), kernel);
    const double distance = sum.mahalanobis_squared(point<T, D>(a.mean() - b.mean()));
    return std::exp(-0.5 * (sum.log_determinant() - log_kernel + distance));
  });
}

/// The squared maximum mean discrepancy with the Gaussian kernel of that length scale, between 0 and 2: unlike the L2
/// distance it stays finite whatever collapses.
template <class T, int D>
[[nodiscard]] double mmd_squared(const gaussian_mixture<T, D>& p, const gaussian_mixture<T, D>& q, double length_scale) {
  const double pq = kernel_mean(p, q, length_scale);
  if (p == q) return 0;
  return detail::distance_from_products(kernel_mean(p, p, length_scale), pq, kernel_mean(q, q, length_scale));
}
template <class T, int D>
[[nodiscard]] double mmd_squared(const gaussian_mixture<T, D>& p, const gaussian<T, D>& q, double length_scale) {
  return mmd_squared(p, gaussian_mixture<T, D>(q), length_scale);
}
template <class T, int D>
[[nodiscard]] double mmd_squared(const gaussian<T, D>& p, const gaussian_mixture<T, D>& q, double length_scale) {
  return mmd_squared(gaussian_mixture<T, D>(p), q, length_scale);
}

/// Two numbers between which a differential entropy lies, in nats.
struct entropy_interval {
  double lower, upper;
};

/// Bounds of the differential entropy of a mixture, which has no closed form:
/// \f[ -\sum_i w_i \log \sum_j w_j e^{-B(p_i, p_j)} \le H(p) - \sum_i w_i H(p_i)
///     \le -\sum_i w_i \log \sum_j w_j e^{-KL(p_i \| p_j)}, \f]
/// B the Bhattacharyya distance. Both are exact where all components are equal and where none overlap, and they are never
/// further apart than the entropy of the weights. With a singular component both are minus infinity, as the entropy is.
/// O(k^2 d^3). Source: Kolchinsky and Tracey (2017), "Estimating mixture entropy with pairwise distances".
template <class T, int D>
[[nodiscard]] entropy_interval entropy_bounds(const gaussian_mixture<T, D>& p) {
  double within = 0, lower = 0, upper = 0;
  for (Index i = 0; i < p.size(); ++i) {
    if (p.weight(i) == 0) continue;
    const auto& a = p.component(i);
    within += p.weight(i) * entropy(a);
    double near_b = 0, near_kl = 0;
    for (Index j = 0; j < p.size(); ++j) {
      if (p.weight(j) == 0) continue;
      const auto& b = p.component(j);
      if (i == j) {
        near_b += p.weight(j);
        near_kl += p.weight(j);
        continue;
      }
      // B = (1/8) m' S^-1 m + (1/2) log(det S / sqrt(det A det B)) with S = (A + B) / 2
      const auto twice = a.factor().plus(b.factor(), samples<T, D>(p.dimension(), 0));
      const double distance = twice.mahalanobis_squared(point<T, D>(a.mean() - b.mean())) / 4;
      constexpr double log_two = 0.693147180559945309417232121458176568;
      const double determinants = twice.log_determinant() - log_two * static_cast<double>(p.dimension()) -
                                  (a.log_determinant() + b.log_determinant()) / 2;
      const double bhattacharyya = (std::max)(0.0, distance + determinants / 2);
      if (!std::isnan(bhattacharyya)) near_b += p.weight(j) * std::exp(-bhattacharyya);
      near_kl += p.weight(j) * std::exp(-kl_divergence(a, b));
    }
    lower -= p.weight(i) * std::log(near_b);
    upper -= p.weight(i) * std::log(near_kl);
  }
  return {within + lower, within + upper};
}

}  // namespace simulacra
