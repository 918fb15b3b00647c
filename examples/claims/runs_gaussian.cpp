#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/ensemble.hpp>
#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>

#include "runs.hpp"

namespace claims {
namespace {

/// The library's fit, or of the mean only.
struct mean_or_both {
  using summary = sim::moments<double, 1>;
  sim::gaussian_estimator<double, 1> both;
  bool known_variance;
  sim::gaussian_mean_estimator<double, 1> mean_only{1};

  [[nodiscard]] sim::fitted<sim::gaussian<double, 1>> fit(const summary& s, sim::stream& rng) const {
    return known_variance ? mean_only.fit(s, rng) : both.fit(s, rng);
  }
};

struct probe {
  [[nodiscard]] std::vector<std::string> names() const {
    return {"mean", "mean_error", "variance", "second_moment", "log_variance", "w2_sq", "kl_to_truth", "kl_from_truth"};
  }
  template <class Generation>
  void operator()(const Generation& g, std::span<double> out) const {
    out[0] = g.model.mean()[0];
    out[1] = out[0] * out[0];
    out[2] = g.model.variance();
    out[3] = out[2] + out[1];
    out[4] = g.model.log_determinant();
    out[5] = wasserstein_squared(g.model, g.truth);
    out[6] = kl_divergence(g.model, g.truth);
    out[7] = kl_divergence(g.truth, g.model);
  }
};

}  // namespace

sim::records run(const gaussian_chain& chain, const budget& b, Index runs) {
  const sim::experiment what{sim::gaussian<double, 1>::standard(),
                             mean_or_both{sim::gaussian_estimator<double, 1>(chain.by), chain.known_variance}, chain.recipe,
                             sim::inflated(chain.inflation)};
  const Index last = chain.generations;
  std::vector<Index> recorded;
  for (Index t = last > 2 ? last - 2 : 1; t <= last; ++t) recorded.push_back(t);
  return sim::run_ensemble(what, {.generations = last, .samples = chain.samples},
                           {.replicates = runs, .seed = b.key.seed, .condition = b.key.condition, .generations = recorded},
                           b.threads, probe{});
}

}  // namespace claims
