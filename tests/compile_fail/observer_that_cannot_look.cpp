// must not compile: an observer with a wrong signature is an error, never silently left out
// expect: simulacra: an observer must be callable with
#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>

namespace sim = simulacra;

int main() {
  const sim::experiment what{sim::gaussian<double, 1>(0, 1), sim::gaussian_estimator<double, 1>(sim::divisor::n),
                             sim::replace{}};
#ifdef CORRECTED
  const auto observer = [](const auto&) {};
#else
  const auto observer = [](int, int) {};
#endif
  static_cast<void>(sim::run_lineage(what, {.generations = 1, .samples = 2}, sim::stream(1), observer));
}
