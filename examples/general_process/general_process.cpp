// The process that Shumailov et al. (2024) write down and leave: the next data are alpha of the newly fitted model, beta of the law of the last
// data, gamma of the truth. With gamma = 0 errors add up for ever, however old the data may be; with any gamma > 0 they settle, and
// where they settle is known exactly. Old data (beta) slow the walk down and, at the same gamma, end nearer to the truth.
//
// Builds on: recipes. New here: the recipe of that name, whose data are drawn from laws that reach back to the beginning; stationary values.

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory/general_process.hpp>

#include "common/session.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;

namespace {

struct shares {
  double old, truth;  // beta and gamma; alpha is what is left
  [[nodiscard]] double fresh() const { return 1 - old - truth; }
};

struct setting {
  Index samples, generations, replicates;
  sim::divisor by;
};

/// Model t is fitted to data t - 1 steps from the truth.
double expected(const shares& part, const setting& s, std::string_view metric, Index t) {
  const auto at = theory::mixture_gaussian_moments(part.fresh(), part.old, part.truth, s.samples, t - 1, s.by);
  return metric == "mean_error_sq" ? at.fitted_mean_error : at.fitted_variance;
}

/// After so many steps that nothing changes any more.
double stationary(const shares& part, const setting& s, std::string_view metric) {
  return expected(part, s, metric, Index{1} << 40);
}

std::vector<std::string> conditions(const shares& part) {
  return {sim::argument::text(part.old), sim::argument::text(part.truth)};
}

void walk(example::session& run, const shares& part, const setting& s, sim::table& out) {
  if (run.stopped()) return;
  sim::replication many = run.replication(s.replicates, "old " + conditions(part)[0] + ", real " + conditions(part)[1]);
  many.generations = example::spread(s.generations);
  const sim::gaussian<double, 1> truth(0, 1);
  const sim::experiment what{truth, sim::gaussian_estimator<double, 1>(s.by),
                             sim::general_process(part.fresh(), part.old, part.truth)};
  const auto records =
      sim::run_ensemble(what, {.generations = s.generations, .samples = s.samples}, many, run.threads(),
                        sim::metric{"mean_error_sq", [](const auto& g) { return std::pow(g.model.mean()[0], 2); }},
                        sim::metric{"variance", [](const auto& g) { return g.model.variance(); }});
  run.add(
      out, records, conditions(part), [&](std::string_view metric, Index t) { return expected(part, s, metric, t); },
      // Without real data a few replicates carry the mean, once the generations are as many as the samples.
      [&](const sim::table_row& row) { return part.truth > 0 || row.generation * 3 <= s.samples; });
}

example::figure picture(const sim::table& out, const std::vector<double>& old, const std::vector<double>& real,
                        const setting& s) {
  example::figure f(out);
  f << "set multiplot layout 1,2 margins 0.07,0.985,0.13,0.91 spacing 0.08\n"
    << example::log_axis("x") << example::log_axis("y") << "set xlabel 'generation' offset 0,0.4\n"
    << "set key top left\nset title 'squared error of the mean, no old data; dotted: where it settles'\n";
  example::plot_list path, ends;
  int colour = 0;
  for (const double truth : real) {
    path.mean(f.over_generations(conditions({0, truth}), "mean_error_sq"), ++colour,
              sim::argument::text(100 * truth) + " % real");
    if (truth > 0)
      path.add("(x < " + sim::argument::text(0.3 * static_cast<double>(s.generations)) +
               " ? NaN : " +  // clear of the legend
               sim::argument::text(stationary({0, truth}, s, "mean_error_sq")) + ") with lines lw 2 dt (1,2) lt " +
               std::to_string(colour) + " notitle");
  }
  f << path.text() << "set xlabel 'share of real data' offset 0,0.4\nset key top right\n"
    << "set title 'squared error of the mean, generation " + std::to_string(s.generations) + "; dashed: stationary'\n";
  colour = 0;
  for (const double before : old) {
    std::vector<std::vector<double>> exact;
    for (double truth = real[1]; truth <= 0.4001; truth *= 1.05)
      exact.push_back({truth, stationary({before, truth}, s, "mean_error_sq")});
    const std::string line = f.numbers("stationary, old data " + sim::argument::text(before), exact);
    const example::curve points = f.over(
        "old " + sim::argument::text(before),
        [=, last = s.generations](const sim::table_row& row) {
          return row.metric == "mean_error_sq" && row.generation == last &&
                 row.conditions[0] == sim::argument::text(before) && row.conditions[1] != "0";
        },
        [](const sim::table_row& row) { return std::stod(row.conditions[1]); });
    ends.add(points.name + " using 1:2:6 with yerrorbars pt 7 lt " + std::to_string(++colour) + " title '" +
             sim::argument::text(100 * before) + " % old data'");
    ends.theory(line + " using 1:2");
  }
  f << ends.text("stationary");
  return f;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"general_process",
       "data of which alpha are new, beta old and gamma real: where a Gaussian chain settles",
       {{"samples", "M", "samples per generation (default: 100)"},
        {"generations", "T", "refits (default: 200)"},
        {"replicates", "R", "runs behind each mean (default: 400)"},
        example::divisor_flag()}},
      [](example::session& run) {
        const setting s{run.given.integer("samples", 100, 2), run.number("generations", 200, 100),
                        run.number("replicates", 400, 200), run.by()};
        run.record().set("samples", s.samples).set("generations", s.generations).set("replicates", s.replicates);
        const std::vector<double> old = run.quick() ? std::vector<double>{0, 0.5} : std::vector<double>{0, 0.3, 0.6};
        const std::vector<double> real =
            run.quick() ? std::vector<double>{0, 0.05, 0.2} : std::vector<double>{0, 0.02, 0.05, 0.1, 0.2, 0.4};
        sim::table out({"old", "real"});
        for (const double before : old)
          for (const double truth : real) walk(run, {before, truth}, s, out);
        run.save(out, picture(out, old, real, s), 1300, 520);
      });
}
