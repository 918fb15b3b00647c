#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include <Eigen/LU>

#include <simulacra/theory/detail/binomial.hpp>
#include <simulacra/theory/detail/laws.hpp>

/// A discrete law, refitted again and again to the frequencies of M of its own samples ("replace"). The counts of one symbol
/// are a Markov chain, \f$X_{n+1}\sim\mathrm{Bin}(M,X_n/M)\f$: the Wright-Fisher model of genetics with M haploid
/// individuals. Sooner or later one symbol is left; the models are those of Shumailov et al. (2024), the formulas classical
/// genetics.
namespace simulacra::theory {

namespace detail {

/// The chain of one symbol's counts among M.
class binomial_chain {
 public:
  explicit binomial_chain(Index samples) : m_(samples), ratio_(static_cast<std::size_t>(samples)) {
    for (Index k = 0; k < samples; ++k) ratio_[at(k)] = real(samples - k) / real(k + 1);
  }

  /// Probability that the count is 0 after `fits` fits, for every count 0..M before them.
  std::vector<double> extinct(Index fits) const {
    std::vector<double> u(static_cast<std::size_t>(m_) + 1, 0.0), next(u);
    u[0] = next[0] = 1;
    if (fits == 0) return u;
    for (Index j = 1; j < m_; ++j) u[at(j)] = std::exp(real(m_) * std::log1p(-real(j) / real(m_)));
    for (Index fit = 1; fit < fits; ++fit) {
      Index peak = 0;
      for (Index j = 1; j < m_; ++j) next[at(j)] = mean_of(u, real(j), real(m_ - j), peak);
      u.swap(next);
    }
    return u;
  }

  /// \f$\sum_k \mathrm{Bin}(k)\,u(k)\f$ for a binomial law with the given mean.
  ///
  /// u is log-concave (Bernstein operators preserve that), so the terms have one peak: the sum runs outward from it until
  /// the terms are lost in rounding, which costs O(sqrt(M)) and is accurate relative to the answer, not to 1. The peak moves
  /// up with the mean; the caller keeps it between calls.
  double mean_of(const std::vector<double>& u, double mean, double failures, Index& peak) const {
    const double odds = mean / failures;
    while (peak < m_ && ratio_[at(peak)] * odds * u[at(peak + 1)] > u[at(peak)]) ++peak;
    while (peak > 0 && ratio_[at(peak - 1)] * odds * u[at(peak)] < u[at(peak - 1)]) --peak;
    const double start = binomial(real(peak), real(m_), mean, failures);
    double sum = start * u[at(peak)], probability = start;
    for (Index k = peak; k < m_; ++k) {
      probability *= ratio_[at(k)] * odds;
      const double term = probability * u[at(k + 1)];
      sum += term;
      if (term <= 1e-19 * sum) break;
    }
    probability = start;
    for (Index k = peak; k > 0; --k) {
      probability /= ratio_[at(k - 1)] * odds;
      const double term = probability * u[at(k - 1)];
      sum += term;
      if (term <= 1e-19 * sum) break;
    }
    return sum;
  }

 private:
  static std::size_t at(Index k) { return static_cast<std::size_t>(k); }
  Index m_;
  std::vector<double> ratio_;
};

/// After so many fits the chance that two symbols are still there is less than 1e-17 of any answer.
inline bool settled(Index samples, Index generation) {
  return real(generation) > real(samples) * (std::log(2 * real(samples)) + 40) + 2;
}

/// The most arithmetic that an exact extinction probability may cost: about a minute.
inline constexpr double most_work = 5e9;

inline void check_extinction(const char* name, Index samples, Index generation) {
  check_samples(name, samples, 1);
  check_generation(name, generation);
  const double work = generation < 2 || settled(samples, generation) ? 0 : real(generation) * std::pow(real(samples), 1.5);
  argument::require(work <= most_work, name, "samples", samples,
                    "satisfy generation * samples^1.5 <= 5e9 to be computed exactly in about a minute (or the generation be "
                    "past samples * (log(2 samples) + 40), when the limit 1 - p is reached)");
}

/// P(extinct after `generation` fits) for each of many initial probabilities; they should be increasing, for speed.
inline std::vector<double> extinctions(std::span<const double> p, Index samples, Index generation) {
  std::vector<double> result;
  result.reserve(p.size());
  const bool by_limit = settled(samples, generation);
  if (generation == 0 || generation == 1 || by_limit) {
    for (const double q : p) {
      const double once = q == 1 ? 0 : std::exp(real(samples) * std::log1p(-q));
      result.push_back(generation == 0 ? (q == 0 ? 1 : 0) : by_limit ? 1 - q : once);
    }
    return result;
  }
  const binomial_chain chain(samples);
  const auto u = chain.extinct(generation - 1);
  Index peak = 0;
  for (const double q : p) {
    const bool certain = q == 0 || q == 1;
    result.push_back(certain ? 1 - q : chain.mean_of(u, real(samples) * q, real(samples) * (1 - q), peak));
  }
  return result;
}

}  // namespace detail

/// The mean probability that two draws from the model differ, \f$E[1-\sum_i p_{n,i}^2] = H_0(1-1/M)^n\f$ (Gini-Simpson).
///
/// @param initial \f$H_0 = 1-\sum_i p_{0,i}^2\f$, in [0, 1]
/// @param samples M >= 1
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: Wright (1931).
inline double heterozygosity(double initial, Index samples, Index generation) {
  constexpr auto name = "theory::heterozygosity";
  detail::check_probability(name, "initial", initial);
  detail::check_samples(name, samples, 1);
  detail::check_generation(name, generation);
  return initial * detail::power_of_one_plus(-1 / detail::real(samples), detail::real(generation));
}

/// The mean squared distance of the model's probabilities from the truth's, \f$E\|p_n-p_0\|^2 = H_0(1-(1-1/M)^n)\f$.
/// Arguments, errors and cost as for `heterozygosity`. Source: derived for this library.
inline double squared_drift(double initial, Index samples, Index generation) {
  constexpr auto name = "theory::squared_drift";
  detail::check_probability(name, "initial", initial);
  detail::check_samples(name, samples, 1);
  detail::check_generation(name, generation);
  return -initial * detail::power_minus_one(-1 / detail::real(samples), detail::real(generation));
}

/// The probability that a symbol of true probability p is extinct in the model of generation n: exact.
///
/// \f$P(X_n=0)\f$ of the binomial chain, by backward recursion from \f$P(X_1=0)=(1-p)^M\f$. The relative error stays near
/// 1e-13 also for tiny probabilities, down to 1e-290. The chance that the symbol is the only one left is that of 1 - p.
/// @param p in [0, 1]
/// @param samples M >= 1
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range, or if n M^1.5 > 5e9 (say M = 1e4 and n = 5000, or M = 1e6
/// and n = 5) and the limit 1 - p is not reached yet. Cost O(n M^1.5) time, O(M) memory; O(1) for n <= 1.
/// Source: Wright (1931).
inline double extinction_probability(double p, Index samples, Index generation) {
  constexpr auto name = "theory::extinction_probability";
  detail::check_probability(name, "p", p);
  detail::check_extinction(name, samples, generation);
  return detail::extinctions(std::span<const double>(&p, 1), samples, generation).front();
}

/// The mean probability, under the truth, of the symbols that generation n has lost: \f$\sum_i p_i\,P(i\text{ extinct by
/// }n)\f$.
///
/// @param p the truth, summing to 1
/// @throw std::invalid_argument as for `extinction_probability`. Cost O(n M^1.5 + K sqrt(M)). Source: derived for this
/// library.
inline double lost_mass(std::span<const double> p, Index samples, Index generation) {
  constexpr auto name = "theory::lost_mass";
  detail::check_law(name, p);
  detail::check_extinction(name, samples, generation);
  std::vector<double> sorted(p.begin(), p.end());
  std::sort(sorted.begin(), sorted.end());
  const auto gone = detail::extinctions(sorted, samples, generation);
  detail::compensated_sum sum;
  for (std::size_t i = 0; i < sorted.size(); ++i) sum.add(sorted[i] * gone[i]);
  return sum.value();
}

/// The mean number of symbols that generation n still has. Arguments, errors, cost and source as for `lost_mass`.
inline double distinct_symbols(std::span<const double> p, Index samples, Index generation) {
  constexpr auto name = "theory::distinct_symbols";
  detail::check_law(name, p);
  detail::check_extinction(name, samples, generation);
  if (generation == 1) {  // in closed form also for symbols that are hardly ever seen
    detail::compensated_sum sum;
    for (const double q : p) sum.add(-detail::power_minus_one(-q, detail::real(samples)));
    return sum.value();
  }
  std::vector<double> sorted(p.begin(), p.end());
  std::sort(sorted.begin(), sorted.end());
  detail::compensated_sum sum;
  for (const double gone : detail::extinctions(sorted, samples, generation)) sum.add(1 - gone);
  return sum.value();
}

/// The mean number of fits until one of two symbols is gone, the first fit (to real data) included: exact.
///
/// \f[ 1+\sum_{0<k<M}\mathrm{Bin}(k;M,p)\,t_k,\qquad (I-T)\,t=1 \f]
/// with T the chain between the states that still have both.
/// @param p true probability of one of the two, in [0, 1]; at 0 and 1 nothing is left to lose and the time is 0
/// @param samples M in [1, 4096]
/// @throw std::invalid_argument if an argument is out of range; M > 4096 would need too much memory and time, and
/// `mean_fixation_time_diffusion` is within 0.1 per cent there. Cost O(M^3) time, O(M^2) memory. Source: Ewens (2004).
/// (A template of the kind of number, which is double, so that only who calls it compiles a decomposition.)
template <class Real = double>
double mean_fixation_time(double p, Index samples) {
  constexpr auto name = "theory::mean_fixation_time";
  detail::check_probability(name, "p", p);
  detail::check_samples(name, samples, 1);
  argument::require(samples <= 4096, name, "samples", samples,
                    "be at most 4096: a dense linear system of that size is solved");
  if (p == 0 || p == 1) return 0;
  if (samples == 1) return 1;
  // t_k = t_{M-k}: fold the chain in the middle, which leaves half as many unknowns.
  const double m = detail::real(samples);
  const Index half = samples / 2;
  const auto fold = [&](Index k) { return (std::min)(k, samples - k) - 1; };
  square<Real> system = square<Real>::Identity(half, half);
  for (Index j = 1; j <= half; ++j)
    for (Index k = 1; k < samples; ++k)
      system(j - 1, fold(k)) -= detail::binomial(detail::real(k), m, detail::real(j), detail::real(samples - j));
  const point<Real> time = system.partialPivLu().solve(point<Real>::Ones(half));
  double mean = 1;
  for (Index k = 1; k < samples; ++k) mean += detail::binomial(detail::real(k), m, m * p, m * (1 - p)) * time(fold(k));
  return mean;
}

/// The diffusion limit of `mean_fixation_time`, \f$-2M[p\log p+(1-p)\log(1-p)]\f$: 5 per cent high at M = 20, 1.5 at M =
/// 100.
///
/// @param p in [0, 1]
/// @param samples M >= 1
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: Kimura and Ohta (1969).
inline double mean_fixation_time_diffusion(double p, Index samples) {
  constexpr auto name = "theory::mean_fixation_time_diffusion";
  detail::check_probability(name, "p", p);
  detail::check_samples(name, samples, 1);
  if (p == 0 || p == 1) return 0;
  return -2 * detail::real(samples) * (p * std::log(p) + (1 - p) * std::log1p(-p));
}

}  // namespace simulacra::theory
