// A text, its vocabulary and its sentences. The first byte says in what units.
#include "fuzz.hpp"

#include <optional>

#include <simulacra/families/language/text.hpp>

namespace sim = simulacra;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::bytes in(data, size);
  const std::uint8_t how = in.next();
  const sim::text_unit unit = how & 1 ? sim::text_unit::character : sim::text_unit::word;
  std::optional<sim::text_lines> lines;
  if (!fuzz::accepted([&] { lines = sim::parse_text(in.rest(), "fuzz", {.longest_line = how & 2 ? 20u : 1000000u}); }))
    return 0;
  fuzz::promise(!lines->lines.empty() && lines->lines.size() == lines->numbers.size(), "lines, and where they stood");
  fuzz::accepted([&] {
    const sim::vocabulary words = sim::vocabulary_of(*lines, unit, 1 + (how >> 4));
    const sim::corpus all = sim::sentences_of(*lines, words, unit);
    fuzz::promise(all.tokens() >= 2, "a corpus has two tokens");
    static_cast<void>(sim::sentences_of(*lines, words, sim::text_unit::word));
  });
  return 0;
}
