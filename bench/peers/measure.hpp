#pragma once

// What every program in this folder shares: `program HOW DIMENSION SAMPLES SECONDS` repeats a chain of refits for about so
// many seconds of its thread's CPU time, and prints the nanoseconds that one generation took.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

namespace peer {

struct task {
  std::string how;
  long dimension, samples;
  double seconds;
};

inline task parse(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: %s HOW DIMENSION SAMPLES SECONDS\n", argv[0]);
    std::exit(2);
  }
  return {argv[1], std::atol(argv[2]), std::atol(argv[3]), std::atof(argv[4])};
}

/// CPU time of this thread, in seconds: what a neighbour takes of the core is not counted.
inline double now() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

/// Runs `chain(generations)`, first for an eighth of the time so that caches and clocks are warm, then for all of it.
template <class Chain>
void report(const task& job, Chain&& chain) {
  long generations = 1;
  double took = 0;
  for (const double goal : {job.seconds / 8, job.seconds}) {
    for (;;) {
      const double start = now();
      chain(generations);
      took = now() - start;
      if (took >= goal / 2) break;
      const double wanted =
          took > 0 ? static_cast<double>(generations) * goal / took : static_cast<double>(generations) * 1000;
      const double most = static_cast<double>(generations) * 1000;
      generations = static_cast<long>(wanted < most ? wanted : most) + 1;
    }
  }
  std::printf("%.6g\n", took / static_cast<double>(generations) * 1e9);
}

}  // namespace peer
