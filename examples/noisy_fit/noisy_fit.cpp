// What more data cannot mend: the third error of Shumailov et al. (2024). Each fit is missed by noise of its own, as an optimiser leaves it
// that is stopped early (EM after a few rounds) or whose last steps are still random (stochastic gradients at a constant rate). The noise
// does not know how many data there are: sum 1/M falls as M grows, and what the noise adds up to stays.
//
// Builds on: gaussian_walk. New here: an estimator made noisy, the squared distance itself beside exact theory, and a ledger that tells
// the noise from the sampling: it knows what this generation's fit to infinitely many data would have been missed by.

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <simulacra/gaussian.hpp>
#include <simulacra/ledger/functional_ledger.hpp>
#include <simulacra/ledger/functionals.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory/gaussian_chain.hpp>
#include <simulacra/theory/noisy.hpp>

#include "common/session.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;

namespace {

struct setting {
  Index samples, generations, replicates;
  double mean_noise, log_noise;  // tau and eta; both 0: the exact fit
  sim::divisor by;

  [[nodiscard]] bool exact() const { return mean_noise == 0 && log_noise == 0; }
};

double expected(const setting& s, std::string_view metric, Index t) {
  const auto refits = static_cast<std::size_t>(t);
  const std::vector<Index> schedule(refits, s.samples);
  const std::vector<double> mean(refits, s.mean_noise * s.mean_noise), log(refits, s.log_noise);
  if (metric == "w2_sq") return theory::noisy_wasserstein_risk_mean(schedule, mean, log, s.by);
  if (metric == "log_variance")
    return static_cast<double>(t) * theory::noisy_log_variance_rate(s.samples, s.log_noise, s.by);
  if (metric == "approximation_sq") return static_cast<double>(t) * s.mean_noise * s.mean_noise;
  return theory::mean_error(s.samples, t, s.by);  // statistical_sq: the noise on the scale is 1 on average
}

/// The accounts of the mean, squared: what is due to noise, and what to sampling.
template <class Experiment, class Space>
class accounts : public sim::functional_ledger<Experiment, Space> {
  using books = sim::functional_ledger<Experiment, Space>;

 public:
  accounts(const Experiment& what, const Space& functionals) : books(what, functionals, {}) {}

  [[nodiscard]] std::vector<std::string> names() const { return {"approximation_sq", "statistical_sq"}; }
  template <class Generation>
  void operator()(const Generation& g, std::span<double> out) {
    books::operator()(g);
    const sim::functional_row& row = books::rows().back();
    out[0] = std::pow(row.due_to(sim::term::approximation), 2);
    out[1] = std::pow(row.due_to(sim::term::statistical), 2);
  }
};

void walk(example::session& run, const setting& s, sim::table& out) {
  if (run.stopped()) return;
  const sim::experiment what{
      sim::gaussian<double, 1>(0, 1),
      sim::noisy(sim::gaussian_estimator<double, 1>(s.by), {.mean = s.mean_noise, .log_variance = s.log_noise}),
      sim::replace{}};
  const std::string name = s.exact() ? "exact" : "noisy";
  const auto records =
      sim::run_ensemble(what, {.generations = s.generations, .samples = s.samples},
                        run.replication(s.replicates, name + ", M=" + std::to_string(s.samples)), run.threads(),
                        sim::metric{"w2_sq", [](const auto& g) { return wasserstein_squared(g.model, g.truth); }},
                        sim::metric{"log_variance", [](const auto& g) { return g.model.log_determinant(); }},
                        accounts(what, sim::functional_space(sim::mean_functional())));
  run.add(
      out, records, {name, std::to_string(s.samples)},
      [&](std::string_view metric, Index t) { return expected(s, metric, t); },
      // Once the generations are as many as the samples, a few replicates carry the mean of a square; that of a logarithm they never do.
      [&](const sim::table_row& row) { return row.metric == "log_variance" || row.generation * 3 <= s.samples; });
}

example::figure picture(const sim::table& out, const std::vector<Index>& samples, Index last) {
  example::figure f(out);
  f << "set multiplot layout 1,2 margins 0.06,0.985,0.13,0.92 spacing 0.08\n"
    << example::log_axis("x") << example::log_axis("y") << "set xlabel 'generation' offset 0,0.4\n"
    << "set title 'squared Wasserstein distance; thin: without noise'\n"
    << "set yrange [1e-6:*]\nset key bottom right\n";
  example::plot_list distance;
  int colour = 0;
  for (const Index m : samples) {
    const example::curve thin = f.over_generations({"exact", std::to_string(m)}, "w2_sq");
    distance.mean(f.over_generations({"noisy", std::to_string(m)}, "w2_sq"), ++colour, "M = " + std::to_string(m));
    if (!thin.empty) distance.add(thin.name + " using 1:2 with lines lw 0.7 lt " + std::to_string(colour) + " notitle");
    distance.theory(thin.name + " using 1:5");
  }
  f << distance.text() << "set xlabel 'samples of each generation' offset 0,0.4\n"
    << "set title 'what the mean owes to each error, generation " + std::to_string(last) + "'\n"
    << "set yrange [*:*]\nset key bottom left\n";
  example::plot_list due;
  for (const char* metric : {"approximation_sq", "statistical_sq"})
    due.mean(f.over(
                 metric,
                 [&](const sim::table_row& row) {
                   return row.metric == metric && row.generation == last && row.conditions[0] == "noisy";
                 },
                 [](const sim::table_row& row) { return std::stod(row.conditions[1]); }),
             ++colour, std::string(metric) == "approximation_sq" ? "approximation" : "statistical");
  f << due.text();
  return f;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(argc, argv,
                      {"noisy_fit",
                       "fits that are missed by noise: what more data mend, and what they do not",
                       {{"samples", "M[,M...]", "samples per generation (default: 100,1000,10000,100000)"},
                        {"mean-noise", "TAU", "standard deviation of the noise on the mean (default: 0.01)"},
                        {"log-noise", "ETA", "standard deviation of the noise on the log variance (default: 0.03)"},
                        {"generations", "T", "refits (default: 100)"},
                        {"replicates", "R", "runs behind each mean (default: 2000)"},
                        example::divisor_flag()}},
                      [](example::session& run) {
                        const auto samples = run.settings("samples", std::vector<Index>{100, 1000, 10'000, 100'000});
                        const Index generations = run.number("generations", 100, 30);
                        const Index replicates = run.number("replicates", 2000, 200);
                        const double tau = run.given.real("mean-noise", 0.01), eta = run.given.real("log-noise", 0.03);
                        run.record().set("generations", generations).set("replicates", replicates);
                        sim::table out({"fit", "samples"});
                        for (const Index m : samples) {
                          walk(run, {m, generations, replicates, 0, 0, run.by()}, out);
                          walk(run, {m, generations, replicates, tau, eta, run.by()}, out);
                        }
                        run.save(out, picture(out, samples, generations), 1300, 520);
                      });
}
