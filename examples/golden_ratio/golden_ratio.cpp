// How much should real data weigh beside as much of the last model's? He et al. (2025) average a fit to real rows with one to synthetic rows:
// the best weight is 1 over the golden ratio. Who gives the rows of *one* fit these weights does something else, and has another best
// weight, and a smaller error: in one dimension both are known exactly.
//
// Builds on: strong_collapse. New here: a summary is reweighted before it is merged, which is what a weight of rows is.

#include <cmath>
#include <string>
#include <vector>

#include <simulacra/families/linear/estimator.hpp>
#include <simulacra/theory/averaged_fits.hpp>

#include "common/replicated.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;

namespace {

constexpr Index rows = 10, generations = 40;  // real rows, and as many synthetic ones
using model = sim::linear_model<>;
using summary = model::summary;

const sim::gaussian<> inputs = sim::gaussian<>::standard(1);
const model truth(sim::point<>::Ones(1), 1, inputs);
const sim::least_squares fit(inputs, {.noise = sim::label_noise::known(1)});

summary drawn(const model& m, sim::stream& rng) { return m.sample_summary(rows, sim::as<summary>{}, rng); }

/// The error at the end of a chain in which real rows have a weight.
double of_chain(bool one_fit, double weight, sim::stream& rng) {
  model last = fit.fit(drawn(truth, rng)).model;
  for (Index t = 1; t < generations; ++t) {
    summary real = drawn(truth, rng), synthetic = drawn(last, rng);
    if (one_fit) {
      real.reweight(weight);
      synthetic.reweight(1 - weight);
      real.merge(synthetic);
      last = fit.fit(real).model;
    } else {
      const double a = fit.fit(real).model.weights()[0], b = fit.fit(synthetic).model.weights()[0];
      last = model(sim::point<>::Constant(1, weight * a + (1 - weight) * b), 1, inputs);
    }
  }
  return sim::excess_risk(truth, last);
}

double expected(bool one_fit, double weight) {
  if (!one_fit) return theory::averaged_fits_risk(1, rows, rows, weight, generations);
  const auto step = theory::weighted_fit_step(rows, rows, weight);
  double risk = 1.0 / static_cast<double>(rows - 2);
  for (Index t = 1; t < generations; ++t) risk = step.factor * risk + step.noise;
  return risk;
}

/// Where the long run's error of one weighted fit is least.
double best_of_one_fit() {
  double a = 0.3, b = 0.99;
  const auto risk = [](double w) { return theory::risk_step_limit(theory::weighted_fit_step(rows, rows, w)); };
  while (b - a > 1e-7) {
    const double x = a + (b - a) / 3, y = b - (b - a) / 3;
    (risk(x) < risk(y) ? b : a) = risk(x) < risk(y) ? y : x;
  }
  return (a + b) / 2;
}

example::figure picture(const sim::table& out) {
  example::figure f(out);
  f << "set multiplot layout 1,2 margins 0.07,0.985,0.2,0.92 spacing 0.06\nset xlabel 'weight of real data'\nset xrange "
       "[0.27:0.98]\n"
    << "set yrange [0.06:0.13]\n"
    << "set key at graph 0.5,0.97 center top\n";
  for (const bool one_fit : {false, true}) {
    const std::string what = one_fit ? "one weighted fit" : "two fits averaged";
    const auto c = f.over(
        what, [&](const sim::table_row& row) { return row.conditions[0] == what; },
        [](const sim::table_row& row) { return std::stod(row.conditions[1]); });
    std::vector<std::vector<double>> fine;
    for (double w = 0.3; w <= 0.9501; w += 0.01) fine.push_back({w, expected(one_fit, w)});
    const std::string line = f.numbers("theory", fine);
    const double best = one_fit ? best_of_one_fit() : theory::averaged_fits_weight(1, rows, rows);
    const std::string at = sim::argument::text(best);
    f << "set title sprintf('" + what + ": least at %.3f', " + at + ")\n"
      << "set arrow 1 from " + at + ", graph 0 to " + at + ", graph 1 nohead lc rgb '#555555' dt (1,3)\n";
    example::plot_list list;
    list.add(line + " using 1:2 with lines lw 1.5 lt 8 title 'theory'");
    list.add(c.name + " using 1:2:6 with yerrorbars pt 7 ps 0.7 lt " + std::string(one_fit ? "2" : "1") +
             " title 'error after 40 generations'");
    f << list.text();
  }
  return f;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"golden_ratio",
       "least squares on real and synthetic rows with weights: two fits that are averaged, and one weighted fit",
       {{"replicates", "R", "runs behind each mean (default: 5000)"}}},
      [](example::session& run) {
        const Index replicates = run.number("replicates", 5000, 500);
        run.record().set("replicates", replicates).set("best_weight_of_one_fit", best_of_one_fit());
        std::vector<double> weights;
        for (int i = 6; i <= 19; ++i) weights.push_back(0.05 * i);
        sim::table out({"what", "weight"});
        std::uint64_t condition = 0;
        for (const bool one_fit : {false, true})
          for (const double w : weights)
            example::add_replicated(run, out, {one_fit ? "one weighted fit" : "two fits averaged", sim::argument::text(w)},
                                    generations, "excess_risk", expected(one_fit, w), true, ++condition, replicates,
                                    [&](sim::stream& rng) { return of_chain(one_fit, w, rng); });
        run.save(out, picture(out), 1300, 520);
      });
}
