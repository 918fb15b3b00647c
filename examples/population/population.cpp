// What becomes of several models that read each other? A pool that many share loses less than one model would; islands that hardly
// read each other go apart before they die; in a network the one who reads nobody collapses alone, and is a burden to those who read it;
// and one model that is never retrained, a frozen release, keeps the others alive.
//
// Builds on: gaussian_walk, discrete_walk. New here: populations. Each world has exact theory (P1, P2 and P4 of theory/population.hpp and
// theory/network.hpp), and the same recipe, `replace`, told whom to read.

#include <cmath>
#include <string>
#include <vector>

#include <simulacra/categorical.hpp>
#include <simulacra/gaussian.hpp>
#include <simulacra/metrics/members.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory/network.hpp>
#include <simulacra/theory/population.hpp>

#include "common/session.hpp"
#include "population/picture.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;
using reals = Eigen::Matrix<Index, Eigen::Dynamic, 1>;

namespace {

const sim::gaussian<double, 1> normal(0.0, 1.0);
const sim::gaussian_estimator<double, 1> likelihood(sim::divisor::n);

/// The mean of a collapsing variance is carried by ever fewer runs: a yardstick for some generations.
auto early(Index samples) {
  return [samples](const sim::table_row& row) { return row.generation <= samples / 2; };
}

/// The variance of one member's model.
auto variance_of(Index who) {
  return sim::metric{"variance_" + std::to_string(who), [who](const auto& g) {
                       double v = std::nan("");
                       g.for_each_model([&](const auto& m, Index k) { v = k == who ? m.variance() : v; });
                       return v;
                     }};
}

/// K members share a pool of M observations.
void pool(example::session& run, Index members, sim::divisor by, Index generations, Index replicates, sim::table& out) {
  constexpr Index size = 200;
  const sim::gaussian_estimator<double, 1> estimator(by);
  const sim::population all{normal, sim::many(sim::member{estimator, sim::pooled(sim::replace{})}, members)};
  const auto records = sim::run_ensemble(
      all, {.generations = generations, .samples = size / members}, run.replication(replicates, "one pool"), run.threads(),
      sim::metric{"within", [](const auto& g) { return sim::variance_of_members(g).within; }});
  // The models' part of the pool's variance: n / (n - 1) of what lies within members where they are unbiased.
  const double part = 1 - theory::pooled_between_share(size, members), n = static_cast<double>(size / members);
  run.add(
      out, records, {"pool", example::name_of(by) + " " + std::to_string(members)},
      [&](std::string_view, Index t) {
        return theory::pooled_variance(size, members, t, by) * part * (by == sim::divisor::n ? 1 : n / (n - 1));
      },
      early(size));
}

/// Two islands of symbols, a share of what each reads from the other.
void islands(example::session& run, double share, Index generations, Index replicates, sim::table& out) {
  constexpr Index samples = 100;
  const auto truth = sim::categorical::zipf(20, 1);
  const sim::population all{
      truth,
      sim::many(sim::member{sim::categorical_estimator(20), sim::network(sim::islands(2, share), sim::replace{})}, 2)};
  const auto records = sim::run_ensemble(
      all, {.generations = generations, .samples = samples}, run.replication(replicates, "islands"), run.threads(),
      sim::metric{"within", [](const auto& g) { return sim::diversity_of_members(g).within; }},
      sim::metric{"between", [](const auto& g) { return sim::diversity_of_members(g).between; }});
  const double alike = 1 - truth.heterozygosity(), first = alike + (1 - alike) / static_cast<double>(samples);
  run.add(
      out, records, {"islands", sim::argument::text(share)},
      [&](std::string_view metric, Index t) {
        const auto at = theory::island_model(samples, share, first, alike, t - 1);
        return metric == "within" ? at.within : at.between;
      },
      [](const sim::table_row&) { return true; });
}

/// Gaussian members that read each other, themselves and a frozen N(0, 1) by the shares of a matrix, whose last row is the frozen one's.
/// Theory takes the numbers, and calls draws of the frozen model real, which they are as good as.
void network(example::session& run, const std::string& world, const std::string& setting, const Eigen::MatrixXd& shares,
             const theory::reading_counts& counts, const reals& real, Index samples, Index generations, Index replicates,
             sim::table& out) {
  const sim::member each{likelihood, sim::network(shares, sim::replace{})};
  const auto records =
      sim::run_ensemble(sim::population{normal, sim::many(each, counts.rows()), sim::frozen(normal)},
                        {.generations = generations, .samples = samples}, run.replication(replicates, world), run.threads(),
                        variance_of(0), variance_of(1), variance_of(2));
  run.add(
      out, records, {world, setting},
      [&](std::string_view metric, Index t) {
        const Index who = metric.back() - '0';
        return who < counts.rows() ? theory::network_after(counts, real, t).variance(who) : std::nan("");
      },
      early(samples));
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"population",
       "several models read each other: a pool, islands, a network, a frozen model",
       {{"generations", "T", "refits (default: 100)"}, {"replicates", "R", "runs behind each mean (default: 1000)"}}},
      [](example::session& run) {
        const Index generations = run.number("generations", 100, 20), replicates = run.number("replicates", 1000, 150);
        run.record().set("generations", generations).set("replicates", replicates);
        sim::table out({"world", "setting"});
        for (const Index members : {1, 20})
          if (!run.stopped()) pool(run, members, sim::divisor::n, generations, replicates, out);
        for (const Index members : {5, 10})
          if (!run.stopped()) pool(run, members, sim::divisor::n_minus_1, generations, replicates, out);
        for (const double share : {0.01, 0.1})
          if (!run.stopped()) islands(run, share, generations, replicates, out);

        // Member 0 has a fifth of fresh real data, member 1 reads everybody, member 2 nobody but itself; nobody reads the frozen one.
        if (!run.stopped())
          network(run, "network", "three", Eigen::MatrixXd{{0.6, 0.2, 0, 0}, {0.3, 0.3, 0.4, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}},
                  theory::reading_counts{{30, 10, 0}, {15, 15, 20}, {0, 0, 50}}, reals{{10, 0, 0}}, 50, generations,
                  replicates, out);

        // So many of 20 observations are draws of a first release that nobody retrains.
        for (const Index still : {0, 1, 6}) {
          if (run.stopped()) break;
          const double share = 0.05 * static_cast<double>(still);
          network(run, "frozen", std::to_string(still), Eigen::MatrixXd{{1 - share, share}, {0, 1}},
                  theory::reading_counts{{20 - still}}, reals{{still}}, 20, generations, replicates, out);
        }
        run.save(out, picture::of(out), 1300, 900);
      });
}
