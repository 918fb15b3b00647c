#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include <boost/math/quadrature/gauss.hpp>

#include <simulacra/theory/detail/log_integral.hpp>

/// What the closed forms of repeated kernel smoothing are made of, in units in which the truth has variance 1.
///
/// A squared distance splits into the squared distance of the mean model from the truth and the variance of the model about
/// its mean. Both are written here as sums and integrals of positive terms: the textbook forms, with their differences of
/// nearly equal numbers, have nothing left to say about a small bandwidth or a large M.
namespace simulacra::theory::detail {

/// The inner product of two centred Gaussians whose covariances sum to v: \f$(2\pi v\sigma^2)^{-d/2}\f$ of their densities
/// (shift 0), or \f$(1+v/\lambda)^{-d/2}\f$ of their embeddings by a Gaussian kernel (shift \f$\lambda=l^2/\sigma^2\f$).
struct gaussian_product {
  double power;  ///< d/2
  double shift;
  double unit;  ///< \f$\sigma^2\f$; matters with shift 0 only

  double logarithm(double v) const {
    return -power * (shift > 0 ? std::log1p(v / shift) : std::log(2 * std::numbers::pi * unit) + std::log(v));
  }
};

/// Up to here sums are added term by term; the rest is smooth and goes by Euler and Maclaurin's formula.
inline constexpr Index direct_terms = 65536;

/// The variance of the model of generation n >= 1 when earlier data are thrown away, over the product at \f$v=2\eta\f$:
/// \f$\frac1M\sum_{j<n}(1-\frac1M)^j\,[\psi(2(j+1)\eta)-\psi(2+2n\eta)]\,/\,\psi(2\eta)\f$.
inline double replace_spectral_variance(const gaussian_product& psi, double eta, Index samples, Index generation) {
  const double m = real(samples), n = real(generation), p = psi.power;
  const double offset = 1 + psi.shift / (2 * eta), log_ratio = std::log1p(-1 / m);
  const auto first = [&](double j) { return std::exp((j > 0 ? j * log_ratio : 0) - p * std::log1p(j / offset)); };
  const auto rest = [&](double j) { return -std::expm1(-p * std::log1p((1 / eta + (n - 1 - j)) / (offset + j))); };
  const auto term = [&](double j) { return first(j) * rest(j); };

  compensated_sum sum;
  const Index direct = samples == 1 ? 1 : (std::min)(generation, direct_terms);
  for (Index j = 0; j < direct; ++j) {
    const double here = term(real(j));
    sum.add(here);
    if (here * (std::min)(m, n - real(j)) < 1e-18 * sum.value()) return sum.value() / m;
  }
  if (direct == 1 || direct == generation) return sum.value() / m;

  // Terms still matter, so they vary on a scale of hundreds or more. The midpoint form: integral less [g'] / 24.
  const auto slope = [&](double j) { return first(j) * (log_ratio * rest(j) - p / (offset + j)); };
  const double begin = real(direct) - 0.5, end = n - 0.5;
  sum.add((slope(begin) - slope(end)) / 24);
  for (double left = begin; left < end;) {
    const double right = (std::min)(2 * left, end);
    const double part = boost::math::quadrature::gauss<double, 30>::integrate(term, left, right);
    sum.add(part);
    if (term(right) * (std::min)(m, end - right) < 1e-18 * sum.value()) break;
    left = right;
  }
  return sum.value() / m;
}

/// The squared distance of the mean model from the truth when earlier data are thrown away, over the product at v = 2:
/// \f$1-2y+z\f$ with \f$y=(1+x)^{-p}\f$, \f$z=(1+2x)^{-p}\f$, written as \f$(1-y)^2+(z-y^2)\f$.
inline double replace_squared_bias(const gaussian_product& psi, double eta, Index generation) {
  const double p = psi.power, x = real(generation) * eta / (psi.shift + 2), share = x / (1 + x);
  const double log_ratio = x > 1 ? std::log1p(2 * x) - 2 * std::log1p(x) : std::log1p(-share * share);  // of y^2 to z
  const double moved = std::expm1(-p * std::log1p(x));
  return moved * moved - std::exp(-p * std::log1p(2 * x)) * std::expm1(p * log_ratio);
}

/// The variance of the characteristic function of all data kept, in generation n >= 1, at a block of squared frequencies.
///
/// With \f$K=e^{-\eta w/2}\f$, \f$A=E|\hat\phi|^2\f$ of the pool of s generations and \f$B=E\hat\phi\f$, the recursion is
/// \f[ (s+1)^2A'=A[(s+K)^2-K^2/M]+1/M,\qquad (s+1)B'=(s+K)B \f]
/// It is carried for \f$1-A\f$ and \f$A-B^2\f$, in which every term is positive.
inline void accumulate_spectral_variance(const node_block& square, double eta, Index samples, Index generation,
                                         node_block& variance) {
  const double inverse = 1 / real(samples);
  node_block smoother, lost, lost_square, short_of_one;
  for (std::size_t i = 0; i < block_size; ++i) {
    smoother[i] = std::exp(-0.5 * eta * square[i]);
    lost[i] = -std::expm1(-0.5 * eta * square[i]);
    lost_square[i] = -std::expm1(-eta * square[i]);
    const double gap = -std::expm1(-square[i]);
    short_of_one[i] = (1 - inverse) * gap;
    variance[i] = inverse * gap;
  }
  for (Index s = 1; s < generation; ++s) {
    const double past = real(s), scale = 1 / ((past + 1) * (past + 1));
    for (std::size_t i = 0; i < block_size; ++i) {
      const double kernel = smoother[i] * smoother[i], kept = (past + smoother[i]) * (past + smoother[i]);
      const double noise = lost_square[i] + kernel * short_of_one[i];  // 1 - K^2 A
      variance[i] = scale * (kept * variance[i] + inverse * noise);
      short_of_one[i] =
          scale * (2 * past * lost[i] + (1 - inverse) * lost_square[i] + (kept - inverse * kernel) * short_of_one[i]);
    }
  }
}

/// How far the mean model's characteristic function is from the truth's, relative to it, likewise.
inline void accumulate_spectral_bias(const node_block& square, double eta, Index generation, node_block& bias) {
  node_block lost;
  for (std::size_t i = 0; i < block_size; ++i) {
    lost[i] = -std::expm1(-0.5 * eta * square[i]);
    bias[i] = 0;
  }
  for (Index s = 1; s < generation; ++s) {
    const double scale = 1 / (real(s) + 1);
    for (std::size_t i = 0; i < block_size; ++i) bias[i] += scale * lost[i] * (1 - bias[i]);
  }
  for (std::size_t i = 0; i < block_size; ++i) bias[i] += lost[i] * (1 - bias[i]);
}

/// Frequencies under a Gaussian weight \f$e^{-\alpha w}\f$ are gamma distributed: \f$\log E f(w)^k\f$ for the square w. (The
/// power is taken of the logarithm, as the square of a small bias is not a double.)
template <class Spectrum>
double log_spectral_mean(double power, double alpha, double exponent, const Spectrum& spectrum) {
  return log_gamma_mean(power, [&](const node_block& u, node_block& g) {
    node_block square;
    for (std::size_t i = 0; i < block_size; ++i) square[i] = power / alpha * std::exp(u[i]);
    spectrum(square, g);
    for (double& value : g) value = exponent * std::log(value);
  });
}

/// The logarithm of the mean squared distance of generation n >= 1 from the truth.
inline double log_replace_distance(const gaussian_product& psi, double eta, Index samples, Index generation) {
  return log_sum(psi.logarithm(2 * eta) + std::log(replace_spectral_variance(psi, eta, samples, generation)),
                 psi.logarithm(2) + std::log(replace_squared_bias(psi, eta, generation)));
}

inline double log_accumulate_distance(const gaussian_product& psi, double eta, Index samples, Index generation) {
  const auto variance_at = [&](const node_block& square, node_block& value) {
    accumulate_spectral_variance(square, eta, samples, generation, value);
  };
  const auto bias_at = [&](const node_block& square, node_block& value) {
    accumulate_spectral_bias(square, eta, generation, value);
  };
  const double variance = log_spectral_mean(psi.power, eta + psi.shift / 2, 1, variance_at);
  const double bias = log_spectral_mean(psi.power, 1 + psi.shift / 2, 2, bias_at);
  return log_sum(psi.logarithm(2 * eta) + variance, psi.logarithm(2) + bias);
}

}  // namespace simulacra::theory::detail
