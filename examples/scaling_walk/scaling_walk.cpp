// How does a scaling law break? A vocabulary of Zipf's law is learnt from T words; the loss is the probability of what was never seen. On
// real data it falls as a power of T, nearly. Trained on what the last model wrote, later generations fall more slowly; a source that is cut
// to its top words, or to a probability of 90 % (top-p), has a floor that no T removes; with all data kept the loss is that of the first fit,
// for ever (the models of Dohmatob et al. 2024).
//
// Builds on: discrete_walk. New here: fit_scaling, with an error for each exponent. A fit is judged by the exact sums at the same sizes: their
// slope is *not* the 1 - 1/b of infinitely many words and data, at no size that can be reached.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <simulacra/categorical.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/study/scaling_fit.hpp>
#include <simulacra/theory/discrete.hpp>
#include <simulacra/theory/scaling.hpp>
#include <simulacra/theory/vocabulary.hpp>

#include "common/session.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN(), exponent = 1.5, real_share = 0.1;

struct setting {
  std::string name;
  sim::any_recipe recipe;
  Index kept;         // words of the source, the most frequent ones
  Index generations;  // model 1 is fitted to the source itself
  bool exact;         // whether the loss is known exactly, and not to leading order
  sim::scaling_form form;
};

std::vector<double> head(std::vector<double> p, Index kept) {
  p.resize(static_cast<std::size_t>(kept));
  return p;
}

/// How many words make up this much.
Index words_of(const std::vector<double>& p, double mass) {
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i)
    if ((sum += p[i]) >= mass) return static_cast<Index>(i) + 1;
  return static_cast<Index>(p.size());
}

double loss_of(const std::vector<double>& p, const setting& s, Index samples, Index n) {
  const auto words = static_cast<Index>(p.size());
  const auto t = static_cast<double>(samples);
  if (s.kept < words) return n == 1 ? theory::zipf_cut_missing_mass(words, exponent, s.kept, t) : unknown;
  if (s.name == "all kept" || n == 1) return theory::zipf_exact_missing_mass(words, exponent, t);
  if (!s.exact) return theory::zipf_mixed_missing_mass(words, exponent, t, real_share, n);
  return theory::lost_mass(p, samples, n);
}

/// Whether words are still missed often enough for a mean over replicates to have an error: a hundred times at the least.
bool is_seen(const std::vector<double>& p, const setting& s, const sim::table_row& row) {
  double beyond = 0;
  for (std::size_t i = static_cast<std::size_t>(s.kept); i < p.size(); ++i) beyond += p[i];
  return (row.theory - beyond) * static_cast<double>(row.values.count) >= 100 * p[static_cast<std::size_t>(s.kept) - 1];
}

/// Runs a setting at all sizes; then fits a law to each generation, and the same law to the exact losses.
void walk(example::session& run, const std::vector<double>& p, const setting& s, const std::vector<Index>& sizes,
          Index replicates, sim::table& out) {
  const sim::experiment what{sim::categorical(head(p, s.kept)), sim::categorical_estimator(s.kept), s.recipe};
  std::vector<std::vector<std::vector<double>>> losses(
      static_cast<std::size_t>(s.generations));  // generation, size, replicate
  for (const Index t : sizes) {
    if (run.stopped()) return;
    sim::replication many = run.replication(replicates, s.name + ", T=" + std::to_string(t));
    many.condition = static_cast<std::uint64_t>(t);  // sizes are independent
    const auto records = sim::run_ensemble(what, {.generations = s.generations, .samples = t}, many, run.threads(),
                                           sim::metric{"loss", [&](const auto& g) {
                                                         double left = 0;
                                                         for (const Index word : g.model.support())
                                                           left += p[static_cast<std::size_t>(word)];
                                                         return 1 - left;
                                                       }});
    for (std::size_t n = 0; n < losses.size(); ++n) {
      const auto values = records.values(n, 0);
      losses[n].emplace_back(values.begin(), values.end());
    }
    run.add(
        out, records, {s.name, std::to_string(t)}, [&](std::string_view, Index n) { return loss_of(p, s, t, n); },
        [&](const sim::table_row& row) { return s.exact && is_seen(p, s, row); });
  }
  const std::vector<double> at(sizes.begin(), sizes.end());
  for (std::size_t n = 0; n < losses.size(); ++n) {
    const sim::scaling_fit fit = sim::fit_scaling(at, losses[n], s.form);
    std::vector<double> exact;
    for (const Index t : sizes) exact.push_back(loss_of(p, s, t, static_cast<Index>(n) + 1));
    const sim::scaling_fit right = sim::fit_scaling(at, exact, s.form);
    const auto judge = [&](const std::string& metric, const sim::estimate& found, double expected) {
      const sim::table_row row{{s.name, "all"},
                               static_cast<Index>(n) + 1,
                               metric,
                               {.count = found.count, .mean = found.value, .mcse = found.error},
                               expected};
      out.add(row);
      if (s.exact) run.check(row);
    };
    judge("exponent", fit.exponent, right.exponent.value);
    if (s.form == sim::scaling_form::power_with_floor) judge("floor", fit.floor, right.floor.value);
  }
}

example::figure picture(const sim::table& out, const std::vector<setting>& all) {
  example::figure f(out);
  const auto against_size = [&](const std::string& name, Index n) {
    return f.over(
        name + " " + std::to_string(n),
        [=](const sim::table_row& row) { return row.metric == "loss" && row.generation == n && row.conditions[0] == name; },
        [](const sim::table_row& row) { return std::stod(row.conditions[1]); });
  };
  example::plot_list generations, settings, exponents;
  for (Index n = 1; n <= all[0].generations; ++n)
    generations.mean(against_size(all[0].name, n), static_cast<int>(n), "generation " + std::to_string(n - 1));
  int colour = 0;
  for (const setting& s : all) settings.mean(against_size(s.name, s.generations), ++colour, s.name);
  colour = 0;
  for (const setting& s : all) {
    if (++colour; s.generations == 1) continue;
    const example::curve c = f.over_generations({s.name, "all"}, "exponent");
    if (c.empty) continue;
    exponents.add(c.name + " using ($1-1):2:6 with yerrorlines pt 7 ps 0.5 lt " + std::to_string(colour) + " title '" +
                  s.name + "'");
    exponents.theory(c.name + " using ($1-1):5");
  }
  exponents.add(sim::argument::text(1 - 1 / exponent) + " with lines lc rgb '#555555' dt (1,3) lw 1.5 title '1 - 1/b'");
  f << "set multiplot layout 1,3 margins 0.045,0.985,0.13,0.92 spacing 0.05\n"
    << example::log_axis("x") << example::log_axis("y") << "set xlabel 'words learnt from, T' offset 0,0.4\n"
    << "set yrange [0.005:*]\nset key bottom left\nset title 'unseen probability, each on the last only'\n"
    << generations.text() << "set title 'the last generation; cut sources: the first'\n"
    << settings.text() << example::linear_axis("x") << example::linear_axis("y")
    << "set xlabel 'generation' offset 0,0.4\nset yrange [0.2:0.42]\nset xrange [-0.2:*]\nset key bottom left\n"
    << "set title 'fitted exponent; dashed: fitted to exact sums'\n"
    << exponents.text();
  return f;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(argc, argv,
                      {"scaling_walk",
                       "how the loss on a Zipf vocabulary scales with data, generation by generation, and what breaks it",
                       {{"symbols", "K", "words (default: 10000)"},
                        {"cut", "k", "words of the source that is cut (default: 100)"},
                        {"samples", "T,T,...", "sizes, at least 4 (default: half decades from 100 to 31623)"},
                        {"generations", "N", "models (default: 6)"},
                        {"replicates", "R", "runs behind each mean (default: 400)"}}},
                      [](example::session& run) {
                        std::vector<Index> sizes =
                            run.settings("samples", run.quick() ? std::vector<Index>{100, 316, 1000, 3162}
                                                                : std::vector<Index>{100, 316, 1000, 3162, 10'000, 31'623});
                        const Index generations = run.number("generations", 6, 3),
                                    replicates = run.number("replicates", 400, 100);
                        const std::vector<double> p = theory::zipf_law(run.given.integer("symbols", 10'000, 200), exponent);
                        const auto words = static_cast<Index>(p.size());
                        run.record().set("generations", generations).set("replicates", replicates);
                        using form = sim::scaling_form;
                        const sim::preserve tenth{real_share, sim::preserve::real::redrawn};
                        const std::vector<setting> all{
                            {"replace", sim::replace{}, words, generations, true, form::power},
                            {"10 % real", tenth, words, generations, false, form::power},
                            {"all kept", sim::accumulate{}, words, generations, true, form::power},
                            {"cut", sim::replace{}, run.given.integer("cut", 100, 2), 1, true, form::power_with_floor},
                            {"top-p 0.9", sim::replace{}, words_of(p, 0.9), 1, true, form::power_with_floor}};
                        sim::table out({"data", "samples"});
                        for (const setting& s : all) walk(run, p, s, sizes, replicates, out);
                        run.save(out, picture(out, all), 1500, 480);
                      });
}
