// Ours. `metrics write D N FILE` writes two samples. `metrics mmd|wasserstein FILE SECONDS` prints the nanoseconds that one distance
// takes, and the distance: MMD^2 (the V statistic) with the Gaussian kernel of length sqrt(D), and W_1.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <simulacra/metrics/mmd.hpp>
#include <simulacra/metrics/wasserstein.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>

#include "measure.hpp"

namespace sim = simulacra;

namespace {

int write(long d, long n, const char* file) {
  sim::stream rng(1);
  const double size[2] = {static_cast<double>(d), static_cast<double>(n)};
  sim::samples<> both(d, 2 * n);
  for (sim::Index i = 0; i < both.size(); ++i) both.data()[i] = sim::standard_normal(rng);
  both.rightCols(n).array() += 0.1;
  std::ofstream out(file, std::ios::binary);
  out.write(reinterpret_cast<const char*>(size), sizeof size);
  out.write(reinterpret_cast<const char*>(both.data()), static_cast<std::streamsize>(sizeof(double)) * both.size());
  return out ? 0 : 1;
}

template <class Distance>
int report(double seconds, Distance&& distance) {
  std::vector<double> took;
  double value = 0;
  for (const double begin = peer::now(); took.size() < 3 || peer::now() - begin < seconds;) {
    const double from = peer::now();
    value = distance();
    took.push_back(peer::now() - from);
  }
  std::sort(took.begin(), took.end());
  std::printf("%.6g %.12g\n", took[took.size() / 2] * 1e9, value);
  return 0;
}

template <int D>
int mmd(const sim::samples<>& both, double seconds) {
  const sim::Index n = both.cols() / 2;
  const sim::samples<double, D> x = both.leftCols(n), y = both.rightCols(n);
  const sim::gaussian_kernel k(std::sqrt(static_cast<double>(both.rows())));
  return report(seconds, [&] { return sim::mmd_squared(k, x, y); });
}

}  // namespace

int main(int argc, char** argv) {
  const std::string task = argc > 1 ? argv[1] : "";
  if (argc == 5 && task == "write") return write(std::atol(argv[2]), std::atol(argv[3]), argv[4]);
  if (argc != 4 || (task != "mmd" && task != "wasserstein")) {
    std::fprintf(stderr, "usage: %s write D N FILE | mmd|wasserstein FILE SECONDS\n", argv[0]);
    return 2;
  }
  std::ifstream in(argv[2], std::ios::binary);
  double size[2] = {};
  in.read(reinterpret_cast<char*>(size), sizeof size);
  sim::samples<> both(static_cast<sim::Index>(size[0]), 2 * static_cast<sim::Index>(size[1]));
  in.read(reinterpret_cast<char*>(both.data()), static_cast<std::streamsize>(sizeof(double)) * both.size());
  if (!in) {
    std::fprintf(stderr, "%s: cannot read %s\n", argv[0], argv[2]);
    return 1;
  }
  const double seconds = std::atof(argv[3]);
  if (task == "mmd") return both.rows() == 2 ? mmd<2>(both, seconds) : mmd<sim::dynamic>(both, seconds);
  const sim::samples<double, 1> x = both.leftCols(both.cols() / 2), y = both.rightCols(both.cols() / 2);
  return report(seconds, [&] { return sim::wasserstein(x, y, 1); });
}
