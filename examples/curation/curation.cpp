// Who chooses what the next model reads? Readers pick one of K answers, by a reward; a share of the data stays real. With symbols the
// selected law is exact, so each chain has a limit law: the more answers a reader sees, the faster the best one takes all, and real data
// decide where that ends (the model of Ferbach et al. 2024).
//
// Builds on: gaussian_estimate. New here: a decoder that selects. A billion samples a generation cost what a hundred do, since their
// counts are drawn from the exact law, and a chain of so many stands beside that of infinitely many.

#include <cmath>
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

/// Ten answers, the better the rarer.
const std::vector<double> truth = sim::categorical::zipf(10, 1).probabilities();

std::vector<double> rewards() {
  std::vector<double> r;
  for (std::size_t i = 0; i < truth.size(); ++i) r.push_back(0.3 * static_cast<double>(i));
  return r;
}

double reward_of(const std::vector<double>& law) {
  double sum = 0;
  for (std::size_t i = 0; i < law.size(); ++i) sum += 0.3 * static_cast<double>(i) * law[i];
  return sum;
}

/// How many answers a reader picks from; 0 stands for many: the law is tilted then.
struct setting {
  Index of;
  double real;
};

/// The laws of infinitely many samples: the model of generation n.
std::vector<double> law_of(const setting& s, Index generation) {
  const std::vector<double> r = rewards();
  std::vector<double> p = truth;
  for (Index n = 1; n < generation; ++n) {
    std::vector<double> q = s.of > 0 ? theory::chosen_law(p, r, s.of) : p;
    if (s.of == 0) {
      double whole = 0;
      for (std::size_t i = 0; i < q.size(); ++i) whole += q[i] *= std::exp(r[i]);
      for (double& x : q) x /= whole;
    }
    double sum = 0;  // divided out in each step: a choice between two squares what rounding leaves
    for (std::size_t i = 0; i < p.size(); ++i) sum += p[i] = s.real * truth[i] + (1 - s.real) * q[i];
    for (double& x : p) x /= sum;
  }
  return p;
}

template <class Decoder>
void curate(example::session& run, const setting& s, const Decoder& decoder, const sim::plan& how, Index replicates,
            sim::table& out) {
  const sim::experiment what{sim::categorical(truth), sim::categorical_estimator(static_cast<Index>(truth.size())),
                             sim::preserve(s.real, sim::preserve::real::redrawn), decoder};
  const std::string many = s.of > 0 ? std::to_string(s.of) : "many";
  const auto records = sim::run_ensemble(
      what, how, run.replication(replicates, "K=" + many), run.threads(),
      sim::metric{"reward", [](const auto& g) { return reward_of(g.model.probabilities()); }},
      sim::metric{"best", [](const auto& g) { return g.model.probability(static_cast<Index>(truth.size()) - 1); }});
  // So many samples leave an error of 1e-5 in each run, beside which the curvature of selection is nothing: means are yardsticks.
  run.add(
      out, records, {many, sim::argument::text(s.real)},
      [&](std::string_view metric, Index n) {
        const std::vector<double> p = law_of(s, n);
        return metric == "reward" ? reward_of(p) : p.back();
      },
      [](const sim::table_row&) { return true; });
}

example::figure picture(const sim::table& out, const std::vector<double>& real) {
  example::figure f(out);
  f << "set multiplot layout 1," + std::to_string(real.size()) + " margins 0.07,0.98,0.22,0.91 spacing 0.09,0.1\n"
    << "set xlabel 'generation'\nset yrange [0:*]\n"
    << example::legend_below();
  for (const double share : real) {
    example::plot_list list;
    int colour = 0;
    for (const char* many : {"1", "2", "8", "many"})
      list.band_and_mean(f.over_generations({many, sim::argument::text(share)}, "reward"), ++colour,
                         "K = " + std::string(many));
    if (share > 0) list.theory(sim::argument::text(reward_of(theory::curated_fixed_point(truth, rewards(), 1 - share))));
    f << "set title 'mean reward, real data: " + sim::argument::text(100 * share) + " %'\n" << list.text();
  }
  return f;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(argc, argv,
                      {"curation",
                       "readers choose one of K answers, and the next model is fitted to what they chose",
                       {{"samples", "M", "samples of each generation (default: 1000000000)"},
                        {"generations", "T", "refits (default: 30)"},
                        {"replicates", "R", "runs behind each mean (default: 1000)"}}},
                      [](example::session& run) {
                        const sim::plan how{.generations = run.number("generations", 30, 12),
                                            .samples = run.given.integer("samples", 1'000'000'000)};
                        const Index replicates = run.number("replicates", 1000, 200);
                        run.record().set("generations", how.generations).set("replicates", replicates);
                        const std::vector<double> real{0, 0.1};
                        const auto taste = [](const auto& symbol) { return 0.3 * static_cast<double>(symbol[0]); };
                        sim::table out({"of", "real"});
                        for (const double share : real) {
                          for (const Index of : {1, 2, 8}) {
                            if (run.stopped()) break;
                            curate(run, {of, share}, sim::chosen(of, taste), how, replicates, out);
                          }
                          if (!run.stopped()) curate(run, {0, share}, sim::tilted(taste), how, replicates, out);
                        }
                        run.save(out, picture(out, real), 1300, 520);
                      });
}
