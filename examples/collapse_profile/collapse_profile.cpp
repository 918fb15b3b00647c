// Has it collapsed? It depends on whom you ask: papers have given the word eight meanings. Here six chains are judged by all eight, each
// with its Monte Carlo error: a Gaussian and a mixture of four modes, under three rules for what a generation is trained on.
//
// Builds on: gaussian_walk, mixture_walk, recipes. New here: the metrics of tails, made-up data and modes, and `collapse_profile`.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/gaussian.hpp>
#include <simulacra/metrics.hpp>
#include <simulacra/mixture.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory.hpp>

#include "common/session.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
using normal = sim::gaussian<double, 1>;
using mixture_law = sim::gaussian_mixture<double, 1>;

/// Everything that the profile asks for, read off a generation; masses by draws of the model.
template <class Truth>
class profile_probe {
 public:
  profile_probe(Truth truth, sim::level_sets sets, sim::samples<double, 1> modes, Index last)
      : truth_(std::move(truth)), sets_(sets), modes_(std::move(modes)), last_(last) {}

  [[nodiscard]] std::vector<std::string> names() const { return {"mmd_sq", "variance", "tail", "outside", "modes"}; }

  template <class Generation>
  void operator()(const Generation& g, std::span<double> out) {
    if (!example::is_spread(g.number, last_)) return;  // nobody records the others
    sim::stream rng = g.root.at(static_cast<std::uint64_t>(g.number), sim::purpose::metric, 1);
    const sim::samples<double, 1> x = g.model.sample(500, rng);
    const auto masses = sim::masses_in(sets_, truth_, x);
    out[0] = mmd_squared(mixture_law(g.model), mixture_law(truth_), 1.0);
    out[1] = g.model.covariance()(0, 0);
    out[2] = masses.tail.value;
    out[3] = masses.outside.value;
    out[4] = modes_.cols() > 1 ? sim::coverage_of_modes(modes_, 2, x, 5).covered.value : unknown;
  }

 private:
  Truth truth_;
  sim::level_sets sets_;
  sim::samples<double, 1> modes_;
  Index last_;
};

struct chain_report {
  std::string family, recipe;
  std::array<sim::profile_row, 8> rows;
};

/// One family under one recipe, at the sample size of the profile and at others for the scaling law.
template <class Truth, class Estimator, class Recipe>
chain_report study(example::session& run, const std::string& family, const std::string& name, const Truth& truth,
                   const Estimator& fit, const Recipe& recipe, const sim::samples<double, 1>& modes, Index samples,
                   Index generations, Index replicates, const sim::theory_curve& expected, sim::table& out) {
  sim::stream rng({run.seed(), 99}, {});
  const auto sets = sim::level_sets_of(truth, 0.05, 0.001, 200'000, rng);
  const profile_probe<Truth> probe(truth, sets, modes, generations);
  sim::collapse_series s;
  s.real_tail = sets.tail - sets.outside;
  s.real_outside = sets.outside;
  s.real_tail_error = sets.tail_error;
  s.real_outside_error = sets.outside_error;
  const auto experiment = sim::experiment{truth, fit, recipe};
  const auto read = [](const sim::records& all, std::size_t row, std::string_view metric) {
    const sim::band b = all.at(row, all.column(metric));
    return sim::measured{b.mean, b.mcse};
  };
  for (const Index m : {samples / 2, samples, samples * 2, samples * 4}) {
    auto many = run.replication(replicates, family + " " + name);
    many.generations = example::spread(generations);
    const auto all = sim::run_ensemble(experiment, {.generations = generations, .samples = m}, many, run.threads(), probe);
    run.add(
        out, all, {family, name, std::to_string(m)},
        [&](std::string_view metric, Index t) {
          return metric == "variance" && m == samples ? expected(metric, t) : unknown;
        },
        [](const sim::table_row&) { return true; });
    s.sizes.push_back(m);
    s.first_risk.push_back(read(all, 0, "mmd_sq"));
    s.last_risk.push_back(read(all, all.generations().size() - 1, "mmd_sq"));
    if (m != samples) continue;
    s.generations = all.generations();
    s.replicates = all.finished();
    // What generations of a lineage have in common is known where every lineage has every number.
    bool whole = all.finished() >= 2;
    for (std::size_t row = 0; row < s.generations.size(); ++row)
      for (const std::string_view metric : {"mmd_sq", "variance"}) {
        const sim::band b = all.at(row, all.column(metric));
        whole = whole && b.count == all.finished() && b.infinite == 0;
      }
    for (std::size_t row = 0; row < s.generations.size(); ++row) {
      if (whole) {
        s.risk_by_replicate.push_back(all.values(row, all.column("mmd_sq")));
        s.variance_by_replicate.push_back(all.values(row, all.column("variance")));
      } else {
        s.risk.push_back(read(all, row, "mmd_sq"));
        s.variance.push_back(read(all, row, "variance"));
      }
      s.tail.push_back(read(all, row, "tail"));
      s.outside.push_back(read(all, row, "outside"));
      if (modes.cols() > 1) s.modes.push_back(read(all, row, "modes"));
    }
  }
  return {family, name, sim::collapse_profile(s)};
}

void print(const std::vector<chain_report>& all) {
  std::printf("%-18s", "");
  for (const chain_report& c : all) std::printf(" %22s", (c.family + ", " + c.recipe).c_str());
  std::printf("\n");
  for (std::size_t k = 0; k < 8; ++k) {
    std::printf("%-18s", sim::name_of(all.front().rows[k].which).data());
    for (const chain_report& c : all) {
      const sim::profile_row& row = c.rows[k];
      if (row.says == sim::verdict::not_measured)
        std::printf(" %22s", "not measured");
      else
        std::printf(" %9.3g +- %-6.1g %s", row.strength.value, row.strength.error,
                    row.says == sim::verdict::yes ? "YES" : "no ");
    }
    std::printf("\n");
  }
}

example::figure picture(const sim::table& out, const std::vector<chain_report>& all, Index samples) {
  example::figure f(out);
  f << "set multiplot layout 1,2 margins 0.07,0.985,0.2,0.92 spacing 0.15,0.1\nset xlabel 'generation' offset 0,0.4\n"
    << example::log_axis("x") << example::log_axis("y") << "set key top left\n";
  example::plot_list risks;
  int colour = 0;
  for (const chain_report& c : all)
    risks.mean(f.over_generations({c.family, c.recipe, std::to_string(samples)}, "mmd_sq"), ++colour,
               c.family + ", " + c.recipe);
  f << "set title \"risk: MMD^2 from the truth\"\n" << risks.text("");
  // The table of verdicts: a square each, and what was measured in it.
  std::vector<std::vector<double>> yes, no;
  std::string labels, columns, rows;
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::string recipe = all[i].recipe;  // a tic's label is a format, in which a % is written twice
    for (std::size_t at = 0; (at = recipe.find('%', at)) != std::string::npos; at += 2) recipe.insert(at, "%");
    columns += std::string(i == 0 ? "" : ", ") + "\"" + all[i].family + "\\n" + recipe + "\" " + std::to_string(i);
    for (std::size_t k = 0; k < 8; ++k) {
      const sim::profile_row& row = all[i].rows[k];
      if (row.says == sim::verdict::not_measured) continue;
      const std::vector<double> at{static_cast<double>(i), 7 - static_cast<double>(k)};
      (row.says == sim::verdict::yes ? yes : no).push_back(at);
      char text[32];
      std::snprintf(text, sizeof text, "%.2g", row.strength.value);
      labels += "set label \"" + std::string(text) + "\" at " + std::to_string(i) + "," +
                std::to_string(7 - static_cast<int>(k)) + " center front\n";
    }
  }
  for (std::size_t k = 0; k < 8; ++k)
    rows += std::string(k == 0 ? "" : ", ") + "\"" + example::words(std::string(sim::name_of(all.front().rows[k].which))) +
            "\" " + std::to_string(7 - k);
  f << example::linear_axis("x") << example::linear_axis("y")
    << "unset xlabel\nset xtics (" + columns + ") font ',10'\nset ytics (" + rows + ")\n"
    << "set xrange [-0.5:" + std::to_string(all.size()) + "-0.5]\nset yrange [-0.5:7.5]\nunset grid\n"
    << "set style fill solid 0.45 border -1\nset key at screen 0.98,0.03 right bottom horizontal\n"
    << labels << "set title \"has it collapsed? eight definitions, and what each measures\"\n";
  example::plot_list verdicts;
  const std::string boxes = " using 1:2:(0.46):(0.42) with boxxyerror ";
  if (!yes.empty()) verdicts.add(f.numbers("collapsed: chain, definition", yes) + boxes + "lt 2 title \"collapsed\"");
  if (!no.empty()) verdicts.add(f.numbers("not collapsed: chain, definition", no) + boxes + "lt 3 title \"not collapsed\"");
  f << verdicts.text("");
  return f;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"collapse_profile",
       "has it collapsed? six chains, judged by the eight definitions of the literature",
       {{"samples", "M", "fresh observations per generation (default: 100)"},
        {"generations", "T", "refits (default: 100)"},
        {"replicates", "R", "runs behind each mean (default: 400)"}}},
      [](example::session& run) {
        const Index samples = run.given.integer("samples", 100, 20), generations = run.number("generations", 100, 10),
                    replicates = run.number("replicates", 400, 100);
        run.record().set("samples", samples).set("generations", generations).set("replicates", replicates);
        const normal bell(0, 1);
        const mixture_law four({0.4, 0.3, 0.2, 0.1}, {normal(-9, 1), normal(-3, 1), normal(3, 1), normal(9, 1)});
        sim::samples<double, 1> modes(1, 4);
        modes << -9, -3, 3, 9;
        const sim::samples<double, 1> none(1, 1);
        const sim::gaussian_estimator<double, 1> maximum_likelihood(sim::divisor::n);
        const sim::mixture_estimator<double, 1> em(
            {.components = 4, .tolerance = 1e-4, .max_iterations = 200, .floor = 1e-6});

        sim::table out({"family", "recipe", "samples"});
        std::vector<chain_report> all;
        const auto both = [&](const std::string& name, const auto& recipe, const sim::theory_curve& variance) {
          if (run.stopped()) return;
          all.push_back(study(run, "Gaussian", name, bell, maximum_likelihood, recipe, none, samples, generations,
                              replicates, variance, out));
          all.push_back(study(
              run, "mixture", name, four, em, recipe, modes, samples, generations, run.quick() ? 20 : replicates / 10,
              [](std::string_view, Index) { return unknown; }, out));
        };
        both("replace", sim::replace{}, [=](std::string_view, Index t) {
          return std::pow(1 - 1 / static_cast<double>(samples), static_cast<double>(t));
        });
        both("accumulate", sim::accumulate{},
             [=](std::string_view, Index t) { return theory::accumulate_variance(samples, t, sim::divisor::n); });
        both("10 % real", sim::general_process(0.9, 0, 0.1), [=](std::string_view, Index t) {
          return theory::mixture_gaussian_moments(0.9, 0, 0.1, samples, t - 1, sim::divisor::n).fitted_variance;
        });
        if (all.empty()) return;
        print(all);
        run.save(out, picture(out, all, samples), 1600, 620);
      });
}
