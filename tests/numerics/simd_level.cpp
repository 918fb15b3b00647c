// What the level of vector instructions may change: last bits of sums, and nothing of what is drawn. What a level computes depends on nothing
// else: these bits are those of every compiler, flag and machine.

#include "support/throws.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include <simulacra/numerics/aligned_doubles.hpp>
#include <simulacra/numerics/exponential.hpp>
#include <simulacra/numerics/simd_level.hpp>
#include <simulacra/random/gamma.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>

namespace sim = simulacra;
using namespace simulacra::packets;

namespace {

constexpr level levels[] = {level::baseline, level::avx2, level::avx512};

/// The levels that this machine has, each in use while `f` runs.
template <class F>
void at_each_level(F&& f) {
  const level before = used_level();
  for (const level l : levels) {
    if (l > best_level()) continue;
    use_level(l);
    INFO(name_of(l));
    CHECK(used_level() == l);
    f(l);
  }
  use_level(before);
}

std::uint64_t hash(std::span<const double> all) {
  std::uint64_t h = 0xcbf29ce484222325u;
  for (const double v : all) {
    auto bits = std::bit_cast<std::uint64_t>(v);
    for (int byte = 0; byte < 8; ++byte, bits >>= 8) h = (h ^ (bits & 0xFF)) * 0x100000001b3u;
  }
  return h;
}

/// Numbers between 0 and 1 that are the same bits everywhere.
std::vector<double> numbers(std::size_t n) {
  std::vector<double> x(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<double>((i * 2654435761u) % 1048576u) * 0x1p-20 + 0x1p-30;
  return x;
}

enum class what { exponential, logarithm, root, quotient, sum_of_products };

/// One of these of 800 numbers at `x`, in packets.
std::vector<double> computed(what w, const double* x) {
  std::vector<double> out(800);
  at_used_level([&]<class L>(L) __attribute__((always_inline)) {
    for (std::size_t i = 0; i < out.size(); i += L::width) {
      const packet<L> a = load<L>(x + i);
      packet<L> r = a;
      if (w == what::exponential) r = exp_flushed(multiply(all<L>(-700), a));
      if (w == what::logarithm) r = log(a);
      if (w == what::root) r = root(a);
      if (w == what::quotient) r = divide(add(a, all<L>(1)), subtract(a, all<L>(3)));
      if (w == what::sum_of_products)
        r = all<L>(sum(multiply_add(a, a, add(multiply(a, all<L>(0.3)), larger(a, all<L>(0.5))))));
      store(out.data() + i, r);
    }
  });
  return out;
}

template <class Exact>
double worst_units(const std::vector<double>& values, const std::vector<double>& x, Exact&& exact) {
  double worst = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const long double right = exact(static_cast<long double>(x[i]));
    const double unit = std::ldexp(1.0, std::ilogb(static_cast<double>(right)) - 52);
    worst = (std::max)(worst, static_cast<double>(std::abs(static_cast<long double>(values[i]) - right)) / unit);
  }
  return worst;
}

}  // namespace

TEST_CASE("simd_level: the names of levels, the best for what is better, and a word for what is none") {
  for (const level l : levels) CHECK(level_named(name_of(l)) == (std::min)(l, best_level()));
  CHECK(simulacra_test::message_of([] {
          static_cast<void>(level_named("avx"));
        }).find("SIMULACRA_SIMD in the environment is 'avx'") != std::string::npos);
  CHECK_THROWS_AS(static_cast<void>(level_named("")), std::invalid_argument);
}

TEST_CASE("packets: exponential, logarithm, root and quotient are right at every level") {
  const std::vector<double> x = numbers(800);
  at_each_level([&](level) {
    // The argument of the exponential is a rounded product: half a unit of 700 is worth 700 / 2 units of the result, at most.
    const auto argument = [](long double v) { return static_cast<long double>(-700 * static_cast<double>(v)); };
    CHECK(worst_units(computed(what::exponential, x.data()), x, [&](long double v) { return std::exp(argument(v)); }) <= 2);
    CHECK(worst_units(computed(what::logarithm, x.data()), x, [](long double v) { return std::log(v); }) <= 1);
    CHECK(worst_units(computed(what::root, x.data()), x, [](long double v) { return std::sqrt(v); }) <= 0.5005);
    CHECK(worst_units(computed(what::quotient, x.data()), x, [](long double v) {
            return static_cast<long double>(static_cast<double>(v) + 1) /
                   static_cast<long double>(static_cast<double>(v) - 3);
          }) <= 0.5005);
    CHECK(worst_units(computed(what::logarithm, x.data()), x, [](long double v) { return std::log(v) * (1 + 1e-15L); }) > 1);
  });
}

TEST_CASE("packets: bits depend on the level alone, not on where the numbers lie, nor on the compiler and its flags") {
  const std::vector<double> x = numbers(800);
  std::vector<double> moved(801);
  std::copy(x.begin(), x.end(), moved.begin() + 1);
  at_each_level([&](level l) {
    for (const what w : {what::exponential, what::logarithm, what::root, what::quotient, what::sum_of_products})
      CHECK(hash(computed(w, x.data())) == hash(computed(w, moved.data() + 1)));
    const bool fused = l != level::baseline;
    CHECK(hash(computed(what::exponential, x.data())) == (fused ? 14957652719062176626u : 5190485393694998960u));
    CHECK(hash(computed(what::logarithm, x.data())) == (fused ? 17930481833125378120u : 7734324583876033339u));
    CHECK(hash(computed(what::sum_of_products, x.data())) == (l == level::baseline ? 15291629324039565273u
                                                              : l == level::avx2   ? 4425391492575686533u
                                                                                   : 6259084405971784533u));
  });
}

TEST_CASE("draws are the same bits at every level") {
  std::vector<std::uint64_t> seen;
  at_each_level([&](level) {
    sim::stream rng(20111115);
    std::vector<double> all(1001);
    sim::fill_normal(std::span<double>(all), rng);
    for (int i = 0; i < 50; ++i) all.push_back(sim::standard_gamma(0.3 + i, rng));
    for (int i = 0; i < 50; ++i) all.push_back(sim::uniform(rng));
    seen.push_back(hash(all));
    CHECK(seen.back() == seen.front());
  });
}
