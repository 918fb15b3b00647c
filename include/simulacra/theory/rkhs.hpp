#pragma once

#include <algorithm>
#include <cmath>

#include <boost/math/special_functions/beta.hpp>

#include <simulacra/theory/detail/gamma.hpp>
#include <simulacra/theory/detail/policy.hpp>

/// The Gaussian kernel \f$k(x,y)=e^{-|x-y|^2/(2l^2)}\f$ and a Gaussian law: what an embedding by M samples, by D random
/// features, or by the best m functions costs.
namespace simulacra::theory {

/// Two ways to make real features of random frequencies w: a cosine and a sine of each, or \f$\sqrt2\cos(w\cdot x+b)\f$ with
/// a random phase b. (Rahimi and Recht 2008 has both; the first is the better one at small distances.)
enum class fourier_features { paired, phase };

namespace detail {

inline double scale_ratio(std::string_view function, double sd, double length_scale) {
  check_positive(function, "sd", sd);
  check_positive(function, "length_scale", length_scale);
  const double ratio = sd / length_scale;
  argument::require(ratio > 1e-150 && ratio < 1e150, function, "length_scale", length_scale,
                    "be within a factor 1e150 of the standard deviation");
  return ratio;
}

/// B and 1 - B of the spectrum, each without a difference.
struct rbf_ratio {
  double value, rest;
  explicit rbf_ratio(double ratio) {
    const double q = 2 * ratio * ratio, root = std::sqrt(1 + 2 * q);
    value = q / (1 + q + root);
    rest = (1 + root) / (1 + q + root);
  }
  /// \f$B^k\f$.
  double power(Index k) const { return value < 0.9 ? std::pow(value, real(k)) : std::exp(real(k) * std::log1p(-rest)); }
};

/// The number of eigenvalues on the levels 0, ..., `level` in d dimensions, \f$\binom{level+d}{d}\f$; beyond 1e17 just a
/// large number.
inline double levels_up_to(Index level, Index dimension) {
  const Index small = (std::min)(level, dimension), large = (std::max)(level, dimension);
  double count = 1;  // an integer at each step, and exact below 2^53
  for (Index i = 1; i <= small && count < 1e17; ++i) {
    const double factor = real(large + i);
    const Index whole = count < 9e15 ? static_cast<Index>(count) : 0;
    // c (n + i) / i: divide what is divisible first, so that nothing passes 2^53 before the result does.
    count = whole > 0 ? real(whole / i) * factor + real(whole % i) * factor / real(i) : count * factor / real(i);
  }
  return count;
}

/// The level of the eigenvalue with the given index, and how many eigenvalues come before that level.
struct rbf_level {
  Index level;
  double before, through;
  rbf_level(Index index, Index dimension) {
    Index low = 0, high = index;  // levels_up_to(low - 1) <= index < levels_up_to(high)
    while (low < high) {
      const Index middle = low + (high - low) / 2;
      if (levels_up_to(middle, dimension) > real(index))
        high = middle;
      else
        low = middle + 1;
    }
    level = low;
    before = level == 0 ? 0 : levels_up_to(level - 1, dimension);
    through = levels_up_to(level, dimension);
  }
};

inline void check_rank(std::string_view function, std::string_view name, Index rank) {
  argument::require(rank >= 0 && rank <= Index{1'000'000'000'000}, function, name, rank, "lie in [0, 1e12]");
}

}  // namespace detail

/// The mean squared error of the embedding of a law by M of its samples, \f$E\|\hat\mu_M-\mu\|^2\f$.
///
/// \f[ \frac{E\,k(X,X)-E\,k(X,X')}{M} = \frac{1-(1+2\sigma^2/l^2)^{-d/2}}{M} \f]
/// @param dimension d >= 1
/// @param target_variance \f$\sigma^2\f$ of the law \f$N(\mu,\sigma^2I_d)\f$, > 0
/// @param length_scale l of the kernel, > 0
/// @param samples M >= 1
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: classical.
inline double mean_embedding_mse(Index dimension, double target_variance, double length_scale, Index samples) {
  constexpr auto name = "theory::mean_embedding_mse";
  detail::check_dimension(name, dimension);
  detail::check_positive(name, "target_variance", target_variance);
  const double ratio = detail::scale_ratio(name, std::sqrt(target_variance), length_scale);
  detail::check_samples(name, samples, 1);
  return -std::expm1(-detail::real(dimension) / 2 * std::log1p(2 * ratio * ratio)) / detail::real(samples);
}

/// The variance of the inner product of D random Fourier features of two points, an unbiased estimate of k.
///
/// With k at the points' distance \f$\delta\f$, and \f$k(2\delta)=k^4\f$ for this kernel:
/// \f[ \frac{1+k(2\delta)-2k^2}{D}=\frac{(1-k^2)^2}{D}\ (\texttt{paired}),\qquad
///     \frac{1+\frac12k(2\delta)-k^2}{D}=\frac{1+(1-k^2)^2}{2D}\ (\texttt{phase}) \f]
/// @param distance \f$\delta\ge0\f$ of the points, finite, in any dimension
/// @param length_scale l of the kernel, > 0
/// @param features D: the number of features, not of frequencies; even and >= 2 (`paired`) or >= 1 (`phase`)
/// @throw std::invalid_argument if an argument is out of range. Cost O(1).
/// Source: Sutherland and Schneider (2015).
inline double rff_variance(double distance, double length_scale, Index features, fourier_features kind) {
  constexpr auto name = "theory::rff_variance";
  detail::check_not_negative(name, "distance", distance);
  detail::check_positive(name, "length_scale", length_scale);
  argument::require(kind == fourier_features::paired || kind == fourier_features::phase, name, "kind",
                    static_cast<int>(kind), "be fourier_features::paired or fourier_features::phase");
  const bool paired = kind == fourier_features::paired;
  argument::require(features >= 1 && !(paired && features % 2 != 0), name, "features", features,
                    paired ? "be even and at least 2" : "be at least 1");
  const double ratio = distance / length_scale, gap = std::expm1(-ratio * ratio);
  return (paired ? gap * gap : (1 + gap * gap) / 2) / detail::real(features);
}

/// An eigenvalue of the kernel's integral operator under \f$N(\mu,s^2I_d)\f$; all of them sum to 1.
///
/// With \f$a=\frac1{4s^2},\ b=\frac1{2l^2},\ B=b\,/\,(a+b+\sqrt{a^2+2ab})\f$ the eigenvalues of the d-dimensional kernel are
/// products of the one-dimensional ones,
/// \f[ \lambda=(1-B)^dB^j,\qquad \binom{j+d-1}{d-1}\ \text{times},\ j=0,1,\dots \f]
/// @param index k >= 0, at most 1e12, counted from the largest, each as often as it occurs; in one dimension k = j
/// @param sd s > 0
/// @param length_scale l > 0
/// @param dimension d >= 1
/// @throw std::invalid_argument if an argument is out of range. Cost O(d log k).
/// Source: Zhu, Williams, Rohwer and Morciniec (1998).
inline double rbf_eigenvalue(Index index, double sd, double length_scale, Index dimension = 1) {
  constexpr auto name = "theory::rbf_eigenvalue";
  detail::check_rank(name, "index", index);
  detail::check_dimension(name, dimension);
  const detail::rbf_ratio b(detail::scale_ratio(name, sd, length_scale));
  const Index level = dimension == 1 ? index : detail::rbf_level(index, dimension).level;
  // (1 - B)^d, from whichever of the two is the small one.
  const double first =
      b.value < 0.1 ? std::exp(detail::real(dimension) * std::log1p(-b.value)) : std::pow(b.rest, detail::real(dimension));
  return first * b.power(level);
}

/// The sum of all but the m largest eigenvalues: the least mean squared residual that a subspace of m functions can leave,
/// and so the expressivity error of a rank-m model. A Nystroem approximation cannot do better.
///
/// \f[ B^m\ (d=1),\qquad \Bigl[\tbinom{j+d}{d}-m\Bigr](1-B)^dB^j+I_B(j+1,d) \f]
/// where j is the level of the first eigenvalue that is left out, and I is the regularised incomplete beta function.
/// @param rank m >= 0, at most 1e12; the other arguments, errors and cost as above
/// Source: d = 1 as above; d > 1 derived for this library.
inline double rbf_residual(Index rank, double sd, double length_scale, Index dimension = 1) {
  constexpr auto name = "theory::rbf_residual";
  detail::check_rank(name, "rank", rank);
  detail::check_dimension(name, dimension);
  const detail::rbf_ratio b(detail::scale_ratio(name, sd, length_scale));
  if (rank == 0) return 1;
  if (dimension == 1) return b.power(rank);
  const detail::rbf_level at(rank, dimension);
  const double shape = detail::real(at.level) + 1, d = detail::real(dimension);
  const double beyond = b.value < 0.5 ? boost::math::ibeta(shape, d, b.value, detail::policy())
                                      : boost::math::ibetac(d, shape, b.rest, detail::policy());
  return (at.through - detail::real(rank)) * rbf_eigenvalue(rank, sd, length_scale, dimension) + beyond;
}

}  // namespace simulacra::theory
