#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include <simulacra/theory/detail/laws.hpp>

/// Sampling at a temperature beside real data, infinitely many samples a generation: of the data a share alpha are real, the rest the
/// model's, and what is published next is \f$p'\propto(\alpha p_0+(1-\alpha)p)^{1/\tau}\f$.
namespace simulacra::theory {

namespace detail {

inline void check_tempering(const char* name, std::span<const double> truth, double alpha, double tau) {
  check_law(name, truth);
  check_probability(name, "alpha", alpha);
  check_positive(name, "tau", tau);
}

/// One generation, p' from p in place; mixed is room. @return the largest relative change of what is not negligible
inline double temper(std::span<const double> truth, double alpha, double tau, std::vector<double>& p,
                     std::vector<double>& mixed) {
  double top = 0;
  for (std::size_t i = 0; i < p.size(); ++i) top = (std::max)(top, mixed[i] = alpha * truth[i] + (1 - alpha) * p[i]);
  compensated_sum sum;
  for (double& x : mixed) sum.add(x = x == 0 ? 0 : std::exp(log_quotient(x, top) / tau));
  double change = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double next = mixed[i] / sum.value();
    if (next > 1e-290) change = (std::max)(change, std::abs(next - p[i]) / next);
    p[i] = next;
  }
  return change;
}

/// One step of Newton's method for p^tau c = alpha p0 + (1 - alpha) p, sum p = 1, in the logarithms of p.
inline double temper_newton(std::span<const double> truth, double alpha, double tau, std::vector<double>& p) {
  // tau log p_i + log c = log x_i: with p_i = p_i (1 + d_i), (tau - (1 - alpha) p_i / x_i) d_i + dc = log x_i - tau log p_i - log c.
  double top = 0, c = 0;
  std::size_t best = 0;
  for (std::size_t i = 0; i < p.size(); ++i)
    if (p[i] > top) top = p[best = i];
  c = std::log(alpha * truth[best] + (1 - alpha) * top) - tau * std::log(top);
  compensated_sum over, under;
  over.add(1);
  for (const double q : p) over.add(-q);
  const auto row = [&](std::size_t i, double& slope, double& residual) {
    const double x = alpha * truth[i] + (1 - alpha) * p[i];
    slope = tau - (1 - alpha) * p[i] / x;
    residual = std::log(x) - tau * std::log(p[i]) - c;
  };
  double slope = 0, residual = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p[i] < 1e-290) continue;
    row(i, slope, residual);
    over.add(-p[i] * residual / slope);
    under.add(-p[i] / slope);
  }
  const double dc = over.value() / under.value();
  double change = 0;
  std::vector<double> next(p);
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p[i] < 1e-290) continue;
    row(i, slope, residual);
    const double step = (residual - dc) / slope;
    next[i] = p[i] * (1 + step);
    change = (std::max)(change, std::abs(step));
  }
  if (!(change < 0.5)) return infinity;
  p = next;
  return change;
}

}  // namespace detail

/// The published law after n generations, starting from the truth.
///
/// @param truth \f$p_0\f$, summing to 1
/// @param alpha share of real data, in [0, 1]
/// @param tau temperature, > 0
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(n S). Source: derived for this library.
inline std::vector<double> tempered_law(std::span<const double> truth, double alpha, double tau, Index generation) {
  constexpr auto name = "theory::tempered_law";
  detail::check_tempering(name, truth, alpha, tau);
  detail::check_generation(name, generation);
  std::vector<double> p(truth.begin(), truth.end()), room(p);
  for (Index n = 0; n < generation; ++n)
    if (detail::temper(truth, alpha, tau, p, room) == 0) break;
  return p;
}

/// The law at which the published laws settle, starting from the truth: \f$p\propto(\alpha p_0+(1-\alpha)p)^{1/\tau}\f$.
///
/// For small tau there are several such laws (see `tempering_fold`), and this is the one that the truth leads to. With alpha = 0 it is the
/// truth's most probable symbols for tau < 1, the truth at 1, and all that occur alike above.
/// @param truth \f$p_0\f$, summing to 1
/// @param alpha share of real data, in [0, 1]
/// @param tau temperature, > 0
/// @throw std::invalid_argument if an argument is out of range, or if 4e8 / S generations do not settle it: next to a fold.
/// Cost O(S) per generation until it moves straight, then Newton's method. Source: derived for this library.
inline std::vector<double> tempered_fixed_point(std::span<const double> truth, double alpha, double tau) {
  constexpr auto name = "theory::tempered_fixed_point";
  detail::check_tempering(name, truth, alpha, tau);
  std::vector<double> p(truth.begin(), truth.end()), room(p);
  if (alpha == 0) {
    if (tau == 1) return p;
    const double top = *std::max_element(p.begin(), p.end());
    double count = 0;
    for (double& q : p) count += q = tau < 1 ? q == top : q > 0;
    for (double& q : p) q /= count;
    return p;
  }
  // Each step is about the same part of the last one in the end; what is left is then known, and Newton's method closes it.
  const double most = 4e8 / static_cast<double>(p.size());
  const double noise = std::numeric_limits<double>::epsilon() * (40 + 20 / tau);  // of the logarithms, over tau
  double before = 0, part_before = 0;
  for (double n = 0; n < most; ++n) {
    const double change = detail::temper(truth, alpha, tau, p, room);
    if (change <= noise / 10) return p;
    const double part = change / before, left = part < 1 ? change * part / (1 - part) : detail::infinity;
    const bool straight = std::abs(part - part_before) < 1e-3 * (1 - part);
    before = change, part_before = part;
    if (left < noise / 40) return p;
    if (!straight || !(left < 1e-5)) continue;
    std::vector<double> q = p;
    double moved = 0;
    bool settled = false;
    for (int step = 0; step < 20 && !settled; ++step) {
      const double by = detail::temper_newton(truth, alpha, tau, q);
      moved += by;
      if (!(moved < 100 * left + 1e-12)) break;
      settled = by < noise;
    }
    if (settled) return q;
  }
  argument::reject(name, "tau", tau, "not lie so near to a fold that 4e8 / size generations do not settle it");
}

/// Where two fixed points meet and vanish: the temperature above which there is one only.
struct temperature_fold {
  double probability, tau;
};

/// Two symbols, of which the truth gives one the probability \f$p_0\f$: above tau only the fixed point on the truth's side is left.
///
/// The fold of \f$\tau\theta=\mathrm{logit}(x)\f$, \f$x=\alpha p_0+(1-\alpha)s(\theta)\f$, where \f$\tau=(1-\alpha)p(1-p)/(x(1-x))\f$ as
/// well. For \f$p_0=1/2\f$ it is the pitchfork at p = 1/2, \f$\tau=1-\alpha\f$.
/// @param truth \f$p_0\f$ in (0, 1)
/// @param alpha share of real data, in (0, 1)
/// @return the probability of the symbol at the fold (on the other side of 1/2 than the truth), and tau
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline temperature_fold tempering_fold(double truth, double alpha) {
  constexpr auto name = "theory::tempering_fold";
  argument::require(truth > 0 && truth < 1, name, "truth", truth, "lie in (0, 1)");
  argument::require(alpha > 0 && alpha < 1, name, "alpha", alpha, "lie in (0, 1)");
  if (truth == 0.5) return {0.5, 1 - alpha};
  if (truth < 0.5) {
    const auto mirror = tempering_fold(1 - truth, alpha);
    return {1 - mirror.probability, mirror.tau};
  }
  const auto slope = [&](double p, double x) { return (1 - alpha) * (p / x) * ((1 - p) / (1 - x)); };
  const auto mixed = [&](double p) { return alpha * truth + (1 - alpha) * p; };
  const auto above = [&](double p) {  // -(logit x - theta slope): from + at 0 to - where x = 1/2
    const double x = mixed(p);
    return -(std::log(x / (1 - x)) - std::log(p / (1 - p)) * slope(p, x));
  };
  const double most = (0.5 - alpha * truth) / (1 - alpha);
  if (!(most > 0)) return {0, 0};  // so many real data that there is one fixed point at any temperature
  const double p = detail::falling_root(1e-300, most, above);
  return {p, slope(p, mixed(p))};
}

/// K symbols and a uniform truth: the temperature below which a law with one winner is a fixed point. The uniform law itself is stable
/// down to \f$1-\alpha\f$, which is less for K >= 3: in between both are (hysteresis).
///
/// @param symbols K >= 2
/// @param alpha share of real data, in (0, 1)
/// @return the winner's probability at the onset, and tau
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline temperature_fold tempering_onset(Index symbols, double alpha) {
  constexpr auto name = "theory::tempering_onset";
  argument::require(symbols >= 2, name, "symbols", symbols, "be at least 2");
  argument::require(alpha > 0 && alpha < 1, name, "alpha", alpha, "lie in (0, 1)");
  if (symbols == 2) return {0.5, 1 - alpha};
  const double k = detail::real(symbols), base = alpha / k;
  // In the loser's odds y = (1 - x) / ((K - 1) x) <= 1, to have 1 - x in full: x = 1 / (1 + (K - 1) y).
  const auto parts = [&](double y, double& log_ratio, double& slope) {
    const double x = 1 / (1 + (k - 1) * y), win = base + (1 - alpha) * x, lose = base + (1 - alpha) * x * y;
    log_ratio = std::log1p((1 - alpha) * x * (1 - y) / lose);
    slope = (1 - alpha) * x * ((k - 1) * y * x / win + y * x / lose);  // d log_ratio / d log(1/y)
  };
  const auto above = [&](double y) {  // log_ratio - log(1/y) slope: from + at 0 to - near 1
    double log_ratio = 0, slope = 0;
    parts(y, log_ratio, slope);
    return log_ratio + std::log(y) * slope;
  };
  double high = 0.5;  // below 1 by enough to be past the trivial root there
  while (above(high) > 0 && high < 1 - 1e-6) high = (1 + high) / 2;
  const double y = detail::falling_root(1e-300, high, above);
  double log_ratio = 0, slope = 0;
  parts(y, log_ratio, slope);
  return {1 / (1 + (k - 1) * y), slope};
}

}  // namespace simulacra::theory
