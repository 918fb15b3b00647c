// Ours: whole lineages through `run_lineage` with one observer, as a user writes them.

#include <algorithm>

#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>

#include "measure.hpp"

namespace sim = simulacra;

namespace {

double seen = 0;

template <int D>
void run(const peer::task& job) {
  const sim::experiment what{sim::gaussian<double, D>::standard(job.dimension),
                             sim::gaussian_estimator<double, D>(sim::divisor::n_minus_1), sim::replace{}};
  const auto how = job.how == "stored"     ? sim::draw::stored
                   : job.how == "streamed" ? sim::draw::streamed
                                           : sim::draw::collapsed;
  peer::report(job, [&, replicate = std::uint64_t{0}](long generations) mutable {
    // A lineage is 1000 generations at most; stored draws live in data units, and there a new one begins long before the
    // spread falls to the rounding of the mean.
    const long stretch = how == sim::draw::stored ? std::clamp(job.samples / (10 * job.dimension), 10L, 1000L) : 1000;
    for (long done = 0; done < generations; done += stretch) {
      const sim::plan plan{.generations = std::min(stretch, generations - done), .samples = job.samples, .how = how};
      const auto line = sim::run_lineage(what, plan, sim::stream({1, 0}, {.replicate = replicate++}),
                                         [](const auto& g) { seen += g.model.mean()[0]; });
      if (line.why != sim::ending::completed) std::fprintf(stderr, "a lineage ended early\n");
    }
  });
}

}  // namespace

int main(int argc, char** argv) {
  const peer::task job = peer::parse(argc, argv);
  if (job.dimension == 1)
    run<1>(job);
  else if (job.dimension == 2)
    run<2>(job);
  else
    run<sim::dynamic>(job);
  return seen != seen;
}
