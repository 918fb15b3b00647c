#pragma once

#include <simulacra/ledger/ledger.hpp>

#include "heavy_tails/truths.hpp"

namespace heavy_tails {

/// Observations are stored: their tails are looked at.
template <class Estimator>
sim::records walk(const Estimator& fit, const truth& law, const setting& s, const space& in, const sim::replication& many,
                  const sim::thread_executor& on) {
  const sim::experiment what{law, fit, recipe_named(s.recipe)};
  return sim::run_ensemble(what, {.generations = s.generations, .samples = s.samples, .how = sim::draw::stored}, many, on,
                           sim::ledger(what, in, {}),
                           sim::metric{"quantile", [](const auto& g) { return tail_quantile(g.data.data); }},
                           sim::metric{"tail_over_bulk", [](const auto& g) { return tail_over_bulk(g.data.data); }},
                           sim::metric{"hill", [](const auto& g) { return hill(g.data.data); }},
                           sim::metric{"variance", [](const auto& g) { return g.model.covariance()(0, 0); }});
}

}  // namespace heavy_tails
