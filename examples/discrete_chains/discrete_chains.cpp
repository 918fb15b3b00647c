// The discrete case, exactly. With two symbols and M samples a generation the count of one of them is a Markov chain with M + 1 states, and its
// matrix says everything: without a prior it ends at 0 or M, at each with the probability that the symbol had in the beginning; a prior
// makes it come back. A learner who reports the posterior's mean stays near the prior's centre; where each learner *samples* the posterior,
// the chain forgets the truth and keeps the prior (Griffiths and Kalish 2007). Where each draw is real with some probability (a contaminated
// chain), the squared error from the truth has a recursion of its own, for any schedule: real draws alone leave a floor, and with more and
// more samples it vanishes.
//
// Builds on: discrete_walk. New here: transition matrices, estimators with a conjugate prior, where and when a chain is absorbed.

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/categorical.hpp>
#include <simulacra/one_parameter.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory/contamination.hpp>
#include <simulacra/theory/discrete.hpp>

#include "common/session.hpp"
#include "picture.hpp"
#include "reading.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using discrete_chains::start;
using sim::Index;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN(), a = 0.8, b = 2.4;

template <class Estimator>
void count(example::session& run, const std::string& name, const Estimator& fit, const Eigen::MatrixXd& chain,
           Index generations, Index replicates, sim::table& out) {
  if (run.stopped()) return;
  sim::replication many = run.replication(replicates, name);
  many.generations = {generations};
  const auto records =
      sim::run_ensemble(sim::experiment{sim::bernoulli(start), fit, sim::replace{}},
                        {.generations = generations, .samples = chain.rows() - 1, .how = sim::draw::collapsed}, many,
                        run.threads(), discrete_chains::counted{chain.rows() - 1});
  const std::vector<double> law = discrete_chains::law_after(chain, generations);
  run.add(
      out, records, {name},
      [&](std::string_view metric, Index) {
        return law[static_cast<std::size_t>(std::stol(std::string(metric.substr(6))))];
      },
      discrete_chains::trusted);
}

void absorb(example::session& run, const std::vector<double>& p, Index samples, Index replicates, sim::table& out) {
  const auto symbols = static_cast<Index>(p.size());
  const Index last = 100 * samples;  // (1 - 1/M)^last = e^-100 are not there yet
  sim::replication many = run.replication(replicates, std::to_string(symbols) + " symbols");
  many.generations = {last};
  const auto records =
      sim::run_ensemble(sim::experiment{sim::categorical(p), sim::categorical_estimator(symbols), sim::replace{}},
                        {.generations = last, .samples = samples, .how = sim::draw::collapsed}, many, run.threads(),
                        discrete_chains::ends{symbols});
  run.add(
      out, records, {std::to_string(symbols) + " symbols"},
      [&](std::string_view metric, Index) {
        if (metric == "fixation_time") return symbols == 2 ? theory::mean_fixation_time(p[1], samples) : unknown;
        return p[static_cast<std::size_t>(std::stol(std::string(metric.substr(5))))];
      },
      discrete_chains::trusted);
}

/// Each draw of a generation is real with a probability. How far the law is from the truth, with as many samples in each generation or
/// with more and more.
void contaminate(example::session& run, const std::vector<double>& p, double real, const std::string& growth,
                 const sim::schedule& samples, Index generations, Index replicates, sim::table& out) {
  if (run.stopped()) return;
  const sim::categorical truth(p);
  const std::string name = sim::argument::text(100 * real) + " % real, " + growth;
  sim::replication many = run.replication(replicates, name);
  many.generations = example::spread(generations);
  const auto records = sim::run_ensemble(
      sim::experiment{truth, sim::categorical_estimator(truth.symbols()), sim::general_process(1 - real, 0, real)},
      {.generations = generations, .samples = samples}, many, run.threads(), discrete_chains::error{});
  std::vector<Index> of_each;
  for (Index t = 0; t < generations; ++t) of_each.push_back(samples(t));
  run.add(
      out, records, {name},
      [&](std::string_view, Index t) {
        return theory::contaminated_risk(std::span(of_each).first(static_cast<std::size_t>(t)), real,
                                         truth.heterozygosity());
      },
      [](const sim::table_row&) { return true; });
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"discrete_chains",
       "two symbols as a Markov chain: where it is absorbed, and what a prior or real draws make of it",
       {{"samples", "M", "samples per generation (default: 20)"},
        {"generations", "T", "refits under a prior (default: 60)"},
        {"replicates", "R", "runs behind each bar (default: 20000)"}}},
      [](example::session& run) {
        const Index samples = run.given.integer("samples", 20, 2), generations = run.number("generations", 60, 60);
        const Index replicates = run.number("replicates", 20'000, 2'000);
        run.record().set("samples", samples).set("replicates", replicates);
        const Eigen::MatrixXd free = theory::wright_fisher_matrix(samples),
                              mean = theory::pseudo_count_matrix(samples, a, b),
                              sampled = theory::posterior_sampling_matrix(samples, a, b);
        sim::table out({"chain"});
        const std::vector<double> five{0.4, 0.3, 0.15, 0.1, 0.05};
        absorb(run, five, samples, replicates, out);
        absorb(run, {0.7, 0.3}, samples, replicates, out);
        count(run, "posterior mean", sim::beta_bernoulli_estimator({a, b}, sim::posterior::mean), mean, generations,
              replicates, out);
        count(run, "posterior samples", sim::beta_bernoulli_estimator({a, b}, sim::posterior::sample), sampled, generations,
              replicates, out);
        for (const double real : {0.0, 0.05, 0.2}) {
          contaminate(run, five, real, "constant", samples, generations, replicates / 10, out);
          contaminate(run, five, real, "growing", sim::schedule::linear(samples, samples), generations, replicates / 10,
                      out);
        }
        run.save(
            out,
            discrete_chains::picture(
                out, {{"no prior (Wright and Fisher)", free}, {"posterior mean", mean}, {"posterior samples", sampled}}),
            1850, 860);
      });
}
