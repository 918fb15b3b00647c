// The bits of whole runs. They guard against accidental change, and against compilers that compute something else: g++ and
// clang must give the same ones. What may change them: an instruction set beyond SSE2 (Eigen then adds in another order),
// contraction of multiply and add, another libm where a sampler takes a logarithm. A deliberate change belongs under
// "Numerical results" in the changelog.

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <string>

#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>

namespace sim = simulacra;
using sim::Index;

namespace {

/// FNV-1a over the bits of everything that a chain's models hold.
class fingerprint {
 public:
  void operator()(const auto& g) {
    for (Index i = 0; i < g.model.dimension(); ++i) {
      add(g.model.mean()[i]);
      for (Index j = 0; j <= i; ++j) add(g.model.factor().matrix()(i, j));
    }
  }
  [[nodiscard]] std::uint64_t value() const { return hash_; }

 private:
  void add(double v) {
    auto bits = std::bit_cast<std::uint64_t>(v);
    for (int byte = 0; byte < 8; ++byte, bits >>= 8) hash_ = (hash_ ^ (bits & 0xFF)) * 0x100000001b3u;
  }
  std::uint64_t hash_ = 0xcbf29ce484222325u;
};

template <int D>
std::uint64_t bits_of(sim::draw how, const sim::any_recipe& recipe) {
  const sim::experiment what{sim::gaussian<double, D>::standard(),
                             sim::gaussian_estimator<double, D>(sim::divisor::n_minus_1), recipe};
  fingerprint print;
  const auto look = [&](const auto& g) { print(g); };
  static_cast<void>(sim::run_lineage(what, {.generations = 60, .samples = 25, .how = how}, sim::stream(20111115), look));
  return print.value();
}

bool baseline() {
#if defined(__x86_64__) && !defined(__AVX__) && !defined(__FMA__) && !defined(EIGEN_DONT_VECTORIZE)
  return true;
#else
  return false;
#endif
}

}  // namespace

TEST_CASE("whole runs have the bits that they always had") {
  if (!baseline()) {
    MESSAGE("skipped: these bits are promised for x86-64 with SSE2 and no contraction only");
    return;
  }
  CHECK(bits_of<1>(sim::draw::collapsed, sim::replace{}) == 7367969461950269837u);
  CHECK(bits_of<1>(sim::draw::streamed, sim::replace{}) == 11503503028360272976u);
  CHECK(bits_of<1>(sim::draw::stored, sim::replace{}) == 786243990738647151u);
  CHECK(bits_of<1>(sim::draw::collapsed, sim::accumulate{}) == 15729901751428067104u);
  CHECK(bits_of<2>(sim::draw::collapsed, sim::replace{}) == 10393996629989007551u);
  CHECK(bits_of<2>(sim::draw::stored, sim::replace{}) == 16344573818910357623u);
  CHECK(bits_of<2>(sim::draw::streamed, sim::accumulate{}) == 7135934049300860608u);
}

namespace {

/// A collapsed chain by hand, each generation from its own stream.
template <class T>
sim::gaussian<T, 1> by_hand(Index generations, const sim::schedule& samples, const sim::stream& root,
                            std::uint64_t off = 0) {
  auto model = sim::gaussian<T, 1>::standard();
  const sim::gaussian_estimator<T, 1> estimator(sim::divisor::n);
  for (Index t = 0; t < generations; ++t) {
    const auto index = static_cast<std::uint64_t>(t);
    sim::stream rng = t == 0 ? root.at(0, sim::purpose::truth) : root.at(index + off, sim::purpose::sample);
    model = estimator.fit(model.sample_summary(samples(t), sim::as<sim::moments<T, 1>>{}, rng)).model;
  }
  return model;
}

template <class T>
void check_ahead(const sim::schedule& samples) {
  const sim::experiment what{sim::gaussian<T, 1>::standard(), sim::gaussian_estimator<T, 1>(sim::divisor::n),
                             sim::replace{}};
  const sim::stream root({5, 1}, {.replicate = 8});
  for (const Index generations : {Index{1}, Index{2}, Index{16}, Index{17}, Index{18}, Index{33}, Index{70}}) {
    const auto run = sim::run_lineage(what, {.generations = generations, .samples = samples}, root);
    CHECK(*run.model == by_hand<T>(generations, samples, root));
    if (generations > 1) CHECK_FALSE(*run.model == by_hand<T>(generations, samples, root, 1));
  }
}

}  // namespace

TEST_CASE("what a chain draws ahead has the bits of each generation's own stream, also where n changes") {
  check_ahead<double>(sim::schedule(25));
  check_ahead<double>(sim::schedule([](Index t) { return t < 37 ? Index{25} : Index{1000}; }));
  check_ahead<double>(sim::schedule([](Index t) { return Index{20} + t % 3; }));
  check_ahead<double>(sim::schedule([](Index t) { return t % 32 < 16 ? Index{20} : Index{3}; }));
  check_ahead<double>(sim::schedule::linear(2, 1));
  check_ahead<float>(sim::schedule(25));
}
