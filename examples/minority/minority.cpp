// Who is lost first? One observation in ten is of a minority of ten kinds. Refitted to its own samples, a model keeps the minority's share
// on average, and loses it all the same: first its rare kinds, then, in ever more runs, the whole of it. Quotas (each generation is
// published with the minority's share as it was) keep the group alive, and do not keep its kinds.
//
// Builds on: discrete_walk. New here: the decoder `stratified`, metrics by group, and Hill numbers: how many kinds there are (order 0),
// how many common ones (1), very common ones (2). The laws of counts are exact, so theory is too.

#include <cmath>
#include <string>
#include <vector>

#include <simulacra/categorical.hpp>
#include <simulacra/metrics/diversity.hpp>
#include <simulacra/policies/stratified.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory/discrete.hpp>
#include <simulacra/theory/vocabulary.hpp>

#include "common/session.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;

namespace {

constexpr Index kinds = 10;
constexpr double share = 0.1;

/// Ten kinds of the majority and then ten of the minority, each by Zipf's law.
std::vector<double> truth() {
  const std::vector<double> zipf = theory::zipf_law(kinds, 1);
  std::vector<double> p;
  for (const double group : {1 - share, share})
    for (const double q : zipf) p.push_back(group * q);
  return p;
}

/// What a model has left of the minority's kinds.
template <class Model>
std::vector<double> minority(const Model& m) {
  const std::vector<double> p = m.probabilities();
  return {p.begin() + kinds, p.end()};
}

double sum(const std::vector<double>& p) {
  double all = 0;
  for (const double x : p) all += x;
  return all;
}

auto hill(const char* name, double order) {
  return sim::metric{name, [order](const auto& g) {
                       const std::vector<double> p = minority(g.model);
                       return sum(p) > 0 ? sim::hill_number(p, order) : 0;
                     }};
}

/// E(1 - 1/n) of n observations of the minority among M: what is left of its diversity after a generation. (That none comes is nothing.)
double kept_diversity(Index samples) {
  double total = 0, chance = std::pow(1 - share, static_cast<double>(samples));
  for (Index n = 1; n <= samples; ++n) {
    chance *= static_cast<double>(samples - n + 1) / static_cast<double>(n) * share / (1 - share);
    total += chance * (1 - 1 / static_cast<double>(n));
  }
  return total;
}

template <class Decoder>
void refit(example::session& run, const std::string& how, const Decoder& decoder, Index samples, Index generations,
           Index replicates, sim::table& out) {
  const std::vector<double> p = truth();
  const sim::experiment what{sim::categorical(p), sim::categorical_estimator(2 * kinds), sim::replace{}, decoder};
  const auto records =
      sim::run_ensemble(what, {.generations = generations, .samples = samples}, run.replication(replicates, how),
                        run.threads(), sim::metric{"mass", [](const auto& g) { return sum(minority(g.model)); }},
                        sim::metric{"alive", [](const auto& g) { return sum(minority(g.model)) > 0 ? 1 : 0; }},
                        hill("kinds", 0), hill("common kinds", 1), hill("very common kinds", 2),
                        sim::metric{"differ", [](const auto& g) {  // two draws of the minority are of two kinds
                                      const std::vector<double> left = minority(g.model);
                                      return sum(left) > 0 ? 1 - 1 / sim::hill_number(left, 2) : 0;
                                    }});
  const bool quotas = how == "quotas";
  const double differ = 1 - 1 / sim::hill_number(theory::zipf_law(kinds, 1), 2), kept = kept_diversity(samples);
  run.add(
      out, records, {how},
      [&](std::string_view metric, Index t) {
        if (metric == "mass") return share;
        if (metric == "alive" && !quotas) return 1 - theory::extinction_probability(share, samples, t);
        if (metric == "differ" && quotas) return differ * std::pow(kept, static_cast<double>(t));
        double alive = 0;
        if (metric == "kinds" && !quotas)
          for (std::size_t i = kinds; i < p.size(); ++i) alive += 1 - theory::extinction_probability(p[i], samples, t);
        return alive > 0 ? alive : std::nan("");
      },
      [](const sim::table_row&
             row) {  // of what hardly any run has, or has not, the runs' own standard error is no yardstick
        const auto runs = static_cast<double>(row.values.count);
        if (row.metric == "alive") return runs * (1 - row.theory) >= 20;
        return row.metric != "differ" || runs * row.theory >= 20;
      });
}

example::figure picture(const sim::table& out) {
  example::figure f(out);
  const auto words = [](const std::string& how) { return how == "quotas" ? "with quotas" : "as they come"; };
  f << "set multiplot layout 1,3 margins 0.05,0.98,0.15,0.91 spacing 0.06,0.1\nset xlabel 'generation'\n";
  example::plot_list mass, alive, left;
  int colour = 0;
  for (const std::string how : {"free", "quotas"}) {
    ++colour;
    mass.band_and_mean(f.over_generations({how}, "mass"), colour, words(how));
    alive.mean(f.over_generations({how}, "alive"), colour, words(how));
  }
  colour = 0;
  for (const char* metric : {"kinds", "common kinds", "very common kinds"}) {
    ++colour;
    left.mean(f.over_generations({"free"}, metric), colour, metric);
    left.add(f.over_generations({"quotas"}, metric).name + " using 1:2 with lines lt " + std::to_string(colour) +
             " dt 3 lw 2.5 notitle");
  }
  f << "set title 'mass of the minority, 5 to 95 %'\nset xtics 50\nset yrange [0:1]\nunset key\n" << mass.text();
  f << "set title 'runs in which it is alive'\nset yrange [0:1.05]\nset key bottom left\n" << alive.text();
  f << "set title 'its kinds (dotted: with quotas)'\nset yrange [0:8]\nset key top right\n" << left.text();
  return f;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"minority",
       "a minority of ten kinds: who is lost first, with quotas and without",
       {{"samples", "M", "samples of each generation (default: 200)"},
        {"generations", "T", "refits (default: 200)"},
        {"replicates", "R", "runs behind each mean (default: 2000)"}}},
      [](example::session& run) {
        const Index samples = run.given.integer("samples", 200), generations = run.number("generations", 200, 30),
                    replicates = run.number("replicates", 2000, 300);
        run.record().set("samples", samples).set("generations", generations).set("replicates", replicates);
        const auto group = [](const auto& x) { return x[0] < kinds ? 0 : 1; };
        sim::table out({"how"});
        refit(run, "free", sim::as_is{}, samples, generations, replicates, out);
        if (!run.stopped())
          refit(run, "quotas", sim::stratified(group, {1 - share, share}), samples, generations, replicates, out);
        run.save(out, picture(out), 1400, 480);
      });
}
