#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include <simulacra/core/memory.hpp>
#include <simulacra/theory/detail/binomial.hpp>
#include <simulacra/theory/detail/normal.hpp>
#include <simulacra/theory/detail/trapezoid.hpp>

/// A noisy verifier before publication: right answers pass with probability phi, wrong ones with psi, and M that passed train the next
/// model, which is right with the share of right ones among them. It is the Wright-Fisher model with selection (Wright 1931). The
/// first model is fitted to data that nobody selected.
namespace simulacra::theory {

namespace detail {

/// The chain of the number of right answers among M.
class verified_chain {
 public:
  /// ratio = phi / psi of what passes
  verified_chain(const char* name, Index samples, double keep, double pass) : size_(static_cast<std::size_t>(samples) + 1) {
    argument::require(samples <= 4096, name, "samples", samples, "be at most 4096: a dense chain of that size is solved");
    rows_.resize(size_ * size_);
    const double m = real(samples);
    for (std::size_t j = 0; j < size_; ++j) {
      const double right = static_cast<double>(j), wrong = m - right, passed = keep * right + pass * wrong;
      const bool stays = j == 0 || j + 1 == size_;
      for (std::size_t k = 0; k < size_; ++k)
        at(j, k) =
            stays ? (j == k) : binomial(static_cast<double>(k), m, m * (keep * right / passed), m * (pass * wrong / passed));
    }
  }

  std::vector<double> start(double p) const {
    std::vector<double> law(size_);
    const double m = static_cast<double>(size_ - 1);
    for (std::size_t k = 0; k < size_; ++k) law[k] = binomial(static_cast<double>(k), m, m * p, m * (1 - p));
    return law;
  }

  /// P(all right in the end): states are taken out of the chain one after another, what leads into one being led on to where it leads.
  /// Without a subtraction anywhere (Grassmann, Taksar and Heyman 1985), so that the tiniest probability keeps its digits.
  double fixation(std::vector<double> law) {
    for (std::size_t s = size_ - 2; s >= 1; --s) {
      double leaves = at(s, size_ - 1);
      for (std::size_t k = 0; k < s; ++k) leaves += at(s, k);
      const auto lead_on = [&](double* row) {
        const double share = row[s] / leaves;
        if (share == 0) return;
        for (std::size_t k = 0; k < s; ++k) row[k] += share * at(s, k);
        row[size_ - 1] += share * at(s, size_ - 1);
      };
      for (std::size_t i = 1; i < s; ++i) lead_on(&at(i, 0));
      lead_on(law.data());
    }
    return law[size_ - 1] / (law[0] + law[size_ - 1]);
  }

  /// \f$\sum_{t<\mathrm{steps}}\mathrm{law}\,T^t\,\mathrm{cost}\f$: step by step, or by doubling where that is less work.
  double total(std::vector<double> law, std::vector<double> cost, Index steps) {
    const auto apply = [&](const std::vector<double>& x) {
      std::vector<double> y(size_, 0.0);
      for (std::size_t j = 0; j < size_; ++j)
        for (std::size_t k = 0; k < size_; ++k) y[j] += at(j, k) * x[k];
      return y;
    };
    const double doublings = std::log2(real(steps) + 1);
    compensated_sum sum;
    if (real(steps) <= static_cast<double>(size_) * doublings) {
      for (Index t = 0; t < steps; ++t) {
        for (std::size_t k = 0; k < size_; ++k) sum.add(law[k] * cost[k]);
        std::vector<double> next(size_, 0.0);
        for (std::size_t j = 0; j < size_; ++j)
          for (std::size_t k = 0; k < size_; ++k) next[k] += law[j] * at(j, k);
        law.swap(next);
      }
      return sum.value();
    }
    // cost: of as many steps as rows_ makes at once; done: of those that are settled already, after which the law moves on.
    for (Index left = steps; left > 0; left /= 2) {
      if (left % 2 == 1) {
        std::vector<double> next(size_, 0.0);
        for (std::size_t j = 0; j < size_; ++j) {
          sum.add(law[j] * cost[j]);
          for (std::size_t k = 0; k < size_; ++k) next[k] += law[j] * at(j, k);
        }
        law.swap(next);
      }
      if (left == 1) break;
      const std::vector<double> later = apply(cost);
      for (std::size_t k = 0; k < size_; ++k) cost[k] += later[k];
      std::vector<double> square(size_ * size_, 0.0);
      for (std::size_t i = 0; i < size_; ++i)
        for (std::size_t j = 0; j < size_; ++j) {
          const double step = at(i, j);
          if (step == 0) continue;
          for (std::size_t k = 0; k < size_; ++k) square[i * size_ + k] += step * at(j, k);
        }
      rows_.swap(square);
    }
    return sum.value();
  }

 private:
  double& at(std::size_t j, std::size_t k) { return rows_[j * size_ + k]; }
  std::size_t size_;
  std::vector<double> rows_;
};

}  // namespace detail

/// The probability that the chain ends with right answers only: exact.
///
/// \f[ X_1\sim\mathrm{Bin}(M,p),\qquad X_{t+1}\sim\mathrm{Bin}\Bigl(M,\frac{\rho X_t}{\rho X_t+(M-X_t)}\Bigr),\qquad
///     \rho=\phi/\psi \f]
/// Else all are wrong in the end. (Kimura's diffusion formula needs s = log rho, and is still off by 1e-3 at M = 100.)
/// @param p share of right answers in the truth, in [0, 1]
/// @param samples M in [1, 4096]
/// @param ratio rho > 0; 1 is no verifier (and gives p), infinity one that no wrong answer passes
/// @throw std::invalid_argument if an argument is out of range. Cost O(M^3) time, O(M^2) memory; the relative error is that of its sums.
/// Source: the model Wright (1931); the elimination Grassmann, Taksar and Heyman (1985).
inline double noisy_verifier_fixation(double p, Index samples, double ratio) {
  constexpr auto name = "theory::noisy_verifier_fixation";
  detail::check_probability(name, "p", p);
  detail::check_samples(name, samples, 1);
  argument::require(ratio > 0, name, "ratio", ratio, "be positive");
  if (p == 0 || p == 1) return p;
  if (ratio == detail::infinity) return -detail::power_minus_one(-p, detail::real(samples));
  const double keep = ratio < 1 ? ratio : 1, pass = ratio < 1 ? 1 : 1 / ratio;
  detail::verified_chain chain(name, samples, keep, pass);
  return chain.fixation(chain.start(p));
}

/// The mean number of answers that were tried in the n - 1 passes that n generations take: exact.
///
/// \f[ \sum_{1\le t<n}E\frac{M}{\phi X_t/M+\psi(1-X_t/M)} \f]
/// of the chain above. It is infinite where nothing can pass with some probability.
/// @param p share of right answers in the truth, in [0, 1]
/// @param samples M in [1, 4096]
/// @param keep phi, the probability that a right answer passes, in [0, 1]
/// @param pass psi, that a wrong one does, in [0, 1]
/// @param generation n >= 0; up to 1 nothing is tried
/// @throw std::invalid_argument if an argument is out of range. Cost O(min(n M^2, M^3 log n)). Source: derived for this library.
inline double noisy_verifier_tries(double p, Index samples, double keep, double pass, Index generation) {
  constexpr auto name = "theory::noisy_verifier_tries";
  detail::check_probability(name, "p", p);
  detail::check_samples(name, samples, 1);
  detail::check_probability(name, "keep", keep);
  detail::check_probability(name, "pass", pass);
  detail::check_generation(name, generation);
  if (generation <= 1) return 0;
  const double m = detail::real(samples), passes = detail::real(generation) - 1;
  if ((pass == 0 && p < 1) || (keep == 0 && p > 0)) return detail::infinity;  // all may be of the kind that never passes
  if (p == 0 || p == 1) return passes * (m / (p == 1 ? keep : pass));
  detail::verified_chain chain(name, samples, keep, pass);
  std::vector<double> cost;
  for (Index k = 0; k <= samples; ++k) cost.push_back(m * m / (keep * detail::real(k) + pass * detail::real(samples - k)));
  return chain.total(chain.start(p), cost, generation - 1);
}

/// The share of right answers at which a verifier holds an error rate of u per generation, infinitely many answers: an error threshold.
///
/// \f[ p^*=\frac{(1-u)\phi-\psi}{\phi-\psi}\quad\text{if }(1-u)\phi>\psi,\ \text{else }0 \f]
/// With \f$\phi>\psi\f$ and u = 0 a verifier wins from any share of right answers.
/// @param keep phi in (0, 1]
/// @param pass psi in [0, 1]
/// @param error u in [0, 1], the probability that a right answer's copy is wrong
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: the threshold Eigen (1971); derived for this library.
inline double verifier_error_threshold(double keep, double pass, double error) {
  constexpr auto name = "theory::verifier_error_threshold";
  detail::check_probability(name, "keep", keep);
  argument::require(keep > 0, name, "keep", keep, "be positive");
  detail::check_probability(name, "pass", pass);
  detail::check_probability(name, "error", error);
  const double margin = (keep - pass) - error * keep;
  return margin > 0 ? margin / (keep - pass) : 0;
}

/// Where a mean stands, and what part of its last draws passed.
struct window_pass {
  double mean, acceptance;
};

/// A verifier that lets pass what lies within r of c, of draws of N(m, 1) (the variance is known), refitted to infinitely many.
///
/// \f[ m'=m+\frac{\varphi(a)-\varphi(b)}{A},\qquad A=\Phi(b)-\Phi(a),\quad a,b=c\mp r-m \f]
/// The slope at m = c is `truncation_variance_factor(r)`; M that pass cost M/A tries.
/// @param mean m at the start, finite
/// @param centre c, finite
/// @param radius r > 0
/// @param passes n >= 0
/// @return the mean after n passes, and the acceptance of the last of them (1 if there was none)
/// @throw std::invalid_argument if an argument is out of range. Cost: two integrals of 170 nodes a pass. Source: derived for this library.
inline window_pass verified_window(double mean, double centre, double radius, Index passes) {
  constexpr auto name = "theory::verified_window";
  argument::require(std::isfinite(mean), name, "mean", mean, "be finite");
  argument::require(std::isfinite(centre), name, "centre", centre, "be finite");
  detail::check_positive(name, "radius", radius);
  argument::require(passes >= 0, name, "passes", passes, "not be negative");
  double acceptance = 1;
  for (Index n = 0; n < passes; ++n) {
    // By reflection the centre is ahead. About the nearest point of the window to the mean, weights e^(-near t - t^2/2); what lies behind
    // the mean is balanced by as much before it, and of the rest the integral of u e^(-u^2/2) is known.
    const double ahead = std::abs(centre - mean), near = std::fmax(ahead - radius, 0), behind = std::fmax(radius - ahead, 0);
    const auto weight = [near](double t) { return std::exp(-near * t - t * t / 2); };
    double whole = detail::finite_interval(std::fmin(near > 0 ? 2 * radius : ahead + radius, 40), weight);
    if (behind > 0) whole += detail::finite_interval(std::fmin(behind, 40), weight);
    const double shift = std::exp(-behind * behind / 2) * -std::expm1(-2 * radius * ahead) / whole;
    acceptance = whole * detail::normal_density(near);
    mean += centre < mean ? -shift : shift;
  }
  return {mean, acceptance};
}

}  // namespace simulacra::theory
