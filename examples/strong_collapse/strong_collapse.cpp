// How much synthetic data is too much? Least squares on N rows, p of which have labels of another model. If that is the last fit, the error
// is multiplied by c in each generation, and c may be above 1: then real rows in every generation do not save the chain. If it is a wrong model
// that stays what it is, the error has a floor of (p/N)^2 of its own, which no N helps against: the "strong collapse" of Dohmatob et al.
// (2024). Both are known exactly.
//
// Builds on: regression_walk. New here: summaries are drawn and merged by hand. A regression needs no more of its rows than their cross
// moments, so a million rows cost what a hundred do.

#include <cmath>
#include <string>
#include <vector>

#include <simulacra/families/linear/estimator.hpp>
#include <simulacra/theory/mixed_labels.hpp>

#include "common/replicated.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;

namespace {

constexpr Index d = 10, generations = 20;
using model = sim::linear_model<>;
using summary = model::summary;

const sim::gaussian<> inputs = sim::gaussian<>::standard(d);
const model truth(sim::point<>::Unit(d, 0), 1, inputs);
const sim::least_squares fit(inputs, {.noise = sim::label_noise::known(1)});

/// A fit to N rows, of which the first p have labels of another model.
model refit(const model& other, Index rows, Index synthetic, sim::stream& rng) {
  summary all;
  if (synthetic > 0) all.merge(other.sample_summary(synthetic, sim::as<summary>{}, rng));
  if (rows > synthetic) all.merge(truth.sample_summary(rows - synthetic, sim::as<summary>{}, rng));
  return fit.fit(all).model;
}

/// The error of the last of a chain of fits.
double of_chain(Index rows, Index synthetic, sim::stream& rng) {
  model last = truth;  // the first fit has real labels only
  for (Index t = 0; t < generations; ++t) last = refit(last, rows, synthetic, rng);
  return sim::excess_risk(truth, last);
}

double number(const std::string& text) { return std::stod(text); }

example::figure picture(const sim::table& out, const std::vector<Index>& few, const std::vector<double>& shares) {
  example::figure f(out);
  f << "set multiplot layout 1,2 margins 0.065,0.985,0.22,0.92 spacing 0.08\n"
    << example::log_axis("y") << "set xrange [0:1]\n"
    << "set xlabel 'share of rows with labels of the last fit'\nset title 'error after 20 generations, 10 inputs'\n"
    << "set key at screen 0.28,0.012 center bottom horizontal maxrows 1 samplen 2\n";
  const auto curves = [&](const char* what, int at, const std::vector<std::string>& values, const std::string& before,
                          int x) {
    example::plot_list list;
    int colour = 0;
    for (const std::string& value : values) {
      const auto c = f.over(
          what,
          [&](const sim::table_row& row) {
            return row.conditions[0] == what && row.conditions[static_cast<std::size_t>(at)] == value;
          },
          [x](const sim::table_row& row) { return number(row.conditions[static_cast<std::size_t>(x)]); });
      list.add(c.name + " using 1:2 with points pt 7 ps 0.6 lt " + std::to_string(++colour) + " title '" + before + value +
               "'");
      list.add(c.name + " using 1:5 with lines lw 1.5 lt " + std::to_string(colour) + " notitle");
    }
    return list;
  };
  std::vector<std::string> rows, parts;
  for (const Index n : few) rows.push_back(std::to_string(n));
  for (const double s : shares) parts.push_back(sim::argument::text(s));
  example::plot_list left = curves("last fit", 1, rows, "N = ", 2);
  for (std::size_t i = 0; i < few.size(); ++i)  // the first share with c > 1
    for (Index p = 0; p <= few[i]; ++p)
      if (theory::strong_collapse_factor(d, few[i], p) > 1) {
        const std::string x = sim::argument::text(static_cast<double>(p) / static_cast<double>(few[i]));
        f << "set arrow from " + x + ", graph 0 to " + x + ", graph 1 nohead lt " + std::to_string(i + 1) + " dt (1,3)\n";
        break;
      }
  f << left.text() << "unset arrow\nset xrange [*:*]\n"
    << example::log_axis("x") << "set xlabel 'rows N'\nset title 'error of one fit beside a wrong model of error 1'\n"
    << "set key at screen 0.78,0.012 center bottom horizontal maxrows 1 samplen 2\n"
    << curves("wrong model", 2, parts, "p/N = ", 1).text();
  return f;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"strong_collapse",
       "least squares where a share of the labels is another model's: the last fit's, or a wrong one's",
       {{"replicates", "R", "runs behind each mean (default: 1000)"}}},
      [](example::session& run) {
        const Index replicates = run.number("replicates", 1000, 200);
        run.record().set("replicates", replicates);
        sim::table out({"labels", "rows", "share"});
        std::uint64_t condition = 0;
        const std::vector<Index> few{14, 20, 40, 200};
        for (const Index rows : few)
          for (Index tenth = 0; tenth <= 10; ++tenth) {
            const Index p = rows * tenth / 10;
            const double share = static_cast<double>(p) / static_cast<double>(rows);
            example::add_replicated(run, out, {"last fit", std::to_string(rows), sim::argument::text(share)}, generations,
                                    "excess_risk", theory::regression_risk_mixed(d, rows, p, generations), rows >= 2 * d,
                                    ++condition, replicates, [&](sim::stream& rng) { return of_chain(rows, p, rng); });
          }
        const std::vector<double> shares{0, 0.01, 0.1, 0.5};
        const model wrong(truth.weights() + sim::point<>::Unit(d, 1), 1, inputs);
        for (const double share : shares)
          for (Index rows = 100; rows <= 10'000'000; rows *= 10) {
            const auto p = static_cast<Index>(share * static_cast<double>(rows));
            const auto once = theory::strong_collapse_once(d, rows, p, 1);
            example::add_replicated(run, out, {"wrong model", std::to_string(rows), sim::argument::text(share)}, 1,
                                    "excess_risk", once.bias_squared + once.variance, true, ++condition, replicates,
                                    [&](sim::stream& rng) { return sim::excess_risk(truth, refit(wrong, rows, p, rng)); });
          }
        run.save(out, picture(out, few, shares), 1300, 560);
      });
}
