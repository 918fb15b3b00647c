#include <span>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/categorical.hpp>
#include <simulacra/ensemble.hpp>
#include <simulacra/one_parameter.hpp>
#include <simulacra/recursion.hpp>

#include "runs.hpp"

namespace claims {
namespace {

struct symbol_probe {
  [[nodiscard]] std::vector<std::string> names() const {
    return {"diversity", "distance", "last_left", "one_left", "last_won"};
  }
  template <class Generation>
  void operator()(const Generation& g, std::span<double> out) const {
    const Index symbols = g.truth.symbols();
    double distance = 0;
    for (Index i = 0; i < symbols; ++i) {
      const double off = g.model.probability(i) - g.truth.probability(i);
      distance += off * off;
    }
    const double last = g.model.probability(symbols - 1);
    out[0] = g.model.heterozygosity();
    out[1] = distance;
    out[2] = last > 0 ? 1 : 0;
    out[3] = g.model.surviving() == 1 ? 1 : 0;
    out[4] = last > 0 && g.model.surviving() == 1 ? 1 : 0;
  }
};

struct poisson_probe {
  [[nodiscard]] std::vector<std::string> names() const { return {"left", "error"}; }
  template <class Generation>
  void operator()(const Generation& g, std::span<double> out) const {
    const double off = g.model.rate() - g.truth.rate();
    out[0] = g.model.rate() > 0 ? 1 : 0;
    out[1] = off * off;
  }
};

}  // namespace

sim::records run(const symbol_chain& chain, const budget& b, Index runs) {
  const sim::categorical truth(chain.truth);
  const sim::experiment what{truth, sim::categorical_estimator(truth.symbols()), chain.recipe};
  return sim::run_ensemble(
      what, {.generations = chain.generations, .samples = chain.samples},
      {.replicates = runs, .seed = b.key.seed, .condition = b.key.condition, .generations = {chain.generations}}, b.threads,
      symbol_probe{});
}

sim::records run_poisson(double rate, Index samples, Index generations, const budget& b, Index runs) {
  const sim::experiment what{sim::poisson(rate), sim::poisson_estimator{}, sim::replace{}};
  return sim::run_ensemble(
      what, {.generations = generations, .samples = samples},
      {.replicates = runs, .seed = b.key.seed, .condition = b.key.condition, .generations = {generations}}, b.threads,
      poisson_probe{});
}

std::vector<double> unseen(const std::vector<double>& law, Index samples, const budget& b, Index runs) {
  const sim::categorical truth(law);
  std::vector<double> lost(static_cast<std::size_t>(runs));
  b.threads.for_each_index(runs, [&](Index r) {
    sim::stream rng(b.key, {.replicate = static_cast<std::uint64_t>(r)});
    std::vector<char> seen(law.size(), 0);
    double mass = 0;
    const sim::samples<Index, 1> drawn = truth.sample(samples, rng);
    for (const Index symbol : drawn) {
      char& there = seen[static_cast<std::size_t>(symbol)];
      if (there == 0) mass += truth.probability(symbol);
      there = 1;
    }
    lost[static_cast<std::size_t>(r)] = 1 - mass;
  });
  return lost;
}

}  // namespace claims
