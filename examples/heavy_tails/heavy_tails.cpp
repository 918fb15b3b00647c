// Tails die first: how fast, and what of? Truths with tails of all kinds, from Boost, are fitted by a Gaussian, which has no such tails to
// give (that is expressivity error, all of it in the first fit), and by a kernel density, which has them as far as its data reach; what it
// loses, it loses generation by generation. With a tenth of real data they stay.
//
// Builds on: error_ledger. New here: boost_law; Hill's estimate of how heavy a tail is. What real data say on average is known exactly for
// any law, so the first generation is checked; a variance only where its own variance is finite, which that of Student's t(3) is not.

#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <simulacra/theory/gaussian_chain.hpp>

#include "common/session.hpp"
#include "heavy_tails/truths.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using heavy_tails::setting;
using heavy_tails::truth;
using sim::Index;

namespace {

/// The columns of the picture.
struct column {
  std::string fit, recipe, title;
};
const std::vector<column> columns{{"gaussian", "replace", "Gaussian fit"},
                                  {"kernel", "replace", "kernel density"},
                                  {"kernel", "real_10", "kernel density, 10 % real"}};

/// What real data say on average.
struct expectation {
  double quantile, hill;
};

void walk(example::session& run, const truth& law, const expectation& real, const setting& s, const heavy_tails::space& in,
          Index replicates, sim::table& out) {
  if (run.stopped()) return;
  const auto many = run.replication(replicates, law.name() + ", " + s.fit + ", " + s.recipe);
  const auto records =
      s.fit == "gaussian" ? with_gaussian(law, s, in, many, run.threads()) : with_kernel(law, s, in, many, run.threads());
  run.add(
      out, records, {law.name(), s.fit, s.recipe},
      [&](std::string_view metric, Index t) {
        if (metric == "quantile" && t == 1) return real.quantile;  // the data of the first fit are real
        if (metric == "hill" && t == 1) return real.hill;
        if (metric == "variance" && s.fit == "gaussian") return theory::variance_mean(s.samples, t, sim::divisor::n);
        return std::numeric_limits<double>::quiet_NaN();
      },
      [&](const sim::table_row& row) { return row.metric != "variance" || law.has_fourth_moment(); });
}

double mean_of(const sim::table& out, const std::string& law, const column& c, const std::string& metric, Index t) {
  for (const sim::table_row& row : out.rows())
    if (row.generation == t && row.metric == metric && row.conditions == std::vector<std::string>{law, c.fit, c.recipe})
      return row.values.mean;
  return std::numeric_limits<double>::quiet_NaN();
}

/// Above: the parts of the last squared distance. Below: what becomes of the tail.
example::figure picture(const sim::table& out, const std::vector<truth>& truths, Index last) {
  example::figure f(out);
  f << "set multiplot layout 3,3 margins 0.06,0.985,0.13,0.96 spacing 0.06,0.1\n"
    << "set style fill solid 0.6 noborder\nset boxwidth 0.25\nset xzeroaxis lt -1\n";
  const char* terms[] = {"expressivity", "approximation", "statistical"};
  for (const column& c : columns) {
    std::vector<std::vector<double>> bars;
    std::string tics;
    for (std::size_t i = 0; i < truths.size(); ++i) {
      bars.push_back({static_cast<double>(i)});
      for (const char* name : terms)
        bars.back().push_back(mean_of(out, truths[i].name(), c, std::string("part_") + name, last));
      tics += (i == 0 ? "" : ",") + ("'" + truths[i].name() + "' " + std::to_string(i));
    }
    const std::string block = f.numbers(c.title + ": truth, parts of the squared distance", bars);
    example::plot_list list;
    for (int k = 0; k < 3; ++k)
      list.add(block + " using ($1+" + sim::argument::text(0.27 * (k - 1)) + "):" + std::to_string(k + 2) +
               " with boxes lt " +
               std::to_string(k == 0   ? 1
                              : k == 1 ? 3
                                       : 2) +
               " title '" + terms[k] + "'");
    f << "set title '" + c.title + ": parts of MMD^2'\nset xtics (" + tics +
             ") scale 0 font ',9'\nset xrange [-0.6:" + std::to_string(truths.size() - 1) +
             ".6]\nset key top right\nset offsets 0,0,graph 1.1,0\n"
      << list.text() << "unset key\n";
  }
  f << "unset offsets\nset xtics auto scale 1 font ''\nset xrange [1:" + std::to_string(last) +
           "]\nset xlabel 'generation' offset 0,0.4\n"
    << example::legend_below();
  const auto row = [&](const std::string& metric, const std::string& title, const std::string& range) {
    for (const column& c : columns) {
      example::plot_list list;
      int colour = 0;
      for (const truth& law : truths) {
        const example::curve at = f.over_generations({law.name(), c.fit, c.recipe}, metric);
        list.mean(at, ++colour, law.name());
      }
      f << "set title '" + title + "'\nset yrange [" + range + "]\n" << list.text("") << "unset key\n";
    }
  };
  row("tail_over_bulk", "tail over bulk: 99 % quantile / upper quartile", "2:9");
  row("hill", "Hill estimate, top twentieth of the data", "0.1:0.5");
  return f;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"heavy_tails",
       "truths with heavy tails and light ones: which error dominates, and how fast tails are lost",
       {{"samples", "M", "samples per generation (default: 500)"},
        {"features", "N", "random features (default: 64)"},
        {"generations", "T", "refits (default: 20)"},
        {"replicates", "R", "runs behind each mean (default: 100)"}}},
      [](example::session& run) {
        const Index samples = run.given.integer("samples", run.quick() ? 200 : 500, 100);
        const Index generations = run.number("generations", 20, 2);
        const Index replicates = run.number("replicates", 100, 100);
        run.record().set("samples", samples).set("generations", generations).set("replicates", replicates);
        sim::stream rng(run.seed());
        const heavy_tails::space in(
            sim::random_fourier_features(sim::gaussian_kernel(0.5), 1, run.number("features", 64, 16), rng));
        const std::vector<truth> truths = heavy_tails::all_truths();
        sim::table out({"truth", "fit", "recipe"});
        for (const truth& law : truths) {
          const expectation real{heavy_tails::expected_quantile(law, samples), heavy_tails::expected_hill(law, samples)};
          for (const column& c : columns) walk(run, law, real, {c.fit, c.recipe, samples, generations}, in, replicates, out);
        }
        run.save(out, picture(out, truths, generations), 1500, 1100);
      });
}
