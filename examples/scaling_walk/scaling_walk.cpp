// How does a scaling law break? A vocabulary of Zipf's law is learnt from T words; the loss is the probability of what was never seen. On
// real data it falls as a power of T, nearly. Trained on what the last model wrote, later generations fall more slowly; a source that is cut
// to its top words, or to a probability of 90 % (top-p), has a floor that no T removes; with all data kept the loss is that of the first fit,
// for ever (the models of Dohmatob et al. 2024).
//
// Builds on: discrete_walk. New here: fit_scaling, with an error for each exponent. A fit is judged by the exact sums at the same sizes: their
// slope is *not* the 1 - 1/b of infinitely many words and data, at no size that can be reached.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <simulacra/categorical.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/study/scaling_fit.hpp>
#include <simulacra/theory/vocabulary.hpp>

#include "common/session.hpp"
#include "picture.hpp"
#include "setting.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using scaling_walk::setting;
using sim::Index;

namespace {

/// Runs a setting at all sizes; then fits a law to each generation, and the same law to the exact losses.
void walk(example::session& run, const std::vector<double>& p, const setting& s, const std::vector<Index>& sizes,
          Index replicates, sim::table& out) {
  const sim::experiment what{sim::categorical(scaling_walk::head(p, s.kept)), sim::categorical_estimator(s.kept), s.recipe};
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
        out, records, {s.name, std::to_string(t)},
        [&](std::string_view, Index n) { return scaling_walk::loss_of(p, s, t, n); },
        [&](const sim::table_row& row) { return s.exact && scaling_walk::is_seen(p, s, row); });
  }
  const std::vector<double> at(sizes.begin(), sizes.end());
  for (std::size_t n = 0; n < losses.size(); ++n) {
    const sim::scaling_fit fit = sim::fit_scaling(at, losses[n], s.form);
    std::vector<double> exact;
    for (const Index t : sizes) exact.push_back(scaling_walk::loss_of(p, s, t, static_cast<Index>(n) + 1));
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

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
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
        const Index generations = run.number("generations", 6, 3), replicates = run.number("replicates", 400, 100);
        const std::vector<double> p = theory::zipf_law(run.given.integer("symbols", 10'000, 200), scaling_walk::exponent);
        const auto words = static_cast<Index>(p.size());
        run.record().set("generations", generations).set("replicates", replicates);
        using form = sim::scaling_form;
        const sim::preserve tenth{scaling_walk::real_share, sim::preserve::real::redrawn};
        const std::vector<setting> all{
            {"replace", sim::replace{}, words, generations, true, form::power},
            {"10 % real", tenth, words, generations, false, form::power},
            {"all kept", sim::accumulate{}, words, generations, true, form::power},
            {"cut", sim::replace{}, run.given.integer("cut", 100, 2), 1, true, form::power_with_floor},
            {"top-p 0.9", sim::replace{}, scaling_walk::words_of(p, 0.9), 1, true, form::power_with_floor}};
        sim::table out({"data", "samples"});
        for (const setting& s : all) walk(run, p, s, sizes, replicates, out);
        run.save(out, scaling_walk::picture(out, all), 1500, 480);
      });
}
