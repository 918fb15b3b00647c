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

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr double never =
    std::numeric_limits<double>::infinity();  ///< a time that a run did not live to see: later than all others

/// A truth, and what is done with it. Symbols are in the order of their probability, the most frequent first.
struct setting {
  std::string law;
  std::vector<double> p;
  Index samples;
  std::string recipe;
  double smoothing;

  [[nodiscard]] Index symbols() const { return static_cast<Index>(p.size()); }
  [[nodiscard]] bool two() const { return p.size() == 2; }
  [[nodiscard]] bool wright_fisher() const { return recipe == "replace" && smoothing == 0; }
  [[nodiscard]] Index real() const { return static_cast<Index>(std::llround(0.1 * static_cast<double>(samples))); }
  [[nodiscard]] double heterozygosity() const {
    double sum = 0;
    for (const double q : p) sum += q * (1 - q);
    return sum;
  }
  /// Ranks whose extinction is followed: some of the first hundred, or the rarest of fewer.
  [[nodiscard]] std::vector<Index> ranks() const {
    std::vector<Index> all;
    for (const Index rank : {3, 10, 30, 100})
      if (rank < symbols()) all.push_back(rank);
    if (symbols() <= 100) all.push_back(symbols());
    return all;
  }
};

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

/// E heterozygosity. Without smoothing it obeys the same law as the variance of a Gaussian fitted with divisor n.
double expected_heterozygosity(const setting& s, Index t) {
  const double start = s.heterozygosity();
  if (s.smoothing > 0) return unknown;
  if (s.recipe == "replace") return theory::heterozygosity(start, s.samples, t);
  if (s.recipe == "accumulate") return start * theory::accumulate_variance(s.samples, t, sim::divisor::n);
  if (s.recipe == "accumulate_subsample" && s.samples > 1)
    return start * theory::accumulate_subsample_variance(s.samples, t);
  if (s.recipe == "preserve_redrawn" && s.real() > 0 && s.real() < s.samples) {
    const double truth = 1 - start;
    double purity = truth + start / static_cast<double>(s.samples);  // of the first fit, which is all real
    for (Index i = 2; i <= t; ++i) purity = theory::purity_fresh_step(purity, truth, s.real(), s.samples - s.real());
    return 1 - purity;
  }
  return unknown;
}

/// Exact extinction probabilities cost generation * samples^1.5; past a second's work they are left out.
bool affordable(const setting& s, Index t) {
  return static_cast<double>(t) * std::pow(static_cast<double>(s.samples), 1.5) < 1e8;
}

double expected(const setting& s, std::string_view metric, Index t) {
  if (metric == "heterozygosity") return expected_heterozygosity(s, t);
  // The mean model is the truth, whatever the recipe, so what diversity has lost has become distance.
  if (metric == "squared_distance") return s.heterozygosity() - expected_heterozygosity(s, t);
  if (!s.wright_fisher() || !affordable(s, t)) return unknown;
  if (metric == "surviving_symbols") return theory::distinct_symbols(s.p, s.samples, t);
  if (metric == "missing_mass") return theory::lost_mass(s.p, s.samples, t);
  if (metric.starts_with("extinct_rank_")) {
    const auto rank = static_cast<std::size_t>(std::stol(std::string(metric.substr(metric.rfind('_') + 1))));
    return theory::extinction_probability(s.p[rank - 1], s.samples, t);
  }
  if (metric == "fixed" && s.symbols() <= 10) {  // on symbol i: everything else, of probability 1 - p_i, is extinct
    double sum = 0;
    for (const double q : s.p) sum += theory::extinction_probability(1 - q, s.samples, t);
    return std::min(sum, 1.0);
  }
  if (metric == "fixation_time" && s.two() &&
      s.samples <= 2000) {  // a run's end cuts it off: known where hardly any gets that far
    const double time = theory::mean_fixation_time(s.p[1], s.samples), unfixed = 1 - expected(s, "fixed", t);
    return unfixed * static_cast<double>(s.samples) < 1e-3 * time ? time : unknown;
  }
  return unknown;
}

/// All of these numbers lie between fixed bounds, so their tails are light. But an event that the replicates hardly see, or
/// hardly miss, has no usable standard error: a mean is checked only where a hundred such events are expected on either side.
bool trusted(const setting& s, const sim::table_row& row) {
  const auto n = static_cast<double>(row.values.count);
  const auto both = [n](double yes, double no) { return yes * n >= 100 && no * n >= 100; };
  if (row.metric == "fixed" || row.metric.starts_with("extinct_rank_")) return both(row.theory, 1 - row.theory);
  // Once hardly any lineage has two symbols left (then two draws differ in a third of cases), the same holds of other metrics.
  if (s.recipe == "replace" && row.metric != "fixation_time" && row.metric != "surviving_symbols" &&
      !(expected_heterozygosity(s, row.generation) * n >= 100.0 / 3))
    return false;
  if (row.metric == "missing_mass") return both(row.theory / s.p.front(), 1 - row.theory);
  if (row.metric == "surviving_symbols") return both(static_cast<double>(s.symbols()) - row.theory, row.theory - 1);
  return true;
}

sim::any_recipe recipe_named(const std::string& name) {
  if (name == "accumulate") return sim::accumulate{};
  if (name == "accumulate_subsample") return sim::accumulate_subsample{};
  if (name == "preserve_fixed") return sim::preserve(0.1, sim::preserve::real::fixed);
  if (name == "preserve_redrawn") return sim::preserve(0.1, sim::preserve::real::redrawn);
  return sim::replace{};
}

std::vector<std::string> conditions(const setting& s) {
  return {s.law, std::to_string(s.symbols()), std::to_string(s.samples), s.recipe, sim::argument::text(s.smoothing)};
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

example::figure picture(const sim::table& out, const std::vector<setting>& settings, Index generations) {
  example::figure f(out);
  f << "set multiplot layout 2,2 margins 0.07,0.98,0.08,0.95 spacing 0.09,0.14\n"
    << example::log_axis("x")
    << "set xlabel 'generation' offset 0,0.4\nset xrange [1:" + std::to_string(generations) + "]\n";
  const auto panel = [&](const std::string& title, const std::string& metric, bool bands, const auto& wanted) {
    example::plot_list list;
    int colour = 0;
    for (const setting& s : settings) {
      ++colour;
      if (!wanted(s)) continue;
      const auto c = f.over_generations(conditions(s), metric);
      if (bands) list.band(c, colour);
      list.mean(c, colour, s.law + ", M = " + std::to_string(s.samples));
    }
    f << "set title \"" + title + "\"\n" << list.text();
  };
  const auto all = [](const setting&) { return true; };
  f << "set yrange [0:1]\nset key top right\n";
  panel("heterozygosity: two draws differ", "heterozygosity", false, all);

  example::plot_list extinct;
  int colour = 0;
  for (const setting& s : settings) {
    ++colour;
    if (s.two()) {
      extinct.mean(f.over_generations(conditions(s), "extinct_rank_2"), colour, s.law);
      continue;
    }
    for (const Index rank : s.ranks())
      extinct.mean(f.over_generations(conditions(s), "extinct_rank_" + std::to_string(rank)), colour++,
                   s.law + ", rank " + std::to_string(rank));
  }
  f << "set title \"probability that a symbol is extinct (of two: the rarer)\"\n"
    << "set yrange [0:1.45]\nset ytics 0,0.2,1\nset key top left horizontal maxrows 4\n"
    << extinct.text() << "set yrange [0:1]\nset ytics autofreq\nset key vertical maxrows auto\n";

  // Where there are more than two symbols, how many are left; of two, whether one is.
  const auto many = [](const setting& s) { return !s.two(); };
  if (std::any_of(settings.begin(), settings.end(), many)) {
    f << example::log_axis("y") << "set yrange [1:*]\nset key bottom left\n";
    panel("symbols that are left", "surviving_symbols", true, many);
    f << example::linear_axis("y") << "set yrange [0:1]\nset key top left\n";
    panel("probability, under the truth, of what is lost", "missing_mass", true, many);
  } else {
    f << "set key top left\n";
    panel("probability that one symbol is left", "fixed", false, all);
    panel("probability, under the truth, of what is lost", "missing_mass", false, all);
  }
  return f;
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
