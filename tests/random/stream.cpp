#include <support/statistics.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>

using simulacra::purpose;
using simulacra::stream;

static_assert(std::uniform_random_bit_generator<stream>);

TEST_CASE("stream: usable in constant expressions, and the same words there") {
  constexpr auto words = [] {
    stream rng({1, 2}, {3, 4, purpose::fit, 5});
    std::array<std::uint64_t, 150> all{};
    all[0] = rng();
    rng.fill(std::span(all).subspan(1));
    return all;
  }();
  stream rng({1, 2}, {3, 4, purpose::fit, 5});
  for (const auto word : words) CHECK(word == rng());
}

TEST_CASE("stream: the address is the counter and the key") {
  stream rng({11, 12}, {13, 14, purpose::metric, 15});
  rng.seek(4 * 77);
  const auto tag = (static_cast<std::uint64_t>(purpose::metric) << 32) | 15u;
  const auto block = simulacra::philox4x64::block({77, 13, 14, tag}, {11, 12});
  for (const auto word : block) CHECK(rng() == word);
  CHECK(rng.position() == 4 * 78);
  CHECK(rng.key() == simulacra::stream_key{11, 12});
  CHECK(rng.where() == simulacra::coordinates{13, 14, purpose::metric, 15});
}

TEST_CASE("stream: a member has streams of its own, and member 0 those of a lineage") {
  stream rng({11, 12}, {13, 14, purpose::metric, 15, 16});
  const auto tag = (std::uint64_t{16} << 40) | (static_cast<std::uint64_t>(purpose::metric) << 32) | 15u;
  for (const auto word : simulacra::philox4x64::block({0, 13, 14, tag}, {11, 12})) CHECK(rng() == word);
  CHECK(rng.where() == simulacra::coordinates{13, 14, purpose::metric, 15, 16});
  CHECK(rng.at(7, purpose::fit, 3).where() == simulacra::coordinates{7, 14, purpose::fit, 3, 16});
  CHECK(rng.of_member(5).where() == simulacra::coordinates{0, 14, purpose::user, 0, 5});
  CHECK(stream({1, 2}, {3, 4, purpose::fit, 5})() == stream({1, 2}, {3, 4, purpose::fit, 5, 0})());
}

TEST_CASE("stream: at() keeps key and replicate, and starts afresh") {
  stream rng({1, 2}, {3, 4, purpose::fit, 5});
  rng();
  stream other = rng.at(9, purpose::decode, 6), expected({1, 2}, {9, 4, purpose::decode, 6});
  CHECK(other.position() == 0);
  for (int i = 0; i < 10; ++i) CHECK(other() == expected());
  CHECK(stream(8)() == stream({8, 0}, {})());
}

TEST_CASE("stream: fill gives the words of calls, for every misalignment and around every block size") {
  std::vector<std::uint64_t> reference(700);
  stream plain({3, 9}, {5, 6, purpose::sample, 7});
  for (auto& word : reference) word = plain();
  long differences = 0;
  for (std::size_t start = 0; start < 9; ++start)
    for (std::size_t size = 0; size < 330; ++size) {
      stream rng({3, 9}, {5, 6, purpose::sample, 7});
      for (std::size_t i = 0; i < start; ++i) rng();
      std::vector<std::uint64_t> words(size + 1, 42);
      rng.fill(std::span(words).first(size));
      for (std::size_t i = 0; i < size; ++i) differences += words[i] != reference[start + i];
      differences += words[size] != 42;
      differences += rng.position() != start + size;
      differences += rng() != reference[start + size];
    }
  CHECK(differences == 0);
}

TEST_CASE("stream: fill carries the block number across 32 bits") {
  for (const std::uint64_t block : {std::uint64_t{0xFFFFFFFF} - 3, (std::uint64_t{1} << 62) - 20}) {
    stream rng({1, 1}, {1, 1, purpose::user, 1}), same = rng;
    rng.seek(4 * block);
    same.seek(4 * block);
    std::vector<std::uint64_t> words(64);
    rng.fill(words);
    for (const auto word : words) CHECK(word == same());
  }
}

TEST_CASE("stream: seek goes anywhere, within a block too") {
  stream rng(5);
  std::vector<std::uint64_t> words(64);
  for (auto& word : words) word = rng();
  for (const std::size_t to : {63u, 0u, 2u, 1u, 17u, 16u}) {
    rng.seek(to);
    CHECK(rng() == words[to]);
    CHECK(rng.position() == to + 1);
  }
}

TEST_CASE("stream: different addresses share no word") {
  std::vector<std::uint64_t> all;
  for (std::uint64_t seed = 0; seed < 2; ++seed)
    for (std::uint64_t condition = 0; condition < 2; ++condition)
      for (std::uint64_t generation = 0; generation < 3; ++generation)
        for (std::uint64_t replicate = 0; replicate < 3; ++replicate)
          for (const auto use : {purpose::truth, purpose::user})
            for (std::uint32_t component = 0; component < 2; ++component) {
              stream rng({seed, condition}, {generation, replicate, use, component});
              for (int i = 0; i < 50; ++i) all.push_back(rng());
            }
  std::sort(all.begin(), all.end());
  CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
}

namespace {

/// Correlation of two sequences of normals times sqrt(n): standard normal if they are independent.
template <class Make>
double correlation_z(Make make) {
  constexpr std::size_t n = 100000;
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const auto [a, b] = make(i);
    sum += a * b;
  }
  return sum / std::sqrt(static_cast<double>(n));
}

}  // namespace

TEST_CASE("stream: neighbouring replicates, generations, purposes, components, seeds, conditions are independent") {
  using pair = std::array<double, 2>;
  using where = simulacra::coordinates;
  const auto first = [](stream rng) { return simulacra::standard_normal(rng); };
  const auto z = [&](auto one, auto other) {
    return correlation_z([&](std::size_t i) { return pair{first(one(i)), first(other(i))}; });
  };
  const auto replicate = [](std::size_t i) { return stream({1, 0}, {0, i, purpose::sample}); };
  const auto generation = [](std::size_t i) { return stream({1, 0}, {i, 0, purpose::sample}); };
  const auto seed = [](std::size_t i) { return stream({i, 0}); };
  const auto condition = [](std::size_t i) { return stream({1, i}); };
  CHECK_Z(z(replicate, [&](std::size_t i) { return replicate(i + 1); }), 0, 1);
  CHECK_Z(z(generation, [&](std::size_t i) { return generation(i + 1); }), 0, 1);
  CHECK_Z(z(seed, [&](std::size_t i) { return seed(i + 1); }), 0, 1);
  CHECK_Z(z(condition, [&](std::size_t i) { return condition(i + 1); }), 0, 1);
  CHECK_Z(z(generation, [](std::size_t i) { return stream({1, 0}, where{i, 0, purpose::decode}); }), 0, 1);
  CHECK_Z(z(generation, [](std::size_t i) { return stream({1, 0}, where{i, 0, purpose::sample, 1}); }), 0, 1);

  // Planted bug: seed + generation as the address, so that generation 1 of seed 1 is generation 0 of seed 2.
  const auto sum = [](std::size_t i, std::size_t t) { return stream(i + t); };
  const double planted = z([&](std::size_t i) { return sum(i, 1); }, [&](std::size_t i) { return sum(i + 1, 0); });
  CHECK(std::abs(planted) > simulacra_test::z_limit);
}

TEST_CASE("stream: no correlation at lags 1 to 40, of words and of squares") {
  constexpr std::size_t n = 200000;
  std::vector<double> x(n + 40);
  stream rng({77, 0}, {});
  simulacra::fill_normal(std::span(x), rng);
  const auto lag_z = [&x](std::size_t lag, bool squares) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double a = x[i], b = x[i + lag];
      sum += squares ? (a * a - 1) * (b * b - 1) / 2 : a * b;
    }
    return sum / std::sqrt(static_cast<double>(n));
  };
  for (std::size_t lag = 1; lag <= 40; ++lag) {
    CHECK_Z(lag_z(lag, false), 0, 1);
    CHECK_Z(lag_z(lag, true), 0, 1);
  }
  // Planted bug: every fiftieth number is used twice, eight places on.
  for (std::size_t i = 0; i < n; i += 50) x[i + 8] = x[i];
  CHECK(std::abs(lag_z(8, false)) > simulacra_test::z_limit);
}
