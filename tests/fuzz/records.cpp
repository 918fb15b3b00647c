// Files of records. The first byte says how much is read at once.
#include "fuzz.hpp"

#include <stdexcept>
#include <string>

#include <simulacra/io/records_file.hpp>

namespace sim = simulacra;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::bytes in(data, size);
  const std::size_t piece = 1 + in.next() % 16;
  const std::string_view text = in.rest();
  std::string written, pieces;
  const auto read = [&](std::size_t at_once) {
    sim::detail::text_in_memory stream(text);
    return sim::records_csv(sim::detail::records_reader(stream, "fuzz", static_cast<double>(text.size()), at_once).read());
  };
  bool accepted = false;
  try {
    accepted = fuzz::accepted([&] { written = read(piece); });
  } catch (const std::invalid_argument&) {  // failures of version 1 have the numbers of an ensemble that nobody knows
    fuzz::promise(text.find("# simulacra records 1") <= 3, "what is read can be written");
    return 0;
  }
  if (piece > 14)  // for some of the inputs: the same comes out of the text as a whole
    fuzz::promise(accepted == fuzz::accepted([&] { pieces = read(1 << 12); }) && written == pieces, "the same in pieces");
  sim::detail::text_in_memory stream(text);
  bool complete = false;
  fuzz::accepted(
      [&] { complete = sim::detail::records_reader(stream, "fuzz", static_cast<double>(text.size()), piece).complete(); });
  fuzz::promise(!complete || accepted, "what is complete can be read");
  if (accepted && text.find("# simulacra records 2") <= 3)
    fuzz::promise(complete == sim::parse_records(written).complete(), "complete is what the records are");
  if (accepted) fuzz::promise(sim::records_csv(sim::parse_records(written)) == written, "what is written is read");
  return 0;
}
