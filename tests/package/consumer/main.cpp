// What a user's first program may look like; it exits with 0 when the library it was given works as it should.
#include <cstdio>

#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/version.hpp>

namespace sim = simulacra;

int main() {
  const sim::experiment what{sim::gaussian<double, 1>(0, 1), sim::gaussian_estimator<double, 1>(sim::divisor::n),
                             sim::replace{}};
  const auto line = sim::run_lineage(what, {.generations = 500, .samples = 20}, sim::stream(2024));
  std::printf("simulacra %s: after %td generations the log variance is %g\n", SIMULACRA_VERSION_STRING, line.generations,
              line.model->log_determinant());
  return line.generations == 500 && line.model->log_determinant() < -10 ? 0 : 1;
}
