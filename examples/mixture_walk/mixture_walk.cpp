// What happens to a Gaussian mixture that is fitted by EM to its own samples, again and again: the mixture experiment of
// Shumailov et al. (2024). One round blob, two components; and, by --truth, shapes that no small mixture can hold.
//
// Builds on: gaussian_walk. New here: EM with all three errors of the paper at once, a lineage whose models are kept on the way
// (snapshots), and what is exact even so. An EM step leaves the mean of the data and their covariance (plus the floor) to the
// mixture as a whole, whatever the responsibilities are, so the whole obeys the law of a single Gaussian fit to the letter
// although its components follow no law in closed form.
//
// At large M the distances jump where the samples hardly move: that is EM stopping at its tolerance, the paper's approximation error.
// With  --samples 50000 --generations 50 --replicates 2 --tolerance 1e-8  it is several times smaller, and hardly jumps.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/mixture.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory.hpp>

#include "common/session.hpp"
#include "mixture_walk/truth.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using mixture_walk::truth;
using sim::Index;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
using law = sim::gaussian_mixture<double, 2>;
using estimator = sim::mixture_estimator<double, 2>;

struct setting {
  std::string shape, recipe;
  Index components, samples;
  double floor, tolerance;
};

/// How often and how long each number of samples is run: what two cores can do in a minute and a half.
struct effort {
  Index generations, replicates;
};

std::vector<std::string> conditions(const setting& s) {
  return {s.shape,
          s.recipe,
          std::to_string(s.components),
          std::to_string(s.samples),
          sim::argument::text(s.floor),
          sim::argument::text(s.tolerance)};
}

sim::any_recipe recipe_named(const std::string& name) {
  if (name == "accumulate") return sim::accumulate{};
  if (name == "preserve") return sim::preserve(0.1);
  return sim::replace{};
}

/// The geometric mean of a component's two standard deviations.
double sd_of(const law::component_type& c) { return std::exp(c.log_determinant() / 4); }

/// Reads each generation, and remembers the first fit. The reference stands for the truth: the truth itself, or a large fit.
class walk_probe {
 public:
  explicit walk_probe(law reference) : reference_(std::move(reference)) {}

  [[nodiscard]] std::vector<std::string> names() const {
    return {"l2_to_truth", "l2_to_first_fit", "variance", "mean_error_sq", "component_sd", "smallest_log_det", "components"};
  }

  template <class Generation>
  void operator()(const Generation& g, std::span<double> out) {
    const law& now = g.model;
    if (g.number == 1) first_ = now;
    out[0] = l2_squared(now, reference_);
    out[1] = g.number == 1 ? unknown : l2_squared(now, *first_);
    out[2] = now.covariance().trace() / 2;
    out[3] = (now.mean() - reference_.mean()).squaredNorm();
    double mean_log = 0, smallest = std::numeric_limits<double>::infinity();
    for (Index j = 0; j < now.size(); ++j) {
      mean_log += now.component(j).log_determinant() / static_cast<double>(now.size());
      smallest = std::min(smallest, now.component(j).log_determinant());
    }
    out[4] = std::exp(mean_log / 4);
    out[5] = smallest;
    out[6] = static_cast<double>(now.size());
  }

 private:
  law reference_;
  std::optional<law> first_;
};

/// What is exact: the covariance of the whole is that of the data and the floor r, so on average v' = (1 - 1/M) v + r; and its
/// mean walks by v / M each generation. Known for the blob, whose covariance is I, under `replace`.
double expected(const setting& s, std::string_view metric, Index t) {
  if (s.shape != "blob" || s.recipe != "replace") return unknown;
  const double m = static_cast<double>(s.samples), kept = 1 - 1 / m;
  double v = 1, walked = 0;
  for (Index i = 0; i < t; ++i) {
    walked += 2 * v / m;
    v = kept * v + s.floor;
  }
  if (metric == "variance") return v;
  if (metric == "mean_error_sq") return walked;
  return unknown;
}

/// Those means are no yardstick once the generations are many against the samples: see gaussian_walk.
bool trusted(const setting& s, const sim::table_row& row) { return row.generation * 5 <= s.samples; }

/// A hundred generations and those of `spread`.
std::vector<Index> recorded(Index generations) {
  std::vector<Index> all = example::spread(generations);
  for (double t = 1; t < static_cast<double>(generations); t = std::max(t + 1, 1.06 * t))
    all.push_back(static_cast<Index>(t));
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

estimator fit_of(const setting& s) {
  return estimator({.components = s.components, .tolerance = s.tolerance, .max_iterations = 2000, .floor = s.floor});
}

/// What the L2 distance to the truth is measured from. The blob is a Gaussian; of the other shapes the fit to a large sample
/// stands for it, so that the distance is to the best that this procedure makes of the truth.
law reference(const setting& s, const sim::stream& root) {
  if (s.shape == "blob") return law(sim::gaussian<double, 2>::standard());
  sim::stream rng = root.at(0, sim::purpose::reference);
  const auto many = truth{s.shape}.sample(100'000, rng);
  return fit_of(s).fit(many, rng).model;
}

void walk(example::session& run, const setting& s, const effort& e, sim::table& out) {
  const sim::experiment what{truth{s.shape}, fit_of(s), recipe_named(s.recipe)};
  auto many = run.replication(e.replicates, s.shape + " M=" + std::to_string(s.samples));
  many.generations = recorded(e.generations);
  const auto records = sim::run_ensemble(what, {.generations = e.generations, .samples = s.samples}, many, run.threads(),
                                         walk_probe(reference(s, sim::stream(run.seed()))));
  for (const sim::status went : {sim::status::degenerate, sim::status::not_converged})
    run.record().set("fits_" + std::string(sim::name_of(went)) + "_of_" + std::to_string(s.samples) + "_samples",
                     records.fits[static_cast<std::size_t>(went)]);
  run.add(
      out, records, conditions(s), [&](std::string_view metric, Index t) { return expected(s, metric, t); },
      [&](const sim::table_row& row) { return trusted(s, row); });
}

/// A model of the lineage that is drawn. `later`: refits after the first.
struct shown {
  Index later;
  law model;
};

std::vector<shown> snapshots(example::session& run, const setting& s, const std::vector<Index>& wanted, sim::table& out) {
  const sim::experiment what{truth{s.shape}, fit_of(s), recipe_named(s.recipe)};
  std::vector<shown> all;
  sim::run_lineage(what, {.generations = wanted.back() + 1, .samples = s.samples}, sim::stream(run.seed()),
                   [&](const auto& g) {
                     if (std::find(wanted.begin(), wanted.end(), g.number - 1) != wanted.end())
                       all.push_back({g.number - 1, g.model});
                     return run.stopped() ? sim::flow::stop : sim::flow::go_on;
                   });
  for (const shown& one : all)
    for (Index j = 0; j < one.model.size(); ++j) {
      const auto& c = one.model.component(j);
      const auto add = [&](const std::string& name, double value) {
        out.add({conditions(s), one.later + 1, "component_" + std::to_string(j + 1) + name, {.count = 1, .mean = value}});
      };
      const auto covariance = c.covariance();
      add("_weight", one.model.weight(j));
      add("_mean_x", c.mean()[0]);
      add("_mean_y", c.mean()[1]);
      add("_variance_x", covariance(0, 0));
      add("_covariance", covariance(1, 0));
      add("_variance_y", covariance(1, 1));
    }
  return all;
}

/// The ellipse of a component at so many standard deviations, as points.
std::vector<std::vector<double>> ellipse(const law::component_type& c, double sds) {
  std::vector<std::vector<double>> points;
  const auto factor = c.factor().dense();
  constexpr int corners = 72;
  for (int i = 0; i <= corners; ++i) {
    const double angle = 2 * std::numbers::pi * i / corners;
    const sim::point<double, 2> x = c.mean() + sds * (factor * sim::point<double, 2>(std::cos(angle), std::sin(angle)));
    points.push_back({x[0], x[1]});
  }
  return points;
}

/// The place of panel i of n in a row, as gnuplot's margins.
std::string place(std::size_t i, std::size_t n, double left, double right, double gap, double bottom, double top) {
  const double width = (right - left - gap * static_cast<double>(n - 1)) / static_cast<double>(n);
  const double from = left + static_cast<double>(i) * (width + gap);
  return "set lmargin at screen " + sim::argument::text(from) + "\nset rmargin at screen " +
         sim::argument::text(from + width) + "\nset bmargin at screen " + sim::argument::text(bottom) +
         "\nset tmargin at screen " + sim::argument::text(top) + "\n";
}

/// Small multiples: the truth as grey points, each component as nested ellipses of 1/2, 1, 3/2 and 2 standard deviations.
void draw_snapshots(example::figure& f, const setting& s, const std::vector<shown>& all, std::uint64_t seed) {
  sim::stream rng = sim::stream(seed).at(0, sim::purpose::user);
  const auto x = truth{s.shape}.sample(500, rng);
  std::vector<std::vector<double>> points;
  for (Index i = 0; i < x.cols(); ++i) points.push_back({x(0, i), x(1, i)});
  const std::string cloud = f.numbers("the truth", points);
  f << "set xrange [-3:3]\nset yrange [-3:3]\nset xtics -2,2,2 offset 0,0.4\nset ytics -2,2,2\nunset key\nset border 15 lw "
       "0.7\nset grid\n";
  for (std::size_t k = 0; k < all.size(); ++k) {
    example::plot_list list;
    list.add(cloud + " using 1:2 with points pt 7 ps 0.18 lc rgb '#bbbbbb' notitle");
    for (Index j = 0; j < all[k].model.size(); ++j) {
      const auto& c = all[k].model.component(j);
      const std::string colour = std::to_string(j % 6 + 1);
      for (const double sds : {2.0, 1.5, 1.0, 0.5})
        list.add(f.numbers("component", ellipse(c, sds)) + " using 1:2 with filledcurves closed lt " + colour +
                 " fs transparent solid 0.22 noborder notitle");
      list.add(f.numbers("component", ellipse(c, 2)) + " using 1:2 with lines lt " + colour + " lw 1.2 notitle");
      // A component too small to be seen is circled.
      if (sd_of(c) < 0.05)
        list.add(f.numbers("where", {{c.mean()[0], c.mean()[1]}}) + " using 1:2 with points pt 6 ps 1.6 lw 1.2 lt " +
                 colour + " notitle");
    }
    f << place(k, std::max<std::size_t>(7, all.size()), 0.03, 0.99, 0.012, 0.66, 0.93) << (k == 1 ? "set format y ''\n" : "")
      << "set title \"" + (all[k].later == 0 ? std::string("first fit") : std::to_string(all[k].later) + " refits later") +
             "\" offset 0,-0.5\n"
      << list.text();
  }
  f << "set title offset 0,0\nset border 3 lw 1\nset xtics autofreq offset 0,0\nset ytics autofreq\nset format y '%g'\n";
}

example::figure picture(const sim::table& out, const setting& shown_setting, const std::vector<shown>& all,
                        const std::vector<setting>& settings, Index generations, std::uint64_t seed) {
  example::figure f(out);
  f << "set multiplot\n";
  if (!all.empty()) draw_snapshots(f, shown_setting, all, seed);
  f << example::log_axis("x") << example::log_axis("y") << "set xlabel 'generation' offset 0,0.4\n"
    << "set xrange [1:" + std::to_string(generations) + "]\n";
  const std::string name = shown_setting.shape == "blob" ? "truth" : "the large-sample fit";
  std::size_t at = 0;
  const auto panel = [&](const std::string& title, const std::string& metric, const std::string& range, const auto& more) {
    example::plot_list list;
    int colour = 0;
    for (const setting& s : settings) {
      ++colour;
      const auto c = f.over_generations(conditions(s), metric);
      if (c.empty) continue;
      const std::string lt = std::to_string(colour);
      list.band(c, colour);
      if (c.has_theory)
        list.mean(c, colour, "");
      else
        list.add(c.name + " using 1:10 with lines lt " + lt + " notitle");
      more(list, s, colour);
    }
    f << place(at++, 4, 0.045, 0.99, 0.045, 0.15, 0.52) << "set title \"" + title + "\"\nset yrange " + range + "\n"
      << list.text();
  };
  const auto nothing = [](example::plot_list&, const setting&, int) {};
  panel("squared L_2 distance to " + name, "l2_to_truth", "[*:*]", nothing);
  panel("squared L_2 distance to the first fit", "l2_to_first_fit", "[*:*]", nothing);
  panel("variance of the whole mixture", "variance", "[2e-4:4]", nothing);
  // The rule of thumb: as if each component had its share of the samples, and labels were known. And what the floor keeps.
  panel("standard deviation of a component", "component_sd", "[1e-3:2]",
        [&](example::plot_list& list, const setting& s, int colour) {
          if (s.recipe != "replace" || s.shape != "blob") return;
          const Index share = std::max<Index>(4, s.samples / s.components);
          const double rate = theory::log_det_rate(2, share, sim::divisor::n) / 4,
                       kept = std::sqrt(static_cast<double>(share) * s.floor);
          const std::string lt = std::to_string(colour);
          list.add("exp(x*" + sim::argument::text(rate) + ") with lines lt " + lt + " lw 1.2 dt (2,3) notitle");
          if (kept > 0 && std::exp(rate * static_cast<double>(generations)) < kept)
            list.add(sim::argument::text(kept) + " with lines lt " + lt + " lw 1.2 dt (12,4) notitle");
        });

  // One legend for all, in a panel of its own that shows nothing else.
  example::plot_list legend;
  int colour = 0;
  for (const setting& s : settings)
    legend.add("NaN with lines lt " + std::to_string(++colour) + " title \"M = " + std::to_string(s.samples) + "\"");
  if (shown_setting.shape == "blob" && shown_setting.recipe == "replace") {
    legend.add("NaN with lines lt 8 dt (6,4) lw 1.5 title 'exact mean'");
    legend.add("NaN with lines lt 7 lw 1.2 dt (2,3) title 'rule of thumb'");
    if (shown_setting.floor > 0) legend.add("NaN with lines lt 7 lw 1.2 dt (12,4) title 'floor'");
  }
  f << place(0, 1, 0.02, 0.98, 0, 0.005, 0.06)
    << "unset logscale\nunset title\nunset xlabel\nunset tics\nunset border\nunset grid\n"
    << "set xrange [0:1]\nset yrange [0:1]\nset key center center horizontal maxrows 1 samplen 3 width 1\n"
    << legend.text();
  return f;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"mixture_walk",
       "a Gaussian mixture refitted by EM to its own samples: one blob, or a shape that it cannot hold",
       {{"truth", "NAME", "blob, moons, rings, pinwheel (default: blob)"},
        {"components", "K", "at most so many, with full covariances (default: 2 for the blob, else 8)"},
        {"samples", "M[,M...]", "fresh samples per generation (default: 500,1000,10000,50000,200000)"},
        {"generations", "T", "refits (default: 2050, fewer where M is large or all data are kept)"},
        {"replicates", "R", "runs behind each band (default: what takes some seconds)"},
        {"recipe", "NAME", "replace, accumulate, preserve, which keeps 10 % of real data (default: replace)"},
        {"floor", "R", "variance that is added to every component in every direction (default: 1e-6, as in the paper)"},
        {"tolerance", "EPS", "EM stops when the mean log-likelihood changes by less (default: 1e-5, as in the paper)"}}},
      [](example::session& run) {
        const std::string shape = run.given.choice("truth", "blob", {"blob", "moons", "rings", "pinwheel"});
        const std::string recipe = run.given.choice("recipe", "replace", {"replace", "accumulate", "preserve"});
        const Index components = run.given.integer("components", shape == "blob" ? 2 : 8);
        const double floor = run.given.real("floor", 1e-6), tolerance = run.given.real("tolerance", 1e-5);
        const bool grows = recipe == "accumulate", many = components > 2;

        std::vector<setting> settings;
        for (const Index m : run.settings("samples", run.quick() ? std::vector<Index>{200, 10000}
                                                                 : std::vector<Index>{500, 1000, 10000, 50000, 200000}))
          if (run.given.has("samples") || m <= (grows || (many && run.quick()) ? 1000 : many ? 10000 : m))
            settings.push_back({shape, recipe, components, m, floor, tolerance});
        const auto effort_for = [&](Index m) {
          effort e = m <= 500     ? effort{2050, 200}
                     : m <= 1000  ? effort{2050, 20}
                     : m <= 10000 ? effort{2050, 4}
                     : m <= 50000 ? effort{500, 2}
                                  : effort{120, 2};
          if (many) e = {400, m <= 1000 ? Index{8} : Index{2}};
          if (grows) e = {100, 4};
          if (run.quick()) e = grows ? effort{40, 2} : many ? effort{100, 6} : m <= 500 ? effort{100, 300} : effort{20, 2};
          return effort{run.given.integer("generations", e.generations), run.given.integer("replicates", e.replicates)};
        };

        // The lineage that is drawn: the paper's 1000 samples, or the first that the command line names.
        const Index drawn_samples = run.settings("samples", std::vector<Index>{run.quick() && grows ? 500 : 1000}).front();
        const setting drawn{shape, recipe, components, drawn_samples, floor, tolerance};
        const Index longest = std::max<Index>(1, run.given.integer("generations", grows         ? (run.quick() ? 51 : 101)
                                                                                  : run.quick() ? 201
                                                                                                : 2050));
        std::vector<Index> wanted;
        for (const Index later : {0, 50, 100, 150, 200, 350, 2000})
          if (later < longest) wanted.push_back(later);

        run.record()
            .set("floor", floor)
            .set("tolerance", tolerance)
            .set("components", components)
            .set("reference", shape == "blob" ? "truth" : "fit to 100000 samples");
        sim::table out({"truth", "recipe", "components", "samples", "floor", "tolerance"});
        Index last = 1;
        for (const setting& s : settings) {
          if (run.stopped()) break;
          const effort e = effort_for(s.samples);
          last = std::max(last, e.generations);
          walk(run, s, e, out);
        }
        const auto models = snapshots(run, drawn, wanted, out);
        run.save(out, picture(out, drawn, models, settings, last, run.seed()), 1700, 800);
      });
}
