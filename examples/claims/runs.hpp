#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include <simulacra/ensemble/records.hpp>
#include <simulacra/recursion/any_recipe.hpp>
#include <simulacra/recursion/recipes.hpp>
#include <simulacra/recursion/schedule.hpp>

#include "claim.hpp"

/// The chains that the claims are about. Each is compiled once, in runs_*.cpp, for all claims.
namespace claims {

/// A normal law, refitted. Recorded, of the last generation and the two before it: `mean`, `mean_error` (squared), `variance`,
/// `second_moment` (about the truth's mean), `log_variance`, `w2_sq`, `kl_to_truth`, `kl_from_truth`.
struct gaussian_chain {
  sim::divisor by;
  sim::schedule samples;
  Index generations;
  sim::any_recipe recipe = sim::replace{};
  double inflation = 1;         ///< of the model's variance when it is sampled
  bool known_variance = false;  ///< only the mean is fitted, and the variance is 1
};
sim::records run(const gaussian_chain& chain, const budget& b, Index runs);

/// Frequencies of symbols, refitted. Recorded: `diversity` (1 - sum p^2), `distance` (squared, to the truth), `last_left` (1 while the last
/// symbol is left), `one_left` (1 if a single symbol is), `last_won` (1 if it is the last).
struct symbol_chain {
  std::vector<double> truth;
  sim::schedule samples;
  Index generations;
  sim::any_recipe recipe = sim::replace{};
};
sim::records run(const symbol_chain& chain, const budget& b, Index runs);

/// A rate of Poisson counts, refitted. Recorded: `left` (1 while it is above 0), `error` (squared).
sim::records run_poisson(double rate, Index samples, Index generations, const budget& b, Index runs);

/// Linear weights of length 1, refitted by least squares to labels of noise 1. Recorded: `risk`, the excess risk over the inputs' law.
struct regression_chain {
  Index dimension, rows, generations;
  sim::any_recipe recipe;
  bool same_inputs = false;  ///< one design for all generations, drawn once
};
sim::records run(const regression_chain& chain, const budget& b, Index runs);

/// The risk of one fit to rows of which `synthetic` are labelled by weights that are `error` (squared) away from the truth's.
std::vector<double> misled_fits(Index dimension, Index rows, Index synthetic, double error, double noise, const budget& b,
                                Index runs);

/// The probability of what a sample has not seen: of so many draws of a law, in each run.
std::vector<double> unseen(const std::vector<double>& law, Index samples, const budget& b, Index runs);

/// The mean of some numbers, of a recorded metric at the last generation, or of a function of it.
measured mean_of(std::vector<double> values);
measured mean_of(const sim::records& all, std::string_view metric);
measured mean_of(const sim::records& all, std::string_view metric, const std::function<double(double)>& f);

}  // namespace claims
