#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/metrics/measured.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// Where a truth has its mass: its level sets \f$ \{x : \log p_0(x) \ge c\} \f$ are the smallest sets of their probability, so they tell
/// what is typical of it, what is rare, and what it all but never does:
///
/// | region | \f$ \log p_0 \f$ | mass of the truth | a model's mass there |
/// |---|---|---|---|
/// | core | at least `tail_level` | 1 - tail | |
/// | tail | between the two | tail - outside | **tail mass**: it falls to 0 where the tails of the truth disappear |
/// | outside | below `outside_level` | outside | **hallucination mass**: what the model makes up |
///
/// Hyndman (1996), The American Statistician 50, calls them highest density regions.
struct level_sets {
  double tail_level = 0, outside_level = 0;
  double tail = 0, outside = 0;  ///< probabilities of the truth: below the first level, and below the second
};

/// The level sets of a truth whose density is known, its levels the quantiles of log p_0 over draws of it.
/// @param tail     probability of what is rare, in (0, 1)   @param outside  of what is hardly ever seen, in (0, tail)
/// @param draws    at least 10 / outside, so that the outer level rests on ten draws or more; the error of its probability is then
///                 sqrt(outside (1 - outside) / draws)
/// @throw std::invalid_argument otherwise
template <model Truth>
  requires requires(const Truth& p, const data_of<Truth>& x) {
    { p.log_density(x.col(0)) } -> std::convertible_to<double>;
  }
[[nodiscard]] level_sets level_sets_of(const Truth& truth, double tail, double outside, Index draws, stream& rng) {
  constexpr auto name = "level_sets_of";
  argument::require(tail > 0 && tail < 1, name, "tail", tail, "be in (0, 1)");
  argument::require(outside > 0 && outside < tail, name, "outside", outside, "be in (0, tail)");
  argument::require(static_cast<double>(draws) * outside >= 10, name, "draws", draws, "be at least 10 / outside");
  const auto x = truth.sample(draws, rng);
  std::vector<double> density;
  density.reserve(static_cast<std::size_t>(draws));
  for (Index i = 0; i < x.cols(); ++i) density.push_back(static_cast<double>(truth.log_density(x.col(i))));
  std::sort(density.begin(), density.end());
  const auto level = [&](double p) { return density[static_cast<std::size_t>(p * static_cast<double>(draws))]; };
  return {level(tail), level(outside), tail, outside};
}

/// What a model puts where.
struct region_masses {
  measured core, tail, outside;
};

/// The share of observations in each region, with binomial standard errors. A log density of NaN counts as outside.
/// @param x  draws of a model, n >= 1, finite
/// @throw std::invalid_argument otherwise
template <class Truth, class T, int D>
[[nodiscard]] region_masses masses_in(const level_sets& sets, const Truth& truth, const samples<T, D>& x) {
  argument::require(x.cols() >= 1, "masses_in", "x.cols()", x.cols(), "be at least 1");
  argument::require_finite(x, "masses_in", "x");
  Index core = 0, tail = 0;
  for (Index i = 0; i < x.cols(); ++i) {
    const double level = static_cast<double>(truth.log_density(x.col(i)));
    core += level >= sets.tail_level ? 1 : 0;
    tail += level < sets.tail_level && level >= sets.outside_level ? 1 : 0;
  }
  const auto n = static_cast<double>(x.cols());
  const auto share = [n](Index k) {
    const double p = static_cast<double>(k) / n;
    return measured{p, std::sqrt(p * (1 - p) / n)};
  };
  return {share(core), share(tail), share(x.cols() - core - tail)};
}

/// Which modes of a truth a sample still has.
struct mode_coverage {
  double covered = 0;        ///< share of modes with at least `least` observations
  double unassigned = 0;     ///< share of observations that are near no mode
  std::vector<double> mass;  ///< share of observations at each mode
};

/// Each observation belongs to the centre that is nearest to it, if that is nearer than `radius`.
/// @param centres  d x k, the truth's modes, k >= 1   @param radius  > 0; a few standard deviations of a mode
/// @param least    observations that make a mode covered, >= 1
/// @throw std::invalid_argument otherwise.  O(n k d).
template <class T, int D>
[[nodiscard]] mode_coverage coverage_of_modes(const samples<double, D>& centres, double radius, const samples<T, D>& x,
                                              Index least = 1) {
  constexpr auto name = "coverage_of_modes";
  argument::require(centres.cols() >= 1, name, "centres.cols()", centres.cols(), "be at least 1");
  argument::require(radius > 0, name, "radius", radius, "be > 0");
  argument::require(least >= 1, name, "least", least, "be at least 1");
  argument::require(x.cols() >= 1, name, "x.cols()", x.cols(), "be at least 1");
  argument::require(x.rows() == centres.rows(), name, "x.rows()", x.rows(), "be the dimension of the centres");
  argument::require_finite(centres, name, "centres");
  argument::require_finite(x, name, "x");
  mode_coverage found;
  std::vector<Index> count(static_cast<std::size_t>(centres.cols()), 0);
  Index none = 0;
  for (Index i = 0; i < x.cols(); ++i) {
    Index best = 0;
    double nearest = 0;
    for (Index c = 0; c < centres.cols(); ++c) {
      double length = 0;
      for (Index k = 0; k < x.rows(); ++k) length = std::hypot(length, static_cast<double>(x(k, i)) - centres(k, c));
      if (c == 0 || length < nearest) {
        best = c;
        nearest = length;
      }
    }
    if (nearest < radius)
      ++count[static_cast<std::size_t>(best)];
    else
      ++none;
  }
  const auto n = static_cast<double>(x.cols());
  Index covered = 0;
  for (const Index k : count) {
    covered += k >= least ? 1 : 0;
    found.mass.push_back(static_cast<double>(k) / n);
  }
  found.covered = static_cast<double>(covered) / static_cast<double>(centres.cols());
  found.unassigned = static_cast<double>(none) / n;
  return found;
}

}  // namespace simulacra
