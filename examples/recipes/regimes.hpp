#pragma once

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <simulacra/recursion.hpp>
#include <simulacra/theory.hpp>

#include "common/session.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;

/// The regimes of the literature, as recipes, each with what theory knows of it.

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// What is the same for all regimes of a run.
struct common {
  sim::divisor by;
  Index samples;
  double inflation;
};

/// What is known of a regime: E mean_error_sq and E variance at generation t. Something unknown is NaN.
using knowledge = std::function<theory::mad_limit(Index t)>;

/// A regime: its name, its recipe, the panel and colour it is drawn in, and what theory knows of it.
struct regime {
  std::string name;
  sim::any_recipe recipe;
  int panel = 0, colour = 1;  ///< colour 0: in the table only
  knowledge expected;
  theory::mad_limit limit{unknown, unknown};
  bool known_variance = false;
  bool fades = false;  ///< too little is real or kept for good: heavy tails once generations outnumber samples
};

/// Whether the tails of the variance stay light where models have a share of the training data, `synthetic` draws of theirs:
/// whether its fourth moment, multiplied each generation by about (share * lambda)^4 and a chi-squared factor's own, contracts.
inline bool stays_light(double share, Index synthetic, double lambda) {
  const double n = static_cast<double>(synthetic);
  return std::pow(share * lambda, 4) * (1 + 2 / n) * (1 + 4 / n) * (1 + 6 / n) < 0.9;
}

/// Alemohammad's loop. Theory states it for divisor n - 1; division by n is the same loop with every sampled variance smaller
/// by a factor 1 - 1/N, since that is how the two fits differ: their inflation is then lambda (1 - 1/N). It starts with the
/// fit to the first, all real, data: `first` of them.
inline void mad_loop(regime& r, const common& c, Index real, Index synthetic, Index first, bool fixed) {
  r.fades = !stays_light(static_cast<double>(synthetic) / static_cast<double>(real + synthetic), synthetic, c.inflation);
  if (real < 1) return;
  const auto bias = [by = c.by](Index n) { return by == sim::divisor::n ? 1 - 1 / static_cast<double>(n) : 1.0; };
  const double later = bias(real + synthetic), start = bias(first), lambda = c.inflation;
  const double own = 1 / static_cast<double>(real), error = 1 / static_cast<double>(first);
  r.expected = [=](Index t) -> theory::mad_limit {
    if (t == 1) return {error, start};
    if (!fixed) {
      theory::mad_limit state{error, start / later};  // `variance` counts in units of `later`
      for (Index s = 2; s <= t; ++s) state = theory::mad_fresh_step(state, real, synthetic, lambda * later);
      return {state.mean_error, later * state.variance};
    }
    // The first model has seen the points that are kept, so its error about their mean is not independent of that mean's own
    // error; the steps ask for the former, and the covariance of the two decays on its own by the share of synthetic data.
    theory::mad_limit state{own + (own - error), start / later};
    double covariance = error - own;
    for (Index s = 2; s <= t; ++s) {
      state = theory::mad_fixed_step(state, real, synthetic, lambda * later);
      covariance *= static_cast<double>(synthetic) / static_cast<double>(real + synthetic);
    }
    return {state.mean_error + 2 * covariance, later * state.variance};
  };
  r.limit = fixed ? theory::mad_fixed_limit(real, synthetic, lambda * later)
                  : theory::mad_fresh_limit(real, synthetic, lambda * later);
  r.limit.variance *= later;
}

/// Forgetting, with or without a bias of the sampling.
inline theory::mad_limit forgetting(const common& c, Index t) {
  const double ratio = c.inflation * theory::variance_mean(c.samples, 1, c.by);  // of one expected variance to the next
  double sampled = 1, error = 0;
  for (Index s = 0; s < t; ++s, sampled *= ratio) error += sampled / static_cast<double>(c.samples);
  return {error, sampled / c.inflation};
}

inline std::vector<regime> all_regimes(const common& c) {
  const Index m = c.samples, tenth = static_cast<Index>(std::llround(0.1 * static_cast<double>(m)));
  const bool unbiased_sampling = c.inflation == 1;
  using real = sim::preserve::real;
  using place = sim::preserve::place;
  std::vector<regime> all;

  // Nothing real comes in after the first generation.
  all.push_back({"replace", sim::replace{}, 0, 1, [c](Index t) { return forgetting(c, t); }});
  all.back().fades = true;
  all.push_back({"window", sim::window(4), 0, 5, {}});
  all.back().fades = true;
  all.push_back({"accumulate_subsample", sim::accumulate_subsample{}, 0, 2, {}});
  if (unbiased_sampling && c.by == sim::divisor::n)
    all.back().expected = [m](Index t) -> theory::mad_limit {
      return {theory::accumulate_subsample_mean_error(m, t), theory::accumulate_subsample_variance(m, t)};
    };
  all.push_back({"accumulate", sim::accumulate{}, 0, 3, {}});
  if (unbiased_sampling) {
    all.back().expected = [c, m](Index t) -> theory::mad_limit {
      return {theory::accumulate_mean_error(m, t, c.by), theory::accumulate_variance(m, t, c.by)};
    };
    const double variance = theory::accumulate_variance_limit(m, c.by);
    all.back().limit = {c.by == sim::divisor::n ? 1 - variance : unknown, variance};
  }

  // A tenth of real data: the same ones for ever or new ones; in place of model draws or on top (a tenth more data altogether,
  // and hardly another picture).
  all.push_back({"preserve_fixed_instead", sim::preserve(0.1, real::fixed, place::instead), 1, 1, {}});
  mad_loop(all.back(), c, tenth, m - tenth, m, true);
  all.push_back({"preserve_fixed_on_top", sim::preserve(0.1, real::fixed, place::on_top), 1, 0, {}});
  mad_loop(all.back(), c, tenth, m, m, true);
  all.push_back({"preserve_redrawn_instead", sim::preserve(0.1, real::redrawn, place::instead), 1, 2, {}});
  mad_loop(all.back(), c, tenth, m - tenth, m, false);
  all.push_back({"preserve_redrawn_on_top", sim::preserve(0.1, real::redrawn, place::on_top), 1, 0, {}});
  mad_loop(all.back(), c, tenth, m, m, false);

  // As much real data as synthetic, new in each generation; the general process; and the golden ratio against pooling, with
  // four synthetic observations for each real one and the variance known.
  all.push_back({"fresh_real", sim::fresh_real(m), 2, 1, {}});
  mad_loop(all.back(), c, m, m, 2 * m, false);
  all.push_back({"general_process", sim::general_process(0.6, 0.3, 0.1), 2, 5, {}});
  all.back().fades = !stays_light(0.9, m, c.inflation);
  if (unbiased_sampling)
    all.back().expected = [c, m](Index t) -> theory::mad_limit {
      const auto now = theory::mixture_gaussian_moments(0.6, 0.3, 0.1, m, t - 1, c.by);
      return {now.fitted_mean_error, now.fitted_variance};
    };
  const Index few = std::max<Index>(1, m / 4);
  const double k = static_cast<double>(m) / static_cast<double>(few);
  for (const bool golden : {false, true}) {
    const double w = golden ? theory::golden_weight(k) : 1 / (1 + k);
    all.push_back({golden ? "weighted_golden" : "weighted_pooled", sim::weighted(few, w), 2, golden ? 3 : 2, {}});
    all.back().known_variance = true;
    if (unbiased_sampling) {
      all.back().expected = [m, few, w](Index t) -> theory::mad_limit {
        return {theory::weighted_mean_risk(1 / static_cast<double>(few), w, few, m, t - 1), 1};
      };
      // At the golden weight this is w / few, exactly.
      all.back().limit = {theory::weighted_mean_risk_limit(w, few, m), unknown};
    }
  }
  return all;
}

inline double expected(const regime& r, const common& c, std::string_view metric, Index t) {
  if (metric == "second_moment" && c.inflation == 1 && c.by == sim::divisor::n && !r.known_variance) return 1;
  if (metric == "mean_error_sq" && r.expected) return r.expected(t).mean_error;
  if (metric == "variance" && r.expected) return r.expected(t).variance;
  if (r.name == "replace") {
    if (metric == "log_det")
      return theory::log_variance_mean(c.samples, t, c.by) + static_cast<double>(t - 1) * std::log(c.inflation);
    if (metric == "w2_sq" && c.inflation == 1) return theory::wasserstein_risk_mean(c.samples, t, c.by);
    if (metric == "kl_to_truth" && c.inflation == 1) return theory::kl_to_truth(1, c.samples, t, c.by);
  }
  return unknown;
}

/// Where nothing real comes in (or too little, see above) and nothing is kept for good, the variance is a product of ever more random factors: its tails
/// soon are so heavy that a mean over a thousand runs tells nothing. Its logarithm always does. With real data, or all data,
/// the chain forgets its own past and the tails stay light.
inline bool trusted(const regime& r, const common& c, const sim::table_row& row) {
  return !r.fades || row.metric == "log_det" || row.generation * 3 <= c.samples;
}
