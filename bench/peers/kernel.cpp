// Ours. `kernel write D N FILE` writes sources, queries and a bandwidth. `kernel sum FILE SECONDS ERROR` prints the
// nanoseconds that it takes to build the sum of kernels over all sources and to evaluate it at all queries, with that
// relative error (0: exactly), and the mean log density at the first 1000 queries.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <vector>

#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/sums/gauss_sum.hpp>

#include "measure.hpp"

namespace sim = simulacra;

namespace {

sim::samples<> two_bumps(long d, long n, sim::stream& rng) {
  sim::samples<> x(d, n);
  for (sim::Index i = 0; i < x.size(); ++i) x.data()[i] = sim::standard_normal(rng);
  for (sim::Index i = 0; i < n; ++i) x(0, i) = 0.5 * x(0, i) + (i % 2 == 0 ? 1.5 : -1.5);
  return x;
}

int write(long d, long n, const char* file) {
  sim::stream rng(1);
  const double h = 0.5 * std::pow(static_cast<double>(n), -1.0 / static_cast<double>(d + 4));
  const double size[3] = {static_cast<double>(d), static_cast<double>(n), h};
  std::ofstream out(file, std::ios::binary);
  out.write(reinterpret_cast<const char*>(size), sizeof size);
  for (int part = 0; part < 2; ++part) {
    const sim::samples<> x = two_bumps(d, n, rng);
    out.write(reinterpret_cast<const char*>(x.data()), static_cast<std::streamsize>(sizeof(double)) * x.size());
  }
  return out ? 0 : 1;
}

template <int D>
void sum(const sim::samples<>& all, sim::Index n, double h, double seconds, double error) {
  const sim::samples<double, D> x = all.leftCols(n), y = all.rightCols(n);
  std::vector<double> took;
  Eigen::VectorXd g(n);
  for (const double begin = peer::now(); took.size() < 3 || peer::now() - begin < seconds;) {
    const double from = peer::now();
    const sim::gauss_sum<double, D> f(x / h, {}, {.relative_error = error});
    f.log_values_into(y / h, g);
    took.push_back(peer::now() - from);
    if (took.size() == 1 && took[0] > 3 * seconds) break;
  }
  const double norm = std::log(static_cast<double>(n)) +
                      static_cast<double>(all.rows()) * (std::log(h) + 0.9189385332046727417803297364056176);
  std::sort(took.begin(), took.end());
  std::printf("%.6g %.12g\n", took[took.size() / 2] * 1e9, g.head((std::min)(n, sim::Index{1000})).mean() - norm);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 5 && std::strcmp(argv[1], "write") == 0) return write(std::atol(argv[2]), std::atol(argv[3]), argv[4]);
  if (argc != 5 || std::strcmp(argv[1], "sum") != 0) return 2;
  double size[3];
  std::ifstream in(argv[2], std::ios::binary);
  in.read(reinterpret_cast<char*>(size), sizeof size);
  const auto d = static_cast<sim::Index>(size[0]), n = static_cast<sim::Index>(size[1]);
  sim::samples<> all(d, 2 * n);
  in.read(reinterpret_cast<char*>(all.data()), static_cast<std::streamsize>(sizeof(double)) * all.size());
  if (!in) return 1;
  const double seconds = std::atof(argv[3]), error = std::atof(argv[4]);
  switch (d) {
    case 1: sum<1>(all, n, size[2], seconds, error); break;
    case 2: sum<2>(all, n, size[2], seconds, error); break;
    default: sum<sim::dynamic>(all, n, size[2], seconds, error); break;
  }
}
