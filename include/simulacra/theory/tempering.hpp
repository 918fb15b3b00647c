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

}  // namespace simulacra::theory
