// Sampling at a temperature beside real data: a fifth of the data is real and uniform over ten symbols, the rest is the last model's, cooled.
// There are two temperatures that matter. Below 1 - alpha the truth cannot be held: any fluctuation grows until one symbol has won. But a
// symbol that has won stays up to a higher temperature. In between both laws are there, and what a chain does depends on what it was:
// one that was cold for a while remembers it for ever.
//
// Builds on: discrete_walk, curation. New here: annealed, a decoder that is another one in each generation.

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include <simulacra/categorical.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory.hpp>

#include "common/session.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;

namespace {

constexpr Index symbols = 10, cold_until = 40;
constexpr double alpha = 0.2, uniform = 1.0 / symbols;

/// The odds of the winner against each other symbol among the data, where its published probability is x.
double data_odds(double x) {
  const double real = alpha / symbols;
  return (real + (1 - alpha) * x) / (real + (1 - alpha) * (1 - x) / (symbols - 1));
}

/// Where a symbol that has won settles: the map of infinitely many samples, again and again; 1 / K where it does not stay.
double winner(double tau) {
  double x = 1;
  for (int n = 0; n < 100'000; ++n) x = 1 / (1 + (symbols - 1) * std::pow(data_odds(x), -1 / tau));
  return x;
}

/// A chain at a temperature, from the start or after it was cold.
void run_chain(example::session& run, bool was_cold, double tau, const sim::plan& how, sim::table& out) {
  const auto schedule = [=](Index n) { return was_cold && n <= cold_until ? 0.3 : tau; };
  const sim::annealed decoder([](double t) { return sim::tempered(t); }, schedule);
  const sim::experiment what{sim::categorical::uniform(symbols), sim::categorical_estimator(symbols),
                             sim::preserve(alpha, sim::preserve::real::redrawn), decoder};
  const auto published = [schedule](const auto& g) { return g.model.tempered(schedule(g.number)).probabilities(); };
  const auto records = sim::run_ensemble(
      what, how, run.replication(run.number("replicates", 200, 100), was_cold ? "was cold" : "from the start"),
      run.threads(), sim::metric{"first", [=](const auto& g) { return published(g)[0]; }},
      sim::metric{"largest", [=](const auto& g) {
                    const std::vector<double> p = published(g);
                    return *std::max_element(p.begin(), p.end());
                  }});
  const bool won = tau < 1 - alpha || (was_cold && tau < theory::tempering_onset(symbols, alpha).tau);
  // By symmetry each symbol has its share on average; and the largest is the winner, or 1 / K and what chance adds.
  run.add(
      out, records, {was_cold ? "cold" : "start", sim::argument::text(tau)},
      [&](std::string_view metric, Index n) {
        if (n != how.generations) return std::nan("");
        return metric == "first" ? uniform : won ? winner(tau) : std::nan("");
      },
      [](const sim::table_row&) { return true; });
}

example::figure picture(const sim::table& out, const sim::plan& how) {
  example::figure f(out);
  const auto ends = [&](const char* which) {
    return f.over(
        which,
        [&, which](const sim::table_row& row) {
          return row.conditions[0] == which && row.metric == "largest" && row.generation == how.generations;
        },
        [](const sim::table_row& row) { return std::strtod(row.conditions[1].c_str(), nullptr); });
  };
  const theory::temperature_fold fold = theory::tempering_onset(symbols, alpha);
  std::vector<std::vector<double>> stays, lost;
  for (double x = 0.1005; x < 0.99995; x += 0.0005) {
    const double tau = std::log(data_odds(x)) / std::log(x * (symbols - 1) / (1 - x));
    (x > fold.probability ? stays : lost).push_back({tau, x});
  }
  const double last = 1 - alpha;
  example::plot_list portrait;
  portrait.add(ends("start").name + " using 1:2 with points lt 1 pt 7 ps 1.3 title \"from the truth\"")
      .add(ends("cold").name + " using 1:2 with points lt 2 pt 6 ps 2 lw 2 title \"after a cold time\"")
      .add(f.numbers("unstable", lost) + " using 1:2 with lines lt 8 dt 3 title \"unstable\"")
      .add(f.numbers("truth, unstable", {{0.7, uniform}, {last, uniform}}) + " using 1:2 with lines lt 8 dt 3 notitle")
      .theory(f.numbers("winner", stays) + " using 1:2")
      .theory(f.numbers("truth", {{last, uniform}, {0.92, uniform}}) + " using 1:2");
  f << "set multiplot layout 1,2 margins 0.07,0.98,0.17,0.91 spacing 0.1,0.1\n"
    << "set title 'laws at which a chain stands still'\nset xlabel 'temperature'\nset ylabel 'largest probability'\n"
       "set xrange [0.7:0.92]\nset yrange [0:1.02]\nset key top right\n"
    << portrait.text("stable");
  example::plot_list fate;
  fate.band_and_mean(f.over_generations({"start", "0.84"}, "largest"), 1, "from the truth")
      .band_and_mean(f.over_generations({"cold", "0.84"}, "largest"), 2, "after a cold time")
      .theory(sim::argument::text(winner(0.84)))
      .theory(sim::argument::text(uniform));
  f << "set title 'temperature 0.84, but for forty cold generations'\nset xlabel 'generation'\nset xrange [1:*]\nset key "
       "center right\n"
    << example::log_axis("x") << fate.text();
  return f;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(argc, argv,
                      {"temperature",
                       "cooled models beside real data: where one symbol wins, and where it depends on the past",
                       {{"samples", "M", "samples of each generation (default: 1000000000)"},
                        {"generations", "T", "refits (default: 1500)"},
                        {"replicates", "R", "runs behind each mean (default: 200)"}}},
                      [](example::session& run) {
                        const sim::plan how{.generations = run.number("generations", 1500, 800),
                                            .samples = run.given.integer("samples", 1'000'000'000)};
                        sim::table out({"past", "tau"});
                        for (const bool was_cold : {false, true})
                          for (const double tau : {0.72, 0.74, 0.76, 0.82, 0.84, 0.87, 0.89, 0.91})
                            if (!run.stopped()) run_chain(run, was_cold, tau, how, out);
                        run.save(out, picture(out, how), 1300, 560);
                      });
}
