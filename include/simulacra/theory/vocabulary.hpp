#pragma once

#include <cmath>
#include <span>
#include <vector>

#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/zeta.hpp>

#include <simulacra/core/memory.hpp>
#include <simulacra/theory/detail/policy.hpp>
#include <simulacra/theory/discrete.hpp>
#include <simulacra/theory/poisson.hpp>

/// The tail of a large vocabulary, and discrete laws that are given real data in every generation.
namespace simulacra::theory {

/// The mean probability of the symbols that do not occur among M real samples, \f$\sum_i p_i(1-p_i)^M\f$.
///
/// @param p the truth, summing to 1
/// @param samples M >= 1
/// @throw std::invalid_argument if an argument is out of range. Cost O(K). Source: Good (1953).
inline double missing_mass(std::span<const double> p, Index samples) {
  constexpr auto name = "theory::missing_mass";
  detail::check_law(name, p);
  detail::check_samples(name, samples, 1);
  detail::compensated_sum sum;
  for (const double q : p)
    if (q < 1) sum.add(q * std::exp(detail::real(samples) * std::log1p(-q)));
  return sum.value();
}

/// Zipf's law on K symbols, \f$p_i\propto i^{-b}\f$.
///
/// @param symbols K >= 1
/// @param exponent b >= 0 and finite
/// @throw std::invalid_argument if an argument is out of range. Cost O(K).
inline std::vector<double> zipf_law(Index symbols, double exponent) {
  constexpr auto name = "theory::zipf_law";
  argument::require(symbols >= 1, name, "symbols", symbols, "be at least 1");
  detail::check_not_negative(name, "exponent", exponent);
  argument::require_room(symbols, 1, sizeof(double), name, "symbols");
  std::vector<double> p;
  p.reserve(static_cast<std::size_t>(symbols));
  detail::compensated_sum sum;
  for (Index i = 1; i <= symbols; ++i) {
    p.push_back(std::pow(detail::real(i), -exponent));
    sum.add(p.back());
  }
  for (double& q : p) q /= sum.value();
  return p;
}

/// The constant of the asymptotic missing mass of Zipf's law on infinitely many symbols.
///
/// \f[ C_b = \Gamma(1-\tfrac1b)\,\zeta(b)^{-1/b}/b \f]
/// @param exponent b > 1 and finite
/// @throw std::invalid_argument if b is not finite and above 1. Cost O(1). Source: derived for this library; cf. Dohmatob et
/// al. (2024).
inline double zipf_missing_mass_constant(double exponent) {
  argument::require(exponent > 1 && std::isfinite(exponent), "theory::zipf_missing_mass_constant", "exponent", exponent,
                    "be finite and above 1");
  return boost::math::tgamma((exponent - 1) / exponent, detail::policy()) *
         std::pow(boost::math::zeta(exponent, detail::policy()), -1 / exponent) / exponent;
}

/// The asymptotic mass that generation n of a Zipf law has lost, M samples a generation: \f$C_b\,(M g_n)^{-(1-1/b)}\f$.
///
/// An approximation for large M (2e-4 at M = 1000, n = 1), \f$g_n\f$ being `poisson_exponent`.
/// @param exponent b > 1
/// @param samples M >= 1
/// @param generation n >= 1
/// @throw std::invalid_argument if an argument is out of range. Source: derived for this library.
inline double zipf_missing_mass(double exponent, Index samples, Index generation) {
  constexpr auto name = "theory::zipf_missing_mass";
  argument::require(exponent > 1 && std::isfinite(exponent), name, "exponent", exponent, "be finite and above 1");
  detail::check_samples(name, samples, 1);
  argument::require(generation >= 1, name, "generation", generation, "be at least 1");
  const double effective = detail::real(samples) * poisson_exponent(generation);
  return zipf_missing_mass_constant(exponent) * std::pow(effective, (1 - exponent) / exponent);
}

namespace detail {

struct pool_shares {
  double real_part, synthetic_part;
};

inline pool_shares check_pool(const char* name, Index real_samples, Index synthetic) {
  argument::require(real_samples >= 1, name, "real", real_samples, "be at least 1");
  argument::require(synthetic >= 1, name, "synthetic", synthetic, "be at least 1");
  const double r = detail::real(real_samples), s = detail::real(synthetic);
  return {r / (r + s), s / (r + s)};
}

}  // namespace detail

/// One generation of a discrete law with fresh real data: the mean purity \f$F=E\sum_i p_{n,i}^2\f$ of the next model.
///
/// \f[ F' = \rho^2\Bigl(F_0+\frac{1-F_0}{n_r}\Bigr)+(1-\rho)^2\Bigl(F+\frac{1-F}{n_s}\Bigr)+2\rho(1-\rho)F_0 \f]
/// @param purity F now, in [0, 1]
/// @param truth \f$F_0\f$, in [0, 1]
/// @param real n_r >= 1
/// @param synthetic n_s >= 1
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline double purity_fresh_step(double purity, double truth, Index real, Index synthetic) {
  constexpr auto name = "theory::purity_fresh_step";
  detail::check_probability(name, "purity", purity);
  detail::check_probability(name, "truth", truth);
  const auto [r, s] = detail::check_pool(name, real, synthetic);
  return r * r * (truth + (1 - truth) / detail::real(real)) + s * s * (purity + (1 - purity) / detail::real(synthetic)) +
         2 * r * s * truth;
}

/// Where `purity_fresh_step` settles. Arguments, errors, cost and source as there.
inline double purity_fresh_limit(double truth, Index real, Index synthetic) {
  constexpr auto name = "theory::purity_fresh_limit";
  detail::check_probability(name, "truth", truth);
  const auto [r, s] = detail::check_pool(name, real, synthetic);
  const double own = r * r * (truth + (1 - truth) / detail::real(real)), noise = s * s / detail::real(synthetic);
  return (own + noise + 2 * r * s * truth) / (r * (1 + s) + noise);
}

/// One generation of a discrete law with fixed real data: the mean squared distance \f$D=E\|p_n-\hat p_{real}\|^2\f$ of the
/// next model.
///
/// \f[ D'=(1-\rho)^2\Bigl[D\Bigl(1-\frac1{n_s}\Bigr)+\frac{H_r}{n_s}\Bigr],\qquad H_r=(1-F_0)\Bigl(1-\frac1{n_r}\Bigr) \f]
/// @param distance D now, >= 0
/// @param truth \f$F_0\f$, in [0, 1]
/// @param real n_r >= 1
/// @param synthetic n_s >= 1
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline double distance_fixed_step(double distance, double truth, Index real, Index synthetic) {
  constexpr auto name = "theory::distance_fixed_step";
  detail::check_not_negative(name, "distance", distance);
  detail::check_probability(name, "truth", truth);
  const double s = detail::check_pool(name, real, synthetic).synthetic_part;
  const double spread = (1 - truth) * (1 - 1 / detail::real(real));
  return s * s * (distance * (1 - 1 / detail::real(synthetic)) + spread / detail::real(synthetic));
}

/// Where `distance_fixed_step` settles. Arguments, errors, cost and source as there.
inline double distance_fixed_limit(double truth, Index real, Index synthetic) {
  constexpr auto name = "theory::distance_fixed_limit";
  detail::check_probability(name, "truth", truth);
  const auto [r, s] = detail::check_pool(name, real, synthetic);
  const double spread = (1 - truth) * (1 - 1 / detail::real(real)), m = detail::real(synthetic);
  return s * s * spread / m / (r * (1 + s) + s * s / m);
}

}  // namespace simulacra::theory
