#pragma once

#include <string>
#include <utility>

#include <simulacra/ensemble.hpp>
#include <simulacra/hilbert.hpp>
#include <simulacra/ledger.hpp>
#include <simulacra/mixture.hpp>
#include <simulacra/recursion.hpp>

#include "laws.hpp"

namespace error_ledger {

/// What is run: a truth, an estimator, a recipe, and how.
struct setting {
  std::string truth, estimator, recipe;
  Index samples = 0, generations = 0, replicates = 0, reference = 0;
  Index iterations = 0;  ///< at which EM is stopped
};

using space = sim::feature_space<chosen_features>;

// One translation unit for each estimator, since each takes a while to compile.
sim::records with_gaussian(const setting& s, const space& in, const sim::replication& many, const sim::thread_executor& on);
sim::records with_laplace(const setting& s, const space& in, const sim::replication& many, const sim::thread_executor& on);
sim::records with_mixture(const setting& s, const space& in, const sim::replication& many, const sim::thread_executor& on);

/// Half N(-2, 1), half N(2, 1).
inline sim::gaussian_mixture<double, 1> two_normals() {
  return sim::gaussian_mixture<double, 1>({0.5, 0.5}, {sim::gaussian<double, 1>(-2, 1), sim::gaussian<double, 1>(2, 1)});
}

inline sim::any_recipe recipe_named(const std::string& name) {
  if (name == "accumulate") return sim::accumulate{};
  if (name == "preserve_fixed") return sim::preserve(0.1, sim::preserve::real::fixed);
  if (name == "preserve_redrawn") return sim::preserve(0.1, sim::preserve::real::redrawn);
  if (name == "window") return sim::window(4);
  return sim::replace{};
}

/// Calls f with the truth of this name.
template <class F>
sim::records with_truth(const std::string& name, F&& f) {
  if (name == "mixture") return f(two_normals());
  if (name == "laplace") return f(laplace{});
  if (name == "student") return f(student{});
  return f(sim::gaussian<double, 1>(0, 1));
}

/// Observations are stored: recipes that keep data need them to lie somewhere.
inline sim::plan plan_of(const setting& s) {
  return {.generations = s.generations, .samples = s.samples, .how = sim::draw::stored};
}

}  // namespace error_ledger
