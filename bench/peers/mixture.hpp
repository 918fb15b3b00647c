#pragma once

// What the mixture programs share. Data and start come from one file, which `mixture write K D N FILE` makes: three doubles
// k, d and n, then k means of d numbers, then n observations of d numbers. Every program starts from these means with
// covariance I and equal weights, and restarts after `stretch` iterations, long before anything has converged.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <vector>

namespace peer {

inline constexpr int stretch = 10;

struct mixture_task {
  long k, d, n;
  std::vector<double> means, x;
};

inline mixture_task read_mixture(const char* file) {
  std::ifstream in(file, std::ios::binary);
  double size[3];
  in.read(reinterpret_cast<char*>(size), sizeof size);
  mixture_task job{static_cast<long>(size[0]), static_cast<long>(size[1]), static_cast<long>(size[2]), {}, {}};
  job.means.resize(static_cast<std::size_t>(job.k * job.d));
  job.x.resize(static_cast<std::size_t>(job.n * job.d));
  in.read(reinterpret_cast<char*>(job.means.data()), static_cast<std::streamsize>(job.means.size() * sizeof(double)));
  in.read(reinterpret_cast<char*>(job.x.data()), static_cast<std::streamsize>(job.x.size() * sizeof(double)));
  if (!in) {
    std::fprintf(stderr, "cannot read %s\n", file);
    std::exit(2);
  }
  return job;
}

inline double median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v[v.size() / 2];
}

}  // namespace peer
