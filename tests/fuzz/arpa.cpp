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
  if (!fuzz::accepted([&] { file = sim::parse_arpa(text, "fuzz", {.length = 20}); })) return 0;
  const sim::ngram& model = file->model;
  const std::string written = sim::arpa_text(model, file->words);
  const sim::arpa_file again = sim::parse_arpa(written, "written", {.length = 20});
  fuzz::promise(again.words == file->words, "what is written is read");
  fuzz::promise(sim::arpa_text(again.model, again.words) == written, "and is written again as the same text");
  // After nothing, and after each of the first words.
  for (sim::token_id first = 0; first < 8 && first < model.symbols(); ++first) {
    sim::ngram::state at = model.start(), at_again = again.model.start();
    if (first > 0) {
      model.advance(at, first);
      again.model.advance(at_again, first);
    }
    double sum = 0;
    for (sim::token_id w = 0; w < model.symbols(); ++w) {
      const double p = model.probability(at, w), q = again.model.probability(at_again, w);
      fuzz::promise(p >= 0 && p <= 1 + 1e-9, "a probability is one");
      fuzz::promise(std::abs(p - q) <= 1e-9 * p + 1e-99, "the same probability after writing");
      sum += p;
    }
    fuzz::promise(sum <= file->largest_sum * (1 + 1e-9) + 1e-9, "the greatest sum is the greatest");
    if (first != sim::sentence_end)
      fuzz::promise(sum >= file->smallest_sum * (1 - 1e-9) - 1e-9, "the least sum is the least");
  }
  sim::stream rng(1);
  fuzz::promise(model.sample(2, rng).tokens() <= 2 * 21, "what is drawn ends");
  return 0;
}
