#include <doctest/doctest.h>

#include <cstdint>

#include <simulacra/random/streams_ahead.hpp>

using simulacra::purpose;
using simulacra::stream;

namespace {

/// Whether words, and what comes after the block that was made ahead, are those of the stream itself.
bool same(stream ahead, stream plain) {
  if (ahead.where() != plain.where() || ahead.position() != 0) return false;
  for (int word = 0; word < 11; ++word)
    if (ahead() != plain()) return false;
  return true;
}

}  // namespace

TEST_CASE("streams made ahead have the words of their addresses: in order, with gaps, back, and of any member") {
  const stream root({77, 3},
                    {.generation = 9, .replicate = 12345678901u, .use = purpose::user, .component = 5, .member = 70000});
  simulacra::streams_ahead ahead;
  for (std::uint64_t t = 0; t < 70; ++t) CHECK(same(ahead.at(root, t, purpose::sample), root.at(t, purpose::sample)));
  for (const std::uint64_t t : {std::uint64_t{71}, std::uint64_t{64}, std::uint64_t{200}, std::uint64_t{16},
                                std::uint64_t{3}, std::uint64_t{31}, std::uint64_t{32}, ~std::uint64_t{0}})
    CHECK(same(ahead.at(root, t, purpose::sample), root.at(t, purpose::sample)));
  CHECK_FALSE(same(ahead.at(root, 40, purpose::sample), root.at(41, purpose::sample)));
  CHECK_FALSE(same(ahead.at(root, 40, purpose::sample), root.at(40, purpose::truth)));
}
