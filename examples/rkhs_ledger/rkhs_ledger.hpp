#pragma once

#include <memory>
#include <string>
#include <utility>

#include <simulacra/ensemble.hpp>
#include <simulacra/hilbert.hpp>
#include <simulacra/ledger.hpp>
#include <simulacra/mixture.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/rkhs.hpp>

namespace rkhs_ledger {

namespace sim = simulacra;
using sim::Index;

/// What is run: an estimator, and where its three knobs stand.
struct setting {
  std::string estimator, knob;
  double value = 0;      ///< of the knob that is turned
  Index landmarks = 0;   ///< expressivity
  Index samples = 0;     ///< statistical
  double procedure = 0;  ///< approximation: solver steps, random features, or a ridge
  Index generations = 1;
};

using space = sim::feature_space<sim::grid_features>;
using law = sim::gaussian_mixture<double, 1>;

// One translation unit for each estimator, since each takes a while to compile.
sim::records with_mean(const setting& s, const space& in, const sim::replication& many, const sim::thread_executor& on);
sim::records with_features(const setting& s, const space& in, const sim::replication& many, const sim::thread_executor& on);
sim::records with_psd(const setting& s, const space& in, const sim::replication& many, const sim::thread_executor& on);
sim::records with_score(const setting& s, const space& in, const sim::replication& many, const sim::thread_executor& on);

/// A narrow bump and a wide one.
inline law truth() { return law({0.4, 0.6}, {sim::gaussian<double, 1>(-2, 0.49), sim::gaussian<double, 1>(1.5, 1)}); }

inline sim::samples<double, 1> landmarks(Index count) { return sim::even_landmarks(-4.5, 5, count); }

/// An estimator that knows its two corners at the truth, which are the same in the first generation of every replicate:
/// found once, and not a thousand times.
template <class Estimator>
struct with_corners_known {
  using model_type = typename Estimator::model_type;

  Estimator estimator;
  std::shared_ptr<const model_type> best, limit;

  with_corners_known(Estimator e, const law& at)
      : estimator(std::move(e)),
        best(std::make_shared<const model_type>(estimator.project(at))),
        limit(std::make_shared<const model_type>(estimator.population_fit(at))) {}

  [[nodiscard]] auto fit(const sim::samples<double, 1>& x, sim::stream& rng) const { return estimator.fit(x, rng); }
  [[nodiscard]] model_type project(const law&) const { return *best; }
  [[nodiscard]] model_type population_fit(const law&) const { return *limit; }
  [[nodiscard]] model_type project(const model_type& m) const { return estimator.project(m); }
  [[nodiscard]] model_type population_fit(const model_type& m) const { return estimator.population_fit(m); }
  [[nodiscard]] auto ideal() const { return estimator.ideal(); }
};

/// Runs the chain of refits with the ledger on.
template <class Estimator>
sim::records run(const Estimator& estimator, const setting& s, const space& in, const sim::replication& many,
                 const sim::thread_executor& on) {
  const law p0 = truth();
  const sim::experiment what{p0, with_corners_known<Estimator>(estimator, p0), sim::replace{}};
  return sim::run_ensemble(what, {.generations = s.generations, .samples = s.samples, .how = sim::draw::stored}, many, on,
                           sim::ledger(what, in));
}

}  // namespace rkhs_ledger
