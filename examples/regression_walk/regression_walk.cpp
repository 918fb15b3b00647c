// What do labels of labels teach? Linear regression by least squares, refitted again and again to labels that the last fit has made,
// as in Gerstgrasser et al. (2024), "Is model collapse inevitable?": if labels are replaced, errors add up for ever; if all are kept,
// the error of the n-th fit is 1 + 1/4 + ... + 1/n^2 times that of the first, so never more than pi^2/6 times. That is exact where
// the *same* inputs are labelled in every generation. With fresh inputs the sum is another one, and a little less.
//
// Builds on: recipes. New here: labelled data (a law of pairs), an estimator that is told the law of inputs and the noise of its
// labels, and the excess risk in closed form. Draws are collapsed: cross moments from their exact law, whatever the rows.

#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <simulacra/linear.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory.hpp>

#include "common/session.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;

namespace {

struct setting {
  Index inputs, rows, generations, replicates;
};

/// The risk after n fits over that of the first, E |w - w*|^2 under the inputs' law.
double expected(const std::string& recipe, bool fixed, const setting& s, Index n) {
  if (recipe == "replace") return static_cast<double>(n);
  const auto risk = [&](Index t) {
    return fixed ? theory::regression_risk_accumulate_fixed(s.inputs, s.rows, t)
                 : theory::regression_risk_accumulate_fresh(s.inputs, s.rows, t);
  };
  return risk(n) / risk(1);
}

/// @param once  the risk of one fit to real labels
template <class Inputs, class Recipe>
void walk(example::session& run, const std::string& name, const std::string& recipe, const Inputs& inputs, double once,
          const Recipe& keeps, const setting& s, sim::table& out) {
  if (run.stopped()) return;
  const sim::regression_options noisy{.noise = sim::label_noise::known(1)};
  const sim::linear_model<Inputs> truth(sim::point<>::Ones(s.inputs), 1, inputs);
  const sim::experiment what{truth, sim::least_squares(inputs, noisy), keeps};
  const auto records = sim::run_ensemble(
      what, {.generations = s.generations, .samples = s.rows, .how = run.draw()},
      run.replication(s.replicates, name + ", " + recipe), run.threads(),
      sim::metric{"relative_risk", [once](const auto& g) { return sim::excess_risk(g.truth, g.model) / once; }});
  run.add(
      out, records, {name, recipe, std::to_string(s.inputs), std::to_string(s.rows)},
      [&](std::string_view, Index t) { return expected(recipe, name == "same inputs", s, t); },
      // A squared length in several directions; its tails are F's, which has moments enough from there on.
      [&](const sim::table_row&) { return s.rows > s.inputs + 9; });
}

example::figure picture(const sim::table& out, const setting& s) {
  example::figure f(out);
  f << "set multiplot layout 1,2 margins 0.06,0.985,0.13,0.92 spacing 0.06\nset xlabel 'generation' offset 0,0.4\n"
    << example::log_axis("x") << example::log_axis("y") << "set key top left\n";
  for (const std::string name : {"fresh inputs", "same inputs"}) {
    example::plot_list list;
    int colour = 0;
    for (const std::string recipe : {"replace", "accumulate"})
      list.band_and_mean(
          f.over_generations({name, recipe, std::to_string(s.inputs), std::to_string(s.rows)}, "relative_risk"), ++colour,
          recipe);
    list.add("pi**2/6 with lines lc rgb '#555555' lw 1.5 dt (1,3) title 'pi^2/6'");
    f << "set title \"" + name + ": risk over that of one fit\"\n" << list.text();
  }
  return f;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(argc, argv,
                      {"regression_walk",
                       "least squares, refitted to its own labels: replaced or kept, for fresh inputs or always the same",
                       {{"inputs", "D", "dimension of the inputs (default: 10)"},
                        {"samples", "M", "rows labelled per generation (default: 100)"},
                        {"generations", "T", "refits (default: 100)"},
                        {"replicates", "R", "runs behind each band (default: 1000)"},
                        example::draw_flag()}},
                      [](example::session& run) {
                        setting s{};
                        s.inputs = run.given.integer("inputs", 10, 1);
                        s.rows = run.given.integer("samples", 100, s.inputs + 2);
                        s.generations = run.number("generations", 100, 30);
                        s.replicates = run.number("replicates", 1000, 200);
                        run.record().set("generations", s.generations).set("replicates", s.replicates);
                        run.record().set("draw", run.given.text("draw", "cheapest"));

                        const auto d = static_cast<double>(s.inputs), m = static_cast<double>(s.rows);
                        const sim::gaussian<> fresh = sim::gaussian<>::standard(s.inputs);
                        sim::stream rng(run.seed());
                        const sim::fixed_inputs<> same(fresh.sample(s.rows, rng));
                        sim::table out({"inputs", "recipe", "dimension", "samples"});
                        walk(run, "fresh inputs", "replace", fresh, d / (m - d - 1), sim::replace{}, s, out);
                        walk(run, "fresh inputs", "accumulate", fresh, d / (m - d - 1), sim::accumulate{}, s, out);
                        // Over the rows of the design itself a fit has the risk d / m, whatever they are.
                        walk(run, "same inputs", "replace", same, d / m, sim::replace{}, s, out);
                        walk(run, "same inputs", "accumulate", same, d / m, sim::accumulate{}, s, out);
                        run.save(out, picture(out, s), 1300, 520);
                      });
}
