// Models in the ARPA format: what is read is a law, and is written so that it is read again.
#include "fuzz.hpp"

#include <cmath>
#include <optional>
#include <string>

#include <simulacra/families/language/arpa.hpp>

namespace sim = simulacra;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::bytes(data, size).rest();
  std::optional<sim::arpa_file> file;
  if (!fuzz::accepted([&] { file = sim::parse_arpa(text, "fuzz"); })) return 0;
  for (sim::token_id w = 0; w < static_cast<sim::token_id>(file->words.size()); ++w) {
    const double p = file->model.probability({}, w);
    fuzz::promise(p >= 0 && p <= 1 + 1e-9, "a probability is one");
  }
  const std::string written = sim::arpa_text(file->model, file->words);
  const sim::arpa_file again = sim::parse_arpa(written, "written");
  fuzz::promise(again.words == file->words, "what is written is read");
  return 0;
}
