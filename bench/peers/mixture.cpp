// Ours. `mixture write K D N FILE` writes the data; `mixture em FILE SECONDS` prints the nanoseconds of an iteration of EM
// and the mean log-likelihood after ten of them; `mixture generation SECONDS` the nanoseconds of a generation of the paper's
// chain.

#include <cmath>
#include <cstring>

#include <simulacra/mixture.hpp>
#include <simulacra/recursion.hpp>

#include "measure.hpp"
#include "mixture.hpp"

namespace sim = simulacra;

namespace {

int write(long k, long d, long n, const char* file) {
  sim::stream rng(1);
  // Centres about three standard deviations apart whatever d is, and starts about half a one from them: components overlap,
  // EM is far from done after ten iterations, and none of them is lost on the way.
  const sim::samples<> centres = 3 / std::sqrt(2.0 * static_cast<double>(d)) * sim::gaussian<>::standard(d).sample(k, rng);
  const sim::samples<> starts =
      centres + 0.5 / std::sqrt(static_cast<double>(d)) * sim::gaussian<>::standard(d).sample(k, rng);
  std::vector<sim::gaussian<>> components;
  for (long j = 0; j < k; ++j)
    components.emplace_back(sim::point<>(centres.col(j)), sim::square<>(sim::square<>::Identity(d, d)));
  const auto x =
      sim::gaussian_mixture<>(std::vector<double>(static_cast<std::size_t>(k), 1.0), std::move(components)).sample(n, rng);
  const double size[3] = {static_cast<double>(k), static_cast<double>(d), static_cast<double>(n)};
  std::ofstream out(file, std::ios::binary);
  out.write(reinterpret_cast<const char*>(size), sizeof size);
  out.write(reinterpret_cast<const char*>(starts.data()),
            static_cast<std::streamsize>(static_cast<std::size_t>(k * d) * sizeof(double)));
  out.write(reinterpret_cast<const char*>(x.data()),
            static_cast<std::streamsize>(static_cast<std::size_t>(n * d) * sizeof(double)));
  return out ? 0 : 1;
}

template <int D>
void em(const peer::mixture_task& job, double seconds) {
  const sim::samples<double, D> x = Eigen::Map<const sim::samples<double, D>>(job.x.data(), job.d, job.n);
  std::vector<sim::gaussian<double, D>> components;
  for (long j = 0; j < job.k; ++j)
    components.emplace_back(
        sim::point<double, D>(Eigen::Map<const sim::point<double, D>>(job.means.data() + j * job.d, job.d)),
        sim::square<double, D>(sim::square<double, D>::Identity(job.d, job.d)));
  const sim::gaussian_mixture<double, D> start(std::vector<double>(components.size(), 1.0), components);
  sim::stream rng(1);
  sim::mixture_em<double, D> em(x, nullptr, sim::gaussian_estimator<double, D>(sim::divisor::n).fit(x, rng).model,
                                {.components = job.k});
  std::vector<double> took;
  double log_likelihood = 0;
  for (const double begin = peer::now(); took.size() < 3 || peer::now() - begin < seconds;) {
    em.start(start, rng);
    const double from = peer::now();
    for (int i = 0; i < peer::stretch; ++i) em.step(rng);
    took.push_back((peer::now() - from) / peer::stretch);
    log_likelihood = em.log_likelihood();
    if (em.lost() > 0) std::fprintf(stderr, "ours has lost a component\n");
  }
  std::printf("%.6g %.12g\n", peer::median(took) * 1e9, log_likelihood);
}

void generation(double seconds) {
  using estimator = sim::mixture_estimator<double, 2>;
  const sim::experiment what{sim::gaussian_mixture<double, 2>(sim::gaussian<double, 2>::standard()),
                             estimator({.components = 2, .tolerance = 1e-5, .max_iterations = 2000, .floor = 1e-6}),
                             sim::replace{}};
  std::uint64_t replicate = 0;
  double took = 0, generations = 0;
  while (took < seconds || generations < 40) {
    const double from = peer::now();
    const auto line =
        sim::run_lineage(what, {.generations = 20, .samples = 1000}, sim::stream({1, 0}, {.replicate = replicate++}));
    took += peer::now() - from;
    generations += static_cast<double>(line.generations);
  }
  std::printf("%.6g 0\n", took / generations * 1e9);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 6 && std::strcmp(argv[1], "write") == 0)
    return write(std::atol(argv[2]), std::atol(argv[3]), std::atol(argv[4]), argv[5]);
  if (argc == 3 && std::strcmp(argv[1], "generation") == 0) return generation(std::atof(argv[2])), 0;
  if (argc != 4 || std::strcmp(argv[1], "em") != 0) return 2;
  const peer::mixture_task job = peer::read_mixture(argv[2]);
  if (job.d == 2)
    em<2>(job, std::atof(argv[3]));
  else
    em<sim::dynamic>(job, std::atof(argv[3]));
}
