// What becomes of double descent when models learn from models? The shortest of the best weights, fitted to N rows in d dimensions, has an error
// that peaks where N comes to d (Hastie et al. 2022). Refitted to its own labels, a chain multiplies that peak; with fewer rows than inputs each
// fit also forgets a share of what the last one knew, so that far below the peak the chain ends where nothing is known.
//
// Builds on: regression_walk. New here: `minimum_norm`, to which too few rows are nothing unusual.

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <simulacra/families/linear/estimator.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory/mixed_labels.hpp>
#include <simulacra/theory/regression.hpp>

#include "common/session.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;

namespace {

constexpr double noise = 0.1;

/// The error after n fits, the truth's weights having the length 1. Next to the peak it is infinite.
double expected(Index d, Index rows, Index n) {
  if (rows < d - 1) return theory::minimum_norm_risk(d, rows, rows, n, 1, noise);
  if (rows > d + 1) return theory::regression_risk_replace(d, rows, n, noise);
  return std::numeric_limits<double>::infinity();
}

void walk(example::session& run, Index d, Index rows, Index generations, Index replicates, sim::table& out) {
  if (run.stopped()) return;
  const sim::gaussian<> inputs = sim::gaussian<>::standard(d);
  const sim::linear_model<> truth(sim::point<>::Unit(d, 0), noise, inputs);
  const sim::experiment what{truth, sim::minimum_norm(inputs, {.noise = sim::label_noise::known(noise)}), sim::replace{}};
  const auto records =
      sim::run_ensemble(what, {.generations = generations, .samples = rows, .how = run.draw()},
                        run.replication(replicates, "N = " + std::to_string(rows)), run.threads(),
                        sim::metric{"excess_risk", [](const auto& g) { return sim::excess_risk(g.truth, g.model); }});
  run.add(
      out, records, {std::to_string(d), std::to_string(rows)},
      [&](std::string_view, Index n) { return expected(d, rows, n); },
      // Near the peak the law of the error has no variance, and some way from it none that few runs would show.
      [&](const sim::table_row&) { return rows <= d - 15 || rows >= d + 15; });
}

example::figure picture(const sim::table& out, Index d, Index last) {
  example::figure f(out);
  f << "set multiplot layout 1,1 margins 0.08,0.97,0.17,0.93\n"
    << example::log_axis("y") << "set xlabel 'rows N' offset 0,0.4\nset ylabel 'error'\nset key top right\n"
    << "set title '" + std::to_string(d) + " inputs, minimum-norm fits of fits'\n";
  example::plot_list list;
  int colour = 0;
  for (const Index n : {Index{1}, Index{2}, last}) {
    const auto c = f.over(
        "generation " + std::to_string(n), [&](const sim::table_row& row) { return row.generation == n; },
        [](const sim::table_row& row) { return std::stod(row.conditions[1]); });
    const std::string lt = std::to_string(++colour);
    std::vector<std::vector<double>> fine;
    for (Index rows = 2; rows <= 3 * d; ++rows)
      fine.push_back({static_cast<double>(rows), expected(d, rows, n)});  // a gap where it is infinite
    list.add(f.numbers("theory", fine) + " using 1:2 with lines lw 1.5 lt " + lt + " notitle");
    list.add(c.name + " using 1:10 with points pt 7 ps 0.7 lt " + lt + " title 'generation " + std::to_string(n) + "'");
  }
  list.add("1 with lines lc rgb '#555555' dt (6,4) title 'a fit of 0'");
  f << list.text();
  return f;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(argc, argv,
                      {"double_descent",
                       "minimum-norm regression around as many rows as inputs, refitted to its own labels",
                       {{"inputs", "D", "dimension of the inputs (default: 50)"},
                        {"samples", "N", "rows labelled per generation, one number or several (default: 5 to 150)"},
                        {"generations", "T", "refits (default: 5)"},
                        {"replicates", "R", "runs behind each mean (default: 400)"},
                        example::draw_flag()}},
                      [](example::session& run) {
                        const Index d = run.given.integer("inputs", 50, 5), generations = run.number("generations", 5, 5);
                        const Index replicates = run.number("replicates", 400, 100);
                        run.record().set("generations", generations).set("replicates", replicates).set("inputs", d);
                        std::vector<Index> rows;
                        for (const int percent : {10, 20, 40, 60, 70, 80, 90, 94, 106, 110, 120, 130, 150, 200, 250, 300})
                          rows.push_back(d * percent / 100);
                        sim::table out({"dimension", "samples"});
                        for (const Index n : run.settings("samples", rows)) walk(run, d, n, generations, replicates, out);
                        run.save(out, picture(out, d, generations), 900, 560);
                      });
}
