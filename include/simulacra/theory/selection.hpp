#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <vector>

#include <simulacra/theory/detail/laws.hpp>
#include <simulacra/theory/detail/trapezoid.hpp>

/// Selection: what is published of a model's samples is chosen by a reward r(x) (curation by users, by a reward model), and the next
/// model is fitted to that. Chosen one of K with probability proportional to \f$e^{r}\f$ (Bradley and Terry 1952 for K = 2); as K grows,
/// the law is tilted, \f$p'\propto p\,e^r\f$ (Ferbach et al. 2024).
namespace simulacra::theory {

/// The mean precision \f$E\,1/v_n\f$ of a Gaussian chain whose publications are tilted by \f$r=-ax^2/2\f$, sigma 1.
///
/// \f[ E\frac1{v_1}=k,\qquad E\frac1{v_{n+1}}=\Bigl(E\frac1{v_n}+a\Bigr)k,\qquad k=\frac{M-1}{M-3}\ (\texttt{n\_minus\_1}),\quad
///     \frac M{M-3}\ (\texttt{n}) \f]
/// The tilt adds a to the precision of what is published, the fit multiplies it by k. The first fit is to data that nobody selected.
/// @param a strength of the selection, >= 0
/// @param samples M >= 2; +inf for n >= 1 if M <= 3
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1).
/// Source: the model Ferbach et al. (2024); derived for this library from the mean of the inverse chi-squared law.
inline double curated_precision(double a, Index samples, Index generation, divisor by) {
  constexpr auto name = "theory::curated_precision";
  detail::check_not_negative(name, "a", a);
  detail::check_chain(name, samples, generation, by);
  if (generation == 0) return 1;
  if (samples <= 3) return detail::infinity;
  const double excess = (by == divisor::n ? 3 : 2) / (detail::real(samples) - 3), n = detail::real(generation);
  const double rise = std::log1p(excess), later = (n - 1) * rise;
  const double first = std::exp(n * rise), selected = a == 0 ? 0 : a * (1 + excess) * (std::expm1(later) / excess);
  return first + selected;
}

/// The mean of a Gaussian chain whose publications are tilted by \f$r=bx\f$, about the truth's and in units of sigma^2 = 1.
///
/// \f[ b\,(n-1)\ (\texttt{n\_minus\_1}),\qquad b\sum_{1\le t<n}(1-1/M)^t\ (\texttt{n}) \f]
/// @param slope b, finite
/// @param samples M >= 2
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline double curated_mean(double slope, Index samples, Index generation, divisor by) {
  constexpr auto name = "theory::curated_mean";
  argument::require(std::isfinite(slope), name, "slope", slope, "be finite");
  detail::check_chain(name, samples, generation, by);
  if (generation <= 1) return 0;
  const double m = detail::real(samples), n = detail::real(generation);
  return slope * (by == divisor::n_minus_1 ? n - 1 : -(m - 1) * detail::power_minus_one(-1 / m, n - 1));
}

/// The law of what is chosen out of K draws with probability proportional to \f$w=e^r\f$, exact:
///
/// \f[ p'(x)=K\,p(x)\,w(x)\int_0^\infty e^{-t\,w(x)}L(t)^{K-1}dt,\quad L(t)=E\,e^{-t\,w(X)};\qquad
///     p'_i=2p_i\sum_jp_j\frac{w_i}{w_i+w_j}\ (K=2) \f]
/// @param p the law, summing to 1
/// @param reward r, as many, finite and within 1e6 of one another
/// @param of K >= 1
/// @throw std::invalid_argument if an argument is out of range. Cost O(S^2) for K = 2; else O(S) at 5 nodes per unit of the range of
/// rewards that occurs. Source: Bradley and Terry (1952) for K = 2; derived for this library.
inline std::vector<double> chosen_law(std::span<const double> p, std::span<const double> reward, Index of) {
  constexpr auto name = "theory::chosen_law";
  detail::check_law(name, p);
  const double best = detail::check_rewards(name, p, reward);
  argument::require(of >= 1, name, "of", of, "be at least 1");
  const std::size_t size = p.size();
  std::vector<double> chosen(p.begin(), p.end());
  if (of == 1) return chosen;
  if (of == 2) {
    for (std::size_t i = 0; i < size; ++i) {
      detail::compensated_sum sum;
      for (std::size_t j = 0; j < size; ++j) sum.add(p[j] / (1 + std::exp(reward[j] - reward[i])));
      chosen[i] = 2 * p[i] * sum.value();
    }
    return chosen;
  }
  // In u = log t the integrand is analytic for |Im u| < pi/2 and its modulus there that of itself at a smaller t: the trapezoidal rule
  // leaves e^(-pi^2 / h) of the answer, 4e-22 here. A symbol needs the nodes where its own t w goes from e^-42 / K to e^7.
  constexpr double step = 0.2;
  const double rivals = detail::real(of) - 1, before = 42 + std::log(detail::real(of));
  std::vector<double> order;
  for (std::size_t i = 0; i < size; ++i)
    if (p[i] > 0) order.push_back(reward[i] - best);
  std::sort(order.begin(), order.end(), [](double x, double y) { return x > y; });
  std::fill(chosen.begin(), chosen.end(), 0.0);
  double node = -detail::infinity;  // a whole number of steps
  for (const double r : order) {
    const double last = std::ceil((7 - r) / step);
    for (node = (std::max)(node + 1, std::floor((-before - r) / step)); node <= last; ++node) {
      const double u = node * step;
      double seen = 0, left = 0;  // 1 - L and L
      for (std::size_t i = 0; i < size; ++i) {
        if (p[i] == 0) continue;
        const double tw = std::exp(u + (reward[i] - best));
        seen -= p[i] * std::expm1(-tw);
        left += p[i] * std::exp(-tw);
      }
      const double beaten = rivals * (seen < 0.5 ? std::log1p(-seen) : std::log(left));
      for (std::size_t i = 0; i < size; ++i) {
        if (p[i] == 0) continue;
        const double log_tw = u + (reward[i] - best);
        chosen[i] += std::exp(log_tw - std::exp(log_tw) + beaten);
      }
    }
    --node;
  }
  for (std::size_t i = 0; i < size; ++i) chosen[i] *= detail::real(of) * p[i] * step;
  return chosen;
}

/// A mean and a variance.
struct two_moments {
  double mean, variance;
};

/// Mean and variance of what is chosen of two draws of N(0, v) with probability proportional to \f$e^{bx}\f$: exact.
///
/// \f[ E X'=E\bigl[D\,s(bD)\bigr],\quad D\sim N(0,2v),\qquad E X'^2=v,\qquad s(u)=1/(1+e^{-u}) \f]
/// The second moment does not change at all. As b grows the mean tends to \f$\sqrt{v/\pi}\f$, that of the larger of the two.
/// @param slope b; infinite: the larger (or smaller) of the two is taken
/// @param variance v >= 0 and finite
/// @throw std::invalid_argument if an argument is out of range. Cost: 300 hyperbolic tangents.
/// Source: the choice Bradley and Terry (1952); derived for this library.
inline two_moments chosen_of_two(double slope, double variance) {
  constexpr auto name = "theory::chosen_of_two";
  argument::require(!std::isnan(slope), name, "slope", slope, "be a number");
  detail::check_not_negative(name, "variance", variance);
  if (variance == 0 || slope == 0) return {0, variance};
  // E[D s(bD)] = sqrt(v/2) E[Z tanh(c Z / 2)] with c = b sqrt(2 v).
  const double half = std::abs(slope) * std::sqrt(variance / 2);
  const double weight = std::sqrt(2 / std::numbers::pi) *
                        detail::normal_half_line([&](double z) { return z * std::tanh(half * z) * std::exp(-z * z / 2); });
  const double mean = std::sqrt(variance / 2) * weight;
  return {slope < 0 ? -mean : mean, variance * (1 - weight * weight / 2)};
}

/// The law at which curation of a share of the data settles, infinitely many samples a generation and K: of the published data a share is
/// \f$\propto p\,e^r\f$, the rest are real.
///
/// \f[ p_i=\frac{(1-s)\,p_{0,i}}{1-s\,w_i/Z},\qquad \sum_i\frac{(1-s)\,p_{0,i}Z}{Z-s\,w_i}=1,\quad Z>s\max w,\qquad w=e^r \f]
/// Z is the mean of w under p. At s = 1 the limit of \f$p_0w^t\f$: the truth on what has the largest reward.
/// @param truth \f$p_0\f$, summing to 1
/// @param reward r, as many, finite and within 1e6 of one another
/// @param share s in [0, 1]
/// @throw std::invalid_argument if an argument is out of range. Cost O(S). Source: the model Ferbach et al. (2024); derived for this
/// library.
inline std::vector<double> curated_fixed_point(std::span<const double> truth, std::span<const double> reward, double share) {
  constexpr auto name = "theory::curated_fixed_point";
  detail::check_law(name, truth);
  const double best = detail::check_rewards(name, truth, reward);
  detail::check_probability(name, "share", share);
  std::vector<double> law(truth.begin(), truth.end());
  if (share == 0) return law;
  double top = 0;
  for (std::size_t i = 0; i < law.size(); ++i) top += reward[i] == best ? truth[i] : 0;
  if (share == 1) {
    for (std::size_t i = 0; i < law.size(); ++i) law[i] = reward[i] == best ? truth[i] / top : 0;
    return law;
  }
  // With the largest w as unit and Z = s (1 + x): sum p0 w / (x + 1 - w) = s / (1 - s), and x is positive however small.
  const double odds = share / (1 - share);
  const auto excess = [&](double x) {
    detail::compensated_sum sum;
    for (std::size_t i = 0; i < truth.size(); ++i)
      if (truth[i] > 0) sum.add(truth[i] * (std::exp(reward[i] - best) / (x - std::expm1(reward[i] - best))));
    return sum.value();
  };
  double mean = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) mean += truth[i] > 0 ? truth[i] * std::exp(reward[i] - best) : 0;
  const double x = detail::falling_root(top / odds, mean / odds, [&](double at) { return excess(at) - odds; });
  for (std::size_t i = 0; i < law.size(); ++i)
    law[i] =
        truth[i] == 0 ? 0 : (1 - share) * truth[i] * (1 + std::exp(reward[i] - best) / (x - std::expm1(reward[i] - best)));
  return law;
}

}  // namespace simulacra::theory
