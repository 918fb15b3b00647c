#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/discrete.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>

namespace simulacra {

/// How chains are run.
struct mala_options {
  Index chains = 16;    ///< K >= 2, independent of each other
  Index burn_in = 200;  ///< steps of each chain that are thrown away, and in which the step size is adapted
  Index thin = 8;       ///< steps between two states that are kept
};

/// The states of Markov chains, and how well they mixed.
template <class T = double, int D = dynamic>
struct mala_draws {
  samples<T, D> x{};  ///< d x n; column i is of chain i mod K
  Index chains = 0;
  double acceptance = 0;  ///< share of proposals taken after burn-in; 0.574 is aimed at
  double step = 0;        ///< in units of the envelope
  double r_hat =
      0;  ///< potential scale reduction, the worst coordinate's: near 1 where chains agree; NaN for < 4 states a chain
  double effective = 0;  ///< independent draws that the mean of the worst coordinate is worth; NaN as above
};

namespace detail {

/// The worst coordinate's split potential scale reduction, and its effective number of draws, by Geyer's initial positive
/// sequence.
/// Source: Gelman et al. (2013), Bayesian Data Analysis, section 11.4 and 11.5.
template <class T, int D>
void diagnose(mala_draws<T, D>& made) {
  made.r_hat = made.effective = std::numeric_limits<double>::quiet_NaN();
  const Index k = made.chains, length = made.x.cols() / (std::max)(Index{1}, k) / 2, parts = 2 * k;
  if (length < 2) return;
  const double n = static_cast<double>(length);
  Eigen::MatrixXd chain(length, parts);
  for (Index a = 0; a < made.x.rows(); ++a) {
    for (Index c = 0; c < k; ++c)
      for (Index i = 0; i < 2 * length; ++i)
        chain(i % length, 2 * c + i / length) = static_cast<double>(made.x(a, c + k * i));
    const Eigen::RowVectorXd means = chain.colwise().mean();
    const Eigen::MatrixXd apart = chain.rowwise() - means;
    const double within = apart.squaredNorm() / (n - 1) / static_cast<double>(parts);
    const double between = n * (means.array() - means.mean()).square().sum() / static_cast<double>(parts - 1);
    const double total = (n - 1) / n * within + between / n;
    const double r = within > 0 ? std::sqrt(total / within) : between > 0 ? std::numeric_limits<double>::infinity() : 1;
    double tau = 1;
    for (Index lag = 1; lag + 1 < length; lag += 2) {
      const auto correlation = [&](Index t) {
        double sum = 0;
        for (Index p = 0; p < parts; ++p)
          sum += (chain.col(p).head(length - t) - chain.col(p).tail(length - t)).squaredNorm();
        return 1 - sum / (static_cast<double>(parts) * static_cast<double>(length - t)) / (2 * total);
      };
      const double pair = correlation(lag) + correlation(lag + 1);
      if (!(pair > 0)) break;
      tau += 2 * pair;
    }
    const double effective = total > 0 ? n * static_cast<double>(parts) / tau : 0;
    if (!(made.r_hat >= r)) made.r_hat = r;
    if (!(made.effective <= effective)) made.effective = effective;
  }
}

/// The Metropolis-adjusted Langevin algorithm in the coordinates u of an envelope, x = mean + R u:
/// u' = u + s^2/2 grad + s g, accepted by the ratio of densities and proposals. Chains begin at draws of the envelope that
/// are drawn again by their weights; log s follows the acceptance in burn-in (Robbins and Monro) and then stays.
/// Source: Roberts and Tweedie (1996); the acceptance to aim at: Roberts and Rosenthal (1998).
/// @param target  called as target(x, slope): log density but for a constant; writes its gradient
template <class T, int D, class Target>
mala_draws<T, D> mala(const Target& target, const point<double, D>& mean, const square<double, D>& root, Index n,
                      const mala_options& how, stream& rng) {
  constexpr std::string_view name = "sample_chains";
  argument::require(n >= 0, name, "n", n, "not be negative");
  argument::require(how.chains >= 2, name, "chains", how.chains, "be at least 2");
  argument::require(how.burn_in >= 0, name, "burn_in", how.burn_in, "not be negative");
  argument::require(how.thin >= 1, name, "thin", how.thin, "be at least 1");
  argument::require_room(n, mean.size(), sizeof(T), name, "n");
  argument::require_room(how.chains, 20 * (2 * mean.size() + 2), sizeof(double), name, "chains");  // where they may begin
  const Index d = mean.size(), k = how.chains;
  struct state {
    point<double, D> u, slope;  ///< the gradient in u
    double log_density;
  };
  const auto at = [&](const point<double, D>& u) {
    state s{u, point<double, D>(d), 0};
    point<double, D> slope(d);
    s.log_density = target(point<double, D>(mean + root * u), slope);
    s.slope = root.transpose() * slope;
    return s;
  };
  const auto normal = [&](point<double, D>& g) {
    fill_normal(std::span<double>(g.data(), static_cast<std::size_t>(d)), rng);
  };
  // Where to begin: twenty draws of the envelope a chain, drawn again by their weights.
  std::vector<state> start;
  std::vector<double> log_weight;
  point<double, D> g(d);
  for (Index i = 0; i < 20 * k; ++i) {
    normal(g);
    start.push_back(at(g));
    log_weight.push_back(start.back().log_density + 0.5 * g.squaredNorm());
  }
  const double top = *std::max_element(log_weight.begin(), log_weight.end());
  for (double& w : log_weight) w = std::exp(w - top);
  const alias_table among(log_weight);
  std::vector<state> chain;
  for (Index c = 0; c < k; ++c) chain.push_back(start[static_cast<std::size_t>(among(rng))]);

  constexpr double aim = 0.574;
  double log_step = std::log(1.2 / std::pow(static_cast<double>(d), 1.0 / 6));
  double accepted = 0, proposed = 0;
  const auto advance = [&](Index number, bool adapt) {
    const double s = std::exp(log_step);
    double taken = 0;
    for (state& now : chain) {
      normal(g);
      const state next = at(point<double, D>(now.u + 0.5 * s * s * now.slope + s * g));
      const double back = (now.u - next.u - 0.5 * s * s * next.slope).squaredNorm() / (s * s);
      const double log_ratio = next.log_density - now.log_density + 0.5 * (g.squaredNorm() - back);
      if (std::log(uniform_open(rng)) < log_ratio) {
        now = next;
        taken += 1;
      }
    }
    if (adapt) {
      log_step += (taken / static_cast<double>(k) - aim) / std::sqrt(static_cast<double>(number + 1));
    } else {
      accepted += taken;
      proposed += static_cast<double>(k);
    }
  };
  for (Index i = 0; i < how.burn_in; ++i) advance(i, true);
  mala_draws<T, D> made;
  made.x.resize(d, n);
  made.chains = k;
  for (Index i = 0; i < n; ++i) {
    if (i % k == 0)
      for (Index step = 0; step < how.thin; ++step) advance(0, false);
    made.x.col(i) = (mean + root * chain[static_cast<std::size_t>(i % k)].u).template cast<T>();
  }
  made.acceptance = proposed > 0 ? accepted / proposed : 0;
  made.step = std::exp(log_step);
  diagnose(made);
  return made;
}

}  // namespace detail

}  // namespace simulacra
