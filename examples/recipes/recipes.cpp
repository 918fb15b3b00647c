// What should a generation be trained on? All regimes of the literature side by side: forgetting (Shumailov et al. 2024),
// keeping everything (Gerstgrasser et al. 2024; Kazdan et al. 2024), a share of real data (Shumailov et al.; Alemohammad et al.
// 2024, "Self-consuming generative models go MAD"), and real data with the best weight (He et al. 2025, the golden ratio).
//
// Builds on: gaussian_walk. New here: a regime is a recipe, a list of ingredients; recipes can be swapped at run time
// (`any_recipe`); and all of them run under common random numbers (the same seed and condition), so that what differs between
// two curves is the regime and not the luck. The last regime needs an estimator of its own, five lines in this file.
//
// With divisor n one thing is known of *every* regime here whose data are drawn as the models are (--inflation 1):
//     E variance + E mean_error_sq = variance of the truth,
// whatever is kept or mixed, since the fit reproduces the first two moments of its data (metric `second_moment`).

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory.hpp>

#include "common/session.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// A mean whose variance is known to be 1: what He et al. study.
const sim::gaussian_mean_estimator<double, 1> known_variance(1);

/// What is the same for all regimes of a run.
struct common {
  sim::divisor by;
  Index samples;
  double inflation;
};

/// What is known of a regime: E mean_error_sq and E variance at generation t. Something unknown is NaN.
using knowledge = std::function<theory::mad_limit(Index t)>;

/// A regime: its name, its recipe, the panel and colour it is drawn in, and what theory knows of it.
struct regime {
  std::string name;
  sim::any_recipe recipe;
  int panel = 0, colour = 1;  ///< colour 0: in the table only
  knowledge expected;
  theory::mad_limit limit{unknown, unknown};
  bool known_variance = false;
  bool fades = false;  ///< too little is real or kept for good: heavy tails once generations outnumber samples
};

/// Whether the tails of the variance stay light where models have a share of the training data, `synthetic` draws of theirs:
/// whether its fourth moment, multiplied each generation by about (share * lambda)^4 and a chi-squared factor's own, contracts.
bool stays_light(double share, Index synthetic, double lambda) {
  const double n = static_cast<double>(synthetic);
  return std::pow(share * lambda, 4) * (1 + 2 / n) * (1 + 4 / n) * (1 + 6 / n) < 0.9;
}

/// Alemohammad's loop. Theory states it for divisor n - 1; division by n is the same loop with every sampled variance smaller
/// by a factor 1 - 1/N, since that is how the two fits differ: their inflation is then lambda (1 - 1/N). It starts with the
/// fit to the first, all real, data: `first` of them.
void mad_loop(regime& r, const common& c, Index real, Index synthetic, Index first, bool fixed) {
  r.fades = !stays_light(static_cast<double>(synthetic) / static_cast<double>(real + synthetic), synthetic, c.inflation);
  if (real < 1) return;
  const auto bias = [by = c.by](Index n) { return by == sim::divisor::n ? 1 - 1 / static_cast<double>(n) : 1.0; };
  const double later = bias(real + synthetic), start = bias(first), lambda = c.inflation;
  const double own = 1 / static_cast<double>(real), error = 1 / static_cast<double>(first);
  r.expected = [=](Index t) -> theory::mad_limit {
    if (t == 1) return {error, start};
    if (!fixed) {
      theory::mad_limit state{error, start / later};  // `variance` counts in units of `later`
      for (Index s = 2; s <= t; ++s) state = theory::mad_fresh_step(state, real, synthetic, lambda * later);
      return {state.mean_error, later * state.variance};
    }
    // The first model has seen the points that are kept, so its error about their mean is not independent of that mean's own
    // error; the steps ask for the former, and the covariance of the two decays on its own by the share of synthetic data.
    theory::mad_limit state{own + (own - error), start / later};
    double covariance = error - own;
    for (Index s = 2; s <= t; ++s) {
      state = theory::mad_fixed_step(state, real, synthetic, lambda * later);
      covariance *= static_cast<double>(synthetic) / static_cast<double>(real + synthetic);
    }
    return {state.mean_error + 2 * covariance, later * state.variance};
  };
  r.limit = fixed ? theory::mad_fixed_limit(real, synthetic, lambda * later)
                  : theory::mad_fresh_limit(real, synthetic, lambda * later);
  r.limit.variance *= later;
}

/// Forgetting, with or without a bias of the sampling.
theory::mad_limit forgetting(const common& c, Index t) {
  const double ratio = c.inflation * theory::variance_mean(c.samples, 1, c.by);  // of one expected variance to the next
  double sampled = 1, error = 0;
  for (Index s = 0; s < t; ++s, sampled *= ratio) error += sampled / static_cast<double>(c.samples);
  return {error, sampled / c.inflation};
}

std::vector<regime> all_regimes(const common& c) {
  const Index m = c.samples, tenth = static_cast<Index>(std::llround(0.1 * static_cast<double>(m)));
  const bool unbiased_sampling = c.inflation == 1;
  using real = sim::preserve::real;
  using place = sim::preserve::place;
  std::vector<regime> all;

  // Nothing real comes in after the first generation.
  all.push_back({"replace", sim::replace{}, 0, 1, [c](Index t) { return forgetting(c, t); }});
  all.back().fades = true;
  all.push_back({"window", sim::window(4), 0, 5, {}});
  all.back().fades = true;
  all.push_back({"accumulate_subsample", sim::accumulate_subsample{}, 0, 2, {}});
  if (unbiased_sampling && c.by == sim::divisor::n)
    all.back().expected = [m](Index t) -> theory::mad_limit {
      return {theory::accumulate_subsample_mean_error(m, t), theory::accumulate_subsample_variance(m, t)};
    };
  all.push_back({"accumulate", sim::accumulate{}, 0, 3, {}});
  if (unbiased_sampling) {
    all.back().expected = [c, m](Index t) -> theory::mad_limit {
      return {theory::accumulate_mean_error(m, t, c.by), theory::accumulate_variance(m, t, c.by)};
    };
    const double variance = theory::accumulate_variance_limit(m, c.by);
    all.back().limit = {c.by == sim::divisor::n ? 1 - variance : unknown, variance};
  }

  // A tenth of real data: the same ones for ever or new ones; in place of model draws or on top (a tenth more data altogether,
  // and hardly another picture).
  all.push_back({"preserve_fixed_instead", sim::preserve(0.1, real::fixed, place::instead), 1, 1, {}});
  mad_loop(all.back(), c, tenth, m - tenth, m, true);
  all.push_back({"preserve_fixed_on_top", sim::preserve(0.1, real::fixed, place::on_top), 1, 0, {}});
  mad_loop(all.back(), c, tenth, m, m, true);
  all.push_back({"preserve_redrawn_instead", sim::preserve(0.1, real::redrawn, place::instead), 1, 2, {}});
  mad_loop(all.back(), c, tenth, m - tenth, m, false);
  all.push_back({"preserve_redrawn_on_top", sim::preserve(0.1, real::redrawn, place::on_top), 1, 0, {}});
  mad_loop(all.back(), c, tenth, m, m, false);

  // As much real data as synthetic, new in each generation; the general process; and the golden ratio against pooling, with
  // four synthetic observations for each real one and the variance known.
  all.push_back({"fresh_real", sim::fresh_real(m), 2, 1, {}});
  mad_loop(all.back(), c, m, m, 2 * m, false);
  all.push_back({"general_process", sim::general_process(0.6, 0.3, 0.1), 2, 5, {}});
  all.back().fades = !stays_light(0.9, m, c.inflation);
  if (unbiased_sampling)
    all.back().expected = [c, m](Index t) -> theory::mad_limit {
      const auto now = theory::mixture_gaussian_moments(0.6, 0.3, 0.1, m, t - 1, c.by);
      return {now.fitted_mean_error, now.fitted_variance};
    };
  const Index few = std::max<Index>(1, m / 4);
  const double k = static_cast<double>(m) / static_cast<double>(few);
  for (const bool golden : {false, true}) {
    const double w = golden ? theory::golden_weight(k) : 1 / (1 + k);
    all.push_back({golden ? "weighted_golden" : "weighted_pooled", sim::weighted(few, w), 2, golden ? 3 : 2, {}});
    all.back().known_variance = true;
    if (unbiased_sampling) {
      all.back().expected = [m, few, w](Index t) -> theory::mad_limit {
        return {theory::weighted_mean_risk(1 / static_cast<double>(few), w, few, m, t - 1), 1};
      };
      // At the golden weight this is w / few, exactly.
      all.back().limit = {theory::weighted_mean_risk_limit(w, few, m), unknown};
    }
  }
  return all;
}

double expected(const regime& r, const common& c, std::string_view metric, Index t) {
  if (metric == "second_moment" && c.inflation == 1 && c.by == sim::divisor::n && !r.known_variance) return 1;
  if (metric == "mean_error_sq" && r.expected) return r.expected(t).mean_error;
  if (metric == "variance" && r.expected) return r.expected(t).variance;
  if (r.name == "replace") {
    if (metric == "log_det")
      return theory::log_variance_mean(c.samples, t, c.by) + static_cast<double>(t - 1) * std::log(c.inflation);
    if (metric == "w2_sq" && c.inflation == 1) return theory::wasserstein_risk_mean(c.samples, t, c.by);
    if (metric == "kl_to_truth" && c.inflation == 1) return theory::kl_to_truth(1, c.samples, t, c.by);
  }
  return unknown;
}

/// Where nothing real comes in (or too little, see above) and nothing is kept for good, the variance is a product of ever more random factors: its tails
/// soon are so heavy that a mean over a thousand runs tells nothing. Its logarithm always does. With real data, or all data,
/// the chain forgets its own past and the tails stay light.
bool trusted(const regime& r, const common& c, const sim::table_row& row) {
  return !r.fades || row.metric == "log_det" || row.generation * 3 <= c.samples;
}

template <class Estimator>
void walk(example::session& run, const regime& r, const Estimator& estimator, const common& c, Index generations,
          Index replicates, sim::table& out) {
  const sim::experiment what{sim::gaussian<double, 1>::standard(), estimator, r.recipe, sim::inflated(c.inflation)};
  const sim::draw how =
      r.recipe.keeps().stored ? sim::draw::stored : run.draw();  // single observations cannot be picked otherwise
  const auto records = sim::run_ensemble(
      what, {.generations = generations, .samples = c.samples, .how = how}, run.replication(replicates, r.name),
      run.threads(),  // no condition is named: all regimes share their random numbers
      sim::metric{"variance", [](const auto& g) { return g.model.variance(); }},
      sim::metric{"mean_error_sq", [](const auto& g) { return g.model.mean()[0] * g.model.mean()[0]; }},
      sim::metric{"second_moment", [](const auto& g) { return g.model.variance() + g.model.mean()[0] * g.model.mean()[0]; }},
      sim::metric{"log_det", [](const auto& g) { return g.model.log_determinant(); }},
      sim::metric{"w2_sq", [](const auto& g) { return wasserstein_squared(g.model, g.truth); }},
      sim::metric{"kl_to_truth", [](const auto& g) { return kl_divergence(g.model, g.truth); }});
  run.add(
      out, records, {r.name, example::name_of(c.by), std::to_string(c.samples), sim::argument::text(c.inflation)},
      [&](std::string_view metric, Index t) { return expected(r, c, metric, t); },
      [&](const sim::table_row& row) { return trusted(r, c, row); });
}

example::figure picture(const sim::table& out, const std::vector<regime>& regimes, const common& c, Index generations) {
  example::figure f(out);
  const std::vector<std::string> titles{"nothing real comes in", "a tenth of real data", "fresh, mixed, weighted"};
  std::vector<int> panels;
  for (const regime& r : regimes)
    if (panels.empty() || panels.back() != r.panel) panels.push_back(r.panel);
  f << "set multiplot layout 2," + std::to_string(panels.size()) + " margins 0.07,0.99,0.22,0.95 spacing 0.06,0.13\n"
    << example::log_axis("x")
    << "set xlabel 'generation' offset 0,0.4\nset xrange [1:" + std::to_string(generations) + "]\n";
  for (const std::string metric : {"variance", "mean_error_sq"}) {
    const bool top = metric == "variance";
    f << (top ? example::linear_axis("y") + "set yrange [0:1.15]\nunset key\n"
              : example::log_axis("y") + "set yrange [" + sim::argument::text(0.02 / static_cast<double>(c.samples)) +
                    ":*]\n");
    for (std::size_t i = 0; i < panels.size(); ++i) {
      const int panel = panels[i];
      const double columns = static_cast<double>(panels.size()), width = (0.92 - 0.06 * (columns - 1)) / columns;
      if (!top)  // a legend for both rows, under the lower
        f << "set key at screen " + sim::argument::text(0.07 + width / 2 + (width + 0.06) * static_cast<double>(i)) +
                 ",0.01 center bottom horizontal maxrows 3 samplen 3 width 1\n";
      example::plot_list list;
      std::vector<std::string> limits;
      for (const regime& r : regimes) {
        const bool alone = regimes.size() == 1;
        if (r.panel != panel || (top && r.known_variance) || (r.colour == 0 && !alone)) continue;
        list.mean(f.over_generations(
                      {r.name, example::name_of(c.by), std::to_string(c.samples), sim::argument::text(c.inflation)}, metric),
                  std::max(1, r.colour), example::words(r.name));
        const double limit = top ? r.limit.variance : r.limit.mean_error;
        if (std::isfinite(limit)) limits.push_back(sim::argument::text(limit));
      }
      if (list.empty()) {
        f << list.text();
        continue;
      }
      for (const std::string& limit : limits)
        list.add(limit + " with lines lc rgb '#555555' lw 1.5 dt (1,3) " +
                 (limit == limits.front() ? "title 'limit'" : "notitle"));
      f << "set title \"" + titles[static_cast<std::size_t>(panel)] +
               (top ? ": variance (truth: 1)" : ": squared error of the mean") + "\"\n"
        << list.text();
    }
  }
  return f;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(argc, argv,
                      {"recipes",
                       "all regimes of training data side by side, under common random numbers",
                       {{"recipe", "NAME", "one of the names in the table's first column (default: all)"},
                        {"samples", "M", "fresh samples per generation (default: 100)"},
                        {"generations", "T", "refits (default: 200)"},
                        {"replicates", "R", "runs behind each mean (default: 1000)"},
                        {"inflation", "LAMBDA", "models are sampled with their variance times this (default: 1)"},
                        example::divisor_flag(),
                        example::draw_flag()}},
                      [](example::session& run) {
                        const common c{run.by(), run.given.integer("samples", 100, 4), run.given.real("inflation", 1)};
                        if (!(c.inflation > 0)) throw example::usage_error("--inflation must be > 0");
                        const Index generations = run.number("generations", 200, 100),
                                    replicates = run.number("replicates", 1000, 200);
                        run.record()
                            .set("generations", generations)
                            .set("replicates", replicates)
                            .set("draw", run.given.text("draw", "cheapest"));

                        std::vector<regime> regimes = all_regimes(c);
                        if (run.given.has("recipe")) {
                          std::vector<std::string> names;
                          for (const regime& r : regimes) names.push_back(r.name);
                          const std::string chosen = run.given.choice("recipe", "", names);
                          std::erase_if(regimes, [&](const regime& r) { return r.name != chosen; });
                        }
                        sim::table out({"recipe", "divisor", "samples", "inflation"});
                        for (const regime& r : regimes) {
                          if (run.stopped()) break;
                          if (r.known_variance)
                            walk(run, r, known_variance, c, generations, replicates, out);
                          else
                            walk(run, r, sim::gaussian_estimator<double, 1>(c.by), c, generations, replicates, out);
                        }
                        run.save(out, picture(out, regimes, c, generations), run.given.has("recipe") ? 800 : 1700, 900);
                      });
}
