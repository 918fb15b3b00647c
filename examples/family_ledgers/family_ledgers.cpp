// The ledger where models are no Gaussians. Above: n-grams of a language that looks further back than they do. Too short a history is expressivity error; a
// longer one costs statistical error, and from some order on more than it saves. Below: probabilistic PCA of ten coordinates. Too few latent
// dimensions are expressivity error, an EM search that stops early is approximation error; both in closed form.
//
// Builds on: error_ledger, language_walk, digits_walk. New here: the ledger of risk (Kullback-Leibler divergence, which splits exactly).

#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/gaussian.hpp>
#include <simulacra/language.hpp>
#include <simulacra/latent.hpp>
#include <simulacra/ledger.hpp>
#include <simulacra/recursion.hpp>

#include "common/session.hpp"

namespace sim = simulacra;
using sim::Index;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// What theory says of the first fit's terms; NaN: nothing.
struct first_fit {
  double expressivity = unknown, approximation = unknown;
};

template <class Truth, class Estimator>
void study(example::session& run, const std::string& family, const std::string& knob, Index at, const Truth& truth,
           const Estimator& fit, Index samples, Index generations, Index replicates, const first_fit& exact,
           sim::table& out) {
  const sim::experiment what{truth, fit, sim::replace{}};
  auto many = run.replication(replicates, family + ", " + knob + " " + std::to_string(at));
  many.generations = example::spread(generations);
  const auto records = sim::run_ensemble(what, {.generations = generations, .samples = samples}, many, run.threads(),
                                         sim::risk_ledger(what, {.reference = 100}));
  run.add(
      out, records, {family, knob, std::to_string(at), std::to_string(samples)},
      [&](std::string_view metric, Index t) {
        if (t > 1) return unknown;
        return metric == "risk_expressivity"    ? exact.expressivity
               : metric == "risk_approximation" ? exact.approximation
                                                : unknown;
      },
      [](const sim::table_row&) { return true; });
}

/// An n-gram of each order, fitted to blocks of a language of order 3 on five words.
template <int N>
void ngrams(example::session& run, const sim::ngram& truth, Index samples, Index replicates, sim::table& out) {
  if (run.stopped()) return;
  const sim::ngram_estimator<N> fit(
      {.by = sim::ngram_smoothing::witten_bell, .symbols = 5 + static_cast<Index>(sim::first_word)});
  const double exact = sim::cross_entropy(truth, fit.project(truth)) - sim::entropy(truth);
  study(run, "n-gram", "order", N, truth, fit, samples, 3, replicates, {exact, 0}, out);
}

/// Ten coordinates whose variances fall by half from one to the next: PPCA with q latent dimensions has a closed-form divergence.
sim::gaussian<> falling() {
  sim::square<> c = sim::square<>::Zero(10, 10);
  for (Index k = 0; k < 10; ++k) c(k, k) = std::pow(0.5, static_cast<double>(k));
  return {sim::point<>::Zero(10), c};
}

double least_divergence(Index latent) {
  double mean = 0, sum = 0;
  for (Index k = latent; k < 10; ++k) mean += std::pow(0.5, static_cast<double>(k)) / static_cast<double>(10 - latent);
  for (Index k = latent; k < 10; ++k) sum += 0.5 * (std::log(mean) + static_cast<double>(k) * std::log(2.0));
  return sum;
}

void principal_components(example::session& run, const std::string& knob, Index at, Index latent, Index steps, Index samples,
                          Index replicates, sim::table& out) {
  if (run.stopped()) return;
  const auto truth = falling();
  const sim::ppca_estimator<> fit(sim::divisor::n,
                                  {.latent = latent,
                                   .method = steps > 0 ? sim::ppca_method::em : sim::ppca_method::closed_form,
                                   .tolerance = 0,
                                   .max_iterations = steps > 0 ? steps : 1});
  const double least = least_divergence(latent);
  const double reached = sim::kl_divergence(truth, fit.population_fit(truth).as_gaussian());
  // An exact fit is exact; what steps of EM leave is the difference of two divergences, which says little once it is small.
  const double left = steps == 0 ? 0 : reached - least > 1e-3 ? reached - least : unknown;
  study(run, "PPCA", knob, at, truth, fit, samples, 3, replicates, {least, left}, out);
}

void panel(example::figure& f, const std::string& family, const std::string& knob, Index samples, const std::string& title,
           const std::string& axis, bool logarithmic) {
  example::plot_list list;
  int colour = 0;
  for (const std::string what : {"expressivity", "approximation", "statistical"})
    list.mean(f.over(
                  family + " " + knob + " " + what + ", first fit",
                  [&](const sim::table_row& row) {
                    return row.metric == "risk_" + what && row.generation == 1 && row.conditions[0] == family &&
                           row.conditions[1] == knob && row.conditions[3] == std::to_string(samples);
                  },
                  [](const sim::table_row& row) { return std::stod(row.conditions[2]); }),
              ++colour, what);
  f << (logarithmic ? example::log_axis("x") : example::linear_axis("x"))
    << (logarithmic ? "set xtics autofreq\n" : "set xtics 1\n") << "set xlabel '" + axis + "' offset 0,0.4\n"
    << "set title \"" + title + "\"\n"
    << list.text("exact");
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"family_ledgers",
       "the ledger of risk for n-grams and for probabilistic PCA",
       {{"replicates", "R", "runs behind each mean of PPCA (default: 400); of n-grams there are 100"}}},
      [](example::session& run) {
        const Index replicates = run.number("replicates", 400, 100);
        run.record().set("replicates", replicates);
        sim::stream rng({run.seed(), 7}, {});
        const sim::ngram truth =
            sim::random_markov_source({.order = 3, .words = 5, .concentration = 1, .zipf = 0.5, .length = 20}, rng);
        sim::table out({"family", "knob", "at", "samples"});
        for (const Index blocks : run.quick() ? std::vector<Index>{30} : std::vector<Index>{30, 1000}) {
          ngrams<1>(run, truth, blocks, 100, out);
          ngrams<2>(run, truth, blocks, 100, out);
          ngrams<3>(run, truth, blocks, 100, out);
          if (run.quick()) continue;
          ngrams<4>(run, truth, blocks, 100, out);
          ngrams<5>(run, truth, blocks, 100, out);
        }
        for (const Index q : {1, 2, 3, 4, 5, 6, 7}) principal_components(run, "latent", q, q, 0, 100, replicates, out);
        for (const Index steps : {1, 2, 3, 5, 8, 13, 21, 34, 55})
          principal_components(run, "EM steps", steps, 3, steps, 100, replicates, out);

        example::figure f(out);
        f << "set multiplot layout 2,2 margins 0.07,0.985,0.09,0.94 spacing 0.08,0.16\n"
          << example::log_axis("y") << "set yrange [1e-5:*]\nset key bottom left\n";
        panel(f, "n-gram", "order", 30, "n-grams, 30 blocks of 20 words: KL in nats a block", "order", false);
        f << "unset key\n";
        panel(f, "n-gram", "order", 1000, "n-grams, 1000 blocks", "order", false);
        panel(f, "PPCA", "latent", 100, "PPCA, exact fits to 100 draws", "latent dimensions", false);
        panel(f, "PPCA", "EM steps", 100, "PPCA with 3 latent dimensions", "steps of EM", true);
        run.save(out, f, 1200, 800);
      });
}
