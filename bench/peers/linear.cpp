// Ours. `linear chain HOW D N SECONDS` prints the nanoseconds of a generation of least squares, a whole chain through `run_lineage`;
// `linear fit least_squares|ridge D N SECONDS` those of one fit to data that are there; `linear write D N FILE` writes pairs with labels 0
// and 1, and `linear logistic FILE SECONDS` prints the nanoseconds of a logistic regression of them, and its mean log-likelihood.

#include <cmath>
#include <cstring>
#include <fstream>
#include <vector>

#include <simulacra/linear.hpp>
#include <simulacra/recursion.hpp>

#include "measure.hpp"

namespace sim = simulacra;

namespace {

double seen = 0;

const sim::regression_options unit_noise{.noise = sim::label_noise::known(1)};

sim::linear_model<> truth_of(sim::Index d) { return {sim::point<>::Ones(d), 1, sim::gaussian<>::standard(d)}; }

void chain(const peer::task& job) {
  const sim::experiment what{truth_of(job.dimension),
                             sim::least_squares(sim::gaussian<>::standard(job.dimension), unit_noise), sim::replace{}};
  const auto how = job.how == "stored" ? sim::draw::stored : sim::draw::collapsed;
  peer::report(job, [&, replicate = std::uint64_t{0}](long generations) mutable {
    const sim::plan plan{.generations = generations, .samples = job.samples, .how = how};
    const auto line = sim::run_lineage(what, plan, sim::stream({1, 0}, {.replicate = replicate++}),
                                       [](const auto& g) { seen += g.model.weights()[0]; });
    if (line.why != sim::ending::completed) std::fprintf(stderr, "a lineage ended early\n");
  });
}

void fit(const peer::task& job) {
  const auto inputs = sim::gaussian<>::standard(job.dimension);
  sim::stream rng(1);
  const auto pairs = truth_of(job.dimension).sample(job.samples, rng);
  const sim::least_squares plain(inputs, unit_noise);
  const sim::ridge penal(inputs, {.size = 1}, unit_noise);
  peer::report(job, [&](long times) {
    for (long i = 0; i < times; ++i)
      seen += job.how == "ridge" ? penal.fit(pairs, rng).model.weights()[0] : plain.fit(pairs, rng).model.weights()[0];
  });
}

int write(long d, long n, const char* file) {
  sim::stream rng(2);
  const sim::logistic_model<> law(sim::point<>::Ones(d) / std::sqrt(static_cast<double>(d)), sim::gaussian<>::standard(d));
  const auto pairs = law.sample(n, rng);
  const double size[2] = {static_cast<double>(d), static_cast<double>(n)};
  std::ofstream out(file, std::ios::binary);
  const auto put = [&](const double* from, long count) {
    out.write(reinterpret_cast<const char*>(from), static_cast<std::streamsize>(count) * static_cast<long>(sizeof(double)));
  };
  put(size, 2), put(pairs.x.data(), d * n), put(pairs.y.data(), n);
  return out ? 0 : 1;
}

int logistic(const char* file, double seconds) {
  std::ifstream in(file, std::ios::binary);
  const auto get = [&](double* to, long count) {
    in.read(reinterpret_cast<char*>(to), static_cast<std::streamsize>(count) * static_cast<long>(sizeof(double)));
  };
  double size[2] = {};
  get(size, 2);
  const long d = static_cast<long>(size[0]), n = static_cast<long>(size[1]);
  sim::labelled_numbers<> pairs{sim::samples<>(d, n), sim::samples<double, 1>(1, n)};
  get(pairs.x.data(), d * n), get(pairs.y.data(), n);
  if (!in) return 1;
  const sim::logistic_regression<sim::gaussian<>> by(sim::gaussian<>::standard(d), {.penalty = {1}, .tolerance = 1e-4});
  sim::stream rng(3);
  std::vector<double> took;
  double loss = 0;
  for (const double begin = peer::now(); took.size() < 3 || peer::now() - begin < seconds;) {
    const double from = peer::now();
    const auto done = by.fit(pairs, rng);
    took.push_back(peer::now() - from);
    loss = sim::log_loss(done.model, pairs);
  }
  std::sort(took.begin(), took.end());
  std::printf("%.6g %.12g\n", took[took.size() / 2] * 1e9, -loss);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 5 && std::strcmp(argv[1], "write") == 0) return write(std::atol(argv[2]), std::atol(argv[3]), argv[4]);
  if (argc == 4 && std::strcmp(argv[1], "logistic") == 0) return logistic(argv[2], std::atof(argv[3]));
  if (argc != 6) return 2;
  const peer::task job = peer::parse(argc - 1, argv + 1);
  if (std::strcmp(argv[1], "chain") == 0)
    chain(job);
  else
    fit(job);
  return seen != seen;
}
