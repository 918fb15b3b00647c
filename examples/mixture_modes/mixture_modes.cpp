// When does a mixture lose a mode? Well-separated Gaussians are refitted to their own samples with the labels known: then the
// weights are the Wright-Fisher chain of population genetics (Wright 1931) exactly, whatever the components do, and a mode that
// gets no sample is gone. Beside it EM, which must find the labels out, and for which there is no such theory.
//
// Builds on: discrete_walk, mixture_walk. New here: data with labels (`labelled_mixture`), whose draws can be collapsed:
// multinomial counts, and the exact law of each component's moments.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/mixture.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory.hpp>

#include "common/session.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
using law = sim::gaussian_mixture<double, 1>;

/// Modes of standard deviation 1 on a line, `apart` from one to the next, rare and frequent ones in turn.
struct modes {
  std::vector<double> weights;
  double apart;

  [[nodiscard]] law truth() const {
    std::vector<sim::gaussian<double, 1>> components;
    for (std::size_t j = 0; j < weights.size(); ++j) components.emplace_back(apart * static_cast<double>(j), 1.0);
    return {weights, components};
  }
  [[nodiscard]] double heterozygosity() const {
    double same = 0;
    for (const double w : weights) same += w * w;
    return 1 - same;
  }
};

struct setting {
  std::string estimator;  ///< labelled, em
  Index samples;
  double floor, apart;
};

std::vector<std::string> conditions(const setting& s) {
  return {s.estimator, std::to_string(s.samples), sim::argument::text(s.apart), sim::argument::text(s.floor)};
}

const law& plain(const law& p) { return p; }
const law& plain(const sim::labelled_mixture<double, 1>& p) { return p.law(); }

/// Reads the weights of the truth's modes. With labels known they are the components'. Without, a component belongs to the mode
/// whose mean its own is nearest to; a mode is lost when no component belongs to it.
class mode_probe {
 public:
  mode_probe(modes of, bool labels) : of_(std::move(of)), labels_(labels) {}

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all{"heterozygosity", "modes_left", "weight_error_sq"};
    for (std::size_t j = 1; j <= of_.weights.size(); ++j) all.push_back("lost_" + std::to_string(j));
    return all;
  }

  template <class Generation>
  void operator()(const Generation& g, std::span<double> out) {
    const law& now = plain(g.model);
    const std::size_t k = of_.weights.size();
    std::vector<double> w(k, 0.0);
    for (Index j = 0; j < now.size(); ++j) {
      auto mode = static_cast<std::size_t>(j);
      if (!labels_) {
        const double nearest = std::round(now.component(j).mean()[0] / of_.apart);
        mode = static_cast<std::size_t>(std::clamp(nearest, 0.0, static_cast<double>(k - 1)));
      }
      w[mode] += now.weight(j);
    }
    double same = 0, off = 0, left = 0;
    for (std::size_t j = 0; j < k; ++j) {
      same += w[j] * w[j];
      off += (w[j] - of_.weights[j]) * (w[j] - of_.weights[j]);
      left += w[j] > 0 ? 1 : 0;
      out[3 + j] = w[j] > 0 ? 0 : 1;
    }
    out[0] = 1 - same;
    out[1] = left;
    out[2] = off;
  }

 private:
  modes of_;
  bool labels_;
};

/// "lost_3" -> 3
std::size_t number_in(std::string_view metric) {
  return static_cast<std::size_t>(std::stol(std::string(metric.substr(metric.rfind('_') + 1))));
}

double expected(const modes& m, const setting& s, std::string_view metric, Index t) {
  if (s.estimator != "labelled") return unknown;
  if (metric == "heterozygosity") return theory::heterozygosity(m.heterozygosity(), s.samples, t);
  if (metric == "weight_error_sq") return theory::squared_drift(m.heterozygosity(), s.samples, t);
  if (metric == "modes_left") return theory::distinct_symbols(m.weights, s.samples, t);
  return theory::extinction_probability(m.weights[number_in(metric) - 1], s.samples, t);
}

/// An event that hardly any replicate sees, or hardly any misses, has no usable standard error: fifty are wanted on either side.
bool trusted(const modes& m, const setting& s, const sim::table_row& row) {
  const auto n = static_cast<double>(row.values.count);
  const auto both = [n](double yes, double no) { return yes * n >= 50 && no * n >= 50; };
  if (row.metric.starts_with("lost_")) return both(row.theory, 1 - row.theory);
  // Once hardly any lineage has two modes left (then two draws differ in a third of cases), the same holds of the others.
  if (!(theory::heterozygosity(m.heterozygosity(), s.samples, row.generation) * n >= 50.0 / 3)) return false;
  if (row.metric == "modes_left") return both(static_cast<double>(m.weights.size()) - row.theory, row.theory - 1);
  return true;
}

template <class Truth, class Estimator>
void walk(example::session& run, const modes& m, const setting& s, const Truth& truth, const Estimator& fit,
          Index generations, Index replicates, sim::table& out) {
  auto many = run.replication(replicates, s.estimator);
  many.generations = example::spread(generations);
  for (double t = 1; t < static_cast<double>(generations); t = std::max(t + 1, 1.1 * t))
    many.generations.push_back(static_cast<Index>(t));
  std::sort(many.generations.begin(), many.generations.end());
  many.generations.erase(std::unique(many.generations.begin(), many.generations.end()), many.generations.end());
  const bool labels = s.estimator == "labelled";
  // A lineage goes on when its modes have become points: which of them is drawn does not depend on their spread.
  const sim::plan how{.generations = generations, .samples = s.samples, .stop = {.resolution = false}};
  const auto records =
      sim::run_ensemble(sim::experiment{truth, fit, sim::replace{}}, how, many, run.threads(), mode_probe(m, labels));
  run.add(
      out, records, conditions(s), [&](std::string_view metric, Index t) { return expected(m, s, metric, t); },
      [&](const sim::table_row& row) { return trusted(m, s, row); });
}

/// One lineage with labels, for the picture: which modes are left, and how wide they are, generation by generation.
std::vector<std::vector<std::vector<double>>> one_run(example::session& run, const modes& m, const setting& s,
                                                      Index generations) {
  std::vector<std::vector<std::vector<double>>> lines(m.weights.size());
  const sim::experiment what{sim::labelled_mixture<double, 1>(m.truth()),
                             sim::labelled_mixture_estimator<double, 1>(sim::divisor::n, {.shrinkage = 0, .floor = s.floor}),
                             sim::replace{}};
  sim::run_lineage(
      what, {.generations = generations, .samples = s.samples, .stop = {.resolution = false}}, sim::stream(run.seed()),
      [&](const auto& g) {
        const law& now = plain(g.model);
        for (Index j = 0; j < now.size(); ++j)
          if (now.weight(j) > 0)
            lines[static_cast<std::size_t>(j)].push_back({static_cast<double>(g.number), now.component(j).mean()[0],
                                                          std::sqrt(now.component(j).variance()), now.weight(j)});
      });
  return lines;
}

example::figure picture(const sim::table& out, const modes& m, const std::vector<setting>& settings, Index generations,
                        const std::vector<std::vector<std::vector<double>>>& lines) {
  example::figure f(out);
  f << "set multiplot layout 2,2 margins 0.06,0.985,0.08,0.95 spacing 0.075,0.14\nset xlabel 'generation' offset 0,0.4\n"
    << example::log_axis("x") << "set xrange [1:" + std::to_string(generations) + "]\n";

  example::plot_list one;
  for (std::size_t j = 0; j < lines.size(); ++j) {
    if (lines[j].empty()) continue;
    const std::string name =
        f.numbers("mode " + std::to_string(j + 1) + " of one run: generation, mean, sd, weight", lines[j]);
    const std::string lt = std::to_string(j + 1);
    one.add(name + " using 1:($2-2*$3):($2+2*$3) with filledcurves lt " + lt + " notitle");
    one.add(name + " using 1:2 with lines lt " + lt + " notitle");
  }
  f << "set title \"one run, labels known: modes, two standard deviations wide\"\nset yrange [" +
           sim::argument::text(-0.5 * m.apart) + ":" +
           sim::argument::text(m.apart * (static_cast<double>(m.weights.size()) - 0.5)) + "]\n"
    << one.text();

  const auto lost = [&](const setting& s) {
    example::plot_list list;
    for (std::size_t j = 0; j < m.weights.size(); ++j) {
      const auto exact = f.over_generations(conditions(settings.front()), "lost_" + std::to_string(j + 1));
      const int colour = static_cast<int>(j) + 1;
      list.mean(f.over_generations(conditions(s), "lost_" + std::to_string(j + 1)), colour,
                "weight " + sim::argument::text(m.weights[j]));
      if (s.estimator != "labelled" && exact.has_theory)
        list.add(exact.name + " using 1:5 with lines lt " + std::to_string(colour) + " lw 1.5 dt (2,3) notitle");
    }
    return list.text("exact");
  };
  f << "set yrange [0:1]\nset key top left\nset title \"labels known: probability that a mode is lost\"\n"
    << lost(settings.front());
  f << "set title \"EM: probability that a mode is lost (dotted: with labels)\"\n"
    << (settings.size() > 1 ? lost(settings[1]) : example::plot_list().text());

  example::plot_list diversity;
  int colour = 0;
  for (const setting& s : settings)
    diversity.mean(f.over_generations(conditions(s), "heterozygosity"), ++colour,
                   s.estimator == "labelled" ? "labels known" : "EM");
  f << "set title \"probability that two draws come from different modes\"\nset key bottom left\n"
    << diversity.text("exact");
  return f;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"mixture_modes",
       "which modes does a mixture lose, and when? labels known, beside EM",
       {{"samples", "M", "fresh samples per generation (default: 30)"},
        {"apart", "DELTA", "distance of neighbouring modes in standard deviations (default: 10)"},
        {"generations", "T", "refits (default: 200)"},
        {"replicates", "R", "runs behind each mean with labels (default: 2000)"},
        {"em-replicates", "R", "runs behind each mean of EM (default: 1000)"},
        {"floor", "R", "variance that is added to every component (default: 0 with labels, 1e-6 for EM)"},
        {"estimator", "NAME", "labelled, em (default: both)"}}},
      [](example::session& run) {
        const modes m{{0.15, 0.5, 0.05, 0.3}, run.given.real("apart", 10)};
        if (!(m.apart > 0)) throw example::usage_error("--apart must be > 0");
        const Index samples = run.given.integer("samples", 30, 2), generations = run.number("generations", 200, 100);
        const Index replicates = run.number("replicates", 2000, 1000),
                    em_replicates = run.number("em-replicates", 1000, 100);
        const std::string only = run.given.choice("estimator", "both", {"both", "labelled", "em"});
        run.record().set("samples", samples).set("generations", generations).set("apart", m.apart);

        std::vector<setting> settings;
        if (only != "em") settings.push_back({"labelled", samples, run.given.real("floor", 0), m.apart});
        if (only != "labelled") settings.push_back({"em", samples, run.given.real("floor", 1e-6), m.apart});
        sim::table out({"estimator", "samples", "apart", "floor"});
        for (const setting& s : settings) {
          if (run.stopped()) break;
          if (s.estimator == "labelled")
            walk(run, m, s, sim::labelled_mixture<double, 1>(m.truth()),
                 sim::labelled_mixture_estimator<double, 1>(sim::divisor::n, {.shrinkage = 0, .floor = s.floor}),
                 generations, replicates, out);
          else
            walk(run, m, s, m.truth(),
                 sim::mixture_estimator<double, 1>(
                     {.components = static_cast<Index>(m.weights.size()), .restarts = 3, .floor = s.floor}),
                 generations, em_replicates, out);
        }
        const auto lines = one_run(run, m, {"labelled", samples, run.given.real("floor", 0), m.apart}, generations);
        run.save(out, picture(out, m, settings, generations, lines), 1300, 850);
      });
}
