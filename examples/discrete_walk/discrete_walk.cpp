// Which words does a model forget? A categorical law is refitted to the frequencies of its own samples (Shumailov et al. 2024,
// the discrete case). A symbol that is missing from one sample is lost for good, so the counts are the Wright-Fisher chain of
// population genetics (Wright 1931) and nearly everything about them is known exactly: how fast diversity decays, when a symbol
// of given probability is extinct, how long it takes until one symbol is left.
//
// Builds on: gaussian_walk. New here: another family (`categorical`), whose lineages end in an absorbing state, and a probe
// that remembers when. Collapsed draws are multinomial counts: a generation costs what symbols are left, not M.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/categorical.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory.hpp>

#include "common/session.hpp"
#include "discrete_walk/expected.hpp"
#include "discrete_walk/picture.hpp"
#include "discrete_walk/setting.hpp"

namespace {

constexpr double never =
    std::numeric_limits<double>::infinity();  ///< a time that a run did not live to see: later than all others

/// Reads extinctions and, at the end of the lineage, the time of fixation.
class survival {
 public:
  survival(std::vector<Index> ranks, Index last) : ranks_(std::move(ranks)), last_(last) {}

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all{"fixed", "fixation_time"};
    for (const Index rank : ranks_) all.push_back("extinct_rank_" + std::to_string(rank));
    return all;
  }

  template <class Generation>
  void operator()(const Generation& g, std::span<double> out) {
    const bool fixed = g.model.surviving() == 1;
    if (fixed && time_ == 0) time_ = g.number;
    out[0] = fixed ? 1 : 0;
    out[1] = g.number == last_ ? (time_ > 0 ? static_cast<double>(time_) : never) : unknown;
    for (std::size_t i = 0; i < ranks_.size(); ++i) out[2 + i] = g.model.probability(ranks_[i] - 1) > 0 ? 0 : 1;
  }

 private:
  std::vector<Index> ranks_;
  Index last_;
  Index time_ = 0;
};

sim::any_recipe recipe_named(const std::string& name) {
  if (name == "accumulate") return sim::accumulate{};
  if (name == "accumulate_subsample") return sim::accumulate_subsample{};
  if (name == "preserve_fixed") return sim::preserve(0.1, sim::preserve::real::fixed);
  if (name == "preserve_redrawn") return sim::preserve(0.1, sim::preserve::real::redrawn);
  return sim::replace{};
}

void walk(example::session& run, const setting& s, Index generations, Index replicates, sim::table& out) {
  const sim::categorical truth(s.p);
  const sim::experiment what{truth, sim::categorical_estimator(s.symbols(), s.smoothing), recipe_named(s.recipe)};

  auto many = run.replication(replicates, s.law + " M=" + std::to_string(s.samples));
  many.generations = example::spread(generations);  // not all: exact theory has its price
  for (double t = 1; t < static_cast<double>(generations); t = std::max(t + 1, 1.3 * t))
    many.generations.push_back(static_cast<Index>(t));
  std::sort(many.generations.begin(), many.generations.end());
  many.generations.erase(std::unique(many.generations.begin(), many.generations.end()), many.generations.end());

  const auto records = sim::run_ensemble(
      what, {.generations = generations, .samples = s.samples, .how = run.draw()}, many, run.threads(),
      sim::metric{"heterozygosity", [](const auto& g) { return g.model.heterozygosity(); }},
      sim::metric{"squared_distance", [](const auto& g) { return l2_squared(g.model, g.truth); }},
      sim::metric{"surviving_symbols", [](const auto& g) { return static_cast<double>(g.model.surviving()); }},
      sim::metric{"missing_mass",
                  [&](const auto& g) {  // of the truth, what the model has lost
                    double left = 0;
                    for (const Index symbol : g.model.support()) left += s.p[static_cast<std::size_t>(symbol)];
                    return std::max(0.0, 1 - left);
                  }},
      sim::metric{"entropy", [](const auto& g) { return entropy(g.model); }}, survival(s.ranks(), generations));
  run.add(
      out, records, conditions(s), [&](std::string_view metric, Index t) { return expected(s, metric, t); },
      [&](const sim::table_row& row) { return trusted(s, row); });
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"discrete_walk",
       "a vocabulary refitted to the frequencies of its own samples: the Wright-Fisher chain",
       {{"symbols", "K", "symbols of a Zipf law (default: two laws on 2 symbols, and Zipf on 1000)"},
        {"exponent", "B", "its exponent: p_i ~ 1 / i^B, 0 is uniform (default: 1.5)"},
        {"samples", "M", "samples per generation (default: 100 for two symbols, 500 for Zipf)"},
        {"generations", "T", "refits (default: 1000)"},
        {"replicates", "R", "runs behind each mean (default: 1000)"},
        {"recipe", "NAME", "replace, accumulate, accumulate_subsample, preserve_fixed, preserve_redrawn (default: replace)"},
        {"smoothing", "A", "added to every count before the fit; 1 is Laplace's rule (default: 0)"},
        example::draw_flag()}},
      [](example::session& run) {
        const Index generations = run.number("generations", 1000, 200), replicates = run.number("replicates", 1000, 400);
        const std::string recipe = run.given.choice(
            "recipe", "replace", {"replace", "accumulate", "accumulate_subsample", "preserve_fixed", "preserve_redrawn"});
        const double smoothing = run.given.real("smoothing", 0), exponent = run.given.real("exponent", 1.5);
        run.record()
            .set("generations", generations)
            .set("replicates", replicates)
            .set("draw", run.given.text("draw", "cheapest"));

        std::vector<setting> settings;
        if (!run.given.has("symbols") && !run.given.has("exponent"))
          for (const double p : {0.5, 0.05})
            settings.push_back(
                {"p = " + sim::argument::text(p), {1 - p, p}, run.given.integer("samples", 100), recipe, smoothing});
        const Index symbols = run.given.integer("symbols", 1000);
        settings.push_back({"Zipf " + sim::argument::text(exponent), theory::zipf_law(symbols, exponent),
                            run.given.integer("samples", 500), recipe, smoothing});

        sim::table out({"law", "symbols", "samples", "recipe", "smoothing"});
        for (const setting& s : settings)
          if (!run.stopped()) walk(run, s, generations, replicates, out);
        run.save(out, picture(out, settings, generations), 1300, 900);
      });
}
