// The discrete case, exactly. With two symbols and M samples a generation the count of one of them is a Markov chain with M + 1 states, and its
// matrix says everything: without a prior it ends at 0 or M, at each with the probability that the symbol had in the beginning; a prior
// makes it come back. A learner who reports the posterior's mean stays near the prior's centre; where each learner *samples* the posterior,
// the chain forgets the truth and keeps the prior (Griffiths and Kalish 2007).
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

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN(), a = 0.8, b = 2.4, start = 0.7;

/// The law of the counts that model n is fitted to: binomial, and then steps of the chain.
std::vector<double> law_after(const Eigen::MatrixXd& chain, Index n) {
  const double m = static_cast<double>(chain.rows() - 1);
  Eigen::RowVectorXd law(chain.cols());
  for (Index k = 0; k < law.size(); ++k) {
    const auto j = static_cast<double>(k);
    law[k] = std::exp(std::lgamma(m + 1) - std::lgamma(j + 1) - std::lgamma(m - j + 1) + j * std::log(start) +
                      (m - j) * std::log1p(-start));
  }
  for (Index i = 1; i < n; ++i) law = (law * chain).eval();
  return {law.begin(), law.end()};
}

/// One number for each count from 0 to M: whether it is this generation's.
struct counted {
  Index samples;
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (Index k = 0; k <= samples; ++k) all.push_back("count_" + std::to_string(k));
    return all;
  }
  template <class Generation>
  void operator()(const Generation& g, std::span<double> out) const {
    const auto count = static_cast<std::size_t>(std::lround(g.data.summary.sum().value()));
    for (std::size_t k = 0; k < out.size(); ++k) out[k] = k == count ? 1 : 0;
  }
};

/// An event has a usable standard error where a hundred are expected on either side.
bool trusted(const sim::table_row& row) {
  const auto n = static_cast<double>(row.values.count);
  return row.metric == "fixation_time" || (row.theory * n >= 100 && (1 - row.theory) * n >= 100);
}

template <class Estimator>
void count(example::session& run, const std::string& name, const Estimator& fit, const Eigen::MatrixXd& chain,
           Index generations, Index replicates, sim::table& out) {
  if (run.stopped()) return;
  sim::replication many = run.replication(replicates, name);
  many.generations = {generations};
  const auto records =
      sim::run_ensemble(sim::experiment{sim::bernoulli(start), fit, sim::replace{}},
                        {.generations = generations, .samples = chain.rows() - 1, .how = sim::draw::collapsed}, many,
                        run.threads(), counted{chain.rows() - 1});
  const std::vector<double> law = law_after(chain, generations);
  run.add(
      out, records, {name},
      [&](std::string_view metric, Index) {
        return law[static_cast<std::size_t>(std::stol(std::string(metric.substr(6))))];
      },
      trusted);
}

/// Which symbol is left, and since when.
struct ends {
  Index symbols;
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all{"fixation_time"};
    for (Index i = 0; i < symbols; ++i) all.push_back("left_" + std::to_string(i));
    return all;
  }
  template <class Generation>
  sim::flow operator()(const Generation& g, std::span<double> out) const {
    const bool done = g.model.surviving() == 1;
    out[0] = done ? static_cast<double>(g.number) : std::numeric_limits<double>::infinity();
    for (Index i = 0; i < symbols; ++i) out[static_cast<std::size_t>(i) + 1] = g.model.probability(i) == 1 ? 1 : 0;
    return done ? sim::flow::stop : sim::flow::go_on;  // what it said last stands
  }
};

void absorb(example::session& run, const std::vector<double>& p, Index samples, Index replicates, sim::table& out) {
  const auto symbols = static_cast<Index>(p.size());
  const Index last = 100 * samples;  // (1 - 1/M)^last = e^-100 are not there yet
  sim::replication many = run.replication(replicates, std::to_string(symbols) + " symbols");
  many.generations = {last};
  const auto records = sim::run_ensemble(
      sim::experiment{sim::categorical(p), sim::categorical_estimator(symbols), sim::replace{}},
      {.generations = last, .samples = samples, .how = sim::draw::collapsed}, many, run.threads(), ends{symbols});
  run.add(
      out, records, {std::to_string(symbols) + " symbols"},
      [&](std::string_view metric, Index) {
        if (metric == "fixation_time") return symbols == 2 ? theory::mean_fixation_time(p[1], samples) : unknown;
        return p[static_cast<std::size_t>(std::stol(std::string(metric.substr(5))))];
      },
      trusted);
}

/// Bars of a metric's numbered family, with their exact values.
std::string bars(example::figure& f, const std::string& name, const std::string& family, int colour) {
  const example::curve c = f.over(
      name + " " + family,
      [=](const sim::table_row& row) { return row.conditions[0] == name && row.metric.starts_with(family); },
      [family](const sim::table_row& row) { return std::stod(row.metric.substr(family.size())); });
  return "plot " + c.name + " using 1:2 with boxes lt " + std::to_string(colour) + " title 'runs', " + c.name +
         " using 1:5 with points pt 6 ps 0.9 lc black title 'exact'\n";
}

example::figure picture(const sim::table& out, const std::vector<std::pair<std::string, Eigen::MatrixXd>>& chains) {
  example::figure f(out);
  const auto m = std::to_string(chains.front().second.rows() - 1);
  f << "set multiplot layout 2,3 margins 0.05,0.97,0.08,0.95 spacing 0.07,0.16\nset style fill solid 0.5 noborder\n"
    << "set palette defined (0 'white', 0.05 '#cfe3f3', 0.3 '#0072b2', 1 '#00263d')\nunset colorbox\nset cbrange [0:0.5]\n"
    << "set xrange [-0.5:" + m + ".5]\nset yrange [-0.5:" + m + ".5]\n"
    << "set xlabel 'count in the next generation' offset 0,0.4\nset ylabel 'count' offset 1,0\n";
  for (const auto& [name, chain] : chains) {
    std::vector<std::vector<double>> lines;
    for (Index j = 0; j < chain.rows(); ++j) {
      const Eigen::RowVectorXd line = chain.row(j);
      lines.emplace_back(line.begin(), line.end());
    }
    f << "set title '" + name + "'\nplot " + f.numbers(name + ": from row to column", lines) +
             " matrix with image notitle\n";
  }
  f << "unset ylabel\nset yrange [0:*]\nset boxwidth 0.7\nset offsets 0,0,graph 0.15,0\nset xrange [-0.6:4.6]\nset xlabel "
       "'symbol' offset 0,0.4\n"
    << "set title 'no prior: which symbol is left in the end'\n"
    << bars(f, "5 symbols", "left_", 1) << "set xrange [-0.6:" + m + ".6]\nset xlabel 'count' offset 0,0.4\n"
    << "set title 'posterior mean: counts in the end'\n"
    << bars(f, "posterior mean", "count_", 2) << "set title 'posterior samples: the prior is left'\n"
    << bars(f, "posterior samples", "count_", 3);
  return f;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"discrete_chains",
       "two symbols as a Markov chain: where it is absorbed, and what a prior makes of it",
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
        absorb(run, {0.4, 0.3, 0.15, 0.1, 0.05}, samples, replicates, out);
        absorb(run, {0.7, 0.3}, samples, replicates, out);
        count(run, "posterior mean", sim::beta_bernoulli_estimator({a, b}, sim::posterior::mean), mean, generations,
              replicates, out);
        count(run, "posterior samples", sim::beta_bernoulli_estimator({a, b}, sim::posterior::sample), sampled, generations,
              replicates, out);
        run.save(
            out,
            picture(out, {{"no prior (Wright and Fisher)", free}, {"posterior mean", mean}, {"posterior samples", sampled}}),
            1400, 860);
      });
}
