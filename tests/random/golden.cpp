#include <doctest/doctest.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include <simulacra/random.hpp>

// Hashes of the first numbers of every sampler: a guard against accidental change, not a check of correctness. A hash that
// changes on purpose changes everybody's results, and belongs in the changelog under "Numerical results".
//
// Equal on g++ 12 and clang++ 14 at -O0, -O2, -O3 and -O3 -march=native -ffp-contract=off (x86-64, glibc 2.36), with and
// without AVX-512. What rests on what:
// - "words" and "indices": integer arithmetic and single IEEE operations. The same bits on every machine.
// - "normals": literal tables; log and exp only in 1 number of 70, and there, but for the tail (1 in 4000), only to decide.
// - "counts": floating point only decides, so another libm changes a count about never.
// - "gammas", "exponentials", "wishart": the last bits are those of libm's log and exp, and of multiplications that are not
//   contracted with additions. Under -march=native compilers do contract, unless told -ffp-contract=off; then this part is
//   skipped.

using simulacra::Index;
using simulacra::stream;

namespace {

/// FNV-1a over 64-bit words.
struct hash {
  std::uint64_t value = 0xCBF29CE484222325u;
  void operator()(std::uint64_t word) { value = (value ^ word) * 0x100000001B3u; }
  void operator()(double x) { (*this)(std::bit_cast<std::uint64_t>(x)); }
  void operator()(Index k) { (*this)(static_cast<std::uint64_t>(k)); }
  [[nodiscard]] std::string text() const {
    char digits[17];
    std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(value));
    return digits;
  }
};

template <class Draw>
std::string of(std::size_t n, Draw draw) {
  stream rng({2024, 7}, {1, 2, simulacra::purpose::sample, 3});
  hash h;
  for (std::size_t i = 0; i < n; ++i) h(draw(rng));
  return h.text();
}

/// Whether this build turns a * b + c into one rounding. The product here is 1 - 2^-60, which rounds to 1.
bool contracts() {
  volatile double a = 1 + 0x1p-30, b = 1 - 0x1p-30, c = -1;
  const double x = a, y = b, z = c;
  return x * y + z != 0;
}

}  // namespace

TEST_CASE("golden: words and indices") {
  CHECK(of(100000, [](stream& rng) { return rng(); }) == "a594a0315418bca7");
  CHECK(of(100000, [](stream& rng) { return simulacra::uniform(rng); }) == "d10c4e9e1e3797d1");
  CHECK(of(100000, [](stream& rng) { return simulacra::uniform_open(rng); }) == "b591e7e78a24d3be");
  CHECK(of(100000, [](stream& rng) { return simulacra::uniform_index(1000003, rng); }) == "beb717c66aeaf1fd");
  CHECK(of(1000, [](stream& rng) { return simulacra::permutation(100, rng)[50]; }) == "67e18eba5d8158db");
  CHECK(of(1000, [](stream& rng) { return simulacra::subsample(1000000, 20, rng)[19]; }) == "dd338a2b93ddae14");
  std::vector<double> weights(100);
  for (std::size_t k = 0; k < 100; ++k) weights[k] = 1 / static_cast<double>(k + 1);
  const simulacra::alias_table table(weights);
  CHECK(of(100000, [&](stream& rng) { return table(rng); }) == "b2d54e22cc599310");
}

TEST_CASE("golden: normals") {
  CHECK(of(100000, [](stream& rng) { return simulacra::standard_normal(rng); }) == "31aba31becc70870");
}

TEST_CASE("golden: counts") {
  CHECK(of(100000, [](stream& rng) { return simulacra::binomial_count(10, 0.3, rng); }) == "ae812139d4ebe469");
  CHECK(of(100000, [](stream& rng) { return simulacra::binomial_count(1000000, 0.7, rng); }) == "eb067611948e0e4f");
  CHECK(of(100000, [](stream& rng) { return simulacra::poisson_count(3.5, rng); }) == "f2764e00d14b1148");
  CHECK(of(100000, [](stream& rng) { return simulacra::poisson_count(3500, rng); }) == "c73f6cb79d00036c");
  const std::vector<double> weights = {0.1, 0.5, 0, 0.25, 0.15};
  std::vector<Index> counts(5);
  CHECK(of(20000, [&](stream& rng) {
          simulacra::multinomial(1000, weights, counts, rng);
          return counts[0] + 1000 * counts[3];
        }) == "e24a957c072ba45b");
}

TEST_CASE("golden: gammas, exponentials, wishart") {
  if (contracts()) {
    MESSAGE("skipped: this build contracts multiplications and additions (use -ffp-contract=off)");
    return;
  }
  CHECK(of(100000, [](stream& rng) { return simulacra::standard_exponential(rng); }) == "e7ef690f58be8aa6");
  CHECK(of(100000, [](stream& rng) { return simulacra::standard_gamma(0.5, rng); }) == "9e3e5e000b00e0bd");
  CHECK(of(100000, [](stream& rng) { return simulacra::standard_gamma(2.5, rng); }) == "dcd911cab500d4a5");
  CHECK(of(100000, [](stream& rng) { return simulacra::log_standard_gamma(1e-3, rng); }) == "cc59771adcc91520");
  CHECK(of(100000, [](stream& rng) { return simulacra::chi_square(999, rng); }) == "e8db9dc4a15a4cda");
  simulacra::square<double, 3> factor;
  CHECK(of(20000, [&](stream& rng) {
          simulacra::fill_bartlett(factor, 10, rng);
          return factor(2, 1) + factor(2, 2);
        }) == "4d580d8a773c2a31");
}
