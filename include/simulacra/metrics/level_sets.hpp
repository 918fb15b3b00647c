#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
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
  /// Standard errors of these: what the levels, being found by draws, may be off in the truth's own probability.
  double tail_error = 0, outside_error = 0;
};

/// The level sets of a truth whose density is known, its levels the quantiles of log p_0 over draws of it (order statistics,
/// with no interpolation: that of place floor(p n) + 1).
/// @param tail     probability of what is rare, in (0, 1)   @param outside  of what is hardly ever seen, in (0, tail)
/// @param draws    at least 10 / outside, so that the outer level rests on ten draws or more; the error of its probability is then
///                 sqrt(outside (1 - outside) / draws)
/// @return probabilities as asked for; where the density is the same over more than that (a uniform law's is so everywhere),
///         no level has it, and they are the shares of draws that are below: 0 for a law without tails
/// @throw std::invalid_argument otherwise, or if a log density is not a number
template <model Truth>
  requires requires(const Truth& p, const data_of<Truth>& x) {
             { p.log_density(x.col(0)) } -> std::convertible_to<double>;
           }
[[nodiscard]] level_sets level_sets_of(const Truth& truth, double tail, double outside, Index draws, stream& rng) {
  constexpr auto name = "level_sets_of";
  argument::require(tail > 0 && tail < 1, name, "tail", tail, "be in (0, 1)");
  argument::require(outside > 0 && outside < tail, name, "outside", outside, "be in (0, tail)");
  argument::require(static_cast<double>(draws) * outside >= 10, name, "draws", draws, "be at least 10 / outside");
  argument::require_room(draws, static_cast<Index>(truth.dimension()) + 1, sizeof(double), name, "draws");
  const auto x = truth.sample(draws, rng);
  std::vector<double> density;
  density.reserve(static_cast<std::size_t>(draws));
  for (Index i = 0; i < x.cols(); ++i) {
    density.push_back(static_cast<double>(truth.log_density(x.col(i))));
    argument::require(!std::isnan(density.back()), name, "truth.log_density(x)", density.back(), "be a number");
  }
  std::sort(density.begin(), density.end());
  const auto level = [&](double p) { return density[static_cast<std::size_t>(p * static_cast<double>(draws))]; };
  const auto below = [&](double p) {
    const auto first = std::lower_bound(density.begin(), density.end(), level(p)) - density.begin();
    return first == static_cast<Index>(p * static_cast<double>(draws))
               ? p
               : static_cast<double>(first) / static_cast<double>(draws);
  };
  const auto error = [&](double p) { return std::sqrt(p * (1 - p) / static_cast<double>(draws)); };
  return {level(tail), level(outside), below(tail), below(outside), error(below(tail)), error(below(outside))};
}

namespace detail {

/// k of n draws as a share, with its binomial standard error. None and all of few draws are no certainty: there the error
/// is that of about one draw, which would be 0 by the formula.
inline measured share_of_draws(Index k, Index n) {
  const auto draws = static_cast<double>(n);
  const double p = static_cast<double>(k) / draws, q = k == 0 || k == n ? 1 / (draws + 1) : p;
  return {p, std::sqrt(q * (1 - q) / draws)};
}

}  // namespace detail

/// What a model puts where.
struct region_masses {
  measured core, tail, outside;
};

/// The share of observations in each region, with binomial standard errors (of about 1 / n for none and all): over draws
/// of the model, for these levels. (What the levels may be off moves a model's mass by `tail_error` or `outside_error`
/// times the ratio of its density to the truth's there.) A log density of NaN counts as outside.
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
  const auto share = [&x](Index k) { return detail::share_of_draws(k, x.cols()); };
  return {share(core), share(tail), share(x.cols() - core - tail)};
}

/// Which modes of a truth a sample still has. Standard errors are over draws of the sample: binomial, but for `covered`.
struct mode_coverage {
  measured covered;            ///< share of modes with at least `least` observations
  measured unassigned;         ///< share of observations that are near no mode
  std::vector<measured> mass;  ///< share of observations at each mode
};

namespace detail {

/// P(at least `least` of n draws) where each has the probability p.
inline double at_least(Index least, Index n, double p) {
  if (least > n) return 0;
  if (!(p > 0)) return least <= 0 ? 1 : 0;
  if (!(p < 1)) return 1;
  const auto draws = static_cast<double>(n);
  double log_term = draws * std::log1p(-p), fewer = 0;
  for (Index k = 0; k < least; ++k) {
    fewer += std::exp(log_term);
    const auto next = static_cast<double>(k + 1);
    log_term += std::log((draws - static_cast<double>(k)) / next) + std::log(p) - std::log1p(-p);
  }
  return (std::max)(0.0, 1 - fewer);
}

/// From the observations that each mode has.
inline mode_coverage coverage_from(const std::vector<Index>& count, Index n, Index least) {
  const auto modes = static_cast<double>(count.size());
  mode_coverage found;
  Index covered = 0, assigned = 0;
  double variance = 0;
  for (const Index k : count) {
    covered += k >= least ? 1 : 0;
    assigned += k;
    found.mass.push_back(share_of_draws(k, n));
    const double again = at_least(least, n, found.mass.back().value);
    variance += again * (1 - again);
  }
  found.covered = {static_cast<double>(covered) / modes, std::sqrt(variance) / modes};
  found.unassigned = share_of_draws(n - assigned, n);
  return found;
}

}  // namespace detail

/// Each observation belongs to the centre that is nearest to it, if that is nearer than `radius`.
/// @param centres  d x k, the truth's modes, k >= 1   @param radius  > 0; a few standard deviations of a mode
/// @param least    observations that make a mode covered, >= 1
/// @return the error of `covered` is that of a sample of the same size from the shares that were found, modes taken for independent (which they
///         nearly are, and the error is on the large side): 0 where every mode has either far more than `least` or nothing
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
  std::vector<Index> count(static_cast<std::size_t>(centres.cols()), 0);
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
    if (nearest < radius) ++count[static_cast<std::size_t>(best)];
  }
  return detail::coverage_from(count, x.cols(), least);
}

/// The same where each observation comes with the number of its mode, as those of a labelled truth do.
/// @param labels  0, ..., modes - 1; a negative one is of no mode   @param modes  >= 1   @param least  >= 1
/// @throw std::invalid_argument otherwise.  O(n + modes).
[[nodiscard]] inline mode_coverage coverage_of_modes(std::span<const Index> labels, Index modes, Index least = 1) {
  constexpr auto name = "coverage_of_modes";
  argument::require(!labels.empty(), name, "labels.size()", labels.size(), "be at least 1");
  argument::require(modes >= 1, name, "modes", modes, "be at least 1");
  argument::require(least >= 1, name, "least", least, "be at least 1");
  std::vector<Index> count(static_cast<std::size_t>(modes), 0);
  for (const Index label : labels) {
    argument::require(label < modes, name, "labels", label, "be below the number of modes");
    if (label >= 0) ++count[static_cast<std::size_t>(label)];
  }
  return detail::coverage_from(count, static_cast<Index>(labels.size()), least);
}

}  // namespace simulacra
