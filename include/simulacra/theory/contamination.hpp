#pragma once

#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include <Eigen/Core>

#include <simulacra/core/memory.hpp>
#include <simulacra/theory/detail/binomial.hpp>

/// A discrete law whose chain is kept from dying: by a share of real data in every generation, by a few fresh real points, or by a
/// prior. Without any of them it is `discrete.hpp`. With two symbols the count k of one of them among M is a Markov chain on
/// 0..M, given by its transition matrix: entry (j, k) is the probability of going from j to k.
namespace simulacra::theory {

namespace detail {

inline void check_prior(const char* name, double a, double b, bool positive) {
  for (const auto& [what, value] : {std::pair{"a", a}, std::pair{"b", b}})
    positive ? check_positive(name, what, value) : check_not_negative(name, what, value);
}

/// The matrix of a chain on 0..M, filled by probability(from, to).
template <class Probability>
Eigen::MatrixXd chain_matrix(const char* name, Index samples, const Probability& probability) {
  check_samples(name, samples, 1);
  argument::require(samples < (std::numeric_limits<Index>::max)(), name, "samples", samples, "be below 2^63 - 1");
  argument::require_room(samples, samples + 1, sizeof(double), name, "samples");
  Eigen::MatrixXd matrix(samples + 1, samples + 1);
  for (Index to = 0; to <= samples; ++to)
    for (Index from = 0; from <= samples; ++from) matrix(from, to) = probability(real(from), real(to), real(samples));
  return matrix;
}

}  // namespace detail

/// The mean squared error \f$E\|\hat p_n-p\|^2\f$ of a discrete law refitted to draws from a mixture of the truth (share alpha) and the
/// last model, each draw being real with probability alpha: exact, for any schedule.
///
/// \f[ R_t=\frac H{M_t}+\Bigl(1-\frac1{M_t}\Bigr)(1-\alpha)^2R_{t-1},\qquad R_0=0 \f]
/// (Where the *numbers* of real and synthetic draws are fixed, see `purity_fresh_step`.)
/// @param schedule samples \f$M_t\ge1\f$ of each refit; its length is the generation
/// @param alpha share of the truth, in [0, 1]
/// @param diversity \f$H=1-\sum_ip_i^2\f$ of the truth, in [0, 1]
/// @throw std::invalid_argument if an argument is out of range. Cost O(n). Source: Bakshi and Chakraborty (2026).
inline double contaminated_risk(std::span<const Index> schedule, double alpha, double diversity) {
  constexpr auto name = "theory::contaminated_risk";
  for (const Index samples : schedule)
    argument::require(samples >= 1, name, "schedule", samples, "hold at least 1 sample for every refit");
  detail::check_probability(name, "alpha", alpha);
  detail::check_probability(name, "diversity", diversity);
  // What generation t puts in, times what all later ones leave of it: powers by their logarithms, so that factors near 1 keep digits.
  const double kept = 2 * std::log1p(-alpha);
  detail::compensated_sum sum, exponent;
  for (std::size_t t = schedule.size(); t-- > 0;) {
    const double share = 1 / detail::real(schedule[t]);
    const double term = share * std::exp(exponent.value());
    if (term == 0) break;
    sum.add(term);
    exponent.add(kept);
    exponent.add(std::log1p(-share));
  }
  return diversity * sum.value();
}

/// The chain of a symbol's counts without any help: \f$P(j\to k)=\mathrm{Bin}(k;M,j/M)\f$, the Wright-Fisher model.
///
/// @param samples M >= 1
/// @return a matrix of M + 1 rows and columns, from row to column, whose rows sum to 1
/// @throw std::invalid_argument if M < 1 or the matrix needs more memory than there is. Cost O(M^2). Source: Wright (1931).
inline Eigen::MatrixXd wright_fisher_matrix(Index samples) {
  return detail::chain_matrix("theory::wright_fisher_matrix", samples,
                              [](double j, double k, double m) { return detail::binomial(k, m, j, m - j); });
}

/// The chain of a symbol's counts where each model is *drawn* from the posterior under a Beta(a, b) prior: beta-binomial(M, a+j, b+M-j).
///
/// Reversible; its stationary law is `posterior_sampling_stationary`, that of theta the prior itself, and its eigenvalues are
/// \f$M(M-1)\cdots(M-i+1)/((A+M)\cdots(A+M+i-1))\f$ with A = a + b. Under a Dirichlet prior each symbol is this chain, b being the
/// weight of all others.
/// @param samples M >= 1
/// @param a pseudo-count of the symbol, > 0
/// @param b pseudo-count of the others, > 0
/// @return a matrix of M + 1 rows and columns, from row to column
/// @throw std::invalid_argument if an argument is out of range. Cost O(M^2). Source: Griffiths and Kalish (2007).
inline Eigen::MatrixXd posterior_sampling_matrix(Index samples, double a, double b) {
  constexpr auto name = "theory::posterior_sampling_matrix";
  detail::check_prior(name, a, b, true);
  return detail::chain_matrix(
      name, samples, [a, b](double j, double k, double m) { return detail::beta_binomial(k, m, a + j, b + (m - j)); });
}

/// The chain of a symbol's counts where each model is the posterior *mean* under a Beta(a, b) prior: \f$\mathrm{Bin}(M,(j+a)/(M+A))\f$.
///
/// It is the Wright-Fisher model with mutation. The posterior's *mode* is the same with a - 1 and b - 1, and a = b = 0 is maximum
/// likelihood, `wright_fisher_matrix`.
/// @param samples M >= 1
/// @param a pseudo-count of the symbol, >= 0
/// @param b pseudo-count of the others, >= 0
/// @return a matrix of M + 1 rows and columns, from row to column
/// @throw std::invalid_argument if an argument is out of range. Cost O(M^2). Source: Wright (1931).
inline Eigen::MatrixXd pseudo_count_matrix(Index samples, double a, double b) {
  constexpr auto name = "theory::pseudo_count_matrix";
  detail::check_prior(name, a, b, false);
  return detail::chain_matrix(name, samples, [a, b](double j, double k, double m) {
    const double total = m + (a + b);
    return detail::binomial(k, m, m * ((j + a) / total), m * (((m - j) + b) / total));
  });
}

/// The stationary probability of a count under `posterior_sampling_matrix`: beta-binomial(M, a, b), the prior as the counts see it.
///
/// \f[ \binom Mk\frac{B(a+k,\,b+M-k)}{B(a,b)} \f]
/// @param count k in [0, M]
/// @param samples M >= 1
/// @param a > 0
/// @param b > 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1), relative error 1e-13 for every M.
/// Source: Griffiths and Kalish (2007).
inline double posterior_sampling_stationary(Index count, Index samples, double a, double b) {
  constexpr auto name = "theory::posterior_sampling_stationary";
  detail::check_samples(name, samples, 1);
  argument::require(count >= 0 && count <= samples, name, "count", count, "lie in [0, samples]");
  detail::check_prior(name, a, b, true);
  return detail::beta_binomial(detail::real(count), detail::real(samples), a, b);
}

/// The stationary variance of the fitted probability \f$\hat p=(k+a)/(M+A)\f$ under `pseudo_count_matrix`, A = a + b.
///
/// \f[ \frac{\rho^2\mu(1-\mu)/M}{1-\rho^2(1-1/M)}=\frac{\mu(1-\mu)}{1+2A+A^2/M},\qquad \rho=\frac M{M+A},\quad \mu=\frac aA \f]
/// @param samples M >= 1
/// @param a >= 0
/// @param b >= 0, not both 0: there is no one stationary law then
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: the model Wright (1931); derived for this library.
inline double pseudo_count_variance(Index samples, double a, double b) {
  constexpr auto name = "theory::pseudo_count_variance";
  detail::check_samples(name, samples, 1);
  detail::check_prior(name, a, b, false);
  const double all = a + b;
  argument::require(all > 0 && all < detail::infinity, name, "a + b", all, "be positive and finite");
  return (a / all) * (b / all) / (1 + all * (2 + all / detail::real(samples)));
}

/// The stationary variance of a symbol's fitted probability where every generation is fitted to m draws of the last model and r fresh
/// draws of the truth: exact.
///
/// \f[ p(1-p)\,\frac N{N^2-m^2+m},\qquad N=m+r \f]
/// A single fresh point keeps the chain alive, but not near the truth: the variance tends to p(1-p)/3, and the law to
/// Beta(2p, 2(1-p)) (for r points Beta(2rp, 2r(1-p))), as m grows. With r = 0 it is p(1-p), all at 0 and 1.
/// @param p probability of the symbol under the truth, in [0, 1]
/// @param synthetic m >= 0
/// @param real r >= 0, not both 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: derived for this library.
inline double fresh_points_variance(double p, Index synthetic, Index real) {
  constexpr auto name = "theory::fresh_points_variance";
  detail::check_probability(name, "p", p);
  argument::require(synthetic >= 0, name, "synthetic", synthetic, "not be negative");
  argument::require(real >= 0 && (real > 0 || synthetic > 0), name, "real", real,
                    "not be negative, nor 0 where 'synthetic' is 0");
  const double m = detail::real(synthetic), r = detail::real(real);
  return p * (1 - p) * ((m + r) / (r * (2 * m + r) + m));
}

/// Where a chain of posterior samples of a Gaussian mean stands (known variance): mean and variance of theta_n about the prior's mean.
struct posterior_path {
  double mean, variance;
};

/// A Gaussian mean that is drawn from its posterior under the prior \f$N(\mu_0,\tau^2)\f$, from M observations of variance s^2 of the last
/// model: an autoregression whose stationary law is the prior.
///
/// \f[ \rho=\frac{M\tau^2}{M\tau^2+s^2},\qquad E[\theta_n-\mu_0]=\rho^n(\theta_0-\mu_0),\qquad \mathrm{Var}\,\theta_n=\tau^2(1-\rho^{2n}) \f]
/// @param start \f$\theta_0-\mu_0\f$, finite
/// @param samples M >= 1
/// @param prior_variance tau^2 > 0
/// @param noise_variance s^2 > 0
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: the model Griffiths and Kalish (2007).
inline posterior_path posterior_sampling_mean(double start, Index samples, double prior_variance, double noise_variance,
                                              Index generation) {
  constexpr auto name = "theory::posterior_sampling_mean";
  argument::require(std::isfinite(start), name, "start", start, "be finite");
  detail::check_samples(name, samples, 1);
  detail::check_positive(name, "prior_variance", prior_variance);
  detail::check_positive(name, "noise_variance", noise_variance);
  detail::check_generation(name, generation);
  const double rest = noise_variance / prior_variance / detail::real(samples);  // rho = 1/(1 + rest)
  const double exponent = generation == 0 ? 0 : -detail::real(generation) * std::log1p(rest);
  return {start * std::exp(exponent), -prior_variance * std::expm1(2 * exponent)};
}

/// Mean and variance of the fitted probability of generation n under `pseudo_count_matrix`, from a truth p.
///
/// \f[ m'=\rho m+\frac a{M+A},\quad S'=\rho^2\Bigl(S+\frac{m(1-m)-S}M\Bigr),\qquad m_0=p,\ S_0=0 \f]
/// @param p in [0, 1]
/// Other arguments and errors as for `pseudo_count_matrix`.
/// @param generation n >= 0
/// Cost O(n). Source: derived for this library.
inline posterior_path pseudo_count_path(double p, Index samples, double a, double b, Index generation) {
  constexpr auto name = "theory::pseudo_count_path";
  detail::check_probability(name, "p", p);
  detail::check_samples(name, samples, 1);
  detail::check_prior(name, a, b, false);
  detail::check_generation(name, generation);
  const double m = detail::real(samples), total = m + (a + b), kept = m / total;
  double mean = p, other = 1 - p, variance = 0;
  for (Index n = 0; n < generation; ++n) {
    const double next = kept * kept * (variance * ((m - 1) / m) + mean * other / m);
    mean = kept * mean + a / total, other = kept * other + b / total;
    if (next == variance && n > 0 && mean * kept + a / total == mean) break;
    variance = next;
  }
  return {mean, variance};
}

}  // namespace simulacra::theory
