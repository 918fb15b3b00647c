#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <vector>

#include <simulacra/theory/detail/laws.hpp>
#include <simulacra/theory/detail/log_integral.hpp>
#include <simulacra/theory/detail/normal.hpp>
#include <simulacra/theory/detail/trapezoid.hpp>
#include <simulacra/theory/selection.hpp>

/// More of selection (see `selection.hpp`): mixtures, quadratic rewards, two rewards at once, and the best of many.
namespace simulacra::theory {

/// A component of a one-dimensional normal mixture.
struct normal_component {
  double weight, mean, variance;
};

/// A normal mixture tilted by \f$r=-a(x-c)^2/2\f$, normalised: every component stays normal.
///
/// \f[ v'=\frac v{1+av},\qquad m'=\frac{m+avc}{1+av},\qquad
///     w'\propto\frac w{\sqrt{1+av}}\exp\Bigl(-\frac{a(m-c)^2}{2(1+av)}\Bigr) \f]
/// @param components weights >= 0 that sum to 1, finite means, variances >= 0
/// @param strength a >= 0
/// @param centre c, finite
/// @throw std::invalid_argument if an argument is out of range. Cost O(K). Source: derived for this library.
inline std::vector<normal_component> tilted_mixture(std::span<const normal_component> components, double strength,
                                                    double centre) {
  constexpr auto name = "theory::tilted_mixture";
  detail::check_not_negative(name, "strength", strength);
  argument::require(std::isfinite(centre), name, "centre", centre, "be finite");
  double whole = 0, top = -detail::infinity, sum = 0;
  std::vector<normal_component> tilted;
  for (const auto& [weight, mean, variance] : components) {
    detail::check_probability(name, "weight", weight);
    argument::require(std::isfinite(mean), name, "mean", mean, "be finite");
    detail::check_not_negative(name, "variance", variance);
    whole += weight;
    const double shrink = 1 + strength * variance, away = mean - centre;
    const double logarithm = std::log(weight) - std::log(shrink) / 2 - strength / shrink * away * away / 2;
    tilted.push_back({logarithm, centre + away / shrink, variance / shrink});
    top = std::fmax(top, logarithm);
  }
  argument::require(std::abs(whole - 1) <= 1e-9, name, "sum of weights", whole, "be 1");
  for (auto& part : tilted) sum += part.weight = std::exp(part.weight - top);
  for (auto& part : tilted) part.weight /= sum;
  return tilted;
}

/// The variance of what is chosen of two draws of N(0, v) with probability proportional to \f$e^{-ax^2/2}\f$: exact.
///
/// \f[ v\,\Bigl(1-E\,Z_1Z_2\tanh\frac{avZ_1Z_2}2\Bigr),\qquad Z_1,Z_2\ \text{standard normal} \f]
/// As a grows it tends to \f$v(1-2/\pi)\f$.
/// @param strength a, which may be negative (the outer one is preferred) or infinite
/// @param variance v >= 0 and finite
/// @throw std::invalid_argument if an argument is out of range. Cost: 9e4 hyperbolic tangents. Source: derived for this library.
inline double chosen_of_two_variance(double strength, double variance) {
  constexpr auto name = "theory::chosen_of_two_variance";
  argument::require(!std::isnan(strength), name, "strength", strength, "be a number");
  detail::check_not_negative(name, "variance", variance);
  if (variance == 0 || strength == 0) return variance;
  const double half = std::abs(strength) * (variance / 2);
  const double lost = 2 / std::numbers::pi * detail::normal_half_line([&](double x) {
                        return x * std::exp(-x * x / 2) * detail::normal_half_line([&](double y) {
                                 return y * std::tanh(half * x * y) * std::exp(-y * y / 2);
                               });
                      });
  return variance * (strength > 0 ? 1 - lost : 1 + lost);
}

/// Mean and variance of what is chosen out of K draws of N(0, 1) with probability proportional to \f$e^{bx}\f$: `chosen_law` over a grid, whose
/// error falls geometrically with its spacing.
///
/// For K = 2 it is `chosen_of_two`; as K grows it tends to N(b, 1), and as b grows to the largest of K.
/// @param slope b in [-50, 50]
/// @param of K in [1, 1e9]
/// @throw std::invalid_argument if an argument is out of range. Cost: 1e5 exponentials, times b^2 beyond 1; whatever K.
/// Source: derived for this library.
inline two_moments chosen_of_many(double slope, Index of) {
  constexpr auto name = "theory::chosen_of_many";
  argument::require(slope >= -50 && slope <= 50, name, "slope", slope, "be in [-50, 50]");
  argument::require(of >= 1 && of <= 1'000'000'000, name, "of", of, "be from 1 to 1e9");
  const double spacing = 0.25 / std::fmax(1, std::abs(slope));
  const auto half = static_cast<Index>(std::ceil(13 / spacing));
  std::vector<double> law, reward;
  detail::compensated_sum whole;
  for (Index j = -half; j <= half; ++j) {
    const double x = spacing * detail::real(j);
    law.push_back(spacing * detail::normal_density(x));
    whole.add(law.back());
    reward.push_back(slope * x);
  }
  for (double& p : law) p /= whole.value();
  const std::vector<double> chosen = chosen_law(law, reward, of);
  detail::compensated_sum mean, square;
  for (Index j = -half; j <= half; ++j) mean.add(chosen[static_cast<std::size_t>(j + half)] * (spacing * detail::real(j)));
  for (Index j = -half; j <= half; ++j) {
    const double away = spacing * detail::real(j) - mean.value();
    square.add(chosen[static_cast<std::size_t>(j + half)] * (away * away));
  }
  return {mean.value(), square.value()};
}

/// A fixed point and the derivative of the map there.
struct fixed_point {
  double value, slope;
};

/// Where the variance settles if a share of the data are publications tilted by \f$-ax^2/2\f$ and the rest real, with fits of two moments
/// to infinitely many; sigma 1.
///
/// \f[ v=\frac{-B+\sqrt{B^2+4a(1-s)}}{2a},\quad B=(1-s)(1-a),\qquad\text{slope }\frac s{(1+av)^2} \f]
/// @param strength a >= 0
/// @param share s in [0, 1]
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline fixed_point curated_variance_limit(double strength, double share) {
  constexpr auto name = "theory::curated_variance_limit";
  detail::check_not_negative(name, "strength", strength);
  detail::check_probability(name, "share", share);
  const double a = strength, real_part = 1 - share, b = real_part * (1 - a), root = std::sqrt(b * b + 4 * a * real_part);
  if (share == 1) return {a == 0 ? 1.0 : 0.0, 1};
  const double v = b >= 0 ? 2 * real_part / (b + root) : (root - b) / (2 * a), shrink = 1 + a * v;
  return {v, share / shrink / shrink};
}

/// Two rewards that share the publications of two symbols: a share c is tilted by odds w1 for the first, the rest by odds w2.
///
/// \f[ p^*=-\frac{c\,a_1+(1-c)\,a_2}{a_1a_2},\quad a=w-1,\qquad
///     \text{slope }\frac{c\,w_1}{(1+p^*a_1)^2}+\frac{(1-c)w_2}{(1+p^*a_2)^2} \f]
/// Both survive if and only if E w > 1 and E 1/w > 1; else the value is 1 or 0, whichever wins, and the slope is there.
/// @param share c in [0, 1]
/// @param first w1 > 0
/// @param second w2 > 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline fixed_point two_rewards(double share, double first, double second) {
  constexpr auto name = "theory::two_rewards";
  detail::check_probability(name, "share", share);
  detail::check_positive(name, "first", first);
  detail::check_positive(name, "second", second);
  const double rest = 1 - share, a = first - 1, b = second - 1;
  const double grows = share * a + rest * b, holds = -(share * a / first + rest * b / second);  // E w - 1 and E 1/w - 1
  double p = 0;
  if (grows > 0) p = holds > 0 ? -grows / a / b : 1;
  const double x = 1 + p * a, y = 1 + p * b;
  return {p, share * (first / x / x) + rest * (second / y / y)};
}

/// What keeping the best of a normal population does.
struct best_kept {
  double intensity;        ///< i, the shift of the mean in standard deviations
  double variance_factor;  ///< k, of the variance
};

/// The best fraction f of infinitely many normal draws is kept: \f$m'=m+i\,\sigma,\ v'=kv\f$.
///
/// \f[ z=Q^{-1}(f),\qquad i=\varphi(z)/f,\qquad k=1-i(i-z) \f]
/// Repeated, the mean moves by \f$i/(1-\sqrt k)\f$ in all, see `best_fraction_shift`.
/// @param fraction f in (0, 1]
/// @throw std::invalid_argument if f is out of range. Cost O(1). Source: Bulmer (1971).
inline best_kept best_fraction(double fraction) {
  argument::require(fraction > 0 && fraction <= 1, "theory::best_fraction", "fraction", fraction, "lie in (0, 1]");
  if (fraction == 1) return {0, 1};
  const double z = detail::normal_tail_inverse(fraction), i = detail::normal_hazard(z);
  if (z < 5) return {i, 1 - i * (i - z)};
  // i = z + 1/(z + g) with g = 2/(z + 3/(z + ...)): 1 - i (i - z) = (g - (i - z))/(z + g).
  const double g = detail::hazard_fraction(z, 2);
  return {i, (g - 1 / (z + g)) / (z + g)};
}

/// What keeping the best M of N does on average, and how much the mean of the kept varies.
struct kept_of_many {
  double intensity;        ///< i, the shift of the mean in standard deviations
  double variance_factor;  ///< k, of the variance (of a fit with divisor M - 1)
  double mean_variance;    ///< variance of the mean of the kept, in units of sigma^2
};

/// The best M of N normal draws are kept: exact. Given the (M + 1)-th largest U, the kept are independent normal draws above U.
///
/// \f[ i=E\,\ell(U),\quad k=E\bigl[1-\ell(\ell-U)\bigr],\quad \mathrm{Var}\,\bar x=\frac kM+\mathrm{Var}\,\ell(U),\qquad
///     \ell=\varphi/Q,\quad U\sim\frac{N!}{M!(N-M-1)!}Q^M\Phi^{N-M-1}\varphi \f]
/// In a chain of n fits with divisor M - 1, each to the best M of N, \f$E\,v_n=k^{n-1}\f$; with a known variance
/// \f$E\,m_n=(n-1)\,i\f$ and \f$\mathrm{Var}\,m_n=1/M+(n-1)\,\mathrm{Var}\,\bar x\f$, the first data being unselected.
/// @param kept M >= 1
/// @param tried N >= M
/// @throw std::invalid_argument if an argument is out of range. Cost: some hundred hazards. Source: derived for this library.
inline kept_of_many best_of_many(Index kept, Index tried) {
  constexpr auto name = "theory::best_of_many";
  argument::require(kept >= 1, name, "kept", kept, "be at least 1");
  argument::require(tried >= kept, name, "tried", tried, "be at least as many as are kept");
  const double m = detail::real(kept), rest = detail::real(tried) - m - 1;
  if (tried == kept) return {0, 1, 1 / m};
  const auto log_mean = [&](const auto& log_f) {
    return detail::log_integral([&](const detail::node_block& u, detail::node_block& g) {
      for (std::size_t j = 0; j < u.size(); ++j)
        g[j] = m * detail::log_normal_tail(u[j]) + rest * detail::log_normal_tail(-u[j]) - u[j] * u[j] / 2 + log_f(u[j]);
    });
  };
  const auto hazard = [](double u) { return detail::normal_hazard(u); };
  const double whole = log_mean([](double) { return 0.0; });
  const double i = std::exp(log_mean([&](double u) { return std::log(hazard(u)); }) - whole);
  const double k = std::exp(log_mean([&](double u) {
                              if (u < 5) return std::log1p(-hazard(u) * (hazard(u) - u));
                              const double g = detail::hazard_fraction(u, 2);
                              return std::log((g - 1 / (u + g)) / (u + g));
                            }) -
                            whole);
  const double spread = std::exp(log_mean([&](double u) { return 2 * std::log(std::abs(hazard(u) - i)); }) - whole);
  return {i, k, k / m + spread};
}

/// The limit of the mean's shift, \f$i/(1-\sqrt k)\f$ standard deviations of the truth. At f = 1 nothing is selected, and it is 0.
///
/// Arguments, errors, cost and source as for `best_fraction`.
inline double best_fraction_shift(double fraction) {
  argument::require(fraction > 0 && fraction <= 1, "theory::best_fraction_shift", "fraction", fraction, "lie in (0, 1]");
  if (fraction == 1) return 0;
  const double z = detail::normal_tail_inverse(fraction),
               excess = z < 5 ? detail::normal_hazard(z) - z : detail::hazard_fraction(z, 1);
  return (1 + std::sqrt(best_fraction(fraction).variance_factor)) / excess;  // 1 - k = i (i - z)
}

}  // namespace simulacra::theory
