#include <support/statistics.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>

#include <simulacra/random/philox.hpp>
#include <simulacra/random/stream.hpp>

using simulacra::philox4x64;

namespace {
constexpr std::uint64_t ones = ~std::uint64_t{0};
}

// The inputs of Random123's known-answer tests (zeros, ones, digits of pi). The words were made with librandom123-dev 1.14,
// whose blocks were also compared with ours for 100 000 random counters and keys (no difference); the test does without it.
TEST_CASE("philox: published known answers, at compile time") {
  static_assert(philox4x64::block({0, 0, 0, 0}, {0, 0}) ==
                philox4x64::counter_type{0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b});
  static_assert(philox4x64::block({ones, ones, ones, ones}, {ones, ones}) ==
                philox4x64::counter_type{0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0});
  static_assert(philox4x64::block({0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89},
                                  {0x452821e638d01377, 0xbe5466cf34e90c6c}) ==
                philox4x64::counter_type{0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6});
  CHECK(true);
}

TEST_CASE("philox: the 10000th word that C++26 requires of std::philox4x64") {
  // The standard's engine starts from counter 0 and adds 1 per block, so this is the last word of block 2499.
  const auto last = philox4x64::block({2499, 0, 0, 0}, {20111115, 0});
  CHECK(last[3] == 3409172418970261260u);

  simulacra::stream rng({20111115, 0}, {0, 0, simulacra::purpose::truth, 0});
  std::uint64_t word = 0;
  for (int i = 0; i < 10000; ++i) word = rng();
  CHECK(word == 3409172418970261260u);
}

TEST_CASE("philox: every bit of counter and key changes about half of the words' bits") {
  const philox4x64::counter_type counter{1, 2, 3, 4};
  const philox4x64::key_type key{5, 6};
  const auto base = philox4x64::block(counter, key);
  const auto flips = [&base](const philox4x64::counter_type& other) {
    int n = 0;
    for (std::size_t i = 0; i < 4; ++i)
      for (std::uint64_t difference = base[i] ^ other[i]; difference != 0; difference &= difference - 1) ++n;
    return n;
  };
  double sum = 0;
  for (std::size_t bit = 0; bit < 256; ++bit) {
    auto changed = counter;
    changed[bit / 64] ^= std::uint64_t{1} << (bit % 64);
    sum += flips(philox4x64::block(changed, key));
  }
  for (std::size_t bit = 0; bit < 128; ++bit) {
    auto changed = key;
    changed[bit / 64] ^= std::uint64_t{1} << (bit % 64);
    sum += flips(philox4x64::block(counter, changed));
  }
  CHECK_Z(sum, 384 * 128.0, std::sqrt(384 * 64.0));  // 384 binomials (256, 1/2)
}
