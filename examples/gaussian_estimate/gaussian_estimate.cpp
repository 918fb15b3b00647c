// How far off is a single fit? The error that everything else is made of: a Gaussian is fitted once to M samples of itself, M
// from ten to ten million, as in the "approximation of a single Gaussian" of Shumailov et al. (2024). One fit is harmless;
// what refitting makes of it is the next example's subject (gaussian_walk).
//
// Builds on: nothing. New here: an experiment of one generation, an ensemble of it, and draws that are collapsed: the library
// draws the sample's mean and scatter from their exact laws, so that ten million samples cost what ten do. With
// --draw stored every sample is really drawn, which at M = 1e7 is 1e10 numbers and takes minutes: give --samples 10000 with it.

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <boost/math/special_functions/gamma.hpp>

#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory.hpp>

#include "common/session.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;

namespace {

/// E |s - 1| for the standard deviation s of M standard normal samples, s^2 being chi-squared over D. With m = E s,
/// E |s - 1| = 2 E (s - 1; s > 1) - (m - 1), and s P(ds) is m times the law of chi with one more degree of freedom.
double sigma_absolute_error(Index samples, sim::divisor by) {
  const auto freedom = static_cast<double>(samples - 1), d = by == sim::divisor::n ? freedom + 1 : freedom;
  const double m = theory::sigma_estimate(samples, by).mean;
  return 2 * (m * boost::math::gamma_q((freedom + 1) / 2, d / 2) - boost::math::gamma_q(freedom / 2, d / 2)) - (m - 1);
}

double expected(std::string_view metric, Index samples, sim::divisor by) {
  if (metric == "abs_mean_error") return theory::mean_estimate_absolute_error(samples).mean;
  if (metric == "sigma") return theory::sigma_estimate(samples, by).mean;
  if (metric == "abs_sigma_error") return sigma_absolute_error(samples, by);
  return theory::variance_mean(samples, 1, by);
}

example::figure picture(const sim::table& out, const std::vector<Index>& samples) {
  example::figure f(out);
  f << "set multiplot layout 1,2 margins 0.07,0.98,0.13,0.91 spacing 0.09,0.1\n"
    << example::log_axis("x") << example::log_axis("y")
    << "set xlabel 'samples M'\nset yrange [1e-8:1]\nset ytics 1e-8,10\nset key top right\n";
  if (samples.size() == 1)
    f << "set xrange [" + std::to_string(samples[0]) + "/2.0:" + std::to_string(2 * samples[0]) + "]\n";
  const auto panel = [&](const std::string& metric, int colour, const std::string& title, bool bias) {
    const auto of = [&](const std::string& name) {
      return f.over(
          name, [&](const sim::table_row& row) { return row.metric == name; },
          [](const sim::table_row& row) { return std::stod(row.conditions[1]); });
    };
    const auto c = of(metric);
    example::plot_list list;
    const std::string lt = std::to_string(colour);
    list.add(c.name + " using 1:($2-$9):($2+$9) with filledcurves lt " + lt + " notitle");
    list.mean(c, colour, "mean of the fits");
    list.add(c.name + " using 1:2 with points pt 7 ps 0.7 lt " + lt + " notitle");
    if (bias && c.has_theory)
      list.add(of("sigma").name + " using 1:(abs(1-$5)) with lines lt 7 dt (2,4) title 'its bias, theory'");
    f << "set title \"" + title + "\"\n" << list.text();
  };
  panel("abs_mean_error", 1, "absolute error of the fitted mean (truth: 0)", false);
  panel("abs_sigma_error", 2, "absolute error of the fitted standard deviation (truth: 1)", true);
  return f;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"gaussian_estimate",
       "one fit of a Gaussian to M samples of itself",
       {{"samples", "M[,M...]", "samples of the fit (default: 10, 30, 100, 500, and 10^3 to 10^7)"},
        {"replicates", "R", "fits behind each mean (default: 1000)"},
        example::divisor_flag(),
        example::draw_flag()}},
      [](example::session& run) {
        const sim::divisor by = run.by();
        const Index replicates = run.number("replicates", 1000, 300);
        run.record().set("replicates", replicates).set("draw", run.given.text("draw", "cheapest"));

        sim::table out({"divisor", "samples"});
        const std::vector<Index> paper{10, 30, 100, 500, 1000, 10'000, 100'000, 1'000'000, 10'000'000};
        const std::vector<Index> samples = run.settings("samples", paper);
        for (const Index m : samples) {
          if (run.stopped()) break;
          // The smallest experiment there is: one generation, and what it is trained on does not matter yet.
          const sim::experiment what{sim::gaussian<double, 1>::standard(), sim::gaussian_estimator<double, 1>(by),
                                     sim::replace{}};
          const auto records = sim::run_ensemble(
              what, {.generations = 1, .samples = m, .how = run.draw()},
              run.replication(replicates, "M=" + std::to_string(m)), run.threads(),
              sim::metric{"abs_mean_error", [](const auto& g) { return std::abs(g.model.mean()[0]); }},
              sim::metric{"sigma", [](const auto& g) { return std::sqrt(g.model.variance()); }},
              sim::metric{"abs_sigma_error", [](const auto& g) { return std::abs(std::sqrt(g.model.variance()) - 1); }},
              sim::metric{"variance", [](const auto& g) { return g.model.variance(); }});
          // After a single fit every metric has light tails, so every mean is a yardstick.
          run.add(
              out, records, {example::name_of(by), std::to_string(m)},
              [&](std::string_view metric, Index) {
                return m > 1 ? expected(metric, m, by) : std::numeric_limits<double>::quiet_NaN();
              },
              [](const sim::table_row&) { return true; });
        }
        run.save(out, picture(out, samples), 1300, 520);
      });
}
