// Observations from a CSV file. The first byte says how it is read: the header, and how much at once.
#include "fuzz.hpp"

#include <simulacra/io/csv_samples.hpp>
#include <simulacra/io/table.hpp>

namespace sim = simulacra;

template <class T>
void read(std::string_view text, const sim::csv_options& how, std::size_t piece) {
  sim::samples<T> x;
  const bool read = fuzz::accepted([&] {
    sim::detail::text_in_memory in(text);
    x = sim::detail::csv_samples<T>(in, "fuzz", how, piece);
  });
  if (piece > 14) {  // for some of the inputs: the same comes out of the text as a whole
    sim::samples<T> again;
    const bool whole = fuzz::accepted([&] { again = sim::parse_samples_csv<T>(text, "fuzz", how); });
    fuzz::promise(read == whole && (!read || (x.rows() == again.rows() && x.cols() == again.cols() && x == again)),
                  "the same in pieces");
  }
  if (!read) return;
  fuzz::promise(x.rows() > 0 && x.cols() > 0 && x.allFinite(), "observations are finite, and there is one");
  fuzz::promise(how.columns == 0 || x.rows() == how.columns, "as many columns as were asked for");
  fuzz::promise(sim::parse_samples_csv<T>(sim::samples_csv(x)) == x, "what is written is read");
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::bytes in(data, size);
  const std::uint8_t how = in.next();
  const sim::csv_options options{.columns = how & 4 ? 1 + (how >> 6) : 0,
                                 .header = static_cast<sim::csv_header>((how & 3) % 3)};
  const std::size_t piece = 1 + (how >> 4);
  if (how & 8)
    read<float>(in.rest(), options, piece);
  else
    read<double>(in.rest(), options, piece);
  return 0;
}
