#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>

#include <simulacra/theory.hpp>

#include "common/session.hpp"
#include "discrete_walk/setting.hpp"

namespace theory = simulacra::theory;

/// What is exact in the Wright-Fisher chain and its relatives, and where a mean over the replicates can be held against it.

/// E heterozygosity. Without smoothing it obeys the same law as the variance of a Gaussian fitted with divisor n.
inline double expected_heterozygosity(const setting& s, Index t) {
  const double start = s.heterozygosity();
  if (s.smoothing > 0) return unknown;
  if (s.recipe == "replace") return theory::heterozygosity(start, s.samples, t);
  if (s.recipe == "accumulate") return start * theory::accumulate_variance(s.samples, t, sim::divisor::n);
  if (s.recipe == "accumulate_subsample" && s.samples > 1)
    return start * theory::accumulate_subsample_variance(s.samples, t);
  if (s.recipe == "preserve_redrawn" && s.real() > 0 && s.real() < s.samples) {
    const double truth = 1 - start;
    double purity = truth + start / static_cast<double>(s.samples);  // of the first fit, which is all real
    for (Index i = 2; i <= t; ++i) purity = theory::purity_fresh_step(purity, truth, s.real(), s.samples - s.real());
    return 1 - purity;
  }
  return unknown;
}

/// Exact extinction probabilities cost generation * samples^1.5; past a second's work they are left out.
inline bool affordable(const setting& s, Index t) {
  return static_cast<double>(t) * std::pow(static_cast<double>(s.samples), 1.5) < 1e8;
}

inline double expected(const setting& s, std::string_view metric, Index t) {
  if (metric == "heterozygosity") return expected_heterozygosity(s, t);
  // The mean model is the truth, whatever the recipe, so what diversity has lost has become distance.
  if (metric == "squared_distance") return s.heterozygosity() - expected_heterozygosity(s, t);
  if (!s.wright_fisher() || !affordable(s, t)) return unknown;
  if (metric == "surviving_symbols") return theory::distinct_symbols(s.p, s.samples, t);
  if (metric == "missing_mass") return theory::lost_mass(s.p, s.samples, t);
  if (metric.starts_with("extinct_rank_")) {
    const auto rank = static_cast<std::size_t>(std::stol(std::string(metric.substr(metric.rfind('_') + 1))));
    return theory::extinction_probability(s.p[rank - 1], s.samples, t);
  }
  if (metric == "fixed" && s.symbols() <= 10) {  // on symbol i: everything else, of probability 1 - p_i, is extinct
    double sum = 0;
    for (const double q : s.p) sum += theory::extinction_probability(1 - q, s.samples, t);
    return std::min(sum, 1.0);
  }
  if (metric == "fixation_time" && s.two() &&
      s.samples <= 2000) {  // a run's end cuts it off: known where hardly any gets that far
    const double time = theory::mean_fixation_time(s.p[1], s.samples), unfixed = 1 - expected(s, "fixed", t);
    return unfixed * static_cast<double>(s.samples) < 1e-3 * time ? time : unknown;
  }
  return unknown;
}

/// All of these numbers lie between fixed bounds, so their tails are light. But an event that the replicates hardly see, or
/// hardly miss, has no usable standard error: a mean is checked only where a hundred such events are expected on either side.
inline bool trusted(const setting& s, const sim::table_row& row) {
  const auto n = static_cast<double>(row.values.count);
  const auto both = [n](double yes, double no) { return yes * n >= 100 && no * n >= 100; };
  if (row.metric == "fixed" || row.metric.starts_with("extinct_rank_")) return both(row.theory, 1 - row.theory);
  // Once hardly any lineage has two symbols left (then two draws differ in a third of cases), the same holds of other metrics.
  if (s.recipe == "replace" && row.metric != "fixation_time" && row.metric != "surviving_symbols" &&
      !(expected_heterozygosity(s, row.generation) * n >= 100.0 / 3))
    return false;
  if (row.metric == "missing_mass") return both(row.theory / s.p.front(), 1 - row.theory);
  if (row.metric == "surviving_symbols") return both(static_cast<double>(s.symbols()) - row.theory, row.theory - 1);
  return true;
}
