#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>

#include <simulacra/core/types.hpp>
#include <simulacra/random/exponential.hpp>
#include <simulacra/random/gamma.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>

/// Smoothing kernels of density estimates: densities of the distance r from the centre alone, in d dimensions and in units of
/// the bandwidth, \f$ K(u) = k(|u|) / c_d \f$, \f$ c_d = \int k(|u|)\,du \f$. Names and units of r are scikit-learn's, so that a
/// bandwidth means the same (its `linear` is `triangular` here). They are not the reproducing kernels of `hilbert/kernels.hpp`.
///
/// Each is a value without state:
/// | member | meaning |
/// |---|---|
/// | `compact` | whether k is 0 for r >= 1 |
/// | `value(r2)` | k, given r squared; k(0) = 1 |
/// | `log_normaliser(d)` | log c_d. O(d) |
/// | `coordinate_variance(d)` | the variance of each coordinate under K: what a bandwidth of 1 adds to a variance |
/// | `roughness(d)` | \f$ \int K^2 \f$ |
/// | `fill(z, d, rng)` | draws from K: as many as z has room for, one after the other, d numbers each |
namespace simulacra::smoothing {

/// A smoothing kernel: see the table above.
template <class K>
concept kernel =
    std::copy_constructible<K> && std::default_initializable<K> && requires(Index d, std::span<double> z, stream& rng) {
                                                                     { K::compact } -> std::convertible_to<bool>;
                                                                     { K::value(1.0) } -> std::convertible_to<double>;
                                                                     { K::log_normaliser(d) } -> std::convertible_to<double>;
                                                                     {
                                                                       K::coordinate_variance(d)
                                                                       } -> std::convertible_to<double>;
                                                                     { K::roughness(d) } -> std::convertible_to<double>;
                                                                     K::fill(z, d, rng);
                                                                   };

/// The logarithm of the volume of the unit ball, by V_d = V_{d-2} 2 pi / d from V_0 = 1 and V_1 = 2. O(d).
[[nodiscard]] inline double log_ball_volume(Index d) {
  constexpr double log_two = 0.693147180559945309417232121458, two_pi = 6.283185307179586476925286766559;
  double sum = d % 2 == 0 ? 0 : log_two;
  for (Index k = d; k >= 2; k -= 2) sum += std::log(two_pi / static_cast<double>(k));
  return sum;
}

namespace detail {

inline constexpr double pi = 3.141592653589793238462643383280, half_pi = 1.570796326794896619231321691640;

inline double real(Index d) noexcept { return static_cast<double>(d); }

/// Turns each column of d normal numbers into one of length `radius(|z|^2)` and of uniform direction.
template <class Radius>
void fill_radial(std::span<double> z, Index d, stream& rng, Radius&& radius) {
  fill_normal(z, rng);
  for (double* at = z.data(); at != z.data() + z.size(); at += d) {
    double squared = 0;
    for (Index k = 0; k < d; ++k) squared += at[k] * at[k];
    const double r = radius(squared);
    if (squared > 0) [[likely]] {
      const double scale = r / std::sqrt(squared);
      for (Index k = 0; k < d; ++k) at[k] *= scale;
    } else {
      at[0] = r;
    }
  }
}

/// Draws of \f$ (1 - r^2)^{b-1} \f$, b a whole number: r squared is Beta(d/2, b), that is |z|^2 / (|z|^2 + 2 g) with normal z
/// and g of a Gamma(b) law, the negative logarithm of a product of b uniform numbers.
template <int B>
void fill_beta(std::span<double> z, Index d, stream& rng) {
  fill_radial(z, d, rng, [&rng](double squared) {
    double product = 1;
    for (int b = 0; b < B; ++b) product *= uniform_open(rng);
    return std::sqrt(squared / (squared - 2 * std::log(product)));
  });
}

/// -log r for r of the density d (d + 1) r^(d-1) (1 - r): r is the product of independent Beta(d, 1) and Beta(d + 1, 1) numbers.
inline double minus_log_triangular_radius(Index d, stream& rng) {
  const double first = standard_exponential(rng);
  return first / real(d) + standard_exponential(rng) / real(d + 1);
}

/// \f$ \int_0^1 r^n \cos(\pi r / 2)\,dr \f$. Integration by parts gives a recurrence in n that loses all digits by n = 20; the
/// series of sin(pi s / 2), s = 1 - r, gives terms that fall from the first on.
inline double cosine_moment(Index n) {
  double term = half_pi / (real(n + 1) * real(n + 2)), sum = 0;
  for (Index k = 0; k < 40 && std::abs(term) > 1e-20 * sum; ++k) {
    sum += term;
    term *= -half_pi * half_pi / (real(n + 2 * k + 3) * real(n + 2 * k + 4));
  }
  return sum;
}

/// \f$ \int_0^1 r^n \cos^2(\pi r / 2)\,dr \f$, likewise.
inline double cosine_square_moment(Index n) {
  double term = pi * pi / (real(n + 1) * real(n + 2) * real(n + 3)), sum = 0;
  for (Index k = 1; k < 60 && std::abs(term) > 1e-20 * std::abs(sum); ++k) {
    sum += term;
    term *= -pi * pi / (real(n + 2 * k + 2) * real(n + 2 * k + 3));
  }
  return sum / 2;
}

}  // namespace detail

/// \f$ e^{-r^2/2} \f$: the bandwidth is the standard deviation.
struct gaussian {
  static constexpr bool compact = false;
  [[nodiscard]] static double value(double r2) { return std::exp(-0.5 * r2); }
  [[nodiscard]] static double log_normaliser(Index d) { return 0.5 * detail::real(d) * 1.837877066409345483560659472811; }
  [[nodiscard]] static double coordinate_variance(Index) { return 1; }
  [[nodiscard]] static double roughness(Index d) { return std::pow(4 * detail::pi, -0.5 * detail::real(d)); }
  static void fill(std::span<double> z, Index, stream& rng) { fill_normal(z, rng); }
};

/// 1 for r < 1.
struct tophat {
  static constexpr bool compact = true;
  [[nodiscard]] static double value(double r2) { return r2 < 1 ? 1 : 0; }
  [[nodiscard]] static double log_normaliser(Index d) { return log_ball_volume(d); }
  [[nodiscard]] static double coordinate_variance(Index d) { return 1 / detail::real(d + 2); }
  [[nodiscard]] static double roughness(Index d) { return std::exp(-log_ball_volume(d)); }
  static void fill(std::span<double> z, Index d, stream& rng) { detail::fill_beta<1>(z, d, rng); }
};

/// \f$ 1 - r^2 \f$ for r < 1.
struct epanechnikov {
  static constexpr bool compact = true;
  [[nodiscard]] static double value(double r2) { return r2 < 1 ? 1 - r2 : 0; }
  [[nodiscard]] static double log_normaliser(Index d) { return log_ball_volume(d) + std::log(2 / detail::real(d + 2)); }
  [[nodiscard]] static double coordinate_variance(Index d) { return 1 / detail::real(d + 4); }
  [[nodiscard]] static double roughness(Index d) {
    return 2 * detail::real(d + 2) / detail::real(d + 4) * std::exp(-log_ball_volume(d));
  }
  static void fill(std::span<double> z, Index d, stream& rng) { detail::fill_beta<2>(z, d, rng); }
};

/// \f$ (1 - r^2)^2 \f$ for r < 1.
struct biweight {
  static constexpr bool compact = true;
  [[nodiscard]] static double value(double r2) { return r2 < 1 ? (1 - r2) * (1 - r2) : 0; }
  [[nodiscard]] static double log_normaliser(Index d) {
    return log_ball_volume(d) + std::log(8 / (detail::real(d + 2) * detail::real(d + 4)));
  }
  [[nodiscard]] static double coordinate_variance(Index d) { return 1 / detail::real(d + 6); }
  [[nodiscard]] static double roughness(Index d) {
    return 6 * detail::real(d + 2) * detail::real(d + 4) / (detail::real(d + 6) * detail::real(d + 8)) *
           std::exp(-log_ball_volume(d));
  }
  static void fill(std::span<double> z, Index d, stream& rng) { detail::fill_beta<3>(z, d, rng); }
};

/// \f$ 1 - r \f$ for r < 1.
struct triangular {
  static constexpr bool compact = true;
  [[nodiscard]] static double value(double r2) { return r2 < 1 ? 1 - std::sqrt(r2) : 0; }
  [[nodiscard]] static double log_normaliser(Index d) { return log_ball_volume(d) - std::log(detail::real(d + 1)); }
  [[nodiscard]] static double coordinate_variance(Index d) {
    return detail::real(d + 1) / (detail::real(d + 2) * detail::real(d + 3));
  }
  [[nodiscard]] static double roughness(Index d) {
    return 2 * detail::real(d + 1) / detail::real(d + 2) * std::exp(-log_ball_volume(d));
  }
  static void fill(std::span<double> z, Index d, stream& rng) {
    detail::fill_radial(z, d, rng, [&](double) { return std::exp(-detail::minus_log_triangular_radius(d, rng)); });
  }
};

/// \f$ e^{-r} \f$. Not a product of Laplace densities: it depends on the distance alone.
struct exponential {
  static constexpr bool compact = false;
  [[nodiscard]] static double value(double r2) { return std::exp(-std::sqrt(r2)); }
  [[nodiscard]] static double log_normaliser(Index d) {
    double log_factorial = 0;
    for (Index k = 2; k <= d; ++k) log_factorial += std::log(detail::real(k));
    return log_ball_volume(d) + log_factorial;
  }
  [[nodiscard]] static double coordinate_variance(Index d) { return detail::real(d + 1); }
  [[nodiscard]] static double roughness(Index d) { return std::exp(-log_normaliser(d) - detail::real(d) * std::log(2.0)); }
  static void fill(std::span<double> z, Index d, stream& rng) {
    const gamma_sampler radius(detail::real(d));
    detail::fill_radial(z, d, rng, [&](double) { return radius(rng); });
  }
};

/// \f$ \cos(\pi r / 2) \f$ for r < 1.
struct cosine {
  static constexpr bool compact = true;
  [[nodiscard]] static double value(double r2) { return r2 < 1 ? std::sin(detail::half_pi * (1 - std::sqrt(r2))) : 0; }
  [[nodiscard]] static double log_normaliser(Index d) {
    return log_ball_volume(d) + std::log(detail::real(d) * detail::cosine_moment(d - 1));
  }
  [[nodiscard]] static double coordinate_variance(Index d) {
    return detail::cosine_moment(d + 1) / (detail::real(d) * detail::cosine_moment(d - 1));
  }
  [[nodiscard]] static double roughness(Index d) {
    const double one = detail::real(d) * detail::cosine_moment(d - 1);
    return detail::real(d) * detail::cosine_square_moment(d - 1) / (one * one) * std::exp(-log_ball_volume(d));
  }
  /// A triangular radius is kept with probability sin(pi s / 2) / (pi s / 2), s = 1 - r: at least 2 / pi, whatever d.
  static void fill(std::span<double> z, Index d, stream& rng) {
    detail::fill_radial(z, d, rng, [&](double) {
      for (;;) {
        const double minus_log = detail::minus_log_triangular_radius(d, rng), s = -std::expm1(-minus_log);
        if (uniform(rng) * detail::half_pi * s <= std::sin(detail::half_pi * s)) return std::exp(-minus_log);
      }
    });
  }
};

}  // namespace simulacra::smoothing
