#include "goodness.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <simulacra/random/normal.hpp>

using simulacra::stream;
using simulacra_test::equiprobable_z;
using simulacra_test::z_limit;

namespace {

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

/// How many of n numbers lie beyond `edge` on both sides, as a z-score of the binomial.
template <class Draw>
double tail_z(std::size_t n, double edge, Draw draw) {
  double beyond = 0;
  for (std::size_t i = 0; i < n; ++i) beyond += std::abs(draw()) > edge;
  const double p = std::erfc(edge / std::sqrt(2.0)), size = static_cast<double>(n);
  return (beyond - size * p) / std::sqrt(size * p * (1 - p));
}

/// A ziggurat as it was once published: the sign shares its bit with the layer (bit 0), so even layers are positive.
double shared_sign_bit(stream& rng) {
  const std::uint64_t word = rng();
  const double x = std::abs(simulacra::detail::normal_of(word));
  return (word & 1u) != 0 ? -x : x;
}

}  // namespace

TEST_CASE("ziggurat: the literal tables are the recursion's, to the last bit or so") {
  using namespace simulacra::ziggurat;
  const auto density = [](long double at) { return std::exp(-at * at / 2); };
  const auto edge = static_cast<long double>(x[1]);
  // The common area: the base strip with its tail.
  const long double tail = std::sqrt(std::acos(-1.0L) / 2) * std::erfc(edge / std::sqrt(2.0L));
  const long double area = edge * density(edge) + tail;
  CHECK_CLOSE(static_cast<double>(area), 0.004928673233974655, 1e-15);
  CHECK_CLOSE(x[0], static_cast<double>(area / density(edge)), 3e-16);
  CHECK(x[256] == 0);
  CHECK(f[256] == 1);
  for (std::size_t i = 0; i < 256; ++i) {
    const auto at = static_cast<long double>(x[i]);
    CHECK_CLOSE(f[i], static_cast<double>(density(at)), 1e-15);
  }
  // Layers 1 to 254 fix the next; the last must close at the top, which fixes R.
  long double wide = edge;
  for (std::size_t i = 1; i < 255; ++i) {
    wide = std::sqrt(-2 * std::log(area / wide + density(wide)));
    CHECK_CLOSE(x[i + 1], static_cast<double>(wide), 1e-13);  // R's own rounding grows along the recursion
  }
  CHECK_CLOSE(static_cast<double>(area / wide + density(wide)), 1, 1e-15);
  for (std::size_t i = 0; i < 256; ++i) {
    CHECK(layers[i].scale == std::ldexp(x[i], -53));
    CHECK(layers[i].inside == x[i + 1]);
    CHECK(x[i] > x[i + 1]);
  }
}

TEST_CASE("normal: one word each, and fill_normal gives the values and the position of calls") {
  stream rng({1, 2}, {});
  std::vector<double> reference(3000);
  for (auto& value : reference) value = simulacra::standard_normal(rng);
  CHECK(rng.position() == reference.size());
  for (std::size_t start = 0; start < 6; ++start)
    for (const std::size_t size : {0u, 1u, 2u, 3u, 5u, 23u, 24u, 25u, 63u, 64u, 65u, 255u, 256u, 257u, 600u, 2500u}) {
      stream a({1, 2}, {}), b({1, 2}, {});
      a.seek(start);
      b.seek(start);
      std::vector<double> wide(size);
      std::vector<float> narrow(size);
      simulacra::fill_normal(std::span(wide), a);
      simulacra::fill_normal(std::span(narrow), b);
      long differences = 0;
      for (std::size_t i = 0; i < size; ++i)
        differences += (wide[i] != reference[start + i]) + (narrow[i] != static_cast<float>(reference[start + i]));
      CHECK(differences == 0);
      CHECK(a.position() == start + size);
      CHECK(b.position() == start + size);
    }
}

TEST_CASE("normal: goodness of fit over the whole line") {
  stream rng(1);
  CHECK_Z(equiprobable_z(
              4000000, 2000, [&] { return simulacra::standard_normal(rng); }, normal_cdf),
          0, 1);
  CHECK(equiprobable_z(
            4000000, 2000, [&] { return 1.01 * simulacra::standard_normal(rng); }, normal_cdf) > z_limit);
}

TEST_CASE("normal: moments 1 to 6 and no sign that goes with the size") {
  constexpr std::size_t n = 4000000;
  stream rng(2);
  double m[7] = {};
  for (std::size_t i = 0; i < n; ++i) {
    const double x = simulacra::standard_normal(rng);
    double power = 1;
    for (int k = 1; k <= 6; ++k) m[k] += power *= x;
  }
  const double root = std::sqrt(static_cast<double>(n));
  // Var x^k = (2k-1)!! - (k-1)!!^2 for even k, (2k-1)!! for odd k.
  const double expected[7] = {1, 0, 1, 0, 3, 0, 15};
  const double variance[7] = {0, 1, 2, 15, 96, 945, 10395 - 225};
  for (int k = 1; k <= 6; ++k) CHECK_Z(m[k] / static_cast<double>(n), expected[k], std::sqrt(variance[k]) / root);
}

TEST_CASE("normal: sign, layer and magnitude are independent within every layer") {
  // In every layer by itself: fair signs, and (sum over layers) a chi-square of 256 fair coins.
  const auto coins_z = [](auto draw) {
    std::array<double, 256> sum{}, count{};
    stream rng(3);
    for (int i = 0; i < 2000000; ++i) {
      stream look = rng;
      const std::size_t layer = look() & 0xFFu;
      const double x = draw(rng);
      sum[layer] += x < 0 ? -1 : 1;
      ++count[layer];
    }
    double statistic = 0;
    for (std::size_t i = 0; i < 256; ++i) statistic += sum[i] * sum[i] / count[i];
    return (statistic - 256) / std::sqrt(2 * 256.0);
  };
  CHECK_Z(coins_z([](stream& rng) { return simulacra::standard_normal(rng); }), 0, 1);
  CHECK(coins_z(shared_sign_bit) > z_limit);
}

TEST_CASE("normal: tails beyond the edge of the ziggurat") {
  const double edge = simulacra::ziggurat::x[1];
  stream rng(4);
  std::vector<double> block(1000);
  std::vector<double> beyond;  // what lies beyond R, of 2e7
  double counts[4] = {};
  const double edges[4] = {3, edge, 4, 4.5};
  constexpr double n = 2e7;
  for (int k = 0; k < 20000; ++k) {
    simulacra::fill_normal(std::span(block), rng);
    for (const double x : block) {
      const double size = std::abs(x);
      if (size <= 3) continue;
      for (int e = 0; e < 4; ++e) counts[e] += size > edges[e];
      if (size > edge) beyond.push_back(x);
    }
  }
  for (int e = 0; e < 4; ++e) {
    const double p = std::erfc(edges[e] / std::sqrt(2.0));
    CHECK_Z(counts[e], n * p, std::sqrt(n * p * (1 - p)));
  }
  // The law of what lies beyond, both sides together: uniform after its conditional cdf.
  std::size_t next = 0;
  const double all = std::erfc(edge / std::sqrt(2.0));
  const auto conditional = [all](double x) { return 1 - std::erfc(std::abs(x) / std::sqrt(2.0)) / all; };
  REQUIRE(beyond.size() > 4000);
  CHECK_Z(equiprobable_z(
              beyond.size(), 50, [&] { return beyond[next++]; }, conditional),
          0, 1);
  double negative = 0;
  for (const double x : beyond) negative += x < 0;
  const auto size = static_cast<double>(beyond.size());
  CHECK_Z(negative, size / 2, std::sqrt(size) / 2);

  // Planted bugs: a tail that is cut off at R; an exponential tail without the rejection step.
  CHECK(std::abs(tail_z(1000000, edge, [&] {
          const double x = simulacra::standard_normal(rng);
          return std::abs(x) > edge ? edge : x;
        })) > z_limit);
  next = 0;
  const auto unrejected = [&] { return edge - std::log(1 - (static_cast<double>(next++) + 0.5) / size) / edge; };
  CHECK(equiprobable_z(beyond.size(), 10, unrejected, conditional) > z_limit);
}

TEST_CASE("normal: wedges, where a word needs more randomness, are right by themselves") {
  // Those of |x| in (0.3, 3.5) whose word fell outside the fast region, against the share the geometry gives them.
  using namespace simulacra;
  stream rng(5);
  constexpr int n = 4000000;
  double slow = 0, kept = 0;
  for (int i = 0; i < n; ++i) {
    const std::uint64_t word = rng();
    const detail::ziggurat_candidate first(word);
    if (first.inside() || first.layer == 0) continue;
    ++slow;
    kept += detail::normal_of(word) == first.x;
  }
  double outside = 0, under = 0;
  const auto upper_tail = [](double x) { return std::sqrt(std::acos(-1.0) / 2) * std::erfc(x / std::sqrt(2.0)); };
  for (std::size_t i = 1; i < 256; ++i) {
    outside += (1 - ziggurat::x[i + 1] / ziggurat::x[i]) / 256;
    // area under the curve over (x_{i+1}, x_i), above f(x_i), as a share of a layer's area
    const double area =
        upper_tail(ziggurat::x[i + 1]) - upper_tail(ziggurat::x[i]) - ziggurat::f[i] * (ziggurat::x[i] - ziggurat::x[i + 1]);
    under += area / (ziggurat::x[i] * (ziggurat::f[i + 1] - ziggurat::f[i])) / 256;
  }
  CHECK_Z(slow, n * outside, std::sqrt(n * outside * (1 - outside)));
  const double share = under / outside;
  CHECK_Z(kept, slow * share, std::sqrt(slow * share * (1 - share)));
  CHECK(std::abs(slow - slow * share) / std::sqrt(slow * share * (1 - share)) > z_limit);  // planted bug: all are kept
}
